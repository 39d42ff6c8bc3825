/// Fixed in-degree: sources are drawn target by target, by each thread those of its own targets. Rows of many sources lie far apart; so edges are
/// first sorted into ranges of sources whose rows and counters fit the cache. A range lies where its rows will be.
#include "runtime/connect/parts.h"
#include "runtime/connect/rows.h"
#include "runtime/memory/touch.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <vector>

namespace bdc::runtime::detail {
namespace {

/// Edges of one range: they fit the second-level cache, and as many ranges as are written at once have their lines in the first.
int64_t edgesPerRange(int64_t edges) { return std::clamp<int64_t>(edges / 256, 1 << 14, 1 << 16); }
/// Words between a write and what is asked for early: more than a line.
constexpr int64_t ahead = 24;

/// The elements of the projection's slice between two targets.
Part slice(const Connection &c, int64_t begin, int64_t end) {
  const int64_t first = c.to.element(c.to.before(begin));
  return {first, std::max(first, std::min(end, c.to.last)), c.to.stride};
}

/// How sources are cut into ranges, and what room each thread has in them. An edge is one word: the target among those of its thread, then the
/// source within its range.
struct Ranges {
  Ranges(const Connection &c, const Blocks &blocks, double spread) : first(1) {
    const int64_t sources = std::max<int64_t>(1, c.from.count()), edges = std::max<int64_t>(1, c.to.count() * c.degree);
    int64_t most = 0;
    for (int t = 0; t < blocks.threads(); ++t) {
      targets.push_back(slice(c, blocks.first[blocks.threadBlock[t]], blocks.first[blocks.threadBlock[t + 1]]));
      most = std::max(most, targets.back().count());
    }
    const auto width = [](int64_t numbers) { return static_cast<int>(std::bit_width(static_cast<uint64_t>(numbers))); };
    const double share = std::min(1.0, static_cast<double>(edgesPerRange(edges)) / static_cast<double>(edges));
    // The sources of a range have a counter for each block.
    const int fitting = std::max(4, width(edgesPerRange(edges) / std::max(1, blocks.count())));
    bits = std::clamp(std::min(width(static_cast<int64_t>(static_cast<double>(sources) * share)), fitting), 1, 32 - width(most));
    count = ((sources - 1) >> bits) + 1;
    for (const Part &part : targets) {
      const double mean = static_cast<double>(part.count() * c.degree) * std::min(1.0, static_cast<double>(size()) / static_cast<double>(sources));
      // A column may be of one range as a whole.
      first.push_back(first.back() + (part.count() == 0 ? 0 : roomFor(mean, mean, spread) + c.degree));
    }
  }

  int64_t size() const { return int64_t(1) << bits; }
  uint32_t low() const { return static_cast<uint32_t>(size() - 1); }
  int64_t room() const { return first.back(); }
  /// Where a thread's edges of a range begin.
  int64_t at(int64_t range, int thread) const { return range * room() + first[thread]; }

  int bits;                   ///< of the source within its range
  int64_t count;
  std::vector<Part> targets;  ///< of each thread
  std::vector<int64_t> first; ///< where each thread's edges begin in a range, and its end
};

/// What all threads know of the edges in the ranges.
struct Sorted {
  Sorted(const Ranges &ranges, const Blocks &blocks) : ranges(ranges), ends(static_cast<size_t>(blocks.count() * ranges.count)) {}
  /// Where the edges of a block end in each of the ranges, counted from where the thread's begin.
  int64_t *end(int32_t block) { return ends.data() + block * ranges.count; }

  const Ranges &ranges;
  std::vector<int64_t> ends;
};

/// Draws the columns of a thread's targets into the ranges; false where a range has no room.
bool drawColumns(const Draft &draft, Sorted &sorted, int thread) {
  const Connection &c = draft.connection;
  const Ranges &ranges = sorted.ranges;
  RowDrawer drawer(c);
  std::vector<uint32_t> column(static_cast<size_t>(c.degree + RowDrawer::room));
  std::vector<uint32_t *> next; // where each range goes on
  for (int64_t range = 0; range < ranges.count; ++range)
    next.push_back(draft.target + ranges.at(range, thread));
  const auto used = [&](int64_t range) { return next[range] - draft.target - ranges.at(range, thread); };
  const int64_t room = ranges.first[thread + 1] - ranges.first[thread];
  const int bits = ranges.bits;
  const uint32_t low = ranges.low();
  const Part all = ranges.targets[thread];
  int64_t fullest = 0; // the most that any range may have
  for (int32_t b = draft.blocks.threadBlock[thread]; b < draft.blocks.threadBlock[thread + 1]; ++b) {
    const Part targets = slice(c, draft.blocks.first[b], draft.blocks.first[b + 1]);
    for (int64_t target = targets.first; target < targets.last; target += targets.stride) {
      if (fullest + c.degree > room) {
        fullest = 0;
        for (int64_t range = 0; range < ranges.count; ++range)
          fullest = std::max(fullest, used(range));
        if (fullest + c.degree > room)
          return false;
      }
      fullest += c.degree;
      drawer.column(target, column.data());
      const auto high = static_cast<uint32_t>(all.position(target)) << bits;
      for (int64_t i = 0; i < c.degree; ++i) {
        const uint32_t source = column[i];
        uint32_t *&at = next[source >> bits];
        *at = high | (source & low);
        __builtin_prefetch(++at + ahead, 1);
      }
    }
    for (int64_t range = 0; range < ranges.count; ++range)
      sorted.end(b)[range] = used(range);
  }
  return true;
}

/// Makes the rows of ranges, each in its place.
class RowMaker {
public:
  RowMaker(const Draft &draft, Sorted &sorted)
      : draft(draft),
        ranges(sorted.ranges),
        sorted(sorted),
        memory(mapPages(words(ranges, draft.blocks) * 4)),
        edges(static_cast<uint32_t *>(memory.data)),
        next(edges + ranges.room()),
        counts(next + ranges.size()) {}
  ~RowMaker() { unmapPages(memory); }
  RowMaker(const RowMaker &) = delete;
  RowMaker &operator=(const RowMaker &) = delete;

  /// What it takes in memory.
  static int64_t words(const Ranges &ranges, const Blocks &blocks) { return ranges.room() + ranges.size() * (1 + blocks.count()); }
  /// False without memory.
  bool valid() const { return memory.data; }

  void make(int64_t range) {
    std::fill(counts, counts + ranges.size() * draft.blocks.count(), 0);
    uint32_t *to = edges;
    forBlocks(range, [&](int, int32_t block, const uint32_t *begin, const uint32_t *end) {
      uint32_t *count = counts + block * ranges.size();
      for (const uint32_t *edge = begin; edge < end; ++edge) {
        *to++ = *edge;
        ++count[*edge & ranges.low()];
      }
    });
    const int64_t base = range * ranges.room();
    cut(range, base);
    const uint32_t *from = edges;
    uint32_t *out = draft.target + base;
    forBlocks(range, [&](int thread, int32_t, const uint32_t *begin, const uint32_t *end) {
      const auto first = static_cast<uint32_t>(ranges.targets[thread].first), stride = static_cast<uint32_t>(ranges.targets[thread].stride);
      for (const uint32_t *last = from + (end - begin); from < last; ++from)
        out[next[*from & ranges.low()]++] = first + (*from >> ranges.bits) * stride;
    });
  }

private:
  /// Ascending targets: thread after thread, block after block.
  template <class Work> void forBlocks(int64_t range, Work work) {
    for (int thread = 0; thread < draft.team.size(); ++thread) {
      const uint32_t *first = draft.target + ranges.at(range, thread), *begin = first;
      for (int32_t b = draft.blocks.threadBlock[thread]; b < draft.blocks.threadBlock[thread + 1]; ++b) {
        const uint32_t *end = first + sorted.end(b)[range];
        work(thread, b, begin, end);
        begin = end;
      }
    }
  }

  /// Where the pieces of the rows lie.
  void cut(int64_t range, int64_t base) {
    const Connection &c = draft.connection;
    const int32_t blocks = draft.blocks.count();
    const int64_t first = range * ranges.size(), last = std::min(c.from.count(), first + ranges.size());
    uint32_t at = 0;
    for (int64_t position = first; position < last; ++position) {
      int64_t *piece = draft.pieces(c.from.element(position));
      next[position - first] = at;
      for (int32_t b = 0; b < blocks; ++b) {
        piece[b] = base + at;
        at += counts[b * ranges.size() + position - first];
      }
      piece[blocks] = base + at;
    }
  }

  const Draft &draft;
  const Ranges &ranges;
  Sorted &sorted;
  const Pages memory;
  uint32_t *const edges;  ///< of a range
  uint32_t *const next;   ///< per source: where the next edge of its row goes
  uint32_t *const counts; ///< per block and source: edges
};

/// False without memory.
bool makeRows(const Draft &draft, Sorted &sorted) {
  Shares ranges(0, sorted.ranges.count, 1, draft.team.size());
  std::atomic<bool> enough = true;
  draft.team.run([&](int thread) {
    int64_t share;
    if (!ranges.take(thread, share))
      return;
    RowMaker rows(draft, sorted);
    if (!rows.valid()) {
      enough = false;
      return;
    }
    do
      for (int64_t range = ranges.begin(share); range < ranges.end(share); ++range)
        rows.make(range);
    while (ranges.take(thread, share));
  });
  return enough;
}

} // namespace

Room roomForColumns(const Connection &connection, const Blocks &blocks) {
  const Ranges ranges(connection, blocks, usualSpread);
  return {ranges.count * ranges.room(), std::min<int64_t>(blocks.threads(), ranges.count) * RowMaker::words(ranges, blocks)};
}

Status placeColumns(Draft &draft) {
  const Connection &c = draft.connection;
  draft.count = c.to.count() * c.degree;
  for (double spread = usualSpread;; spread *= 4) { // the second round is for one network in a million
    const Ranges ranges(c, draft.blocks, spread);
    draft.room = ranges.count * ranges.room();
    draft.target = draft.arena.array<uint32_t>(draft.room);
    if (!draft.target)
      return outOfMemory(c);
    touchPages(draft.team, draft.target, draft.room * int64_t(sizeof *draft.target)); // all threads write to all ranges
    Sorted sorted(ranges, draft.blocks);
    std::atomic<bool> enough = true;
    draft.team.run([&](int thread) {
      if (!drawColumns(draft, sorted, thread))
        enough = false;
    });
    if (enough)
      return makeRows(draft, sorted) ? Status() : Status(outOfMemory(c));
  }
}

} // namespace bdc::runtime::detail
