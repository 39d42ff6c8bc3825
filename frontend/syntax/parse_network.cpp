#include "frontend/syntax/parser_impl.h"

namespace bdc::syntax {

using diag::Kind;

void Parser::parseNetworkStatement(Body &body) {
  if (atWord("param"))
    parseVariables(body, Role::Param);
  else if (atWord("start"))
    parseStart(body);
  else if (at(TokenKind::Word) && (placesOf(peek().text) & InNetwork)) {
    std::string doc = takeDoc();
    bool isPopulation = atWord("population") || atWord("nodes");
    body.push_back(isPopulation             ? parsePopulation()
                   : atWord("project")      ? parseProject()
                   : atWord("connectome")   ? parseConnectome()
                   : atWord("matrix")       ? parseMatrix()
                   : atWord("couple")       ? parseCouple()
                   : atWord("disturb")      ? parseDisturb()
                   : atWord("observe")      ? parseObserve()
                                            : parseUnsupported());
    body.back()->doc = std::move(doc);
  } else {
    takeDoc();
    return unknownStatement(InNetwork);
  }
  endStatement("the statement");
}

/// A statement that this grammar does not go into.
StmtPtr Parser::parseUnsupported() {
  auto node = std::make_unique<UnsupportedStmt>();
  const Token &keyword = take();
  node->keyword = {keyword.text, keyword.range};
  skipStatement();
  return finish(std::move(node), keyword.range);
}

/// `population E = LIF[4000] { tau = 20 ms }`, `population I = LIF[1000] like E`, `nodes area = Hopf[SC]`.
StmtPtr Parser::parsePopulation() {
  auto node = std::make_unique<PopulationStmt>();
  node->nodes = atWord("nodes");
  Range begin = take().range;
  node->name = expectName(node->nodes ? "the name of the nodes" : "the name of the population");
  if (!panicking && expect(TokenKind::Assign, "`=` and a model with a size (as in `population E = LIF[100]`)")) {
    Range use = peek().range;
    node->use.model = expectName("the model of the population");
    node->use.range = since(use);
    if (!panicking && at(TokenKind::LeftBracket)) {
      Range opening = take().range;
      node->size = at(TokenKind::RightBracket) ? missingExpr("the size of the population") : parseExpr();
      if (!panicking && node->nodes && acceptWord("except"))
        node->except = parseExpr();
      expectClosing(TokenKind::RightBracket, opening);
    } else if (!panicking && at(TokenKind::Dot) && peek(1).kind == TokenKind::Word) {
      take();
      const Token &model = take();
      fail(Kind::TrailingText, since(use), "a model is named without its file")
          .withHelp(fmt::format("`import {0}.{1}`, and here `{1}[…]`", node->use.model.text, model.text));
    } else {
      fail(Kind::MissingClause, node->use.range, fmt::format("the population `{}` has no size", node->name.text))
          .withHelp(at(TokenKind::LeftParen) ? fmt::format("the size stands in brackets: `{}[…]`", node->use.model.text)
                                             : fmt::format("write `{}[1]` for a single one", node->use.model.text));
    }
    if (!panicking && acceptWord("at"))
      node->at = parseExpr();
    if (!panicking && acceptWord("like"))
      node->like = expectName("the population to take the parameters from");
    if (!panicking && at(TokenKind::LeftBrace))
      node->use.settings = parseSettings(fmt::format("{}[…]", node->use.model.text));
    node->use.range = since(use);
    if (!panicking && atWord("like"))
      failHere(Kind::TrailingText, "`like` stands before the parameters")
          .withHelp(fmt::format("write `{}[…] like … {{ … }}`", node->use.model.text));
  }
  if (!node->size)
    node->size = errorExpr(peek().range);
  return finish(std::move(node), begin);
}

/// `project plastic: A -> B, C { clauses }`.
StmtPtr Parser::parseProject() {
  auto node = std::make_unique<ProjectStmt>();
  Range begin = take().range;
  parseProjectHead(*node);
  node->head = since(begin);
  if (!panicking || at(TokenKind::LeftBrace)) {
    size_t mistakesBefore = mistakes;
    parseBlock("project", InProject, [&] { parseClause(*node); });
    if (!node->connect && !panicking && mistakes == mistakesBefore)
      engine.report(Kind::MissingClause, node->head, "this projection does not say which elements are connected")
          .withHelp("add `connect all`, `connect random(p = 0.1)` or another rule");
  }
  return finish(std::move(node), begin);
}

void Parser::parseProjectHead(ProjectStmt &project) {
  if (at(TokenKind::Word) && peek(1).kind == TokenKind::Colon) {
    project.label = expectName("the name of the projection");
    take();
  }
  project.sources = parsePlaces();
  if (!panicking && expect(TokenKind::Arrow, "`->` and the target of the projection"))
    project.targets = parsePlaces();
}

void Parser::parseClause(ProjectStmt &project) {
  takeDoc();
  if (!at(TokenKind::Word) || !(placesOf(peek().text) & InProject))
    return unknownStatement(InProject);
  const Token &word = take();
  auto once = [&](bool given, Range earlier) {
    if (given)
      fail(Kind::DuplicateClause, word.range, fmt::format("`{}` is given twice", word.text)).also(earlier, "first here");
    return !given;
  };
  if (at(TokenKind::Colon) || (at(TokenKind::Assign) && word.text == "connect")) {
    failHere(Kind::ExpectedExpression, fmt::format("a clause takes its value without {}", describe(peek().kind)))
        .withHelp(fmt::format("leave it out: `{} …`", word.text));
  } else if (word.text == "connect") {
    if (once(bool(project.connect), project.connect ? project.connect->range : Range()))
      project.connect = parseExpr();
  } else if (word.text == "weight" || word.text == "delay") {
    Value &value = word.text == "weight" ? project.weight : project.delay;
    if (once(bool(value), value.range))
      value = parseValueClause(word.range);
  } else {
    ModelUse &use = word.text == "synapse" ? project.synapse : word.text == "effect" ? project.effect : project.plasticity;
    if (once(bool(use), use.range))
      use = parseModelUse(fmt::format("the name of a{} {}", word.text == "effect" ? "n" : "", word.text));
  }
  endStatement(fmt::format("`{}`", word.text));
}

/// `start E.v, I.v ~ normal(-55 mV, 2 mV), E.w = 0`: a node for each value.
void Parser::parseStart(Body &body) {
  Range begin = peek().range;
  std::string doc = takeDoc();
  take();
  do {
    auto node = std::make_unique<StartStmt>();
    node->doc = doc;
    node->places = parsePlaces();
    if (!panicking && (at(TokenKind::Assign) || at(TokenKind::Tilde))) {
      node->drawn = take().kind == TokenKind::Tilde;
      node->value = parseExpr();
    } else {
      failExpected(Kind::ExpectedToken, "`=` and a value, or `~` and a distribution");
      node->value = errorExpr(peek().range);
    }
    body.push_back(finish(std::move(node), begin));
    begin = peek(1).range;
  } while (!panicking && accept(TokenKind::Comma));
}

} // namespace bdc::syntax
