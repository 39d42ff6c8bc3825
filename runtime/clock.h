/// Wall time.
#pragma once

#include <chrono>

namespace bdc::runtime {

inline double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace bdc::runtime
