#include "runtime/threads/pace.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bdc::runtime {
namespace {

/// A fence in all running threads of this process, at the cost of the one who asks: false where the kernel has none.
bool fenceAll(int command) { return syscall(SYS_membarrier, command, 0, 0) == 0; }
bool canFenceAll() { return fenceAll(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED); }

} // namespace

// Who never spins sleeps in every wait: a fence in every signal is then cheaper than one in all threads for every sleep.
Pace::Pace(int threads, int64_t spin)
    : threads(threads), spin(spin), isFenced(spin <= 0 || !canFenceAll()), marks(std::make_unique<Mark[]>(static_cast<size_t>(threads))) {}

void Pace::reset() {
  for (int t = 0; t < threads; ++t)
    marks[t].done.store(0, std::memory_order_relaxed);
}

void Pace::signal(int thread, int64_t done) {
  Mark &mark = marks[thread];
  mark.done.store(done, std::memory_order_release);
  // A sleeper announces itself before it looks a last time, and who signals looks for sleepers after it has signalled: with a fence between the
  // two on both sides, one of them sees the other. A fence would hold this thread up until what it wrote has reached all caches, so
  // the sleeper, which has time, makes this thread's fence as well.
  if (isFenced)
    std::atomic_thread_fence(std::memory_order_seq_cst);
  else
    std::atomic_signal_fence(std::memory_order_seq_cst);
  if (mark.sleepers.load(std::memory_order_relaxed) > 0) {
    mark.bell.ring();
    mark.bell.wake();
  }
}

void Pace::wait(int thread, int64_t done) {
  int64_t end = 0;
  for (int t = 0; t < threads; ++t) {
    if (t == thread || marks[t].done.load(std::memory_order_acquire) >= done)
      continue;
    if (end == 0 && spin > 0)
      end = ticks() + spin;
    if (spin <= 0 || !spinUntil(marks[t], done, end))
      sleepUntil(marks[t], done);
  }
  __builtin_prefetch(&marks[thread], 1); // the next signal then finds its line in this core
}

bool Pace::spinUntil(const Mark &mark, int64_t done, int64_t end) const {
  do {
    for (int i = 0; i < 8; ++i) {
      if (mark.done.load(std::memory_order_acquire) >= done)
        return true;
      pause();
    }
  } while (ticks() < end);
  return false;
}

void Pace::sleepUntil(Mark &mark, int64_t done) {
  mark.sleepers.fetch_add(1, std::memory_order_seq_cst);
  if (!isFenced)
    fenceAll(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
  for (;;) {
    const uint32_t rung = mark.bell.rung(std::memory_order_seq_cst);
    if (mark.done.load(std::memory_order_seq_cst) >= done)
      break;
    mark.bell.sleepWhile(rung, spin > 0);
  }
  mark.sleepers.fetch_sub(1, std::memory_order_relaxed);
}

} // namespace bdc::runtime
