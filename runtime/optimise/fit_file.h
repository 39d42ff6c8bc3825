/// A fit in the HDF5 file of a run.
///
///   /fit            attributes: method, seed, steps, first_loss, best_loss, best_step (from 0), evaluations, failures, ended
///   (why) /fit/history    loss, best, gradient_norm, time (s): one number per step; lanes [step][point]: the losses of all
///   points /fit/values/<parameter>  [step][element] of the step's best point (attribute units) /fit/result/<parameter>  value,
///   standard_error, low, high: one number per element, at the end (attribute units) /fit/state      state_file.h
#pragma once

#include "runtime/optimise/fit.h"
#include "runtime/optimise/state_file.h"
#include "runtime/optimise/uncertainty.h"

namespace bdc::runtime::optimise {

class FitWriter {
public:
  /// Declares every place, before the file is started.
  FitWriter(h5::File &file, Fit &fit);

  /// What has happened since the last write, and the state: the fit can be continued from the file's next commit on.
  Status write();
  /// The rest, and the result. `uncertainty` may be null.
  Status finish(const FitEnd &end, const Uncertainty *uncertainty);

private:
  struct Places {
    int values, value, error, low, high;
  };
  double shown(double value) const { return fit.options().loss(value); }
  Status writeSteps();
  void setFacts(Stop ended);

  h5::File &file;
  Fit &fit;
  int group, loss, best, gradientNorm, time, lanes;
  std::vector<Places> parameters;
  std::optional<StateWriter> state;
  int64_t written = 0; ///< steps
};

} // namespace bdc::runtime::optimise
