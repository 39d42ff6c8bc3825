#include "runtime/record/memory_listener.h"

#include <fmt/format.h>

#include <new>
#include <numeric>

namespace bdc::runtime {

MemoryListener::MemoryListener(const Stream &stream, std::string space, double dt_ms, Recording &out) : dt(dt_ms), out(out) {
  out.name = stream.name;
  out.text = stream.text;
  out.space = std::move(space);
  out.unit = stream.display.unit;
  out.spikes = stream.kind == RecordKind::spikes;
  out.ids = stream.ids;
  if (out.ids.empty()) {
    out.ids.resize(static_cast<size_t>(stream.elements));
    std::iota(out.ids.begin(), out.ids.end(), 0u);
  }
}

/// What is kept grows while the run goes on.
template <class Work> Status MemoryListener::grow(Work work) {
  try {
    work();
    return {};
  } catch (const std::bad_alloc &) {
    return Error{ErrorKind::memory, fmt::format("there is no memory left for what is kept of {}", out.text), "record less, or into a file"};
  }
}

Status MemoryListener::hear(const SpikeBatch &batch) {
  return grow([&] {
  for (int64_t step : batch.steps)
    out.times_ms.push_back(static_cast<double>(step) * dt);
  out.nodes.insert(out.nodes.end(), batch.elements.begin(), batch.elements.end());
  });
}

Status MemoryListener::hear(const RowBatch &batch) {
  return grow([&] {
  for (int64_t row = 0; row < batch.rows; ++row)
    out.times_ms.push_back(static_cast<double>(batch.step(row)) * dt);
  out.values.insert(out.values.end(), batch.values, batch.values + batch.rows * batch.columns);
  });
}

} // namespace bdc::runtime
