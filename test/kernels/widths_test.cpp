// Every exported function gives the same bits at widths 1, 2, 4, 8, 16 and 32, lane by lane.
#include "kernels/distributions.h"
#include "kernels/edge_random.h"
#include "kernels/math.h"
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <vector>

// The scalar names of libm would hide the templates: functions are called with their namespace.
using namespace bdc::kernels;
namespace k = bdc::kernels;

namespace {
/// Equal bits; every NaN counts as the same.
template <class T> bool same(T a, T b) { return (a != a && b != b) || std::memcmp(&a, &b, sizeof(T)) == 0; }

template <class T> std::vector<T> numbers(unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<T> x;
  for (int i = 0; i < 512; ++i) {
    T mantissa = T(1) + T(random() >> 11) * T(0x1p-53);
    int range = i < 256 ? 12 : sizeof(T) == 8 ? 2000 : 250;
    x.push_back(std::ldexp(random() & 1 ? mantissa : -mantissa, int(random() % range) - range / 2));
  }
  for (T special : {T(0), -T(0), T(INFINITY), -T(INFINITY), T(NAN), T(1), T(-1), std::numeric_limits<T>::denorm_min()})
    x[random() % x.size()] = special;
  return x;
}

template <class T, int W, class F> void compare(const char *name, F f, const std::vector<T> &x, const std::vector<T> &y) {
  using V = Vec<T, W>;
  for (std::size_t i = 0; i < x.size(); i += W) {
    V a, b;
    std::memcpy(&a, &x[i], sizeof a);
    std::memcpy(&b, &y[i], sizeof b);
    V wide = f(a, b, i);
    T lanes[W];
    std::memcpy(lanes, &wide, sizeof lanes);
    for (int lane = 0; lane < W; ++lane) {
      T one = f(x[i + lane], y[i + lane], i + lane);
      ASSERT_TRUE(same(one, lanes[lane])) << name << (sizeof(T) == 8 ? " f64x" : " f32x") << W << " at " << x[i + lane] << ", "
                                          << y[i + lane] << ": " << one << " and " << lanes[lane];
    }
  }
}

template <class T, class F> void compareAll(const char *name, F f) {
  auto x = numbers<T>(1), y = numbers<T>(2);
  compare<T, 2>(name, f, x, y);
  compare<T, 4>(name, f, x, y);
  compare<T, 8>(name, f, x, y);
  compare<T, 16>(name, f, x, y);
  compare<T, 32>(name, f, x, y);
}

constexpr u64 someKey = key(1, nameHash("widths"));

/// first, first + apart, … of a vector's groups of edges.
template <class V> k::detail::OfGroups<V> ofGroups(u64 first, u64 apart) {
  using G = k::detail::OfGroups<V>;
  if constexpr (width<G> == 1)
    return first;
  else
    return G(first) + laneIndex<G>() * G(apart);
}

#define WIDTHS(SHAPE, fn)                                                                                                        \
  TEST(Widths, fn) {                                                                                                             \
    auto f = []<class V>(V x, V y, u64 base) { (void)x, (void)y, (void)base; return SHAPE(fn); };                                \
    compareAll<double>(#fn, f);                                                                                                  \
    compareAll<float>(#fn, f);                                                                                                   \
  }
#define UNARY(fn) k::fn(x)
#define BINARY(fn) k::fn(x, y)
#define VECTORS(SHAPE, fn)
// Bases next to 2^32 and 2^64 show a carry that is lost.
#define DRAW(fn) k::fn<V>(someKey, 0xffffffff0 + base, 123456789012, 5)
#define DRAW1(fn) k::fn<V>(someKey, ~u64(0) - 127 + base, 3, 65535 - 70, V(k::abs(x)))
#define DRAW2(fn) k::fn<V>(someKey, base, 3, 9, x, y)
// Every group of 16 edges has its own step.
#define EDGE(fn) k::fn<V>(someKey, ofGroups<V>(0xffffffff0 + base, 16), ofGroups<V>(123456789012 + base / 16, 1), 5)
#define EDGE1(fn) k::fn<V>(someKey, ofGroups<V>(~u64(0) - 127 + base, 16), ofGroups<V>(base / 16, 1), 65535 - 70, V(k::abs(x)))
#define EDGE2(fn) k::fn<V>(someKey, ofGroups<V>(base, 16), ofGroups<V>(0xffffffff + base / 16, 1), 9, x, y)
#include "kernels/exports.def"
#undef VECTORS
#undef WIDTHS

/// `f` of a vector of keys, and of one key.
template <class T, int W, class F> void compareKeys(const char *name, F f) {
  using V = Vec<T, W>;
  const std::vector<T> x = numbers<T>(1), y = numbers<T>(2);
  for (std::size_t i = 0; i < x.size(); i += W) {
    V a, b;
    std::memcpy(&a, &x[i], sizeof a);
    std::memcpy(&b, &y[i], sizeof b);
    KeysOf<V> keys;
    for (int lane = 0; lane < W; ++lane)
      keys[lane] = key(i + lane, nameHash("lanes"));
    V wide = f(keys, a, b, i);
    for (int lane = 0; lane < W; ++lane) {
      T one = f(u64(keys[lane]), x[i + lane], y[i + lane], i);
      ASSERT_TRUE(same(one, T(wide[lane]))) << name << (sizeof(T) == 8 ? " f64x" : " f32x") << W << ": " << one << " and " << wide[lane];
    }
  }
}

template <class T, class F> void compareAllKeys(const char *name, F f) {
  compareKeys<T, 2>(name, f);
  compareKeys<T, 4>(name, f);
  compareKeys<T, 8>(name, f);
  compareKeys<T, 16>(name, f);
}

#define WIDTHS(SHAPE, fn)
#define VECTORS(SHAPE, fn)                                                                                                       \
  TEST(Keys, fn) {                                                                                                               \
    auto f = []<class K, class V>(K keys, V x, V y, u64 element) { (void)x, (void)y; return SHAPE(fn); };                        \
    compareAllKeys<double>(#fn, f);                                                                                              \
    compareAllKeys<float>(#fn, f);                                                                                               \
  }
#define LANES(fn) k::fn<V>(keys, 0xffffffff0 + element, 123456789012, 5)
#define LANES1(fn) k::fn<V>(keys, ~u64(0) - 111 + element, 3, 65535 - 70, V(k::abs(x)))
#define LANES2(fn) k::fn<V>(keys, element, 3, 9, x, y)
#include "kernels/exports.def"
} // namespace
