#include "runtime/threads/barrier.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace bdc::runtime {

Barrier::Barrier(int threads, int64_t spin) : missing(threads), threads(threads), spin(spin) {}

void Barrier::wait() {
  const uint32_t mine = round.rung(std::memory_order_acquire);
  if (missing.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    missing.store(threads, std::memory_order_relaxed);
    round.ring();
    if (sleepers.load(std::memory_order_seq_cst) > 0)
      round.wake();
    return;
  }
  if (spin > 0)
    for (const int64_t end = ticks() + spin; ticks() < end;)
      for (int i = 0; i < 8; ++i) {
        if (round.rung(std::memory_order_acquire) != mine)
          return;
        pause();
      }
  // A sleeper announces itself before it looks a last time, and the last arrival looks for sleepers after it has moved
  // the round on: one of the two sees the other.
  sleepers.fetch_add(1, std::memory_order_seq_cst);
  while (round.rung(std::memory_order_seq_cst) == mine)
    round.sleepWhile(mine, spin > 0);
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
