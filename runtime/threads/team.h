/// A fixed team of threads that run the same function side by side. The caller is thread 0. Where they are as many as the cores that the caller may
/// use, each works on one of its own; afterwards the caller may run where it could before.
#pragma once

#include "runtime/threads/barrier.h"
#include "runtime/threads/pace.h"

#include <sched.h>

#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace bdc::runtime {

class Team {
public:
  explicit Team(int threads);
  ~Team();

  Team(const Team &) = delete;
  Team &operator=(const Team &) = delete;

  int size() const { return count; }

  /// Calls work(thread) on every thread of the team and returns when all have ended. `work` must not throw.
  void run(const std::function<void(int)> &work);

  /// How far the members have come inside `work`; at its beginning, nowhere.
  Pace &pace() { return progress; }

  /// Splits [0, items) into one contiguous part per thread; part `thread` is [first, last).
  struct Part {
    int64_t first, last;
  };
  static Part part(int64_t items, int thread, int threads) { return {items * thread / threads, items * (thread + 1) / threads}; }

private:
  void serve(int thread);
  bool takeCores(cpu_set_t &cores);

  const int count;
  const int64_t spin; ///< 0: there is no core for each
  Barrier ends; ///< of `run`, both of them
  Pace progress;
  const std::function<void(int)> *work = nullptr; ///< null: the team ends
  std::vector<std::thread> workers;
};

} // namespace bdc::runtime
