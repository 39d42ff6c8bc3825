/// How far each thread of a team has come, for threads that need what others have done. One line of memory per thread goes from core to core:
/// who signals writes to its own and goes on, who waits reads the others'. Waits are short as a rule: a thread spins for a few microseconds
/// and then sleeps in the kernel, so that one that waits for a thread which is not running gives its core away.
#pragma once

#include "runtime/threads/sleep.h"

#include <atomic>
#include <cstdint>
#include <memory>

namespace bdc::runtime {

class Pace {
public:
  /// `spin`: how long to spin before sleeping, in ticks of the processor's time stamp counter.
  Pace(int threads, int64_t spin);

  Pace(const Pace &) = delete;
  Pace &operator=(const Pace &) = delete;

  /// Nothing is done yet. While no thread signals or waits.
  void reset();

  /// `thread` has done everything up to `done`, which grows: what it wrote before is seen by all who wait for it.
  void signal(int thread, int64_t done);

  /// Returns when all threads but `thread` have signalled at least `done`.
  void wait(int thread, int64_t done);

private:
  /// Two lines, since processors fetch lines in pairs.
  struct alignas(128) Mark {
    std::atomic<int64_t> done{0};
    std::atomic<int32_t> sleepers{0}; ///< that wait for this thread
    Bell bell;                        ///< rung for them
  };

  bool spinUntil(const Mark &mark, int64_t done, int64_t end) const;
  void sleepUntil(Mark &mark, int64_t done);

  const int threads;
  const int64_t spin;
  const bool isFenced; ///< `signal` has a fence of its own
  std::unique_ptr<Mark[]> marks;
};

} // namespace bdc::runtime
