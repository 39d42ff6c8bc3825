/// What a run leaves behind besides its recordings.
#pragma once

#include "runtime/simulate/fit_summary.h"
#include "runtime/summarise/detail.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bdc::runtime {

struct SummaryValue {
  std::string name; ///< as written
  double value = 0; ///< NaN where there was nothing to count
  std::string unit;
  std::vector<Fact> facts; ///< about its tables, where it has some
  std::string group;       ///< of these in the file; empty where there is none
  std::vector<Table> tables = {}; ///< where Options::keepRecordings asked for them
};

struct Results {
  std::string experiment, network, hash, precision;
  uint64_t seed = 0;
  int threads = 1;
  int64_t steps = 0;
  double dt_ms = 0, simulated_ms = 0;
  double compile_s = 0; ///< filled in by whoever compiled
  double build_s = 0;   ///< the network: allocation, edges, start values; not the files that results go to
  double run_s = 0;     ///< the time loop
  double run_cpu_s = 0; ///< its processor time, of all threads: what a benchmark compares on a shared machine
  int64_t planned_bytes = 0, peak_bytes = 0;
  int64_t neurons = 0, edges = 0; ///< elements of all populations; edges of all projections
  bool spiking = true;            ///< whether any population has events; else elements are nodes
  bool interrupted = false;
  std::vector<SummaryValue> summaries;
  std::optional<FitSummary> fit;
  std::vector<std::string> outputs; ///< paths
  std::vector<std::string> warnings;

  double realTimeFactor() const { return simulated_ms > 0 ? run_s * 1000 / simulated_ms : 0; }
};

/// One JSON object, in one line: the answer of `bdc run --json`, with `details` of `--details` too. Numbers that are not finite
/// become null.
std::string toJson(const Results &results, bool details = false);

} // namespace bdc::runtime
