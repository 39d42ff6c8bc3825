/// The objective of a program and its derivatives.
#pragma once

#include "runtime/checkpoint/plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bdc::runtime {

struct GradientOptions {
  checkpoint::Budget budget = {}; ///< memory 0: half of what is available
  std::string folder = {};        ///< of checkpoints on disk
  double truncate_ms = 0;         ///< derivatives through states are followed for that long alone; 0: for the whole run
};

/// Numbers are coherent.
struct GradientResult {
  double loss = 0;
  std::vector<std::vector<double>> gradient; ///< per parameter of the program's gradient, per element
  checkpoint::Plan plan;
  bool interrupted = false;
  double forward_s = 0, backward_s = 0; ///< the run; everything after it
};

} // namespace bdc::runtime
