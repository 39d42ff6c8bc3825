// Units: a dimension, an exact scale, and the text that the user wrote.
#pragma once

#include "dialects/units/dimension.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bdc::units {

/// A positive factor, kept exact as (num / den) * 10^exp10; `rest` takes what is irrational (roots, pi).
struct Scale {
  int64_t num = 1;
  int64_t den = 1;
  Rational exp10;
  double rest = 1.0;

  /// `value` times this factor. A power of ten shifts the decimal text of the value, so that 0.1 s is 100 ms and
  /// 0.3 us is 0.0003 ms to the last bit.
  double apply(double value) const;
  Scale pow(Rational power) const;
  bool isOne() const { return num == 1 && den == 1 && exp10.isZero() && rest == 1.0; }
  friend Scale operator*(const Scale &a, const Scale &b);
  friend bool operator==(const Scale &, const Scale &) = default;
};

/// A unit of measurement. Two units agree when their dimensions do.
struct Unit {
  Dimension dimension;
  Scale si;               ///< to the SI unit of the dimension
  double offset = 0;      ///< affine units: (value + offset) * si is the SI value; 273.15 for degC
  std::string text = "1"; ///< as written, "/ms" kept as it is

  bool isAffine() const { return offset != 0; }
  /// The factor to the coherent unit of the dimension (`format(dimension)`).
  Scale coherent() const;
  /// A value in this unit as a value in the coherent system (ms, mV, pA, nS, pF, GOhm, um, amol, mM, K), and back.
  double toCoherent(double value) const;
  double fromCoherent(double value) const;
  /// For a difference of two values: an affine unit without its offset (a step of 1 degC is 1 K).
  double differenceToCoherent(double value) const;

  Unit pow(Rational power) const;
};

/// Units without affine offset; the text is `a*b` and the like, in the form that `parse` reads.
Unit operator*(const Unit &a, const Unit &b);
Unit operator/(const Unit &a, const Unit &b);

/// The unit of a product or quotient of two quantities in these units, as one writes it: nA for mV and Mohm, mV/s for mV and s;
/// empty where it has no short form.
std::string joined(std::string_view left, std::string_view right, bool divide);

/// The coherent unit of a dimension as a unit.
Unit coherentUnit(const Dimension &dimension);

struct ParseError {
  size_t position = 0; ///< byte offset into the text
  size_t length = 0;
  std::string message;
  std::string suggestion; ///< a text to write instead, or empty
};

/// A unit, or why there is none.
class Parsed {
public:
  Parsed(Unit unit) : result(std::move(unit)) {}
  Parsed(ParseError error) : problem(std::move(error)) {}
  explicit operator bool() const { return result.has_value(); }
  const Unit &operator*() const { return *result; }
  const Unit *operator->() const { return &*result; }
  const ParseError &error() const { return problem; }

private:
  std::optional<Unit> result;
  ParseError problem;
};

/// Reads `['/'] factor (('*' | '/') factor)*` with `factor = (symbol | '1') ['^' exponent]`, e.g. "mV", "/ms",
/// "uF/cm^2", "/s^(1/2)", "ohm*cm", "spikes", "%", "1". Quotients associate to the left.
Parsed parse(std::string_view text);

/// Whether a text is an affine unit: a point on a scale with an origin of its own, such as degC.
bool isAffine(std::string_view text);

/// A unit that is known to be right, such as one of the compiler's own; stops the program when it is not.
Unit unit(std::string_view text);

} // namespace bdc::units
