/// The edges by target: what sums over incoming edges walk along.
#include "runtime/connect/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

namespace bdc::runtime::detail {
namespace {

constexpr int64_t padding = 16; ///< vectors may be read beyond the last edge

/// The edges of one block of targets, far ones first, each in the order of their sources. Blocks hold ascending ranges of targets, so
/// the columns of a block lie at its edges' positions.
struct Columns {
  int64_t *offset, *far;
  uint32_t *source, *edge;

  void fill(const Draft &draft, const int32_t *delay, int32_t block, std::vector<int64_t> &near) const {
    const int64_t first = draft.blocks.first[block], last = draft.blocks.first[block + 1];
    const int64_t begin = draft.blockBase[block], end = draft.blockBase[block + 1];
    auto isFar = [&](int64_t e) { return delay && delay[e] >= BDC_AHEAD - 1; };
    std::fill(offset + first + 1, offset + last + 1, 0);
    std::fill(far + first, far + last, 0);
    for (int64_t e = begin; e < end; ++e) {
      ++offset[draft.target[e] + 1];
      far[draft.target[e]] += isFar(e);
    }
    near.assign(static_cast<size_t>(last - first), 0);
    int64_t at = begin;
    for (int64_t t = first; t < last; ++t) {
      const int64_t count = offset[t + 1], farCount = far[t];
      far[t] = at; // where the next far edge goes
      near[t - first] = at + farCount;
      at += count;
      offset[t + 1] = at;
    }
    const uint32_t *rows = draft.offsets(block);
    for (int64_t s = 0; s < draft.connection.sources; ++s)
      for (int64_t e = begin + rows[s]; e < begin + rows[s + 1]; ++e) {
        const uint32_t t = draft.target[e];
        const int64_t place = isFar(e) ? far[t]++ : near[t - first]++;
        source[place] = static_cast<uint32_t>(s);
        edge[place] = static_cast<uint32_t>(e);
      }
  }
};

/// `values` in the order of `edge`; null where there are none. `enough`: false without memory.
const void *reorder(const Draft &draft, const void *values, const uint32_t *edge, int bytes, bool &enough) {
  if (!values)
    return nullptr;
  const int64_t edges = draft.edges();
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

} // namespace

Status transposeRows(const Draft &draft, int realBytes, bdc_graph &graph) {
  const Connection &c = draft.connection;
  const int64_t edges = draft.edges();
  if (edges > std::numeric_limits<uint32_t>::max())
    return inputError(fmt::format("{}: {} edges; what sums over incoming edges can have {}", c.name, edges,
                                  std::numeric_limits<uint32_t>::max()));
  const Columns columns{draft.arena.array<int64_t>(c.targets + 1), draft.arena.array<int64_t>(c.targets + 1),
                        draft.arena.array<uint32_t>(edges + padding), draft.arena.array<uint32_t>(edges + padding)};
  if (!columns.offset || !columns.far || !columns.source || !columns.edge)
    return outOfMemory(c);
  columns.offset[0] = 0;
  std::fill(columns.source + edges, columns.source + edges + padding, 0);
  draft.team.run([&](int thread) {
    std::vector<int64_t> near;
    for (int32_t b = draft.blocks.threadBlock[thread]; b < draft.blocks.threadBlock[thread + 1]; ++b)
      columns.fill(draft, graph.delay, b, near);
  });
  bool enough = true;
  graph.in_offset = columns.offset;
  graph.in_far = columns.far;
  graph.in_source = columns.source;
  graph.in_edge = columns.edge;
  graph.in_weight = reorder(draft, graph.weight, columns.edge, realBytes, enough);
  graph.in_delay = static_cast<const int32_t *>(reorder(draft, graph.delay, columns.edge, 4, enough));
  graph.in_fraction = reorder(draft, graph.fraction, columns.edge, realBytes, enough);
  return enough ? Status() : Status(outOfMemory(c));
}

} // namespace bdc::runtime::detail
