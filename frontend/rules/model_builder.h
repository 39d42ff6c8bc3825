// The state of checking one definition; see model.h.
#pragma once

#include "frontend/rules/expressions.h"
#include "frontend/rules/model.h"

namespace bdc::rules {

/// Where in a definition an expression stands: it decides what may be read there.
enum class Place : uint8_t { Default, Initial, Let, Derivative, Condition, Action, Output, Term };

class ModelBuilder : public Scope {
public:
  ModelBuilder(Context &context, const Definition &definition);
  ModelInstance run(const std::set<std::string> *recorded);

  Answer name(const syntax::Name &name) override;
  Answer member(const syntax::MemberExpr &expr) override;
  Answer index(const syntax::IndexExpr &expr) override;
  void candidates(std::vector<std::string_view> &names) const override;

private:
  enum class Progress : uint8_t { Waiting, Running, Done, Failed };

  struct Entry {
    const syntax::VariableStmt *variable = nullptr;
    const syntax::DefinitionStmt *let = nullptr;
    const syntax::DerivativeStmt *derivative = nullptr;
    Progress progress = Progress::Done; ///< of a let, or of a param's default
    bool isDoubted = false; ///< the declaration disagrees with itself: which unit is meant is not known
  };

  // declarations
  void declareAll();
  void declare(const syntax::VariableStmt &stmt);
  int add(VariableRole role, const syntax::Name &name, const syntax::Stmt &stmt, Range range);
  bool allowedHere(const syntax::VariableStmt &stmt);
  diag::Diagnostic &misplaced(Range range, std::string_view what);
  bool checkName(const syntax::Name &name);
  /// A name whose declaration is in error: not reported again where it is used.
  bool isRejected(std::string_view name) const;

  // values
  void checkDefault(int index);
  void checkLet(int index);
  void checkInitial(int index);
  void checkDerivative(int index);
  void checkOutput(int index);
  void checkParts(bool isTerm, const Expr *value);
  void fixDeclared();
  void fixDerived();
  const Expr *valueOf(int index, const syntax::Expr &expr, const std::string &place, bool drawn);

  // steady states
  void solveSteady(int index);
  void startSteady(int index);
  const Expr *atStart(const Expr *expr, Range range);
  struct Linear {
    const Expr *constant, *slope;
  };
  Linear linear(const Expr &expr, int state);
  const Expr *combine(Op op, const Expr *left, const Expr *right);
  int degree(const Expr &expr, int state) const;

  // the past: model_past.cpp
  const Expr *delayOf(const syntax::IndexExpr &expr, std::string_view name);
  void checkPasts();
  bool dependsOnItself(int let, std::vector<int> &path);

  // events
  void checkHandler(const syntax::OnStmt &stmt);
  bool triggerFits(const syntax::OnStmt &stmt);
  void checkUpdate(const syntax::UpdateStmt &stmt, Handler &handler);
  void checkHold(const syntax::HoldStmt &stmt, Handler &handler);
  void checkEmit(const syntax::EmitStmt &stmt, Handler &handler);
  int stateNamed(const syntax::Name &name, std::string_view verb);

  void checkShape();
  void checkSource();
  void checkStep(const syntax::StepStmt &stmt);
  void warnUnused(const std::set<std::string> &recorded);
  void order();

  Answer declared(int index, const syntax::Name &name);
  /// What only couplings know (`source`, `total`, …), and `white`.
  Answer coupled(const syntax::Name &name);
  Answer white(Range range);
  /// A node of the expression, or of plain values that it reads, with this operation; null where there is none.
  const Expr *reads(const Expr *expr, Op op) const;
  const Expr *readsRole(const Expr *expr, VariableRole role) const;

  const Expr *read(int index, Range range);
  int find(std::string_view name) const;
  Variable &variable(int index) { return instance.model.variables[index]; }
  bool isConstant(const Expr &expr) const;

  Context &context;
  const syntax::ModelDecl &decl;
  ModelInstance instance;
  std::vector<Entry> entries; ///< beside instance.model.variables
  std::vector<std::string_view> rejected;
  std::vector<int> letOrder; ///< lets in the order in which they were completed
  bool isWeightDoubted = false; ///< an event that may read it is in error
  std::vector<int> solving;  ///< states whose steady value is being put together
  Place where = Place::Let;
  uint32_t firstNode = 0;
  int noises = 0; ///< how many times `white` is written
};

} // namespace bdc::rules
