#include "runtime/connect/rows.h"

#include "runtime/connect/parts.h"

#include <algorithm>
#include <cstring>

namespace bdc::runtime::detail {
namespace {

/// The row of an element with its partners, which are numbered from 0 in it.
kernels::Row rowOf(const Connection &c, int64_t element, const Part &partners) {
  kernels::Row row{c.key, static_cast<uint64_t>(element), static_cast<uint64_t>(partners.count())};
  if (c.skipsSelf() && partners.contains(element))
    row.skip = static_cast<uint64_t>(partners.position(element));
  return row;
}

int64_t allRow(const kernels::Row &row, uint32_t *out) {
  int64_t count = 0;
  for (uint64_t i = 0; i < row.count; ++i) {
    out[count] = static_cast<uint32_t>(i);
    count += i != row.skip;
  }
  return count;
}

/// How many rows of `random` are drawn as one: with some thousand pairs, which stay in the first-level cache, and candidates that are counted in
/// 32 bits. The networks depend on it.
int64_t rowsTogether(const Connection &c) {
  const double candidates = static_cast<double>(std::max<int64_t>(1, c.to.count()));
  const double fitting = 4096 / std::max(1.0, candidates * c.probability), counted = 0x1p31 / candidates;
  return std::clamp<int64_t>(static_cast<int64_t>(std::min(fitting, counted)), 1, 64);
}

} // namespace

Shares sourcesOf(const Connection &c, int threads) {
  return {c.from.first, c.from.last, c.rule == Rule::random ? rowsTogether(c) * c.from.stride : 1, threads};
}

RowDrawer::RowDrawer(const Connection &connection)
    : c(connection),
      gapScale(kernels::BernoulliRow::gapScale(connection.probability)),
      groupRows(rowsTogether(connection)) {
  if (c.rule != Rule::random)
    return;
  const double mean = static_cast<double>(std::min(groupRows, c.from.count()) * c.to.count()) * c.probability;
  group.pairs.resize(static_cast<size_t>(roomFor(mean, mean, usualSpread) + room)); // pages of their own cost each thread more than the numbers
}

BDC_WIDER_TOO void RowDrawer::drawGroup(int64_t number) {
  group.first = number * groupRows;
  group.rows.clear();
  uint64_t candidates = 0;
  for (int64_t position = group.first; position < std::min(group.first + groupRows, c.from.count()); ++position) {
    const kernels::Row row = rowOf(c, c.from.element(position), c.to);
    group.rows.push_back({0, static_cast<uint32_t>(candidates), static_cast<uint32_t>(row.skip)});
    candidates += row.candidates();
  }
  kernels::BernoulliRow draws({c.key, static_cast<uint64_t>(number), candidates}, c.probability, gapScale);
  size_t next = 1; // the row whose begin comes next
  int64_t count = 0;
  while (true) {
    if (const auto needed = static_cast<size_t>(count + room); needed > group.pairs.size())
      group.pairs.resize(2 * needed);
    const uint32_t *drawn = group.pairs.data() + count;
    const int found = draws.next(group.pairs.data() + count);
    if (found == 0)
      break;
    for (; next < group.rows.size() && group.rows[next].start <= drawn[found - 1]; ++next)
      group.rows[next].begin = count + std::count_if(drawn, drawn + found, [&](uint32_t pair) { return pair < group.rows[next].start; });
    count += found;
  }
  for (; next < group.rows.size(); ++next)
    group.rows[next].begin = count;
  group.rows.push_back({count, 0, 0});
}

DrawnRow RowDrawer::randomRow(int64_t source) {
  const int64_t position = c.from.position(source);
  if (position < group.first || position >= group.first + static_cast<int64_t>(group.rows.size()) - 1)
    drawGroup(position / groupRows);
  const Group::Row row = group.rows[position - group.first];
  return {group.pairs.data() + row.begin, group.rows[position - group.first + 1].begin - row.begin, row.start, row.skip};
}

BDC_WIDER_TOO void RowDrawer::drawSubset(int64_t source, uint32_t *out) {
  subsets.ascending(rowOf(c, source, c.to), static_cast<uint64_t>(c.degree), out);
}

Part RowDrawer::slice() const {
  const bool areElements = c.rule == Rule::one_to_one || c.rule == Rule::connectome;
  return areElements ? Part{0, c.targets, 1} : c.to;
}

DrawnRow RowDrawer::row(int64_t source, uint32_t *out) {
  DrawnRow row{out};
  if (!c.from.contains(source))
    return row;
  switch (c.rule) {
  case Rule::one_to_one:
    out[0] = static_cast<uint32_t>(c.to.element(c.from.position(source)));
    row.count = c.skipsSelf() && out[0] == source ? 0 : 1;
    break;
  case Rule::all_to_all: row.count = allRow(rowOf(c, source, c.to), out); break;
  case Rule::connectome: {
    const int64_t begin = c.connections->offset[source], end = c.connections->offset[source + 1];
    std::copy(c.connections->target.begin() + begin, c.connections->target.begin() + end, out);
    row.count = end - begin;
    break;
  }
  case Rule::random: row = randomRow(source); break;
  case Rule::fixed_out_degree:
    // checkConnection has refused degrees for which there are too few candidates.
    drawSubset(source, out);
    row.count = c.degree;
    break;
  case Rule::fixed_in_degree: break;
  }
  row.first = static_cast<uint32_t>(slice().first);
  row.stride = static_cast<uint32_t>(slice().stride);
  return row;
}

BDC_WIDER_TOO void RowDrawer::column(int64_t target, uint32_t *out) {
  subsets.unordered(rowOf(c, target, c.from), static_cast<uint64_t>(c.degree), out);
}

} // namespace bdc::runtime::detail
