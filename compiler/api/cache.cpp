#include "compiler/api/cache.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

namespace bdc {

namespace {

namespace fs = std::filesystem;

constexpr size_t digestLength = 32;
/// Bytes of all that is kept beyond which the longest unused are removed.
constexpr uintmax_t capacity = uintmax_t(256) << 20;

std::string digest(std::string_view text) {
  llvm::SHA256 hash;
  hash.update(llvm::StringRef(text.data(), text.size()));
  auto bytes = hash.final();
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

std::string userFolder() {
  if (const char *own = std::getenv("BDC_CACHE_DIR"); own && *own)
    return own;
  if (const char *caches = std::getenv("XDG_CACHE_HOME"); caches && *caches)
    return std::string(caches) + "/bdc";
  if (const char *home = std::getenv("HOME"); home && *home)
    return std::string(home) + "/.cache/bdc";
  return {};
}

/// What tells one build of the compiler from another: place, size and time of the file that holds this function.
std::string ownBuild() {
  Dl_info place{};
  std::error_code error;
  fs::path file = dladdr(reinterpret_cast<void *>(&ownBuild), &place) && place.dli_fname ? place.dli_fname : "";
  fs::path program = fs::read_symlink("/proc/self/exe", error);
  // The dynamic linker names the program itself as it was called, which may mean another file by now.
  if (!file.is_absolute())
    file = program;
  auto size = fs::file_size(file, error);
  auto time = fs::last_write_time(file, error);
  return fmt::format("{} {} {}", file.string(), size, time.time_since_epoch().count());
}

} // namespace

ObjectCache::ObjectCache(std::string given) : folder(given.empty() ? userFolder() : std::move(given)) {}

std::string ObjectCache::key(const std::vector<std::string_view> &parts) {
  llvm::SHA256 hash;
  auto add = [&](std::string_view part) {
    // With its length, so that no two lists of parts read the same.
    hash.update(fmt::format("{}:", part.size()));
    hash.update(llvm::StringRef(part.data(), part.size()));
  };
  add(ownBuild());
  for (std::string_view part : parts)
    add(part);
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

std::string ObjectCache::pathOf(const std::string &key) const { return fmt::format("{}/{}.a", folder, key); }

std::optional<std::string> ObjectCache::load(const std::string &key) const {
  if (folder.empty())
    return std::nullopt;
  std::string path = pathOf(key);
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file || text.size() < digestLength)
    return std::nullopt;
  std::string objects = text.substr(digestLength);
  if (std::string_view(text).substr(0, digestLength) != digest(objects))
    return std::nullopt;
  std::error_code ignored;
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored); // it was of use
  return objects;
}

void ObjectCache::store(const std::string &key, std::string_view objects) const {
  if (folder.empty())
    return;
  std::error_code error;
  fs::create_directories(folder, error);
  std::string temporary = fmt::format("{}/{}.{}.new", folder, key, getpid());
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << digest(objects) << objects;
  file.close();
  if (file)
    fs::rename(temporary, pathOf(key), error);
  if (!file || error)
    fs::remove(temporary, error);
  removeOldest();
}

void ObjectCache::removeOldest() const {
  std::error_code error;
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  uintmax_t total = 0;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    files.emplace_back(entry->last_write_time(gone), entry->path());
    total += gone ? 0 : entry->file_size(gone);
  }
  if (total <= capacity)
    return;
  std::sort(files.begin(), files.end());
  for (const auto &[time, path] : files) {
    if (total <= capacity / 2)
      break;
    std::error_code gone;
    uintmax_t size = fs::file_size(path, gone);
    if (!gone && fs::remove(path, gone))
      total -= size;
  }
}

} // namespace bdc
