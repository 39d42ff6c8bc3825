#include "runtime/connect/rows.h"

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

/// From positions in the slice to elements.
void place(uint32_t *out, int64_t count, const Part &part) {
  const auto first = static_cast<uint32_t>(part.first), stride = static_cast<uint32_t>(part.stride);
  for (int64_t i = 0; i < count && (first > 0 || stride > 1); ++i)
    out[i] = first + out[i] * stride;
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
  if (!c.from.contains(source))
    return 0;
  const kernels::Row row = rowOf(c, source, c.to);
  int64_t count = 0;
  switch (c.rule) {
  case Rule::one_to_one:
    out[0] = static_cast<uint32_t>(c.to.element(c.from.position(source)));
    return c.skipsSelf() && out[0] == source ? 0 : 1;
  case Rule::all_to_all: count = allRow(row, out); break;
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
  place(out, count, c.to);
  return count;
}

void RowDrawer::column(int64_t target, uint32_t *out) {
  subsets.unordered(rowOf(c, target, c.from), static_cast<uint64_t>(c.degree), out);
}

} // namespace bdc::runtime::detail
