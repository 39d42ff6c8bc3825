#include "frontend/rules/superposition.h"

#include <algorithm>
#include <map>
#include <vector>

namespace bdc::rules {
namespace {

/// What an expression is of the states, or, in an effect, of what is received. Zero is both.
struct Dependence {
  bool isConstant = false; ///< it does not depend on them
  bool isLinear = false;   ///< a sum of them, each times something constant
};

/// Of the expressions of one model.
class Dependences {
public:
  explicit Dependences(const Model &model) : model(model) {}

  const Dependence &of(const Expr *expr) {
    auto known = found.find(expr);
    return known != found.end() ? known->second : found.emplace(expr, find(*expr)).first->second; // lets are read again and again
  }
  bool isLinear(const Expr *expr) { return !expr || of(expr).isLinear; }

private:
  Dependence find(const Expr &expr) {
    if (expr.op == Op::Number)
      return {true, expr.value == 0};
    if (expr.op == Op::Received)
      return {false, true};
    if (expr.op == Op::Past || expr.op == Op::White || expr.op == Op::Random)
      return {};
    if (expr.op == Op::Variable) {
      const Variable &variable = model.variables[expr.index];
      if (variable.role == VariableRole::Let)
        return of(variable.value);
      const bool isState = variable.role == VariableRole::State;
      return {!isState, isState};
    }
    std::vector<Dependence> operands;
    for (const Expr *operand : expr.operands)
      operands.push_back(of(operand));
    return {std::ranges::all_of(operands, &Dependence::isConstant), isLinearIn(expr.op, operands)};
  }

  static bool isLinearIn(Op op, const std::vector<Dependence> &of) {
    switch (op) {
    case Op::Negate: return of[0].isLinear;
    case Op::Add:
    case Op::Sub: return of[0].isLinear && of[1].isLinear;
    case Op::Mul: return (of[0].isConstant && of[1].isLinear) || (of[0].isLinear && of[1].isConstant);
    case Op::Div: return of[0].isLinear && of[1].isConstant;
    case Op::Select: return of[0].isConstant && of[1].isLinear && of[2].isLinear;
    default: return false;
    }
  }

  const Model &model;
  std::map<const Expr *, Dependence> found;
};

bool superposes(const Model &model) {
  Dependences dependences(model);
  for (const Variable &variable : model.variables) {
    if (variable.role == VariableRole::State && !(dependences.isLinear(variable.value) && dependences.isLinear(variable.derivative)))
      return false;
    if (variable.role == VariableRole::Output && !dependences.isLinear(variable.value))
      return false;
  }
  return std::ranges::all_of(model.handlers, [&](const Handler &handler) {
    return std::ranges::all_of(handler.actions,
                               [&](const Action &action) { return action.increment && dependences.of(action.increment).isConstant; });
  });
}

} // namespace

bool superposes(const Program &program, const Projection &projection) {
  return projection.synapse && superposes(program.models[projection.synapse.model]) &&
         (!projection.effect || superposes(program.models[projection.effect.model]));
}

} // namespace bdc::rules
