#include "frontend/syntax/parser_impl.h"

namespace bdc::syntax {

using diag::Kind;

namespace {

struct ModelWord {
  std::string_view word;
  ModelKind kind;
};
constexpr ModelWord modelWords[] = {{"neuron", ModelKind::Neuron},         {"synapse", ModelKind::Synapse},
                                    {"effect", ModelKind::Effect},         {"plasticity", ModelKind::Plasticity},
                                    {"mass", ModelKind::Mass},             {"mechanism", ModelKind::Mechanism},
                                    {"noise", ModelKind::Noise},           {"observer", ModelKind::Observer},
                                    {"coupling", ModelKind::Coupling}};

} // namespace

std::string_view word(ModelKind kind) {
  for (const ModelWord &entry : modelWords)
    if (entry.kind == kind)
      return entry.word;
  return {};
}

std::string aWord(ModelKind kind) {
  std::string_view text = word(kind);
  bool vowel = std::string_view("aeiou").find(text.front()) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", text);
}

File Parser::parseFile() {
  File file;
  file.source = source;
  while (true) {
    skipSeparators();
    if (at(TokenKind::End))
      break;
    size_t before = next;
    lost = false;
    begin();
    parseDeclaration(file);
    if (next == before && !lost)
      take();
  }
  reportStrayDocs();
  return file;
}

ExprPtr Parser::parseOnlyExpression() {
  skipSeparators();
  ExprPtr expr = parseExpr();
  while (accept(TokenKind::Newline)) {
  }
  if (panicking || at(TokenKind::End))
    return expr;
  if (atEndOfStatement()) // `;` or `}`, which end a statement, but here stand before something
    failHere(Kind::TrailingText, fmt::format("expected the end of the expression, found {}", found()));
  else
    endStatement("the expression");
  return expr;
}

void Parser::parseDeclaration(File &file) {
  auto add = [&](DeclPtr (Parser::*rule)()) {
    Range begin = peek().range;
    std::string doc = takeDoc();
    DeclPtr declaration = (this->*rule)();
    declaration->range = since(begin);
    declaration->doc = std::move(doc);
    endStatement(declaration->name ? fmt::format("`{}`", declaration->name.text) : "the statement");
    file.declarations.push_back(std::move(declaration));
  };
  if (at(TokenKind::RightBrace)) {
    fail(Kind::UnmatchedBracket, peek().range, "no block is open that this `}` could close");
    take();
    recover();
  } else if (atWord("import")) {
    add(&Parser::parseImport);
  } else if (atWord("function")) {
    add(&Parser::parseFunction);
  } else if (atWord("surrogate")) {
    add(&Parser::parseFunction);
  } else if (atWord("network")) {
    add(&Parser::parseNetwork);
  } else if (atWord("experiment")) {
    add(&Parser::parseExperiment);
  } else if (at(TokenKind::Word) && isReadOver(peek().text, InFile)) {
    add(&Parser::parseUnsupportedDecl);
  } else if (at(TokenKind::Word) && (placesOf(peek().text) & InFile)) {
    add(&Parser::parseModel);
  } else {
    takeDoc();
    unknownStatement(InFile);
  }
}

DeclPtr Parser::parseImport() {
  auto node = std::make_unique<ImportDecl>();
  take();
  do {
    ImportPath path;
    Range begin = peek().range;
    do {
      Name segment = expectName("what to import, such as `neurons.LIF`");
      if (segment)
        path.segments.push_back(segment);
    } while (!panicking && accept(TokenKind::Dot));
    path.range = since(begin);
    if (!panicking)
      node->paths.push_back(std::move(path));
  } while (!panicking && accept(TokenKind::Comma));
  return node;
}

DeclPtr Parser::parseFunction() {
  auto node = std::make_unique<FunctionDecl>();
  node->isSurrogate = take().text == "surrogate";
  node->name = expectName(node->isSurrogate ? "the name of the surrogate" : "the name of the function");
  Range opening = peek().range;
  if (expect(TokenKind::LeftParen, "`(` and the parameters of the function")) {
    bool hasParameters = !at(TokenKind::RightParen);
    do {
      if (Name parameter = hasParameters ? expectName("the name of a parameter") : Name()) {
        node->parameters.push_back(parameter);
        node->defaults.push_back(accept(TokenKind::Assign) ? parseExpr() : nullptr);
      }
    } while (!panicking && accept(TokenKind::Comma));
    if (!panicking && !accept(TokenKind::RightParen)) {
      diag::Diagnostic &diagnostic = failExpected(Kind::ExpectedToken, "`,` or `)`").also(opening, "the bracket that is open");
      if (at(TokenKind::Colon))
        diagnostic.withHelp("parameters of functions are declared without a unit: each call has the units of its arguments");
    }
  }
  if (!panicking && expect(TokenKind::Assign, "`=` and the value of the function"))
    node->body = parseExpr();
  else
    node->body = errorExpr(peek().range);
  return node;
}

DeclPtr Parser::parseModel() {
  auto node = std::make_unique<ModelDecl>();
  const Token &keyword = take();
  node->keyword = keyword.range;
  for (const ModelWord &entry : modelWords)
    if (entry.word == keyword.text)
      node->model = entry.kind;
  node->name = expectName(fmt::format("the name of the {}", keyword.text));
  std::string owner = fmt::format("{} {}", keyword.text, node->name.text);
  parseBlock(owner, InModel, [&] { parseModelStatement(node->body); });
  return node;
}

DeclPtr Parser::parseNetwork() {
  auto node = std::make_unique<NetworkDecl>();
  take();
  node->name = expectName("the name of the network");
  parseBlock(fmt::format("network {}", node->name.text), InNetwork, [&] { parseNetworkStatement(node->body); });
  return node;
}

DeclPtr Parser::parseExperiment() {
  auto node = std::make_unique<ExperimentDecl>();
  take();
  node->name = expectName("the name of the experiment");
  parseBlock(fmt::format("experiment {}", node->name.text), InExperiment, [&] { parseExperimentStatement(node->body); });
  return node;
}

/// A definition whose statements are another language's (`cell`, `layer`): passed over, brace by brace.
DeclPtr Parser::parseUnsupportedDecl() {
  auto node = std::make_unique<UnsupportedDecl>();
  const Token &keyword = take();
  node->keyword = {keyword.text, keyword.range};
  node->name = expectName(fmt::format("the name of the {}", keyword.text));
  skipStatement();
  return node;
}

// --------------------------------------------------------------------------------------------- entry points

File parse(const diag::Sources &sources, diag::SourceId source, diag::Engine &engine) {
  Tokens tokens = lex(sources, source, engine);
  return Parser(tokens, source, engine).parseFile();
}

ExprPtr parseExpressionText(const diag::Sources &sources, diag::SourceId source, diag::Engine &engine) {
  Tokens tokens = lex(sources, source, engine);
  return Parser(tokens, source, engine).parseOnlyExpression();
}

} // namespace bdc::syntax
