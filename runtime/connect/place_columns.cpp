/// Fixed in-degree: sources are drawn target by target, so a block of targets is made on its own: draw its columns, count
/// the rows, and scatter the targets in ascending order.
#include "runtime/connect/parts.h"
#include "runtime/connect/rows.h"

#include <atomic>
#include <vector>

namespace bdc::runtime::detail {
namespace {

struct TargetRange {
  int64_t first, last;
};

/// The block's targets that lie in the projection's slice.
TargetRange slice(const Draft &draft, int32_t block) {
  const Connection &c = draft.connection;
  const int64_t first = std::max(draft.blocks.first[block], c.targetFirst);
  return {first, std::max(first, std::min(draft.blocks.first[block + 1], c.targetLast))};
}

/// `columns` has room for the block's edges and 16 more.
void placeBlock(const Draft &draft, int32_t block, uint32_t *columns, RowDrawer &drawer, std::vector<uint32_t> &cursor) {
  const Connection &c = draft.connection;
  const TargetRange targets = slice(draft, block);
  uint32_t *offset = draft.offsets(block);
  uint32_t *column = columns;
  for (int64_t target = targets.first; target < targets.last; ++target, column += c.degree) {
    drawer.column(target, column);
    for (int64_t i = 0; i < c.degree; ++i)
      ++offset[column[i] + 1];
  }
  for (int64_t source = 0; source < c.sources; ++source)
    offset[source + 1] += offset[source];
  cursor.assign(offset, offset + c.sources);
  uint32_t *out = draft.target + draft.blockBase[block];
  column = columns;
  for (int64_t target = targets.first; target < targets.last; ++target, column += c.degree)
    for (int64_t i = 0; i < c.degree; ++i)
      out[cursor[column[i]]++] = static_cast<uint32_t>(target);
}

} // namespace

Status placeColumns(Draft &draft) {
  const int32_t blocks = draft.blocks.count();
  const int64_t degree = draft.connection.degree;
  for (int32_t b = 0; b < blocks; ++b) {
    const TargetRange targets = slice(draft, b);
    draft.blockBase[b + 1] = draft.blockBase[b] + (targets.last - targets.first) * degree;
  }
  draft.target = draft.arena.array<uint32_t>(draft.edges());
  if (!draft.target)
    return outOfMemory(draft.connection);
  std::atomic<bool> enough = true;
  draft.team.run([&](int thread) {
    RowDrawer drawer(draft.connection);
    std::vector<uint32_t> cursor;
    for (int32_t b = draft.blocks.threadBlock[thread]; b < draft.blocks.threadBlock[thread + 1]; ++b) {
      const Pages columns = mapPages((draft.blockBase[b + 1] - draft.blockBase[b] + 16) * 4);
      if (columns.data)
        placeBlock(draft, b, static_cast<uint32_t *>(columns.data), drawer, cursor);
      else
        enough = false;
      unmapPages(columns);
    }
  });
  if (!enough)
    return outOfMemory(draft.connection);
  return {};
}

} // namespace bdc::runtime::detail
