#include "frontend/syntax/scan.h"

#include "frontend/syntax/characters.h"
#include "frontend/syntax/words.h"

#include <algorithm>

namespace bdc::syntax {

namespace {

char charAt(std::string_view text, size_t i) { return i < text.size() ? text[i] : '\0'; }

/// Bytes of the character of a unit at a place, 0 where there is none: a letter, `%`, or one of µ Ω ° · Å.
size_t unitCharacter(std::string_view text, size_t i) {
  if (isLetter(charAt(text, i)) || charAt(text, i) == '%')
    return 1;
  for (std::string_view sign : {"\u00B5", "\u03BC", "\u03A9", "\u2126", "\u00B0", "\u00B7", "\u00C5"})
    if (i < text.size() && text.substr(i).starts_with(sign))
      return sign.size();
  return 0;
}

/// Bytes of `^2`, `^-1`, `^0.5`, `^(1/2)` at the beginning of a text; 0 where the power is not of this form.
size_t powerLength(std::string_view text) {
  size_t i = 1;
  if (charAt(text, i) == '(') {
    size_t end = text.find_first_not_of("0123456789+-./", i + 1);
    return end != std::string_view::npos && text[end] == ')' ? end + 1 : 0;
  }
  i += charAt(text, i) == '-' || charAt(text, i) == '+';
  size_t digits = i;
  while (isDigit(charAt(text, i)) || (charAt(text, i) == '.' && isDigit(charAt(text, i + 1))))
    ++i;
  return i > digits ? i : 0;
}

} // namespace

std::string_view leadingWord(std::string_view text) {
  if (text.empty() || !beginsName(text[0]))
    return {};
  auto end = std::find_if_not(text.begin(), text.end(), continuesName);
  return text.substr(0, end - text.begin());
}

size_t unitLength(std::string_view text) {
  size_t i = charAt(text, 0) == '/' ? 1 : 0;
  size_t first = unitCharacter(text, i);
  if (first == 0)
    return 0;
  i += first;
  while (i < text.size()) {
    char c = text[i];
    size_t length = isDigit(c) || c == '_' ? 1 : unitCharacter(text, i);
    if ((c == '/' || c == '*') && unitCharacter(text, i + 1) > 0)
      length = 1 + unitCharacter(text, i + 1);
    else if (c == '^')
      length = powerLength(text.substr(i));
    if (length == 0)
      break;
    i += length;
  }
  return i;
}

size_t declaredUnitLength(std::string_view text) {
  if (charAt(text, 0) != '1')
    return unitLength(text);
  if (isDigit(charAt(text, 1)) || charAt(text, 1) == '.')
    return 0; // a number
  return charAt(text, 1) == '/' ? 1 + unitLength(text.substr(1)) : 1;
}

LineStart lineStart(std::string_view text) {
  if (text.starts_with('}'))
    return LineStart::Statement;
  std::string_view word = leadingWord(text);
  if (word.empty())
    return LineStart::Other;
  if (word == "by")
    return LineStart::By;
  size_t next = word.size();
  bool blank = isBlank(charAt(text, next));
  while (isBlank(charAt(text, next)))
    ++next;
  char c = charAt(text, next), after = charAt(text, next + 1);
  if (c == '\'')
    return LineStart::Statement;
  if ((c == '=' && after != '=') || c == '~')
    return placesOf(word) != 0 && c == '~' ? LineStart::Statement : LineStart::Assignment;
  if ((c == '+' || c == '-' || c == '*' || c == '/') && after == '=')
    return LineStart::Statement;
  // Two operands without an operator between them: no expression goes on like this.
  bool operand = isLetter(c) || c == '_' || isDigit(c) || c == '"';
  if (blank && operand && placesOf(word) != 0 && !isClauseWord(leadingWord(text.substr(next))))
    return LineStart::Statement;
  return LineStart::Other;
}

bool continuesLine(const Token &token) {
  switch (token.kind) {
  case TokenKind::Comma:
  case TokenKind::Colon:
  case TokenKind::Assign:
  case TokenKind::AddAssign:
  case TokenKind::SubAssign:
  case TokenKind::MulAssign:
  case TokenKind::DivAssign:
  case TokenKind::Tilde:
  case TokenKind::Arrow:
  case TokenKind::Plus:
  case TokenKind::Minus:
  case TokenKind::Star:
  case TokenKind::Slash:
  case TokenKind::Caret:
  case TokenKind::Less:
  case TokenKind::LessEqual:
  case TokenKind::Greater:
  case TokenKind::GreaterEqual:
  case TokenKind::EqualEqual:
  case TokenKind::NotEqual:
    return true;
  case TokenKind::Word:
    return isOperatorWord(token.text);
  default:
    return false;
  }
}

} // namespace bdc::syntax
