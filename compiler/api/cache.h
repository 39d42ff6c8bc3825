// Machine code kept for the next process.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bdc {

/// A folder of archives of object files, each under a key that says everything the code depends on. Safe with many processes: a file
/// appears whole or not at all, and one that is damaged counts as absent. Whatever goes wrong with the folder, a program is
/// only compiled again.
class ObjectCache {
public:
  /// An empty folder stands for the user's: $BDC_CACHE_DIR, $XDG_CACHE_HOME/bdc or ~/.cache/bdc.
  explicit ObjectCache(std::string folder);

  /// The key of code made from these texts: 64 hex digits. Includes this compiler's own build.
  static std::string key(const std::vector<std::string_view> &parts);

  std::optional<std::string> load(const std::string &key) const;
  void store(const std::string &key, std::string_view objects) const;

private:
  std::string pathOf(const std::string &key) const;
  void removeOldest() const;

  std::string folder;
};

} // namespace bdc
