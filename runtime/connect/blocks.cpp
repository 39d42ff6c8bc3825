/// Everything about a projection that is known before an edge is drawn: is it possible, how many edges, which blocks.
#include "runtime/connect/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

/// Fewer edges than this per row and block, and finding the rows costs more than the cache saves.
constexpr int64_t edgesPerSegment = 16;
/// Blocks begin at multiples of this many targets, as the threads' shares do.
constexpr int64_t blockAlignment = 16;

int64_t selfPairs(const Connection &c) {
  if (!c.skipsSelf())
    return 0;
  if (c.from.stride == 1 && c.to.stride == 1)
    return std::max<int64_t>(0, std::min(c.from.last, c.to.last) - std::max(c.from.first, c.to.first));
  int64_t both = 0;
  for (int64_t source = c.from.first; source < c.from.last; source += c.from.stride)
    both += c.to.contains(source);
  return both;
}

Status checkSlice(const Connection &c, const char *side, const Part &part, int64_t size) {
  if (part.first < 0 || part.last > size || part.first > part.last || part.stride < 1)
    return inputError(fmt::format("{}: the slice [{}:{}{}] of the {} does not lie within its {} elements", c.name, part.first, part.last,
                                  part.stride == 1 ? "" : fmt::format(":{}", part.stride), side, size));
  if (size > std::numeric_limits<int32_t>::max())
    return inputError(
        fmt::format("{}: the {} has {} elements, the most is {}", c.name, side, size, std::numeric_limits<int32_t>::max()));
  return {};
}

} // namespace

Status checkConnection(const Connection &c) {
  if (Status s = checkSlice(c, "source", c.from, c.sources); !s)
    return s;
  if (Status s = checkSlice(c, "target", c.to, c.targets); !s)
    return s;
  const int64_t self = c.skipsSelf() ? 1 : 0;
  switch (c.rule) {
  case Rule::one_to_one:
    if (c.from.count() != c.to.count())
      return inputError(fmt::format("{}: one-to-one needs equal numbers of elements, here {} sources and {} targets", c.name,
                                    c.from.count(), c.to.count()));
    break;
  case Rule::all_to_all: break;
  case Rule::connectome:
    if (c.connections->isMatrix && c.sources != c.connections->size)
      return inputError(fmt::format("{}: the matrix has {} columns, and there are {} nodes: it has a column for each", c.name,
                                    c.connections->size, c.sources));
    if (c.sources != c.connections->size || c.targets != c.connections->rows)
      return inputError(fmt::format("{}: the connectome has {} regions, but couples {} nodes to {}", c.name, c.connections->size,
                                    c.sources, c.targets));
    break;
  case Rule::random:
    if (!(c.probability >= 0 && c.probability <= 1))
      return inputError(fmt::format("{}: the connection probability is {:g}, outside [0, 1]", c.name, c.probability),
                        "is the degree larger than the number of elements?");
    break;
  case Rule::fixed_in_degree:
    if (c.degree < 0 || (c.to.count() > 0 && c.degree > c.from.count() - self))
      return inputError(fmt::format("{}: an in-degree of {} does not fit {} sources", c.name, c.degree, c.from.count()),
                        "every source projects to a target at most once");
    break;
  case Rule::fixed_out_degree:
    if (c.degree < 0 || (c.from.count() > 0 && c.degree > c.to.count() - self))
      return inputError(fmt::format("{}: an out-degree of {} does not fit {} targets", c.name, c.degree, c.to.count()),
                        "every source projects to a target at most once");
    break;
  }
  return {};
}

int64_t expectedEdges(const Connection &c) {
  const int64_t pairs = c.from.count() * c.to.count() - selfPairs(c);
  switch (c.rule) {
  case Rule::one_to_one: return c.from.count();
  case Rule::all_to_all: return pairs;
  case Rule::connectome: return c.connections->count();
  case Rule::random: {
    const double mean = static_cast<double>(pairs) * c.probability;
    const double most = mean + 5 * std::sqrt(mean * (1 - c.probability)) + 16;
    return std::min(pairs, static_cast<int64_t>(most));
  }
  case Rule::fixed_in_degree: return c.to.count() * c.degree;
  case Rule::fixed_out_degree: return c.from.count() * c.degree;
  }
  return 0;
}

Blocks chooseBlocks(const Connection &c, std::span<const int64_t> bounds, int64_t bytesPerTarget, int64_t cacheBytes) {
  const int threads = static_cast<int>(bounds.size()) - 1;
  const int64_t edges = expectedEdges(c);
  const int64_t fitting = (c.targets * bytesPerTarget + cacheBytes / 2 - 1) / std::max<int64_t>(1, cacheBytes / 2);
  const int64_t useful = edges / std::max<int64_t>(1, c.from.count() * edgesPerSegment);
  const int64_t wanted = std::min(fitting, useful);
  const int64_t perThread = std::max<int64_t>(1, (wanted + threads - 1) / threads);

  Blocks blocks;
  for (int t = 0; t < threads; ++t) {
    blocks.threadBlock.push_back(static_cast<int32_t>(blocks.first.size()));
    const int64_t begin = bounds[t], size = bounds[t + 1] - begin;
    const int64_t step =
        std::max(blockAlignment, (size + perThread * blockAlignment - 1) / (perThread * blockAlignment) * blockAlignment);
    blocks.first.push_back(begin);
    for (int64_t at = begin + step; at < bounds[t + 1]; at += step)
      blocks.first.push_back(at);
  }
  blocks.threadBlock.push_back(static_cast<int32_t>(blocks.first.size()));
  blocks.first.push_back(bounds[threads]);
  return blocks;
}

namespace detail {

int64_t roomFor(double mean, double variance, double spread) {
  const double most = mean + spread * std::sqrt(variance) + (variance > 0 ? spread * spread : 0);
  return (static_cast<int64_t>(std::ceil(most)) + 15) / 16 * 16;
}

} // namespace detail

GraphBytes graphBytes(const Connection &c, const EdgeValues &values, const Blocks &blocks, EdgeLists lists) {
  const detail::Room room = c.rule == Rule::fixed_in_degree ? detail::roomForColumns(c, blocks) : detail::roomForRows(c, blocks);
  const int64_t real = sizeOf(values.weightType);
  const int64_t bytesOfValues = (values.weight ? real : 0) + (values.delay ? 4 : 0) + (values.fraction ? real : 0);
  GraphBytes bytes;
  bytes.kept = (blocks.count() + 1) * c.sources * 8 + room.kept * (4 + bytesOfValues);
  const int64_t listed = expectedEdges(c) * (8 + bytesOfValues);
  bytes.kept += lists.byTarget ? (c.targets + 1) * 16 + listed : 0;
  bytes.kept += lists.bySource ? (c.sources + 1) * 16 + listed : 0;
  bytes.transient = std::max<int64_t>(0, room.transient * 4 - room.kept * bytesOfValues); // weights and delays do not exist yet
  return bytes;
}

} // namespace bdc::runtime
