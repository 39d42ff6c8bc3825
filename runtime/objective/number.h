/// The numbers that functionals are computed in: `double`, or `Dual` where derivatives along a direction are wanted too. What is
/// written once for a number T runs with both: forward mode with T = Dual, and a Hessian times a vector where the reverse mode
/// itself runs with T = Dual (forward over reverse).
///
/// The special functions are those of kernels/, whose bits are the same everywhere.
#pragma once

#include "kernels/math.h"

#include <algorithm>
#include <cmath>

namespace bdc::runtime::objective {

/// A value and its derivative along one direction.
struct Dual {
  double value = 0, tangent = 0;

  Dual() = default;
  Dual(double value, double tangent = 0) : value(value), tangent(tangent) {}

  Dual &operator+=(Dual b) { return *this = {value + b.value, tangent + b.tangent}; }
  Dual &operator-=(Dual b) { return *this = {value - b.value, tangent - b.tangent}; }
  Dual &operator*=(Dual b) { return *this = {value * b.value, tangent * b.value + value * b.tangent}; }
  Dual &operator/=(Dual b) {
    const double quotient = value / b.value;
    return *this = {quotient, (tangent - quotient * b.tangent) / b.value};
  }
};

inline Dual operator-(Dual a) { return {-a.value, -a.tangent}; }
inline Dual operator+(Dual a, Dual b) { return a += b; }
inline Dual operator-(Dual a, Dual b) { return a -= b; }
inline Dual operator*(Dual a, Dual b) { return a *= b; }
inline Dual operator/(Dual a, Dual b) { return a /= b; }

/// What is compared, and shown.
inline double valueOf(double x) { return x; }
inline double valueOf(Dual x) { return x.value; }

inline bool isZero(double x) { return x == 0; }
inline bool isZero(Dual x) { return x.value == 0 && x.tangent == 0; }
inline bool isFinite(double x) { return std::isfinite(x); }
inline bool isFinite(Dual x) { return std::isfinite(x.value) && std::isfinite(x.tangent); }

inline double exp(double x) { return kernels::exp(x); }
inline Dual exp(Dual x) {
  const double e = kernels::exp(x.value);
  return {e, e * x.tangent};
}
inline double log(double x) { return kernels::log(x); }
inline Dual log(Dual x) { return {kernels::log(x.value), x.tangent / x.value}; }
inline double sin(double x) { return kernels::sin(x); }
inline Dual sin(Dual x) { return {kernels::sin(x.value), kernels::cos(x.value) * x.tangent}; }
inline double cos(double x) { return kernels::cos(x); }
inline Dual cos(Dual x) { return {kernels::cos(x.value), -kernels::sin(x.value) * x.tangent}; }

/// 1, -1, or 0 at 0: a subgradient of |x|.
template <class T> double signOf(T x) {
  const double value = valueOf(x);
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}
template <class T> T magnitude(T x) { return x * T(signOf(x)); }

/// The square root, of what is never less than 0 but for rounding. At 0 its slope counts as 0: where a norm is least, 0 is one
/// of its subgradients.
inline double root(double x) { return x < 0 ? 0 : std::sqrt(x); }
inline Dual root(Dual x) {
  if (x.value <= 0)
    return {};
  const double r = std::sqrt(x.value);
  return {r, x.tangent / (2 * r)};
}

/// |real + i imaginary|, with the slope 0 at 0.
inline double modulus(double real, double imaginary) { return std::sqrt(real * real + imaginary * imaginary); }
inline Dual modulus(Dual real, Dual imaginary) {
  const double r = modulus(real.value, imaginary.value);
  return {r, r > 0 ? (real.value * real.tangent + imaginary.value * imaginary.tangent) / r : 0};
}

/// Takes back what rounding did to a number that lies within [low, high]; its derivative stays as it is.
inline double within(double x, double low, double high) { return std::clamp(x, low, high); }
inline Dual within(Dual x, double low, double high) { return {std::clamp(x.value, low, high), x.tangent}; }

} // namespace bdc::runtime::objective
