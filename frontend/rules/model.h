// Checking one definition, and making an instance of it for one use.
#pragma once

#include "frontend/rules/context.h"

#include <set>

namespace bdc::rules {

/// A definition with fresh unit variables. The network's constraints are put on `terms`; Context::finish then fixes the
/// dimensions in `model`.
struct ModelInstance {
  Model model;
  std::vector<UnitTerm> terms;                      ///< of model.variables
  std::vector<std::optional<units::Unit>> declared; ///< of model.variables: the unit written in the declaration
  std::vector<Range> places;                        ///< of model.variables: name and unit in the declaration
  UnitTerm weight;
  UnitTerm source;          ///< of a coupling's `source` and `target`
  bool readsTarget = false; ///< a coupling reads `target`
  bool readsWeight = false;
  struct Read {
    std::string name;
    UnitTerm term;
    Range range;
  };
  std::vector<Read> received; ///< an effect's reads of the synapse's outputs
  std::vector<Read> targets;  ///< an effect's reads of its target: `target.v`
  /// The value at which a `steady` state rests, over params and the initial values of other states.
  struct Steady {
    int state;
    const Expr *value;
  };
  std::vector<Steady> steady;
  const Expr *step = nullptr; ///< an observer's own, over its params; null where it does not say
  bool broken = false; ///< errors in the definition: only units that do not depend on them are judged again
  std::vector<bool> fixed; ///< of model.variables: the unit is what the declaration says, whatever else is in error
  bool fixesWeight = false; ///< so is the unit of `weight`
  const syntax::ModelDecl *decl = nullptr;

  /// Whether what is given to a variable, or comes from it, can be judged by its unit.
  bool knows(int variable) const { return !broken || fixed[variable]; }
  bool knowsWeight() const { return !broken || fixesWeight; }
  /// The same of all variables that an expression reads of its elements.
  bool knowsAll(const Expr *expr) const;

  int observed() const; ///< the variable that an observer's source is, or -1
  int term() const;     ///< the variable of the term of a coupling or an observer, or -1
  int output() const;   ///< the variable of the (first) output, or -1; not the term
  /// Names of the variables with a role.
  std::vector<std::string_view> names(const std::vector<VariableRole> &roles) const;
};

/// Checks the definition; errors are reported. With `recorded` also what is declared and never used: neither in the definition nor
/// in a recording, which the set has as "Model.variable".
ModelInstance instantiate(Context &context, const Definition &definition, const std::set<std::string> *recorded = nullptr);

/// Fixes the dimensions of an instance once all constraints are known.
void finishModel(const Context &context, ModelInstance &instance);

} // namespace bdc::rules
