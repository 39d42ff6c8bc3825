/// Finds out what a file is, and hands it to its reader.
#include "runtime/data/files.h"
#include "runtime/data/pieces.h"
#include "runtime/data/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace bdc::runtime {
namespace data {
namespace {

constexpr const char *formats = "a connectome is HDF5, a .npz or .zip archive, NAME_weights.csv (or .txt, .tsv, .dat) beside "
                                "NAME_lengths.csv, or a folder of such files";

} // namespace

Result<std::string> readFile(const std::filesystem::path &path, size_t most) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::string out;
  for (char buffer[1 << 14]; in && out.size() < most;) {
    in.read(buffer, static_cast<std::streamsize>(std::min(sizeof buffer, most - out.size())));
    out.append(buffer, static_cast<size_t>(in.gcount()));
  }
  if (!in.eof() && in.fail())
    return inputError(fmt::format("cannot read {}: {}", path.string(), errno ? std::strerror(errno) : "an error of the system"));
  return out;
}

Result<std::string> readTextOf(const std::filesystem::path &path) {
  auto text = readFile(path);
  if (text && path.extension() == ".bz2")
    return decompressBzip2(*text, path.string());
  return text;
}

namespace {

Result<RawConnectome> readZip(const std::string &path) {
  const auto zip = ZipFile::open(path);
  if (!zip)
    return zip.error();
  const auto &names = (*zip)->names();
  const bool isNumpy = std::any_of(names.begin(), names.end(), [](const std::string &name) { return name.ends_with(".npy"); });
  return isNumpy ? readNpz(**zip) : readTextZip(**zip);
}

/// The file of the weights, or one that holds weights under any name.
Result<RawConnectome> readTextFile(const std::filesystem::path &path, const PieceName &name) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (name.part == "weights")
    return readFolder(folder, name.group);
  if (!name.part.empty())
    return inputError(fmt::format("{} is called as the {} of a connectome are", path.string(), name.part),
                      "load the file of the weights; the others beside it are found by their names");
  const auto text = readTextOf(path);
  if (!text)
    return text.error();
  auto weights = parseMatrix(*text, path.string());
  if (!weights)
    return weights.error();
  return RawConnectome{std::move(*weights), {}, {}, {}, {}};
}

/// `load("data/sub1")` where there is data/sub1_weights.csv.
Result<RawConnectome> readPrefix(const std::filesystem::path &path) {
  std::error_code ignored;
  for (const char *separator : {"_", "-"})
    for (const char *ending : {".csv", ".txt", ".tsv", ".dat"})
      if (const std::filesystem::path weights = fmt::format("{}{}weights{}", path.string(), separator, ending);
          std::filesystem::exists(weights, ignored))
        return readTextFile(weights, *pieceName(weights.filename().string()));
  return inputError(fmt::format("there is no file {}", path.string()));
}

Result<RawConnectome> readAny(const std::filesystem::path &path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (std::filesystem::is_directory(status))
    return readFolder(path, std::nullopt);
  if (!std::filesystem::exists(status))
    return readPrefix(path);
  const auto begin = readFile(path, 8);
  if (!begin)
    return begin.error();
  if (*begin == "\x89HDF\r\n\x1a\n")
    return readHdf5(path.string());
  if (begin->starts_with("PK\3\4") || begin->starts_with("PK\5\6"))
    return readZip(path.string());
  if (const auto name = pieceName(path.filename().string()))
    return readTextFile(path, *name);
  const std::string ending = path.extension().string();
  const bool isHdf5 = ending == ".h5" || ending == ".hdf5";
  if (isHdf5 || ending == ".npz" || ending == ".zip")
    return inputError(fmt::format("{} does not begin as {} does", path.string(), isHdf5 ? "an HDF5 file" : "a zip archive"),
                      formats);
  return inputError(fmt::format("{} is of no known format", path.string()), formats);
}

/// Parses the file, if one is named, and hands what it holds to `take`.
template <class Parse, class Take>
Status readOther(const std::filesystem::path &folder, const std::filesystem::path &name, Parse &&parse, Take &&take) {
  if (name.empty())
    return {};
  const std::filesystem::path path = folder / name;
  const auto text = readTextOf(path);
  if (!text)
    return text.error();
  auto parsed = parse(*text, path.string());
  if (!parsed)
    return parsed.error();
  take(std::move(*parsed));
  return {};
}

/// The files that the options name, in place of what `raw` has.
Status readOthers(RawConnectome &raw, const ConnectomeOptions &options) {
  if (Status s = readOther(options.folder, options.lengths, parseMatrix, [&](Matrix m) { raw.lengths = std::move(m); }); !s)
    return s;
  const auto takeCentres = [&](NamedCentres c) {
    raw.centres = std::move(c.centres);
    raw.centreLabels = std::move(c.labels);
  };
  if (Status s = readOther(options.folder, options.centres, parseCentres, takeCentres); !s)
    return s;
  const auto labelsOf = [](std::string_view text, const std::string &name) { return Result<Labels>(parseLabels(text, name)); };
  const auto takeLabels = [&](Labels labels) {
    raw.labels = std::move(labels);
    raw.centreLabels.reset(); // those given by name are the ones that count
  };
  return readOther(options.folder, options.labels, labelsOf, takeLabels);
}

} // namespace

Result<RawConnectome> readFolder(const std::filesystem::path &folder, const std::optional<std::string> &group) {
  Pieces pieces;
  pieces.where = (folder / "").string();
  std::error_code failure;
  for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure))
    if (std::error_code unknown; at->is_regular_file(unknown))
      pieces.names.push_back(at->path().filename().string());
  if (failure)
    return inputError(fmt::format("cannot read the folder {}: {}", folder.string(), failure.message()));
  std::sort(pieces.names.begin(), pieces.names.end()); // folders are in no order
  pieces.read = [&](const std::string &name) { return readFile(folder / name); };
  return readPieces(pieces, group);
}

Result<RawConnectome> readTextZip(const ZipFile &zip) {
  return readPieces({zip.path(), zip.names(), [&](const std::string &name) { return zip.read(name); }}, std::nullopt);
}

} // namespace data

Result<ConnectomeData> loadConnectome(const std::filesystem::path &file, const ConnectomeOptions &options) {
  auto raw = data::readAny(options.folder / file);
  if (!raw)
    return raw.error();
  if (Status s = data::readOthers(*raw, options); !s)
    return s.error();
  const std::string where = raw->weights.name;
  auto connectome = data::checkConnectome(std::move(*raw), options.lengthUnit);
  if (!connectome)
    return connectome;
  if (Status s = data::applyOptions(*connectome, options, where); !s)
    return s.error();
  return connectome;
}

} // namespace bdc::runtime
