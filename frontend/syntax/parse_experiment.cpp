#include "frontend/syntax/parser_impl.h"

namespace bdc::syntax {

using diag::Kind;

void Parser::parseExperimentStatement(Body &body) {
  struct Rule {
    std::string_view word;
    StmtPtr (Parser::*rule)();
  };
  constexpr Rule rules[] = {{"simulate", &Parser::parseSimulate},   {"drive", &Parser::parseDrive},
                            {"record", &Parser::parseRecord},       {"summarise", &Parser::parseSummarise},
                            {"plot", &Parser::parsePlot},           {"let", &Parser::parseLet},
                            {"sweep", &Parser::parseSweep},         {"minimise", &Parser::parseMinimise},
                            {"maximise", &Parser::parseMinimise},   {"fit", &Parser::parseFit},
                            {"sensitivity", &Parser::parseSensitivity}};
  std::string doc = takeDoc();
  StmtPtr statement;
  for (const Rule &rule : rules)
    if (atWord(rule.word))
      statement = (this->*rule.rule)();
  if (!statement && at(TokenKind::Word) && isReadOver(peek().text, InExperiment))
    statement = parseUnsupported();
  if (!statement)
    return unknownStatement(InExperiment);
  statement->doc = std::move(doc);
  body.push_back(std::move(statement));
  endStatement("the statement");
}

/// `simulate COBA for 1 s, dt = 0.1 ms, method = heun, discard 20 s`.
StmtPtr Parser::parseSimulate() {
  auto node = std::make_unique<SimulateStmt>();
  Range begin = take().range;
  node->network = expectName("the network to simulate");
  if (!panicking && expectWord("for", "`for` and a duration (as in `simulate Net for 1 s`)"))
    node->duration = parseExpr();
  else
    node->duration = errorExpr(peek().range);
  while (!panicking && accept(TokenKind::Comma)) {
    Range option = peek().range;
    if (atWord("discard") && peek(1).kind != TokenKind::Assign) {
      take();
      node->discard = parseExpr();
      continue;
    }
    Argument argument;
    argument.name = expectName("an option such as `dt = 0.1 ms`");
    if (!panicking && expect(TokenKind::Assign, "`=` and the value of the option"))
      argument.value = parseExpr();
    else
      argument.value = errorExpr(peek().range);
    argument.range = since(option);
    if (argument.name)
      node->options.push_back(std::move(argument));
  }
  return finish(std::move(node), begin);
}

/// `drive adex.I = 1 nA from 100 ms to 400 ms`.
StmtPtr Parser::parseDrive() {
  auto node = std::make_unique<DriveStmt>();
  Range begin = take().range;
  node->places = parsePlaces();
  if (!panicking && (at(TokenKind::Assign) || at(TokenKind::Tilde))) {
    node->drawn = take().kind == TokenKind::Tilde;
    node->value = parseExpr();
  } else {
    failExpected(Kind::ExpectedToken, "`=` and the value of the drive");
    node->value = errorExpr(peek().range);
  }
  if (!panicking && acceptWord("from"))
    node->from = parseExpr();
  if (!panicking && acceptWord("to"))
    node->to = parseExpr();
  return finish(std::move(node), begin);
}

/// `record E.v[0:10], spikes(I) every 1 ms`.
StmtPtr Parser::parseRecord() {
  auto node = std::make_unique<RecordStmt>();
  Range begin = take().range;
  node->items = parseExprList();
  if (!panicking && acceptWord("every"))
    node->every = parseExpr();
  if (!panicking && node->every && at(TokenKind::Comma))
    failHere(Kind::TrailingText, "`every` is the last of a `record`: its interval is that of everything recorded")
        .withHelp("what has another interval, or none, is recorded by a statement of its own");
  return finish(std::move(node), begin);
}

/// `summarise rate(E), fc = correlation(bold)`.
StmtPtr Parser::parseSummarise() {
  auto node = std::make_unique<SummariseStmt>();
  Range begin = take().range;
  do {
    bool named = false; // names may come and go here, unlike in a call
    node->items.push_back(parseArgument(named));
  } while (!panicking && accept(TokenKind::Comma));
  return finish(std::move(node), begin);
}

/// `plot raster(E, I), std(area.r) against G`.
StmtPtr Parser::parsePlot() {
  auto node = std::make_unique<PlotStmt>();
  Range begin = take().range;
  do {
    ExprPtr item = parseExpr();
    if (!panicking && atWord("against")) {
      auto against = std::make_unique<BinaryExpr>();
      against->op = BinaryOp::Against;
      against->opRange = take().range;
      against->left = std::move(item);
      against->right = parseExpr();
      against->range = against->left->range.merge(against->right->range);
      item = std::move(against);
    }
    node->items.push_back(std::move(item));
  } while (!panicking && accept(TokenKind::Comma));
  return finish(std::move(node), begin);
}

/// `let fc = correlation(area.x every 700 ms)`.
StmtPtr Parser::parseLet() {
  auto node = std::make_unique<LetStmt>();
  Range begin = take().range;
  node->name = expectName("a name");
  if (!panicking && expect(TokenKind::Assign, "`=` and a value"))
    node->value = parseExpr();
  else
    node->value = errorExpr(peek().range);
  return finish(std::move(node), begin);
}

} // namespace bdc::syntax
