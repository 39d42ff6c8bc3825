/// What was recorded, as the world sees it.
#pragma once

#include "runtime/descriptor/descriptor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bdc::runtime {

/// One recording kept in memory.
struct Recording {
  std::string name, text, space, unit;
  bool spikes = false;
  std::vector<uint32_t> ids;    ///< recorded elements
  std::vector<double> times_ms; ///< of each spike, or of each row
  std::vector<uint32_t> nodes;  ///< spikes: who
  std::vector<double> values;   ///< traces: [time][element], in the user's unit
};

/// How what was recorded changes with a parameter: `values` and `unit` are those of the recording per one of the parameter.
struct SensitivityCurve {
  std::string parameter;
  Recording curve;
};

} // namespace bdc::runtime
