/// The change of an objective along a direction: forward mode, of programs that carry tangents.
#pragma once

#include <vector>

namespace bdc::runtime {

/// For each parameter of the program's tangent, in coherent units: one number of a scalar, one per element of an array; none: it stays.
using Direction = std::vector<std::vector<double>>;

/// Numbers are coherent.
struct TangentResult {
  double loss = 0, change = 0; ///< change: of the loss, per unit of the direction
  bool interrupted = false;
  double run_s = 0; ///< the time loop
};

} // namespace bdc::runtime
