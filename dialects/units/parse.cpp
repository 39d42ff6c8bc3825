#include "dialects/units/suggest.h"
#include "dialects/units/symbols.h"

#include <fmt/format.h>
#include <vector>

namespace bdc::units {
namespace {

/// A recursive-descent parser over one unit text.
class Parser {
public:
  explicit Parser(std::string_view text) : text(text) {}

  Parsed run() {
    if (text.empty())
      return fail(0, 0, "a unit is missing");
    Unit result;
    bool divide = take('/');
    while (true) {
      std::optional<Unit> factor = parseFactor();
      if (!factor)
        return problem;
      if (factor->isAffine() && factor->text != text)
        return fail(factorStart, factor->text.size(),
                    fmt::format("`{}` is a point on a scale and cannot be part of another unit", factor->text), "K");
      result = merge(result, *factor, divide);
      if (at == text.size())
        break;
      if (text[at] != '*' && text[at] != '/')
        return fail(at, text.size() - at,
                    text[at] == '.' ? "an exponent is a whole number, or a fraction in brackets: `s^(1/2)`" : "a unit continues with `*`, `/` or `^`");
      divide = text[at++] == '/';
    }
    result.text = std::string(text);
    return result;
  }

private:
  static Unit merge(const Unit &left, const Unit &factor, bool divide) {
    Scale scale = divide ? factor.si.pow(-1) : factor.si;
    Dimension dimension = divide ? factor.dimension.pow(-1) : factor.dimension;
    return {left.dimension * dimension, left.si * scale, factor.offset, ""};
  }

  ParseError fail(size_t position, size_t length, std::string message, std::string suggestion = "") {
    return problem = {position, length, std::move(message), std::move(suggestion)};
  }

  bool take(char c) {
    if (at >= text.size() || text[at] != c)
      return false;
    ++at;
    return true;
  }

  static bool endsSymbol(char c) { return c == '*' || c == '/' || c == '^' || c == '(' || c == ')' || c == ' '; }

  std::optional<Unit> parseFactor() {
    size_t start = factorStart = at;
    while (at < text.size() && !endsSymbol(text[at]))
      ++at;
    std::string_view symbol = text.substr(start, at - start);
    if (symbol.empty()) {
      fail(start, text.size() - start, "a unit symbol is missing here");
      return std::nullopt;
    }
    std::optional<Unit> unit = symbol == "1" ? Unit() : lookUp(symbol);
    if (!unit) {
      unknown(start, symbol);
      return std::nullopt;
    }
    if (!take('^'))
      return unit;
    std::optional<Rational> exponent = parseExponent();
    if (!exponent)
      return std::nullopt;
    Unit powered{unit->dimension.pow(*exponent), unit->si.pow(*exponent), unit->offset, unit->text};
    return powered;
  }

  std::optional<int64_t> parseInteger() {
    bool negative = take('-');
    size_t start = at;
    int64_t value = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at - start < 4)
      value = value * 10 + (text[at++] - '0');
    if (at == start) {
      fail(at, at < text.size() ? 1 : 0, "an exponent is a whole number or a fraction in brackets: `s^2`, `s^-1`, `s^(1/2)`");
      return std::nullopt;
    }
    return negative ? -value : value;
  }

  std::optional<Rational> parseExponent() {
    bool bracket = take('(');
    std::optional<int64_t> top = parseInteger();
    if (!top)
      return std::nullopt;
    Rational value(*top);
    if (bracket && take('/')) {
      size_t place = at;
      std::optional<int64_t> bottom = parseInteger();
      if (!bottom)
        return std::nullopt;
      if (*bottom == 0) {
        fail(place, 1, "an exponent cannot be divided by zero");
        return std::nullopt;
      }
      value = Rational(*top, *bottom);
    }
    if (bracket && !take(')')) {
      fail(at, at < text.size() ? 1 : 0, "the exponent's `)` is missing");
      return std::nullopt;
    }
    return value;
  }

  void unknown(size_t start, std::string_view symbol) {
    std::string suggestion = symbolForWord(symbol);
    if (suggestion.empty()) {
      std::vector<std::string> names;
      for (const Symbol &known : symbols()) {
        names.emplace_back(known.name);
        for (const Prefix &prefix : prefixes())
          if (known.prefixes == Prefixes::All && prefix.exp10 % 3 == 0 && prefix.exp10 >= -18 && prefix.exp10 <= 9)
            names.push_back(fmt::format("{}{}", prefix.name, known.name));
      }
      suggestion = closest(symbol, names);
    }
    fail(start, symbol.size(), fmt::format("`{}` is not a unit", symbol), std::move(suggestion));
  }

  std::string_view text;
  size_t at = 0;
  size_t factorStart = 0;
  ParseError problem;
};

} // namespace

Parsed parse(std::string_view text) { return Parser(text).run(); }

} // namespace bdc::units
