/// What belongs to each edge: weights and delays from compiled functions.
#include "runtime/connect/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <vector>

namespace bdc::runtime::detail {
namespace {

/// Calls the function for whole rows and deals the values out to the blocks. `see(source, values, count)` looks at each row; false without
/// memory.
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
    see(source, from, edges);
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

/// An edge of a connectome as messages name it.
std::string placeOf(const Connection &c, int64_t source, int64_t edge) {
  return fmt::format("{} from element {} to element {}", c.name.substr(0, c.name.rfind(".connections")), source,
                     c.connections->target[c.connections->offset[source] + edge]);
}

/// One real number for every edge. What is made of a connectome's numbers may have no value.
template <class T> Status drawReals(const Draft &draft, bdc_edges_fn function, bdc_ctx *ctx, const void *&place) {
  T *out = draft.arena.array<T>(draft.edges());
  if (!out)
    return outOfMemory(draft.connection);
  const Connection &c = draft.connection;
  std::atomic<bool> enough = true;
  std::vector<Status> found(static_cast<size_t>(draft.team.size())); // the first of each thread, which has sources in order
  draft.team.run([&](int thread) {
    const bool drawn = drawRows(draft, function, ctx, out, thread, [&](int64_t source, const T *row, int64_t edges) {
      if (c.rule != Rule::connectome || !found[thread])
        return;
      const T *wrong = std::find_if(row, row + edges, [](T value) { return !std::isfinite(value); });
      if (wrong != row + edges)
        found[thread] = Error{ErrorKind::numeric,
                              fmt::format("the weight of {} is {}", placeOf(c, source, wrong - row), std::isnan(*wrong) ? "not a number" : "infinite"),
                              "weights are made of the connectome's: a division by 0, a logarithm or a root of what is negative?"};
    });
    if (!drawn)
      enough = false;
  });
  if (!enough)
    return outOfMemory(draft.connection);
  for (Status &status : found)
    if (!status)
      return status;
  place = out;
  return {};
}

Status drawDelays(const Draft &draft, const EdgeValues &values, bdc_ctx *ctx, bdc_graph &graph) {
  auto *out = draft.arena.array<int32_t>(draft.edges());
  if (!out)
    return outOfMemory(draft.connection);
  std::atomic<bool> enough = true;
  std::atomic<int32_t> least = 0, most = 0;
  draft.team.run([&](int thread) {
    int32_t low = 0, high = 0;
    const bool drawn = drawRows(draft, values.delay, ctx, out, thread, [&](int64_t, const int32_t *row, int64_t edges) {
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
  if (least < 0) {
    const Connection &c = draft.connection;
    const bool isDrawn = c.rule != Rule::connectome;
    return Error{ErrorKind::numeric,
                 fmt::format("a delay of {} {} {:.10g} ms, and cannot be negative", c.name.substr(0, c.name.rfind(".connections")),
                             isDrawn ? "was drawn as" : "is", least * ctx->scalars[0]),
                 isDrawn ? "a distribution of positive times, or `max(…, 0 ms)` around it" : "`max(…, 0 ms)` around it"};
  }
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
    if (function)
      if (Status s = draw(draft, function, ctx, *place); !s)
        return s;
  return values.delay ? drawDelays(draft, values, ctx, graph) : Status();
}

} // namespace bdc::runtime::detail
