/// Rows of random connections, drawn natively when a network is built: each target with the same probability, ascending. A row depends on its
/// key and element alone, so that any thread may draw it, and draw it again.
///
/// Numbers come in batches of 64: shorter ones wait for Philox longer than they compute. Gaps: counter = (element, place, round), a
/// Philox block giving two of 53 bits or, where the row is not very sparse, four of 32.
#pragma once

#include "random.h"
#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace bdc::kernels {

/// Which row to draw.
struct Row {
  static constexpr u64 none = ~u64(0);
  u64 key;         ///< key(seed, name hash of the projection)
  u64 element;     ///< the source (or, for a fixed in-degree, the target) that the row belongs to
  u64 count;       ///< how many elements the other side has; below 2^32
  u64 skip = none; ///< the one that is never chosen: `element` itself where self-connections are not allowed

  u64 candidates() const { return count - (skip < count); }
};

namespace detail {
/// Numbers drawn at a time.
inline constexpr int rowBatch = 64;

/// The words of `count` places from `block` times `count` on.
template <class U> BDC_KERNEL Words<U> rowWords(const Row &row, u32 round, u64 block) {
  U step = U(block * width<U>) + laneIndex<U>();
  U high = (step >> 32 & U(0xffff)) | U(u64(round) << 16);
  return philox(Words<U>{{U(row.element), U(row.element >> 32), step, high}}, row.key);
}

/// -log of uniform numbers in (0, 1]: batch `block` of the row's exponential numbers.
BDC_KERNEL void exponentials(const Row &row, u64 block, double (&out)[rowBatch]) {
  using D = Vec<double, 4>;
  for (int i = 0; i < rowBatch / 8; ++i) {
    auto r = rowWords<UintOf<D>>(row, 0, block * (rowBatch / 8) + i);
    LaneWords<D> words{{r.w[0], r.w[1], r.w[2], r.w[3]}};
    D e[2] = {-logUnit(positiveUnit(words, 0)), -logUnit(positiveUnit(words, 2))};
    __builtin_memcpy(out + 8 * i, e, sizeof e);
  }
}

/// How many of the numbers in f32 are computed at once; processors with narrower vectors take two or four for them.
inline constexpr int rowLanes = 16;
using RowFloats = Vec<float, rowLanes>;
using RowWords = UintOf<RowFloats>;

/// -log of (w + 1/2)/2^32. As signed numbers the words of the upper half are distances from 1, so that one conversion keeps the
/// full relative accuracy near both ends.
BDC_KERNEL RowFloats minusLog(RowWords w) {
  using F = RowFloats;
  using I = IntOf<F>;
  const I word = bits<I>(w);
  const F x = convert<F>(word) + splat<F>(0.5f);
  const auto upper = word < I(0);
  const RowWords raw = bits<RowWords>(x);
  const F m = bits<F>((raw & 0x7fffff) | 0x3f000000); // x = m 2^(32 + k), 1/2 <= m < 1
  const F k = select(upper, splat<F>(0), convert<F>(bits<I>(raw >> 23) - 158));
  const F f = select(upper, x * splat<F>(0x1p-32f), m - splat<F>(1));
  return fma(k, splat<F>(-LogConst<float>::ln2Hi), f * evenOdd(f, F(f * f), coefficients::GapLog<float>::c));
}

/// `Count` of the same in f32 from one word each, of as many blocks as that takes from `block` times theirs on, the low words of the
/// blocks first.
template <int Count> BDC_KERNEL void exponentialFloats(const Row &row, u32 round, u64 block, RowFloats (&out)[Count / rowLanes]) {
  using U = Vec<u64, Count / 4>;
  const auto r = rowWords<U>(row, round, block);
  RowWords words[Count / rowLanes];
  for (int i = 0; i < 2; ++i) {
    const U pairs = r.w[2 * i] | r.w[2 * i + 1] << 32;
    __builtin_memcpy(words + i * (Count / rowLanes / 2), &pairs, sizeof pairs);
  }
  for (int i = 0; i < Count / rowLanes; ++i)
    out[i] = minusLog(words[i]);
}

/// Sums of the lanes up to and including each.
BDC_KERNEL RowWords prefixSum(RowWords v) {
  constexpr int none = rowLanes;
  const RowWords zero = {};
  v += __builtin_shufflevector(v, zero, none, 0, 1, 2, none, 4, 5, 6, none, 8, 9, 10, none, 12, 13, 14);
  v += __builtin_shufflevector(v, zero, none, none, 0, 1, none, none, 4, 5, none, none, 8, 9, none, none, 12, 13);
  v += __builtin_shufflevector(v, zero, none, none, none, none, 3, 3, 3, 3, none, none, none, none, 11, 11, 11, 11);
  return v + __builtin_shufflevector(v, zero, none, none, none, none, none, none, none, none, 7, 7, 7, 7, 7, 7, 7, 7);
}

/// The last lane in all of them.
BDC_KERNEL RowWords lastOf(RowWords v) {
  constexpr int last = rowLanes - 1;
  return __builtin_shufflevector(v, v, last, last, last, last, last, last, last, last, last, last, last, last, last, last, last, last);
}
} // namespace detail

/// The first of ascending numbers that is not below `limit`; no branch depends on the numbers.
BDC_KERNEL const std::uint32_t *lowerBound(const std::uint32_t *at, const std::uint32_t *end, std::uint32_t limit) {
  for (std::ptrdiff_t length = end - at; length > 0;) {
    const std::ptrdiff_t half = (length + 1) / 2;
    at += __builtin_unpredictable(at[half - 1] < limit) ? half : 0;
    length -= half;
  }
  return at;
}

/// Every one of `count` with probability p, nobody skipped, by geometric gaps. `while ((n = row.next(targets)))` gives up to 64 at a time.
class BernoulliRow {
public:
  BernoulliRow(const Row &row, double p) : BernoulliRow(row, p, gapScale(p)) {}
  /// For many rows of one probability: `scale` is gapScale(p).
  BernoulliRow(const Row &row, double p, double scale)
      : row(row), scale(scale), position(p > 0 ? -1 : std::int64_t(row.count)) {}

  /// -1/log(1 - p): what turns an exponential number into a geometric gap.
  static double gapScale(double p) { return p >= 1 ? 0 : -1 / log1p(-p); }

  static constexpr int batch = detail::rowBatch;

  /// The next targets, ascending over all calls; 0 at the end of the row. All of `out` may be written.
  BDC_KERNEL int next(std::uint32_t *out) {
    if (position >= std::int64_t(row.count))
      return 0;
    return scale < narrow ? drawNear(out) : drawFar(out);
  }

private:
  /// Gaps in f32; positions by vector sums, relative to the first so that 32 bits are enough.
  BDC_KERNEL int drawNear(std::uint32_t *out) {
    using F = detail::RowFloats;
    using I = detail::RowWords;
    constexpr int lanes = detail::rowLanes;
    F gaps[batch / lanes];
    detail::exponentialFloats<batch>(row, 0, block++, gaps);
    // The end of the row in the same terms; further away than a batch can reach counts as far.
    const auto first = position;
    const I ahead = I(std::uint32_t(std::min<u64>(row.count - u64(first), u64(1) << 31)));
    I at = I(0), inside = I(0);
    for (int i = 0; i < batch / lanes; ++i) {
      at += detail::prefixSum(bits<I>(convert<IntOf<F>>(gaps[i] * splat<F>(float(scale)))) + I(1));
      inside -= bits<I>(at < ahead);
      const I absolute = at + I(std::uint32_t(first));
      __builtin_memcpy(out + lanes * i, &absolute, sizeof absolute);
      at = detail::lastOf(at);
    }
    position = first + std::int64_t(at[0]);
    return int(__builtin_reduce_add(inside));
  }

  int drawFar(std::uint32_t *out) {
    double gaps[batch];
    detail::exponentials(row, block++, gaps);
    int n = 0;
    for (double gap : gaps) {
      // A gap beyond the row ends it; the cut keeps the conversion inside the integers.
      position += std::int64_t(min(gap * scale, double(row.count))) + 1;
      out[n] = std::uint32_t(position);
      n += position < std::int64_t(row.count);
    }
    return n;
  }

  /// Gaps are up to 23 times this long; f32 tells them apart by less than 1/50 of one. From p = 1/16384 on.
  static constexpr double narrow = 16384;

  Row row;
  double scale;
  std::int64_t position;
  u64 block = 0;
};

} // namespace bdc::kernels
