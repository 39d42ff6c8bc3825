// What is seen of a network.
#include "frontend/syntax/parser_impl.h"

namespace bdc::syntax {

using diag::Kind;

/// `matrix L = load("eeg.csv")`.
StmtPtr Parser::parseMatrix() {
  auto node = std::make_unique<MatrixStmt>();
  Range begin = take().range;
  node->name = expectName("the name of the matrix");
  if (!panicking && expect(TokenKind::Assign, "`=` and where it comes from (as in `matrix L = load(\"eeg.csv\")`)"))
    node->source = parseExpr();
  else
    node->source = errorExpr(peek().range);
  return finish(std::move(node), begin);
}

/// `observe bold = BalloonWindkessel(area.r * 1 ms) { V_0 = 0.02 } every 720 ms`.
StmtPtr Parser::parseObserve() {
  auto node = std::make_unique<ObserveStmt>();
  Range begin = take().range;
  node->name = expectName("the name of what is observed");
  if (!panicking && expect(TokenKind::Assign, "`=` and an observer (as in `observe slow = TemporalAverage(area.r)`)")) {
    Range use = peek().range;
    node->use.model = expectName("the name of an observer");
    if (!panicking)
      parseObserved(*node);
    node->head = since(begin);
    if (!panicking && at(TokenKind::LeftBrace))
      node->use.settings = parseSettings(fmt::format("{}(…)", node->use.model.text));
    node->use.range = since(use);
    if (!panicking && acceptWord("every"))
      node->every = parseExpr();
  }
  return finish(std::move(node), begin);
}

/// What stands in the brackets behind the observer's name.
void Parser::parseObserved(ObserveStmt &observe) {
  std::string_view model = observe.use.model.text;
  if (!at(TokenKind::LeftParen)) {
    failExpected(Kind::ExpectedToken, "`(` and what is observed").withHelp(fmt::format("`{}(area.x)`", model));
    return;
  }
  auto callee = std::make_unique<NameExpr>();
  callee->name = observe.use.model;
  callee->range = observe.use.model.range;
  ExprPtr call = parseCall(std::move(callee));
  for (Argument &argument : static_cast<CallExpr &>(*call).arguments) {
    if (argument.name)
      fail(Kind::UnknownOption, argument.name.range, fmt::format("the params of an observer stand in braces: `{}`", argument.name.text))
          .withHelp(fmt::format("`{}(…) {{ {} = … }}`", model, argument.name.text));
    else if (observe.weight)
      fail(Kind::WrongArgumentCount, argument.range, "an observer observes one thing, perhaps through a matrix");
    else
      (observe.source ? observe.weight : observe.source) = std::move(argument.value);
  }
  if (!observe.source)
    fail(Kind::WrongArgumentCount, call->range, fmt::format("`{}` needs to know what it observes", model))
        .withHelp(fmt::format("`{}(area.x)`", model));
}

} // namespace bdc::syntax
