/// Numbers about a run, computed while it runs, in memory that does not grow with its duration.
///
/// Only what lies after the experiment's `discard` counts. Functions (coherent units before the query's display):
///   rate(spikes)      spikes / (elements * measured time); Hz where the query names no unit
///   count(spikes)     number of spikes
///   cv_isi(spikes)    coefficient of variation of the inter-spike intervals: per element with at least three spikes the
///                     standard deviation (dividing by n) over the mean of its intervals; then the mean over those elements
///   mean, std, min, max (array | record | probe)   over all samples and elements; std divides by n
#pragma once

#include "runtime/record/stream.h"

#include <functional>
#include <memory>
#include <span>

namespace bdc::runtime {

/// Hears one stream and ends as one number.
class Accumulator : public Listener {
public:
  /// `measured_ms`: simulated time after `discard`. NaN where there was nothing to measure.
  virtual double value(double measured_ms) const = 0;
};

struct SummaryFunction {
  const char *name;
  bool ofSpikes;    ///< of samples otherwise
  Display display;  ///< where the query names no unit; factor 0: that of the argument
  bool keepsOffset; ///< the offset of an affine unit belongs to the value (not to a difference)
  std::shared_ptr<Accumulator> (*make)(const Stream &stream);
};

/// The table of functions; a new one is one line there and one class.
std::span<const SummaryFunction> summaryFunctions();
/// Null where there is none of that name.
const SummaryFunction *findSummary(std::string_view name);

} // namespace bdc::runtime
