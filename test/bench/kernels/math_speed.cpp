// How long does one element of each function take, next to glibc's libmvec where it has the function?
// ns per element over an array that fits the first-level cache; the best of many runs. Width: one AVX2 register.
#include "kernels/distributions.h"
#include "kernels/math.h"
#include "kernels/subsets.h"
#include <chrono>
#include <cstdio>
#include <cstring>

using namespace bdc::kernels;
using d4 = Vec<double, 4>;
using f8 = Vec<float, 8>;

#define MVEC(fn)                                                                                                                 \
  extern "C" d4 _ZGVdN4v_##fn(d4);                                                                                               \
  extern "C" f8 _ZGVdN8v_##fn##f(f8);
MVEC(exp) MVEC(expm1) MVEC(log) MVEC(log1p) MVEC(sin) MVEC(cos) MVEC(tan) MVEC(tanh) MVEC(sinh) MVEC(cosh) MVEC(log2) MVEC(log10)
MVEC(atan) MVEC(asin) MVEC(acos) MVEC(erf) MVEC(erfc)
extern "C" d4 _ZGVdN4vv_pow(d4, d4);
extern "C" f8 _ZGVdN8vv_powf(f8, f8);

namespace {
template <class V> constexpr int count = 1024 / width<V>;
template <class V> V input[count<V>];
template <class V> V output[count<V>];

template <class V> void fill(double low, double high) {
  auto *x = reinterpret_cast<Element<V> *>(input<V>);
  for (int i = 0; i < 1024; ++i)
    x[i] = Element<V>(low + (high - low) * ((i * 389) % 1024 + 0.5) / 1024);
}

template <class V, class F> double time(F f) {
  double best = 1e9;
  for (int run = 0; run < 200; ++run) {
    auto start = std::chrono::steady_clock::now();
    for (int repeat = 0; repeat < 10; ++repeat) {
#pragma clang loop unroll(disable)
      for (int i = 0; i < count<V>; ++i)
        output<V>[i] = f(input<V>[i], i);
      asm volatile("" ::"r"(input<V>), "r"(output<V>) : "memory");
    }
    std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    best = spent.count() < best ? spent.count() : best;
  }
  return best / 10 / 1024;
}

void print(const char *name, const char *type, double ours, double theirs) {
  if (theirs > 0)
    std::printf("%-12s %s  %6.3f ns  libmvec %6.3f ns  ratio %5.2f\n", name, type, ours, theirs, ours / theirs);
  else
    std::printf("%-12s %s  %6.3f ns\n", name, type, ours);
}
} // namespace

#define WITH(fn, low, high)                                                                                                      \
  fill<d4>(low, high);                                                                                                           \
  print(#fn, "f64x4", time<d4>([](d4 x, int) { return fn(x); }), time<d4>([](d4 x, int) { return _ZGVdN4v_##fn(x); }));          \
  fill<f8>(low, high);                                                                                                           \
  print(#fn, "f32x8", time<f8>([](f8 x, int) { return fn(x); }), time<f8>([](f8 x, int) { return _ZGVdN8v_##fn##f(x); }));
#define ALONE(name, body, low, high)                                                                                             \
  fill<d4>(low, high);                                                                                                           \
  print(name, "f64x4", time<d4>([](d4 x, int i) { using V = d4; (void)i; return V(body); }), 0);                                    \
  fill<f8>(low, high);                                                                                                           \
  print(name, "f32x8", time<f8>([](f8 x, int i) { using V = f8; (void)i; return V(body); }), 0);

/// ns per connection of rows with 1,000 of 100,000 targets.
template <class F> void rowSpeed(const char *name, F f) {
  double best = 1e9;
  for (int run = 0; run < 20; ++run) {
    auto start = std::chrono::steady_clock::now();
    std::size_t drawn = 0;
    for (u64 source = 0; source < 200; ++source)
      drawn += f(Row{7, source, 100000});
    std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    best = std::min(best, spent.count() / double(drawn));
  }
  std::printf("%-22s %6.3f ns per connection\n", name, best);
}

int main() {
  WITH(exp, -20, 20)
  WITH(expm1, -20, 20)
  ALONE("exprel", exprel(x), -20, 20)
  ALONE("rexprel", rexprel(x), -20, 20)
  ALONE("dexprel", dexprel(x), -20, 20)
  ALONE("sigmoid", sigmoid(x), -20, 20)
  WITH(tanh, -5, 5)
  WITH(sinh, -5, 5)
  WITH(cosh, -5, 5)
  WITH(log, 0.01, 100)
  WITH(log1p, -0.9, 100)
  WITH(log2, 0.01, 100)
  WITH(log10, 0.01, 100)
  WITH(sin, -10, 10)
  WITH(cos, -10, 10)
  WITH(tan, -10, 10)
  WITH(atan, -10, 10)
  WITH(asin, -1, 1)
  WITH(acos, -1, 1)
  WITH(erf, -3, 3)
  WITH(erfc, -3, 3)
  fill<d4>(0.1, 10);
  print("pow", "f64x4", time<d4>([](d4 x, int) { return pow(x, splat<d4>(2.3)); }),
        time<d4>([](d4 x, int) { return _ZGVdN4vv_pow(x, splat<d4>(2.3)); }));
  fill<f8>(0.1, 10);
  print("pow", "f32x8", time<f8>([](f8 x, int) { return pow(x, splat<f8>(2.3f)); }),
        time<f8>([](f8 x, int) { return _ZGVdN8vv_powf(x, splat<f8>(2.3f)); }));
  ALONE("uniform", uniform<V>(7, i * width<V>, 3, 0), 0, 1)
  ALONE("normal", normal<V>(7, i * width<V>, 3, 0), 0, 1)
  ALONE("exponential", exponential<V>(7, i * width<V>, 3, 0), 0, 1)
  ALONE("gamma", gamma<V>(7, i * width<V>, 3, 0, splat<V>(2)), 0, 1)
  ALONE("poisson 5", poisson<V>(7, i * width<V>, 3, 0, splat<V>(5)), 0, 1)
  ALONE("poisson 50", poisson<V>(7, i * width<V>, 3, 0, splat<V>(50)), 0, 1)
  ALONE("fmod", fmod(x, splat<V>(1.3f)), -5, 5)
  rowSpeed("Bernoulli row", [](const Row &row) {
    std::uint32_t block[BernoulliRow::batch];
    std::size_t drawn = 0;
    BernoulliRow r(row, 0.01);
    while (int n = r.next(block))
      drawn += n;
    return drawn;
  });
  constexpr std::size_t degree = 1000;
  std::vector<std::uint32_t> targets(degree + SubsetDrawer::room);
  rowSpeed("fixed, distinct", [&](const Row &row) {
    SubsetDrawer().ascending(row, degree, targets.data());
    return degree;
  });
}
