/// The recorder's part of a step, compiled to bitcode that is linked into every program: copies the thread's selected elements into its
/// buffers when a sample is due. Freestanding.
#include "runtime/abi.h"

namespace {

template <class T> void gather(const void *source, const bdc_probe::bdc_probe_share &share, void *out) {
  for (int64_t i = 0; i < share.count; ++i)
    static_cast<T *>(out)[i] = static_cast<const T *>(source)[share.elements[i]];
}

constexpr int64_t sizes[] = {4, 8, 4, 1};

void sampleValues(bdc_ctx *ctx, bdc_probe &probe, int32_t number, int32_t thread, int64_t step) {
  auto &share = probe.share[thread];
  if (share.count == 0)
    return;
  if (share.used == share.capacity)
    ctx->flush(ctx, number, thread);
  char *out = static_cast<char *>(share.buffer) + share.used * share.count * sizes[probe.type];
  if (probe.kind == 1)
    reinterpret_cast<bdc_probe_fn>(probe.function)(ctx, share.elements, share.count, step, out);
  else if (probe.type == 1)
    gather<int64_t>(probe.source, share, out);
  else if (probe.type == 3)
    gather<uint8_t>(probe.source, share, out);
  else
    gather<int32_t>(probe.source, share, out);
  ++share.used;
}

void sampleSpikes(bdc_ctx *ctx, bdc_probe &probe, int32_t number, int32_t thread, int64_t step) {
  const bdc_queue &queue = ctx->queues[probe.queue];
  auto &share = probe.share[thread];
  const int64_t slot = (step - 1) % queue.depth;
  const uint32_t *list = bdc_spikes(ctx, &queue, slot, thread);
  for (const uint32_t *end = list + *list; list != end;) {
    const uint32_t element = *++list;
    if (share.count != 0 && share.select && !share.select[element])
      continue;
    if (share.used == share.capacity)
      ctx->flush(ctx, number, thread);
    int64_t *out = static_cast<int64_t *>(share.buffer) + 2 * share.used++;
    out[0] = step;
    out[1] = element;
  }
}

bool isDue(const bdc_probe &probe, int64_t step) {
  return step >= probe.first && (probe.kind == 2 || probe.interval <= 1 || step % probe.interval == 0);
}

void sample(bdc_ctx *ctx, int32_t number, int32_t thread, int64_t step) {
  bdc_probe &probe = ctx->probes[number];
  if (probe.kind == 2)
    sampleSpikes(ctx, probe, number, thread, step);
  else
    sampleValues(ctx, probe, number, thread, step);
}

} // namespace

/// After step number `step`, counted from 1.
extern "C" void bdc_sample(bdc_ctx *ctx, int32_t thread, int64_t step) {
  for (int32_t i = 0; i < ctx->probe_count; ++i)
    if (isDue(ctx->probes[i], step))
      sample(ctx, i, thread, step);
}

/// The same for runs side by side, whose recordings are due in the same steps.
extern "C" void bdc_sample_lanes(bdc_ctx *const *contexts, int32_t lanes, int64_t step) {
  const bdc_ctx *first = contexts[0];
  for (int32_t i = 0; i < first->probe_count; ++i)
    if (isDue(first->probes[i], step))
      for (int32_t lane = 0; lane < lanes; ++lane)
        sample(contexts[lane], i, 0, step);
}
