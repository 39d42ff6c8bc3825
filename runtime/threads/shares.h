/// Work in pieces that threads take as they come.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>

namespace bdc::runtime {

/// Memory that is touched for the first time costs one thread much more than another; so work is cut finer than by threads. Each
/// of them begins in a section of its own and ends in those of others: neighbours would have the pages that they share cleared
/// twice.
class Shares {
public:
  /// Of what is numbered from `first` on, cut at multiples of `unit` from there.
  Shares(int64_t first, int64_t last, int64_t unit, int threads)
      : first(first),
        last(last),
        threads(threads),
        next(std::make_unique<std::atomic<int64_t>[]>(static_cast<size_t>(threads))) {
    const int64_t units = (last - first + unit - 1) / unit, pieces = threads == 1 ? 1 : 8 * threads;
    step = std::max<int64_t>(1, (units + pieces - 1) / pieces) * unit;
    for (int thread = 0; thread < threads; ++thread)
      next[thread] = section(thread);
  }
  int64_t count() const { return (last - first + step - 1) / step; }
  int64_t begin(int64_t share) const { return std::min(last, first + share * step); }
  int64_t end(int64_t share) const { return begin(share + 1); }

  /// The next one for this thread that nobody has; false where there is none.
  bool take(int thread, int64_t &share) {
    for (int i = 0; i < threads; ++i) {
      const int from = (thread + i) % threads;
      share = next[from].fetch_add(1, std::memory_order_relaxed);
      if (share < section(from + 1))
        return true;
    }
    return false;
  }

private:
  /// Where that of a thread begins.
  int64_t section(int thread) const { return count() * thread / threads; }

  const int64_t first, last;
  const int threads;
  int64_t step;
  std::unique_ptr<std::atomic<int64_t>[]> next; ///< of each section
};

} // namespace bdc::runtime
