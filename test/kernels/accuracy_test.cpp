// Largest error of every function against MPFR, in units in the last place of the exact result, over dense and random samples
// of the whole range. The limit is 2 ulp; what was measured is printed.
#include "kernels/math.h"
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <mpfr.h>
#include <random>
#include <vector>

namespace k = bdc::kernels;

namespace {
constexpr int precision = 120;

struct Real {
  mpfr_t v;
  Real() { mpfr_init2(v, precision); }
  ~Real() { mpfr_clear(v); }
  Real(const Real &) = delete;
};

using Exact = std::function<void(mpfr_t out, const mpfr_t x, const mpfr_t y)>;

/// Distance of `got` from `exact` in ulps of T at `exact`; subnormals share the smallest ulp; 0 where both are the same special.
template <class T> double ulps(T got, const mpfr_t exact) {
  using Limits = std::numeric_limits<T>;
  if (mpfr_nan_p(exact))
    return std::isnan(got) ? 0 : 1e30;
  T rounded = sizeof(T) == 8 ? T(mpfr_get_d(exact, MPFR_RNDN)) : T(mpfr_get_flt(exact, MPFR_RNDN));
  if (std::isinf(rounded) || std::isinf(got) || std::isnan(got))
    return rounded == got ? 0 : 1e30;
  int exponent = std::max(mpfr_zero_p(exact) ? -100000 : int(mpfr_get_exp(exact)), int(Limits::min_exponent)) - Limits::digits;
  Real difference;
  mpfr_sub_d(difference.v, exact, double(got), MPFR_RNDN);
  mpfr_mul_2si(difference.v, difference.v, -exponent, MPFR_RNDN);
  return std::fabs(mpfr_get_d(difference.v, MPFR_RNDN));
}

/// Numbers that meet every branch: specials, every binade with both signs, dense where the models live.
template <class T> std::vector<T> samples(T low, T high) {
  std::vector<T> x = {T(0), -T(0), T(1), T(-1), T(0.5), T(-0.5), T(2), std::numeric_limits<T>::infinity(),
                      -std::numeric_limits<T>::infinity(), std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::max(),
                      std::numeric_limits<T>::lowest(), std::numeric_limits<T>::min(), std::numeric_limits<T>::denorm_min()};
  std::mt19937_64 random(20240607);
  auto binades = std::numeric_limits<T>::max_exponent - std::numeric_limits<T>::min_exponent + 20;
  for (int i = 0; i < 8000; ++i) {
    T mantissa = T(1) + T(random() >> 11) * T(0x1p-53);
    int exponent = std::numeric_limits<T>::min_exponent - 15 + int(random() % binades);
    x.push_back(std::ldexp(random() & 1 ? mantissa : -mantissa, exponent));
  }
  for (int i = 0; i < 4000; ++i) // small magnitudes: where cancellation shows
    x.push_back(std::ldexp(T(1) + T(random() >> 11) * T(0x1p-53), -int(random() % 30)) * (random() & 1 ? 1 : -1));
  for (int i = 0; i <= 10000; ++i)
    x.push_back(low + (high - low) * T((i + double(random() >> 11) * 0x1p-53) / 10001));
  for (int i = -200; i <= 200; ++i) { // next to multiples of pi/2 and of ln 2
    x.push_back(T(i * 1.5707963267948966));
    x.push_back(T(i * 0.34657359027997264));
  }
  return x;
}

/// Every `stride`-th sample: MPFR takes its time for erfc.
template <class T> void check(const char *name, T (*ours)(T), const Exact &exact, T low, T high, std::size_t stride = 1) {
  double worst = 0;
  T where = 0;
  Real x, y, out;
  mpfr_set_zero(y.v, 1);
  auto all = samples<T>(low, high);
  for (std::size_t i = 0; i < all.size(); i += i < 14 ? 1 : stride) {
    T s = all[i];
    mpfr_set_d(x.v, double(s), MPFR_RNDN);
    exact(out.v, x.v, y.v);
    double error = ulps(ours(s), out.v);
    if (error > worst)
      worst = error, where = s;
  }
  std::printf("%-9s %s  max %.3f ulp at %a\n", name, sizeof(T) == 8 ? "f64" : "f32", worst, double(where));
  EXPECT_LE(worst, 2.0) << name << " at " << double(where) << " gives " << double(ours(where));
}

template <class T>
void check2(const char *name, T (*ours)(T, T), const Exact &exact, std::vector<std::pair<T, T>> pairs, double limit = 2.0) {
  double worst = 0;
  std::pair<T, T> where;
  Real x, y, out;
  for (auto [a, b] : pairs) {
    mpfr_set_d(x.v, double(a), MPFR_RNDN);
    mpfr_set_d(y.v, double(b), MPFR_RNDN);
    exact(out.v, x.v, y.v);
    double error = ulps(ours(a, b), out.v);
    if (error > worst)
      worst = error, where = {a, b};
  }
  std::printf("%-9s %s  max %.3f ulp at %a, %a\n", name, sizeof(T) == 8 ? "f64" : "f32", worst, double(where.first),
              double(where.second));
  EXPECT_LE(worst, limit) << name << " at " << double(where.first) << ", " << double(where.second) << " gives "
                          << double(ours(where.first, where.second));
}

#define MPFR1(fn) [](mpfr_t out, const mpfr_t x, const mpfr_t) { mpfr_##fn(out, x, MPFR_RNDN); }
#define MPFR2(fn) [](mpfr_t out, const mpfr_t x, const mpfr_t y) { mpfr_##fn(out, x, y, MPFR_RNDN); }
#define CHECK(fn, exact, low, high, ...)                                                                                         \
  TEST(Accuracy, fn) {                                                                                                           \
    check<double>(#fn, [](double x) { return k::fn(x); }, exact, low, high __VA_OPT__(, ) __VA_ARGS__);                          \
    check<float>(#fn, [](float x) { return k::fn(x); }, exact, low, high __VA_OPT__(, ) __VA_ARGS__);                            \
  }

void exprelExact(mpfr_t out, const mpfr_t x, const mpfr_t) {
  if (mpfr_zero_p(x) || mpfr_inf_p(x)) {
    mpfr_set_d(out, mpfr_zero_p(x) ? 1 : mpfr_sgn(x) > 0 ? INFINITY : 0, MPFR_RNDN);
    return;
  }
  mpfr_expm1(out, x, MPFR_RNDN);
  mpfr_div(out, out, x, MPFR_RNDN);
}

void rexprelExact(mpfr_t out, const mpfr_t x, const mpfr_t) {
  if (mpfr_zero_p(x) || mpfr_inf_p(x)) {
    mpfr_set_d(out, mpfr_zero_p(x) ? 1 : mpfr_sgn(x) > 0 ? 0 : INFINITY, MPFR_RNDN);
    return;
  }
  Real e;
  mpfr_expm1(e.v, x, MPFR_RNDN);
  mpfr_div(out, x, e.v, MPFR_RNDN);
}

/// (e^x (x - 1) + 1)/x^2, below 2^-20 by its series.
void dexprelExact(mpfr_t out, const mpfr_t x, const mpfr_t) {
  if (mpfr_nan_p(x) || mpfr_inf_p(x)) {
    mpfr_set_d(out, mpfr_nan_p(x) ? NAN : mpfr_sgn(x) > 0 ? INFINITY : 0, MPFR_RNDN);
    return;
  }
  Real sum, power, term;
  if (mpfr_cmpabs(x, (mpfr_set_d(term.v, 0x1p-20, MPFR_RNDN), term.v)) < 0) {
    mpfr_set_zero(sum.v, 1);
    mpfr_set_d(power.v, 1, MPFR_RNDN);
    for (unsigned long n = 0, factorial = 2; n < 6; ++n, factorial *= n + 2) { // (n + 1)/(n + 2)!
      mpfr_mul_ui(term.v, power.v, n + 1, MPFR_RNDN);
      mpfr_div_ui(term.v, term.v, factorial, MPFR_RNDN);
      mpfr_add(sum.v, sum.v, term.v, MPFR_RNDN);
      mpfr_mul(power.v, power.v, x, MPFR_RNDN);
    }
    mpfr_set(out, sum.v, MPFR_RNDN);
    return;
  }
  mpfr_sub_ui(term.v, x, 1, MPFR_RNDN);
  mpfr_exp(sum.v, x, MPFR_RNDN);
  mpfr_mul(sum.v, sum.v, term.v, MPFR_RNDN);
  mpfr_add_ui(sum.v, sum.v, 1, MPFR_RNDN);
  mpfr_div(sum.v, sum.v, x, MPFR_RNDN);
  mpfr_div(out, sum.v, x, MPFR_RNDN);
}

void sigmoidExact(mpfr_t out, const mpfr_t x, const mpfr_t) {
  Real e;
  mpfr_neg(e.v, x, MPFR_RNDN);
  mpfr_exp(e.v, e.v, MPFR_RNDN);
  mpfr_add_ui(e.v, e.v, 1, MPFR_RNDN);
  mpfr_ui_div(out, 1, e.v, MPFR_RNDN);
}

CHECK(exp, MPFR1(exp), -30, 30)
CHECK(expm1, MPFR1(expm1), -30, 30)
CHECK(exprel, exprelExact, -30, 30)
CHECK(rexprel, rexprelExact, -30, 30)
CHECK(dexprel, dexprelExact, -30, 30)
CHECK(sigmoid, sigmoidExact, -30, 30)
CHECK(tanh, MPFR1(tanh), -5, 5)
CHECK(sinh, MPFR1(sinh), -90, 90)
CHECK(cosh, MPFR1(cosh), -90, 90)
CHECK(log, MPFR1(log), 0.3, 3)
CHECK(log1p, MPFR1(log1p), -0.9, 3)
CHECK(log2, MPFR1(log2), 0.3, 3)
CHECK(log10, MPFR1(log10), 0.3, 3)
CHECK(sin, MPFR1(sin), -400, 400)
CHECK(cos, MPFR1(cos), -400, 400)
CHECK(tan, MPFR1(tan), -400, 400)
CHECK(atan, MPFR1(atan), -5, 5)
CHECK(asin, MPFR1(asin), -1, 1)
CHECK(acos, MPFR1(acos), -1, 1)
CHECK(erf, MPFR1(erf), -6, 6)
CHECK(erfc, MPFR1(erfc), -6, 28, 6)
CHECK(sqrt, MPFR1(sqrt), 0, 100)
CHECK(round, [](mpfr_t out, const mpfr_t x, const mpfr_t) { mpfr_round(out, x); }, -10, 10)
CHECK(floor, [](mpfr_t out, const mpfr_t x, const mpfr_t) { mpfr_floor(out, x); }, -10, 10)
CHECK(ceil, [](mpfr_t out, const mpfr_t x, const mpfr_t) { mpfr_ceil(out, x); }, -10, 10)
CHECK(trunc, [](mpfr_t out, const mpfr_t x, const mpfr_t) { mpfr_trunc(out, x); }, -10, 10)

template <class T> std::vector<std::pair<T, T>> allPairs(T low, T high) {
  auto x = samples<T>(low, high);
  std::mt19937_64 random(11);
  std::vector<std::pair<T, T>> out;
  for (std::size_t i = 0; i < 14; ++i)
    for (std::size_t j = 0; j < 14; ++j)
      out.push_back({x[i], x[j]});
  for (std::size_t i = 0; i < 20000; ++i)
    out.push_back({x[random() % x.size()], x[random() % x.size()]});
  return out;
}

TEST(Accuracy, pow) {
  auto run = [](auto zero) {
    using T = decltype(zero);
    auto pairs = allPairs<T>(-20, 20);
    std::mt19937_64 random(5);
    for (int i = 0; i < 20000; ++i) { // finite results
      T x = std::exp(T(double(random() >> 11) * 0x1p-53 * 40 - 20));
      T y = T((double(random() >> 11) * 0x1p-52 - 1) * (sizeof(T) == 8 ? 700 : 86) / std::log(x));
      pairs.push_back({x, y});
      pairs.push_back({-x, std::round(y)});
    }
    for (int i = -40; i < 40; ++i)
      pairs.push_back({T(-3), T(i)}), pairs.push_back({T(i), T(3)}), pairs.push_back({T(i), T(0.5)});
    check2<T>("pow", [](T a, T b) { return k::pow(a, b); }, MPFR2(pow), pairs);
  };
  run(double());
  run(float());
}

TEST(Accuracy, atan2) {
  check2<double>("atan2", [](double a, double b) { return k::atan2(a, b); }, MPFR2(atan2), allPairs<double>(-20, 20));
  check2<float>("atan2", [](float a, float b) { return k::atan2(a, b); }, MPFR2(atan2), allPairs<float>(-20, 20));
}

TEST(Accuracy, fmod) {
  check2<double>("fmod", [](double a, double b) { return k::fmod(a, b); }, MPFR2(fmod), allPairs<double>(-20, 20), 0);
  check2<float>("fmod", [](float a, float b) { return k::fmod(a, b); }, MPFR2(fmod), allPairs<float>(-20, 20), 0);
}

TEST(Basic, modTakesTheSignOfTheDivisor) {
  EXPECT_EQ(k::mod(-1.0, 3.0), 2.0);
  EXPECT_EQ(k::mod(1.0, -3.0), -2.0);
  EXPECT_EQ(k::mod(7.5, 2.0), 1.5);
  EXPECT_EQ(k::mod(-6.0, 3.0), 0.0);
  EXPECT_TRUE(std::isnan(k::mod(1.0, 0.0)));
}

TEST(Basic, minMaxSignKeepNan) {
  const double nan = NAN;
  EXPECT_TRUE(std::isnan(k::min(nan, 1.0)) && std::isnan(k::min(1.0, nan)));
  EXPECT_TRUE(std::isnan(k::max(nan, 1.0)) && std::isnan(k::max(1.0, nan)) && std::isnan(k::sign(nan)));
  EXPECT_EQ(k::min(2.0, -1.0), -1.0);
  EXPECT_EQ(k::max(2.0f, -1.0f), 2.0f);
  EXPECT_EQ(k::sign(-3.0), -1.0);
  EXPECT_EQ(k::sign(0.0), 0.0);
}
} // namespace
