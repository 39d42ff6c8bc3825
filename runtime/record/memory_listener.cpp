#include "runtime/record/memory_listener.h"

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

Status MemoryListener::hear(const SpikeBatch &batch) {
  for (int64_t step : batch.steps)
    out.times_ms.push_back(static_cast<double>(step) * dt);
  out.nodes.insert(out.nodes.end(), batch.elements.begin(), batch.elements.end());
  return {};
}

Status MemoryListener::hear(const RowBatch &batch) {
  for (int64_t row = 0; row < batch.rows; ++row)
    out.times_ms.push_back(static_cast<double>(batch.step(row)) * dt);
  out.values.insert(out.values.end(), batch.values, batch.values + batch.rows * batch.columns);
  return {};
}

} // namespace bdc::runtime
