#include "runtime/connect/rows.h"

#include "kernels/philox.h"
#include "kernels/rows.h"

#include <algorithm>
#include <bit>
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

RowDrawer::RowDrawer(const Connection &connection) : c(connection) {
  if (c.rule == Rule::fixed_in_degree)
    seen.assign(std::bit_ceil(static_cast<size_t>(c.degree) * 4 + 16), 0);
}

int64_t RowDrawer::row(int64_t source, uint32_t *out) {
  const auto first = static_cast<uint32_t>(c.targetFirst);
  const kernels::Row row = rowOf(c, source, c.targetFirst, c.targetLast);
  switch (c.rule) {
  case Rule::one_to_one:
    out[0] = first + static_cast<uint32_t>(source - c.sourceFirst);
    return c.skipsSelf() && out[0] == source ? 0 : 1;
  case Rule::all_to_all: return allRow(row, first, out);
  case Rule::connectome: {
    const auto targets = std::span(c.connections->target).subspan(c.connections->offset[source]);
    const int64_t count = c.connections->offset[source + 1] - c.connections->offset[source];
    std::copy_n(targets.begin(), count, out);
    return count;
  }
  case Rule::random: return randomRow(row, c.probability, first, out);
  case Rule::fixed_out_degree: return degreeRow(source, c.targetFirst, c.targetLast, out);
  case Rule::fixed_in_degree: break;
  }
  return 0;
}

void RowDrawer::column(int64_t target, uint32_t *out) {
  const kernels::Row row = rowOf(c, target, c.sourceFirst, c.sourceLast);
  const uint64_t bound = row.count - (row.skip != kernels::Row::none);
  if (static_cast<uint64_t>(c.degree) > bound / 2) { // the ones left out are the smaller set
    degreeRow(target, c.sourceFirst, c.sourceLast, out);
    return;
  }
  sparseColumn(static_cast<uint64_t>(target), bound, out);
  const auto first = static_cast<uint32_t>(c.sourceFirst);
  for (int64_t i = 0; i < c.degree; ++i)
    out[i] += first + (out[i] >= row.skip ? 1 : 0);
}

/// The first `degree` different integers of [0, bound) among uniform ones (Lemire 2019, exact) from the words of blocks 0, 1, …
/// with the counter (element: block, step: target). A column needs no order, which makes this cheaper than a row.
void RowDrawer::sparseColumn(uint64_t target, uint64_t bound, uint32_t *out) {
  using U = kernels::Vec<uint64_t, 8>;
  constexpr int batch = 4 * kernels::width<U>;
  const uint64_t tag = ++columnsDrawn << 32, mask = seen.size() - 1;
  const auto reject = static_cast<uint32_t>((uint64_t(1) << 32) % bound);
  int64_t found = 0;
  for (uint64_t block = 0; found < c.degree; block += kernels::width<U>) {
    const auto drawn = kernels::drawWords(c.key, U(block) + kernels::laneIndex<U>(), target, 0);
    uint64_t words[batch];
    std::memcpy(words, drawn.w, sizeof words);
    for (int i = 0; i < batch && found < c.degree; ++i) {
      const uint64_t product = words[i] * bound;
      if (static_cast<uint32_t>(product) < reject)
        continue;
      const uint64_t entry = tag | product >> 32;
      uint64_t at = (entry * 0x9E3779B97F4A7C15) >> 32 & mask;
      while (seen[at] >> 32 == tag >> 32 && seen[at] != entry)
        at = (at + 1) & mask;
      if (seen[at] != entry)
        out[found++] = static_cast<uint32_t>(entry);
      seen[at] = entry;
    }
  }
}

int64_t RowDrawer::degreeRow(int64_t element, int64_t first, int64_t last, uint32_t *out) {
  // checkConnection has refused degrees for which there are too few candidates.
  (void)kernels::distinctTargets(rowOf(c, element, first, last), static_cast<uint64_t>(c.degree), drawn);
  for (size_t i = 0; i < drawn.size(); ++i)
    out[i] = drawn[i] + static_cast<uint32_t>(first);
  return static_cast<int64_t>(drawn.size());
}

} // namespace bdc::runtime::detail
