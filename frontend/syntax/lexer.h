#pragma once

#include "frontend/diagnostics/diagnostic.h"

#include <string>
#include <string_view>
#include <vector>

namespace bdc::syntax {

enum class TokenKind : uint8_t {
  Word, Number, Unit, String,
  LeftParen, RightParen, LeftBracket, RightBracket, LeftBrace, RightBrace,
  Comma, Semicolon, Colon, Dot, Prime,
  Assign, AddAssign, SubAssign, MulAssign, DivAssign, Tilde, Arrow,
  Plus, Minus, Star, Slash, Caret,
  Less, LessEqual, Greater, GreaterEqual, EqualEqual, NotEqual,
  Newline, ///< the end of a statement; several blank lines make one
  Invalid, ///< what could not be read; it has been reported
  End,
};

/// How a kind of token is called in messages: "`(`", "a number".
std::string_view describe(TokenKind kind);

struct Token {
  TokenKind kind = TokenKind::End;
  int32_t doc = -1; ///< index into Tokens::docs of the documentation comment before it, or -1
  diag::Range range;
  std::string_view text; ///< a string's is without its quotes
  double value = 0;      ///< of a number
  bool isReported = false; ///< the lexer has said what is wrong with it
};

/// A documentation comment of one or several lines, without slashes.
struct Doc {
  std::string text;
  diag::Range range;
};

/// The tokens of one text; the last is End.
struct Tokens {
  std::vector<Token> tokens;
  std::vector<Doc> docs;
};

/// Cuts a text into tokens. Units are found here: right after a number, after the colon of a declaration and
/// after the closing bracket of a range or call. So are the ends of statements: a line goes on where a round
/// or square bracket is open, where it ends with an operator or comma, or where the next begins with `by`,
/// unless the next line can only be a new statement (then a bracket or operand is missing).
Tokens lex(const diag::Sources &sources, diag::SourceId source, diag::Engine &engine);

/// One token per line: position, kind, text.
std::string dumpTokens(const diag::Sources &sources, const Tokens &tokens);

} // namespace bdc::syntax
