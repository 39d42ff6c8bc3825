/// Gamma and Poisson numbers: rejection methods whose tries are consecutive draws of the same counter, so that an element's
/// result depends on its own (key, element, step, draw) alone. A vector repeats until its last lane has accepted.
///
/// Draw numbers have 16 bits; a purpose that uses these functions owns `tries` of them from `draw` on.
#pragma once

#include "random.h"

namespace bdc::kernels {

/// Draws that one gamma or Poisson number may use. A try fails with a probability below 0.35, so 64 are never exhausted.
inline constexpr u32 tries = 64;

namespace detail {
/// log(k!) for k >= 0 by Stirling's series at k + 8, brought back by the product; to about 4 ulp of max(1, result).
template <class V> BDC_KERNEL V logFactorial(V k) {
  using T = Element<V>;
  V product = splat<V>(1), one = splat<V>(1);
  auto small = k < splat<V>(8);
  V z = k + one; // Gamma(z)
  for (int i = 0; i < 8; ++i)
    product *= select(small, z + splat<V>(T(i)), one);
  V y = select(small, z + splat<V>(8), z);
  V inverse = one / y, square = inverse * inverse;
  V tail = inverse * fma(square, fma(square, fma(square, splat<V>(T(-1.0 / 1680)), splat<V>(T(1.0 / 1260))), splat<V>(T(-1.0 / 360))),
                         splat<V>(T(1.0 / 12)));
  V halfLogTwoPi = splat<V>(T(0.91893853320467274178));
  return fma(y - splat<V>(T(0.5)), log(y), -y) + halfLogTwoPi + tail - log(product);
}
} // namespace detail

/// Gamma with the given shape > 0 and scale 1. Marsaglia and Tsang (ACM TOMS 26, 2000); below shape 1 through shape + 1 and
/// u^(1/shape). NaN for a shape that is not positive.
template <class V, class K> BDC_KERNEL V gamma(K key, u64 base, u64 step, u32 draw, V shape) {
  using T = Element<V>;
  V zero = splat<V>(0), one = splat<V>(1);
  auto boost = shape < one;
  V d = select(boost, shape + one, shape) - splat<V>(T(1) / T(3));
  V c = one / sqrt(d * splat<V>(9));
  V result = splat<V>(Fmt<V>::nan);
  auto open = shape > zero;
  // The first draw is the boost's uniform number; every try takes two.
#pragma clang loop unroll(disable)
  for (u32 t = 1; t + 1 < tries && any(open); t += 2) {
    V x = normal<V>(key, base, step, draw + t);
    V u = detail::positiveUnit(detail::laneWords<V>(key, base, step, draw + t + 1), 0);
    V root = fma(c, x, one), v = root * root * root;
    V limit = fma(splat<V>(T(0.5)) * x, x, d * ((one - v) + log(v)));
    auto taken = both(open, both(root > zero, detail::logUnit(u) < limit));
    result = select(taken, d * v, result);
    open = both(open, result != result);
  }
  V first = detail::positiveUnit(detail::laneWords<V>(key, base, step, draw), 0);
  return select(boost, result * exp(detail::logUnit(first) / shape), result);
}

namespace detail {
/// Below this mean the Poisson distribution is summed up; from here the rejection method works.
inline constexpr int poissonSwitch = 10;

/// Inversion by sequential search; lambda in [0, 10).
template <class V> BDC_KERNEL V poissonSmall(V u, V lambda) {
  V p = exp(-lambda), k = splat<V>(0), sum = p;
  auto open = u >= sum;
  // Beyond 80 the remaining probability is below 2^-53 of the uniform's grid.
#pragma clang loop unroll(disable)
  for (int i = 1; i < 80 && any(open); ++i) {
    V n = splat<V>(Element<V>(i));
    p *= lambda / n;
    sum += p;
    k = select(open, n, k);
    open = both(open, u >= sum);
  }
  return k;
}
} // namespace detail

/// Poisson with mean lambda >= 0, as a number of V's type. Inversion below 10, PTRS of W. Hoermann (Insurance: Mathematics and
/// Economics 12, 1993) from there. NaN for a negative lambda.
template <class V, class K> BDC_KERNEL V poisson(K key, u64 base, u64 step, u32 draw, V lambda) {
  using T = Element<V>;
  V half = splat<V>(T(0.5)), zero = splat<V>(0);
  auto large = lambda >= splat<V>(detail::poissonSwitch);
  V result = splat<V>(Fmt<V>::nan);
  auto few = both(lambda >= zero, lambda < splat<V>(detail::poissonSwitch));
  if (any(few))
    result = select(few, detail::poissonSmall(uniform<V>(key, base, step, draw), select(few, lambda, zero)), result);
  if (!any(large))
    return result;
  V mean = select(large, lambda, splat<V>(detail::poissonSwitch));
  V b = fma(splat<V>(T(2.53)), sqrt(mean), splat<V>(T(0.931)));
  V a = fma(splat<V>(T(0.02483)), b, splat<V>(T(-0.059)));
  V inverseAlpha = splat<V>(T(1.1239)) + splat<V>(T(1.1328)) / (b - splat<V>(T(3.4)));
  V quick = splat<V>(T(0.9277)) - splat<V>(T(3.6224)) / (b - splat<V>(2));
  V logMean = log(mean);
  auto open = large;
#pragma clang loop unroll(disable)
  for (u32 t = 1; t < tries && any(open); ++t) {
    auto words = detail::laneWords<V>(key, base, step, draw + t);
    constexpr int second = sizeof(T) == 8 ? 2 : 1;
    V u = detail::positiveUnit(words, 0) - half, v = detail::positiveUnit(words, second);
    V us = half - abs(u);
    V k = floor(fma(fma(splat<V>(2), a / us, b), u, mean + splat<V>(T(0.43))));
    auto sure = both(us >= splat<V>(T(0.07)), v <= quick);
    V left = log(v * inverseAlpha / (a / (us * us) + b));
    V right = fma(k, logMean, -mean) - detail::logFactorial(select(k < zero, zero, k));
    auto inside = both(k >= zero, either(us >= splat<V>(T(0.013)), v <= us));
    auto taken = both(open, either(sure, both(inside, left <= right)));
    result = select(taken, k, result);
    open = both(open, result != result);
  }
  return result;
}

} // namespace bdc::kernels
