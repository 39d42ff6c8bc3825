/// How a run is to be differentiated: all of it taped, or in segments with checkpoints, within a budget of memory.
#pragma once

#include "runtime/error.h"

#include <cstdint>
#include <string>

namespace bdc::runtime::checkpoint {

/// What a run needs, for all its lanes together.
struct Need {
  int64_t steps = 0;
  int64_t stateBytes = 0; ///< of a checkpoint: every state, the delay rings included
  int64_t tapeBytes = 0;  ///< of one taped step
};

/// What it may take.
struct Budget {
  int64_t memory = 0; ///< bytes for checkpoints and tape; 0: no limit
  int64_t slots = -1; ///< checkpoints, all of which are then used; -1: as many as are best
  int64_t onDisk = 0; ///< checkpoints that may lie in a file besides
};

enum class Mode {
  all,      ///< every step is taped: nothing is run again
  segments, ///< checkpoints in memory
  disk      ///< some of them in a file
};

/// Segments are multiples of this many steps, but for the last: sums over the past are made for that many steps at once.
constexpr int64_t segmentUnit = 8;

struct Plan {
  Mode mode = Mode::all;
  int64_t steps = 0;
  int64_t segment = 0;    ///< steps that are taped at once
  int64_t units = 0;      ///< segments; the last may be shorter
  int64_t slots = 0;      ///< checkpoints, those on disk included
  int64_t onDisk = 0;     ///< of these
  int64_t recomputed = 0; ///< steps beyond those of a plain run
  int64_t memoryBytes = 0, diskBytes = 0;
  std::string reason; ///< why not everything is taped; empty where it is

  int64_t begin(int64_t unit) const { return unit * segment; }
  int64_t end(int64_t unit) const { return unit + 1 == units ? steps : (unit + 1) * segment; }

  /// For people: mode, numbers, memory, and why.
  std::string text() const;
};

/// The name of a mode in summaries: "all", "segments", "disk".
const char *nameOf(Mode mode);

/// The plan that runs the fewest steps again, and takes the least memory of those. Everything is taped where that fits.
Result<Plan> planFor(const Need &need, const Budget &budget);

} // namespace bdc::runtime::checkpoint
