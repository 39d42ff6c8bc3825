// Exact fractions with small terms: exponents of units.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <numeric>

namespace bdc::units {

/// A reduced fraction with a positive denominator.
class Rational {
public:
  constexpr Rational() = default;
  constexpr Rational(int64_t numerator) : num(numerator) {}
  constexpr Rational(int64_t numerator, int64_t denominator) : num(numerator), den(denominator) { reduce(); }

  constexpr int64_t numerator() const { return num; }
  constexpr int64_t denominator() const { return den; }
  constexpr bool isZero() const { return num == 0; }
  constexpr bool isInteger() const { return den == 1; }
  constexpr double toDouble() const { return double(num) / double(den); }
  /// The largest integer that is not above this.
  constexpr int64_t floor() const { return num >= 0 ? num / den : -((-num + den - 1) / den); }

  friend constexpr Rational operator+(Rational a, Rational b) { return reduced(Wide(a.num) * b.den + Wide(b.num) * a.den, Wide(a.den) * b.den); }
  friend constexpr Rational operator-(Rational a, Rational b) { return a + -b; }
  friend constexpr Rational operator*(Rational a, Rational b) { return reduced(Wide(a.num) * b.num, Wide(a.den) * b.den); }
  /// The divisor must not be zero.
  friend constexpr Rational operator/(Rational a, Rational b) { return reduced(Wide(a.num) * b.den, Wide(a.den) * b.num); }
  constexpr Rational operator-() const { return {-num, den}; }
  constexpr Rational &operator+=(Rational b) { return *this = *this + b; }
  constexpr Rational &operator-=(Rational b) { return *this = *this - b; }

  friend constexpr bool operator==(Rational a, Rational b) { return a.num == b.num && a.den == b.den; }
  friend constexpr std::strong_ordering operator<=>(Rational a, Rational b) { return Wide(a.num) * b.den <=> Wide(b.num) * a.den; }

private:
  using Wide = __int128;

  /// What has no small terms becomes the nearest limit: it stays far from everything that is meant.
  static constexpr Rational reduced(Wide num, Wide den) {
    Wide a = num < 0 ? -num : num, b = den < 0 ? -den : den;
    while (b != 0) {
      const Wide rest = a % b;
      a = b;
      b = rest;
    }
    if (den < 0)
      a = -a;
    num /= a;
    den /= a;
    constexpr Wide limit = std::numeric_limits<int64_t>::max();
    if (den > limit || num > limit || num < -limit)
      return num < 0 ? Rational(-std::numeric_limits<int64_t>::max()) : Rational(std::numeric_limits<int64_t>::max());
    return {int64_t(num), int64_t(den)};
  }

  constexpr void reduce() {
    if (den < 0) {
      num = -num;
      den = -den;
    }
    if (int64_t g = std::gcd(num, den); g > 1) {
      num /= g;
      den /= g;
    }
  }

  int64_t num = 0;
  int64_t den = 1;
};

} // namespace bdc::units
