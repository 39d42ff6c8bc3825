// Units as the field writes them.
#include "dialects/units/unit.h"

#include <fmt/format.h>
#include <vector>

namespace bdc::units {
namespace {

/// Quantities that papers do not state in the coherent unit.
constexpr std::string_view usual[] = {"Mohm", "fC", "uA/cm^2", "mS/cm^2", "uF/cm^2", "ohm*cm"};

/// Symbols that a product or a quotient may come to, with any of these prefixes.
constexpr std::string_view symbols[] = {"V", "A", "S", "F", "ohm", "C", "M", "m", "A/cm^2", "S/cm^2", "F/cm^2"};
constexpr std::string_view prefixes[] = {"m", "u", "n", "p", "f", "", "k", "M", "G"};

const std::vector<Unit> &named() {
  static const std::vector<Unit> all = [] {
    std::vector<Unit> result;
    for (std::string_view symbol : symbols)
      for (std::string_view prefix : prefixes)
        if (Parsed each = parse(fmt::format("{}{}", prefix, symbol)))
          result.push_back(*each);
    return result;
  }();
  return all;
}

bool isSymbol(std::string_view text) { return !text.empty() && text.find_first_of("*/^1") == text.npos; }

} // namespace

std::string usualUnit(const Dimension &dimension) {
  for (std::string_view text : usual)
    if (Unit each = unit(text); each.dimension == dimension)
      return each.text;
  return format(dimension);
}

std::string joined(std::string_view left, std::string_view right, bool divide) {
  Parsed a = parse(left), b = parse(right);
  if (!a || !b || a->isAffine() || b->isAffine())
    return "";
  Unit whole = divide ? *a / *b : *a * *b;
  for (const Unit &each : named())
    if (each.dimension == whole.dimension && each.si == whole.si)
      return each.text;
  bool isShort = isSymbol(left) && isSymbol(right) && !whole.dimension.isNone() && kindOf(whole.dimension) != "";
  return isShort ? fmt::format("{}{}{}", left, divide ? "/" : "*", right) : "";
}

} // namespace bdc::units
