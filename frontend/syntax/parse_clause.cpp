#include "frontend/syntax/parser_impl.h"

namespace bdc::syntax {

using diag::Kind;

/// `E.v, I.v[0:10]`: what a statement acts on.
std::vector<ExprPtr> Parser::parsePlaces() {
  std::vector<ExprPtr> places;
  do {
    ExprPtr place = parsePostfix();
    bool named = dynAs<NameExpr>(place) || dynAs<MemberExpr>(place) || dynAs<IndexExpr>(place) || dynAs<CallExpr>(place);
    if (!named && place->kind != ExprKind::Error)
      fail(Kind::ExpectedName, place->range, "expected a population or one of its variables, such as `E.v`");
    places.push_back(std::move(place));
  } while (!panicking && accept(TokenKind::Comma));
  return places;
}

/// What follows the word of a clause: `0.6`, `~ uniform(0, 1)`.
Value Parser::parseValueClause(Range word) {
  Value value;
  value.drawn = accept(TokenKind::Tilde);
  if (at(TokenKind::Assign)) {
    failHere(Kind::ExpectedExpression, "a clause takes its value without `=`")
        .withHelp("leave out the `=`, or write `~` before a distribution");
    value.expr = errorExpr(peek().range);
  } else {
    value.expr = parseExpr();
  }
  value.range = since(word);
  return value;
}

/// `Exponential { tau = 5 ms }`.
ModelUse Parser::parseModelUse(std::string_view what) {
  ModelUse use;
  Range begin = peek().range;
  use.model = expectName(what);
  if (!panicking && at(TokenKind::LeftBrace))
    use.settings = parseSettings(use.model.text);
  use.range = since(begin);
  return use;
}

/// `{ tau = 20 ms, a ~ normal(0, 1); trainable }`: separated by commas, semicolons or ends of lines.
std::vector<Setting> Parser::parseSettings(std::string_view owner) {
  std::vector<Setting> settings;
  Range opening = take().range;
  size_t statement = mark;
  open.push_back(0);
  auto skipToNext = [&] {
    while (at(TokenKind::Comma) || at(TokenKind::Newline) || at(TokenKind::Semicolon))
      take();
  };
  for (skipToNext(); !at(TokenKind::RightBrace); skipToNext()) {
    begin();
    if (at(TokenKind::End) || atLostSetting()) {
      leaveBlock(owner, opening);
      return settings;
    }
    if (at(TokenKind::LeftBrace)) {
      strayBlock("the name of a parameter");
      continue;
    }
    Setting setting;
    Range begin = peek().range;
    setting.name = expectName("the name of a parameter");
    if (!panicking && (at(TokenKind::Assign) || at(TokenKind::Tilde))) {
      setting.drawn = take().kind == TokenKind::Tilde;
      setting.value = parseExpr();
    }
    bool ended = atEndOfStatement() || at(TokenKind::Comma);
    bool isBehind = !panicking && atWord("every") && surplus() < 0; // the settings have no `}`
    if (!panicking && !ended && !isBehind)
      failExpected(Kind::ExpectedToken, setting.value ? "a comma or `}`" : "`=`, a comma or `}`");
    setting.range = since(begin);
    if (panicking && !setting.value)
      setting.value = errorExpr(setting.range);
    if (panicking)
      skipStatement();
    recover();
    if (setting.name)
      settings.push_back(std::move(setting));
    if (isBehind) {
      leaveBlock(owner, opening);
      return settings;
    }
  }
  open.pop_back();
  take();
  mark = statement;
  return settings;
}

} // namespace bdc::syntax
