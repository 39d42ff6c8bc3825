// Quotients with a hole: x / (1 - e^(-x/k)), as rates of channels are often written, is 0/0 where x is 0.
#include "frontend/rules/values_checker.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace bdc::rules {

namespace {

bool isOne(const Expr &expr) { return expr.op == Op::Number && expr.value == 1; }
bool isCall(const Expr &expr, Function function) { return expr.op == Op::Call && expr.function == function; }

/// The exponent x of 1 - e^x, e^x - 1 or expm1(x), with the sign of what is nearly x there.
struct Exponent {
  const Expr *x = nullptr;
  double sign = 1;
};
Exponent exponentOf(const Expr &divisor) {
  if (isCall(divisor, Function::Expm1))
    return {divisor.operands[0]};
  if (divisor.op != Op::Sub)
    return {};
  const Expr &left = *divisor.operands[0], &right = *divisor.operands[1];
  if (isOne(left) && isCall(right, Function::Exp))
    return {right.operands[0], -1};
  if (isCall(left, Function::Exp) && isOne(right))
    return {left.operands[0]};
  return {};
}

/// What an expression reads that changes: states and inputs, itself or through lets. -1 stands for anything else. `lets` have been followed.
void addReads(const Model &model, const ModelUse &use, const Expr *expr, std::set<int> &reads, std::set<int> &lets) {
  anyNode(expr, [&](const Expr &e) {
    if (e.op != Op::Variable) {
      if (e.operands.empty() && e.op != Op::Number && e.op != Op::Step)
        reads.insert(-1);
      return false;
    }
    const Variable &variable = model.variables[e.index];
    auto isDrawn = [&](const Binding &binding) { return binding.param == e.index && binding.value.drawn; };
    if (variable.role == VariableRole::Let) {
      if (lets.insert(e.index).second)
        addReads(model, use, variable.value, reads, lets);
    } else if (variable.role != VariableRole::Param || std::ranges::any_of(use.bindings, isDrawn)) {
      reads.insert(e.index);
    }
    return false;
  });
}

/// The one state or input that both read; -1 where there are others.
int onlyRead(const Model &model, const ModelUse &use, const Expr *a, const Expr *b) {
  std::set<int> reads, others, lets, otherLets;
  addReads(model, use, a, reads, lets);
  addReads(model, use, b, others, otherLets);
  return reads == others && reads.size() == 1 ? *reads.begin() : -1;
}

} // namespace

/// Reports a quotient of two multiples of one straight line, the second as the exponent of e^x - 1.
void ValueChecker::quotient(const Expr &division, const ModelUse &use) {
  const Expr *top = division.operands[0];
  Exponent exponent = exponentOf(*division.operands[1]);
  const Model &model = program.models[use.model];
  int only = exponent.x ? onlyRead(model, use, top, exponent.x) : -1;
  if (only < 0)
    return;
  constexpr double probes[] = {-51.3, 0.37, 13.1, 77.7}, near = 1e-9;
  double tops[4], exponents[4];
  for (size_t i = 0; i < 4; ++i) {
    tops[i] = numbers.inModel(top, use, probes[i]).value_or(NAN);
    exponents[i] = numbers.inModel(exponent.x, use, probes[i]).value_or(NAN);
  }
  double slope = (exponents[3] - exponents[0]) / (probes[3] - probes[0]), hole = probes[0] - exponents[0] / slope;
  double ratio = tops[0] / exponents[0];
  if (!std::isfinite(hole) || !std::isfinite(ratio) || ratio == 0)
    return;
  for (size_t i = 0; i < 4; ++i)
    if (!(std::fabs(tops[i] - ratio * exponents[i]) <= near * std::fabs(tops[i]) &&
          std::fabs(exponents[i] - slope * (probes[i] - hole)) <= near * std::fabs(exponents[i])))
      return;
  const Variable &variable = model.variables[only];
  Expr like;
  like.unit = variable.unit;
  report(Kind::ZeroOverZero, nullptr, division.range,
         fmt::format("this is 0/0 where `{}` is {}, and loses digits around it", variable.name, shown(hole, &like)))
      .withHelp(fmt::format("`{} / exprel(…)`, with the same exponent, has the limit there", shown(exponent.sign * ratio, top)));
}

void ValueChecker::quotients(const ModelUse &use) {
  for (const Variable &variable : program.models[use.model].variables)
    for (const Expr *expr : {variable.derivative, variable.role == VariableRole::Param ? nullptr : variable.value})
      anyNode(expr, [&](const Expr &e) {
        if (e.op == Op::Div)
          quotient(e, use);
        return false;
      });
}

} // namespace bdc::rules
