/// exp and its relatives: exp, expm1, exprel = (e^x - 1)/x, its reciprocal and its derivative, sigmoid, tanh, sinh, cosh.
///
/// All share one reduction, x = n ln 2 + r with |r| <= ln(2)/2, and one polynomial for (e^r - 1 - r)/r^2. 2^n may be no number of
/// the format where the result is one: it is applied in two factors, so that overflow and gradual underflow come out of one
/// rounding without a branch.
#pragma once

#include "../vec.h"
#include "coefficients.h"

namespace bdc::kernels {

namespace detail {
template <class T> struct ExpRange;
template <> struct ExpRange<double> {
  static constexpr double invLn2 = 0x1.71547652b82fep+0, ln2Hi = 0x1.62e42fefa39efp-1, ln2Lo = 0x1.abc9e3b39803fp-56;
  static constexpr double lowest = -746.0, highest = 710.0;   ///< beyond: e^x is 0, infinity
  static constexpr double minusOne = -46.0, overflow = 720.0; ///< beyond: e^x - 1 is -1, (e^x - 1)/x is infinity
  static constexpr double farthest = 760.0;                   ///< beyond: x/(e^x - 1) is 0
  static constexpr double sinhIsExp = 22.0, tanhIsOne = 20.0; ///< from here to the bit
};
template <> struct ExpRange<float> {
  static constexpr float invLn2 = 0x1.715476p+0f, ln2Hi = 0x1.62e430p-1f, ln2Lo = -0x1.05c610p-29f;
  static constexpr float lowest = -104.0f, highest = 89.0f;
  static constexpr float minusOne = -30.0f, overflow = 95.0f, farthest = 112.0f;
  static constexpr float sinhIsExp = 10.0f, tanhIsOne = 10.0f;
};

template <class V> BDC_KERNEL V atLeast(V x, Element<V> low) { return select(x < splat<V>(low), splat<V>(low), x); }
template <class V> BDC_KERNEL V atMost(V x, Element<V> high) { return select(x > splat<V>(high), splat<V>(high), x); }

/// e^x = (1 + p) 2^n, with p = r + tail, |p| < 0.42.
template <class V> struct ExpParts {
  V r, tail, p;
  UintOf<V> n; ///< in the low bits; the upper ones are multiples of what a shift into the exponent drops
};

/// e^(x + lo…), |lo| below an ulp of x; lo is one value or none. |x| is below 1000.
template <class V, class... Lo> BDC_KERNEL ExpParts<V> expParts(V x, Lo... lo) {
  using T = Element<V>;
  using R = ExpRange<T>;
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
  parts.n = bits<UintOf<V>>(t);
  return parts;
}

/// The bits of 2^by.
template <class V> BDC_KERNEL constexpr typename Fmt<V>::Uint powerBits(int by) {
  return typename Fmt<V>::Uint(Fmt<V>::bias + by) << Fmt<V>::mantissaBits;
}
/// 2^by.
template <class V> BDC_KERNEL V power(int by) { return splat<V>(bits<Element<V>>(powerBits<V>(by))); }

/// 2^n as first * rest, for the n of every x from lowest to highest: first is a normal number, and so is (1 + p) first.
template <class V> struct ExpScale {
  V first, rest;
};
template <class V> BDC_KERNEL ExpScale<V> expScale(V x, UintOf<V> n) {
  using U = UintOf<V>;
  auto falls = bits<IntOf<V>>(x) < splat<IntOf<V>>(0);
  U offset = select(falls, splat<U>(powerBits<V>(64)), splat<U>(powerBits<V>(-1)));
  return {bits<V>((n << Fmt<V>::mantissaBits) + offset), select(falls, power<V>(-64), power<V>(1))};
}

/// The other functions take 2^n as 2^(n - 80) and 2^80, a constant: before the first is subnormal e^x is nothing beside 1.
inline constexpr int away = 80;
template <class V> BDC_KERNEL V expFirst(const ExpParts<V> &e) {
  return bits<V>((e.n << Fmt<V>::mantissaBits) + splat<UintOf<V>>(powerBits<V>(-away)));
}
/// The range in which that holds. NaN stays NaN.
template <class V> BDC_KERNEL V forExpm1(V atMostFarthest) { return atLeast(atMostFarthest, ExpRange<Element<V>>::minusOne); }

/// Where x is all that e^x - 1 has within a rounding. Far enough from the subnormal numbers, which 2^-80 would cut short.
template <class V> BDC_KERNEL auto isTiny(V x) {
  return __builtin_elementwise_abs(x) < splat<V>(sizeof(Element<V>) == 8 ? Element<V>(0x1p-60) : Element<V>(0x1p-30));
}

/// (e^x - 1) 2^-80, except where x is tiny.
template <class V> BDC_KERNEL Pair<V> expm1Pair(const ExpParts<V> &e) {
  V first = expFirst(e);
  // r first, and what its sum rounds away: near |x| = 1/2 the terms cancel.
  V whole = first - power<V>(-away);
  V sum = fma(e.r, first, whole), lost = fma(e.r, first, whole - sum);
  V rest = fma(e.tail, first, lost), hi = sum + rest;
  return {hi, rest - (hi - sum)};
}
/// The same and x 2^-80: what a quotient of the two needs.
template <class V> struct Expm1Over {
  V expm1, x;
};
template <class V> BDC_KERNEL Expm1Over<V> expm1AndX(V x) {
  V below = atMost(x, ExpRange<Element<V>>::farthest);
  return {expm1Pair(expParts(forExpm1(below))).hi, below * power<V>(-away)};
}
} // namespace detail

/// Below 1 ulp.
template <class V> BDC_KERNEL V exp(V x) {
  using R = detail::ExpRange<Element<V>>;
  auto e = detail::expParts(detail::atMost(detail::atLeast(x, R::lowest), R::highest));
  auto scale = detail::expScale(x, e.n);
  return fma(e.p, scale.first, scale.first) * scale.rest;
}

/// e^x - 1 without cancellation near 0, and with its sign there.
template <class V> BDC_KERNEL V expm1(V x) {
  V y = detail::expm1AndX(x).expm1 * detail::power<V>(detail::away);
  return select(detail::isTiny(x), x, y);
}

/// (e^x - 1)/x with its limits: 1 at 0, 0 at -infinity. This is the phi of exponential Euler.
template <class V> BDC_KERNEL V exprel(V x) {
  auto e = detail::expm1AndX(x);
  return select(detail::isTiny(x), splat<V>(1), e.expm1 / e.x);
}

/// x/(e^x - 1) with its limits: 1 at 0, 0 at infinity. What a/exprel(x) needs without a second division.
template <class V> BDC_KERNEL V rexprel(V x) {
  auto e = detail::expm1AndX(x);
  return select(detail::isTiny(x), splat<V>(1), e.x / e.expm1);
}

/// d/dx exprel(x) = (e^x (x - 1) + 1)/x^2; 1/2 at 0.
template <class V> BDC_KERNEL V dexprel(V x) {
  using T = Element<V>;
  using R = detail::ExpRange<T>;
  V near = horner(V(x + splat<V>(T(0.125))), coefficients::Dexprel<T>::c);
  V divisor = detail::atMost(x, R::overflow);
  auto e = detail::expParts(detail::forExpm1(divisor));
  V weight = detail::expFirst(e) * (divisor - splat<V>(1));
  V numerator = fma(e.p, weight, weight + detail::power<V>(-detail::away));
  // One division by x^2, corrected by its residual.
  V square = divisor * divisor, squareLost = fma(divisor, divisor, -square);
  V reciprocal = splat<V>(1) / square, far = numerator * reciprocal;
  far = fma(fma(-far, square, numerator) - far * squareLost, reciprocal, far) * detail::power<V>(detail::away);
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
  V a = detail::atMost(V(__builtin_elementwise_abs(x)), detail::ExpRange<Element<V>>::tanhIsOne);
  auto t = detail::expm1Pair(detail::expParts(V(a + a)));
  V scale = detail::power<V>(detail::away);
  t = {t.hi * scale, t.lo * scale};
  // t/(2 + t), the quotient corrected by its residual.
  V two = splat<V>(2), d = two + t.hi, dLost = t.hi - (d - two) + t.lo, inverse = splat<V>(1) / d;
  V q = t.hi * inverse;
  V y = fma(fma(-q, d, t.hi) + fma(-q, dLost, t.lo), inverse, q);
  return select(detail::isTiny(x), x, V(__builtin_elementwise_copysign(y, x)));
}

template <class V> BDC_KERNEL V sinh(V x) {
  using T = Element<V>;
  V a = __builtin_elementwise_abs(x);
  auto e = detail::expParts(detail::atMost(a, detail::ExpRange<T>::farthest));
  auto scaled = detail::expm1Pair(e);
  V scale = detail::power<V>(detail::away), m = scaled.hi * scale, mLost = scaled.lo * scale;
  V near = splat<V>(T(0.5)) * (m + (m / (m + splat<V>(1)) + mLost));
  V first = detail::expFirst(e), far = fma(e.p, first, first) * detail::power<V>(detail::away - 1);
  V y = select(a > splat<V>(detail::ExpRange<T>::sinhIsExp), far, near);
  return select(detail::isTiny(x), x, V(__builtin_elementwise_copysign(y, x)));
}

template <class V> BDC_KERNEL V cosh(V x) {
  using T = Element<V>;
  auto e = detail::expParts(detail::atMost(V(__builtin_elementwise_abs(x)), detail::ExpRange<T>::farthest));
  V first = detail::expFirst(e), halfExp = fma(e.p, first, first) * detail::power<V>(detail::away - 1);
  return halfExp + splat<V>(T(0.25)) / halfExp;
}

} // namespace bdc::kernels
