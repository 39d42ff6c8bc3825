#include "runtime/connect/rows.h"

#include "kernels/rows.h"

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

int64_t randomRow(const kernels::Row &row, double probability, uint32_t first, uint32_t *out) {
  kernels::BernoulliRow draws(row, probability);
  uint32_t batch[kernels::BernoulliRow::batch];
  int64_t count = 0;
  while (const int found = draws.next(batch)) {
    for (int i = 0; i < kernels::BernoulliRow::batch; ++i) // the room behind a row takes what is too much
      out[count + i] = batch[i] + first;
    count += found;
  }
  return count;
}

} // namespace

int64_t RowDrawer::row(int64_t source, uint32_t *out) {
  const auto first = static_cast<uint32_t>(c.targetFirst);
  const kernels::Row row = rowOf(c, source, c.targetFirst, c.targetLast);
  switch (c.rule) {
  case Rule::one_to_one:
    out[0] = first + static_cast<uint32_t>(source - c.sourceFirst);
    return c.skipsSelf() && out[0] == source ? 0 : 1;
  case Rule::all_to_all:
    return allRow(row, first, out);
  case Rule::random:
    return randomRow(row, c.probability, first, out);
  case Rule::fixed_out_degree:
    return degreeRow(source, c.targetFirst, c.targetLast, out);
  case Rule::fixed_in_degree:
    break;
  }
  return 0;
}

void RowDrawer::column(int64_t target, uint32_t *out) { degreeRow(target, c.sourceFirst, c.sourceLast, out); }

int64_t RowDrawer::degreeRow(int64_t element, int64_t first, int64_t last, uint32_t *out) {
  // checkConnection has refused degrees for which there are too few candidates.
  (void)kernels::distinctTargets(rowOf(c, element, first, last), static_cast<uint64_t>(c.degree), drawn);
  for (size_t i = 0; i < drawn.size(); ++i)
    out[i] = drawn[i] + static_cast<uint32_t>(first);
  return static_cast<int64_t>(drawn.size());
}

} // namespace bdc::runtime::detail
