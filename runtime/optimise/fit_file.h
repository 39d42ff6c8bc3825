/// A fit in the HDF5 file of a run.
///
///   /fit            attributes: method, seed, steps, first_loss, best_loss, best_step (from 0), evaluations, failures, ended
///   (why) /fit/history    loss, best, gradient_norm, time (s): one number per step; lanes [step][point]: the losses of all
///   points /fit/values/<parameter>  [step][element] of the step's best point (attribute units) /fit/result/<parameter>  value,
///   standard_error, low, high: one number per element, at the end (attribute units); of the weights of a connectome also row and column of
///   each, and the whole matrix [row][column] (attributes row_labels, column_labels) /fit/state      state_file.h
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
  /// Data sets of a parameter; of a table's weights also the table, and rows and columns of the values.
  struct Sets {
    int values, value, error, low, high;
    int matrix = -1, rows = -1, columns = -1;
  };
  double shown(double value) const { return fit.options().loss(value); }
  void declareTable(int part, const Parameter &parameter, Sets &sets);
  Status writeSteps();
  Status writePlaces();
  void setFacts(Stop ended);

  h5::File &file;
  Fit &fit;
  int group, loss, best, gradientNorm, time, lanes;
  std::vector<Sets> parameters;
  std::optional<StateWriter> state;
  int64_t written = 0; ///< steps
  bool placed = false;
};

} // namespace bdc::runtime::optimise
