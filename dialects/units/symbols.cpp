#include "dialects/units/symbols.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <numbers>

namespace bdc::units {

// The rows of the table: exact factors to the SI as (number) * 10^exponent.
static constexpr Scale ten(int exponent) { return {1, 1, Rational(exponent), 1.0}; }
static constexpr Scale times(int64_t number, int exponent = 0) { return {number, 1, Rational(exponent), 1.0}; }
static constexpr Scale one{};

static constexpr Dimension energy = Dimension::of(2, 1, -2, 0);
static constexpr Dimension pressure = Dimension::of(-1, 1, -2, 0);
static constexpr Dimension volume = Dimension::of(3, 0, 0, 0);

static constexpr Symbol table[] = {
    // SI base units; the gram carries the prefixes of mass.
    {"m", dim::length, one},
    {"g", Dimension::of(0, 1, 0, 0), ten(-3)},
    {"s", dim::time, one},
    {"A", dim::current, one},
    {"K", dim::temperature, one},
    {"mol", dim::amount, one},
    {"cd", Dimension::of(0, 0, 0, 0, 0, 0, 1), one},
    // SI derived units.
    {"Hz", dim::rate, one},
    {"Bq", dim::rate, one},
    {"V", dim::voltage, one},
    {"S", dim::conductance, one},
    {"ohm", dim::resistance, one},
    {"Ohm", dim::resistance, one},
    {"\u03A9", dim::resistance, one},
    {"\u2126", dim::resistance, one},
    {"F", dim::capacitance, one},
    {"C", dim::charge, one},
    {"N", Dimension::of(1, 1, -2, 0), one},
    {"J", energy, one},
    {"W", Dimension::of(2, 1, -3, 0), one},
    {"Pa", pressure, one},
    {"T", Dimension::of(0, 1, -2, -1), one},
    {"Wb", Dimension::of(2, 1, -2, -1), one},
    {"H", Dimension::of(2, 1, -2, -2), one},
    {"lm", Dimension::of(0, 0, 0, 0, 0, 0, 1), one},
    {"lx", Dimension::of(-2, 0, 0, 0, 0, 0, 1), one},
    {"Gy", Dimension::of(2, 0, -2, 0), one},
    {"Sv", Dimension::of(2, 0, -2, 0), one},
    {"kat", Dimension::of(0, 0, -1, 0, 0, 1), one},
    {"rad", dim::none, one},
    {"sr", dim::none, one},
    {"deg", dim::none, {1, 180, Rational(), std::numbers::pi}, Prefixes::None},
    // Time beside the second: never prefixed, so `min` is a minute and `h` an hour.
    {"min", dim::time, times(60), Prefixes::None},
    {"h", dim::time, times(3600), Prefixes::None},
    {"d", dim::time, times(86400), Prefixes::None},
    {"day", dim::time, times(86400), Prefixes::None},
    // The field's own.
    {"M", dim::concentration, ten(3), Prefixes::UpToMilli},
    {"L", volume, ten(-3)},
    {"l", volume, ten(-3)},
    {"osmol", dim::amount, one},
    {"Osm", dim::concentration, ten(3), Prefixes::UpToMilli},
    {"eV", energy, times(1602176634, -28)},
    {"cal", energy, times(4184, -3)},
    {"bar", pressure, ten(5)},
    {"mmHg", pressure, times(133322387415, -9), Prefixes::None},
    {"atm", pressure, times(101325), Prefixes::None},
    {"Da", Dimension::of(0, 1, 0, 0), times(166053906660, -38)},
    {"Å", dim::length, ten(-10), Prefixes::None},
    {"degC", dim::temperature, one, Prefixes::None, 273.15},
    {"°C", dim::temperature, one, Prefixes::None, 273.15},
    // Counted things are pure numbers; the word says what is counted.
    {"spikes", dim::none, one, Prefixes::None},
    {"spike", dim::none, one, Prefixes::None},
    {"%", dim::none, ten(-2), Prefixes::None},
    {"permille", dim::none, ten(-3), Prefixes::None},
};

static constexpr Prefix prefixTable[] = {
    {"Q", 30}, {"R", 27},  {"Y", 24},  {"Z", 21},  {"E", 18},  {"P", 15},  {"T", 12},  {"G", 9},       {"M", 6},
    {"k", 3},  {"h", 2},   {"da", 1},  {"d", -1},  {"c", -2},  {"m", -3},  {"u", -6},  {"\u00B5", -6}, {"\u03BC", -6},
    {"n", -9}, {"p", -12}, {"f", -15}, {"a", -18}, {"z", -21}, {"y", -24}, {"r", -27}, {"q", -30},
};

struct Word {
  std::string_view word, symbol;
};
/// In small letters.
static constexpr Word wordTable[] = {
    {"sec", "s"},       {"secs", "s"},     {"second", "s"},     {"seconds", "s"},       {"minute", "min"},
    {"minutes", "min"}, {"mins", "min"},   {"hour", "h"},       {"hours", "h"},         {"hr", "h"},
    {"days", "day"},    {"volt", "V"},     {"volts", "V"},      {"amp", "A"},           {"amps", "A"},
    {"ampere", "A"},    {"amperes", "A"},  {"siemens", "S"},    {"mho", "S"},           {"mhos", "S"},
    {"farad", "F"},     {"farads", "F"},   {"hertz", "Hz"},     {"hz", "Hz"},           {"ohms", "ohm"},        {"ohm", "ohm"},
    {"micron", "um"},   {"microns", "um"}, {"meter", "m"},      {"metre", "m"},         {"meters", "m"},
    {"metres", "m"},    {"molar", "M"},    {"celsius", "degC"}, {"celcius", "degC"},    {"kelvin", "K"},
    {"coulomb", "C"},   {"joule", "J"},    {"watt", "W"},       {"newton", "N"},        {"pascal", "Pa"},
    {"gram", "g"},      {"percent", "%"},  {"liter", "L"},      {"litre", "L"},         {"angstrom", "Å"},
    {"torr", "mmHg"},   {"mole", "mol"},   {"moles", "mol"},    {"dimensionless", "1"}, {"degrees", "deg"},
    {"cm2", "cm^2"},    {"um2", "um^2"},   {"cm3", "cm^3"},     {"um3", "um^3"},        {"m2", "m^2"},
    {"m3", "m^3"},      {"mm2", "mm^2"},
};

static constexpr Word prefixWords[] = {
    {"femto", "f"}, {"pico", "p"}, {"nano", "n"}, {"micro", "u"}, {"milli", "m"}, {"centi", "c"}, {"kilo", "k"},
    {"mega", "M"},  {"meg", "M"},  {"giga", "G"}, {"tera", "T"},  {"peta", "P"},
};

std::span<const Symbol> symbols() { return table; }
std::span<const Prefix> prefixes() { return prefixTable; }

static std::string inSmallLetters(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return c < 0x80 ? std::tolower(c) : c; });
  return small;
}

static std::string_view unprefixed(std::string_view word) {
  const std::string small = inSmallLetters(word);
  const auto *entry = std::ranges::find(wordTable, small, &Word::word);
  return entry == std::end(wordTable) ? std::string_view() : entry->symbol;
}

std::string symbolForWord(std::string_view word) {
  if (const std::string_view symbol = unprefixed(word); !symbol.empty())
    return std::string(symbol);
  const auto with = [&](std::string_view prefix, std::string_view written) -> std::string {
    const std::string_view symbol = inSmallLetters(word).starts_with(written) ? unprefixed(word.substr(written.size())) : "";
    std::string whole = std::string(prefix) + std::string(symbol);
    return !symbol.empty() && lookUp(whole) ? whole : "";
  };
  for (const Word &prefix : prefixWords)
    if (std::string symbol = with(prefix.symbol, prefix.word); !symbol.empty())
      return symbol;
  for (const Prefix &prefix : prefixTable)
    if (std::string symbol = word.starts_with(prefix.name) ? with(prefix.name, inSmallLetters(prefix.name)) : ""; !symbol.empty())
      return symbol;
  return {};
}

bool isAffine(std::string_view text) {
  for (const Symbol &symbol : table)
    if (symbol.offset != 0 && symbol.name == text)
      return true;
  return false;
}

static bool takes(const Symbol &symbol, const Prefix &prefix) {
  return symbol.prefixes == Prefixes::All || (symbol.prefixes == Prefixes::UpToMilli && prefix.exp10 <= -3);
}

std::optional<Unit> lookUp(std::string_view text) {
  for (const Symbol &symbol : table)
    if (symbol.name == text)
      return Unit{symbol.dimension, symbol.si, symbol.offset, std::string(text)};
  for (const Prefix &prefix : prefixTable) {
    if (!text.starts_with(prefix.name))
      continue;
    std::string_view rest = text.substr(prefix.name.size());
    for (const Symbol &symbol : table)
      if (symbol.name == rest && takes(symbol, prefix))
        return Unit{symbol.dimension, symbol.si * ten(prefix.exp10), 0, std::string(text)};
  }
  return std::nullopt;
}

} // namespace bdc::units
