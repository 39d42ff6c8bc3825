/// Rules that are drawn source by source. Each row is drawn once, into a spool; then its pieces are copied to their
/// blocks, and the spool is given back page by page as it is read.
#include "runtime/connect/parts.h"
#include "runtime/connect/rows.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

namespace bdc::runtime::detail {
namespace {

constexpr int64_t chunkEdges = 1 << 20;

/// Rows one after the other, in chunks that do not move.
class Spool {
public:
  ~Spool() {
    for (Pages pages : chunks)
      unmapPages(pages);
  }

  /// Room for a row of `most` edges; null without memory. What is not used of it is given back by `commit`.
  uint32_t *reserve(int64_t most) {
    if (chunks.empty() || used + most > room) {
      const int64_t edges = std::max(most, chunkEdges);
      const Pages pages = mapPages(edges * 4);
      if (!pages.data)
        return nullptr;
      chunks.push_back(pages);
      lengths.push_back(0);
      room = edges;
      used = 0;
    }
    return static_cast<uint32_t *>(chunks.back().data) + used;
  }
  void commit(int64_t edges) {
    used += edges;
    lengths.back() = used;
  }

  /// The next row of `edges` edges, in the order of the commits.
  const uint32_t *next(int64_t edges) {
    while (reading < chunks.size() && readAt + edges > lengths[reading]) {
      unmapPages(chunks[reading]);
      chunks[reading++] = {};
      readAt = 0;
    }
    const uint32_t *row = static_cast<uint32_t *>(chunks[reading].data) + readAt;
    readAt += edges;
    return row;
  }

private:
  std::vector<Pages> chunks;
  std::vector<int64_t> lengths;
  int64_t room = 0, used = 0;
  size_t reading = 0;
  int64_t readAt = 0;
};

/// Writes the length of the row's piece in every block.
void cutRow(const Draft &draft, int64_t source, const uint32_t *row, int64_t edges) {
  const uint32_t *at = row, *end = row + edges;
  const int32_t last = draft.blocks.count() - 1;
  for (int32_t b = 0; b < last; ++b) {
    const uint32_t *next = std::lower_bound(at, end, static_cast<uint32_t>(draft.blocks.first[b + 1]));
    draft.offsets(b)[source] = static_cast<uint32_t>(next - at);
    at = next;
  }
  draft.offsets(last)[source] = static_cast<uint32_t>(end - at);
}

/// Longest row that can be drawn, with the room that the drawing functions ask for.
int64_t rowRoom(const Connection &c) { return (c.rule == Rule::one_to_one ? 1 : c.targetCount()) + 16; }

bool drawRows(const Draft &draft, int thread, Spool &spool) {
  const Connection &c = draft.connection;
  const Team::Part part = Team::part(c.sourceCount(), thread, draft.team.size());
  RowDrawer drawer(c);
  const bool direct = rowRoom(c) <= 4096; // else a row is drawn aside, so that the spool is not torn by mere room
  std::vector<uint32_t> aside(direct ? 0 : static_cast<size_t>(rowRoom(c)));
  for (int64_t i = part.first; i < part.last; ++i) {
    const int64_t source = c.sourceFirst + i;
    uint32_t *row = direct ? spool.reserve(rowRoom(c)) : aside.data();
    if (!row)
      return false;
    const int64_t edges = drawer.row(source, row);
    if (!direct && edges > 0) {
      uint32_t *kept = spool.reserve(edges);
      if (!kept)
        return false;
      std::memcpy(kept, row, static_cast<size_t>(edges) * 4);
      row = kept;
    }
    cutRow(draft, source, row, edges);
    if (edges > 0)
      spool.commit(edges);
  }
  return true;
}

void copyRows(const Draft &draft, int thread, Spool &spool) {
  const Connection &c = draft.connection;
  const int32_t blocks = draft.blocks.count();
  const Team::Part part = Team::part(c.sourceCount(), thread, draft.team.size());
  for (int64_t source = c.sourceFirst + part.first; source < c.sourceFirst + part.last; ++source) {
    int64_t edges = 0;
    for (int32_t b = 0; b < blocks; ++b)
      edges += draft.offsets(b)[source + 1] - draft.offsets(b)[source];
    if (edges == 0)
      continue;
    const uint32_t *row = spool.next(edges);
    for (int32_t b = 0; b < blocks; ++b) {
      const uint32_t *offset = draft.offsets(b) + source;
      const size_t piece = offset[1] - offset[0];
      std::memcpy(draft.target + draft.blockBase[b] + offset[0], row, piece * 4);
      row += piece;
    }
  }
}

} // namespace

Status placeRows(Draft &draft) {
  std::vector<Spool> spools(static_cast<size_t>(draft.team.size()));
  std::atomic<bool> enough = true;
  draft.team.run([&](int thread) {
    if (!drawRows(draft, thread, spools[thread]))
      enough = false;
  });
  if (!enough)
    return outOfMemory(draft.connection);
  if (Status s = placeBlocks(draft); !s)
    return s;
  draft.team.run([&](int thread) { copyRows(draft, thread, spools[thread]); });
  return {};
}

} // namespace bdc::runtime::detail
