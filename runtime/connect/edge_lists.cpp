/// The edges by target and by source: what sums over edges walk along.
#include "runtime/connect/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

namespace bdc::runtime::detail {
namespace {

constexpr int64_t padding = 16; ///< vectors may be read beyond the last edge

/// One kind of list while it is made.
struct Lists {
  int64_t *offset, *far;
  uint32_t *other, *edge;

  Lists(Arena &arena, int64_t elements, int64_t edges)
      : offset(arena.array<int64_t>(elements + 1)),
        far(arena.array<int64_t>(elements + 1)),
        other(arena.array<uint32_t>(edges + padding)),
        edge(arena.array<uint32_t>(edges + padding)) {
    if (*this) {
      offset[0] = 0;
      std::fill(other + edges, other + edges + padding, 0);
    }
  }
  explicit operator bool() const { return offset && far && other && edge; }
};

bool isFar(const int32_t *delay, int64_t edge) { return delay && delay[edge] >= BDC_AHEAD - 1; }

/// How many edges a block has.
int64_t edgesOf(const Draft &draft, int32_t block) {
  int64_t edges = 0;
  for (int64_t s = 0; s < draft.connection.sources; ++s)
    edges += draft.pieces(s)[block + 1] - draft.pieces(s)[block];
  return edges;
}

/// The lists of one block's targets, which begin at `at`.
void fillTargets(const Draft &draft, const int32_t *delay, int32_t block, int64_t at, const Lists &lists, std::vector<int64_t> &near) {
  const int64_t first = draft.blocks.first[block], last = draft.blocks.first[block + 1];
  std::fill(lists.offset + first + 1, lists.offset + last + 1, 0);
  std::fill(lists.far + first, lists.far + last, 0);
  const auto forEdges = [&](auto work) {
    for (int64_t s = 0; s < draft.connection.sources; ++s)
      for (int64_t e = draft.pieces(s)[block]; e < draft.pieces(s)[block + 1]; ++e)
        work(s, e, draft.target[e]);
  };
  forEdges([&](int64_t, int64_t e, uint32_t t) {
    ++lists.offset[t + 1];
    lists.far[t] += isFar(delay, e);
  });
  near.assign(static_cast<size_t>(last - first), 0);
  for (int64_t t = first; t < last; ++t) {
    const int64_t count = lists.offset[t + 1], farCount = lists.far[t];
    lists.far[t] = at; // where the next far edge goes
    near[t - first] = at + farCount;
    at += count;
    lists.offset[t + 1] = at;
  }
  forEdges([&](int64_t s, int64_t e, uint32_t t) {
    const int64_t place = isFar(delay, e) ? lists.far[t]++ : near[t - first]++;
    lists.other[place] = static_cast<uint32_t>(s);
    lists.edge[place] = static_cast<uint32_t>(e);
  });
}

/// The list of one source.
void fillSource(const Draft &draft, const int32_t *delay, int64_t source, const Lists &lists) {
  int64_t at = lists.offset[source];
  auto append = [&](bool far) {
    for (int64_t e = draft.begin(source); e < draft.end(source); ++e)
      if (isFar(delay, e) == far) {
        lists.other[at] = draft.target[e];
        lists.edge[at++] = static_cast<uint32_t>(e);
      }
  };
  append(true);
  lists.far[source] = at;
  append(false);
}

/// `values` in the order of `edge`; null where there are none. `enough`: false without memory.
const void *reorder(const Draft &draft, const void *values, const uint32_t *edge, int bytes, bool &enough) {
  if (!values)
    return nullptr;
  const int64_t edges = draft.count;
  auto *out = static_cast<char *>(draft.arena.take((edges + padding) * bytes));
  if (!out) {
    enough = false;
    return nullptr;
  }
  for (int64_t i = 0; i < edges; ++i)
    std::memcpy(out + i * bytes, static_cast<const char *>(values) + int64_t(edge[i]) * bytes, static_cast<size_t>(bytes));
  std::memset(out + edges * bytes, 0, static_cast<size_t>(padding * bytes));
  return out;
}

bdc_rows finished(const Draft &draft, const Lists &lists, int realBytes, const bdc_graph &graph, bool &enough) {
  bdc_rows rows{lists.offset, lists.far, lists.other, lists.edge, nullptr, nullptr, nullptr};
  rows.weight = reorder(draft, graph.weight, lists.edge, realBytes, enough);
  rows.delay = static_cast<const int32_t *>(reorder(draft, graph.delay, lists.edge, 4, enough));
  rows.fraction = reorder(draft, graph.fraction, lists.edge, realBytes, enough);
  return rows;
}

} // namespace

Status listEdges(const Draft &draft, EdgeLists wanted, int realBytes, bdc_graph &graph) {
  const Connection &c = draft.connection;
  const int64_t edges = draft.count;
  if (draft.room > std::numeric_limits<uint32_t>::max())
    return inputError(fmt::format("{}: {} edges, with the room between their rows; what is summed over can have {}", c.name, draft.room,
                                  std::numeric_limits<uint32_t>::max()));
  bool enough = true;
  if (wanted.byTarget) {
    const Lists lists(draft.arena, c.targets, edges);
    if (!lists)
      return outOfMemory(c);
    std::vector<int64_t> begin(static_cast<size_t>(draft.blocks.count()) + 1); // of each block
    const auto forBlocks = [&](auto work) {
      draft.team.run([&](int thread) {
        for (int32_t b = draft.blocks.threadBlock[thread]; b < draft.blocks.threadBlock[thread + 1]; ++b)
          work(b);
      });
    };
    forBlocks([&](int32_t b) { begin[b + 1] = edgesOf(draft, b); });
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    forBlocks([&](int32_t b) {
      std::vector<int64_t> near;
      fillTargets(draft, graph.delay, b, begin[b], lists, near);
    });
    graph.in = finished(draft, lists, realBytes, graph, enough);
  }
  if (wanted.bySource) {
    const Lists lists(draft.arena, c.sources, edges);
    if (!lists)
      return outOfMemory(c);
    for (int64_t s = 0; s < c.sources; ++s)
      lists.offset[s + 1] = lists.offset[s] + draft.end(s) - draft.begin(s);
    draft.team.run([&](int thread) {
      const Team::Part part = Team::part(c.sources, thread, draft.team.size());
      for (int64_t s = part.first; s < part.last; ++s)
        fillSource(draft, graph.delay, s, lists);
    });
    graph.out = finished(draft, lists, realBytes, graph, enough);
  }
  return enough ? Status() : Status(outOfMemory(c));
}

} // namespace bdc::runtime::detail
