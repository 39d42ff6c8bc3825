/// Rules that are drawn source by source. A thread draws the rows of its sources one after the other and deals the pieces out to
/// the blocks, in each of which it has a region; what the regions were made too large is closed at the end. Every edge is written
/// once, since memory that is touched for the first time is the most expensive part of a network.
#include "runtime/connect/parts.h"
#include "runtime/connect/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

namespace bdc::runtime::detail {
namespace {

/// The sources of a thread, with those between them that do not take part and have empty rows.
struct Sources {
  Sources(const Draft &draft, int thread) {
    const Part &from = draft.connection.from;
    const Team::Part part = Team::part(from.last - from.first, thread, draft.team.size());
    first = from.first + part.first;
    last = from.first + part.last;
    count = from.before(last) - from.before(first);
  }
  int64_t first, last, count;
};

/// What a thread has in each block: where it begins, and how many edges it has written.
struct Regions {
  Regions(const Draft &draft, double spread) : threads(draft.team.size()) {
    int64_t at = 0;
    for (int32_t b = 0; b < draft.blocks.count(); ++b)
      for (int t = 0; t < threads; ++t) {
        const Sources sources(draft, t);
        first.push_back(at);
        at += regionEdges(draft.connection, sources.count, draft.blocks.first[b], draft.blocks.first[b + 1], spread);
      }
    first.push_back(at);
    used.resize(first.size() - 1);
  }
  size_t index(int32_t block, int thread) const { return static_cast<size_t>(block) * threads + thread; }
  int64_t edges(int32_t block, int endThread) const {
    int64_t sum = 0;
    for (int t = 0; t < endThread; ++t)
      sum += used[index(block, t)];
    return sum;
  }

  int threads;
  std::vector<int64_t> first, used;
};

/// The first that is not below `limit`; no branch depends on the numbers.
[[gnu::always_inline]] inline const uint32_t *lowerBound(const uint32_t *at, const uint32_t *end, uint32_t limit) {
  int64_t length = end - at;
  while (length > 0) {
    const int64_t half = (length + 1) / 2;
    at += __builtin_unpredictable(at[half - 1] < limit) ? half : 0;
    length -= half;
  }
  return at;
}

/// Where a thread's rows go in one block.
struct Place {
  uint32_t *offset; ///< of the block
  uint32_t *to;     ///< the thread's region
  int64_t room, used = 0;
  uint32_t limit;                ///< the first position of the slice in the block
  const uint32_t *cut = nullptr; ///< where the row that is dealt out goes on in this block
};

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

/// The length of each piece goes where its offset will be. False where a region is full.
BDC_WIDER_TOO bool deal(const DrawnRow &row, int64_t source, Place *places, int64_t blocks) {
  // Searches that do not wait for each other, before anything is done with what they find.
  const uint32_t *end = row.drawn + row.count;
  places[0].cut = row.drawn;
  for (int64_t b = 1; b < blocks; ++b)
    places[b].cut = lowerBound(row.drawn, end, row.limit(places[b].limit));
  for (int64_t b = 0; b < blocks; ++b) {
    Place &place = places[b];
    const int64_t piece = (b + 1 < blocks ? places[b + 1].cut : end) - place.cut, left = place.room - place.used;
    if (piece > left)
      return false;
    copyTargets(row, place.to + place.used, place.cut, piece, left);
    place.offset[source] = static_cast<uint32_t>(place.used);
    place.used += piece;
  }
  return true;
}

/// Draws the rows of a thread. False where a region is full.
bool drawRows(const Draft &draft, Regions &regions, int thread) {
  const Connection &c = draft.connection;
  const Sources sources(draft, thread);
  RowDrawer drawer(c);
  // Not filled: of the room for the longest row only what is used takes memory.
  const int64_t longest = (c.rule == Rule::one_to_one ? 1 : c.to.count()) + std::max(RowDrawer::room, copied);
  const auto memory = std::make_unique_for_overwrite<uint32_t[]>(static_cast<size_t>(longest));
  std::vector<Place> places;
  for (int32_t b = 0; b < draft.blocks.count(); ++b) {
    const size_t region = regions.index(b, thread);
    places.push_back({.offset = draft.offsets(b),
                      .to = draft.target + regions.first[region],
                      .room = regions.first[region + 1] - regions.first[region],
                      .limit = static_cast<uint32_t>(drawer.slice().before(draft.blocks.first[b]))});
  }
  for (int64_t source = sources.first; source < sources.last; ++source)
    if (!deal(drawer.row(source, memory.get()), source, places.data(), draft.blocks.count()))
      return false;
  for (int32_t b = 0; b < draft.blocks.count(); ++b)
    regions.used[regions.index(b, thread)] = places[b].used;
  return true;
}

/// Moves the regions of a block together, to `to` or in front of it.
void closeGaps(const Draft &draft, const Regions &regions, int32_t block, int64_t to) {
  for (int t = 0; t < regions.threads; ++t) {
    const size_t region = regions.index(block, t);
    if (regions.first[region] != to)
      std::memmove(draft.target + to, draft.target + regions.first[region], static_cast<size_t>(regions.used[region]) * 4);
    to += regions.used[region];
  }
}

/// Offsets were counted from the thread's region: now from the block.
void shiftOffsets(const Draft &draft, const Regions &regions, int thread) {
  const Connection &c = draft.connection;
  const Sources sources(draft, thread);
  for (int32_t b = 0; b < draft.blocks.count(); ++b) {
    uint32_t *offset = draft.offsets(b);
    const auto before = static_cast<uint32_t>(regions.edges(b, thread));
    for (int64_t source = sources.first; before > 0 && source < sources.last; ++source)
      offset[source] += before;
    if (thread == 0) // sources behind the slice have no edges; those before it begin at 0 like the first one
      std::fill(offset + c.from.last, offset + c.sources + 1, static_cast<uint32_t>(regions.edges(b, regions.threads)));
  }
}

Status finish(Draft &draft, const Regions &regions) {
  const int32_t blocks = draft.blocks.count();
  for (int32_t b = 0; b < blocks; ++b) {
    const int64_t edges = regions.edges(b, regions.threads);
    if (edges > std::numeric_limits<uint32_t>::max())
      return internalError(fmt::format("{}: a block of targets has more than 2^32 edges", draft.connection.name));
    draft.blockBase[b] = draft.dense ? draft.count : regions.first[regions.index(b, 0)];
    draft.count += edges;
  }
  draft.blockBase[blocks] = draft.dense ? draft.count : regions.first.back();
  draft.team.run([&](int thread) {
    const int32_t first = draft.blocks.threadBlock[thread], last = draft.blocks.threadBlock[thread + 1];
    for (int32_t b = draft.dense ? blocks : first; b < last; ++b)
      closeGaps(draft, regions, b, draft.blockBase[b]);
    shiftOffsets(draft, regions, thread);
  });
  for (int32_t b = 0; draft.dense && b < blocks; ++b) // one after the other: each may move to where the one before it was
    closeGaps(draft, regions, b, draft.blockBase[b]);
  return {};
}

} // namespace

Status placeRows(Draft &draft) {
  for (double spread = regionSpread;; spread *= 4) { // the second round is for one network in a hundred million
    Regions regions(draft, spread);
    draft.target = draft.arena.array<uint32_t>(regions.first.back());
    if (!draft.target)
      return outOfMemory(draft.connection);
    std::atomic<bool> enough = true;
    draft.team.run([&](int thread) {
      if (!drawRows(draft, regions, thread))
        enough = false;
    });
    if (enough)
      return finish(draft, regions);
  }
}

} // namespace bdc::runtime::detail
