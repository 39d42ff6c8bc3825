/// Streams of samples from the compiled loop, and who listens to them: the output file, memory, summaries, plots.
#pragma once

#include "runtime/descriptor/descriptor.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bdc::runtime {

/// What is sampled, of whom, how often.
struct Stream {
  std::string name, text;
  RecordKind kind = RecordKind::spikes;
  int index = -1; ///< array, probe function or queue
  int space = -1;
  std::vector<uint32_t> ids; ///< ascending; for spikes empty means all
  int64_t elements = 0;      ///< number of sampled elements
  int64_t interval = 1;      ///< steps
  Type type = Type::f64;     ///< of the samples
  Display display;

  bool samples(const Stream &other) const {
    return kind == other.kind && index == other.index && space == other.space && interval == other.interval && ids == other.ids;
  }
};

/// Spikes in the order of time, and of elements within a step. The time of a spike is step * dt.
struct SpikeBatch {
  std::span<const int64_t> steps;
  std::span<const uint32_t> elements;
};

/// Samples [row][element] in the user's unit. Row i was taken after step first + i * interval.
struct RowBatch {
  int64_t first = 0, interval = 1, rows = 0, columns = 0;
  const double *values = nullptr;
  int64_t step(int64_t row) const { return first + row * interval; }
};

/// Hears a stream between chunks, on the calling thread.
class Listener {
public:
  virtual ~Listener() = default;
  virtual Status hear(const SpikeBatch &) { return {}; }
  virtual Status hear(const RowBatch &) { return {}; }
};

} // namespace bdc::runtime
