/// The change of an objective along a direction: forward mode, of programs that carry tangents.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bdc::runtime {

/// For each parameter of the program's tangent, in coherent units: one number of a scalar, one per element of an array; none: it stays.
using Direction = std::vector<std::vector<double>>;

/// A series that the objective reads, and how it changes along the direction.
struct Sensitivity {
  std::string text;           ///< as it was written: "area.x every 1 ms"
  std::string unit;           ///< of the values
  std::vector<double> time_ms;
  int64_t elements = 0;
  std::vector<double> values, changes; ///< [time][element], in `unit`; changes per one of the direction
};

/// Numbers are coherent.
struct TangentResult {
  double loss = 0, change = 0; ///< change: of the loss, per unit of the direction
  bool interrupted = false;
  double run_s = 0; ///< the time loop
  std::vector<Sensitivity> curves = {}; ///< where they were asked for
};

} // namespace bdc::runtime
