/// The steps of buildGraph, one file each. Used within this folder alone.
#pragma once

#include "runtime/connect/build.h"
#include "runtime/threads/shares.h"

#include <algorithm>
#include <atomic>
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
  int64_t *piece = nullptr;
  uint32_t *target = nullptr;
  int64_t count = 0; ///< edges
  int64_t room = 0;  ///< positions of edges, those between rows that have none included

  /// Where the pieces of a source's row begin, and the last one ends.
  int64_t *pieces(int64_t source) const { return piece + source * (blocks.count() + 1); }
  int64_t begin(int64_t source) const { return pieces(source)[0]; }
  int64_t end(int64_t source) const { return pieces(source)[blocks.count()]; }
};

/// Edges that are copied at once, whether they are there or not: how long a row is, processors cannot guess.
constexpr int64_t copied = 32;

/// Asks for the lines of the `copied` values that will be written some rows later: new pages were cleared by the system as a whole and lie
/// far from the core by then.
template <class T> [[gnu::always_inline]] inline void expectEdges(const T *to) {
  constexpr size_t ahead = 2048, line = 64;
  for (size_t byte = ahead; byte < ahead + copied * sizeof(T); byte += line)
    __builtin_prefetch(reinterpret_cast<const char *>(to) + byte, 1);
}

/// Copies `count` values; where there is room for them, up to `copied` - 1 more, over which the next row will be written. `from` can be
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

/// Fills piece and target: rules that are drawn row by row, and fixed in-degree.
Status placeRows(Draft &draft);
Status placeColumns(Draft &draft);

/// Standard deviations of a random number of edges for which there is room.
constexpr double usualSpread = 6;

/// Room for a random number of edges.
int64_t roomFor(double mean, double variance, double spread);

/// The sources, cut between rows that are drawn together, with those that do not take part and have empty rows.
Shares sourcesOf(const Connection &connection, int threads);

/// Edges in the graph, and those that lie elsewhere for a moment: what placeRows and placeColumns need.
struct Room {
  int64_t kept, transient = 0;
};
Room roomForRows(const Connection &connection, const Blocks &blocks);
Room roomForColumns(const Connection &connection, const Blocks &blocks);

/// Weights and delays of every edge through the compiled functions.
Status drawValues(const Draft &draft, const EdgeValues &values, bdc_ctx *ctx, bdc_graph &graph);

/// The edges by target or by source, with their values. `realBytes`: of a weight.
Status listEdges(const Draft &draft, EdgeLists wanted, int realBytes, bdc_graph &graph);

Error outOfMemory(const Connection &connection);

} // namespace bdc::runtime::detail
