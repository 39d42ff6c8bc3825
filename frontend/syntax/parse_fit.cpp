#include "frontend/syntax/parser_impl.h"

namespace bdc::syntax {

using diag::Kind;

/// `minimise 1 - similarity(fc, target)`.
StmtPtr Parser::parseMinimise() {
  auto node = std::make_unique<MinimiseStmt>();
  node->isMaximum = peek().text == "maximise";
  Range begin = take().range;
  node->value = parseExpr();
  return finish(std::move(node), begin);
}

/// `fit G in [0, 3] Hz, area.a each in [-0.5, 0.5] Hz by adam(rate = 0.01), steps = 200`. `by` may begin a line of its own.
StmtPtr Parser::parseFit() {
  auto node = std::make_unique<FitStmt>();
  Range begin = take().range;
  do
    node->axes.push_back(parseFitAxis());
  while (!panicking && accept(TokenKind::Comma));
  size_t lines = 0;
  while (peek(lines).kind == TokenKind::Newline)
    ++lines;
  if (!panicking && lines > 0 && peek(lines).kind == TokenKind::Word && peek(lines).text == "by")
    while (lines-- > 0)
      take();
  if (panicking || !acceptWord("by"))
    return finish(std::move(node), begin);
  node->method = parsePostfix();
  while (!panicking && accept(TokenKind::Comma)) {
    bool named = true;
    node->options.push_back(parseArgument(named));
  }
  return finish(std::move(node), begin);
}

FitAxis Parser::parseFitAxis() {
  FitAxis axis;
  Range begin = peek().range;
  axis.parameter = parseParameterName("`fit G in [0, 3] Hz`");
  axis.each = !panicking && acceptWord("each");
  if (!panicking && acceptWord("in"))
    axis.interval = parseExpr();
  if (!panicking && acceptWord("as"))
    axis.transform = expectName("a transform (as in `as log`)");
  if (!panicking && accept(TokenKind::Tilde))
    axis.prior = parseExpr();
  axis.range = since(begin);
  return axis;
}

/// `sensitivity of area.x[0:5], bold every 1 ms to G, speed`.
StmtPtr Parser::parseSensitivity() {
  auto node = std::make_unique<SensitivityStmt>();
  Range begin = take().range;
  constexpr std::string_view usage = "`sensitivity of area.x every 1 ms to G`";
  if (expectWord("of", fmt::format("`of` and what changes (as in {})", usage)))
    node->items = parseExprList();
  if (!panicking && acceptWord("every"))
    node->every = parseExpr();
  if (!panicking && expectWord("to", fmt::format("`to` and parameters (as in {})", usage)))
    do
      node->parameters.push_back(parseParameterName(usage));
    while (!panicking && accept(TokenKind::Comma));
  return finish(std::move(node), begin);
}

} // namespace bdc::syntax
