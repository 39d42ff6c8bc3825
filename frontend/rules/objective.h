// Checking `minimise`, and what it is made of.
#pragma once

#include "frontend/rules/functionals.h"
#include "frontend/rules/network.h"

#include <map>

namespace bdc::rules {

class ExperimentBuilder;

/// Whether a value is known only when a run is over: it calls a function of objectives, or loads data.
bool isOfObjective(const syntax::Expr &expr);

/// Names of the objective's own: the `let`s of recorded quantities and of data.
class ObjectiveBuilder : public Scope {
public:
  ObjectiveBuilder(Context &context, NetworkBuilder &network, ExperimentBuilder &experiment, const FileScope &file, Range extent);

  /// All `let`s of this kind come before anything else.
  void let(const syntax::LetStmt &stmt) { lets.push_back({&stmt}); }
  bool declares(std::string_view name) const;
  void minimise(const syntax::MinimiseStmt &stmt);
  /// What is made small; null where there is none, or it is in error.
  const Expr *value() const { return result.value; }
  /// Checks what nothing has read.
  void finish();
  /// `plot fc against target`: the part of the objective that compares them; -1: reported.
  int comparison(const syntax::BinaryExpr &expr);

  Answer name(const syntax::Name &name) override;
  Answer member(const syntax::MemberExpr &expr) override;
  Answer index(const syntax::IndexExpr &expr) override;
  Answer call(const syntax::CallExpr &expr) override;
  void candidates(std::vector<std::string_view> &names) const override;
  std::string meantBy(std::string_view name) const override { return network.inPopulations(name); }

private:
  struct Operand {
    enum class Kind : uint8_t { Number, Table, Series, Spikes, Data } kind;
    int index = -1;             ///< of the functional, the observed quantity, or the call of `load` in `loads`
    const Expr *expr = nullptr; ///< has its unit; the value of a number
  };
  struct Let {
    const syntax::LetStmt *stmt;
    enum class Progress : uint8_t { Waiting, Working, Done } progress = Progress::Waiting;
    std::optional<Operand> value = {};
  };

  std::optional<Operand> operand(const syntax::Expr &expr);
  std::optional<Operand> named(Let &let, Range range);
  std::optional<Operand> functional(const syntax::CallExpr &call, std::string_view name);
  std::optional<Operand> spikes(const syntax::CallExpr &call);
  std::optional<Operand> series(const syntax::Expr &expr, const syntax::Expr *interval);
  std::optional<Operand> load(const syntax::CallExpr &call);
  const FunctionalRule *ruleFor(const syntax::CallExpr &call, std::string_view name, const std::vector<Operand> &operands);
  std::string unitOfData(const Operand &operand, const Expr &like) const;
  bool unitsFit(const FunctionalRule &rule, const std::vector<Operand> &operands, const std::vector<const syntax::Expr *> &written);
  bool options(const syntax::CallExpr &call, const FunctionalRule &rule, Functional &result);
  std::optional<bool> isSwitchedOn(const syntax::Argument &argument);
  Functional::Operand reference(const Operand &operand, const std::vector<Operand> &all);

  Context &context;
  NetworkBuilder &network;
  ExperimentBuilder &experiment;
  Objective result;
  std::vector<Let> lets;
  std::vector<ObjectiveData> loads;        ///< as written; a use as spikes is data of its own
  std::vector<const Expr *> numbers;       ///< of each functional: the node that reads it
  std::vector<bool> isTable;               ///< of each functional
  std::string naming;                      ///< the `let` whose value is being checked
  bool isMinimised = false;
};

} // namespace bdc::rules
