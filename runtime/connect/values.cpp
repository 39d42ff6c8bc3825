/// What belongs to each edge: weights and delays from compiled functions.
#include "runtime/connect/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace bdc::runtime::detail {
namespace {

/// Groups whose values are drawn before they are dealt out: they fit the first-level cache, and lie there by then. Vectors that have just
/// been written cannot be read at other places at once.
constexpr int64_t groupsTogether = 2048 / BDC_GROUP;

int64_t groupsOf(int64_t edges) { return (edges + BDC_GROUP - 1) / BDC_GROUP; }

/// What is written over and over, at the beginning of a line.
class Buffer {
public:
  Buffer() = default;
  ~Buffer() { std::free(data); }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;

  /// False without memory; what was there is lost.
  bool resize(int64_t bytes) {
    std::free(data);
    data = std::aligned_alloc(64, (static_cast<size_t>(bytes) + 63) / 64 * 64);
    return data;
  }
  template <class T> T *as() const { return static_cast<T *>(data); }

private:
  void *data = nullptr;
};

/// One of the values that edges have: reals, or delays in steps.
struct Column {
  bdc_edges_fn function;
  int64_t bytes; ///< of a value
  char *out;
  bool isDelay;
};

/// A row whose values are drawn, `first` behind those of the first row.
struct ValuedRow {
  int64_t source, edges, first;
};

/// A thread's edges in one block.
struct Share {
  const uint32_t *offset; ///< of the block
  int64_t begin, end;     ///< begin: of the block
};

/// Deals out the values of `count` rows.
template <class T>
[[gnu::always_inline]] inline void dealRows(const ValuedRow *rows, int64_t count, const T *values, const Share *shares, int64_t blocks, T *out) {
  for (int64_t i = 0; i < count; ++i) {
    const T *from = values + rows[i].first;
    for (int64_t b = 0; b < blocks; ++b) {
      const uint32_t *offset = shares[b].offset + rows[i].source;
      const int64_t piece = offset[1] - offset[0], to = shares[b].begin + offset[0];
      copyEdges(out + to, from, piece, shares[b].end - to);
      from += piece;
    }
  }
}
BDC_WIDER_TOO void deal(const ValuedRow *rows, int64_t count, const uint32_t *values, const Share *shares, int64_t blocks, uint32_t *out) {
  dealRows(rows, count, values, shares, blocks, out);
}
BDC_WIDER_TOO void deal(const ValuedRow *rows, int64_t count, const uint64_t *values, const Share *shares, int64_t blocks, uint64_t *out) {
  dealRows(rows, count, values, shares, blocks, out);
}

/// What is negative counts as very long.
BDC_WIDER_TOO uint32_t longestOf(const uint32_t *delays, int64_t count) {
  uint32_t longest = 0;
  for (int64_t i = 0; i < count; ++i)
    longest = std::max(longest, delays[i]);
  return longest;
}

/// An edge of a connectome as messages name it.
std::string placeOf(const Connection &c, int64_t source, int64_t edge) {
  return fmt::format("{} from element {} to element {}", c.name.substr(0, c.name.rfind(".connections")), source,
                     c.connections->target[c.connections->offset[source] + edge]);
}

/// Makes the values of one thread's rows.
class ThreadValues {
public:
  ThreadValues(const Draft &draft, const std::vector<Column> &columns, bdc_ctx *ctx, int thread) : draft(draft), columns(columns), ctx(ctx) {
    const Connection &c = draft.connection;
    const Team::Part part = Team::part(c.from.last - c.from.first, thread, draft.team.size());
    first = c.from.first + part.first;
    last = c.from.first + part.last;
    for (int32_t b = 0; b < draft.blocks.count(); ++b)
      shares.push_back({draft.offsets(b), draft.blockBase[b], draft.blockBase[b] + draft.offsets(b)[last]});
  }

  Status draw() {
    for (int64_t source = first; source < last; ++source) {
      int64_t edges = 0;
      for (const Share &share : shares)
        edges += share.offset[source + 1] - share.offset[source];
      if (edges == 0)
        continue;
      const int64_t needed = groupsOf(edges);
      if (groupCount + needed > room) {
        if (Status s = finish(); !s)
          return s;
        if (needed > room && !grow(needed))
          return outOfMemory(draft.connection);
      }
      rows.push_back({source, edges, groupCount * BDC_GROUP});
      for (int64_t group = 0; group < needed; ++group)
        groups.as<uint64_t>()[groupCount++] = static_cast<uint64_t>(source) | static_cast<uint64_t>(group * BDC_GROUP) << 32;
    }
    return finish();
  }

  uint32_t longest = 0; ///< delay in steps

private:
  bool grow(int64_t needed) {
    room = std::max(2 * needed, groupsTogether);
    // Functions read and write one group more, and copies read on.
    return groups.resize((room + 1) * 8) && values.resize(((room + 1) * BDC_GROUP + copied) * 8);
  }

  /// Calls the functions for the rows that have come together and deals the values out to the blocks.
  Status finish() {
    if (rows.empty())
      return {};
    groups.as<uint64_t>()[groupCount] = 0;
    for (const Column &column : columns) {
      column.function(ctx, groups.as<uint64_t>(), groupCount, values.as<void>());
      if (column.isDelay)
        lookAtDelays();
      else if (draft.connection.rule == Rule::connectome)
        if (Status s = column.bytes == 4 ? lookAtReals<float>() : lookAtReals<double>(); !s)
          return s;
      if (column.bytes == 4)
        dealOut<uint32_t>(column);
      else
        dealOut<uint64_t>(column);
    }
    rows.clear();
    groupCount = 0;
    return {};
  }

  template <class T> void dealOut(const Column &column) {
    deal(rows.data(), static_cast<int64_t>(rows.size()), values.as<T>(), shares.data(), static_cast<int64_t>(shares.size()),
         reinterpret_cast<T *>(column.out));
  }

  void lookAtDelays() {
    auto *steps = values.as<uint32_t>();
    for (const ValuedRow &row : rows) // what is behind its end has no meaning
      std::fill(steps + row.first + row.edges, steps + row.first + groupsOf(row.edges) * BDC_GROUP, 0);
    longest = std::max(longest, longestOf(steps, groupCount * BDC_GROUP));
  }

  /// What is made of a connectome's numbers may have no value.
  template <class T> Status lookAtReals() const {
    for (const ValuedRow &row : rows) {
      const T *begin = values.as<T>() + row.first, *end = begin + row.edges;
      const T *wrong = std::find_if(begin, end, [](T value) { return !std::isfinite(value); });
      if (wrong != end)
        return Error{ErrorKind::numeric,
                     fmt::format("the weight of {} is {}", placeOf(draft.connection, row.source, wrong - begin),
                                 std::isnan(*wrong) ? "not a number" : "infinite"),
                     "weights are made of the connectome's: a division by 0, a logarithm or a root of what is negative?"};
    }
    return {};
  }

  const Draft &draft;
  const std::vector<Column> &columns;
  bdc_ctx *ctx;
  int64_t first, last; ///< sources
  std::vector<Share> shares;
  std::vector<ValuedRow> rows;
  Buffer groups, values;
  int64_t room = 0, groupCount = 0; ///< groups
};

/// `most`: the longest delay that was drawn.
Status checkDelays(const Draft &draft, const EdgeValues &values, const int32_t *delays, uint32_t most, double dt) {
  const Connection &c = draft.connection;
  if (const int32_t least = most > std::numeric_limits<int32_t>::max() ? *std::min_element(delays, delays + draft.edges()) : 0; least < 0) {
    const bool isDrawn = c.rule != Rule::connectome;
    return Error{ErrorKind::numeric,
                 fmt::format("a delay of {} {} {:.10g} ms, and cannot be negative", c.name.substr(0, c.name.rfind(".connections")),
                             isDrawn ? "was drawn as" : "is", least * dt),
                 isDrawn ? "a distribution of positive times, or `max(…, 0 ms)` around it" : "`max(…, 0 ms)` around it"};
  }
  if (most > values.maxDelay)
    return internalError(fmt::format("{}: a drawn delay of {} steps is longer than the ring of {} steps", c.name, most, values.maxDelay));
  return {};
}

} // namespace

Status drawValues(const Draft &draft, const EdgeValues &values, bdc_ctx *ctx, bdc_graph &graph) {
  std::vector<Column> columns;
  const auto add = [&](bdc_edges_fn function, int64_t bytes, bool isDelay) -> char * {
    if (!function)
      return nullptr;
    columns.push_back({function, bytes, static_cast<char *>(draft.arena.take(draft.edges() * bytes)), isDelay});
    return columns.back().out;
  };
  graph.weight = add(values.weight, sizeOf(values.weightType), false);
  graph.fraction = add(values.fraction, sizeOf(values.weightType), false);
  auto *delays = reinterpret_cast<int32_t *>(add(values.delay, sizeof(int32_t), true));
  graph.delay = delays;
  if (columns.empty())
    return {};
  if (std::any_of(columns.begin(), columns.end(), [](const Column &column) { return !column.out; }))
    return outOfMemory(draft.connection);
  std::vector<Status> found(static_cast<size_t>(draft.team.size())); // the first of each thread, which has sources in order
  std::vector<uint32_t> longest(found.size());
  draft.team.run([&](int thread) {
    ThreadValues made(draft, columns, ctx, thread);
    found[thread] = made.draw();
    longest[thread] = made.longest;
  });
  for (Status &status : found)
    if (!status)
      return status;
  return delays ? checkDelays(draft, values, delays, *std::max_element(longest.begin(), longest.end()), ctx->scalars[0]) : Status();
}

} // namespace bdc::runtime::detail
