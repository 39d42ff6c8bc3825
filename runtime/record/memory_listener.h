/// Keeps a stream in memory, for a host that reads it when the run is over.
#pragma once

#include "runtime/record/recording.h"
#include "runtime/record/stream.h"

namespace bdc::runtime {

class MemoryListener : public Listener {
public:
  /// `out` outlives the listener.
  MemoryListener(const Stream &stream, std::string space, double dt_ms, Recording &out);
  Status hear(const SpikeBatch &batch) override;
  Status hear(const RowBatch &batch) override;

private:
  template <class Work> Status grow(Work work);

  double dt;
  Recording &out;
};

} // namespace bdc::runtime
