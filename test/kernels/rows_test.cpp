// Rows of random connections: ascending, repeatable, with the degrees and the uniformity that probability theory says.
#include "kernels/subsets.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace bdc::kernels;

namespace {
constexpr u64 rowKey = key(5, nameHash("test.rows"));
using Targets = std::vector<std::uint32_t>;

Targets bernoulli(Row row, double p) {
  Targets all;
  BernoulliRow r(row, p);
  std::uint32_t block[BernoulliRow::batch];
  while (int n = r.next(block))
    all.insert(all.end(), block, block + n);
  return all;
}

bool strictlyAscending(const Targets &t) {
  return std::adjacent_find(t.begin(), t.end(), std::greater_equal<>()) == t.end();
}

/// Chi-squared of counts that should all be `expected`, in standard deviations from its mean.
double unevenness(const std::vector<double> &counts, double expected, double variance) {
  double chi = 0, n = double(counts.size());
  for (double c : counts)
    chi += (c - expected) * (c - expected) / variance;
  return (chi - n) / std::sqrt(2 * n);
}

TEST(Rows, bernoulliDegreesAndUniformity) {
  for (double p : {0.5, 0.02, 0.0004, 0.0001}) {
    constexpr u64 n = 5000;
    constexpr int rows = 4000;
    double sum = 0, squares = 0;
    std::vector<double> hits(n), gapOne(1);
    for (u64 source = 0; source < rows; ++source) {
      Targets t = bernoulli({rowKey, source, n}, p);
      ASSERT_TRUE(strictlyAscending(t) && (t.empty() || t.back() < n));
      sum += double(t.size());
      squares += double(t.size()) * double(t.size());
      for (auto i : t)
        ++hits[i];
    }
    double mean = sum / rows, variance = squares / rows - mean * mean, exact = n * p * (1 - p);
    EXPECT_NEAR(mean, n * p, 4 * std::sqrt(exact / rows)) << p;
    EXPECT_NEAR(variance, exact, 4 * exact * std::sqrt(2.0 / rows)) << p;
    EXPECT_LT(std::fabs(unevenness(hits, rows * p, rows * p * (1 - p))), 4) << p;
  }
}

TEST(Rows, bernoulliPairsAreIndependent) {
  // Neighbouring targets occur together with probability p^2.
  double together = 0, p = 0.3;
  constexpr u64 n = 1000;
  constexpr int rows = 2000;
  for (u64 source = 0; source < rows; ++source) {
    Targets t = bernoulli({rowKey, source, n}, p);
    for (std::size_t i = 0; i + 1 < t.size(); ++i)
      together += t[i + 1] == t[i] + 1;
  }
  double expected = rows * (n - 1) * p * p;
  EXPECT_NEAR(together, expected, 5 * std::sqrt(expected));
}

TEST(Rows, bernoulliGapsAreGeometric) {
  for (double p : {0.2, 0.0005, 0.0001, 0.00005}) { // both forms of the generator
    Targets t = bernoulli({rowKey, 77, u64(100000 / p)}, p);
    double worst = 0;
    std::vector<double> gaps;
    for (std::size_t i = 1; i < t.size(); ++i)
      gaps.push_back(t[i] - t[i - 1] - 1);
    std::sort(gaps.begin(), gaps.end());
    for (std::size_t i = 0; i + 1 < gaps.size(); ++i)
      if (gaps[i] != gaps[i + 1])
        worst = std::max(worst, std::fabs(double(i + 1) / double(gaps.size()) - (-std::expm1(std::log1p(-p) * (gaps[i] + 1)))));
    EXPECT_LT(worst * std::sqrt(double(gaps.size())), 1.95) << p;
  }
}

TEST(Rows, bernoulliEdges) {
  EXPECT_TRUE(bernoulli({rowKey, 3, 1000}, 0).empty());
  EXPECT_EQ(bernoulli({rowKey, 3, 1000}, 1).size(), 1000u);
  EXPECT_TRUE(bernoulli({rowKey, 3, 0}, 0.5).empty());
  EXPECT_TRUE(bernoulli({rowKey, 3, 4000000000u}, 1e-300).empty());
  // Positions next to 2^32 do not wrap.
  Targets wide = bernoulli({rowKey, 3, 4294967295u}, 0.0005);
  EXPECT_TRUE(strictlyAscending(wide));
  EXPECT_NEAR(double(wide.size()), 4294967295.0 * 0.0005, 4 * std::sqrt(4294967295.0 * 0.0005));
  EXPECT_NE(bernoulli({rowKey, 1, 1000}, 0.5), bernoulli({rowKey, 2, 1000}, 0.5));
  EXPECT_EQ(bernoulli({rowKey, 1, 1000}, 0.5), bernoulli({rowKey, 1, 1000}, 0.5));
}

Targets ascendingOf(SubsetDrawer &drawer, const Row &row, u64 k) {
  Targets t(k + SubsetDrawer::room);
  drawer.ascending(row, k, t.data());
  t.resize(k);
  return t;
}

TEST(Rows, subsetsOfRowsAreUniform) {
  constexpr u64 n = 100;
  constexpr int rows = 20000;
  for (u64 k : {1, 7, 50, 51, 95, 100}) {
    std::vector<double> hits(n);
    double neighbours = 0;
    SubsetDrawer drawer;
    for (u64 source = 0; source < rows; ++source) {
      Targets t = ascendingOf(drawer, {rowKey, source, n}, k);
      ASSERT_EQ(t.size(), k);
      ASSERT_TRUE(strictlyAscending(t) && t.back() < n);
      for (auto i : t)
        ++hits[i];
      for (std::size_t i = 0; i + 1 < t.size(); ++i)
        neighbours += t[i + 1] == t[i] + 1;
    }
    double p = double(k) / n, each = rows * p;
    if (k < n) {
      EXPECT_LT(std::fabs(unevenness(hits, each, each * (1 - p) * n / (n - 1))), 4) << k;
    }
    double pairs = rows * (n - 1) * p * double(k - 1) / (n - 1);
    EXPECT_NEAR(neighbours, pairs, 5 * std::sqrt(pairs) + 1e-9) << k;
  }
}

/// In the order that they are drawn, then sorted.
Targets sortedOf(SubsetDrawer &drawer, const Row &row, u64 k) {
  Targets t(k + SubsetDrawer::room);
  drawer.unordered(row, k, t.data());
  t.resize(k);
  std::sort(t.begin(), t.end());
  return t;
}

// How numbers are found depends on how many of how many there are; one drawer does it all, one after the other.
TEST(Rows, subsetsAreDifferentOnEverySideOfEveryChoice) {
  SubsetDrawer drawer;
  for (u64 n : {70000, 4097, 4096, 127, 1})
    for (u64 k : {u64(0), u64(1), u64(16), u64(17), n / 4096, n / 128, n / 128 + 1, n / 32, n / 32 + 1, u64(8 * std::sqrt(double(n))),
                  u64(8 * std::sqrt(double(n))) + 1, n / 4, n / 4 + 1, n / 2, n / 2 + 1})
      for (u64 source = 0; k <= n && source < 20; ++source)
        for (const Targets &t : {ascendingOf(drawer, {rowKey, source, n}, k), sortedOf(drawer, {rowKey, source, n}, k)})
          ASSERT_TRUE(strictlyAscending(t) && (k == 0 || t.back() < n)) << k << " of " << n;
}

// A few are sorted, or compared, as one vector, others are marked: all take them from the beginning of the same sequence.
TEST(Rows, smallerSubsetsAreInLargerOnes) {
  SubsetDrawer drawer;
  for (u64 n : {200, 5000})
    for (u64 source = 0; source < 200; ++source) {
      const Row row{rowKey, source, n, source};
      const Targets most = sortedOf(drawer, row, 17);
      for (u64 k = 1; k <= 16; ++k) {
        const Targets some = ascendingOf(drawer, row, k);
        ASSERT_TRUE(strictlyAscending(some) && std::includes(most.begin(), most.end(), some.begin(), some.end())) << k << " of " << n;
        ASSERT_EQ(some, sortedOf(drawer, row, k)) << k << " of " << n;
      }
    }
}

/// Each of the n, each pair of neighbours and each pair that is seven apart is there as often as it should be.
template <class Draw> void expectUniform(u64 n, u64 k, Draw draw) {
  constexpr int rows = 20000;
  std::vector<double> hits(n);
  double neighbours = 0, sevenApart = 0;
  SubsetDrawer drawer;
  for (u64 source = 0; source < rows; ++source) {
    const Targets t = draw(drawer, Row{rowKey, source, n + 1, source % (n + 1)}, k);
    ASSERT_TRUE(strictlyAscending(t) && t.back() <= n && !std::binary_search(t.begin(), t.end(), source % (n + 1)));
    std::vector<char> there(n);
    for (auto i : t)
      there[i - (i > source % (n + 1))] = 1;
    for (u64 i = 0; i < n; ++i) {
      hits[i] += there[i];
      neighbours += i + 1 < n && there[i] && there[i + 1];
      sevenApart += i + 7 < n && there[i] && there[i + 7];
    }
  }
  const double p = double(k) / double(n), each = rows * p, pair = p * double(k - 1) / double(n - 1);
  EXPECT_LT(std::fabs(unevenness(hits, each, each * (1 - p) * double(n) / double(n - 1))), 4) << k << " of " << n;
  EXPECT_NEAR(neighbours, rows * double(n - 1) * pair, 5 * std::sqrt(rows * double(n - 1) * pair));
  EXPECT_NEAR(sevenApart, rows * double(n - 7) * pair, 5 * std::sqrt(rows * double(n - 7) * pair));
}

// Made in their order: where many coincide, and where hardly any do.
TEST(Rows, spreadSubsetsAreUniform) {
  expectUniform(320, 80, ascendingOf);
  expectUniform(1500, 47, ascendingOf);
}

// In this row, found among two million, the last of 18 exponential numbers is less than a unit of their sum.
TEST(Rows, spreadSubsetsEndBeforeTheEnd) {
  SubsetDrawer drawer;
  const Targets t = ascendingOf(drawer, {rowKey, 1853698, 300}, 17);
  EXPECT_TRUE(strictlyAscending(t));
  EXPECT_EQ(t.back(), 299u);
}

TEST(Rows, subsetsInAnyOrderAreUniform) {
  expectUniform(320, 80, sortedOf);
  expectUniform(1500, 47, sortedOf);
}

TEST(Rows, subsetsOfAllAndOfNone) {
  SubsetDrawer drawer;
  EXPECT_EQ(ascendingOf(drawer, {rowKey, 1, 10, 1}, 9), (Targets{0, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_TRUE(ascendingOf(drawer, {rowKey, 1, 10}, 0).empty());
}
} // namespace
