/// atan, atan2, asin, acos. Each reduces to one polynomial with one division or one root.
#pragma once

#include "../vec.h"
#include "coefficients.h"

namespace bdc::kernels {

namespace detail {
template <class T> struct PiConst;
template <> struct PiConst<double> {
  static constexpr double half = 0x1.921fb54442d18p+0, halfLo = 0x1.1a62633145c07p-54;
  static constexpr double raise = 0x1p60;
  static constexpr double near = 0.5463, far = 1.8305; ///< tan(1/2) and its inverse: where atan changes its reduction
};
template <> struct PiConst<float> {
  static constexpr float half = 0x1.921fb6p+0f, halfLo = -0x1.777a5cp-25f;
  static constexpr float raise = 0x1p30f;
  static constexpr float near = 0.5463f, far = 1.8305f;
};

/// atan(y/x) for y, x >= 0, not both 0 or infinite.
template <class V> BDC_KERNEL V atanQuotient(V y, V x) {
  using T = Element<V>;
  using C = PiConst<T>;
  auto far = y > splat<V>(C::far) * x, middle = y > splat<V>(C::near) * x;
  // atan(y/x) = pi/4 + atan((y - x)/(y + x)) = pi/2 - atan(x/y)
  V numerator = select(far, -x, select(middle, y - x, y));
  V denominator = select(far, y, select(middle, y + x, x));
  V quarters = select(far, splat<V>(1), select(middle, splat<V>(T(0.5)), splat<V>(0)));
  V t = numerator / denominator, z = t * t;
  V small = fma(t * z, poly(z, coefficients::Atan<T>::c), quarters * splat<V>(C::halfLo));
  return fma(quarters, splat<V>(C::half), t + small);
}

/// (asin(s) - s) for |s| <= 1/2 and z = s^2.
template <class V> BDC_KERNEL V asinTail(V s, V z) { return s * z * poly(z, coefficients::Asin<Element<V>>::c); }
} // namespace detail

template <class V> BDC_KERNEL V atan(V x) {
  V a = __builtin_elementwise_abs(x);
  // Beyond 2^60 atan is pi/2 to the last bit; the cut keeps infinity out of the quotient.
  V cut = splat<V>(Element<V>(0x1p60));
  V y = detail::atanQuotient(select(a > cut, cut, a), splat<V>(1));
  return __builtin_elementwise_copysign(y, x);
}

/// The angle of the point (x, y), with the signed zeros and infinities of IEEE 754.
template <class V> BDC_KERNEL V atan2(V y, V x) {
  using T = Element<V>;
  using C = detail::PiConst<T>;
  V zero = splat<V>(0), one = splat<V>(1), inf = splat<V>(Fmt<V>::infinity);
  V a = __builtin_elementwise_abs(y), b = __builtin_elementwise_abs(x);
  auto bothInfinite = both(a == inf, b == inf);
  a = select(bothInfinite, one, a);
  b = select(bothInfinite, one, b);
  // Sums of the largest numbers would overflow, products of the smallest lose bits.
  V larger = select(a > b, a, b), tiny = splat<V>(T(1) / Fmt<V>::huge * T(64));
  V scale = select(larger > splat<V>(Fmt<V>::huge), splat<V>(T(0.25)), one);
  scale = select(larger < tiny, splat<V>(C::raise), scale);
  V angle = detail::atanQuotient(V(a * scale), V(b * scale));
  angle = select(both(a == zero, b == zero), zero, angle);
  V turned = (splat<V>(T(2) * C::half) - angle) + splat<V>(T(2) * C::halfLo);
  angle = select(__builtin_elementwise_copysign(one, x) < zero, turned, angle);
  angle = select(either(x != x, y != y), splat<V>(Fmt<V>::nan), angle);
  return __builtin_elementwise_copysign(angle, y);
}

/// NaN outside [-1, 1].
template <class V> BDC_KERNEL V asin(V x) {
  using T = Element<V>;
  using C = detail::PiConst<T>;
  V a = __builtin_elementwise_abs(x);
  auto big = a > splat<V>(T(0.5));
  V z = select(big, (splat<V>(1) - a) * splat<V>(T(0.5)), a * a);
  V s = select(big, V(__builtin_elementwise_sqrt(z)), a);
  V tail = detail::asinTail(s, z);
  V two = splat<V>(2), half = splat<V>(C::half), most = fma(-two, s, half), lost = fma(-two, s, half - most);
  V far = most - fma(two, tail, -(splat<V>(C::halfLo) + lost));
  return __builtin_elementwise_copysign(V(select(big, far, s + tail)), x);
}

/// NaN outside [-1, 1].
template <class V> BDC_KERNEL V acos(V x) {
  using T = Element<V>;
  using C = detail::PiConst<T>;
  V a = __builtin_elementwise_abs(x), two = splat<V>(2);
  auto big = a > splat<V>(T(0.5));
  V z = select(big, (splat<V>(1) - a) * splat<V>(T(0.5)), a * a);
  V s = select(big, V(__builtin_elementwise_sqrt(z)), x);
  V tail = detail::asinTail(s, z);
  V near = splat<V>(C::half) - (s - (splat<V>(C::halfLo) - tail));
  V far = two * (s + tail);
  V back = splat<V>(2 * C::half) - (far - splat<V>(2 * C::halfLo));
  return select(big, select(x < splat<V>(0), back, far), near);
}

} // namespace bdc::kernels
