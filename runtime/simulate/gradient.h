/// The objective of a program and its derivatives.
#pragma once

#include "runtime/checkpoint/plan.h"
#include "runtime/summarise/detail.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bdc::runtime {

struct GradientOptions {
  checkpoint::Budget budget = {}; ///< memory 0: half of what is available
  std::string folder = {};        ///< of checkpoints on disk
  /// Derivatives through states are followed for that long alone; 0: for the whole run; none: as the model's fit says.
  std::optional<double> truncate_ms = {};
};

/// Numbers are coherent.
struct GradientResult {
  double loss = 0;
  double change = 0;                         ///< of the loss, along the direction of a program with tangents: then this is what is differentiated
  std::vector<std::vector<double>> gradient; ///< per parameter of the program's gradient, per element
  checkpoint::Plan plan;
  bool interrupted = false;
  double forward_s = 0, backward_s = 0; ///< the run; everything after it
};

/// What was compared with data: a table of each, in the unit that is shown. Once, also where several functions compare it.
struct ComparedTables {
  std::vector<int> nodes; ///< of the objective
  std::string text;       ///< as they were written: "similarity(fc, target), rmse(fc, target)"
  Table target, made;
  double limit = 1;                 ///< the largest size that an entry of a matrix can have; infinite where there is none
  std::vector<double> time_ms = {}; ///< of the rows, where they are samples
};

/// The objective of a run and what it is made of. Numbers are coherent, but for tables.
struct ObjectiveParts {
  double loss = 0;
  std::vector<ComparedTables> compared;
  /// Where the objective is nothing but a mean of squares, or the root of one: how many; else 0.
  int64_t residuals = 0;
  bool isRoot = false;
};

} // namespace bdc::runtime
