#include "runtime/connect/rows.h"

#include "kernels/math.h"
#include "kernels/philox.h"
#include "kernels/random.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <numeric>

namespace bdc::runtime::detail {
namespace {

using U4 = kernels::Vec<kernels::u64, 4>;
using D4 = kernels::Vec<double, 4>;

/// The words of a row come in groups of 16: word 4 w + l of a group is word w of the group's block l.
constexpr int group = 16;

kernels::Words<U4> wordGroup(uint64_t key, uint64_t element, uint64_t index) {
  return kernels::drawWords(key, U4(index * 4) + kernels::laneIndex<U4>(), element, 0);
}

/// Uniform integers in [0, bound), exactly (Lemire 2019), from the words of one row.
class Integers {
public:
  Integers(uint64_t key, uint64_t element, int64_t bound)
      : key(key), element(element), bound(static_cast<uint64_t>(bound)),
        reject(static_cast<uint32_t>((uint64_t(1) << 32) % static_cast<uint64_t>(bound))) {}

  uint32_t next() {
    for (;;) {
      if (at == group) {
        const kernels::Words<U4> drawn = wordGroup(key, element, index++);
        std::memcpy(words, drawn.w, sizeof words);
        at = 0;
      }
      const uint64_t product = words[at++] * bound;
      if (static_cast<uint32_t>(product) >= reject)
        return static_cast<uint32_t>(product >> 32);
    }
  }

private:
  uint64_t key, element, bound;
  uint32_t reject;
  uint64_t index = 0;
  int at = group;
  uint64_t words[group];
};

/// Candidate number -> element: the slice starts at `first`, and `self` is left out where it lies before `count`.
struct Candidates {
  int64_t first, self, count;
};

Candidates candidates(const Connection &c, int64_t element, int64_t first, int64_t last) {
  const bool skip = c.skipsSelf() && element >= first && element < last;
  return {first, skip ? element - first : last - first, last - first - (skip ? 1 : 0)};
}

void toElements(const Candidates &from, uint32_t *values, int64_t count) {
  const auto self = static_cast<uint32_t>(from.self), first = static_cast<uint32_t>(from.first);
  for (int64_t i = 0; i < count; ++i)
    values[i] += first + (values[i] >= self ? 1 : 0);
}

} // namespace

RowDrawer::RowDrawer(const Connection &connection) : c(connection) {
  if (c.rule == Rule::random && c.probability > 0 && c.probability < 1)
    gapScale = 1 / kernels::log1p(-c.probability);
}

int64_t RowDrawer::row(int64_t source, uint32_t *out) {
  const Candidates from = candidates(c, source, c.targetFirst, c.targetLast);
  int64_t count = 0;
  switch (c.rule) {
  case Rule::one_to_one:
    out[0] = static_cast<uint32_t>(c.targetFirst + source - c.sourceFirst);
    return c.skipsSelf() && out[0] == source ? 0 : 1;
  case Rule::all_to_all:
    count = from.count;
    std::iota(out, out + count, 0u);
    break;
  case Rule::random:
    count = randomRow(static_cast<uint64_t>(source), from.count, out);
    break;
  case Rule::fixed_out_degree:
    count = c.degree;
    distinct(static_cast<uint64_t>(source), from.count, count, out);
    break;
  case Rule::fixed_in_degree:
    break;
  }
  toElements(from, out, count);
  return count;
}

void RowDrawer::column(int64_t target, uint32_t *out) {
  const Candidates from = candidates(c, target, c.sourceFirst, c.sourceLast);
  distinct(static_cast<uint64_t>(target), from.count, c.degree, out);
  toElements(from, out, c.degree);
}

/// The gaps between successive targets are geometric: floor(log(u) / log(1 - p)).
int64_t RowDrawer::randomRow(uint64_t element, int64_t count, uint32_t *out) const {
  if (c.probability <= 0)
    return 0;
  if (c.probability >= 1) {
    std::iota(out, out + count, 0u);
    return count;
  }
  constexpr double most = 0x1p40; // beyond any row, and far from overflow
  int64_t position = -1, found = 0;
  for (uint64_t index = 0; position < count; ++index) {
    const kernels::Words<U4> words = wordGroup(c.key, element, index);
    int64_t gaps[group];
    for (int w = 0; w < 4; ++w) {
      const D4 u = (kernels::detail::wordToDouble<D4>(words.w[w]) + D4(0.5)) * D4(0x1p-32);
      const D4 gap = kernels::detail::logUnit(u) * D4(gapScale);
      const D4 whole = __builtin_elementwise_floor(__builtin_elementwise_min(gap, D4(most)));
      const U4 integer = kernels::bits<U4>(whole + D4(0x1p52)) & U4(0xfffffffffffff);
      std::memcpy(gaps + 4 * w, &integer, sizeof integer);
    }
    for (int64_t gap : gaps) {
      position += gap + 1;
      out[found] = static_cast<uint32_t>(position);
      found += position < count;
    }
  }
  return found;
}

/// The first `count` different integers of the stream, ascending: every subset is equally likely. Where more than half are
/// wanted, those that are left out are drawn instead.
void RowDrawer::distinct(uint64_t element, int64_t bound, int64_t count, uint32_t *out) {
  if (count == 0)
    return;
  if (count > bound / 16)
    distinctDense(element, bound, count, out);
  else
    distinctSparse(element, bound, count, out);
}

void RowDrawer::distinctDense(uint64_t element, int64_t bound, int64_t count, uint32_t *out) {
  const bool inverse = count > bound / 2;
  bitmap.assign(static_cast<size_t>((bound + 63) / 64), 0);
  Integers integers(c.key, element, bound);
  for (int64_t missing = inverse ? bound - count : count; missing > 0;) {
    const uint32_t value = integers.next();
    uint64_t &word = bitmap[value / 64];
    const uint64_t bit = uint64_t(1) << value % 64;
    missing -= (word & bit) == 0;
    word |= bit;
  }
  int64_t found = 0;
  for (size_t i = 0; i < bitmap.size(); ++i)
    for (uint64_t word = inverse ? ~bitmap[i] : bitmap[i]; word && found < count; word &= word - 1)
      out[found++] = static_cast<uint32_t>(i * 64 + static_cast<size_t>(std::countr_zero(word)));
}

void RowDrawer::distinctSparse(uint64_t element, int64_t bound, int64_t count, uint32_t *out) {
  Integers integers(c.key, element, bound);
  for (int64_t i = 0; i < count; ++i)
    out[i] = integers.next();
  sortUniform(out, count, bound);
  int64_t kept = std::unique(out, out + count) - out;
  while (kept < count) {
    // One by one, so that the set is that of the first different integers whatever the batch.
    const uint32_t value = integers.next();
    uint32_t *place = std::lower_bound(out, out + kept, value);
    if (place != out + kept && *place == value)
      continue;
    std::memmove(place + 1, place, static_cast<size_t>(out + kept - place) * 4);
    *place = value;
    ++kept;
  }
}

/// Sorts integers that are uniform in [0, bound): into as many buckets as there are values, then by insertion.
void RowDrawer::sortUniform(uint32_t *values, int64_t count, int64_t bound) {
  const auto width = static_cast<uint64_t>(count);
  const uint64_t scale = (width << 32) / static_cast<uint64_t>(bound);
  buckets.assign(width + 2, 0);
  aside.assign(values, values + count);
  for (uint32_t v : aside)
    ++buckets[(v * scale >> 32) + 1];
  for (uint64_t b = 0; b < width; ++b)
    buckets[b + 1] += buckets[b];
  for (uint32_t v : aside)
    values[buckets[v * scale >> 32]++] = v;
  for (int64_t i = 1; i < count; ++i) {
    const uint32_t v = values[i];
    int64_t j = i;
    for (; j > 0 && values[j - 1] > v; --j)
      values[j] = values[j - 1];
    values[j] = v;
  }
}

} // namespace bdc::runtime::detail
