/// Memory from the system.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bdc::runtime {

/// Whole pages of zeros that take memory only once touched, in huge pages where the system offers them (a random access then
/// costs one address translation less). `data` is null where the system refuses.
struct Pages {
  void *data = nullptr;
  size_t bytes = 0;
};
Pages mapPages(int64_t bytes);
void unmapPages(Pages pages);

/// The memory of one simulation: blocks of zeros, aligned to 64 bytes, freed together.
class Arena {
public:
  Arena() = default;
  ~Arena() { clear(); }
  Arena(const Arena &) = delete;
  Arena &operator=(const Arena &) = delete;

  /// Zero-filled memory, or null where the system has none.
  void *take(int64_t bytes);

  template <class T> T *array(int64_t count) { return static_cast<T *>(take(count * int64_t(sizeof(T)))); }

  void clear();

  /// What a block of `bytes` takes. Behind one that is walked along, processors fetch some lines that would be another thread's; and blocks of
  /// round sizes would lie so that their elements of the same number compete for the same lines of a cache.
  static int64_t rounded(int64_t bytes) {
    constexpr int64_t line = 64, page = 4096, gap = 17 * line;
    return std::max(line, (bytes + line - 1) / line * line) + (bytes >= page ? gap : 0);
  }

private:
  std::vector<Pages> blocks;
  char *slab = nullptr; ///< pages of which the last `slabLeft` bytes are free
  int64_t slabLeft = 0;
};

} // namespace bdc::runtime
