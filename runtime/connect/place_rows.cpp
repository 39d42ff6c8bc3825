/// Rules that are drawn source by source. A thread draws the rows of some sources one after the other into a region of theirs; what that was made
/// too large stays unused. Every edge is written once, since memory that is touched for the first time is the most expensive part of a network.
#include "runtime/connect/parts.h"
#include "runtime/connect/rows.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

namespace bdc::runtime::detail {
namespace {

/// As copyEdges, numbered as elements.
[[gnu::always_inline]] inline void copyTargets(const DrawnRow &row, uint32_t *__restrict to, const uint32_t *__restrict from, int64_t count,
                                               int64_t room) {
  const uint32_t start = row.start, skip = row.skip, first = row.first;
  if (count + copied > room || row.stride != 1) {
    for (int64_t i = 0; i < count; ++i)
      to[i] = row.target(from[i]);
    return;
  }
  for (int64_t i = 0; i < count; i += copied) {
    expectEdges(to + i);
    for (int64_t j = i; j < i + copied; ++j) {
      const uint32_t position = from[j] - start;
      to[j] = first + position + (position >= skip);
    }
  }
}

/// Writes a row and where it is cut. `limits`: the first position of the slice in each of the `cuts` blocks behind the first one.
BDC_WIDER_TOO void place(const DrawnRow &row, const uint32_t *limits, int64_t cuts, uint32_t *target, int64_t begin, int64_t regionEnd,
                         int64_t *pieces) {
  copyTargets(row, target + begin, row.drawn, row.count, regionEnd - begin);
  const uint32_t *end = row.drawn + row.count;
  pieces[0] = begin;
  for (int64_t i = 0; i < cuts; ++i) // searches that do not wait for each other
    pieces[i + 1] = begin + (kernels::lowerBound(row.drawn, end, row.limit(limits[i])) - row.drawn);
  pieces[cuts + 1] = begin + row.count;
}

/// Draws rows, of one thread.
class RowPlacer {
public:
  explicit RowPlacer(const Draft &draft) : draft(draft), drawer(draft.connection) {
    const Connection &c = draft.connection;
    // Not filled: of the room for the longest row only what is used takes memory.
    const int64_t longest = (c.rule == Rule::one_to_one ? 1 : c.to.count()) + std::max(RowDrawer::room, copied);
    memory = std::make_unique_for_overwrite<uint32_t[]>(static_cast<size_t>(longest));
    for (int32_t b = 1; b < draft.blocks.count(); ++b)
      limits.push_back(static_cast<uint32_t>(drawer.slice().before(draft.blocks.first[b])));
  }

  /// Draws those of the sources into their region and says how many edges they have; -1 where the region is full.
  int64_t draw(int64_t firstSource, int64_t lastSource, int64_t begin, int64_t end) {
    int64_t at = begin;
    for (int64_t source = firstSource; source < lastSource; ++source) {
      const DrawnRow row = drawer.row(source, memory.get());
      if (row.count > end - at)
        return -1;
      place(row, limits.data(), static_cast<int64_t>(limits.size()), draft.target, at, end, draft.pieces(source));
      at += row.count;
    }
    return at - begin;
  }

private:
  const Draft &draft;
  RowDrawer drawer;
  std::unique_ptr<uint32_t[]> memory;
  std::vector<uint32_t> limits;
};

/// Room for the rows of some sources.
int64_t roomOf(const Connection &c, int64_t firstSource, int64_t lastSource, double spread) {
  const int64_t sources = c.from.before(lastSource) - c.from.before(firstSource), pairs = sources * c.to.count();
  switch (c.rule) {
  case Rule::one_to_one: return roomFor(static_cast<double>(sources), 0, spread);
  case Rule::connectome: return roomFor(static_cast<double>(c.connections->offset[lastSource] - c.connections->offset[firstSource]), 0, spread);
  case Rule::random: {
    const double mean = static_cast<double>(pairs) * c.probability;
    return std::min(roomFor(mean, mean * (1 - c.probability), spread), roomFor(static_cast<double>(pairs), 0, 0));
  }
  case Rule::fixed_out_degree: return roomFor(static_cast<double>(sources * c.degree), 0, spread);
  case Rule::fixed_in_degree:
  case Rule::all_to_all: break;
  }
  return roomFor(static_cast<double>(pairs), 0, spread);
}

/// Where the region of each share of the sources begins, and the last one ends.
std::vector<int64_t> regions(const Connection &c, const Shares &sources, double spread) {
  std::vector<int64_t> first(1);
  for (int64_t share = 0; share < sources.count(); ++share)
    first.push_back(first.back() + roomOf(c, sources.begin(share), sources.end(share), spread));
  return first;
}

} // namespace

Room roomForRows(const Connection &connection, const Blocks &blocks) {
  return {regions(connection, sourcesOf(connection, blocks.threads()), usualSpread).back()};
}

Status placeRows(Draft &draft) {
  for (double spread = usualSpread;; spread *= 4) { // the second round is for one network in ten million
    Shares sources = sourcesOf(draft.connection, draft.team.size());
    const std::vector<int64_t> first = regions(draft.connection, sources, spread);
    draft.room = first.back();
    draft.target = draft.arena.array<uint32_t>(draft.room);
    if (!draft.target)
      return outOfMemory(draft.connection);
    std::atomic<int64_t> count = 0;
    std::atomic<bool> enough = true;
    draft.team.run([&](int thread) {
      RowPlacer placer(draft);
      for (int64_t share; enough && sources.take(thread, share);) {
        const int64_t edges = placer.draw(sources.begin(share), sources.end(share), first[share], first[share + 1]);
        count += edges;
        if (edges < 0)
          enough = false;
      }
    });
    draft.count = count;
    if (enough)
      return {};
  }
}

} // namespace bdc::runtime::detail
