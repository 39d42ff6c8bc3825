#include "runtime/threads/team.h"

#include "runtime/threads/sleep.h"

#include <unistd.h>

namespace bdc::runtime {
namespace {

/// More threads than cores: whoever is waited for is probably not running, so spinning only keeps it from doing so.
int64_t spinFor(int threads) { return threads > availableCores() ? 0 : shortSpin; }

} // namespace

Team::Team(int threads)
    : count(threads),
      spin(spinFor(threads)),
      ends(threads, spin),
      progress(threads, spin),
      ids(std::make_unique<std::atomic<int>[]>(static_cast<size_t>(threads))) {
  workers.reserve(threads - 1);
  for (int thread = 1; thread < threads; ++thread)
    workers.emplace_back([this, thread] { serve(thread); });
}

Team::~Team() {
  work = nullptr;
  if (count > 1)
    ends.wait();
  for (std::thread &worker : workers)
    worker.join();
}

/// Systems that keep what belongs together on few cores would let workers wait for the caller, or the caller for them. True where the caller was
/// given a core; otherwise it may run on all `cores`.
bool Team::takeCores(cpu_set_t &cores) const {
  const int here = sched_getcpu();
  if (spin == 0 || here < 0 || sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) != count)
    return false;
  const auto give = [](int id, int core) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<size_t>(core), &one);
    return sched_setaffinity(id, sizeof one, &one) == 0;
  };
  for (int thread = 1, core = 0; thread < count; ++core)
    if (core != here && CPU_ISSET(static_cast<size_t>(core), &cores)) {
      if (const int id = ids[thread++].load(std::memory_order_relaxed))
        give(id, core);
    }
  return give(0, here);
}

void Team::run(const std::function<void(int)> &function) {
  if (count == 1)
    return function(0);
  work = &function;
  progress.reset();
  cpu_set_t cores;
  const bool hasCore = takeCores(cores);
  ends.wait();
  function(0);
  ends.wait();
  if (hasCore)
    sched_setaffinity(0, sizeof cores, &cores);
}

void Team::serve(int thread) {
  ids[thread].store(gettid(), std::memory_order_relaxed);
  for (;;) {
    ends.wait();
    if (!work)
      return;
    (*work)(thread);
    ends.wait();
  }
}

} // namespace bdc::runtime
