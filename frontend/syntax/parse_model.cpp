#include "frontend/syntax/parser_impl.h"

namespace bdc::syntax {

using diag::Kind;

/// `input = 3` defines a variable called `input`; so a word before one of these signs begins no statement. Nobody calls a
/// variable `param` or `state`: there a name has been forgotten.
bool Parser::atNameBeingDefined() const {
  if (!at(TokenKind::Word) || atWord("param") || atWord("state"))
    return false;
  switch (peek(1).kind) {
  case TokenKind::Assign:
  case TokenKind::Prime:
  case TokenKind::AddAssign:
  case TokenKind::SubAssign:
  case TokenKind::MulAssign:
  case TokenKind::DivAssign:
    return true;
  default:
    return false;
  }
}

void Parser::parseModelStatement(Body &body) {
  if (atNameBeingDefined()) {
    std::string doc = takeDoc();
    if (StmtPtr statement = parseDefinition()) {
      statement->doc = std::move(doc);
      body.push_back(std::move(statement));
    }
  } else if (atWord("param")) {
    parseVariables(body, Role::Param);
  } else if (atWord("state")) {
    parseVariables(body, Role::State);
  } else if (atWord("input")) {
    parseVariables(body, Role::Input);
  } else if (atWord("output")) {
    parseVariables(body, Role::Output);
  } else if (atWord("source")) {
    parseVariables(body, Role::Source);
  } else if (atWord("term")) {
    parseVariables(body, Role::Term);
  } else if (atWord("on")) {
    std::string doc = takeDoc();
    body.push_back(parseOn());
    body.back()->doc = std::move(doc);
  } else if (atWord("current")) {
    auto node = std::make_unique<CurrentStmt>();
    node->doc = takeDoc();
    Range begin = take().range;
    node->value = parseExpr();
    body.push_back(finish(std::move(node), begin));
  } else if (atWord("step")) {
    auto node = std::make_unique<StepStmt>();
    node->doc = takeDoc();
    Range begin = take().range;
    node->value = parseExpr();
    body.push_back(finish(std::move(node), begin));
  } else {
    takeDoc();
    return unknownStatement(InModel);
  }
  endStatement("the statement");
}

/// `x = expr` or `x' = expr`; null where neither could be read.
StmtPtr Parser::parseDefinition() {
  Range begin = peek().range;
  Name name = expectName("a name");
  if (accept(TokenKind::Prime)) {
    auto node = std::make_unique<DerivativeStmt>();
    node->name = name;
    if (at(TokenKind::Prime))
      failHere(Kind::ExpectedToken, "a derivative has one prime")
          .withHelp(fmt::format("the velocity is a state of its own: `{}' = w` and `w' = …`", name.text));
    if (!panicking && expect(TokenKind::Assign, "`=` and the derivative"))
      node->value = parseExpr();
    else
      node->value = errorExpr(peek().range);
    return finish(std::move(node), begin);
  }
  if (!at(TokenKind::Assign)) {
    fail(Kind::MisplacedStatement, peek().range, fmt::format("{} cannot stand here", found()))
        .withHelp(fmt::format("a state jumps at an event, inside `on … {{ }}`; between events it follows `{}' = …`", name.text));
    return nullptr;
  }
  take();
  auto node = std::make_unique<DefinitionStmt>();
  node->name = name;
  node->value = parseExpr();
  return finish(std::move(node), begin);
}

/// `param a : ms = 1, b = 2, trainable`: a node for each name.
void Parser::parseVariables(Body &body, Role role) {
  Range begin = peek().range;
  std::string doc = takeDoc();
  take();
  size_t first = body.size();
  do {
    bool flag = atWord("trainable") && role == Role::Param && peek(1).kind != TokenKind::Assign && peek(1).kind != TokenKind::Colon;
    if (flag && body.size() > first) {
      take();
      for (size_t i = first; i < body.size(); ++i)
        static_cast<VariableStmt &>(*body[i]).trainable = true;
      continue;
    }
    StmtPtr variable = parseVariable(role, body.size() == first ? begin : peek().range);
    if (!variable)
      break;
    variable->doc = doc;
    body.push_back(std::move(variable));
  } while (!panicking && accept(TokenKind::Comma));
}

/// Null where there is no name: reported, and nothing is known of it.
StmtPtr Parser::parseVariable(Role role, Range begin) {
  auto node = std::make_unique<VariableStmt>();
  node->role = role;
  bool sided = role == Role::State && (atWord("pre") || atWord("post")) && peek(1).kind == TokenKind::Word;
  if (sided)
    node->side = take().text == "pre" ? Side::Pre : Side::Post;
  bool named = peek(1).kind == TokenKind::Assign || peek(1).kind == TokenKind::Colon;
  if (role == Role::Term || (role == Role::Output && !(at(TokenKind::Word) && named))) {
    node->value = parseExpr();
    return finish(std::move(node), begin);
  }
  node->name = expectName("the name of what is declared");
  if (!node->name)
    return nullptr;
  if (!panicking && accept(TokenKind::Colon)) {
    if (at(TokenKind::Unit)) {
      node->unit = {peek().text, peek().range};
      take();
      if (at(TokenKind::Slash) || at(TokenKind::Star))
        failHere(Kind::TrailingText, fmt::format("expected `=` or the end of the statement, found {}", found()))
            .withHelp(fmt::format("a unit has no blanks in it: `{}{}…`", node->unit.text, peek().text));
    } else {
      diag::Diagnostic &diagnostic = failExpected(Kind::ExpectedToken, "a unit after the colon, such as `mV`");
      if (at(TokenKind::Number))
        diagnostic.withHelp(fmt::format("a value stands after `=`: `{} = {}`", node->name.text, peek().text));
    }
  } else if (!panicking && at(TokenKind::Word)) {
    failExpected(Kind::ExpectedToken, "`:`, `=` or the end of the line")
        .withHelp(fmt::format("a unit stands after a colon: `{} : {}`", node->name.text, peek().text));
  }
  if (!panicking && (at(TokenKind::Assign) || at(TokenKind::Tilde))) {
    if (role == Role::Input || role == Role::Source)
      failHere(Kind::TrailingText, "this takes no value of its own")
          .withHelp(role == Role::Input ? "an input is the sum of whatever drives it, and zero where nothing does"
                                        : "a source is what the observer is applied to");
    node->drawn = take().kind == TokenKind::Tilde;
    node->steady = role == Role::State && !node->drawn && atWord("steady");
    if (node->steady)
      take();
    else
      node->value = parseExpr();
    if (!panicking && at(TokenKind::Colon))
      failHere(Kind::TrailingText, fmt::format("expected the end of the statement, found {}", found()))
          .withHelp(fmt::format("the unit stands before the value: `{} : {} = …`", node->name.text, peek(1).text));
  }
  return finish(std::move(node), begin);
}

/// `on v > v_th { … }`, `on spike { … }`, `on pre spike { … }`.
StmtPtr Parser::parseOn() {
  auto node = std::make_unique<OnStmt>();
  Range begin = take().range;
  Range head = peek().range;
  if (atWord("spike") && peek(1).kind == TokenKind::LeftBrace) {
    node->trigger = Trigger::Spike;
    take();
  } else if ((atWord("pre") || atWord("post")) && peek(1).kind == TokenKind::Word && peek(1).text == "spike") {
    node->trigger = take().text == "pre" ? Trigger::PreSpike : Trigger::PostSpike;
    take();
  } else {
    node->condition = parseExpr();
  }
  node->head = since(head);
  if (!panicking && at(TokenKind::Assign))
    failHere(Kind::ExpectedToken, "a condition compares with `==`, `<` or `>`").withHelp("a threshold is written `on v > v_th { … }`");
  if (!panicking || at(TokenKind::LeftBrace))
    parseBlock("`on`", InOn, [&] { parseOnStatement(node->body); });
  return finish(std::move(node), begin);
}

void Parser::parseOnStatement(Body &body) {
  takeDoc();
  Range begin = peek().range;
  if (atNameBeingDefined()) {
    auto node = std::make_unique<UpdateStmt>();
    node->name = expectName("a state");
    node->opRange = peek().range;
    switch (peek().kind) {
    case TokenKind::AddAssign: node->op = UpdateOp::Add; break;
    case TokenKind::SubAssign: node->op = UpdateOp::Sub; break;
    case TokenKind::MulAssign: node->op = UpdateOp::Mul; break;
    case TokenKind::DivAssign: node->op = UpdateOp::Div; break;
    default: break;
    }
    if (at(TokenKind::Prime))
      failHere(Kind::MisplacedStatement, "a derivative cannot stand inside `on … { }`")
          .withHelp("it holds between events and stands beside `on`");
    take();
    node->value = parseExpr();
    body.push_back(finish(std::move(node), begin));
  } else if (atWord("emit")) {
    auto node = std::make_unique<EmitStmt>();
    take();
    node->event = expectName("`spike`");
    body.push_back(finish(std::move(node), begin));
  } else if (atWord("hold")) {
    body.push_back(parseHold());
  } else {
    return unknownStatement(InOn);
  }
  endStatement("the statement");
}

/// `hold v, w for t_ref`.
StmtPtr Parser::parseHold() {
  auto node = std::make_unique<HoldStmt>();
  Range begin = take().range;
  do {
    if (Name name = expectName("the state to hold"))
      node->names.push_back(name);
  } while (!panicking && accept(TokenKind::Comma));
  if (!panicking && expectWord("for", "`for` and a time (as in `hold v for t_ref`)"))
    node->duration = parseExpr();
  else
    node->duration = errorExpr(peek().range);
  return finish(std::move(node), begin);
}

} // namespace bdc::syntax
