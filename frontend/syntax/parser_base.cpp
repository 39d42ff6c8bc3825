#include "frontend/syntax/parser_impl.h"

#include <algorithm>

namespace bdc::syntax {

using diag::Kind;

// ------------------------------------------------------------------------------------------------- tokens

const Token &Parser::peek(size_t ahead) const { return tokens[std::min(next + ahead, tokens.size() - 1)]; }

bool Parser::atEndOfStatement() const {
  return at(TokenKind::Newline) || at(TokenKind::Semicolon) || at(TokenKind::RightBrace) || at(TokenKind::End);
}

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
  if (panicking)
    return silenced = diag::Diagnostic{};
  panicking = true;
  return engine.report(kind, where, std::move(message));
}

diag::Diagnostic &Parser::failHere(Kind kind, std::string message) {
  if (at(TokenKind::Invalid)) // has been reported by the lexer
    panicking = true;
  return fail(kind, peek().range, std::move(message));
}

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

// ------------------------------------------------------------------------------------- recovery and blocks

/// Passes over what is left of a statement, with the blocks in it.
void Parser::skipStatement() {
  unsigned open = 0;
  while (!at(TokenKind::End)) {
    if (open == 0 && atEndOfStatement())
      break;
    if (at(TokenKind::LeftBrace))
      ++open;
    if (at(TokenKind::RightBrace))
      --open;
    take();
  }
}

void Parser::skipSeparators() {
  while (at(TokenKind::Newline) || at(TokenKind::Semicolon)) {
    takeDoc();
    take();
  }
}

/// Holds that a statement ends here; reports and passes over what follows it otherwise.
void Parser::endStatement(std::string_view statement) {
  if (lost)
    return;
  if (!panicking && !atEndOfStatement()) {
    if (at(TokenKind::Unit)) {
      fail(Kind::MisplacedUnit, peek().range, fmt::format("{} cannot stand here", found()))
          .withHelp("a unit stands after a number, a colon, or the closing bracket of a range or distribution; a product needs `*`");
    } else if (at(TokenKind::RightParen) || at(TokenKind::RightBracket)) {
      fail(Kind::UnmatchedBracket, peek().range, fmt::format("no bracket is open that this {} could close", describe(peek().kind)));
    } else {
      diag::Diagnostic &diagnostic =
          failHere(Kind::TrailingText, fmt::format("expected the end of {}, found {}", statement, found()));
      if (at(TokenKind::Word) || at(TokenKind::Number))
        diagnostic.withHelp(isLanguageWord(peek().text) ? "each statement has its own line, or `;` before it"
                                                        : "an operator or a comma may be missing before it");
    }
  }
  skipStatement();
  panicking = false;
}

/// A statement that can only stand outside the block at hand: the block's brace was never closed.
bool Parser::atLostStatement(Place place) const {
  if (!at(TokenKind::Word) || peek(1).kind != TokenKind::Word)
    return false;
  unsigned places = placesOf(peek().text);
  if (place == InProject && (places & InProject))
    return false;
  if (place == InProject && (places & InNetwork))
    return true;
  if (place == InOn && (places & InModel))
    return true;
  bool function = peek().text == "function" && peek(2).kind == TokenKind::LeftParen;
  return (places & InFile) && (peek(2).kind == TokenKind::LeftBrace || function);
}

/// The same among settings, where a word is followed by a sign and never by an operand.
bool Parser::atLostSetting() const {
  bool operand = peek(1).kind == TokenKind::Word || peek(1).kind == TokenKind::Number;
  return at(TokenKind::Word) && operand && (placesOf(peek().text) & (InFile | InNetwork | InProject));
}

void Parser::parseBlock(std::string_view owner, Place place, const std::function<void()> &statement) {
  Range opening = peek().range;
  if (!accept(TokenKind::LeftBrace)) {
    failExpected(Kind::ExpectedToken, fmt::format("`{{` and the statements of {}", owner));
    if (at(TokenKind::Newline) && peek(1).kind == TokenKind::LeftBrace) {
      take();
      take();
    } else if (!at(TokenKind::Newline)) {
      return;
    }
  }
  panicking = false;
  for (skipSeparators(); !at(TokenKind::RightBrace); skipSeparators()) {
    if (at(TokenKind::End) || atLostStatement(place)) {
      // One brace too few is one mistake, however many blocks are left by it.
      if (!lost) {
        diag::Diagnostic &diagnostic =
            fail(Kind::UnclosedBracket, opening, fmt::format("the `{{` of {} is never closed", owner));
        if (!at(TokenKind::End))
          diagnostic.also(peek().range, "this cannot stand inside it");
        diagnostic.withHelp("close it with `}`");
      }
      lost = true;
      panicking = false;
      return;
    }
    lost = false;
    size_t before = next;
    statement();
    if (next == before && !lost)
      take();
  }
  take();
}

/// What a first word may have been meant to be, by its neighbours.
std::optional<std::string> Parser::statementHint(Place place) const {
  std::string_view word = peek().text;
  if (place == InModel && peek(1).kind == TokenKind::Colon)
    return fmt::format("a declaration begins with its kind: `param {} : …` or `state {} : …`", word, word);
  if (place == InModel && word.starts_with('d') && peek(1).kind == TokenKind::Slash)
    return "a derivative is written with a prime: `v' = …`";
  std::vector<std::string_view> candidates = wordsOf(place);
  if (std::string help = diag::didYouMeanHelp(word, candidates); !help.empty())
    return help;
  return std::nullopt;
}

/// Reports the word at hand, which begins no statement here, and passes over its statement.
void Parser::unknownStatement(Place place) {
  if (!at(TokenKind::Word)) {
    if (at(TokenKind::RightParen) || at(TokenKind::RightBracket))
      fail(Kind::UnmatchedBracket, peek().range, fmt::format("no bracket is open that this {} could close", describe(peek().kind)));
    else
      failExpected(Kind::UnknownStatement, place == InFile ? "a definition" : fmt::format("a statement of {}", describe(place)));
  } else if (unsigned places = placesOf(peek().text)) {
    std::string belongs;
    for (Place other : {InFile, InModel, InOn, InNetwork, InProject, InExperiment})
      if (places & other)
        belongs += fmt::format("{}{}", belongs.empty() ? "" : ", or to ", describe(other));
    fail(Kind::MisplacedStatement, peek().range, fmt::format("`{}` cannot stand in {}", peek().text, describe(place)))
        .withHelp(fmt::format("it belongs to {}", belongs));
  } else {
    diag::Diagnostic &diagnostic = fail(Kind::UnknownStatement, peek().range,
                                        place == InFile ? fmt::format("no definition begins with `{}`", peek().text)
                                                        : fmt::format("no statement of {} begins with `{}`", describe(place), peek().text));
    if (std::optional<std::string> hint = statementHint(place))
      diagnostic.withHelp(*hint);
    else
      diagnostic.withNote(fmt::format("they begin with: {}", fmt::join(wordsOf(place), ", ")));
  }
  skipStatement();
  panicking = false;
}

} // namespace bdc::syntax
