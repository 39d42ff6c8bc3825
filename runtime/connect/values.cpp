/// What belongs to each edge: weights and delays from compiled functions.
#include "runtime/connect/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace bdc::runtime::detail {
namespace {

/// Edges whose values are drawn before they are dealt out: they fit the first-level cache, and lie there by then. Vectors that have just
/// been written cannot be read at other places at once.
constexpr int64_t drawnTogether = 2048;

/// Rows are filled up with zeros to multiples of this, as far as the functions write.
constexpr int64_t filledUp = 16;

/// What is written over and over, at the beginning of a line.
template <class T> class Buffer {
public:
  ~Buffer() { std::free(data); }
  /// False without memory; what was there is lost.
  bool resize(int64_t count) {
    std::free(data);
    size = count;
    data = static_cast<T *>(std::aligned_alloc(64, (static_cast<size_t>(count) * sizeof(T) + 63) / 64 * 64));
    return data;
  }

  T *data = nullptr;
  int64_t size = 0;
};

/// The values of one row.
template <class T> struct DrawnValues {
  int64_t source, edges;
  T *values;
};

/// A thread's edges in one block.
template <class T> struct Share {
  const uint32_t *offset; ///< of the block
  T *begin, *end;         ///< begin: of the block
};

/// Deals out the values of `count` rows.
template <class T>
[[gnu::always_inline]] inline void dealRows(const DrawnValues<T> *rows, int64_t count, const Share<T> *shares, int64_t blocks) {
  for (int64_t i = 0; i < count; ++i) {
    const T *from = rows[i].values;
    for (int64_t b = 0; b < blocks; ++b) {
      const uint32_t *offset = shares[b].offset + rows[i].source;
      const int64_t piece = offset[1] - offset[0];
      T *to = shares[b].begin + offset[0];
      copyEdges(to, from, piece, shares[b].end - to);
      from += piece;
    }
  }
}
BDC_WIDER_TOO void deal(const DrawnValues<float> *rows, int64_t count, const Share<float> *shares, int64_t blocks) {
  dealRows(rows, count, shares, blocks);
}
BDC_WIDER_TOO void deal(const DrawnValues<double> *rows, int64_t count, const Share<double> *shares, int64_t blocks) {
  dealRows(rows, count, shares, blocks);
}
BDC_WIDER_TOO void deal(const DrawnValues<int32_t> *rows, int64_t count, const Share<int32_t> *shares, int64_t blocks) {
  dealRows(rows, count, shares, blocks);
}

/// Calls the function for whole rows and deals the values out to the blocks. `see(rows)` looks at some that lie one behind the other, with
/// zeros between them; false without memory.
template <class T, class See> bool drawRows(const Draft &draft, bdc_edges_fn function, bdc_ctx *ctx, T *out, int thread, See &&see) {
  const Connection &c = draft.connection;
  const Team::Part part = Team::part(c.from.last - c.from.first, thread, draft.team.size());
  const int64_t last = c.from.first + part.last;
  std::vector<Share<T>> shares;
  for (int32_t b = 0; b < draft.blocks.count(); ++b) {
    T *begin = out + draft.blockBase[b];
    shares.push_back({draft.offsets(b), begin, begin + draft.offsets(b)[last]});
  }
  std::vector<DrawnValues<T>> rows;
  Buffer<T> buffer;
  int64_t used = 0;
  const auto finish = [&] {
    if (!rows.empty())
      see(rows);
    deal(rows.data(), static_cast<int64_t>(rows.size()), shares.data(), static_cast<int64_t>(shares.size()));
    rows.clear();
    used = 0;
  };
  for (int64_t source = c.from.first + part.first; source < last; ++source) {
    int64_t edges = 0;
    for (const Share<T> &share : shares)
      edges += share.offset[source + 1] - share.offset[source];
    if (edges == 0)
      continue;
    const int64_t needed = edges + 2 * copied; // the function fills up its vectors, and copies read on
    if (used + needed > buffer.size) {
      finish();
      if (needed > buffer.size && !buffer.resize(std::max(2 * needed, drawnTogether)))
        return false;
    }
    T *row = buffer.data + used;
    function(ctx, source, 0, edges, row);
    std::fill_n(row + edges, filledUp, T(0));
    rows.push_back({source, edges, row});
    used += (edges + filledUp - 1) / filledUp * filledUp;
  }
  finish();
  return true;
}

/// An edge of a connectome as messages name it.
std::string placeOf(const Connection &c, int64_t source, int64_t edge) {
  return fmt::format("{} from element {} to element {}", c.name.substr(0, c.name.rfind(".connections")), source,
                     c.connections->target[c.connections->offset[source] + edge]);
}

/// One real number for every edge. What is made of a connectome's numbers may have no value.
template <class T> Status drawReals(const Draft &draft, bdc_edges_fn function, bdc_ctx *ctx, const void *&place) {
  T *out = draft.arena.array<T>(draft.edges());
  if (!out)
    return outOfMemory(draft.connection);
  const Connection &c = draft.connection;
  std::atomic<bool> enough = true;
  std::vector<Status> found(static_cast<size_t>(draft.team.size())); // the first of each thread, which has sources in order
  draft.team.run([&](int thread) {
    const bool drawn = drawRows(draft, function, ctx, out, thread, [&](const std::vector<DrawnValues<T>> &rows) {
      if (c.rule != Rule::connectome)
        return;
      for (const DrawnValues<T> &row : rows) {
        const T *end = row.values + row.edges, *wrong = std::find_if<const T *>(row.values, end, [](T value) { return !std::isfinite(value); });
        if (wrong == end || !found[thread])
          continue;
        found[thread] = Error{ErrorKind::numeric,
                              fmt::format("the weight of {} is {}", placeOf(c, row.source, wrong - row.values), std::isnan(*wrong) ? "not a number" : "infinite"),
                              "weights are made of the connectome's: a division by 0, a logarithm or a root of what is negative?"};
      }
    });
    if (!drawn)
      enough = false;
  });
  if (!enough)
    return outOfMemory(draft.connection);
  for (Status &status : found)
    if (!status)
      return status;
  place = out;
  return {};
}

Status drawDelays(const Draft &draft, const EdgeValues &values, bdc_ctx *ctx, bdc_graph &graph) {
  auto *out = draft.arena.array<int32_t>(draft.edges());
  if (!out)
    return outOfMemory(draft.connection);
  std::atomic<bool> enough = true;
  std::atomic<uint32_t> most = 0; // what is negative counts as very long
  draft.team.run([&](int thread) {
    uint32_t longest = 0;
    const bool drawn = drawRows(draft, values.delay, ctx, out, thread, [&](const std::vector<DrawnValues<int32_t>> &rows) {
      for (const int32_t *at = rows.front().values, *end = rows.back().values + rows.back().edges; at < end; ++at)
        longest = std::max(longest, static_cast<uint32_t>(*at));
    });
    if (!drawn)
      enough = false;
    for (uint32_t seen = most; longest > seen && !most.compare_exchange_weak(seen, longest);) {
    }
  });
  if (!enough)
    return outOfMemory(draft.connection);
  if (const int32_t least = most > std::numeric_limits<int32_t>::max() ? *std::min_element(out, out + draft.edges()) : 0; least < 0) {
    const Connection &c = draft.connection;
    const bool isDrawn = c.rule != Rule::connectome;
    return Error{ErrorKind::numeric,
                 fmt::format("a delay of {} {} {:.10g} ms, and cannot be negative", c.name.substr(0, c.name.rfind(".connections")),
                             isDrawn ? "was drawn as" : "is", least * ctx->scalars[0]),
                 isDrawn ? "a distribution of positive times, or `max(…, 0 ms)` around it" : "`max(…, 0 ms)` around it"};
  }
  if (most > values.maxDelay)
    return internalError(fmt::format("{}: a drawn delay of {} steps is longer than the ring of {} steps", draft.connection.name,
                                     most.load(), values.maxDelay));
  graph.delay = out;
  return {};
}

} // namespace

Status drawValues(const Draft &draft, const EdgeValues &values, bdc_ctx *ctx, bdc_graph &graph) {
  const auto draw = values.weightType == Type::f32 ? drawReals<float> : drawReals<double>;
  for (auto [function, place] : {std::pair(values.weight, &graph.weight), std::pair(values.fraction, &graph.fraction)})
    if (function)
      if (Status s = draw(draft, function, ctx, *place); !s)
        return s;
  return values.delay ? drawDelays(draft, values, ctx, graph) : Status();
}

} // namespace bdc::runtime::detail
