/// Shows how far a run is: one line that renews itself on a terminal, a line every tenth elsewhere.
#pragma once

#include "runtime/simulate/options.h"

#include <cstdio>
#include <string>

namespace bdc::runtime {

enum class ProgressStyle { quiet, plain, terminal };

/// What fits a stream: `terminal` where it is one.
ProgressStyle progressStyle(std::FILE *stream, bool quiet);

/// "  42 %  420 ms of 1 s  0.31 x real time  0.2 s left", with a bar in front where there is room for one.
std::string progressText(const Progress &progress, int barWidth);

/// Hand `show` to Options::progress. Writes to the stream that it was given, nowhere else.
class ProgressLine {
public:
  ProgressLine(std::FILE *stream, ProgressStyle style) : stream(stream), style(style) {}
  ~ProgressLine() { clear(); }
  void show(const Progress &progress);
  /// Takes the line off the terminal, so that other text can be written.
  void clear();

private:
  std::FILE *stream;
  ProgressStyle style;
  int tenth = 0;
  double shownAt = -1;
  bool visible = false;
};

} // namespace bdc::runtime
