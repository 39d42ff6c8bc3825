/// What belongs to each edge: weights and delays from compiled functions, and the transpose.
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
  const Team::Part part = Team::part(c.sourceCount(), thread, draft.team.size());
  Pages row;
  for (int64_t source = c.sourceFirst + part.first; source < c.sourceFirst + part.last; ++source) {
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
    return inputError(fmt::format("{}: a drawn delay is negative ({} steps)", draft.connection.name, least.load()),
                      "use a distribution of positive times, or clip it");
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

Status transposeRows(const Draft &draft, bdc_graph &graph) {
  const Connection &c = draft.connection;
  const int64_t edges = draft.edges();
  if (edges > std::numeric_limits<uint32_t>::max())
    return inputError(
        fmt::format("{}: {} edges; a projection that learns can have {}", c.name, edges, std::numeric_limits<uint32_t>::max()));
  auto *inOffset = draft.arena.array<int64_t>(c.targets + 1);
  auto *inSource = draft.arena.array<uint32_t>(edges);
  auto *inEdge = draft.arena.array<uint32_t>(edges);
  if (!inOffset || !inSource || !inEdge)
    return outOfMemory(c);
  // Blocks hold ascending ranges of targets, so the columns of a block lie at its edges' positions.
  draft.team.run([&](int thread) {
    std::vector<int64_t> cursor;
    for (int32_t b = draft.blocks.threadBlock[thread]; b < draft.blocks.threadBlock[thread + 1]; ++b) {
      const int64_t first = draft.blocks.first[b], last = draft.blocks.first[b + 1];
      const int64_t begin = draft.blockBase[b], end = draft.blockBase[b + 1];
      cursor.assign(static_cast<size_t>(last - first + 1), 0);
      for (int64_t e = begin; e < end; ++e)
        ++cursor[draft.target[e] - first + 1];
      cursor[0] = begin;
      for (int64_t i = 1; i <= last - first; ++i)
        cursor[i] += cursor[i - 1];
      std::copy(cursor.begin() + 1, cursor.end(), inOffset + first + 1);
      const uint32_t *offset = draft.offsets(b);
      for (int64_t source = 0; source < c.sources; ++source)
        for (int64_t e = begin + offset[source]; e < begin + offset[source + 1]; ++e) {
          const int64_t at = cursor[draft.target[e] - first]++;
          inSource[at] = static_cast<uint32_t>(source);
          inEdge[at] = static_cast<uint32_t>(e);
        }
    }
  });
  graph.in_offset = inOffset;
  graph.in_source = inSource;
  graph.in_edge = inEdge;
  return {};
}

} // namespace bdc::runtime::detail
