#include "runtime/connect/build.h"

#include "runtime/connect/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <limits>

namespace bdc::runtime {
namespace detail {

Error outOfMemory(const Connection &connection) {
  return {ErrorKind::memory, fmt::format("{}: the system has no memory left for its edges", connection.name),
          "fewer connections, or --precision f32"};
}

Status placeBlocks(Draft &draft) {
  const int32_t blocks = draft.blocks.count();
  const int64_t sources = draft.connection.sources;
  std::atomic<bool> fits = true;
  draft.team.run([&](int thread) {
    const Team::Part part = Team::part(blocks, thread, draft.team.size());
    for (int64_t b = part.first; b < part.last; ++b) {
      uint32_t *offset = draft.offsets(static_cast<int32_t>(b));
      uint64_t sum = 0;
      for (int64_t source = 0; source <= sources; ++source) {
        const uint32_t length = source < sources ? offset[source] : 0;
        offset[source] = static_cast<uint32_t>(sum);
        sum += length;
      }
      if (sum > std::numeric_limits<uint32_t>::max())
        fits = false;
      draft.blockBase[b + 1] = static_cast<int64_t>(sum);
    }
  });
  if (!fits)
    return internalError(fmt::format("{}: a block of targets has more than 2^32 edges", draft.connection.name));
  for (int32_t b = 0; b < blocks; ++b)
    draft.blockBase[b + 1] += draft.blockBase[b];
  draft.target = draft.arena.array<uint32_t>(draft.edges());
  if (!draft.target)
    return outOfMemory(draft.connection);
  return {};
}

} // namespace detail

Result<bdc_graph> buildGraph(const Connection &connection, const EdgeValues &values, const Blocks &blocks, bool transpose,
                             bdc_ctx *ctx, Team &team, Arena &arena) {
  if (Status s = checkConnection(connection); !s)
    return s.error();
  detail::Draft draft{connection, blocks, team, arena};
  const int32_t count = blocks.count();
  draft.offset = arena.array<uint32_t>(int64_t(count) * (connection.sources + 1));
  draft.blockBase = arena.array<int64_t>(count + 1);
  auto *threadBlock = arena.array<int32_t>(team.size() + 1);
  if (!draft.offset || !draft.blockBase || !threadBlock)
    return detail::outOfMemory(connection);
  std::copy(blocks.threadBlock.begin(), blocks.threadBlock.end(), threadBlock);
  if (Status s = connection.rule == Rule::fixed_in_degree ? placeColumns(draft) : placeRows(draft); !s)
    return s.error();

  bdc_graph graph{};
  graph.sources = connection.sources;
  graph.targets = connection.targets;
  graph.edges = draft.edges();
  graph.blocks = count;
  graph.thread_block = threadBlock;
  graph.block_base = draft.blockBase;
  graph.offset = draft.offset;
  graph.target = draft.target;
  if (Status s = drawValues(draft, values, ctx, graph); !s)
    return s.error();
  if (transpose)
    if (Status s = transposeRows(draft, graph); !s)
      return s.error();
  return graph;
}

} // namespace bdc::runtime
