/// Memory from the system.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bdc::runtime {

class Team;

/// Bytes of a huge page, which the system clears as a whole.
inline constexpr int64_t hugePage = 2 << 20;

/// Whole pages of zeros that take memory only once touched, in huge pages where the system offers them (a random access then
/// costs one address translation less). `data` is null where the system refuses.
struct Pages {
  void *data = nullptr;
  void *mapped = nullptr; ///< what is given back begins here
  size_t bytes = 0;       ///< of what is mapped
};
Pages mapPages(int64_t bytes);
void unmapPages(Pages pages);

/// The memory of one simulation: blocks of zeros, aligned to 64 bytes, freed together. What `recycle` keeps is used again for blocks of the
/// same sizes: runs that follow each other cost no page faults.
class Arena {
public:
  Arena() = default;
  ~Arena() { clear(); }
  Arena(const Arena &) = delete;
  Arena &operator=(const Arena &) = delete;

  /// Zero-filled memory, or null where the system has none.
  void *take(int64_t bytes);

  template <class T> T *array(int64_t count) { return static_cast<T *>(take(count * int64_t(sizeof(T)))); }

  /// Has what was taken cleared by all threads, before they come to the same pages (touchPages).
  void touch(Team &team) const;

  void clear();
  /// Takes all blocks back. Where they are not many, they are kept for the next ones.
  void recycle();
  /// Gives back what has not been used again.
  void trim();

  /// What a block of `bytes` takes. Behind one that is walked along, processors fetch some lines that would be another thread's; and blocks of
  /// round sizes would lie so that their elements of the same number compete for the same lines of a cache.
  static int64_t rounded(int64_t bytes) {
    constexpr int64_t line = 64, page = 4096, gap = 17 * line;
    return std::max(line, (bytes + line - 1) / line * line) + (bytes >= page ? gap : 0);
  }

private:
  struct Block {
    Pages pages;
    int64_t asked; ///< bytes
    int64_t used;  ///< of these, from the beginning on
  };
  Block *add(int64_t bytes);

  std::vector<Block> blocks, spare;
  int slab = -1; ///< position of the block whose end is free
};

} // namespace bdc::runtime
