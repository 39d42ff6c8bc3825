// What a unit measures: rational exponents over the seven base dimensions of the SI.
#pragma once

#include "dialects/units/rational.h"

#include <array>
#include <string>
#include <string_view>

namespace bdc::units {

enum class Base { Length, Mass, Time, Current, Temperature, Amount, Light };
inline constexpr int numBases = 7;

/// A product of powers of base dimensions. All zero: a pure number.
class Dimension {
public:
  constexpr Dimension() = default;
  constexpr explicit Dimension(std::array<Rational, numBases> exponents) : exponents(exponents) {}
  /// From whole exponents of m, kg, s, A, K, mol, cd.
  static constexpr Dimension of(int m, int kg, int s, int A, int K = 0, int mol = 0, int cd = 0) {
    return Dimension({Rational(m), Rational(kg), Rational(s), Rational(A), Rational(K), Rational(mol), Rational(cd)});
  }

  constexpr Rational operator[](Base base) const { return exponents[int(base)]; }
  constexpr Rational operator[](int base) const { return exponents[base]; }
  constexpr Rational &operator[](int base) { return exponents[base]; }
  constexpr bool isNone() const { return *this == Dimension(); }

  friend constexpr Dimension operator*(Dimension a, const Dimension &b) {
    for (int i = 0; i < numBases; ++i)
      a.exponents[i] += b.exponents[i];
    return a;
  }
  friend constexpr Dimension operator/(Dimension a, const Dimension &b) {
    for (int i = 0; i < numBases; ++i)
      a.exponents[i] -= b.exponents[i];
    return a;
  }
  constexpr Dimension pow(Rational power) const {
    Dimension result = *this;
    for (Rational &e : result.exponents)
      e = e * power;
    return result;
  }
  friend constexpr bool operator==(const Dimension &, const Dimension &) = default;

private:
  std::array<Rational, numBases> exponents{};
};

namespace dim {
inline constexpr Dimension none{};
inline constexpr Dimension length = Dimension::of(1, 0, 0, 0);
inline constexpr Dimension time = Dimension::of(0, 0, 1, 0);
inline constexpr Dimension rate = Dimension::of(0, 0, -1, 0);
inline constexpr Dimension current = Dimension::of(0, 0, 0, 1);
inline constexpr Dimension voltage = Dimension::of(2, 1, -3, -1);
inline constexpr Dimension conductance = voltage.pow(-1) * current;
inline constexpr Dimension resistance = voltage / current;
inline constexpr Dimension charge = current * time;
inline constexpr Dimension capacitance = charge / voltage;
inline constexpr Dimension temperature = Dimension::of(0, 0, 0, 0, 1);
inline constexpr Dimension amount = Dimension::of(0, 0, 0, 0, 0, 1);
inline constexpr Dimension concentration = amount / length.pow(3);
} // namespace dim

/// The coherent unit of a dimension (factor 1 in bdc's inner system of ms, mV, pA, um, amol, K, cd) as text that
/// `parse` reads: "mV", "pA", "nS", "ms", "/ms", "mV/ms", "pA*ms", "nS/um^2", "/ms^(1/2)", and "1" for a pure number.
std::string format(const Dimension &dimension);

/// What is measured, for messages: "voltage", "current", "conductance", "pure number"; a quotient with time or
/// length reads "voltage per time". Empty where the field has no name.
std::string kindOf(const Dimension &dimension);

/// The unit in which papers state this quantity, where nobody has written another: "Mohm", "uA/cm^2"; for most the same
/// as `format`.
std::string usualUnit(const Dimension &dimension);

} // namespace bdc::units
