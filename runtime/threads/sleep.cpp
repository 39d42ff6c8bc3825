#include "runtime/threads/sleep.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <climits>

namespace bdc::runtime {

namespace {

/// Lets the system choose another core for this thread.
void leave(int core) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    return;
  cpu_set_t others = allowed;
  CPU_CLR(static_cast<size_t>(core), &others);
  if (CPU_COUNT(&others) > 0 && sched_setaffinity(0, sizeof others, &others) == 0)
    sched_setaffinity(0, sizeof allowed, &allowed);
}

} // namespace

void Bell::wake() {
  core.store(sched_getcpu(), std::memory_order_relaxed);
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&number), FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

void Bell::sleepWhile(uint32_t expected, bool apart) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&number), FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
  // Systems that keep what belongs together on few cores wake a thread on the core of who woke it; then one stands in front of the other,
  // for up to a millisecond, though there are more cores.
  if (const int here = sched_getcpu(); apart && here >= 0 && here == core.load(std::memory_order_relaxed))
    leave(here);
}

#if !defined(__x86_64__)
int64_t ticks() { return std::chrono::steady_clock::now().time_since_epoch().count() * 3; }
#endif

} // namespace bdc::runtime
