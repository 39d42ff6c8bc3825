// The numbers of a program before it runs: what its expressions come to with its defaults, some of them set from outside.
#pragma once

#include "frontend/rules/check.h"

#include <map>

namespace bdc::rules {

class Numbers {
public:
  /// Expressions that are missing or in error have no value, and neither has what reads them.
  Numbers(const Program &program, const std::vector<SetValue> &set);

  /// Nothing where the expression reads what only the run knows: time, states, draws.
  std::optional<double> of(const Expr *expr) const;
  /// Of a scalar; nothing where there is none (-1), or no finite number.
  std::optional<double> scalar(int index) const;
  /// Of an expression of a model in one of its uses. `probe` stands for what changes or is drawn; without one such an expression
  /// has no value.
  std::optional<double> inModel(const Expr *expr, const ModelUse &use, std::optional<double> probe) const;
  /// Of an expression over scalars with `probe` for every draw and for the time.
  double probed(const Expr *expr, double probe) const;
  /// What an expression over connections is for one of this length (µm) and weight.
  double ofEdge(const Expr *expr, double length, double weight) const;

  /// Who set a scalar; null where nobody has.
  const SetValue *setOf(int scalar) const;
  /// Those set from outside on which the value of an expression depends.
  std::vector<const SetValue *> setIn(const Expr *expr) const;
  /// Whether the value of an expression depends on a scalar.
  bool reads(const Expr *expr, int scalar) const;

  double step() const { return scalar(program.experiment.step).value_or(0); } ///< 0 where there is none
  std::optional<double> duration() const { return scalar(program.experiment.duration); }

  std::vector<std::optional<double>> scalars; ///< as they come out, finite or not

private:
  const Program &program;
  const std::vector<SetValue> &set;
};

} // namespace bdc::rules
