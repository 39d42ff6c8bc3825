#include "runtime/threads/in_threads.h"

#include <system_error>
#include <thread>
#include <vector>

namespace bdc::runtime {

void inThreads(size_t count, const std::function<void(size_t)> &function) {
  std::vector<std::jthread> threads;
  threads.reserve(count);
  size_t started = 1;
  try {
    for (; started < count; ++started)
      threads.emplace_back([&function, job = started] { function(job); });
  } catch (const std::system_error &) { // what is not started is done below
  }
  function(0);
  for (; started < count; ++started)
    function(started);
}

} // namespace bdc::runtime
