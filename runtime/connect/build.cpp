#include "runtime/connect/build.h"

#include "runtime/connect/parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime {
namespace detail {

Error outOfMemory(const Connection &connection) {
  return {ErrorKind::memory, fmt::format("{}: the system has no memory left for its edges", connection.name),
          "fewer connections, or --precision f32"};
}

} // namespace detail

namespace {

/// Those of a mean piece of a row, and what it may stick out into the next line; processors go on by themselves along what is longer.
int32_t edgesAhead(int64_t mean) { return static_cast<int32_t>(std::min<int64_t>(mean, 256)) + 16; }

} // namespace

Result<bdc_graph> buildGraph(const Connection &connection, const EdgeValues &values, const Blocks &blocks, EdgeLists lists,
                             bdc_ctx *ctx, Team &team, Arena &arena) {
  if (Status s = checkConnection(connection); !s)
    return s.error();
  detail::Draft draft{connection, blocks, team, arena};
  const int32_t count = blocks.count();
  draft.piece = arena.array<int64_t>((count + 1) * connection.sources);
  auto *threadBlock = arena.array<int32_t>(team.size() + 1);
  if (!draft.piece || !threadBlock)
    return detail::outOfMemory(connection);
  std::copy(blocks.threadBlock.begin(), blocks.threadBlock.end(), threadBlock);
  if (Status s = connection.rule == Rule::fixed_in_degree ? placeColumns(draft) : placeRows(draft); !s)
    return s.error();

  bdc_graph graph{};
  graph.sources = connection.sources;
  graph.targets = connection.targets;
  graph.edges = draft.count;
  graph.blocks = count;
  graph.ahead = edgesAhead(draft.count / std::max<int64_t>(1, count * connection.from.count()));
  graph.thread_block = threadBlock;
  graph.piece = draft.piece;
  graph.target = draft.target;
  if (Status s = drawValues(draft, values, ctx, graph); !s)
    return s.error();
  if (lists.any())
    if (Status s = listEdges(draft, lists, sizeOf(values.weightType), graph); !s)
      return s.error();
  return graph;
}

} // namespace bdc::runtime
