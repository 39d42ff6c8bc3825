/// Fixed in-degree: sources are drawn target by target, so a block of targets is made on its own: draw its columns, count
/// the rows, and scatter the targets in ascending order. Rows of many sources lie far apart; so edges are first sorted into
/// ranges of sources whose rows and counters fit the cache.
#include "runtime/connect/parts.h"
#include "runtime/connect/rows.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <span>
#include <vector>

namespace bdc::runtime::detail {
namespace {

constexpr int rangeBits = 14; ///< sources of one range: 16384
constexpr int64_t rangeSize = int64_t(1) << rangeBits;

struct Edge {
  uint32_t source, target;
};

struct TargetRange {
  int64_t first, last;
};

/// The block's targets that lie in the projection's slice.
TargetRange slice(const Draft &draft, int32_t block) {
  const Connection &c = draft.connection;
  const int64_t first = std::max(draft.blocks.first[block], c.targetFirst);
  return {first, std::max(first, std::min(draft.blocks.first[block + 1], c.targetLast))};
}

/// Edges by range of their source, each range in the order of the targets. Every range has the same room.
class Ranges {
public:
  Ranges(int64_t sources, int64_t activeSources, int64_t edges)
      : used(static_cast<size_t>((sources + rangeSize - 1) / rangeSize)) {
    // Enough for the spread of a random network; where it is not, `grow` doubles it.
    const double mean =
        static_cast<double>(edges) * std::min<double>(1, static_cast<double>(rangeSize) / static_cast<double>(activeSources));
    allocate(static_cast<int64_t>(mean + 6 * std::sqrt(mean) + 64));
  }
  ~Ranges() { unmapPages(pages); }
  Ranges(const Ranges &) = delete;
  Ranges &operator=(const Ranges &) = delete;

  bool valid() const { return pages.data; }
  int64_t count() const { return static_cast<int64_t>(used.size()); }
  std::span<const Edge> list(int64_t range) const { return {edges() + range * room, static_cast<size_t>(used[range])}; }
  void clear() { std::fill(used.begin(), used.end(), 0); }
  void grow() { allocate(room * 2); }
  /// False where the range is full.
  bool add(uint32_t source, uint32_t target) {
    const uint32_t range = source >> rangeBits;
    if (used[range] == room)
      return false;
    edges()[range * room + used[range]++] = {source, target};
    return true;
  }

private:
  Edge *edges() const { return static_cast<Edge *>(pages.data); }
  void allocate(int64_t newRoom) {
    unmapPages(pages);
    room = newRoom;
    pages = mapPages(count() * room * static_cast<int64_t>(sizeof(Edge)));
  }

  std::vector<int64_t> used;
  int64_t room = 0;
  Pages pages;
};

/// False where a range has no room.
bool drawColumns(const Connection &c, TargetRange targets, RowDrawer &drawer, uint32_t *column, Ranges &ranges) {
  ranges.clear();
  for (int64_t target = targets.first; target < targets.last; ++target) {
    drawer.column(target, column);
    for (int64_t i = 0; i < c.degree; ++i)
      if (!ranges.add(column[i], static_cast<uint32_t>(target)))
        return false;
  }
  return true;
}

/// False without memory.
bool placeBlock(const Draft &draft, int32_t block, RowDrawer &drawer, Ranges &ranges, std::vector<uint32_t> &cursor) {
  const Connection &c = draft.connection;
  std::vector<uint32_t> column(static_cast<size_t>(c.degree + 16));
  while (ranges.valid() && !drawColumns(c, slice(draft, block), drawer, column.data(), ranges))
    ranges.grow();
  if (!ranges.valid())
    return false;
  uint32_t *offset = draft.offsets(block), *out = draft.target + draft.blockBase[block];
  uint32_t sum = 0;
  for (int64_t r = 0; r < ranges.count(); ++r) {
    const int64_t first = r * rangeSize, last = std::min(c.sources, first + rangeSize);
    cursor.assign(static_cast<size_t>(last - first), 0);
    for (const Edge &edge : ranges.list(r))
      ++cursor[edge.source - first];
    for (int64_t source = first; source < last; ++source) {
      offset[source] = sum;
      sum += cursor[source - first];
      cursor[source - first] = offset[source];
    }
    for (const Edge &edge : ranges.list(r))
      out[cursor[edge.source - first]++] = edge.target;
  }
  offset[c.sources] = sum;
  return true;
}

} // namespace

Status placeColumns(Draft &draft) {
  const Connection &c = draft.connection;
  const int32_t blocks = draft.blocks.count();
  int64_t largest = 0;
  for (int32_t b = 0; b < blocks; ++b) {
    const TargetRange targets = slice(draft, b);
    const int64_t edges = (targets.last - targets.first) * c.degree;
    draft.blockBase[b + 1] = draft.blockBase[b] + edges;
    largest = std::max(largest, edges);
  }
  draft.target = draft.arena.array<uint32_t>(draft.edges());
  if (!draft.target)
    return outOfMemory(c);
  std::atomic<bool> enough = true;
  draft.team.run([&](int thread) {
    RowDrawer drawer(c);
    Ranges ranges(c.sources, std::max<int64_t>(1, c.sourceCount()), largest);
    std::vector<uint32_t> cursor;
    for (int32_t b = draft.blocks.threadBlock[thread]; b < draft.blocks.threadBlock[thread + 1]; ++b)
      if (!placeBlock(draft, b, drawer, ranges, cursor))
        enough = false;
  });
  if (!enough)
    return outOfMemory(c);
  return {};
}

} // namespace bdc::runtime::detail
