/// What waiting threads are made of: bells, and the time of a short spin.
#pragma once

#include <atomic>
#include <cstdint>

namespace bdc::runtime {

/// A number that grows, and who sleeps until it does.
class Bell {
public:
  uint32_t rung(std::memory_order order) const { return number.load(order); }
  /// Afterwards those who sleep still have to be woken.
  void ring() { number.fetch_add(1, std::memory_order_seq_cst); }
  void wake();
  /// Sleeps in the kernel if `rung` still is `expected`, until it is woken (or, rarely, for no reason). `apart`: there is a core for each
  /// thread, and who wakes up on the core of who woke it goes to another.
  void sleepWhile(uint32_t expected, bool apart);

private:
  std::atomic<uint32_t> number{0};
  std::atomic<int32_t> core{-1}; ///< where who woke last ran
};

#if defined(__x86_64__)
inline void pause() { __builtin_ia32_pause(); }
inline int64_t ticks() { return static_cast<int64_t>(__builtin_ia32_rdtsc()); }
#else
inline void pause() {}
int64_t ticks();
#endif

/// About 20 microseconds, in ticks: what going to sleep and being woken costs.
constexpr int64_t shortSpin = 50'000;

} // namespace bdc::runtime
