#include "runtime/threads/barrier.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <fstream>
#include <string>

namespace bdc::runtime {
namespace {

void futexWait(std::atomic<uint32_t> &word, uint32_t expected) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}

void futexWake(std::atomic<uint32_t> &word) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

#if defined(__x86_64__)
void pause() { __builtin_ia32_pause(); }
int64_t ticks() { return static_cast<int64_t>(__builtin_ia32_rdtsc()); }
#else
void pause() {}
int64_t ticks() { return std::chrono::steady_clock::now().time_since_epoch().count() * 3; }
#endif

} // namespace

int64_t Barrier::defaultSpin() { return 50'000; }

Barrier::Barrier(int threads, int64_t spin) : missing(threads), threads(threads), spin(spin) {}

void Barrier::wait() {
  const uint32_t mine = round.load(std::memory_order_acquire);
  if (missing.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    missing.store(threads, std::memory_order_relaxed);
    round.store(mine + 1, std::memory_order_seq_cst);
    if (sleepers.load(std::memory_order_seq_cst) > 0)
      futexWake(round);
    return;
  }
  if (spin > 0)
    for (const int64_t end = ticks() + spin; ticks() < end;)
      for (int i = 0; i < 8; ++i) {
        if (round.load(std::memory_order_acquire) != mine)
          return;
        pause();
      }
  // A sleeper announces itself before it looks a last time, and the last arrival looks for sleepers after it has moved
  // the round on: one of the two sees the other.
  sleepers.fetch_add(1, std::memory_order_seq_cst);
  while (round.load(std::memory_order_seq_cst) == mine)
    futexWait(round, mine);
  sleepers.fetch_sub(1, std::memory_order_relaxed);
}

int availableCores() {
  cpu_set_t set;
  int cores = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  std::ifstream quotaFile("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (quotaFile >> quota >> period && quota != "max" && period > 0)
    cores = std::min(cores, std::max(1, static_cast<int>(std::stod(quota) / period + 0.5)));
  return std::max(1, cores);
}

} // namespace bdc::runtime
