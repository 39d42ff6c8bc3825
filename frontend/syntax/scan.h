#pragma once

#include "frontend/syntax/lexer.h"

#include <cstddef>
#include <string_view>

/// Looking ahead in raw text: how long a unit is, and how a line begins.
namespace bdc::syntax {

/// The name at the beginning of a text; empty where there is none.
std::string_view leadingWord(std::string_view text);

/// Bytes of the unit at the beginning of a text, 0 where there is none: letters, `/`, `*`, `%`, powers such as
/// `^2`, `^-1`, `^(1/2)`. It ends with a blank, comma, semicolon, bracket or any sign that no unit has.
size_t unitLength(std::string_view text);
/// The same after the colon of a declaration, where a unit may be `1` or begin with it (`1/s`).
size_t declaredUnitLength(std::string_view text);

/// How a line begins, as far as that tells whether it can go on with the statement before it.
enum class LineStart : uint8_t {
  By,         ///< `by …`: always goes on
  Assignment, ///< `name = …`: a statement, or an argument with a name
  Statement,  ///< `x' = …`, `param tau …`, a closing brace: never goes on
  Other,
};
LineStart lineStart(std::string_view text);

/// True of a token after which a statement cannot end: an operator, a comma, `and`, `then`, …
bool continuesLine(const Token &token);

} // namespace bdc::syntax
