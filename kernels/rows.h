/// Rows of random connections, drawn natively when a network is built: the targets of one source (Bernoulli, fixed out-degree)
/// or the sources of one target (fixed in-degree), ascending. A row depends on its key and element alone, so that any thread
/// may draw it, and draw it again.
///
/// Blocks of eight 53-bit uniform numbers: counter = (element, block, round), each Philox block giving two.
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
/// -log of eight uniform numbers in (0, 1]: exponential numbers, `out[i]` being number 8 block + i of the row.
inline void exponentialBlock(const Row &row, u32 round, u64 block, double out[8]) {
  using U = Vec<u64, 4>;
  using D = Vec<double, 4>;
  using D8 = Vec<double, 8>;
  U step = U(block * 4) + laneIndex<U>();
  U high = (step >> 32 & U(0xffff)) | U(u64(round) << 16);
  auto r = philox(Words<U>{{U(row.element), U(row.element >> 32), step, high}}, row.key);
  LaneWords<D> words{{r.w[0], r.w[1], r.w[2], r.w[3]}};
  D a = logUnit(positiveUnit(words, 0)), b = logUnit(positiveUnit(words, 2));
  D8 both = -__builtin_shufflevector(a, b, 0, 4, 1, 5, 2, 6, 3, 7);
  __builtin_memcpy(out, &both, sizeof both);
}
} // namespace detail

/// Every candidate with probability p, by geometric gaps. `while ((n = row.next(block)))` gives up to 8 targets at a time.
class BernoulliRow {
public:
  BernoulliRow(const Row &row, double p)
      : row(row), scale(p >= 1 ? 0 : -1 / log1p(-p)), position(p > 0 ? -1 : std::int64_t(row.count)) {}

  /// The next targets, ascending over all calls; 0 at the end of the row.
  int next(std::uint32_t out[8]) {
    int n = 0;
    // A block may hold nothing but the skipped element.
    while (n == 0 && position < std::int64_t(row.count)) {
      alignas(64) double gap[8];
      detail::exponentialBlock(row, 0, block++, gap);
      std::int64_t at[8];
      // A gap beyond the row ends it; the cut keeps the conversion inside the integers.
      for (int i = 0; i < 8; ++i)
        at[i] = std::int64_t(min(gap[i] * scale, double(row.count)));
      for (int i = 0; i < 8; ++i) {
        position += at[i] + 1;
        out[n] = std::uint32_t(position);
        n += position < std::int64_t(row.count) && u64(position) != row.skip;
      }
    }
    return n;
  }

private:
  Row row;
  double scale; ///< -1/log(1 - p): what turns an exponential number into a geometric gap
  std::int64_t position;
  u64 block = 0;
};

namespace detail {
/// k uniform numbers of [0, n), ascending, repeats kept, appended to `out`. Order statistics without sorting: the remaining
/// range shrinks by u^(1/m) when m numbers are left (Bentley and Saxe, ACM TOMS 6, 1980).
inline void sortedUniforms(const Row &row, u32 round, u64 n, u64 k, std::vector<std::uint32_t> &out) {
  using D = Vec<double, 8>;
  double sum = 0;
  std::uint32_t last = 0;
  for (u64 i = 0; i < k; i += 8) {
    alignas(64) double e[8];
    exponentialBlock(row, round, i / 8, e);
    u64 here = std::min<u64>(8, k - i);
    for (u64 j = 0; j < here; ++j) {
      sum += e[j] / double(k - i - j);
      e[j] = sum;
    }
    D s;
    __builtin_memcpy(&s, e, sizeof s);
    D x = -expm1(-s) * splat<D>(double(n));
    for (u64 j = 0; j < here; ++j) {
      auto index = std::uint32_t(std::min<u64>(u64(x[j]), n - 1));
      last = std::max(last, index);
      out.push_back(last);
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
