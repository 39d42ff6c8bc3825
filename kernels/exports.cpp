/// The kernels by name, for generated code: bdc_<function>_<f32|f64>x<width>. CMakeLists.txt makes bitcode of this file, once
/// for the host (widths 1, 2, 4, 8, 16, 32) and once for NVPTX (width 1, BDC_ONLY_SCALAR).
///
/// How the signatures stay plain, `<8 x double> @bdc_exp_f64x8(<8 x double>)`: the x86-64 ABI would pass wide vectors in memory,
/// so the front end compiles for NVPTX on both roads, whose ABI passes every vector as itself, and without optimising. The text
/// then loses its triple, layout, comdats and attribute strings (target-cpu would keep the functions from being inlined into
/// code for another processor), and is optimised for the real target. Clang gives functions that come as IR no target attributes.
#include "distributions.h"
#include "edge_random.h"
#include "math.h"
#include "random.h"

using namespace bdc::kernels;

#define EXPORT extern "C" __attribute__((always_inline))

#define UNARY(fn, s, T, W)                                                                                                       \
  EXPORT Vec<T, W> bdc_##fn##_##s##x##W(Vec<T, W> x) { return fn(x); }
#define BINARY(fn, s, T, W)                                                                                                      \
  EXPORT Vec<T, W> bdc_##fn##_##s##x##W(Vec<T, W> x, Vec<T, W> y) { return fn(x, y); }
// Last the type of base and step: u64, or a number for each group of edges.
#define DRAWN(fn, s, T, W, ...)                                                                                                  \
  EXPORT Vec<T, W> bdc_##fn##_##s##x##W(u64 key, __VA_ARGS__ base, __VA_ARGS__ step, u32 draw) {                                 \
    return fn<Vec<T, W>>(key, base, step, draw);                                                                                 \
  }
#define DRAWN1(fn, s, T, W, ...)                                                                                                 \
  EXPORT Vec<T, W> bdc_##fn##_##s##x##W(u64 key, __VA_ARGS__ base, __VA_ARGS__ step, u32 draw, Vec<T, W> a) {                    \
    return fn<Vec<T, W>>(key, base, step, draw, a);                                                                              \
  }
#define DRAWN2(fn, s, T, W, ...)                                                                                                 \
  EXPORT Vec<T, W> bdc_##fn##_##s##x##W(u64 key, __VA_ARGS__ base, __VA_ARGS__ step, u32 draw, Vec<T, W> a, Vec<T, W> b) {       \
    return fn<Vec<T, W>>(key, base, step, draw, a, b);                                                                           \
  }
#define DRAW(fn, s, T, W) DRAWN(fn, s, T, W, u64)
#define DRAW1(fn, s, T, W) DRAWN1(fn, s, T, W, u64)
#define DRAW2(fn, s, T, W) DRAWN2(fn, s, T, W, u64)
#define EDGE(fn, s, T, W) DRAWN(fn, s, T, W, detail::OfGroups<Vec<T, W>>)
#define EDGE1(fn, s, T, W) DRAWN1(fn, s, T, W, detail::OfGroups<Vec<T, W>>)
#define EDGE2(fn, s, T, W) DRAWN2(fn, s, T, W, detail::OfGroups<Vec<T, W>>)

#define LANES(fn, s, T, W)                                                                                                       \
  EXPORT Vec<T, W> bdc_lanes_##fn##_##s##x##W(Vec<u64, W> keys, u64 element, u64 step, u32 draw) {                               \
    return fn<Vec<T, W>>(keys, element, step, draw);                                                                             \
  }
#define LANES1(fn, s, T, W)                                                                                                      \
  EXPORT Vec<T, W> bdc_lanes_##fn##_##s##x##W(Vec<u64, W> keys, u64 element, u64 step, u32 draw, Vec<T, W> a) {                  \
    return fn<Vec<T, W>>(keys, element, step, draw, a);                                                                          \
  }
#define LANES2(fn, s, T, W)                                                                                                      \
  EXPORT Vec<T, W> bdc_lanes_##fn##_##s##x##W(Vec<u64, W> keys, u64 element, u64 step, u32 draw, Vec<T, W> a, Vec<T, W> b) {     \
    return fn<Vec<T, W>>(keys, element, step, draw, a, b);                                                                       \
  }

#ifdef BDC_ONLY_SCALAR
#define VECTORS(SHAPE, fn)
#define WIDTHS(SHAPE, fn)                                                                                                        \
  SHAPE(fn, f32, float, 1)                                                                                                       \
  SHAPE(fn, f64, double, 1)
#else
#define EACH_VECTOR(SHAPE, fn, s, T) SHAPE(fn, s, T, 2) SHAPE(fn, s, T, 4) SHAPE(fn, s, T, 8) SHAPE(fn, s, T, 16)
#define EACH_WIDTH(SHAPE, fn, s, T) SHAPE(fn, s, T, 1) EACH_VECTOR(SHAPE, fn, s, T) SHAPE(fn, s, T, 32)
#define VECTORS(SHAPE, fn)                                                                                                       \
  EACH_VECTOR(SHAPE, fn, f32, float)                                                                                             \
  EACH_VECTOR(SHAPE, fn, f64, double)
#define WIDTHS(SHAPE, fn)                                                                                                        \
  EACH_WIDTH(SHAPE, fn, f32, float)                                                                                              \
  EACH_WIDTH(SHAPE, fn, f64, double)
#endif

#include "exports.def"

EXPORT u64 bdc_key(u64 seed, u64 nameHash) { return key(seed, nameHash); }
