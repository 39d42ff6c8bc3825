/// exp and its relatives: exp, expm1, exprel = (e^x - 1)/x, its derivative, sigmoid, tanh, sinh, cosh.
///
/// All share one reduction, x = n ln 2 + r with |r| <= ln(2)/2, and one polynomial for (e^r - 1 - r)/r^2. The factor 2^n is
/// applied in two halves, so that overflow and gradual underflow come out of one rounding without a branch.
#pragma once

#include "../vec.h"
#include "coefficients.h"

namespace bdc::kernels {

namespace detail {
template <class T> struct ExpRange;
template <> struct ExpRange<double> {
  static constexpr double invLn2 = 0x1.71547652b82fep+0, ln2Hi = 0x1.62e42fefa39efp-1, ln2Lo = 0x1.abc9e3b39803fp-56;
  static constexpr double lowest = -746.0, highest = 720.0; ///< beyond: exp is 0; exprel overflows
  static constexpr double sinhIsExp = 22.0, tanhIsOne = 20.0; ///< from here to the bit
};
template <> struct ExpRange<float> {
  static constexpr float invLn2 = 0x1.715476p+0f, ln2Hi = 0x1.62e430p-1f, ln2Lo = -0x1.05c610p-29f;
  static constexpr float lowest = -104.0f, highest = 95.0f;
  static constexpr float sinhIsExp = 10.0f, tanhIsOne = 10.0f;
};

/// e^x = (1 + p) half rest, with p = r + tail, |p| < 0.42, and half, rest powers of two; half = 2^floor(n/2).
template <class V> struct ExpParts {
  V r, tail, p, half, rest;
  UintOf<V> restShift; ///< exponent of rest, shifted to its place in the format
};

/// e^(x + lo…), |lo| below an ulp of x; lo is one value or none.
template <class V, class... Lo> BDC_KERNEL ExpParts<V> expParts(V x, Lo... lo) {
  using T = Element<V>;
  using U = UintOf<V>;
  using R = ExpRange<T>;
  x = select(x < splat<V>(R::lowest), splat<V>(R::lowest), x);
  x = select(x > splat<V>(R::highest), splat<V>(R::highest), x);
  V t = fma(x, splat<V>(R::invLn2), splat<V>(Fmt<V>::shifter));
  V n = t - splat<V>(Fmt<V>::shifter);
  V exact = fma(-n, splat<V>(R::ln2Hi), x);
  ExpParts<V> parts;
  if constexpr (sizeof...(Lo) == 0) {
    V r = fma(-n, splat<V>(R::ln2Lo), exact), square = r * r;
    V q = evenOdd(r, square, coefficients::Exp<T>::c);
    parts.r = r;
    parts.tail = square * q;
    parts.p = fma(square, q, r);
  } else {
    V small = fma(-n, splat<V>(R::ln2Lo), lo...), r = exact + small, square = r * r;
    V q = evenOdd(r, square, coefficients::Exp<T>::c);
    parts.r = r;
    parts.tail = fma(square, q, small - (r - exact));
    parts.p = r + parts.tail;
  }
  // The low bits of t hold n; its upper ones are multiples of what the shift into the exponent drops.
  U i = bits<U>(t), h = i >> 1, one = bits<U>(splat<V>(T(1)));
  parts.restShift = (i - h) << Fmt<V>::mantissaBits;
  parts.half = bits<V>((h << Fmt<V>::mantissaBits) + one);
  parts.rest = bits<V>(parts.restShift + one);
  return parts;
}

/// (e^x - 1)/rest, so that the caller multiplies by rest last.
template <class V> BDC_KERNEL Pair<V> expm1Pair(const ExpParts<V> &e) {
  using U = UintOf<V>;
  V inverse = bits<V>(bits<U>(splat<V>(Element<V>(1))) - e.restShift);
  // r first, and what its sum rounds away: near |x| = 1/2 the terms cancel.
  V whole = e.half - inverse;
  V sum = fma(e.r, e.half, whole), lost = fma(e.r, e.half, whole - sum);
  V rest = fma(e.tail, e.half, lost), hi = sum + rest;
  return {hi, rest - (hi - sum)};
}
template <class V> BDC_KERNEL V expm1Scaled(const ExpParts<V> &e) { return expm1Pair(e).hi; }
} // namespace detail

/// Below 1 ulp.
template <class V> BDC_KERNEL V exp(V x) {
  auto e = detail::expParts(x);
  return fma(e.p, e.half, e.half) * e.rest;
}

/// e^x - 1 without cancellation near 0; 0 at both zeros.
template <class V> BDC_KERNEL V expm1(V x) {
  auto e = detail::expParts(x);
  return detail::expm1Scaled(e) * e.rest;
}

/// (e^x - 1)/x with its limits: 1 at 0, 0 at -infinity. This is the phi of exponential Euler.
template <class V> BDC_KERNEL V exprel(V x) {
  auto e = detail::expParts(x);
  V cut = splat<V>(detail::ExpRange<Element<V>>::highest);
  V divisor = select(x > cut, cut, x);
  V y = detail::expm1Scaled(e) / divisor * e.rest;
  return select(x == splat<V>(0), splat<V>(1), y);
}

/// d/dx exprel(x) = (e^x (x - 1) + 1)/x^2; 1/2 at 0.
template <class V> BDC_KERNEL V dexprel(V x) {
  using T = Element<V>;
  using R = detail::ExpRange<T>;
  V near = horner(V(x + splat<V>(T(0.125))), coefficients::Dexprel<T>::c);
  auto e = detail::expParts(x);
  V divisor = select(x > splat<V>(R::highest), splat<V>(R::highest), x);
  V inverse = bits<V>(bits<UintOf<V>>(splat<V>(T(1))) - e.restShift);
  V weight = e.half * (divisor - splat<V>(1));
  V numerator = fma(e.p, weight, weight + inverse);
  // One division by x^2, corrected by its residual.
  V square = divisor * divisor, squareLost = fma(divisor, divisor, -square);
  V reciprocal = splat<V>(1) / square, far = numerator * reciprocal;
  far = fma(fma(-far, square, numerator) - far * squareLost, reciprocal, far) * e.rest;
  // Far below, the quotient would be infinity - infinity: there e^x (x - 1) is nothing beside 1.
  far = select(x < splat<V>(R::lowest), splat<V>(1) / x / x, far);
  return select(both(x > splat<V>(T(-1.25)), x < splat<V>(1)), near, far);
}

/// 1/(1 + e^-x), accurate in both tails.
template <class V> BDC_KERNEL V sigmoid(V x) {
  V e = exp(V(-__builtin_elementwise_abs(x))), one = splat<V>(1);
  V top = select(x < splat<V>(0), e, one), d = one + e, dLost = e - (d - one), inverse = one / d;
  V q = top * inverse; // corrected by its residual
  return fma(fma(-q, dLost, fma(-q, d, top)), inverse, q);
}

template <class V> BDC_KERNEL V tanh(V x) {
  V a = __builtin_elementwise_abs(x);
  V one = splat<V>(detail::ExpRange<Element<V>>::tanhIsOne);
  a = select(a > one, one, a);
  auto e = detail::expParts(V(a + a));
  auto t = detail::expm1Pair(e);
  t = {t.hi * e.rest, t.lo * e.rest};
  // t/(2 + t), the quotient corrected by its residual.
  V two = splat<V>(2), d = two + t.hi, dLost = t.hi - (d - two) + t.lo, inverse = splat<V>(1) / d;
  V q = t.hi * inverse;
  V y = fma(fma(-q, d, t.hi) + fma(-q, dLost, t.lo), inverse, q);
  return __builtin_elementwise_copysign(y, x);
}

template <class V> BDC_KERNEL V sinh(V x) {
  V a = __builtin_elementwise_abs(x);
  auto e = detail::expParts(a);
  auto scaled = detail::expm1Pair(e);
  V m = scaled.hi * e.rest, mLost = scaled.lo * e.rest;
  V near = splat<V>(Element<V>(0.5)) * (m + (m / (m + splat<V>(1)) + mLost));
  V far = fma(e.p, e.half, e.half) * splat<V>(Element<V>(0.5)) * e.rest;
  V y = select(a > splat<V>(detail::ExpRange<Element<V>>::sinhIsExp), far, near);
  return __builtin_elementwise_copysign(y, x);
}

template <class V> BDC_KERNEL V cosh(V x) {
  auto e = detail::expParts(V(__builtin_elementwise_abs(x)));
  V halfExp = fma(e.p, e.half, e.half) * splat<V>(Element<V>(0.5)) * e.rest;
  return halfExp + splat<V>(Element<V>(0.25)) / halfExp;
}

} // namespace bdc::kernels
