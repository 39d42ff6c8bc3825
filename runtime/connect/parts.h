/// The steps of buildGraph, one file each. Used within this folder alone.
#pragma once

#include "runtime/connect/build.h"

namespace bdc::runtime::detail {

/// The graph while it is made. `offset` holds the length of each row in each block until the rows are placed, and
/// then the usual offsets.
struct Draft {
  const Connection &connection;
  const Blocks &blocks;
  Team &team;
  Arena &arena;
  uint32_t *offset = nullptr;
  int64_t *blockBase = nullptr;
  uint32_t *target = nullptr;

  uint32_t *offsets(int32_t block) const { return offset + int64_t(block) * (connection.sources + 1); }
  int64_t edges() const { return blockBase[blocks.count()]; }
};

/// Fills offset, blockBase and target: rules that are drawn row by row, and fixed in-degree.
Status placeRows(Draft &draft);
Status placeColumns(Draft &draft);

/// From row lengths in `offset` (length of row r at [r]) to offsets and bases, and memory for the targets.
Status placeBlocks(Draft &draft);

/// Weights and delays of every edge through the compiled functions.
Status drawValues(const Draft &draft, const EdgeValues &values, bdc_ctx *ctx, bdc_graph &graph);

/// The rows of the transpose.
Status transposeRows(const Draft &draft, bdc_graph &graph);

Error outOfMemory(const Connection &connection);

} // namespace bdc::runtime::detail
