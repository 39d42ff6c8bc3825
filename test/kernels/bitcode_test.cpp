// The embedded bitcode: what code generation counts on. Compiled for this test, its functions give the native bits.
#include "kernels/bitcode.h"
#include "kernels/distributions.h"
#include "kernels/edge_random.h"
#include "kernels/math.h"
#include <cstring>
#include <gtest/gtest.h>

using namespace bdc::kernels;
namespace k = bdc::kernels;

// Widths whose C++ calling convention is that of the plain vector type.
#define WIDTHS(SHAPE, fn) SHAPE(fn, f64, double, 1) SHAPE(fn, f64, double, 4) SHAPE(fn, f32, float, 1) SHAPE(fn, f32, float, 8)
#define VECTORS(SHAPE, fn) // see widths_test.cpp
#define UNARY(fn, s, T, W) extern "C" Vec<T, W> bdc_##fn##_##s##x##W(Vec<T, W>);
#define BINARY(fn, s, T, W) extern "C" Vec<T, W> bdc_##fn##_##s##x##W(Vec<T, W>, Vec<T, W>);
#define DRAW(fn, s, T, W) extern "C" Vec<T, W> bdc_##fn##_##s##x##W(u64, u64, u64, u32);
#define DRAW1(fn, s, T, W) extern "C" Vec<T, W> bdc_##fn##_##s##x##W(u64, u64, u64, u32, Vec<T, W>);
#define DRAW2(fn, s, T, W) extern "C" Vec<T, W> bdc_##fn##_##s##x##W(u64, u64, u64, u32, Vec<T, W>, Vec<T, W>);
// One group of edges at these widths.
#define EDGE DRAW
#define EDGE1 DRAW1
#define EDGE2 DRAW2
#include "kernels/exports.def"
#undef UNARY
#undef BINARY
#undef DRAW
#undef DRAW1
#undef DRAW2
extern "C" u64 bdc_key(u64, u64);

namespace {
template <class V> bool same(V a, V b) { return std::memcmp(&a, &b, sizeof a) == 0; }

template <class V> V argument(int i) {
  V x;
  for (int lane = 0; lane < width<V>; ++lane) {
    Element<V> value = Element<V>(0.013) * Element<V>((i * 37 + lane * 11) % 71 + 1);
    if constexpr (width<V> == 1)
      x = value;
    else
      x[lane] = value;
  }
  return x;
}

#define UNARY(fn, s, T, W)                                                                                                       \
  EXPECT_TRUE(same(bdc_##fn##_##s##x##W(argument<Vec<T, W>>(i)), k::fn(argument<Vec<T, W>>(i)))) << #fn " " #s "x" #W;
#define BINARY(fn, s, T, W)                                                                                                      \
  EXPECT_TRUE(same(bdc_##fn##_##s##x##W(argument<Vec<T, W>>(i), argument<Vec<T, W>>(i + 5)),                                     \
                   k::fn(argument<Vec<T, W>>(i), argument<Vec<T, W>>(i + 5))))                                                   \
      << #fn " " #s "x" #W;
#define DRAW(fn, s, T, W) EXPECT_TRUE(same(bdc_##fn##_##s##x##W(9, i, 4, 2), k::fn<Vec<T, W>>(9, i, 4, 2))) << #fn " " #s "x" #W;
#define DRAW1(fn, s, T, W)                                                                                                       \
  EXPECT_TRUE(same(bdc_##fn##_##s##x##W(9, i, 4, 2, argument<Vec<T, W>>(i)),                                                     \
                   k::fn<Vec<T, W>>(9, i, 4, 2, argument<Vec<T, W>>(i))))                                                        \
      << #fn " " #s "x" #W;
#define DRAW2(fn, s, T, W)                                                                                                       \
  EXPECT_TRUE(same(bdc_##fn##_##s##x##W(9, i, 4, 2, argument<Vec<T, W>>(i), argument<Vec<T, W>>(i + 3)),                         \
                   k::fn<Vec<T, W>>(9, i, 4, 2, argument<Vec<T, W>>(i), argument<Vec<T, W>>(i + 3))))                            \
      << #fn " " #s "x" #W;

TEST(Bitcode, givesTheNativeBits) {
  for (int i = 0; i < 40; ++i) {
#include "kernels/exports.def"
  }
  EXPECT_EQ(bdc_key(5, 6), key(5, 6));
}

TEST(Bitcode, isEmbedded) {
  for (auto bytes : {hostBitcode(), nvptxBitcode()}) {
    ASSERT_GT(bytes.size(), 1000u);
    EXPECT_EQ(std::memcmp(bytes.data(), "BC\xc0\xde", 4), 0);
  }
}
} // namespace
