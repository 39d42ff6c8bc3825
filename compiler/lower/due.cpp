/// The spikes that a delivery is about, some at a time, compiled to bitcode that is linked into every program. Freestanding.
#include "runtime/abi.h"

/// Copies up to `room` elements of a slot's list to `out` and says how many; 0 at the end of the list. `place` (thread, position) begins as zeros.
/// Where the piece of each row begins (`piece`, every `stride`) is asked for at once: it is needed soon, and may lie anywhere.
extern "C" int64_t bdc_due(const bdc_ctx *ctx, const bdc_queue *queue, int64_t slot, int64_t *place, const int64_t *piece, int64_t stride,
                           int64_t room, uint32_t *out) {
  int64_t n = 0;
  for (; place[0] < ctx->threads; ++place[0], place[1] = 0) {
    const uint32_t *spikes = bdc_spikes(ctx, queue, slot, place[0]);
    for (const int64_t count = *spikes; place[1] < count; ++place[1], ++n) {
      if (n == room)
        return n;
      out[n] = spikes[1 + place[1]];
      __builtin_prefetch(piece + out[n] * stride);
    }
  }
  return n;
}
