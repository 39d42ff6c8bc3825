#include "runtime/threads/team.h"

#include "runtime/threads/sleep.h"

#include <pthread.h>

namespace bdc::runtime {
namespace {

/// More threads than cores: whoever is waited for is probably not running, so spinning only keeps it from doing so.
int64_t spinFor(int threads) { return threads > availableCores() ? 0 : shortSpin; }

} // namespace

Team::Team(int threads)
    : count(threads),
      spin(spinFor(threads)),
      ends(threads, spin),
      progress(threads, spin) {
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
bool Team::takeCores(cpu_set_t &cores) {
  const int here = sched_getcpu();
  if (spin == 0 || here < 0 || sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) != count)
    return false;
  const auto give = [](pthread_t thread, int core) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<size_t>(core), &one);
    return pthread_setaffinity_np(thread, sizeof one, &one) == 0;
  };
  int core = 0;
  for (std::thread &worker : workers) {
    while (core == here || !CPU_ISSET(static_cast<size_t>(core), &cores))
      ++core;
    give(worker.native_handle(), core++);
  }
  return give(pthread_self(), here);
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
  for (;;) {
    ends.wait();
    if (!work)
      return;
    (*work)(thread);
    ends.wait();
  }
}

} // namespace bdc::runtime
