#include "runtime/threads/team.h"

#include "runtime/threads/sleep.h"

namespace bdc::runtime {
namespace {

/// More threads than cores: whoever is waited for is probably not running, so spinning only keeps it from doing so.
int64_t spinFor(int threads) { return threads > availableCores() ? 0 : shortSpin; }

} // namespace

Team::Team(int threads) : count(threads), ends(threads, spinFor(threads)), progress(threads, spinFor(threads)) {
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

void Team::run(const std::function<void(int)> &function) {
  if (count == 1)
    return function(0);
  work = &function;
  progress.reset();
  ends.wait();
  function(0);
  ends.wait();
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
