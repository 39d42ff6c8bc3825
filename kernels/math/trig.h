/// sin, cos and tan over the whole range.
///
/// x = n pi/2 + (r + rest). Up to 2^28 (f32: 2^17) by Cody and Waite's three parts with fma; beyond, lane by lane, from the
/// digits of 2/pi (Payne and Hanek 1983). A vector takes the slow path only where one of its lanes must.
#pragma once

#include "../vec.h"
#include "coefficients.h"

namespace bdc::kernels {

namespace detail {
template <class T> struct TrigConst;
template <> struct TrigConst<double> {
  static constexpr double twoOverPi = 0x1.45f306dc9c883p-1, limit = 0x1p28;
  static constexpr double p1 = 0x1.921fb54442d18p+0, p2 = 0x1.1a62633145c07p-54, p3 = -0x1.f1976b7ed8fbcp-110;
};
template <> struct TrigConst<float> {
  static constexpr float twoOverPi = 0x1.45f306p-1f, limit = 0x1p17f;
  static constexpr float p1 = 0x1.921fb6p+0f, p2 = -0x1.777a5cp-25f, p3 = -0x1.ee59dap-50f;
};

/// 2/pi in binary, 64 bits a word, after one word of zeros.
inline constexpr u64 twoOverPiBits[] = {
    0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041,
    0xfe5163abdebbc561, 0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e,
    0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b,
    0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab};

struct Reduced {
  double hi, lo;
  u64 quadrant;
};

/// x mod pi/2 for finite |x| >= 2^10, to about 2^-74 of the result. Not inlined: it is long and rare.
__attribute__((noinline)) inline Reduced reduceLarge(double x) {
  u64 raw = bits<u64>(x);
  u64 m = (raw & 0xfffffffffffff) | 0x10000000000000;
  int e = int((raw >> 52) & 0x7ff) - 1075; // |x| = m 2^e
  // The first word whose product with m can matter modulo 4; the words before it contribute multiples of 4.
  int j = (e + 62) >> 6;
  int shift = e - 64 * (j - 1) - 2;
  using u128 = unsigned __int128;
  u128 carry = 0;
  u64 w[4];
  for (int i = 3; i >= 0; --i) {
    carry += u128(twoOverPiBits[j + i]) * m;
    w[i] = u64(carry);
    carry >>= 64;
  }
  u64 top = w[0], mid = w[1], low = w[2];
  if (shift) {
    top = w[0] << shift | w[1] >> (64 - shift);
    mid = w[1] << shift | w[2] >> (64 - shift);
    low = w[2] << shift | w[3] >> (64 - shift);
  }
  u64 quadrant = top >> 62;
  // The fraction of a quarter turn, 190 bits; above one half it counts back from the next quadrant.
  top = top << 2 | mid >> 62;
  mid = mid << 2 | low >> 62;
  low <<= 2;
  bool back = top >> 63;
  if (back) {
    ++quadrant;
    low = ~low + 1;
    mid = ~mid + (low == 0);
    top = ~top + (low == 0 && mid == 0);
  }
  // Normalise to 128 significant bits.
  int zeros = 0;
  if (top == 0) {
    top = mid, mid = low, low = 0, zeros = 64;
  }
  int lead = top ? __builtin_clzll(top) : 0;
  if (lead) {
    top = top << lead | mid >> (64 - lead);
    mid = mid << lead | low >> (64 - lead);
  }
  zeros += lead;
  // top = 53 bits and 11 more; the value is 0.top mid * 2^-zeros.
  double scale = bits<double>(u64(1023 - 64 - zeros) << 52);
  double hi = double(i64(top >> 11)) * 2048.0 * scale;
  double lo = double(i64((top & 0x7ff) << 42 | mid >> 22)) * scale * 0x1p-42;
  double p = hi * TrigConst<double>::p1;
  double pLo = fma(hi, TrigConst<double>::p1, -p) + fma(hi, TrigConst<double>::p2, lo * TrigConst<double>::p1);
  bool negative = (raw >> 63) != back;
  double r = p + pLo, rest = pLo - (r - p);
  if (raw >> 63)
    quadrant = 0 - quadrant;
  return {negative ? -r : r, negative ? -rest : rest, quadrant};
}

/// x = quadrant pi/2 + r + rest; the lowest bits of `quadrant` count.
template <class V> struct Angle {
  V r, rest;
  UintOf<V> quadrant;
};

template <class V> BDC_KERNEL void setLane(V &v, int lane, Element<V> value) {
  if constexpr (width<V> == 1)
    v = value;
  else
    v[lane] = value;
}
template <class V> BDC_KERNEL auto getLane(const V &v, int lane) {
  if constexpr (width<V> == 1)
    return v;
  else
    return v[lane];
}

/// Replaces the lanes that are too large for Cody and Waite, and those that are no number.
template <class V> BDC_KERNEL void reduceLargeLanes(V x, Angle<V> &out) {
  using T = Element<V>;
#pragma clang loop unroll(disable)
  for (int i = 0; i < width<V>; ++i) {
    double lane = getLane(x, i), size = __builtin_elementwise_abs(lane);
    if (size < TrigConst<T>::limit)
      continue;
    Reduced one = reduceLarge(lane);
    bool finite = size < Format<double>::infinity;
    T head = finite ? T(one.hi) : Format<T>::nan;
    setLane(out.r, i, head);
    setLane(out.rest, i, sizeof(T) == 8 ? T(one.lo) : T(one.hi - double(head)));
    setLane(out.quadrant, i, Element<UintOf<V>>(one.quadrant));
  }
}

template <class V> BDC_KERNEL Angle<V> reduce(V x) {
  using C = TrigConst<Element<V>>;
  V shifted = fma(x, splat<V>(C::twoOverPi), splat<V>(Fmt<V>::shifter));
  V n = shifted - splat<V>(Fmt<V>::shifter);
  V first = fma(-n, splat<V>(C::p1), x); // exact
  V p = n * splat<V>(C::p2), pLo = fma(n, splat<V>(C::p2), -p);
  V second = first - p;
  // `first` is a multiple of p's last place, so this is the rounding of `second` to the bit.
  V lo = ((first - second) - p) - fma(n, splat<V>(C::p3), pLo);
  V r = second + lo;
  Angle<V> out{r, lo - (r - second), bits<UintOf<V>>(shifted)};
  if (__builtin_expect(!all(V(__builtin_elementwise_abs(x)) < splat<V>(C::limit)), 0))
    reduceLargeLanes(x, out);
  return out;
}

/// sin(r), |r| <= pi/4.
template <class V> BDC_KERNEL V sinPoly(V r) {
  V z = r * r;
  return fma(r * z, poly(z, coefficients::Sin<Element<V>>::c), r);
}

/// cos(r), |r| <= pi/4.
template <class V> BDC_KERNEL V cosPoly(V r) {
  V z = r * r;
  return fma(z, fma(z, poly(z, coefficients::Cos<Element<V>>::c), splat<V>(Element<V>(-0.5))), splat<V>(1));
}

/// sin(r + rest) with about five more bits.
template <class V> BDC_KERNEL Pair<V> sinPair(V r, V rest) {
  V z = r * r, tail = fma(r * z, poly(z, coefficients::Sin<Element<V>>::c), rest);
  V hi = r + tail;
  return {hi, tail - (hi - r)};
}

/// cos(r + rest) with about five more bits.
template <class V> BDC_KERNEL Pair<V> cosPair(V r, V rest) {
  V z = r * r, half = z * splat<V>(Element<V>(0.5)), one = splat<V>(1), w = one - half;
  V tail = fma(z * z, poly(z, coefficients::Cos<Element<V>>::c), ((one - w) - half) - r * rest);
  V hi = w + tail;
  return {hi, tail - (hi - w)};
}

/// The sign bit where `bit` of quadrant is set.
template <class V> BDC_KERNEL V flipSign(V y, UintOf<V> quadrant, int bit) {
  using U = UintOf<V>;
  constexpr int signBit = sizeof(Element<V>) * 8 - 1;
  return bits<V>(bits<U>(y) ^ (((quadrant >> bit) & U(1)) << signBit));
}

/// y, negated where x is negative.
template <class V> BDC_KERNEL V withSignOf(V y, V x) {
  using U = UintOf<V>;
  return bits<V>(bits<U>(y) ^ (bits<U>(x) & bits<U>(splat<V>(Element<V>(-0.0)))));
}
} // namespace detail

template <class V> BDC_KERNEL V sin(V x) {
  V size = __builtin_elementwise_abs(x);
  auto a = detail::reduce(size);
  auto odd = (a.quadrant & UintOf<V>(1)) != UintOf<V>(0);
  V y = detail::flipSign(select(odd, detail::cosPoly(a.r), detail::sinPoly(a.r)), a.quadrant, 1);
  return detail::withSignOf(y, x);
}

template <class V> BDC_KERNEL V cos(V x) {
  auto a = detail::reduce(x);
  auto odd = (a.quadrant & UintOf<V>(1)) != UintOf<V>(0);
  V y = select(odd, detail::sinPoly(a.r), detail::cosPoly(a.r));
  return detail::flipSign(y, UintOf<V>(a.quadrant + UintOf<V>(1)), 1);
}

template <class V> BDC_KERNEL V tan(V x) {
  V size = __builtin_elementwise_abs(x);
  auto a = detail::reduce(size);
  auto odd = (a.quadrant & UintOf<V>(1)) != UintOf<V>(0);
  auto s = detail::sinPair(a.r, a.rest), c = detail::cosPair(a.r, a.rest);
  V top = select(odd, -c.hi, s.hi), topLost = select(odd, -c.lo, s.lo);
  V bottom = select(odd, s.hi, c.hi), bottomLost = select(odd, s.lo, c.lo);
  V inverse = splat<V>(1) / bottom, q = top * inverse;
  V y = fma(fma(-q, bottom, top) + (topLost - q * bottomLost), inverse, q);
  // Where the angle is too small for its inverse, the tangent is the angle.
  y = select(size < splat<V>(Element<V>(0x1p-30)), size, y);
  return detail::withSignOf(y, x);
}

} // namespace bdc::kernels
