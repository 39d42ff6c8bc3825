/// A barrier for threads that share their cores with others: it spins for a few microseconds, in which most waits end,
/// and then sleeps in the kernel, so that a thread which waits for one that is not running gives its core away.
#pragma once

#include "runtime/threads/sleep.h"

#include <atomic>
#include <cstdint>

namespace bdc::runtime {

class Barrier {
public:
  /// `spin`: how long to spin before sleeping, in ticks of the processor's time stamp counter.
  Barrier(int threads, int64_t spin);

  Barrier(const Barrier &) = delete;
  Barrier &operator=(const Barrier &) = delete;

  /// Returns when all threads have called it. What a thread wrote before is seen by all after.
  void wait();

private:
  alignas(64) std::atomic<int32_t> missing;
  alignas(64) Bell round;
  std::atomic<int32_t> sleepers{0};
  const int32_t threads;
  const int64_t spin;
};

/// Cores this process may run on (its affinity mask and its cgroup's quota).
int availableCores();

} // namespace bdc::runtime
