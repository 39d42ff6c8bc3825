/// What happened in a fit, step by step.
#pragma once

#include "runtime/optimise/points.h"
#include "runtime/optimise/state.h"

#include <cstdint>
#include <vector>

namespace bdc::runtime::optimise {

struct History {
  std::vector<double> loss;         ///< the least of the step's points; NaN where all failed
  std::vector<double> best;         ///< the least so far
  std::vector<double> gradientNorm; ///< of that point, in coordinates; NaN without gradients
  std::vector<double> time_s;       ///< since the start of the fit, pauses left out
  Points values;                    ///< of that point: elements, coherent units
  Points lanes;                     ///< the losses of all points of a step, NaN where there were fewer

  int64_t steps() const { return static_cast<int64_t>(loss.size()); }
  void exchange(Exchange &exchange);
};

} // namespace bdc::runtime::optimise
