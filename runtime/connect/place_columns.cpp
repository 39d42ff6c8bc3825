/// Fixed in-degree: sources are drawn target by target, so a block of targets is made on its own: draw its columns, count
/// the rows, and scatter the targets in ascending order. Rows of many sources lie far apart; so edges are first sorted into
/// ranges of sources whose rows and counters fit the cache.
#include "runtime/connect/parts.h"
#include "runtime/connect/rows.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <span>
#include <vector>

namespace bdc::runtime::detail {
namespace {

/// Edges of one range: their targets fill half of a small second-level cache.
constexpr int64_t edgesPerRange = 1 << 15;
/// Words between a write and what is asked for early: more than a line.
constexpr int64_t ahead = 24;

/// The block's targets that lie in the projection's slice.
Part slice(const Draft &draft, int32_t block) {
  const Part &to = draft.connection.to;
  const int64_t first = to.element(to.before(draft.blocks.first[block]));
  return {first, std::max(first, std::min(draft.blocks.first[block + 1], to.last)), to.stride};
}

/// Edges by range of their source, each range in the order of the targets and with the same room. An edge is one word: the
/// target within its block, then the source within its range.
class Ranges {
public:
  /// For blocks of up to `targets` targets.
  Ranges(const Connection &c, int64_t targets) : c(c) {
    const int64_t edges = std::max<int64_t>(1, targets * c.degree), sources = std::max<int64_t>(1, c.from.count());
    const auto width = [](int64_t numbers) { return static_cast<int>(std::bit_width(static_cast<uint64_t>(numbers))); };
    bits = std::clamp(width(static_cast<int64_t>(double(sources) * double(std::min(edges, edgesPerRange)) / double(edges))), 1,
                      32 - width(targets));
    used.resize(static_cast<size_t>((sources - 1) >> bits) + 1);
    // Enough for the spread of a random network; where it is not, `grow` doubles it.
    const double mean = static_cast<double>(edges) * std::min<double>(1, static_cast<double>(size()) / static_cast<double>(sources));
    allocate(static_cast<int64_t>(mean + 6 * std::sqrt(mean) + 64) + c.degree);
  }
  ~Ranges() { unmapPages(pages); }
  Ranges(const Ranges &) = delete;
  Ranges &operator=(const Ranges &) = delete;

  bool valid() const { return pages.data; }
  int64_t count() const { return static_cast<int64_t>(used.size()); }
  int64_t size() const { return int64_t(1) << bits; }
  std::span<const uint32_t> list(int64_t range) const { return {words() + range * room, static_cast<size_t>(used[range])}; }
  uint32_t source(uint32_t edge) const { return edge & static_cast<uint32_t>(size() - 1); }
  uint32_t target(uint32_t edge) const { return edge >> bits; }

  /// Draws the columns of the block's targets; false where a range has no room.
  bool draw(const Part &targets, RowDrawer &drawer, uint32_t *column) {
    std::fill(used.begin(), used.end(), 0);
    const auto low = static_cast<uint32_t>(size() - 1);
    int64_t fullest = 0;
    for (int64_t target = targets.first; target < targets.last; target += targets.stride) {
      if (fullest + c.degree > room && (fullest = *std::max_element(used.begin(), used.end())) + c.degree > room)
        return false;
      fullest += c.degree; // the most that any range may have become
      drawer.column(target, column);
      const auto high = static_cast<uint32_t>(targets.position(target)) << bits;
      for (int64_t i = 0; i < c.degree; ++i) {
        const uint32_t source = column[i];
        const uint32_t range = source >> bits;
        uint32_t *at = words() + range * room + used[range]++;
        *at = high | (source & low);
        __builtin_prefetch(at + ahead, 1);
      }
    }
    return true;
  }
  void grow() { allocate(room * 2); }

private:
  uint32_t *words() const { return static_cast<uint32_t *>(pages.data); }
  void allocate(int64_t newRoom) {
    unmapPages(pages);
    room = newRoom;
    pages = mapPages(count() * room * 4);
  }

  const Connection &c;
  int bits = 0;
  std::vector<int64_t> used;
  int64_t room = 0;
  Pages pages;
};

/// False without memory.
bool placeBlock(const Draft &draft, int32_t block, RowDrawer &drawer, Ranges &ranges, std::vector<uint32_t> &cursor) {
  const Connection &c = draft.connection;
  const Part targets = slice(draft, block);
  std::vector<uint32_t> column(static_cast<size_t>(c.degree + RowDrawer::room));
  while (ranges.valid() && !ranges.draw(targets, drawer, column.data()))
    ranges.grow();
  if (!ranges.valid())
    return false;
  uint32_t *offset = draft.offsets(block), *out = draft.target + draft.blockBase[block];
  const auto firstTarget = static_cast<uint32_t>(targets.first), stride = static_cast<uint32_t>(targets.stride);
  uint32_t sum = 0;
  for (int64_t r = 0; r < ranges.count(); ++r) {
    const int64_t first = r * ranges.size(), last = std::min(c.from.count(), first + ranges.size());
    cursor.assign(static_cast<size_t>(ranges.size()), 0);
    for (const uint32_t *place = out + sum; const uint32_t edge : ranges.list(r)) {
      ++cursor[ranges.source(edge)];
      __builtin_prefetch(place++, 1); // here the range will be written, in no order
    }
    for (int64_t position = first; position < last; ++position) {
      const uint32_t length = cursor[position - first];
      const int64_t source = c.from.element(position), next = std::min(source + c.from.stride, c.from.last);
      offset[source] = cursor[position - first] = sum;
      sum += length;
      std::fill(offset + source + 1, offset + std::max(source + 1, next), sum); // those between take no part
    }
    for (const uint32_t edge : ranges.list(r))
      out[cursor[ranges.source(edge)]++] = firstTarget + ranges.target(edge) * stride;
  }
  std::fill(offset + c.from.last, offset + c.sources + 1, sum);
  return true;
}

} // namespace

Status placeColumns(Draft &draft) {
  const Connection &c = draft.connection;
  const int32_t blocks = draft.blocks.count();
  int64_t largest = 0;
  for (int32_t b = 0; b < blocks; ++b) {
    const Part targets = slice(draft, b);
    draft.blockBase[b + 1] = draft.blockBase[b] + targets.count() * c.degree;
    largest = std::max(largest, targets.count());
  }
  draft.count = draft.edges();
  draft.target = draft.arena.array<uint32_t>(draft.count);
  if (!draft.target)
    return outOfMemory(c);
  std::atomic<bool> enough = true;
  draft.team.run([&](int thread) {
    RowDrawer drawer(c);
    Ranges ranges(c, largest);
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
