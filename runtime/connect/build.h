/// Builds the edges of one projection as the compressed rows of abi.h.
#pragma once

#include "runtime/abi.h"
#include "runtime/data/connectome.h"
#include "runtime/descriptor/descriptor.h"
#include "runtime/memory/arena.h"
#include "runtime/threads/team.h"

#include <span>

namespace bdc::runtime {

/// The elements of a space that take part: first, first + stride, … before last.
struct Part {
  int64_t first = 0, last = 0, stride = 1;

  int64_t count() const { return (last - first + stride - 1) / stride; }
  int64_t element(int64_t position) const { return first + position * stride; }
  bool contains(int64_t element) const { return element >= first && element < last && first + position(element) * stride == element; }
  /// Of an element that takes part. Nearly all strides are 1, and divisions are slow.
  int64_t position(int64_t element) const { return stride == 1 ? element - first : (element - first) / stride; }
  /// How many lie in front of an element.
  int64_t before(int64_t element) const { return element <= first ? 0 : Part{first, element < last ? element : last, stride}.count(); }
};

/// One projection with its numbers filled in.
struct Connection {
  std::string name; ///< for messages
  Rule rule = Rule::all_to_all;
  double probability = 0; ///< random
  int64_t degree = 0;     ///< fixed_in_degree, fixed_out_degree
  bool allowSelf = false; ///< where source and target are the same space, an element may project to itself
  bool sameSpace = false;
  const Connections *connections = nullptr;                                 ///< connectome
  uint64_t key = 0;                                                         ///< random stream: already mixed with the seed
  int64_t sources = 0, targets = 0;                                         ///< elements of the whole spaces
  Part from, to;                                                            ///< the slices that take part

  bool skipsSelf() const { return sameSpace && !allowSelf; }
};

/// What comes with each edge.
struct EdgeValues {
  bdc_edges_fn weight = nullptr, delay = nullptr, fraction = nullptr;
  Type weightType = Type::f64;
  int64_t maxDelay = 0; ///< steps
};

/// How targets are cut into blocks, each owned by one thread.
struct Blocks {
  std::vector<int32_t> threadBlock; ///< [threads + 1] first block of each thread
  std::vector<int64_t> first;       ///< [blocks + 1] first target of each block
  int32_t count() const { return static_cast<int32_t>(first.size()) - 1; }
  int threads() const { return static_cast<int>(threadBlock.size()) - 1; }
};

/// Refuses what cannot be drawn (a probability outside [0, 1], a degree beyond the population, slices out of range).
Status checkConnection(const Connection &connection);

/// Number of edges; for `random` an upper bound that is exceeded once in a million networks.
int64_t expectedEdges(const Connection &connection);

/// Cuts so that `bytesPerTarget` times a block's targets fits half of a second-level cache, unless rows would get shorter
/// than 16 edges per block on average. `bounds`: first target of each thread, [threads + 1].
Blocks chooseBlocks(const Connection &connection, std::span<const int64_t> bounds, int64_t bytesPerTarget, int64_t cacheBytes);

/// Which lists of edges sums walk along.
struct EdgeLists {
  bool byTarget = false, bySource = false;
  bool any() const { return byTarget || bySource; }
};

/// Bytes of the finished graph, and the most that building it takes for a moment beyond that.
struct GraphBytes {
  int64_t kept = 0, transient = 0;
};
GraphBytes graphBytes(const Connection &connection, const EdgeValues &values, const Blocks &blocks, EdgeLists lists);

/// The edges do not depend on the threads or blocks. `ctx` is handed to the compiled weight and delay functions.
Result<bdc_graph> buildGraph(const Connection &connection, const EdgeValues &values, const Blocks &blocks, EdgeLists lists,
                             bdc_ctx *ctx, Team &team, Arena &arena);

} // namespace bdc::runtime
