#include "frontend/syntax/lexer.h"

#include <fmt/format.h>

namespace bdc::syntax {

std::string_view describe(TokenKind kind) {
  switch (kind) {
  case TokenKind::Word: return "a name";
  case TokenKind::Number: return "a number";
  case TokenKind::Unit: return "a unit";
  case TokenKind::String: return "a string";
  case TokenKind::LeftParen: return "`(`";
  case TokenKind::RightParen: return "`)`";
  case TokenKind::LeftBracket: return "`[`";
  case TokenKind::RightBracket: return "`]`";
  case TokenKind::LeftBrace: return "`{`";
  case TokenKind::RightBrace: return "`}`";
  case TokenKind::Comma: return "`,`";
  case TokenKind::Semicolon: return "`;`";
  case TokenKind::Colon: return "`:`";
  case TokenKind::Dot: return "`.`";
  case TokenKind::Prime: return "`'`";
  case TokenKind::Assign: return "`=`";
  case TokenKind::AddAssign: return "`+=`";
  case TokenKind::SubAssign: return "`-=`";
  case TokenKind::MulAssign: return "`*=`";
  case TokenKind::DivAssign: return "`/=`";
  case TokenKind::Tilde: return "`~`";
  case TokenKind::Arrow: return "`->`";
  case TokenKind::Plus: return "`+`";
  case TokenKind::Minus: return "`-`";
  case TokenKind::Star: return "`*`";
  case TokenKind::Slash: return "`/`";
  case TokenKind::Caret: return "`^`";
  case TokenKind::Less: return "`<`";
  case TokenKind::LessEqual: return "`<=`";
  case TokenKind::Greater: return "`>`";
  case TokenKind::GreaterEqual: return "`>=`";
  case TokenKind::EqualEqual: return "`==`";
  case TokenKind::NotEqual: return "`!=`";
  case TokenKind::Newline: return "the end of the line";
  case TokenKind::Invalid: return "a character without meaning";
  case TokenKind::End: return "the end of the text";
  }
  return "";
}

namespace {

std::string_view className(TokenKind kind) {
  switch (kind) {
  case TokenKind::Word: return "word";
  case TokenKind::Number: return "number";
  case TokenKind::Unit: return "unit";
  case TokenKind::String: return "string";
  case TokenKind::Newline: return "newline";
  case TokenKind::Invalid: return "invalid";
  case TokenKind::End: return "end";
  default: return "sign";
  }
}

} // namespace

std::string dumpTokens(const diag::Sources &sources, const Tokens &tokens) {
  std::string result;
  for (const Token &token : tokens.tokens) {
    diag::Position position = sources.get(token.range.source).position(token.range.begin);
    if (token.doc >= 0)
      for (size_t begin = 0; begin != std::string::npos;) {
        const std::string &doc = tokens.docs[token.doc].text;
        size_t end = doc.find('\n', begin);
        result += fmt::format("{:>8} doc     {}\n", "", doc.substr(begin, end == std::string::npos ? end : end - begin));
        begin = end == std::string::npos ? end : end + 1;
      }
    std::string place = fmt::format("{}:{}", position.line, position.column);
    bool silent = token.kind == TokenKind::Newline || token.kind == TokenKind::End;
    std::string line = fmt::format("{:>8} {:<7} {}", place, className(token.kind), silent ? "" : token.text);
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + "\n";
  }
  return result;
}

} // namespace bdc::syntax
