/// Subsets of fixed size, drawn natively when a network is built: the targets of one source (fixed out-degree), ascending, or the sources of one
/// target (fixed in-degree), in any order. As with rows.h, a subset depends on its key and element alone.
///
/// Counter = (block, element), a Philox block giving four uniform integers; subsets in order take the exponential numbers of rows.h, of a round
/// of their own.
#pragma once

#include "rows.h"
#include <vector>

namespace bdc::kernels {

namespace detail {
/// Indices of the candidates without `skip` become indices of all.
BDC_KERNEL void stepOver(u64 skip, std::uint32_t *first, std::uint32_t *last) {
  const auto from = std::uint32_t(std::min<u64>(skip, ~std::uint32_t(0))); // no index is as large
  for (; first != last; ++first)
    *first += *first >= from;
}

/// One step of a bitonic sort (Batcher 1968): lanes of distance `Apart` are put in order, in runs of `Run` lanes up and down by turns.
template <int Run, int Apart, class V, int... I> BDC_KERNEL V sortStep(V v, Sequence<int, I...>) {
  const V other = __builtin_shufflevector(v, v, (I ^ Apart)...);
  const IntOf<Like<float, V>> takesLess = {(((I & Run) == 0) == ((I & Apart) == 0) ? -1 : 0)...};
  return select(takesLess, __builtin_elementwise_min(v, other), __builtin_elementwise_max(v, other));
}
/// The lane before each; before the first, 2^32 - 1.
template <class V, int... I> BDC_KERNEL V lanesUp(V v, Sequence<int, I...>) {
  return __builtin_shufflevector(v, ~V(0), (I == 0 ? int(sizeof...(I)) : I - 1)...);
}
template <class V> BDC_KERNEL V lanesUp(V v) { return lanesUp(v, UpTo<sizeof(V) / sizeof(u32)>()); }

/// Where a lane equals another one, in one of the two.
template <int Apart = 1, class V, int... I> BDC_KERNEL V equalLanes(V v, Sequence<int, I...> lanes) {
  const V equal = bits<V>(v == __builtin_shufflevector(v, v, ((I + Apart) % int(sizeof...(I)))...));
  if constexpr (Apart < int(sizeof...(I)) / 2)
    return equal | equalLanes<Apart + 1>(v, lanes);
  else
    return equal;
}
template <class V> BDC_KERNEL V equalLanes(V v) { return equalLanes(v, UpTo<sizeof(V) / sizeof(u32)>()); }

template <int Run = 2, int Apart = Run / 2, class V> BDC_KERNEL V sorted(V v) {
  v = sortStep<Run, Apart>(v, UpTo<sizeof(V) / sizeof(u32)>());
  if constexpr (Apart > 1)
    return sorted<Run, Apart / 2>(v);
  else if constexpr (Run < sizeof(V) / sizeof(u32))
    return sorted<2 * Run>(v);
  else
    return v;
}
} // namespace detail

/// Draws subsets: the first k different numbers of a sequence of uniform ones, by Lemire's exact method ("Fast random integer
/// generation in an interval", 2019) from the words of blocks 0, 1, … Where k > n/2 those left out are drawn. What is wanted in order is made in
/// order where it is more than a few of which hardly any coincide; the numbers that are lacking then are drawn. One per thread.
class SubsetDrawer {
public:
  /// What is written behind the last index.
  static constexpr u64 room = 64;

  /// The indices of k <= row.candidates() different targets, ascending; `out` has room for k + `room`.
  BDC_KERNEL void ascending(const Row &row, u64 k, std::uint32_t *out) {
    const u64 n = row.candidates();
    if (fewAtOnce<true>(row, n, k, out))
      return;
    if (areSpread(n, k) && spaced(row, n, k, out)) {
      // in their order already
    } else if (k <= n / 128) {
      mark<true>(row, n, k);
      k <= n / 4096 ? extract<true>(n, out) : extract<false>(n, out);
    } else if (k <= n / 2) {
      mark<false>(row, n, k);
      k <= n / 32 ? extractDense<4>(n, out) : extractDense<8>(n, out);
    } else {
      return most(row, n, k, out);
    }
    detail::stepOver(row.skip, out, out + k);
  }

  /// Such targets in any order, which is cheaper; `out` has room for k + `room`.
  BDC_KERNEL void unordered(const Row &row, u64 k, std::uint32_t *out) {
    const u64 n = row.candidates();
    if (k > n / 2)
      return most(row, n, k, out);
    if (n > cached)
      return ascending(row, k, out);
    if (!fewAtOnce<false>(row, n, k, out)) {
      take(row, n, k, out);
      detail::stepOver(row.skip, out, out + k);
    }
  }

private:
  using U = Vec<u64, 8>;
  static constexpr int batch = 4 * width<U>;

  /// More than a few numbers, of which not more than some coincide where they are drawn independently; and so few to choose from that 31 bits
  /// tell them apart.
  static bool areSpread(u64 n, u64 k) { return k > few && k <= n / 4 && k * k <= 64 * n && n <= u64(1) << 24; }

  /// Independent numbers in their order: the sums of exponential ones, divided by the sum of one more of them, are what k uniform numbers are when
  /// sorted (Devroye, "Non-Uniform Random Variate Generation", 1986, V.2.1). Those that are not the first of their kind give way to others.
  /// False, less than once in 10^15 rows, where the sums do not fit 31 bits.
  BDC_KERNEL bool spaced(const Row &row, u64 n, u64 k, std::uint32_t *out) {
    if (sums.size() < k + 1 + detail::rowBatch)
      sums.resize(k + 1 + detail::rowBatch);
    addUp(row, k);
    const std::uint32_t total = sums[k];
    if (total >> 31)
      return false;
    using D = Vec<double, 8>;
    using I = Vec<std::uint32_t, 8>;
    const D factor = splat<D>(double(n) / double(total));
    I before = I(~std::uint32_t(0)), twice = I(0);
    u64 i = 0;
    for (; i < k; i += width<D>) {
      I sum;
      __builtin_memcpy(&sum, sums.data() + i, sizeof sum);
      // The last sum may be all of them, where the number that is one more is nothing.
      const auto place = convert<IntOf<Like<float, D>>>(convert<D>(bits<IntOf<Like<float, D>>>(sum)) * factor);
      const I number = __builtin_elementwise_min(bits<I>(place), I(u32(n - 1)));
      const I previous = __builtin_shufflevector(before, number, 7, 8, 9, 10, 11, 12, 13, 14);
      twice |= bits<I>(number == previous) & bits<I>(laneIndex<I>() < I(std::uint32_t(k - i)));
      __builtin_memcpy(out + i, &number, sizeof number);
      before = number;
    }
    if (__builtin_reduce_or(twice))
      makeDifferent(row, n, k, out);
    return true;
  }

  /// The sums of the first, of the first two, … of k + 1 exponential numbers, in units of which `k` hardly ever make more than 2^31.
  BDC_KERNEL void addUp(const Row &row, u64 k) {
    using namespace detail;
    const RowFloats scale = splat<RowFloats>(float(0x1p31 / (double(k) + 8 * __builtin_sqrt(double(k)) + 40)));
    RowWords sum = RowWords(0);
    u64 done = 0, block = 0;
    const auto add = [&](const auto &numbers) __attribute__((always_inline)) {
      for (const RowFloats number : numbers) {
        sum = lastOf(sum) + prefixSum(bits<RowWords>(convert<IntOf<RowFloats>>(number * scale)));
        __builtin_memcpy(sums.data() + done, &sum, sizeof sum);
        done += rowLanes;
      }
    };
    for (; done + rowBatch / 2 <= k; ++block) {
      RowFloats numbers[rowBatch / rowLanes];
      exponentialFloats<rowBatch>(row, spacings, block, numbers);
      add(numbers);
    }
    if (done <= k) {
      RowFloats numbers[rowBatch / 2 / rowLanes];
      exponentialFloats<rowBatch / 2>(row, spacings, 2 * block, numbers);
      add(numbers);
    }
  }
  static constexpr u32 spacings = 1; ///< the round of these numbers, apart from whole ones

  /// k numbers of [0, n), ascending, some of them equal: puts others in the place of those.
  BDC_KERNEL static void makeDifferent(const Row &row, u64 n, u64 k, std::uint32_t *out) {
    u64 count = 1;
    std::uint32_t before = out[0];
    for (u64 i = 1; i < k; ++i) {
      const std::uint32_t x = out[i];
      out[count] = x;
      count += x != before;
      before = x;
    }
    for (u64 block = 0; count < k; block += width<U>) {
      std::uint32_t drawn[batch];
      const int valid = uniformIntegers(row, n, rejected(n), block, drawn);
      for (int i = 0; i < valid && count < k; ++i) {
        std::uint32_t *at = out + (lowerBound(out, out + count, drawn[i]) - out);
        if (at != out + count && *at == drawn[i])
          continue;
        __builtin_memmove(at + 1, at, u64(out + count - at) * sizeof *at);
        *at = drawn[i];
        ++count;
      }
    }
  }

  /// More than half of the numbers, ascending: those that are left out are drawn.
  BDC_KERNEL void most(const Row &row, u64 n, u64 k, std::uint32_t *out) {
    mark<false>(row, n, n - k);
    extractOthers(n, out);
    detail::stepOver(row.skip, out, out + k);
  }

  /// A few numbers among many, which the first batch gives and which fit a vector. False where that fails, as with one that is drawn twice.
  template <bool Ascending> BDC_KERNEL static bool fewAtOnce(const Row &row, u64 n, u64 k, std::uint32_t *out) {
    using I = Vec<u32, few>;
    if (k > few || k > n / few)
      return false;
    std::uint32_t drawn[batch];
    if (uniformIntegers(row, n, rejected(n), 0, drawn) < int(few))
      return false;
    I numbers;
    __builtin_memcpy(&numbers, drawn, sizeof numbers);
    const I isThere = bits<I>(laneIndex<I>() < I(u32(k)));
    I isTwice;
    if constexpr (Ascending) {
      numbers = detail::sorted(I(numbers | ~isThere)); // those behind the k-th come last
      isTwice = bits<I>(numbers == detail::lanesUp(numbers)) & isThere;
    } else {
      numbers = select(isThere, numbers, I(~laneIndex<I>())); // each of those behind the k-th another one
      isTwice = detail::equalLanes(numbers);
    }
    if (__builtin_reduce_or(isTwice))
      return false;
    numbers -= bits<I>(numbers >= I(u32(std::min<u64>(row.skip, ~u32(0)))));
    __builtin_memcpy(out, &numbers, sizeof numbers);
    return true;
  }
  static constexpr u64 few = 16;
  static constexpr u64 cached = u64(1) << 18; ///< bytes that the second-level cache holds

  static u64 rejected(u64 n) { return n == 0 ? 0 : (u64(1) << 32) % n; }

  /// The first k different numbers in the order they are drawn. What was drawn last time when a number was seen tells one that is drawn twice.
  BDC_KERNEL void take(const Row &row, u64 n, u64 k, std::uint32_t *out) {
    if (seen.size() < n || ++turn == 0) {
      seen.assign(std::max<u64>(n, seen.size()), 0);
      turn = 1;
    }
    u64 block = 0;
    for (u64 found = 0; found < k;) {
      const u64 count = draw(row, n, k - found, block);
      found = takeNew(count, k, found, out);
    }
  }

  /// Appends those of the drawn numbers that were not seen in this turn, until there are k; how many there are then.
  BDC_KERNEL u64 takeNew(u64 count, u64 k, u64 found, std::uint32_t *out) {
    const std::uint32_t *numbers = drawn.data();
    unsigned char *last = seen.data();
    const unsigned char now = turn; // bytes that are written might be any member
    for (u64 i = 0; i < count && found < k;)
      for (const u64 end = std::min(count, i + k - found); i < end; ++i) {
        const std::uint32_t x = numbers[i];
        out[found] = x;
        found += last[x] != now;
        last[x] = now;
      }
    return found;
  }

  /// Draws at least so many uniform integers from `block` on, and says how many: all before the first is looked at, since their chains are long and
  /// do not wait for each other.
  BDC_KERNEL u64 draw(const Row &row, u64 n, u64 wanted, u64 &block) {
    if (drawn.size() < wanted + batch)
      drawn.resize(wanted + batch);
    const u64 reject = rejected(n);
    u64 count = 0;
    for (; count < wanted; block += width<U>)
      count += u64(uniformIntegers(row, n, reject, block, drawn.data() + count));
    return count;
  }

  /// Sets the marks of the first k different numbers and, for `Sparse` ones, marks the words they are in.
  template <bool Sparse> BDC_KERNEL void mark(const Row &row, u64 n, u64 k) {
    if (marks.size() < n / 64 + 1) {
      marks.assign(n / 64 + 1, 0);
      words.assign(n / 4096 + 1, 0);
      present.resize(marks.size() + 8);
    }
    u64 block = 0;
    for (u64 found = 0; found < k;) {
      const u64 count = draw(row, n, k - found, block);
      for (u64 i = 0; i < count && found < k; ++i) {
        const std::uint32_t x = drawn[i];
        u64 &word = marks[x / 64];
        const u64 bit = u64(1) << x % 64;
        if (word & bit)
          continue;
        word |= bit;
        if constexpr (Sparse)
          words[x / 4096] |= u64(1) << x / 64 % 64;
        ++found;
      }
    }
  }

  /// How many of the batch are uniform in [0, n); nearly always all of them.
  BDC_KERNEL static int uniformIntegers(const Row &row, u64 n, u64 reject, u64 block, std::uint32_t *out) {
    using I = Vec<std::uint32_t, 8>;
    const auto drawn = drawWords(row.key, U(block) + laneIndex<U>(), row.element, 0);
    I low[4], rejected = I(0);
    for (int i = 0; i < 4; ++i) {
      const U product = drawn.w[i] * U(n & 0xffffffff); // as 32 bits, the multiplication is one instruction
      low[i] = __builtin_convertvector(product, I);
      rejected |= bits<I>(low[i] < I(std::uint32_t(reject)));
      const I high = __builtin_convertvector(product >> 32, I);
      __builtin_memcpy(out + 8 * i, &high, sizeof high);
    }
    if (!__builtin_reduce_or(rejected))
      return batch;
    int valid = 0;
    for (int i = 0; i < batch; ++i)
      if (low[i / 8][i % 8] >= reject)
        out[valid++] = out[i];
    return valid;
  }

  /// Writes the positions of the bits of `word`, `base` higher, and returns the end. `Step` at a time, whether they are there or not: a loop
  /// over as many as there are would be left at another place every time, which processors guess wrong.
  template <int Step> BDC_KERNEL static std::uint32_t *positions(u64 word, u64 base, std::uint32_t *out) {
    const int count = __builtin_popcountll(word);
    int i = 0;
    do
      for (int j = 0; j < Step; ++j, word &= word - 1)
        out[i + j] = std::uint32_t(base + (word ? u64(__builtin_ctzll(word)) : 64));
    while ((i += Step) < count);
    return out + count;
  }

  /// The marked numbers, ascending; takes the marks away. `Few`: most parts have none.
  template <bool Few> BDC_KERNEL void extract(u64 n, std::uint32_t *out) {
    std::uint32_t *end = present.data();
    for (u64 i = 0; i <= n / 4096; ++i) {
      if (Few && !words[i])
        continue;
      end = positions<8>(words[i], i * 64, end);
      words[i] = 0;
    }
    for (const std::uint32_t *at = present.data(); at < end; ++at) {
      out = positions<2>(marks[*at], *at * u64(64), out);
      marks[*at] = 0;
    }
  }

  /// The same where most words have marks.
  template <int Step> BDC_KERNEL void extractDense(u64 n, std::uint32_t *out) {
    for (u64 at = 0; at * 64 < n; ++at) {
      out = positions<Step>(marks[at], at * 64, out);
      marks[at] = 0;
    }
  }

  /// Those below n that are not marked.
  BDC_KERNEL void extractOthers(u64 n, std::uint32_t *out) {
    for (u64 at = 0; at * 64 < n; ++at) {
      const u64 left = n - at * 64;
      for (u64 rest = ~marks[at] & (left < 64 ? (u64(1) << left) - 1 : ~u64(0)); rest; rest &= rest - 1)
        *out++ = std::uint32_t(at * 64 + u64(__builtin_ctzll(rest)));
      marks[at] = 0;
    }
  }

  std::vector<u64> marks, words; ///< a bit per number; a bit per word of `marks`; zero between calls
  std::vector<std::uint32_t> present, sums, drawn;
  std::vector<unsigned char> seen; ///< per number: the turn in which it was drawn last
  unsigned char turn = 0;
};

} // namespace bdc::kernels
