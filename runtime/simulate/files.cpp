#include "runtime/simulate/files.h"

#include "runtime/data/connectome.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace bdc::runtime {
namespace {

/// A file that is there already is replaced if it is of the kind that is written, never a model or data of another kind.
Status mayReplace(const std::string &path, std::string_view beginning, const char *kind, const char *option) {
  std::error_code unknown;
  if (path.empty() || !std::filesystem::is_regular_file(path, unknown) || std::filesystem::file_size(path, unknown) == 0)
    return {};
  std::string found(beginning.size(), '\0');
  std::ifstream(path, std::ios::binary).read(found.data(), static_cast<std::streamsize>(found.size()));
  if (found == beginning)
    return {};
  return inputError(fmt::format("{} is there already and is no {}; writing would destroy it", path, kind),
                    fmt::format("choose another name with {}", option));
}

/// A name that promises another format misleads whoever opens the file.
Status isCalledSo(const std::string &path, std::initializer_list<std::string_view> others, const char *format, const char *ending, const char *option) {
  const std::filesystem::path name(path);
  if (std::ranges::find(others, name.extension().string()) == others.end())
    return {};
  return inputError(fmt::format("{} would be {}, which its name denies", path, format),
                    fmt::format("`{} {}`", option, std::filesystem::path(name).replace_extension(ending).string()));
}

/// Everything that is read: connectomes, matrices, what an objective compares with. Relative to the model's folder.
std::vector<std::string_view> filesOf(const Descriptor &d) {
  std::vector<std::string_view> files;
  auto add = [&](const std::string &file, const std::vector<std::string> &words) {
    files.push_back(file);
    for (const std::string &word : words)
      files.push_back(fileOf(word));
  };
  for (const DataSource &source : d.data)
    add(source.file, source.words);
  for (const DataFile &file : d.objective ? d.objective->files : std::vector<DataFile>())
    add(file.file, file.words);
  std::erase(files, "");
  return files;
}

Status mayOverwrite(const std::string &path, const char *option, const Options &options, const Descriptor &d) {
  for (const std::string_view file : filesOf(d))
    if (std::error_code unknown; std::filesystem::equivalent(std::filesystem::path(options.folder) / file, path, unknown))
      return inputError(fmt::format("{} would be written over the data that it is made of", path),
                        fmt::format("choose another name with {}", option));
  return {};
}

} // namespace

Status mayWrite(const Options &options, const Descriptor &descriptor) {
  for (const auto &[path, option] : {std::pair(&options.output, "-o"), {&options.report, "--report"}})
    if (Status s = mayOverwrite(*path, option, options, descriptor); !s)
      return s;
  if (Status s = mayReplace(options.output, "\x89HDF\r\n\x1a\n", "HDF5 file", "-o"); !s)
    return s;
  if (Status s = mayReplace(options.report, "<", "report", "--report"); !s)
    return s;
  std::error_code unknown;
  auto whole = [&](const std::string &path) { return std::filesystem::weakly_canonical(std::filesystem::absolute(path, unknown), unknown); };
  if (!options.report.empty() && !options.output.empty() && whole(options.report) == whole(options.output))
    return inputError(fmt::format("the recordings and the report would both be written to {}", options.output), "give them two names");
  if (Status s = isCalledSo(options.output, {".csv", ".tsv", ".txt", ".json", ".npy", ".npz", ".mat", ".html", ".png", ".svg", ".pdf", ".bd"},
                            "an HDF5 file", ".h5", "-o");
      !s)
    return s;
  if (Status s = isCalledSo(options.report, {".h5", ".hdf5", ".csv", ".txt", ".json", ".md", ".png", ".svg", ".pdf", ".bd"}, "a page in HTML", ".html",
                            "--report");
      !s)
    return s;
  return {};
}

Status writeText(const std::string &path, const std::string &text) {
  std::error_code unknown;
  const bool special = std::filesystem::exists(path, unknown) && !std::filesystem::is_regular_file(path, unknown);
  const std::string beside = special ? path : path + ".part";
  errno = 0;
  std::ofstream file(beside, std::ios::binary);
  file << text;
  file.close();
  if (file.fail() || (!special && std::rename(beside.c_str(), path.c_str()) != 0)) {
    const int code = errno;
    if (!special)
      std::remove(beside.c_str());
    return Error{ErrorKind::output, fmt::format("cannot write {}: {}", path, std::strerror(code)),
                 "choose another place with --report"};
  }
  return {};
}

} // namespace bdc::runtime
