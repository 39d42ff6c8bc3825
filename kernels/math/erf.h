/// erf and erfc. Up to 1 a polynomial for erf; beyond, erfc(x) = exp(-x^2) E(x)/(1 + 2x), where E is one polynomial in
/// (x - 4)/(x + 4) over the whole half line (the form is that of M. M. Shepherd and J. G. Laframboise, Math. Comp. 36, 1981).
#pragma once

#include "exp.h"

namespace bdc::kernels {

namespace detail {
template <class T> struct ErfRange;
template <> struct ErfRange<double> {
  static constexpr double zero = 27.5; ///< erfc is 0 from here
};
template <> struct ErfRange<float> {
  static constexpr float zero = 10.2f;
};

/// erf(x) for |x| <= 1.
template <class V> BDC_KERNEL V erfNear(V x) { return fma(x, poly(V(x * x), coefficients::Erf<Element<V>>::c), x); }

/// erfc(a) for a >= 1/2.
template <class V> BDC_KERNEL V erfcFar(V a) {
  using T = Element<V>;
  V four = splat<V>(4), cut = splat<V>(ErfRange<T>::zero);
  a = select(a > cut, cut, a);
  V one = splat<V>(1), twice = a + a;
  V t = (a - four) / (a + four);
  V d = twice + one, dLost = twice - (d - one);
  // The polynomial and its quotient keep their low parts: three roundings in a row would be too many.
  V first = splat<V>(coefficients::Erfcx<T>::c[0]), others = t * poly<1>(t, coefficients::Erfcx<T>::c);
  V p = first + others, pLost = others - (p - first) + splat<V>(coefficients::Erfcx<T>::low);
  V inverse = one / d, s = p * inverse;
  V sLost = (fma(-s, d, p) + (pLost - s * dLost)) * inverse;
  V square = a * a, squareLost = fma(a, a, -square);
  auto e = expParts(atLeast(V(-square), ExpRange<T>::lowest), V(-squareLost));
  auto scale = expScale(V(-square), e.n);
  return (s + fma(e.r, s, fma(e.tail, s, sLost))) * scale.first * scale.rest;
}
} // namespace detail

template <class V> BDC_KERNEL V erf(V x) {
  V a = __builtin_elementwise_abs(x), one = splat<V>(1);
  V far = __builtin_elementwise_copysign(V(one - detail::erfcFar(a)), x);
  return select(a < one, detail::erfNear(x), far);
}

template <class V> BDC_KERNEL V erfc(V x) {
  V far = detail::erfcFar(V(__builtin_elementwise_abs(x)));
  V one = splat<V>(1), y = select(x < splat<V>(0), splat<V>(2) - far, far);
  V near = fma(-x, poly(V(x * x), coefficients::Erf<Element<V>>::c), one - x);
  // Up to 0.7: where erf grows towards 1, the difference would lose bits.
  return select(both(x > -one, x < splat<V>(Element<V>(0.7))), near, y);
}

} // namespace bdc::kernels
