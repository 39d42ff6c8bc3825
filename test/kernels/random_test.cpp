// Philox against Random123's known answers; moments and Kolmogorov-Smirnov distances of the distributions with fixed seeds.
#include "kernels/distributions.h"
#include "kernels/edge_random.h"
#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <vector>

using namespace bdc::kernels;

namespace {
constexpr u64 testKey = key(2024, nameHash("test.random"));

struct Known {
  u32 counter[4], key[2], answer[4];
};

TEST(Philox, knownAnswers) {
  // philox4x32 10 in kat_vectors of the Random123 distribution (D. E. Shaw Research).
  const Known known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
  for (const Known &k : known) {
    auto out = philox(Words<u64>{{k.counter[0], k.counter[1], k.counter[2], k.counter[3]}}, k.key[0] | u64(k.key[1]) << 32);
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(out.w[i], k.answer[i]);
  }
}

TEST(Philox, counterPlaces) {
  u64 element = 0x0123456789abcdef, step = 0x0000fedcba987654;
  auto out = drawWords(testKey, element, step, 0x1357);
  auto expected = philox(Words<u64>{{0x89abcdef, 0x01234567, 0xba987654, 0x1357fedc}}, testKey);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(out.w[i], expected.w[i]);
}

TEST(Philox, keysDifferInHalfTheirBits) {
  static_assert(key(1, nameHash("a")) != key(1, nameHash("b")) && key(1, nameHash("a")) != key(2, nameHash("a")));
  static_assert(nameHash("") == 0xcbf29ce484222325 && nameHash("a") == 0xaf63dc4c8601ec8c); // FNV's published values
  double flips = 0;
  for (u64 seed = 0; seed < 1000; ++seed)
    flips += __builtin_popcountll(key(seed, nameHash("drive")) ^ key(seed + 1, nameHash("drive")));
  EXPECT_NEAR(flips / 1000, 32, 0.5); // standard error 4/sqrt(1000)
}

/// Draws of n elements.
template <class T, int w = 8, class F> std::vector<double> sample(int n, F f) {
  std::vector<double> x;
  for (int i = 0; i < n; i += w) {
    Vec<T, w> v = f.template operator()<Vec<T, w>>(u64(i));
    for (int k = 0; k < w; ++k)
      x.push_back(v[k]);
  }
  return x;
}

/// sqrt(n) times the Kolmogorov-Smirnov distance; above 1.95 with probability 0.001.
double distance(std::vector<double> x, const std::function<double(double)> &cdf) {
  std::sort(x.begin(), x.end());
  double d = 0, n = double(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    d = std::max({d, std::fabs(cdf(x[i]) - double(i) / n), std::fabs(cdf(x[i]) - double(i + 1) / n)});
  return d * std::sqrt(n);
}

struct Moments {
  double mean = 0, variance = 0, skew = 0;
};
Moments moments(const std::vector<double> &x) {
  Moments m;
  for (double v : x)
    m.mean += v / double(x.size());
  for (double v : x) {
    double d = v - m.mean;
    m.variance += d * d / double(x.size());
    m.skew += d * d * d / double(x.size());
  }
  m.skew /= std::pow(m.variance, 1.5);
  return m;
}

constexpr int count = 1 << 18;

template <class T> struct Distribution : testing::Test {};
using Formats = testing::Types<float, double>;
TYPED_TEST_SUITE(Distribution, Formats);

TYPED_TEST(Distribution, uniform) {
  auto x = sample<TypeParam>(count, []<class V>(u64 i) { return uniform<V>(testKey, i, 7, 1); });
  EXPECT_GE(*std::min_element(x.begin(), x.end()), 0.0);
  EXPECT_LT(*std::max_element(x.begin(), x.end()), 1.0);
  EXPECT_LT(distance(x, [](double v) { return v; }), 1.95);
}

TYPED_TEST(Distribution, normal) {
  auto x = sample<TypeParam>(count, []<class V>(u64 i) { return normal<V>(testKey, i, 8, 1); });
  EXPECT_LT(distance(x, [](double v) { return 0.5 * std::erfc(-v / std::sqrt(2.0)); }), 1.95);
  auto m = moments(x);
  EXPECT_NEAR(m.mean, 0, 4 / std::sqrt(count));
  EXPECT_NEAR(m.variance, 1, 4 * std::sqrt(2.0 / count));
  EXPECT_NEAR(m.skew, 0, 4 * std::sqrt(6.0 / count));
  double beyond3 = double(std::count_if(x.begin(), x.end(), [](double v) { return std::fabs(v) > 3; }));
  EXPECT_NEAR(beyond3, 0.0026998 * count, 4 * std::sqrt(0.0027 * count));
}

TYPED_TEST(Distribution, neighboursAndStepsAreIndependent) {
  auto x = sample<TypeParam>(count, []<class V>(u64 i) { return normal<V>(testKey, i, 8, 1); });
  auto next = sample<TypeParam>(count, []<class V>(u64 i) { return normal<V>(testKey, i, 9, 1); });
  double neighbours = 0, steps = 0;
  for (int i = 0; i + 1 < count; ++i) {
    neighbours += x[i] * x[i + 1] / count;
    steps += x[i] * next[i] / count;
  }
  EXPECT_NEAR(neighbours, 0, 4 / std::sqrt(count));
  EXPECT_NEAR(steps, 0, 4 / std::sqrt(count));
}

TYPED_TEST(Distribution, exponentialLognormalBernoulli) {
  auto e = sample<TypeParam>(count, []<class V>(u64 i) { return exponential<V>(testKey, i, 1, 2); });
  EXPECT_LT(distance(e, [](double v) { return -std::expm1(-v); }), 1.95);
  auto l = sample<TypeParam>(count, []<class V>(u64 i) { return lognormal<V>(testKey, i, 1, 3, V(0.5f), V(0.25f)); });
  EXPECT_LT(distance(l, [](double v) { return 0.5 * std::erfc(-(std::log(v) - 0.5) / 0.25 / std::sqrt(2.0)); }), 1.95);
  auto b = sample<TypeParam>(count, []<class V>(u64 i) { return bernoulli<V>(testKey, i, 1, 4, V(0.125f)); });
  EXPECT_NEAR(moments(b).mean, 0.125, 4 * std::sqrt(0.125 * 0.875 / count));
}

// Edges that share a block have neighbours 4 further on; cosine and sine have one radius, so that squares are looked at too.
TYPED_TEST(Distribution, edges) {
  using T = TypeParam;
  auto x = sample<T, 16>(count, []<class V>(u64 i) { return edge_normal<V>(testKey, i, 8, 1); });
  EXPECT_LT(distance(x, [](double v) { return 0.5 * std::erfc(-v / std::sqrt(2.0)); }), 1.95);
  auto u = sample<T, 16>(count, []<class V>(u64 i) { return edge_uniform<V>(testKey, i, 8, 2); });
  EXPECT_GE(*std::min_element(u.begin(), u.end()), 0.0);
  EXPECT_LT(*std::max_element(u.begin(), u.end()), 1.0);
  EXPECT_LT(distance(u, [](double v) { return v; }), 1.95);
  auto e = sample<T, 16>(count, []<class V>(u64 i) { return edge_exponential<V>(testKey, i, 1, 2); });
  EXPECT_LT(distance(e, [](double v) { return -std::expm1(-v); }), 1.95);
  for (int apart : {1, 4, 8, 12, 16}) {
    double products = 0, squares = 0, uniforms = 0;
    for (int i = 0; i + apart < count; ++i) {
      products += x[i] * x[i + apart] / count;
      squares += (x[i] * x[i] - 1) * (x[i + apart] * x[i + apart] - 1) / (2.0 * count);
      uniforms += (u[i] - 0.5) * (u[i + apart] - 0.5) * 12 / count;
    }
    EXPECT_NEAR(products, 0, 4 / std::sqrt(count)) << apart;
    EXPECT_NEAR(squares, 0, 4 / std::sqrt(count)) << apart;
    EXPECT_NEAR(uniforms, 0, 4 / std::sqrt(count)) << apart;
  }
}

TYPED_TEST(Distribution, gammaMoments) {
  using T = TypeParam;
  for (double shape : {0.3, 1.0, 2.5, 40.0}) {
    auto x = sample<T>(count, [=]<class V>(u64 i) { return gamma<V>(testKey, i, 2, 0, splat<V>(T(shape))); });
    auto m = moments(x);
    EXPECT_NEAR(m.mean, shape, 4 * std::sqrt(shape / count)) << shape;
    // Variance of the sample variance: (mu4 - sigma^4)/n with mu4 = 3 k^2 + 6 k.
    EXPECT_NEAR(m.variance, shape, 4 * std::sqrt((2 * shape * shape + 6 * shape) / count)) << shape;
    EXPECT_NEAR(m.skew, 2 / std::sqrt(shape), 0.15 * (1 + 2 / std::sqrt(shape))) << shape;
  }
}

TYPED_TEST(Distribution, gammaShapeOneIsExponential) {
  auto x = sample<TypeParam>(count, []<class V>(u64 i) { return gamma<V>(testKey, i, 3, 0, splat<V>(1)); });
  EXPECT_LT(distance(x, [](double v) { return -std::expm1(-v); }), 1.95);
}

TYPED_TEST(Distribution, poissonFrequencies) {
  using T = TypeParam;
  for (double lambda : {0.05, 3.0, 9.99, 10.0, 60.0, 1500.0}) {
    auto x = sample<T>(count, [=]<class V>(u64 i) { return poisson<V>(testKey, i, 4, 0, splat<V>(T(lambda))); });
    auto m = moments(x);
    EXPECT_NEAR(m.mean, lambda, 4 * std::sqrt(lambda / count)) << lambda;
    EXPECT_NEAR(m.variance, lambda, 4 * std::sqrt((2 * lambda * lambda + lambda) / count)) << lambda;
    // Chi-squared over the values with at least 20 expected counts.
    int most = int(lambda + 8 * std::sqrt(lambda) + 8);
    std::vector<double> seen(most + 1);
    for (double v : x)
      if (v <= most)
        ++seen[int(v)];
    double chi = 0, cells = 0;
    for (int k = 0; k <= most; ++k) {
      double expected = count * std::exp(k * std::log(lambda) - lambda - std::lgamma(k + 1.0));
      if (expected >= 20)
        chi += (seen[k] - expected) * (seen[k] - expected) / expected, ++cells;
    }
    EXPECT_LT(chi, cells + 4 * std::sqrt(2 * cells)) << lambda;
  }
  EXPECT_EQ(poisson<T>(testKey, 1, 1, 0, T(0)), T(0));
  EXPECT_TRUE(std::isnan(poisson<T>(testKey, 1, 1, 0, T(-1))));
  EXPECT_TRUE(std::isnan(gamma<T>(testKey, 1, 1, 0, T(0))));
}
} // namespace
