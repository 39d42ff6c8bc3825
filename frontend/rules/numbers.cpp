#include "frontend/rules/numbers.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace bdc::rules {

Numbers::Numbers(const Program &program, const std::vector<SetValue> &set) : program(program), set(set) {
  scalars.assign(program.scalars.size(), std::nullopt);
  // Twice: those of the network may read dt, which comes after them.
  for (int pass = 0; pass < 2; ++pass)
    for (size_t i = 0; i < scalars.size(); ++i) {
      const SetValue *given = setOf(int(i));
      scalars[i] = given ? std::optional(given->value) : of(program.scalars[i].value);
    }
}

std::optional<double> Numbers::scalar(int index) const {
  if (index < 0 || size_t(index) >= scalars.size() || !scalars[index] || !std::isfinite(*scalars[index]))
    return std::nullopt;
  return scalars[index];
}

std::optional<double> Numbers::of(const Expr *expr) const {
  if (!expr)
    return std::nullopt;
  bool known = true;
  double value = evaluate(*expr, [&](const Expr &leaf) {
    std::optional<double> read;
    if (leaf.op == Op::Scalar && size_t(leaf.index) < scalars.size())
      read = scalars[leaf.index];
    else if (leaf.op == Op::Step && program.experiment.step >= 0)
      read = scalars[program.experiment.step];
    known &= read.has_value();
    return read.value_or(0);
  });
  return known ? std::optional(value) : std::nullopt;
}

double Numbers::probed(const Expr *expr, double probe) const {
  return evaluate(*expr, [&](const Expr &leaf) {
    return leaf.op == Op::Scalar && size_t(leaf.index) < scalars.size() ? scalars[leaf.index].value_or(probe) : probe;
  });
}

double Numbers::ofEdge(const Expr *expr, double length, double weight) const {
  return evaluate(*expr, [&](const Expr &leaf) {
    if (leaf.op == Op::Edge)
      return leaf.name == "weights" ? weight : length;
    int scalar = leaf.op == Op::Step ? program.experiment.step : leaf.op == Op::Scalar ? leaf.index : -1;
    return scalar >= 0 && size_t(scalar) < scalars.size() ? scalars[scalar].value_or(length) : length;
  });
}

namespace {

/// One use of a model. Lets are evaluated once each, however many read them.
struct ModelNumbers {
  const Numbers &numbers;
  const Model &model;
  const ModelUse &use;
  std::optional<double> probe;
  std::map<int, std::optional<double>> lets = {};

  std::optional<double> variable(int index) {
    if (index < 0 || size_t(index) >= model.variables.size())
      return std::nullopt;
    for (const Binding &binding : use.bindings)
      if (binding.param == index)
        return binding.value.scalar >= 0 ? numbers.scalar(binding.value.scalar) : probe;
    const Variable &variable = model.variables[index];
    if (variable.role != VariableRole::Let || !variable.value)
      return probe;
    auto [known, isNew] = lets.try_emplace(index);
    if (isNew)
      lets[index] = of(*variable.value);
    return lets[index];
  }

  std::optional<double> of(const Expr &expr) {
    bool known = true;
    double value = evaluate(expr, [&](const Expr &leaf) {
      std::optional<double> read = leaf.op == Op::Variable ? variable(leaf.index)
                                   : leaf.op == Op::Step   ? std::optional(numbers.step())
                                                           : probe;
      known &= read.has_value();
      return read.value_or(0);
    });
    return known ? std::optional(value) : std::nullopt;
  }
};

} // namespace

std::optional<double> Numbers::inModel(const Expr *expr, const ModelUse &use, std::optional<double> probe) const {
  if (!expr || use.model < 0 || size_t(use.model) >= program.models.size())
    return std::nullopt;
  return ModelNumbers{*this, program.models[use.model], use, probe}.of(*expr);
}

const SetValue *Numbers::setOf(int scalar) const {
  // The last of several counts.
  auto found = std::find_if(set.rbegin(), set.rend(), [&](const SetValue &each) { return each.scalar == scalar; });
  return found == set.rend() ? nullptr : &*found;
}

std::vector<const SetValue *> Numbers::setIn(const Expr *expr) const {
  std::vector<const SetValue *> found;
  std::vector<const Expr *> seen;
  auto visit = [&](auto &self, const Expr *at) -> void {
    if (!at || std::find(seen.begin(), seen.end(), at) != seen.end())
      return;
    seen.push_back(at);
    int scalar = at->op == Op::Scalar ? at->index : at->op == Op::Step ? program.experiment.step : -1;
    if (const SetValue *given = setOf(scalar); given && std::find(found.begin(), found.end(), given) == found.end())
      found.push_back(given);
    else if (scalar >= 0)
      self(self, program.scalars[scalar].value);
    for (const Expr *operand : at->operands)
      self(self, operand);
  };
  if (!set.empty())
    visit(visit, expr);
  return found;
}

bool Numbers::reads(const Expr *expr, int scalar) const {
  std::set<int> seen; // scalars of which it is known that they do not read it
  auto reads = [&](const auto &self, const Expr *value) -> bool {
    return anyNode(value, [&](const Expr &e) {
      const int read = e.op == Op::Scalar ? e.index : e.op == Op::Step ? program.experiment.step : -1;
      return read >= 0 && (read == scalar || (!setOf(read) && seen.insert(read).second && self(self, program.scalars[read].value)));
    });
  };
  return reads(reads, expr);
}

} // namespace bdc::rules
