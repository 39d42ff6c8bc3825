/// Entries of zip archives. Used within this folder alone.
#pragma once

#include "runtime/error.h"

#include <memory>
#include <string>
#include <vector>

namespace bdc::runtime::data {

class ZipFile {
public:
  static Result<std::unique_ptr<ZipFile>> open(const std::string &path);
  ~ZipFile();
  ZipFile(const ZipFile &) = delete;
  ZipFile &operator=(const ZipFile &) = delete;

  const std::string &path() const { return filePath; }
  /// Files, with their folders; folders themselves are left out.
  const std::vector<std::string> &names() const { return entries; }
  Result<std::string> read(const std::string &name) const;

private:
  ZipFile(std::string path, void *handle) : filePath(std::move(path)), handle(handle) {}
  Status list();

  std::string filePath;
  void *handle; ///< minizip's
  std::vector<std::string> entries;
};

} // namespace bdc::runtime::data
