#include "runtime/data/zip.h"

#include <fmt/format.h>
#include <minizip/unzip.h>

namespace bdc::runtime::data {

Result<std::unique_ptr<ZipFile>> ZipFile::open(const std::string &path) {
  void *handle = unzOpen64(path.c_str());
  if (!handle)
    return inputError(fmt::format("{} is damaged, or no zip archive", path));
  std::unique_ptr<ZipFile> out(new ZipFile(path, handle));
  if (Status s = out->list(); !s)
    return s.error();
  return out;
}

ZipFile::~ZipFile() { unzClose(handle); }

Status ZipFile::list() {
  int state = unzGoToFirstFile(handle);
  for (; state == UNZ_OK; state = unzGoToNextFile(handle)) {
    unz_file_info64 info;
    std::string name(1 << 16, 0); // the longest there is
    if (unzGetCurrentFileInfo64(handle, &info, name.data(), name.size(), nullptr, 0, nullptr, 0) != UNZ_OK)
      break;
    name.resize(info.size_filename);
    if (!name.ends_with('/'))
      entries.push_back(std::move(name));
  }
  if (state != UNZ_END_OF_LIST_OF_FILE)
    return inputError(fmt::format("{}: the list of its entries is damaged", filePath));
  return {};
}

Result<std::string> ZipFile::read(const std::string &name) const {
  constexpr int caseSensitive = 1;
  if (unzLocateFile(handle, name.c_str(), caseSensitive) != UNZ_OK)
    return inputError(fmt::format("{} has no entry {}", filePath, name));
  if (unzOpenCurrentFile(handle) != UNZ_OK)
    return inputError(fmt::format("{}: {} is encrypted, or compressed in a way that is not known", filePath, name),
                      "deflate and no compression are known");
  std::string out;
  char buffer[1 << 14];
  int count = 0;
  while ((count = unzReadCurrentFile(handle, buffer, sizeof buffer)) > 0)
    out.append(buffer, static_cast<size_t>(count));
  // Closing compares the checksum.
  if (unzCloseCurrentFile(handle) != UNZ_OK || count < 0)
    return inputError(fmt::format("{}: {} is damaged", filePath, name));
  return out;
}

} // namespace bdc::runtime::data
