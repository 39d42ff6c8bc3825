/// Logarithms and pow. x = 2^e (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2); log(1 + f) from s = f/(2 + f), as in fdlibm's e_log.c
/// (Sun Microsystems 1993) with our own polynomial.
#pragma once

#include "exp.h"

namespace bdc::kernels {

namespace detail {
template <class T> struct LogConst;
template <> struct LogConst<double> {
  static constexpr i64 sqrtHalf = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
  static constexpr double intBase = 0x1p52, subnormalScale = 0x1p54, subnormalShift = 54;
  static constexpr double ln2Hi = 0x1.62e42fefa39efp-1, ln2Lo = 0x1.abc9e3b39803fp-56;
  static constexpr double ln2Short = 0x1.62e42fefa3800p-1, ln2Rest = 0x1.ef35793c76730p-45; ///< exponent times Short is exact
  static constexpr double log2e = 0x1.71547652b82fep+0, log10e = 0x1.bcb7b1526e50ep-2;
  static constexpr double log10of2Hi = 0x1.34413509f79ffp-2, log10of2Lo = -0x1.9dc1da994fd21p-59;
  static constexpr double twoThirdsLo = 0x1.5555555555555p-55;
};
template <> struct LogConst<float> {
  static constexpr i32 sqrtHalf = 0x3f3504f3, one = 0x3f800000;
  static constexpr float intBase = 0x1p23f, subnormalScale = 0x1p25f, subnormalShift = 25;
  static constexpr float ln2Hi = 0x1.62e430p-1f, ln2Lo = -0x1.05c610p-29f;
  static constexpr float ln2Short = 0x1.62e4p-1f, ln2Rest = 0x1.7f7d1cp-20f;
  static constexpr float log2e = 0x1.715476p+0f, log10e = 0x1.bcb7b2p-2f;
  static constexpr float log10of2Hi = 0x1.344136p-2f, log10of2Lo = -0x1.ec10c0p-27f;
  static constexpr float twoThirdsLo = -0x1.555556p-26f;
};

/// x = 2^exponent (1 + f).
template <class V> struct LogParts {
  V f, exponent;
};

/// For positive normal x.
template <class V> BDC_KERNEL LogParts<V> splitNormal(V x) {
  using T = Element<V>;
  using C = LogConst<T>;
  using U = UintOf<V>;
  constexpr int shift = Fmt<V>::mantissaBits;
  U raw = bits<U>(x);
  U biased = (raw + U(C::one - C::sqrtHalf)) >> shift;
  V m = bits<V>(raw - (biased << shift) + U(C::one));
  V exponent = bits<V>(biased | bits<U>(splat<V>(C::intBase))) - splat<V>(C::intBase + T(Fmt<V>::bias));
  return {m - splat<V>(1), exponent};
}

/// For all positive x.
template <class V> BDC_KERNEL LogParts<V> split(V x) {
  using C = LogConst<Element<V>>;
  auto tiny = x < splat<V>(Fmt<V>::smallestNormal);
  LogParts<V> p = splitNormal(select(tiny, x * splat<V>(C::subnormalScale), x));
  p.exponent = select(tiny, p.exponent - splat<V>(C::subnormalShift), p.exponent);
  return p;
}

/// log(1 + f) = f - logDeficit(f, lo) where lo is added to the result.
template <class V> BDC_KERNEL V logDeficit(V f, V lo) {
  using T = Element<V>;
  V s = f / (splat<V>(2) + f);
  V z = s * s;
  V halfSquare = splat<V>(T(0.5)) * f * f;
  V tail = fma(z, poly(z, coefficients::Log<T>::c), halfSquare);
  return halfSquare - fma(s, tail, lo);
}

/// The values of every logarithm outside (0, infinity): -infinity at 0, NaN below, infinity and NaN at themselves.
template <class V> BDC_KERNEL V logSpecial(V x, V y) {
  V outside = select(x == splat<V>(0), splat<V>(-Fmt<V>::infinity), splat<V>(Fmt<V>::nan));
  y = select(x > splat<V>(0), y, outside);
  return select(x < splat<V>(Fmt<V>::infinity), y, x);
}
} // namespace detail

/// Below 1 ulp.
template <class V> BDC_KERNEL V log(V x) {
  using C = detail::LogConst<Element<V>>;
  auto p = detail::split(x);
  V lo = p.exponent * splat<V>(C::ln2Lo);
  V y = fma(p.exponent, splat<V>(C::ln2Hi), p.f - detail::logDeficit(p.f, lo));
  return detail::logSpecial(x, y);
}

/// log(1 + x) without cancellation near 0.
template <class V> BDC_KERNEL V log1p(V x) {
  using T = Element<V>;
  using C = detail::LogConst<T>;
  V one = splat<V>(1), u = one + x;
  V lost = select(__builtin_elementwise_abs(x) < one, x - (u - one), one - (u - x));
  auto p = detail::splitNormal(u);
  // lost / 2^exponent is the part of 1 + f that the rounding of 1 + x dropped; beyond 2^60 it is nothing.
  auto e = select(p.exponent > splat<V>(60), splat<V>(60), p.exponent);
  using U = UintOf<V>;
  U scale = bits<U>(splat<V>(Fmt<V>::shifter) - e) << Fmt<V>::mantissaBits;
  V f = fma(lost, bits<V>(scale + U(C::one)), p.f);
  V lo = p.exponent * splat<V>(C::ln2Lo);
  V y = fma(p.exponent, splat<V>(C::ln2Hi), f - detail::logDeficit(f, lo));
  y = select(x == splat<V>(0), x, y);
  y = select(x == splat<V>(-1), splat<V>(-Fmt<V>::infinity), y);
  y = select(x < splat<V>(-1), splat<V>(Fmt<V>::nan), y);
  return select(x < splat<V>(Fmt<V>::infinity), y, x);
}

namespace detail {
/// log(1 + f), |f| < 0.42.
template <class V> BDC_KERNEL V logNear(V f) { return f - logDeficit(f, splat<V>(0)); }
} // namespace detail

/// Exact at powers of two.
template <class V> BDC_KERNEL V log2(V x) {
  using C = detail::LogConst<Element<V>>;
  auto p = detail::split(x);
  return detail::logSpecial(x, fma(detail::logNear(p.f), splat<V>(C::log2e), p.exponent));
}

template <class V> BDC_KERNEL V log10(V x) {
  using C = detail::LogConst<Element<V>>;
  auto p = detail::split(x);
  V y = fma(detail::logNear(p.f), splat<V>(C::log10e), p.exponent * splat<V>(C::log10of2Lo));
  return detail::logSpecial(x, fma(p.exponent, splat<V>(C::log10of2Hi), y));
}

namespace detail {
/// log(x) to about 1.25 times the bits of the format; x positive.
template <class V> BDC_KERNEL Pair<V> logPair(V x) {
  using T = Element<V>;
  using C = LogConst<T>;
  auto parts = split(x);
  V f = parts.f, two = splat<V>(2);
  V d = two + f, dLo = f - (d - two), r = splat<V>(1) / d;
  V s = f * r, sLo = (fma(-s, d, f) - s * dLo) * r;
  V z = s * s, zLo = fma(s, s, -z) + two * s * sLo;
  // log(1+f) = 2s (1 + z/3 + z^2 q/2): the factor z (1/3 + z q/2) as a pair.
  V third = splat<V>(T(1) / T(3)), thirdLo = splat<V>(C::twoThirdsLo * T(0.5));
  V tail = z * (poly(z, coefficients::LogTail<T>::c) * splat<V>(T(0.5)));
  V t = third + tail, tLo = (tail - (t - third)) + thirdLo;
  V u = z * t, uLo = fma(z, t, -u) + fma(z, tLo, zLo * t);
  V a = two * s, aLo = two * sLo;
  V v = a * u, vLo = fma(a, u, -v) + fma(a, uLo, aLo * u);
  V m = a + v, mLo = (v - (m - a)) + (aLo + vLo);
  V e = parts.exponent * splat<V>(C::ln2Short);
  V hi = e + m;
  V part = hi - e; // either may be the larger one: the full two-sum
  V lo = ((e - (hi - part)) + (m - part)) + fma(parts.exponent, splat<V>(C::ln2Rest), mLo);
  V sum = hi + lo;
  return {sum, lo - (sum - hi)};
}
} // namespace detail

/// x^y with the special cases of IEEE 754: pow(x, 0) = pow(1, y) = 1; a negative x needs an integer y.
template <class V> BDC_KERNEL V pow(V x, V y) {
  using T = Element<V>;
  V zero = splat<V>(0), one = splat<V>(1), inf = splat<V>(Fmt<V>::infinity), nan = splat<V>(Fmt<V>::nan);
  V a = __builtin_elementwise_abs(x);
  auto l = detail::logPair(a);
  V p = y * l.hi;
  V pLo = fma(y, l.hi, -p) + y * l.lo;
  pLo = select(__builtin_elementwise_abs(p) < splat<V>(T(800)), pLo, zero);
  using R = detail::ExpRange<T>;
  auto e = detail::expParts(detail::atMost(detail::atLeast(p, R::lowest), R::highest), pLo);
  auto scale = detail::expScale(p, e.n);
  V r = fma(e.p, scale.first, scale.first) * scale.rest;
  r = select(a == zero, select(y < zero, inf, zero), r);
  r = select(a == inf, select(y < zero, zero, inf), r);
  r = select(a == one, one, r);
  V halfY = y * splat<V>(T(0.5));
  V negative = select(__builtin_elementwise_trunc(halfY) == halfY, r, -r);
  negative = select(__builtin_elementwise_trunc(y) == y, negative, select(either(a == zero, a == inf), r, nan));
  V signOf = __builtin_elementwise_copysign(one, x);
  r = select(signOf < zero, negative, r);
  r = select(either(x != x, y != y), nan, r);
  return select(either(y == zero, x == one), one, r);
}

} // namespace bdc::kernels
