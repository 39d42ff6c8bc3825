/// What a run may be told besides the program's own parameters.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace bdc::runtime {

/// The state of a run between two chunks.
struct Progress {
  int64_t step = 0, steps = 0; ///< done and to do of this call of run
  double time_ms = 0;          ///< simulated since the start of the run
  double dt_ms = 0;
  double wall_s = 0;     ///< since this call of run began
  bool finished = false; ///< last call
  int64_t lanesDone = 0, lanes = 0; ///< of a batch: finished and to do
  double lanesPart = 0;             ///< of all of them, what the unfinished have done included

  double part() const { return lanes > 0 ? lanesPart : steps > 0 ? static_cast<double>(step) / static_cast<double>(steps) : 1; }
};

struct Options {
  uint64_t seed = 1;
  int threads = 1;
  int64_t maxMemory = 0;                          ///< bytes; 0: what is available
  std::string folder = {};                        ///< of the model: data files are relative to it
  std::string output = {};                        ///< HDF5 file of the recordings; empty: none
  std::string report = {};                        ///< HTML file; empty: none
  bool keepRecordings = false;                    ///< in memory, for the embedding API
  std::string command = {}, version = {};         ///< written into files
  double compile_s = 0;                           ///< how long it took to make the program, for the report
  double flushSeconds = 1;                        ///< longest time between two moments at which the output is complete on disk
  std::function<void(const Progress &)> progress = {}; ///< called between chunks, on the calling thread
  const std::atomic<bool> *interrupt = nullptr;   ///< true: stop after the current chunk
};

} // namespace bdc::runtime
