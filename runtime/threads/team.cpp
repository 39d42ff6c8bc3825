#include "runtime/threads/team.h"

namespace bdc::runtime {
namespace {

/// More threads than cores: whoever is waited for is probably not running, so spinning only keeps it from doing so.
int64_t spinFor(int threads) { return threads > availableCores() ? 0 : Barrier::defaultSpin(); }

} // namespace

// Between calls the workers sleep at `outer` at once: the time between two chunks is the host's.
Team::Team(int threads) : count(threads), inner(threads, spinFor(threads)), outer(threads, 0) {
  workers.reserve(threads - 1);
  for (int thread = 1; thread < threads; ++thread)
    workers.emplace_back([this, thread] { serve(thread); });
}

Team::~Team() {
  work = nullptr;
  if (count > 1)
    outer.wait();
  for (std::thread &worker : workers)
    worker.join();
}

void Team::run(const std::function<void(int)> &function) {
  if (count == 1)
    return function(0);
  work = &function;
  outer.wait();
  function(0);
  outer.wait();
}

void Team::serve(int thread) {
  for (;;) {
    outer.wait();
    if (!work)
      return;
    (*work)(thread);
    outer.wait();
  }
}

} // namespace bdc::runtime
