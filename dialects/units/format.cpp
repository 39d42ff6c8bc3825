#include "dialects/units/dimension.h"

#include <cstdlib>
#include <fmt/format.h>
#include <span>
#include <vector>

namespace bdc::units {
namespace {

struct Named {
  std::string_view text;
  Dimension dimension;
};

// Coherent units that have a symbol of their own, in the order in which a product prefers them.
constexpr Named named[] = {
    {"mV", dim::voltage},
    {"pA", dim::current},
    {"nS", dim::conductance},
    {"pF", dim::capacitance},
    {"GOhm", dim::resistance},
    {"mM", dim::concentration},
    {"amol", dim::amount},
    {"um", dim::length},
    {"K", dim::temperature},
    {"ms", dim::time},
    {"cd", Dimension::of(0, 0, 0, 0, 0, 0, 1)},
};

struct Factor {
  std::string_view text;
  Rational power;
};

std::string powerText(Rational power) {
  if (power == Rational(1))
    return "";
  if (power.isInteger())
    return fmt::format("^{}", power.numerator());
  return fmt::format("^({}/{})", power.numerator(), power.denominator());
}

std::string productText(std::span<const Factor> factors) {
  std::string result;
  for (const Factor &factor : factors)
    if (factor.power > Rational(0))
      result += fmt::format("{}{}{}", result.empty() ? "" : "*", factor.text, powerText(factor.power));
  for (const Factor &factor : factors)
    if (factor.power < Rational(0))
      result += fmt::format("/{}{}", factor.text, powerText(-factor.power));
  return result.empty() ? "1" : result;
}

/// The power p with base^p == dimension, or zero.
Rational powerOf(const Dimension &dimension, const Dimension &base) {
  for (int i = 0; i < numBases; ++i)
    if (!base[i].isZero()) {
      Rational power = dimension[i] / base[i];
      return base.pow(power) == dimension ? power : Rational(0);
    }
  return Rational(0);
}

/// What a factor costs to read: whole first powers least, and a unit below the line a little more than above.
int cost(Rational power) {
  int64_t size = std::abs(power.numerator()) * 2 + (power.denominator() - 1) * 4;
  return int(size) + (power < Rational(0) ? 1 : 0);
}

/// Two named units in a product, the cheapest such product.
bool formatPair(const Dimension &dimension, std::string &text) {
  static constexpr Rational powers[] = {1, -1, 2, -2, Rational(1, 2), Rational(-1, 2), 3, -3};
  int best = 1000;
  for (size_t i = 0; i < std::size(named); ++i)
    for (Rational power : powers) {
      Dimension rest = dimension / named[i].dimension.pow(power);
      for (size_t j = i + 1; j < std::size(named); ++j) {
        Rational other = powerOf(rest, named[j].dimension);
        if (other.isZero() || cost(power) + cost(other) >= best)
          continue;
        best = cost(power) + cost(other);
        Factor factors[] = {{named[i].text, power}, {named[j].text, other}};
        text = productText(factors);
      }
    }
  return best < 1000;
}

/// Any dimension over mV, pA, um, K, amol, ms, cd, which span them all: kg = mV pA ms^3 / um^2.
std::string formatGeneral(const Dimension &d) {
  Rational mass = d[Base::Mass];
  Factor factors[] = {{"mV", mass},
                      {"pA", d[Base::Current] + mass},
                      {"um", d[Base::Length] - Rational(2) * mass},
                      {"K", d[Base::Temperature]},
                      {"amol", d[Base::Amount]},
                      {"ms", d[Base::Time] + Rational(3) * mass},
                      {"cd", d[Base::Light]}};
  return productText(factors);
}

struct Kind {
  std::string_view name;
  Dimension dimension;
};

constexpr Dimension area = dim::length.pow(2);
constexpr Kind kinds[] = {
    {"pure number", dim::none},
    {"voltage", dim::voltage},
    {"current", dim::current},
    {"conductance", dim::conductance},
    {"resistance", dim::resistance},
    {"capacitance", dim::capacitance},
    {"charge", dim::charge},
    {"time", dim::time},
    {"rate", dim::rate},
    {"length", dim::length},
    {"area", area},
    {"volume", dim::length.pow(3)},
    {"speed", dim::length / dim::time},
    {"temperature", dim::temperature},
    {"amount", dim::amount},
    {"concentration", dim::concentration},
    {"mass", Dimension::of(0, 1, 0, 0)},
    {"force", Dimension::of(1, 1, -2, 0)},
    {"energy", Dimension::of(2, 1, -2, 0)},
    {"power", Dimension::of(2, 1, -3, 0)},
    {"pressure", Dimension::of(-1, 1, -2, 0)},
    {"luminous intensity", Dimension::of(0, 0, 0, 0, 0, 0, 1)},
    {"current density", dim::current / area},
    {"conductance density", dim::conductance / area},
    {"capacitance density", dim::capacitance / area},
    {"resistivity", dim::resistance *dim::length},
    {"conductivity", dim::conductance / dim::length},
    {"diffusion coefficient", area / dim::time},
    {"permeability", dim::length / dim::time},
    {"strength of noise", dim::rate.pow(Rational(1, 2))},
};

} // namespace

std::string format(const Dimension &dimension) {
  if (dimension.isNone())
    return "1";
  for (const Named &unit : named)
    if (unit.dimension == dimension)
      return std::string(unit.text);
  for (const Named &unit : named)
    if (Rational power = powerOf(dimension, unit.dimension); !power.isZero()) {
      Factor factor{unit.text, power};
      return productText({&factor, 1});
    }
  if (dimension == dim::charge)
    return "pA*ms"; // what a weight of a current synapse is read as, rather than mV*pF
  std::string text;
  if (formatPair(dimension, text))
    return text;
  return formatGeneral(dimension);
}

std::string kindOf(const Dimension &dimension) {
  for (const Kind &kind : kinds)
    if (kind.dimension == dimension)
      return std::string(kind.name);
  for (const Kind &kind : kinds)
    if (kind.dimension == dimension * dim::time)
      return fmt::format("{} per time", kind.name);
  for (const Kind &kind : kinds)
    if (kind.dimension == dimension * dim::length)
      return fmt::format("{} per length", kind.name);
  return "";
}

} // namespace bdc::units
