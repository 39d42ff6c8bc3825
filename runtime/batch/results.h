/// What a batch leaves behind besides its recordings.
#pragma once

#include "runtime/record/recording.h"
#include "runtime/simulate/results.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bdc::runtime {

/// In what the lanes of a batch differ.
struct BatchParameter {
  std::string name; ///< as `set` takes it; "seed"
  std::string unit; ///< empty for pure numbers
  bool isSeed = false;
  bool logarithmic = false; ///< its values are spaced so
};

/// What one run of a batch is given.
struct Lane {
  std::vector<double> values;   ///< of the parameters, in their units; of the seed too
  std::vector<double> coherent; ///< the same as `set` takes them; nothing for the seed
  uint64_t seed = 1;
  std::string label; ///< "G = 0.5 ms, seed 3"
};

enum class LaneState : uint8_t {
  unfinished, ///< not begun, or interrupted
  finished,
  failed ///< its summaries are NaN
};

struct LaneResult {
  Lane lane;
  LaneState state = LaneState::unfinished;
  std::string error;                   ///< of a failed one
  std::vector<SummaryValue> summaries; ///< NaN where it is not finished
  std::vector<Recording> recordings;   ///< where Options::keepRecordings asked for them
  int64_t steps = 0;
  double simulated_ms = 0, build_s = 0, run_s = 0;
};

struct BatchResults {
  Results total; ///< of all lanes together; without summaries
  std::vector<BatchParameter> parameters;
  std::vector<LaneResult> lanes;

  size_t count(LaneState state) const;
};

/// The object of one run, with `sweep`: {parameters: [{name, unit}], lanes: [{values, seed, state, summaries}]}.
std::string toJson(const BatchResults &results, bool details = false);

} // namespace bdc::runtime
