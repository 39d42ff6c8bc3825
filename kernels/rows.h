/// Rows of random connections, drawn natively when a network is built: the targets of one source (Bernoulli, fixed out-degree)
/// or the sources of one target (fixed in-degree), ascending. A row depends on its key and element alone, so that any thread
/// may draw it, and draw it again.
///
/// Numbers come in batches of 32; counter = (element, place, round), a Philox block giving two of 53 bits or, for the
/// gaps of rows that are not very sparse, four of 32.
#pragma once

#include "random.h"
#include <algorithm>
#include <cstdint>
#include <vector>

namespace bdc::kernels {

/// Which row to draw.
struct Row {
  static constexpr u64 none = ~u64(0);
  u64 key;         ///< key(seed, name hash of the projection)
  u64 element;     ///< the source (or, for a fixed in-degree, the target) that the row belongs to
  u64 count;       ///< how many elements the other side has; below 2^32
  u64 skip = none; ///< the one that is never chosen: `element` itself where self-connections are not allowed
};

namespace detail {
/// Numbers drawn at a time.
inline constexpr int rowBatch = 32;

/// The words of `count` places from `block` times `count` on.
template <class U> BDC_KERNEL Words<U> rowWords(const Row &row, u32 round, u64 block) {
  U step = U(block * width<U>) + laneIndex<U>();
  U high = (step >> 32 & U(0xffff)) | U(u64(round) << 16);
  return philox(Words<U>{{U(row.element), U(row.element >> 32), step, high}}, row.key);
}

/// -log of uniform numbers in (0, 1]: batch `block` of the row's exponential numbers.
BDC_KERNEL void exponentials(const Row &row, u32 round, u64 block, double (&out)[rowBatch]) {
  using D = Vec<double, 4>;
  for (int i = 0; i < rowBatch / 8; ++i) {
    auto r = rowWords<UintOf<D>>(row, round, block * (rowBatch / 8) + i);
    LaneWords<D> words{{r.w[0], r.w[1], r.w[2], r.w[3]}};
    D e[2] = {-logUnit(positiveUnit(words, 0)), -logUnit(positiveUnit(words, 2))};
    __builtin_memcpy(out + 8 * i, e, sizeof e);
  }
}

/// The same in f32 from one word each, in groups of 8. -log(1 - v) has the full relative accuracy of v near 0, and of 1 - v
/// near 1.
BDC_KERNEL void exponentialFloats(const Row &row, u64 block, Vec<float, 8> (&out)[rowBatch / 8]) {
  using F = Vec<float, 8>;
  using U = Vec<u64, 4>;
  using C = LogConst<float>;
  for (int half = 0; half < rowBatch / 16; ++half) {
    auto r = rowWords<U>(row, 0, block * (rowBatch / 16) + half);
    for (int i = 0; i < 2; ++i) {
      auto w = bits<UintOf<F>>(U(r.w[2 * i] | r.w[2 * i + 1] << 32));
      LaneWords<F> words{{w, ~w}};
      F v = positiveUnit(words, 0), u = positiveUnit(words, 1);
      auto p = splitNormal(u);
      F f = select(p.exponent == splat<F>(0), -v, p.f);
      out[2 * half + i] = -fma(p.exponent, splat<F>(C::ln2Hi), f - logDeficit(f, F(p.exponent * splat<F>(C::ln2Lo))));
    }
  }
}

/// Sums of the lanes up to and including each.
BDC_KERNEL Vec<u32, 8> prefixSum(Vec<u32, 8> v) {
  Vec<u32, 8> zero = {};
  v += __builtin_shufflevector(v, zero, 8, 0, 1, 2, 8, 4, 5, 6);
  v += __builtin_shufflevector(v, zero, 8, 8, 0, 1, 8, 8, 4, 5);
  return v + __builtin_shufflevector(v, zero, 8, 8, 8, 8, 3, 3, 3, 3);
}
} // namespace detail

/// Every candidate with probability p, by geometric gaps. `while ((n = row.next(targets)))` gives up to 32 at a time.
class BernoulliRow {
public:
  BernoulliRow(const Row &row, double p)
      : row(row), scale(p >= 1 ? 0 : -1 / log1p(-p)), position(p > 0 ? -1 : std::int64_t(row.count)) {}

  static constexpr int batch = detail::rowBatch;

  /// The next targets, ascending over all calls; 0 at the end of the row.
  int next(std::uint32_t (&out)[batch]) {
    int n = 0;
    // A batch may hold nothing but the skipped element.
    while (n == 0 && position < std::int64_t(row.count))
      n = drawBatch(out);
    return n;
  }

private:
  int drawBatch(std::uint32_t (&out)[batch]) { return scale < narrow ? drawNear(out) : drawFar(out); }

  /// Gaps in f32; positions by vector sums, which the end of the row or the skipped element sends through `keep`.
  int drawNear(std::uint32_t (&out)[batch]) {
    using F = Vec<float, 8>;
    using I = Vec<u32, 8>;
    F gaps[batch / 8];
    detail::exponentialFloats(row, block++, gaps);
    I at = I(std::uint32_t(position)), all[batch / 8];
    for (int i = 0; i < batch / 8; ++i) {
      at += detail::prefixSum(bits<I>(convert<IntOf<F>>(gaps[i] * splat<F>(float(scale)))) + I(1));
      all[i] = at;
      at = __builtin_shufflevector(at, at, 7, 7, 7, 7, 7, 7, 7, 7);
    }
    __builtin_memcpy(out, all, sizeof all);
    // 32 bits may have wrapped; the distance from the first position has not.
    auto first = position;
    position += std::int64_t(std::uint32_t(out[batch - 1] - std::uint32_t(first)));
    if (position < std::int64_t(row.count) && (row.skip > u64(position) || std::int64_t(row.skip) <= first))
      return batch;
    u64 wide[batch];
    for (int i = 0; i < batch; ++i)
      wide[i] = u64(first + std::int64_t(std::uint32_t(out[i] - std::uint32_t(first))));
    return keep(wide, out);
  }

  int drawFar(std::uint32_t (&out)[batch]) {
    double gaps[batch];
    detail::exponentials(row, 0, block++, gaps);
    u64 at[batch];
    // A gap beyond the row ends it; the cut keeps the conversion inside the integers.
    for (int i = 0; i < batch; ++i)
      at[i] = u64(position += std::int64_t(min(gaps[i] * scale, double(row.count))) + 1);
    return keep(at, out);
  }

  /// Those inside the row that are not skipped.
  int keep(const u64 (&at)[batch], std::uint32_t (&out)[batch]) const {
    int n = 0;
    for (u64 a : at)
      if (a < row.count && a != row.skip)
        out[n++] = std::uint32_t(a);
    return n;
  }

  /// Gaps up to 23 times this are exact enough in f32: from p = 1/4096 on.
  static constexpr double narrow = 4096;

  Row row;
  double scale; ///< -1/log(1 - p): what turns an exponential number into a geometric gap
  std::int64_t position;
  u64 block = 0;
};

namespace detail {
/// k uniform numbers of [0, n), ascending, repeats kept, appended to `out`. Order statistics without sorting: the remaining
/// range shrinks by u^(1/m) when m numbers are left (Bentley and Saxe, ACM TOMS 6, 1980).
inline void sortedUniforms(const Row &row, u32 round, u64 n, u64 k, std::vector<std::uint32_t> &out) {
  using D = Vec<double, 4>;
  double sum = 0;
  u64 last = 0, start = out.size();
  out.resize(start + k);
  std::uint32_t *to = out.data() + start;
  for (u64 i = 0; i < k; i += rowBatch) {
    alignas(32) double s[rowBatch];
    exponentials(row, round, i / rowBatch, s);
    // The numbers behind the k-th divide by 1 and are not used.
    for (int j = 0; j < rowBatch; j += 4) {
      D e = *reinterpret_cast<D *>(s + j), left = splat<D>(double(k - i) - j) - laneIndex<D>();
      *reinterpret_cast<D *>(s + j) = e / max(left, splat<D>(1));
    }
    for (double &v : s)
      v = sum += v;
    for (int j = 0; j < rowBatch; j += 4)
      *reinterpret_cast<D *>(s + j) = -expm1(-*reinterpret_cast<D *>(s + j)) * splat<D>(double(n));
    u64 here = std::min<u64>(rowBatch, k - i);
    for (u64 j = 0; j < here; ++j) {
      last = std::max(last, std::min(u64(std::int64_t(s[j])), n - 1));
      to[i + j] = std::uint32_t(last);
    }
  }
}

/// Indices of the candidates without `skip` become indices of all.
inline void stepOver(u64 skip, std::uint32_t *first, std::uint32_t *last) {
  for (; first != last; ++first)
    *first += *first >= skip;
}

/// k distinct numbers of [0, n), ascending, k <= n/2. Repeats are dropped and drawn anew until none is missing: every k-subset
/// is as likely as every other, because no step tells one candidate from another.
inline void sparseSubset(const Row &row, u64 n, u64 k, std::vector<std::uint32_t> &out) {
  std::vector<std::uint32_t> merged;
  for (u32 round = 1; out.size() < k; ++round) {
    u64 have = out.size();
    sortedUniforms(row, round, n, k - have, out);
    if (have) {
      merged.resize(out.size());
      std::merge(out.begin(), out.begin() + have, out.begin() + have, out.end(), merged.begin());
      out.swap(merged);
    }
    out.erase(std::unique(out.begin(), out.end()), out.end());
  }
}
} // namespace detail

/// k targets drawn with replacement, ascending; a target that was drawn twice stands twice. Empty where there is no candidate.
inline void multapses(const Row &row, u64 k, std::vector<std::uint32_t> &out) {
  out.clear();
  u64 n = row.count - (row.skip < row.count);
  if (n == 0)
    return;
  out.reserve(k);
  detail::sortedUniforms(row, 0, n, k, out);
  detail::stepOver(row.skip, out.data(), out.data() + out.size());
}

/// k different targets, ascending; false, and no target, where there are fewer than k candidates.
[[nodiscard]] inline bool distinctTargets(const Row &row, u64 k, std::vector<std::uint32_t> &out) {
  out.clear();
  u64 n = row.count - (row.skip < row.count);
  if (k > n)
    return false;
  out.reserve(k);
  if (k <= n / 2) {
    detail::sparseSubset(row, n, k, out);
  } else {
    // The ones left out are the smaller set.
    std::vector<std::uint32_t> absent;
    detail::sparseSubset(row, n, n - k, absent);
    auto next = absent.begin();
    for (u64 i = 0; i < n; ++i)
      if (next != absent.end() && *next == i)
        ++next;
      else
        out.push_back(std::uint32_t(i));
  }
  detail::stepOver(row.skip, out.data(), out.data() + out.size());
  return true;
}

} // namespace bdc::kernels
