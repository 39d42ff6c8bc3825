/// Shows how far a run is: one line that renews itself on a terminal, a line every tenth elsewhere.
#pragma once

#include "runtime/simulate/options.h"

#include <cstdio>
#include <string>

namespace bdc::runtime {

enum class ProgressStyle { quiet, plain, terminal };

/// How far a fit is, between two of its steps.
struct FitProgress {
  int64_t step = 0, steps = 0; ///< done, and the most there will be (0: no limit)
  double loss = 0, best = 0;   ///< of the step, and the least so far; NaN where there was none
  std::string unit = {};       ///< of the loss; empty for pure numbers
  double wall_s = 0;           ///< since the fit was begun or continued
  int64_t stepsBefore = 0;     ///< done before it was continued
  bool finished = false;       ///< last call
};

/// What fits a stream: `terminal` where it is one.
ProgressStyle progressStyle(std::FILE *stream, bool quiet);

/// "  42 %  420 ms of 1 s  0.31 x real time  0.2 s left", or "  42 %  27 of 64 lanes  1.2 s left"; with a bar in front where there is room for one.
std::string progressText(const Progress &progress, int barWidth);
/// "step 84 of 200  loss 0.1234  best 0.1201  3.1 s left", with a bar in front where there is room for one.
std::string progressText(const FitProgress &progress, int barWidth);

/// Hand `show` to Options::progress, or to that of a fit. Writes to the stream that it was given, nowhere else.
class ProgressLine {
public:
  ProgressLine(std::FILE *stream, ProgressStyle style) : stream(stream), style(style) {}
  ~ProgressLine() { clear(); }
  void show(const Progress &progress) { showAny(progress); }
  void show(const FitProgress &progress) { showAny(progress); }
  /// Takes the line off the terminal, so that other text can be written.
  void clear();

private:
  template <class P> void showAny(const P &progress);

  std::FILE *stream;
  ProgressStyle style;
  int tenth = 0;
  double shownAt = -1;
  bool visible = false;
};

} // namespace bdc::runtime
