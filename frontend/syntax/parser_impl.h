#pragma once

#include "frontend/syntax/lexer.h"
#include "frontend/syntax/parser.h"
#include "frontend/syntax/words.h"

#include <fmt/format.h>
#include <functional>

namespace bdc::syntax {

/// Recursive descent with recovery by statements: the first mistake of a statement is reported, what is left of
/// the statement is passed over in silence (`panicking`), and reading goes on with the next one. A mistake within two
/// tokens of the last one is taken for its consequence.
///
/// Rules of the grammar are methods named for what they read. They return what they could read, and never null
/// where an expression is asked for.
class Parser {
public:
  Parser(const Tokens &tokens, diag::SourceId source, diag::Engine &engine)
      : tokens(tokens.tokens), docs(tokens.docs), docUsed(tokens.docs.size()), source(source), engine(engine) {}

  File parseFile();
  ExprPtr parseOnlyExpression();

private:
  // parser_base.cpp: tokens
  const Token &peek(size_t ahead = 0) const;
  bool at(TokenKind kind) const { return peek().kind == kind; }
  bool atWord(std::string_view word) const { return at(TokenKind::Word) && peek().text == word; }
  bool atEndOfStatement() const;
  const Token &take();
  bool accept(TokenKind kind);
  bool acceptWord(std::string_view word);
  /// Range from a token's begin to the end of the last token taken.
  Range since(Range begin) const;
  std::string takeDoc();

  // parser_base.cpp: mistakes
  /// Reports at a place, unless the statement has had its mistake already.
  diag::Diagnostic &fail(diag::Kind kind, Range where, std::string message);
  diag::Diagnostic &failHere(diag::Kind kind, std::string message);
  /// "expected WHAT, found …".
  diag::Diagnostic &failExpected(diag::Kind kind, std::string_view what);
  bool expect(TokenKind kind, std::string_view what);
  bool expectWord(std::string_view word, std::string_view what);
  Name expectName(std::string_view what);
  std::string found() const;
  /// "expected `)`", with the place of the bracket it belongs to.
  bool expectClosing(TokenKind closing, Range opening);

  // parser_recovery.cpp
  void begin();
  void recover();
  void skipStatement();
  void endStatement(std::string_view statement);
  void skipSeparators();
  int surplus(size_t behind = 0);
  bool findBlock();
  bool passUnbraced(Place place);
  bool closesTooEarly(Place place);
  void strayBlock(std::string_view where);
  void leaveBlock(std::string_view owner, Range opening);
  /// `{ … }`: calls `statement` for each; it has to take at least one token or report.
  void parseBlock(std::string_view owner, Place place, const std::function<void()> &statement);
  bool atLostStatement(Place place);
  bool atLostSetting() const;
  void unknownStatement(Place place);
  void failBegin(std::string_view what);
  std::optional<std::string> statementHint(Place place) const;
  void reportStrayDocs();

  // parse_expr.cpp
  ExprPtr parseExpr();
  ExprPtr parseIf();
  ExprPtr parseBinary(unsigned level);
  ExprPtr parseNot();
  ExprPtr parseComparison();
  ExprPtr parseUnary();
  ExprPtr parsePower();
  ExprPtr parsePostfix();
  ExprPtr parsePrimary();
  bool atNegativeNumber() const;
  ExprPtr parseNumber();
  ExprPtr parseNameExpr();
  ExprPtr parseParen();
  void failAtUnit();
  ExprPtr parseList();
  std::vector<ExprPtr> parseExprList();
  ExprPtr parseCall(ExprPtr callee);
  ExprPtr parseIndex(ExprPtr base);
  Subscript parseSubscript();
  Argument parseArgument(bool &named);
  ExprPtr errorExpr(Range where) const;
  ExprPtr missingExpr(std::string_view what);
  bool atOperand() const;
  std::vector<ExprPtr> parsePlaces();
  Value parseValueClause(Range word);
  ModelUse parseModelUse(std::string_view what);
  std::vector<Setting> parseSettings(std::string_view owner);
  bool tooDeep(unsigned levels, unsigned limit);

  // parse_file.cpp
  void parseDeclaration(File &file);
  DeclPtr parseImport();
  DeclPtr parseFunction();
  DeclPtr parseNetwork();
  DeclPtr parseExperiment();
  DeclPtr parseUnsupportedDecl();

  // parse_model.cpp
  using Body = std::vector<StmtPtr>;
  DeclPtr parseModel();
  void parseModelStatement(Body &body);
  void parseVariables(Body &body, Role role);
  StmtPtr parseVariable(Role role, Range begin);
  StmtPtr parseDefinition();
  StmtPtr parseOn();
  void parseOnStatement(Body &body);
  StmtPtr parseHold();
  bool atNameBeingDefined() const;

  // parse_network.cpp, parse_couple.cpp, parse_observe.cpp
  void parseNetworkStatement(Body &body);
  StmtPtr parsePopulation();
  StmtPtr parseProject();
  void parseProjectHead(ProjectStmt &project);
  void parseClause(ProjectStmt &project);
  void parseStart(Body &body);
  StmtPtr parseConnectome();
  StmtPtr parseMatrix();
  StmtPtr parseCouple();
  void parseCouplingUse(CoupleStmt &couple);
  StmtPtr parseDisturb();
  StmtPtr parseObserve();
  void parseObserved(ObserveStmt &observe);
  StmtPtr parseUnsupported();

  // parse_experiment.cpp
  void parseExperimentStatement(Body &body);
  StmtPtr parseSimulate();
  StmtPtr parseDrive();
  StmtPtr parseRecord();
  StmtPtr parseSummarise();
  StmtPtr parsePlot();
  StmtPtr parseLet();
  ExprPtr parseParameterName(std::string_view usage); // parse_sweep.cpp
  StmtPtr parseSweep();
  SweepAxis parseSweepAxis();
  StmtPtr parseMinimise(); // parse_fit.cpp
  StmtPtr parseFit();
  FitAxis parseFitAxis();
  StmtPtr parseSensitivity();

  template <typename T>
  StmtPtr finish(std::unique_ptr<T> statement, Range begin) {
    statement->range = since(begin);
    return statement;
  }

  const std::vector<Token> &tokens;
  const std::vector<Doc> &docs;
  std::vector<bool> docUsed;
  diag::SourceId source;
  diag::Engine &engine;
  diag::Diagnostic silenced{}; ///< takes what is not reported
  size_t next = 0;
  size_t mark = 0;                   ///< the first token of the statement at hand
  size_t previous = 0;               ///< and of the one before it
  std::optional<size_t> lastMistake; ///< the token at which the last reported one was found
  size_t mistakes = 0;               ///< those that were not reported, too
  std::vector<unsigned> open;        ///< the places of the blocks that are open; 0 for settings
  std::vector<int> closing;          ///< by token: how many more `}` than `{` stand from there to the next definition
  unsigned depth = 0;     ///< how deep the calls that read an expression are nested
  unsigned height = 0;    ///< of the tree of the expression read last: later passes recurse into it
  bool panicking = false; ///< the statement has had its mistake
  bool lost = false;      ///< a block was left without its closing brace, which has been reported
};

} // namespace bdc::syntax
