/// The steps of buildGraph, one file each. Used within this folder alone.
#pragma once

#include "runtime/connect/build.h"

#include <cstring>

/// Compiled for wider vectors too; which one is called is decided when the program starts. The numbers are the same. Clang emits no inline
/// function for the sake of such functions alone: what they call is inlined always, or used by others too.
#ifdef __x86_64__
#define BDC_WIDER_TOO [[gnu::target_clones("arch=x86-64-v4", "default")]]
#else
#define BDC_WIDER_TOO
#endif

namespace bdc::runtime::detail {

/// The graph while it is made.
struct Draft {
  const Connection &connection;
  const Blocks &blocks;
  Team &team;
  Arena &arena;
  uint32_t *offset = nullptr;
  int64_t *blockBase = nullptr;
  uint32_t *target = nullptr;
  int64_t count = 0;  ///< edges
  bool dense = false; ///< no room between blocks

  uint32_t *offsets(int32_t block) const { return offset + int64_t(block) * (connection.sources + 1); }
  /// Positions of edges, with the room between blocks.
  int64_t edges() const { return blockBase[blocks.count()]; }
};

/// Edges that are copied at once, whether they are there or not: how long a piece of a row is, processors cannot guess.
constexpr int64_t copied = 32;

/// Asks for the lines of the `copied` values that will be written some pieces later: new pages were cleared by the system as a whole and lie
/// far from the core by then.
template <class T> [[gnu::always_inline]] inline void expectEdges(const T *to) {
  constexpr size_t ahead = 2048, line = 64;
  for (size_t byte = ahead; byte < ahead + copied * sizeof(T); byte += line)
    __builtin_prefetch(reinterpret_cast<const char *>(to) + byte, 1);
}

/// Copies `count` values; where there is room for them, up to `copied` - 1 more, over which the next piece will be written. `from` can be
/// read that much beyond its end.
template <class T> [[gnu::always_inline]] inline void copyEdges(T *to, const T *from, int64_t count, int64_t room) {
  if (count + copied > room) {
    std::memcpy(to, from, static_cast<size_t>(count) * sizeof(T));
    return;
  }
  for (int64_t i = 0; i < count; i += copied) {
    expectEdges(to + i);
    std::memcpy(to + i, from + i, copied * sizeof(T));
  }
}

/// Fills offset, blockBase and target: rules that are drawn row by row, and fixed in-degree.
Status placeRows(Draft &draft);
Status placeColumns(Draft &draft);

/// Standard deviations of a random number of edges for which a region has room.
constexpr double regionSpread = 6;

/// Room for the edges of `sources` sources to the targets [targetBegin, targetEnd), a multiple of 16 and at least 8 too many.
int64_t regionEdges(const Connection &connection, int64_t sources, int64_t targetBegin, int64_t targetEnd, double spread);

/// Weights and delays of every edge through the compiled functions.
Status drawValues(const Draft &draft, const EdgeValues &values, bdc_ctx *ctx, bdc_graph &graph);

/// The edges by target or by source, with their values. `realBytes`: of a weight.
Status listEdges(const Draft &draft, EdgeLists wanted, int realBytes, bdc_graph &graph);

Error outOfMemory(const Connection &connection);

} // namespace bdc::runtime::detail
