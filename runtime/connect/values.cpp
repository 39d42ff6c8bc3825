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

/// Groups whose values are drawn before they are moved to their edges: they fit the first-level cache, and lie there by then. Vectors that have
/// just been written cannot be read at other places at once.
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
  int64_t source, edges, first, to;
};

/// Moves the values of `count` rows to their edges, of which those of this share end at `end`.
template <class T> [[gnu::always_inline]] inline void moveRows(const ValuedRow *rows, int64_t count, const T *values, int64_t end, T *out) {
  for (int64_t i = 0; i < count; ++i)
    copyEdges(out + rows[i].to, values + rows[i].first, rows[i].edges, end - rows[i].to);
}
BDC_WIDER_TOO void move(const ValuedRow *rows, int64_t count, const uint32_t *values, int64_t end, uint32_t *out) {
  moveRows(rows, count, values, end, out);
}
BDC_WIDER_TOO void move(const ValuedRow *rows, int64_t count, const uint64_t *values, int64_t end, uint64_t *out) {
  moveRows(rows, count, values, end, out);
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

/// Makes the values of rows, of one thread.
class ThreadValues {
public:
  ThreadValues(const Draft &draft, const std::vector<Column> &columns, bdc_ctx *ctx) : draft(draft), columns(columns), ctx(ctx) {}

  Status draw(int64_t firstSource, int64_t lastSource) {
    end = 0;
    for (int64_t source = lastSource; source-- > firstSource && end == 0;) // those that do not take part end at 0
      end = draft.end(source);
    for (int64_t source = firstSource; source < lastSource; ++source) {
      const int64_t begin = draft.begin(source), edges = draft.end(source) - begin;
      if (edges == 0)
        continue;
      const int64_t needed = groupsOf(edges);
      if (groupCount + needed > room) {
        if (Status s = finish(); !s)
          return s;
        if (needed > room && !grow(needed))
          return outOfMemory(draft.connection);
      }
      rows.push_back({source, edges, groupCount * BDC_GROUP, begin});
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

  /// Calls the functions for the rows that have come together and moves the values to their edges.
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
        moveOut<uint32_t>(column);
      else
        moveOut<uint64_t>(column);
    }
    rows.clear();
    groupCount = 0;
    return {};
  }

  template <class T> void moveOut(const Column &column) const {
    move(rows.data(), static_cast<int64_t>(rows.size()), values.as<T>(), end, reinterpret_cast<T *>(column.out));
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
  int64_t end = 0; ///< of the rows' edges
  std::vector<ValuedRow> rows;
  Buffer groups, values;
  int64_t room = 0, groupCount = 0; ///< groups
};

/// 0 where none is shorter.
int32_t shortestOf(const Draft &draft, const int32_t *delays) {
  int32_t shortest = 0;
  for (int64_t source = 0; source < draft.connection.sources; ++source)
    for (int64_t edge = draft.begin(source); edge < draft.end(source); ++edge)
      shortest = std::min(shortest, delays[edge]);
  return shortest;
}

/// `most`: the longest delay that was drawn.
Status checkDelays(const Draft &draft, const EdgeValues &values, const int32_t *delays, uint32_t most, double dt) {
  const Connection &c = draft.connection;
  if (const int32_t least = most > std::numeric_limits<int32_t>::max() ? shortestOf(draft, delays) : 0; least < 0) {
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
    columns.push_back({function, bytes, static_cast<char *>(draft.arena.take(draft.room * bytes)), isDelay});
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
  Shares sources = sourcesOf(draft.connection, draft.team.size());
  std::vector<Status> found(static_cast<size_t>(sources.count())); // of each share, so that the first is that of the first row
  std::vector<uint32_t> longest(static_cast<size_t>(draft.team.size()));
  draft.team.run([&](int thread) {
    ThreadValues made(draft, columns, ctx);
    for (int64_t share; sources.take(thread, share);)
      if (found[share] = made.draw(sources.begin(share), sources.end(share)); !found[share])
        return;
    longest[thread] = made.longest;
  });
  for (Status &status : found)
    if (!status)
      return status;
  return delays ? checkDelays(draft, values, delays, *std::max_element(longest.begin(), longest.end()), ctx->scalars[0]) : Status();
}

} // namespace bdc::runtime::detail
