/// Numbers about a run, computed while it runs. The memory of all but `fcd` does not grow with the duration.
///
/// Only what lies after the experiment's `discard` counts. Functions (coherent units before the query's display):
///   rate(spikes)      spikes / (elements * measured time); Hz where the query names no unit
///   count(spikes)     number of spikes
///   cv_isi(spikes)    coefficient of variation of the inter-spike intervals: per element with at least three spikes the
///                     standard deviation (dividing by n) over the mean of its intervals; then the mean over those elements
///   mean, std, min, max (array | record | probe)   over all samples and elements; std divides by n
///   correlation, plv (pairs.cpp), fcd, ks, wasserstein (fcd.cpp), spectrum (spectrum.cpp): have tables besides their number
///   order, metastability   runtime/objective/phases.h
/// What is a functional of an objective, too, is computed in runtime/objective/.
///
/// Sums are added sample by sample, so how a run is cut into batches shows in no bit.
#pragma once

#include "runtime/objective/setup.h"
#include "runtime/objective/values.h"
#include "runtime/record/stream.h"
#include "runtime/summarise/detail.h"

#include <functional>
#include <memory>
#include <span>

namespace bdc::runtime {

/// Hears one stream (or two) and ends as one number.
class Accumulator : public Listener {
public:
  /// `measured_ms`: simulated time after `discard`. NaN where there was nothing to measure.
  virtual double value(double measured_ms) const = 0;
  /// What there is besides; asked for before the run for the shapes.
  virtual Detail detail() const { return {}; }
  /// Why `value` is NaN.
  virtual std::string missing() const { return "there are fewer than two samples, or the elements do not change"; }
  /// Hears the second argument.
  virtual std::shared_ptr<Listener> second() { return nullptr; }
  /// What it will hold. Nothing large is taken before the first sample.
  virtual int64_t bytes() const { return 0; }
};

/// What a summary is made from. Samples arrive in coherent units.
struct SummaryInput {
  std::span<const Stream> streams;
  double dt_ms = 0;
  int64_t discard = 0, steps = 0;                    ///< steps; of the whole run
  double window_ms = 0, step_ms = 0, segment_ms = 0; ///< options; 0 where not given
  Display display = {};                              ///< the user's unit of the samples

  double interval_ms() const { return static_cast<double>(streams[0].interval) * dt_ms; }
  /// Samples of the whole run.
  int64_t samples() const { return steps / streams[0].interval - discard / streams[0].interval; }
};

inline objective::Samples<double> samplesOf(const RowBatch &batch) { return {0, batch.rows, batch.columns, batch.values}; }
/// Of the functional that a summary shows. None is pulled back.
objective::Setup setupOf(const SummaryInput &input);

struct SummaryFunction {
  const char *name;
  bool ofSpikes;    ///< of samples otherwise
  Display display;  ///< where the query names no unit; factor 0: that of the argument
  bool keepsOffset; ///< the offset of an affine unit belongs to the value (not to a difference)
  Result<std::shared_ptr<Accumulator>> (*make)(const SummaryInput &input);
  int arguments = 1;
};

/// The table of functions; a new one is one line there and one class.
std::span<const SummaryFunction> summaryFunctions();
/// Null where there is none of that name.
const SummaryFunction *findSummary(std::string_view name);

using Made = Result<std::shared_ptr<Accumulator>>;
Made makeCorrelation(const SummaryInput &input);
Made makeFcd(const SummaryInput &input);
Made makeKolmogorovSmirnov(const SummaryInput &input);
Made makeWasserstein(const SummaryInput &input);
Made makeSpectrum(const SummaryInput &input);
Made makePhaseLocking(const SummaryInput &input);

} // namespace bdc::runtime
