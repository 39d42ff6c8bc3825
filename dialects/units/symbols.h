// The table of unit symbols and prefixes.
#pragma once

#include "dialects/units/unit.h"

#include <span>

namespace bdc::units {

/// Which prefixes a symbol takes.
enum class Prefixes { None, All, UpToMilli };

struct Symbol {
  std::string_view name;
  Dimension dimension;
  Scale si;
  Prefixes prefixes = Prefixes::All;
  double offset = 0;
};

struct Prefix {
  std::string_view name;
  int exp10;
};

std::span<const Symbol> symbols();
std::span<const Prefix> prefixes();

/// The symbol to write instead of a word that people write for a unit ("msec", "mVolt", "nanosiemens", "micron"); empty for others.
std::string symbolForWord(std::string_view word);

/// The unit of one symbol with an optional prefix, e.g. "mV" or "min". Whole symbols win over prefixed ones, so
/// `min` is a minute, `cd` a candela, `h` an hour.
std::optional<Unit> lookUp(std::string_view symbol);

} // namespace bdc::units
