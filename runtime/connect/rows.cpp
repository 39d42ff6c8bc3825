#include "runtime/connect/rows.h"

#include <algorithm>
#include <cstring>

namespace bdc::runtime::detail {
namespace {

/// The row of an element whose partners are first, first + 1, … last - 1; they are numbered from 0 in it.
kernels::Row rowOf(const Connection &c, int64_t element, int64_t first, int64_t last) {
  kernels::Row row{c.key, static_cast<uint64_t>(element), static_cast<uint64_t>(last - first)};
  if (c.skipsSelf() && element >= first && element < last)
    row.skip = static_cast<uint64_t>(element - first);
  return row;
}

int64_t allRow(const kernels::Row &row, uint32_t first, uint32_t *out) {
  int64_t count = 0;
  for (uint64_t i = 0; i < row.count; ++i) {
    out[count] = first + static_cast<uint32_t>(i);
    count += i != row.skip;
  }
  return count;
}

void shift(uint32_t *out, int64_t count, uint32_t by) {
  for (int64_t i = 0; i < count; ++i)
    out[i] += by;
}

} // namespace

RowDrawer::RowDrawer(const Connection &connection)
    : c(connection),
      gapScale(kernels::BernoulliRow::gapScale(connection.probability)) {}

int64_t RowDrawer::randomRow(const kernels::Row &row, uint32_t *out) const {
  kernels::BernoulliRow draws(row, c.probability, gapScale);
  int64_t count = 0;
  uint32_t batch[kernels::BernoulliRow::batch];
  while (const int found = draws.next(batch)) {
    std::memcpy(out + count, batch, sizeof batch); // the room behind a row takes what is too much
    count += found;
  }
  return count;
}

int64_t RowDrawer::row(int64_t source, uint32_t *out) {
  const auto first = static_cast<uint32_t>(c.targetFirst);
  const kernels::Row row = rowOf(c, source, c.targetFirst, c.targetLast);
  int64_t count = 0;
  switch (c.rule) {
  case Rule::one_to_one:
    out[0] = first + static_cast<uint32_t>(source - c.sourceFirst);
    return c.skipsSelf() && out[0] == source ? 0 : 1;
  case Rule::all_to_all: return allRow(row, first, out);
  case Rule::connectome: {
    const int64_t begin = c.connections->offset[source], end = c.connections->offset[source + 1];
    std::copy(c.connections->target.begin() + begin, c.connections->target.begin() + end, out);
    return end - begin;
  }
  case Rule::random: count = randomRow(row, out); break;
  case Rule::fixed_out_degree:
    // checkConnection has refused degrees for which there are too few candidates.
    subsets.ascending(row, static_cast<uint64_t>(c.degree), out);
    count = c.degree;
    break;
  case Rule::fixed_in_degree: break;
  }
  if (first > 0)
    shift(out, count, first);
  return count;
}

void RowDrawer::column(int64_t target, uint32_t *out) {
  subsets.unordered(rowOf(c, target, c.sourceFirst, c.sourceLast), static_cast<uint64_t>(c.degree), out);
  if (c.sourceFirst > 0)
    shift(out, c.degree, static_cast<uint32_t>(c.sourceFirst));
}

} // namespace bdc::runtime::detail
