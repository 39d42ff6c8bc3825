/// What waiting threads are made of: words that are slept on, and the time of a short spin.
#pragma once

#include <atomic>
#include <cstdint>

namespace bdc::runtime {

/// Sleeps in the kernel if `word` still is `expected`, until it is woken (or, rarely, for no reason).
void sleepWhile(std::atomic<uint32_t> &word, uint32_t expected);
/// Wakes all who sleep on `word`.
void wakeAll(std::atomic<uint32_t> &word);

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
