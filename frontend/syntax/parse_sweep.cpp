#include "frontend/syntax/parser_impl.h"

namespace bdc::syntax {

using diag::Kind;

/// What a sweep, a fit or a sensitivity moves: `G`, `E.tau`. `usage`: an example of the statement.
ExprPtr Parser::parseParameterName(std::string_view usage) {
  // `discard` is a parameter too: what stands before `over` or `in` is a name, whatever else it begins elsewhere.
  if (at(TokenKind::Word) && isClauseWord(peek().text) && peek(1).kind == TokenKind::Word && (peek(1).text == "over" || peek(1).text == "in"))
    return parseNameExpr();
  ExprPtr name = at(TokenKind::Word) ? parsePostfix() : errorExpr(peek().range);
  if (name->kind == ExprKind::Error)
    failExpected(Kind::ExpectedName, fmt::format("the name of a parameter (as in {})", usage));
  return name;
}

/// `sweep G over linspace(0 ms, 2 ms, 64), seed over seeds(5)`, `sweep G in [0, 2] ms by sobol(64)`.
StmtPtr Parser::parseSweep() {
  auto node = std::make_unique<SweepStmt>();
  Range begin = take().range;
  do
    node->axes.push_back(parseSweepAxis());
  while (!panicking && accept(TokenKind::Comma));
  if (!panicking && acceptWord("by"))
    node->sampling = parseExpr();
  return finish(std::move(node), begin);
}

SweepAxis Parser::parseSweepAxis() {
  SweepAxis axis;
  Range begin = peek().range;
  axis.parameter = parseParameterName("`sweep G over [1, 2] ms`");
  axis.values = errorExpr(peek().range);
  if (!panicking && (atWord("over") || atWord("in"))) {
    axis.isRange = take().text == "in";
    axis.values = parseExpr();
  } else if (!panicking) {
    failExpected(Kind::ExpectedToken, "`over` and values, or `in` and a range (as in `sweep G over [1, 2] ms`)");
  }
  axis.range = since(begin);
  return axis;
}

} // namespace bdc::syntax
