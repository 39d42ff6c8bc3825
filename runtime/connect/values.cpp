/// What belongs to each edge: weights and delays from compiled functions.
#include "runtime/connect/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <vector>

namespace bdc::runtime::detail {
namespace {

/// Calls the function for whole rows and deals the values out to the blocks. `see(values, count)` looks at each row; false without memory.
template <class T, class See> bool drawRows(const Draft &draft, bdc_edges_fn function, bdc_ctx *ctx, T *out, int thread, See &&see) {
  const Connection &c = draft.connection;
  const int32_t blocks = draft.blocks.count();
  const Team::Part part = Team::part(c.from.last - c.from.first, thread, draft.team.size());
  const int64_t last = c.from.first + part.last;
  std::vector<T *> end; // of the thread's edges in each block
  for (int32_t b = 0; b < blocks; ++b)
    end.push_back(out + draft.blockBase[b] + draft.offsets(b)[last]);
  Pages row;
  for (int64_t source = c.from.first + part.first; source < last; ++source) {
    int64_t edges = 0;
    for (int32_t b = 0; b < blocks; ++b)
      edges += draft.offsets(b)[source + 1] - draft.offsets(b)[source];
    if (edges == 0)
      continue;
    // The function fills up its vectors, and copies read on.
    if (const size_t needed = static_cast<size_t>(edges + 2 * copied) * sizeof(T); needed > row.bytes) {
      unmapPages(row);
      row = mapPages(static_cast<int64_t>(needed * 2));
      if (!row.data)
        return false;
    }
    const T *from = static_cast<const T *>(row.data);
    function(ctx, source, 0, edges, row.data);
    see(from, edges);
    for (int32_t b = 0; b < blocks; ++b) {
      const uint32_t *offset = draft.offsets(b) + source;
      T *to = out + draft.blockBase[b] + offset[0];
      const int64_t piece = offset[1] - offset[0];
      copyEdges(to, from, piece, end[b] - to);
      from += piece;
    }
  }
  unmapPages(row);
  return true;
}

/// One real number for every edge; null without memory.
template <class T> const void *drawReals(const Draft &draft, bdc_edges_fn function, bdc_ctx *ctx) {
  T *out = draft.arena.array<T>(draft.edges());
  if (!out)
    return nullptr;
  std::atomic<bool> enough = true;
  draft.team.run([&](int thread) {
    if (!drawRows(draft, function, ctx, out, thread, [](const T *, int64_t) {}))
      enough = false;
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
    const bool drawn = drawRows(draft, values.delay, ctx, out, thread, [&](const int32_t *row, int64_t edges) {
      for (int64_t i = 0; i < edges; ++i) {
        low = std::min(low, row[i]);
        high = std::max(high, row[i]);
      }
    });
    if (!drawn)
      enough = false;
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
  const auto draw = values.weightType == Type::f32 ? drawReals<float> : drawReals<double>;
  for (auto [function, place] : {std::pair(values.weight, &graph.weight), std::pair(values.fraction, &graph.fraction)})
    if (function && !(*place = draw(draft, function, ctx)))
      return outOfMemory(draft.connection);
  return values.delay ? drawDelays(draft, values, ctx, graph) : Status();
}

} // namespace bdc::runtime::detail
