// Statements of networks of masses: connectomes, couplings, noise.
#include "frontend/syntax/parser_impl.h"

namespace bdc::syntax {

using diag::Kind;

/// `connectome SC = load("brain.h5", normalise = max)`.
StmtPtr Parser::parseConnectome() {
  auto node = std::make_unique<ConnectomeStmt>();
  Range begin = take().range;
  node->name = expectName("the name of the connectome");
  if (!panicking && expect(TokenKind::Assign, "`=` and where it comes from (as in `connectome SC = load(\"brain.h5\")`)"))
    node->source = parseExpr();
  else
    node->source = errorExpr(peek().range);
  return finish(std::move(node), begin);
}

/// `couple long: area.r -> area.I by additive(SC.weights, strength = G)`.
StmtPtr Parser::parseCouple() {
  auto node = std::make_unique<CoupleStmt>();
  Range begin = take().range;
  if (at(TokenKind::Word) && peek(1).kind == TokenKind::Colon) {
    node->label = expectName("the name of the coupling");
    take();
  }
  node->source = parseExpr();
  if (!panicking && expect(TokenKind::Arrow, "`->` and the input that is driven"))
    node->target = parsePostfix();
  else
    node->target = errorExpr(peek().range);
  node->head = since(begin);
  if (!panicking && expectWord("by", "`by` and a coupling (as in `by additive(SC.weights)`)"))
    parseCouplingUse(*node);
  if (panicking && !node->weight)
    node->weight = errorExpr(peek().range);
  return finish(std::move(node), begin);
}

/// `additive(SC.weights, strength = G, delay = …, steps = nearest)`: the last two belong to the statement, not to the coupling.
void Parser::parseCouplingUse(CoupleStmt &couple) {
  Range begin = peek().range;
  couple.rule.model = expectName("the name of a coupling, such as `additive`");
  couple.rule.range = since(begin);
  if (panicking)
    return;
  if (!at(TokenKind::LeftParen)) {
    failExpected(Kind::ExpectedToken, "`(` and the weights of the connections")
        .withHelp(fmt::format("`by {}(SC.weights)`", couple.rule.model.text));
    return;
  }
  auto callee = std::make_unique<NameExpr>();
  callee->name = couple.rule.model;
  callee->range = couple.rule.model.range;
  ExprPtr call = parseCall(std::move(callee));
  for (Argument &argument : static_cast<CallExpr &>(*call).arguments) {
    bool isDelay = argument.name.text == "delay";
    ExprPtr *own = !argument.name                    ? &couple.weight
                   : isDelay                         ? &couple.delay
                   : argument.name.text == "steps"   ? &couple.steps
                   : argument.name.text == "history" ? &couple.history
                                                     : nullptr;
    if (own && *own) {
      fail(argument.name ? Kind::DuplicateSetting : Kind::WrongArgumentCount, argument.range,
           argument.name ? fmt::format("`{}` is given twice", argument.name.text)
                         : std::string("a coupling takes one argument without a name: the weights of the connections"))
          .also((*own)->range, "first here");
    } else if (own) {
      *own = std::move(argument.value);
    } else {
      Setting setting;
      setting.name = argument.name;
      setting.value = std::move(argument.value);
      setting.range = argument.range;
      couple.rule.settings.push_back(std::move(setting));
    }
  }
  couple.rule.range = since(begin);
}

/// `disturb area.I, area.J by OrnsteinUhlenbeck { sigma = 0.1 }`.
StmtPtr Parser::parseDisturb() {
  auto node = std::make_unique<DisturbStmt>();
  Range begin = take().range;
  node->places = parsePlaces();
  if (!panicking && expectWord("by", "`by` and a noise (as in `by White { sigma = 0.1 }`)"))
    node->noise = parseModelUse("the name of a noise");
  return finish(std::move(node), begin);
}

} // namespace bdc::syntax
