#include "dialects/units/unit.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace bdc::units {

/// value * 10^shift, correctly rounded from the shortest decimal text of the value.
static double shiftDecimal(double value, int64_t shift) {
  if (shift == 0 || value == 0 || !std::isfinite(value))
    return value;
  char text[64];
  char *end = std::to_chars(text, text + sizeof text - 8, value, std::chars_format::scientific).ptr;
  *end = 0;
  char *exponent = static_cast<char *>(std::memchr(text, 'e', size_t(end - text)));
  int64_t written = std::strtol(exponent + 1, nullptr, 10);
  char *newEnd = std::to_chars(exponent + 1, text + sizeof text, written + shift).ptr;
  double result = 0;
  if (std::from_chars(text, newEnd, result).ec != std::errc())
    return value * std::pow(10.0, double(shift)); // beyond the range of a double
  return result;
}

double Scale::apply(double value) const {
  int64_t whole = exp10.floor();
  double result = value * double(num);
  if (den != 1)
    result /= double(den);
  result = shiftDecimal(result, whole);
  if (!exp10.isInteger())
    result *= std::pow(10.0, (exp10 - Rational(whole)).toDouble());
  return rest == 1.0 ? result : result * rest;
}

Scale operator*(const Scale &a, const Scale &b) {
  Scale result{1, 1, a.exp10 + b.exp10, a.rest * b.rest};
  Rational left(a.num, b.den), right(b.num, a.den);
  if (__builtin_mul_overflow(left.numerator(), right.numerator(), &result.num) ||
      __builtin_mul_overflow(left.denominator(), right.denominator(), &result.den)) {
    result.num = result.den = 1;
    result.rest *= left.toDouble() * right.toDouble();
  }
  return result;
}

/// The whole root of n, or 0 where there is none.
static int64_t wholeRoot(int64_t n, int64_t degree) {
  int64_t root = std::llround(std::pow(double(n), 1.0 / double(degree)));
  int64_t power = 1;
  for (int64_t i = 0; i < degree; ++i)
    if (__builtin_mul_overflow(power, root, &power))
      return 0;
  return power == n ? root : 0;
}

Scale Scale::pow(Rational power) const {
  Scale result{1, 1, exp10 * power, rest == 1.0 ? 1.0 : std::pow(rest, power.toDouble())};
  int64_t top = num, bottom = den;
  if (power < Rational(0))
    std::swap(top, bottom);
  int64_t times = std::abs(power.numerator()), degree = power.denominator();
  int64_t topRoot = wholeRoot(top, degree), bottomRoot = wholeRoot(bottom, degree);
  if (topRoot == 0 || bottomRoot == 0) {
    result.rest *= std::pow(double(top) / double(bottom), std::abs(power.toDouble()));
    return result;
  }
  for (int64_t i = 0; i < times; ++i)
    result = result * Scale{topRoot, bottomRoot, Rational(), 1.0};
  return result;
}

Scale Unit::coherent() const {
  // Powers of ten of the coherent base units um, ng, ms, pA, K, amol, cd in SI units; the nanogram makes mV.
  static constexpr int exponents[numBases] = {-6, -12, -3, -12, 0, -18, 0};
  Scale result = si;
  for (int i = 0; i < numBases; ++i)
    result.exp10 -= dimension[i] * Rational(exponents[i]);
  return result;
}

double Unit::toCoherent(double value) const { return coherent().apply(value + offset); }
double Unit::differenceToCoherent(double value) const { return coherent().apply(value); }
double Unit::fromCoherent(double value) const { return coherent().pow(-1).apply(value) - offset; }

namespace {

struct Factor {
  std::string symbol;
  Rational power;
};
using Factors = std::vector<Factor>;

/// Multiplies by the factors of a unit text raised to a power; equal symbols meet in one factor.
void multiply(Factors &factors, std::string_view text, Rational power) {
  bool down = text.starts_with('/');
  size_t at = down ? 1 : 0;
  while (at < text.size()) {
    size_t symbolEnd = std::min(text.find_first_of("*/^", at), text.size());
    std::string_view symbol = text.substr(at, symbolEnd - at);
    Rational exponent = 1;
    at = symbolEnd;
    if (at < text.size() && text[at] == '^') {
      at += text[at + 1] == '(' ? 2 : 1;
      char *end = nullptr;
      exponent = std::strtoll(text.data() + at, &end, 10);
      if (*end == '/' && text[at - 1] == '(')
        exponent = exponent / Rational(std::strtoll(end + 1, &end, 10));
      at = std::min(text.find_first_of("*/", size_t(end - text.data())), text.size());
    }
    exponent = exponent * power * Rational(down ? -1 : 1);
    auto same = std::find_if(factors.begin(), factors.end(), [&](const Factor &f) { return f.symbol == symbol; });
    if (same != factors.end())
      same->power += exponent;
    else if (symbol != "1")
      factors.push_back({std::string(symbol), exponent});
    if (at < text.size())
      down = text[at++] == '/';
  }
}

std::string textOf(const Factors &factors) {
  auto power = [](Rational p) -> std::string {
    if (p == Rational(1))
      return "";
    if (p.isInteger())
      return "^" + std::to_string(p.numerator());
    return "^(" + std::to_string(p.numerator()) + "/" + std::to_string(p.denominator()) + ")";
  };
  std::string result;
  for (const Factor &f : factors)
    if (f.power > Rational(0))
      result += (result.empty() ? "" : "*") + f.symbol + power(f.power);
  for (const Factor &f : factors)
    if (f.power < Rational(0))
      result += "/" + f.symbol + power(-f.power);
  return result.empty() ? "1" : result;
}

std::string productText(const Unit &a, const Unit &b, Rational power) {
  Factors factors;
  multiply(factors, a.text, 1);
  multiply(factors, b.text, power);
  return textOf(factors);
}

} // namespace

Unit operator*(const Unit &a, const Unit &b) { return {a.dimension * b.dimension, a.si * b.si, 0, productText(a, b, 1)}; }

Unit operator/(const Unit &a, const Unit &b) {
  return {a.dimension / b.dimension, a.si * b.si.pow(-1), 0, productText(a, b, -1)};
}

Unit Unit::pow(Rational power) const { return {dimension.pow(power), si.pow(power), 0, productText(Unit(), *this, power)}; }

Unit coherentUnit(const Dimension &dimension) {
  Unit result{dimension, {}, 0, format(dimension)};
  // The factor to the SI is the inverse of what `coherent` takes away from a factor of one.
  result.si = result.coherent().pow(-1);
  return result;
}

Unit unit(std::string_view text) {
  Parsed parsed = parse(text);
  if (parsed)
    return *parsed;
  std::fprintf(stderr, "bdc: '%.*s' is not a unit\n", int(text.size()), text.data());
  std::abort();
}

} // namespace bdc::units
