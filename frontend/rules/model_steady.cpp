// `state m = steady`: the initial value at which the derivative is zero.
#include "frontend/rules/model_builder.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

/// How an expression depends on a state: 0 not at all, 1 linearly, 2 in another way.
int ModelBuilder::degree(const Expr &expr, int state) const {
  auto of = [&](size_t i) { return degree(*expr.operands[i], state); };
  switch (expr.op) {
  case Op::Variable: {
    const Variable &v = instance.model.variables[expr.index];
    if (v.role == VariableRole::Let)
      return v.value ? degree(*v.value, state) : 0;
    return expr.index == state ? 1 : 0;
  }
  case Op::Negate: return of(0);
  case Op::Add:
  case Op::Sub: return std::max(of(0), of(1));
  case Op::Mul: return std::min(2, of(0) + of(1));
  case Op::Div: return of(1) > 0 ? 2 : of(0);
  case Op::Select: return of(0) > 0 ? 2 : std::max(of(1), of(2));
  default:
    for (size_t i = 0; i < expr.operands.size(); ++i)
      if (of(i) > 0)
        return 2;
    return 0;
  }
}

/// An expression as it stands before the first step: plain values put in place; time, inputs and noise zero.
const Expr *ModelBuilder::atStart(const Expr *expr, Range range) {
  return context.rewrite(expr, [&](const Expr &e) -> const Expr * {
    if (e.op == Op::Time)
      return context.number(0, units::dim::time, range);
    if (e.op == Op::White)
      return context.node(Op::Number, range, context.term(e));
    if (e.op != Op::Variable && e.op != Op::Past)
      return nullptr;
    const Variable &v = variable(e.index);
    if (v.role == VariableRole::Let && v.value)
      return atStart(v.value, range);
    if (e.op == Op::Past)
      return read(e.index, range); // what was at rest was what it is
    return v.role == VariableRole::Input ? context.node(Op::Number, range, instance.terms[e.index]) : nullptr; // zero
  });
}

const Expr *ModelBuilder::combine(Op op, const Expr *left, const Expr *right) {
  if (!left || !right) { // a missing part is zero
    if (op == Op::Mul || (op == Op::Div && !left))
      return nullptr;
    bool negate = op == Op::Sub && !left && right;
    return negate ? context.node(Op::Negate, right->range, context.term(*right), {right}) : left ? left : right;
  }
  auto isOne = [](const Expr &e) { return e.op == Op::Number && e.value == 1 && e.unit.empty(); };
  if (isOne(*right) && (op == Op::Mul || op == Op::Div))
    return left;
  if (isOne(*left) && op == Op::Mul)
    return right;
  const UnitTerm &a = context.term(*left), &b = context.term(*right);
  UnitTerm term = op == Op::Mul ? a * b : op == Op::Div ? a / b : a;
  return context.node(op, left->range, std::move(term), {left, right});
}

/// An expression that is linear in a state, as constant + slope * state; null parts are zero.
ModelBuilder::Linear ModelBuilder::linear(const Expr &expr, int state) {
  if (expr.op == Op::Variable && expr.index == state) {
    Expr *one = context.node(Op::Number, expr.range, UnitTerm());
    one->value = 1;
    return {nullptr, one};
  }
  if (degree(expr, state) == 0)
    return {&expr, nullptr};
  Linear a = linear(*expr.operands[expr.op == Op::Select ? 1 : 0], state);
  if (expr.op == Op::Negate)
    return {combine(Op::Sub, nullptr, a.constant), combine(Op::Sub, nullptr, a.slope)};
  Linear b = linear(*expr.operands[expr.op == Op::Select ? 2 : 1], state);
  if (expr.op == Op::Add || expr.op == Op::Sub)
    return {combine(expr.op, a.constant, b.constant), combine(expr.op, a.slope, b.slope)};
  if (expr.op == Op::Div)
    return {combine(Op::Div, a.constant, b.constant), combine(Op::Div, a.slope, b.constant)};
  if (expr.op == Op::Mul)
    return {combine(Op::Mul, a.constant, b.constant),
            a.slope ? combine(Op::Mul, a.slope, b.constant) : combine(Op::Mul, a.constant, b.slope)};
  // Select: where only one branch has a part, the other's is zero.
  auto choose = [&](const Expr *yes, const Expr *no) -> const Expr * {
    if (!yes && !no)
      return nullptr;
    const Expr *known = yes ? yes : no;
    const Expr *zero = context.node(Op::Number, known->range, context.term(*known));
    return context.node(Op::Select, expr.range, context.term(*known), {expr.operands[0], yes ? yes : zero, no ? no : zero});
  };
  return {choose(a.constant, b.constant), choose(a.slope, b.slope)};
}

/// The value at which x' = constant + slope * x vanishes.
void ModelBuilder::solveSteady(int index) {
  Variable &state = variable(index);
  Range range = entries[index].variable->range;
  if (!entries[index].derivative &&
      (entries[index].progress == Progress::Failed || context.engine.isDamaged(extent) || context.hasMissed(extent)))
    return; // the derivative may be the one that is in error
  if (!entries[index].derivative) {
    context.report(Kind::NoSteadyState, range, fmt::format("`{}` has no derivative that could be zero", state.name));
    return;
  }
  if (!state.derivative)
    return; // in error
  const Expr *derivative = atStart(state.derivative, range);
  if (degree(*derivative, index) != 1) {
    context.report(Kind::NoSteadyState, range, fmt::format("`steady` needs a derivative that is linear in `{}`", state.name))
        .also(state.derivative->range, "this is not")
        .withHelp("give the initial value as a number");
    return;
  }
  Linear parts = linear(*derivative, index);
  const Expr *value = combine(Op::Div, parts.constant, combine(Op::Sub, nullptr, parts.slope));
  if (!value)
    value = context.node(Op::Number, range, instance.terms[index]);
  instance.steady.push_back({index, value});
}

/// The steady value with the other states' own initial values put in.
void ModelBuilder::startSteady(int index) {
  auto isThis = [&](const ModelInstance::Steady &s) { return s.state == index; };
  auto found = std::find_if(instance.steady.begin(), instance.steady.end(), isThis);
  if (found == instance.steady.end() || variable(index).value)
    return;
  Range range = entries[index].variable->range;
  if (std::find(solving.begin(), solving.end(), index) != solving.end()) {
    context
        .report(Kind::NoSteadyState, range,
                fmt::format("the steady value of `{}` depends on another steady value, and that on this", variable(index).name))
        .withHelp("give one of them a value");
    return;
  }
  solving.push_back(index);
  const Expr *value = context.rewrite(found->value, [&](const Expr &e) -> const Expr * {
    if (e.op != Op::Variable || variable(e.index).role != VariableRole::State)
      return nullptr;
    startSteady(e.index);
    const Expr *initial = variable(e.index).value;
    return initial ? initial : context.node(Op::Number, range, instance.terms[e.index]); // zero
  });
  solving.pop_back();
  variable(index).value = value;
}

} // namespace bdc::rules
