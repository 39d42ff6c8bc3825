/// What is one or a few instructions: roots, rounding, minima, remainders.
#pragma once

#include "../vec.h"

namespace bdc::kernels {

template <class V> BDC_KERNEL V sqrt(V x) { return __builtin_elementwise_sqrt(x); }
template <class V> BDC_KERNEL V abs(V x) { return __builtin_elementwise_abs(x); }
template <class V> BDC_KERNEL V floor(V x) { return __builtin_elementwise_floor(x); }
template <class V> BDC_KERNEL V ceil(V x) { return __builtin_elementwise_ceil(x); }
template <class V> BDC_KERNEL V trunc(V x) { return __builtin_elementwise_trunc(x); }

/// To the nearest integer, halves away from zero; -0 stays -0.
template <class V> BDC_KERNEL V round(V x) {
  V t = __builtin_elementwise_trunc(x);
  V rest = __builtin_elementwise_abs(x - t); // exact
  V away = t + __builtin_elementwise_copysign(splat<V>(1), x);
  return select(rest >= splat<V>(Element<V>(0.5)), away, t);
}

/// -1, 0 or 1; NaN at NaN.
template <class V> BDC_KERNEL V sign(V x) {
  V s = __builtin_elementwise_copysign(splat<V>(1), x);
  return select(either(x == splat<V>(0), x != x), x, s);
}

/// NaN when either is NaN; b when they compare equal.
template <class V> BDC_KERNEL V min(V a, V b) { return select(either(a < b, a != a), a, b); }
template <class V> BDC_KERNEL V max(V a, V b) { return select(either(a > b, a != a), a, b); }

/// The exact remainder of x/y with the sign of x. Each round of the loop takes all but the last bits off the quotient; one
/// below 2^50 (f32: 2^20) needs one round.
template <class V> BDC_KERNEL V fmod(V x, V y) {
  using T = Element<V>;
  using U = UintOf<V>;
  constexpr T most = sizeof(T) == 8 ? T(0x1p50) : T(0x1p20f), tooLarge = sizeof(T) == 8 ? T(0x1p900) : T(0x1p100f);
  V r = __builtin_elementwise_abs(x), d = __builtin_elementwise_abs(y);
  V inf = splat<V>(Fmt<V>::infinity), zero = splat<V>(0);
  auto valid = both(r < inf, d > zero);
  for (;;) {
    auto more = both(valid, r >= d);
    if (!any(more))
      break;
    V step = d, q = r / step;
    // A larger quotient would not be an exact integer: divide by d times a power of two that leaves it below 2^50.
    while (any(both(more, q >= splat<V>(most)))) {
      V power = bits<V>(bits<U>(q) & bits<U>(inf)) * splat<V>(T(2) / most);
      power = select(q < splat<V>(tooLarge), power, splat<V>(tooLarge));
      step = select(q >= splat<V>(most), step * power, step);
      q = r / step;
    }
    V rest = fma(-V(__builtin_elementwise_trunc(q)), step, r);
    // r/step may have been rounded up to the next integer.
    rest = select(rest < zero, rest + step, rest);
    r = select(more, rest, r);
  }
  V out = __builtin_elementwise_copysign(r, x);
  return select(valid, out, splat<V>(Fmt<V>::nan));
}

/// The remainder with the sign of y: x - y floor(x/y).
template <class V> BDC_KERNEL V mod(V x, V y) {
  V r = fmod(x, y), zero = splat<V>(0);
  V shifted = select(r * __builtin_elementwise_copysign(splat<V>(1), y) < zero, r + y, r);
  return select(r == zero, __builtin_elementwise_copysign(zero, y), shifted);
}

} // namespace bdc::kernels
