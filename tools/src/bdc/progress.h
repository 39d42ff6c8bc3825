// How far a run is: one line that changes on a terminal, now and then a line elsewhere.
#pragma once

#include "runtime/simulate/options.h"

#include <chrono>
#include <string>

namespace bdc::tool {

/// `1.5 s`, `0.1 ms`, `2 h 3 min`: three digits at most.
std::string durationText(double seconds);

class ProgressLine {
public:
  ProgressLine();
  ~ProgressLine() { clear(); }

  void show(const runtime::Progress &progress);
  /// Leaves an empty line where the bar was.
  void clear();

private:
  using Clock = std::chrono::steady_clock;
  bool terminal;
  bool drawn = false;
  Clock::time_point last;
};

} // namespace bdc::tool
