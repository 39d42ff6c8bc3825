/// Owns the probes of a run: their buffers, and the way from the threads' buffers to the listeners.
///
/// A thread that fills a buffer inside a chunk moves it to memory of its own; nothing is locked and no file is touched. Between
/// chunks everything is merged into the one order that does not depend on threads. `chunkLimit` keeps that memory bounded.
#pragma once

#include "runtime/abi.h"
#include "runtime/memory/arena.h"
#include "runtime/memory/plan.h"
#include "runtime/record/stream.h"
#include "runtime/simulate/program.h"
#include "runtime/simulate/sizes.h"

#include <memory>

namespace bdc::runtime {

class Recorder {
public:
  /// The place of a stream; one that takes the same samples is shared.
  int add(Stream stream);
  const Stream &stream(int index) const { return streams[index]; }
  int size() const { return static_cast<int>(streams.size()); }
  void listen(int stream, std::shared_ptr<Listener> listener) { listeners[stream].push_back(std::move(listener)); }

  void plan(MemoryPlan &plan, const Sizes &sizes, int threads) const;
  /// Makes the probes; ctx.arrays must be set. Samples start after step `sizes.discard`.
  Status allocate(const Program &program, const Sizes &sizes, bdc_ctx &ctx, Arena &arena);
  bdc_probe *probes() { return table.data(); }

  /// Most steps of one chunk.
  int64_t chunkLimit() const;
  /// bdc_ctx.flush
  void flush(int32_t probe, int32_t thread);
  /// Hands everything sampled so far to the listeners.
  Status drain();
  /// The next sample is the first after `step` steps: for runs that go over the same steps again.
  void continueFrom(int64_t step);

private:
  /// The step after which a stream is sampled first.
  int64_t firstSample(int index) const;
  struct Share {
    std::vector<char> overflow; ///< full buffers, moved here
    int64_t count = 0;          ///< samples or spikes in it
  };
  bool allocateShares(int index, const Sizes &sizes, Arena &arena);
  Status drainSpikes(int index);
  Status drainRows(int index);
  int64_t rowCapacity(const Stream &stream) const;
  static int64_t sampleBytes(const Stream &stream, const bdc_probe::bdc_probe_share &share);

  std::vector<Stream> streams;
  std::vector<std::vector<std::shared_ptr<Listener>>> listeners;
  std::vector<bdc_probe> table;
  std::vector<std::vector<bdc_probe::bdc_probe_share>> shares;
  std::vector<std::vector<Share>> spilled;
  std::vector<int64_t> delivered; ///< rows handed out, per stream
};

} // namespace bdc::runtime
