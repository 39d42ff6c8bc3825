/// What belongs to each edge: weights and delays from compiled functions.
#include "runtime/connect/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <vector>

namespace bdc::runtime::detail {
namespace {

/// Calls the function for whole rows and deals the values out to the blocks. `see(values, count)` looks at each row.
template <class See>
void drawRows(const Draft &draft, bdc_edges_fn function, int bytes, bdc_ctx *ctx, void *out, int thread, See &&see) {
  const Connection &c = draft.connection;
  const int32_t blocks = draft.blocks.count();
  const Team::Part part = Team::part(c.from.last - c.from.first, thread, draft.team.size());
  Pages row;
  for (int64_t source = c.from.first + part.first; source < c.from.first + part.last; ++source) {
    int64_t edges = 0;
    for (int32_t b = 0; b < blocks; ++b)
      edges += draft.offsets(b)[source + 1] - draft.offsets(b)[source];
    if (edges == 0)
      continue;
    if (const auto needed = static_cast<size_t>((edges + 15) / 16 * 16 * bytes); needed > row.bytes) {
      unmapPages(row);
      row = mapPages(static_cast<int64_t>(needed * 2));
      if (!row.data)
        return see(nullptr, 0);
    }
    function(ctx, source, 0, edges, row.data);
    see(row.data, edges);
    const char *from = static_cast<const char *>(row.data);
    for (int32_t b = 0; b < blocks; ++b) {
      const uint32_t *offset = draft.offsets(b) + source;
      const size_t piece = static_cast<size_t>(offset[1] - offset[0]) * bytes;
      std::memcpy(static_cast<char *>(out) + (draft.blockBase[b] + offset[0]) * bytes, from, piece);
      from += piece;
    }
  }
  unmapPages(row);
}

/// One real number for every edge; null without memory.
const void *drawReals(const Draft &draft, bdc_edges_fn function, int bytes, bdc_ctx *ctx) {
  void *out = draft.arena.take(draft.edges() * bytes);
  if (!out)
    return nullptr;
  std::atomic<bool> enough = true;
  draft.team.run([&](int thread) {
    drawRows(draft, function, bytes, ctx, out, thread, [&](const void *row, int64_t) {
      if (!row)
        enough = false;
    });
  });
  return enough ? out : nullptr;
}

Status drawDelays(const Draft &draft, const EdgeValues &values, bdc_ctx *ctx, bdc_graph &graph) {
  auto *out = draft.arena.array<int32_t>(draft.edges());
  if (!out)
    return outOfMemory(draft.connection);
  std::atomic<bool> enough = true;
  std::atomic<int32_t> least = 0, most = 0;
  draft.team.run([&](int thread) {
    int32_t low = 0, high = 0;
    drawRows(draft, values.delay, 4, ctx, out, thread, [&](const void *row, int64_t edges) {
      if (!row)
        enough = false;
      for (int64_t i = 0; i < edges; ++i) {
        low = std::min(low, static_cast<const int32_t *>(row)[i]);
        high = std::max(high, static_cast<const int32_t *>(row)[i]);
      }
    });
    for (int32_t seen = least; low < seen && !least.compare_exchange_weak(seen, low);) {
    }
    for (int32_t seen = most; high > seen && !most.compare_exchange_weak(seen, high);) {
    }
  });
  if (!enough)
    return outOfMemory(draft.connection);
  if (least < 0)
    return Error{ErrorKind::numeric,
                 fmt::format("a delay of {} was drawn as {:.10g} ms, and cannot be negative", draft.connection.name, least * ctx->scalars[0]),
                 "a distribution of positive times, or `max(…, 0 ms)` around it"};
  if (most > values.maxDelay)
    return internalError(fmt::format("{}: a drawn delay of {} steps is longer than the ring of {} steps", draft.connection.name,
                                     most.load(), values.maxDelay));
  graph.delay = out;
  return {};
}

} // namespace

Status drawValues(const Draft &draft, const EdgeValues &values, bdc_ctx *ctx, bdc_graph &graph) {
  for (auto [function, place] : {std::pair(values.weight, &graph.weight), std::pair(values.fraction, &graph.fraction)})
    if (function && !(*place = drawReals(draft, function, sizeOf(values.weightType), ctx)))
      return outOfMemory(draft.connection);
  return values.delay ? drawDelays(draft, values, ctx, graph) : Status();
}

} // namespace bdc::runtime::detail
