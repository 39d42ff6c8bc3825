#include "frontend/syntax/parser_impl.h"

#include <algorithm>

namespace bdc::syntax {

using diag::Kind;

// ------------------------------------------------------------------------------------------------- tokens

const Token &Parser::peek(size_t ahead) const { return tokens[std::min(next + ahead, tokens.size() - 1)]; }

static bool endsStatement(TokenKind kind) {
  return kind == TokenKind::Newline || kind == TokenKind::Semicolon || kind == TokenKind::RightBrace || kind == TokenKind::End;
}

bool Parser::atEndOfStatement() const { return endsStatement(peek().kind); }

const Token &Parser::take() {
  const Token &token = peek();
  if (next + 1 < tokens.size())
    ++next;
  return token;
}

bool Parser::accept(TokenKind kind) {
  if (!at(kind))
    return false;
  take();
  return true;
}

bool Parser::acceptWord(std::string_view word) {
  if (!atWord(word))
    return false;
  take();
  return true;
}

Range Parser::since(Range begin) const {
  if (next == 0)
    return begin;
  uint32_t end = tokens[next - 1].range.end;
  return {source, begin.begin, std::max(begin.end, end)};
}

/// The documentation comment before the token at hand, which is the first of a statement or definition.
std::string Parser::takeDoc() {
  int32_t doc = peek().doc;
  if (doc < 0)
    return {};
  docUsed[doc] = true;
  return docs[doc].text;
}

void Parser::reportStrayDocs() {
  for (size_t i = 0; i < docs.size(); ++i)
    if (!docUsed[i])
      engine.report(Kind::StrayDocComment, docs[i].range, "this documentation comment belongs to nothing")
          .withHelp("`///` stands on the lines before what it describes; a remark is `//`");
}

// ----------------------------------------------------------------------------------------------- mistakes

diag::Diagnostic &Parser::fail(Kind kind, Range where, std::string message) {
  bool isReported = false;
  for (size_t i = std::min(mark, next); i < tokens.size() && (i <= next || !endsStatement(tokens[i].kind)); ++i)
    isReported |= tokens[i].isReported;
  bool follows = lastMistake && next <= *lastMistake + 2;
  bool isSilent = panicking || isReported || follows;
  panicking = true;
  ++mistakes;
  if (isSilent)
    return silenced = diag::Diagnostic{};
  lastMistake = next;
  return engine.report(kind, where, std::move(message));
}

diag::Diagnostic &Parser::failHere(Kind kind, std::string message) { return fail(kind, peek().range, std::move(message)); }

std::string Parser::found() const {
  const Token &token = peek();
  switch (token.kind) {
  case TokenKind::Newline: return "the end of the line";
  case TokenKind::Word: return fmt::format("`{}`", token.text);
  case TokenKind::Number: return fmt::format("the number {}", token.text);
  case TokenKind::Unit: return fmt::format("the unit `{}`", token.text);
  case TokenKind::String: return "a string";
  default: return std::string(describe(token.kind));
  }
}

diag::Diagnostic &Parser::failExpected(Kind kind, std::string_view what) {
  return failHere(kind, fmt::format("expected {}, found {}", what, found()));
}

bool Parser::expect(TokenKind kind, std::string_view what) {
  if (accept(kind))
    return true;
  failExpected(Kind::ExpectedToken, what);
  return false;
}

bool Parser::expectWord(std::string_view word, std::string_view what) {
  if (acceptWord(word))
    return true;
  failExpected(Kind::ExpectedToken, what);
  return false;
}

Name Parser::expectName(std::string_view what) {
  if (!at(TokenKind::Word)) {
    failExpected(Kind::ExpectedName, what);
    return {};
  }
  if (isOperatorWord(peek().text)) {
    failHere(Kind::ExpectedName, fmt::format("expected {}, found the word `{}`", what, peek().text))
        .withHelp("`and`, `or`, `not`, `if`, `then`, `else` cannot be names");
    return {};
  }
  const Token &token = take();
  return {token.text, token.range};
}

bool Parser::expectClosing(TokenKind closing, Range opening) {
  if (accept(closing))
    return true;
  bool ended = atEndOfStatement();
  diag::Diagnostic &diagnostic =
      ended ? fail(Kind::UnclosedBracket, opening, fmt::format("this bracket is not closed before {}", found()))
            : failExpected(Kind::ExpectedToken, fmt::format("{} or an operator", describe(closing)));
  if (ended)
    diagnostic.withHelp(fmt::format("close it with {}", describe(closing)));
  else
    diagnostic.also(opening, "the bracket that is open");
  return false;
}

} // namespace bdc::syntax
