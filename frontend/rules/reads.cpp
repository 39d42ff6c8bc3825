#include "frontend/rules/reads.h"

#include <algorithm>

namespace bdc::rules {

const Expr *whiteIn(const Model &model, const Expr *expr) {
  const Expr *found = findRead(model, expr, [](const Expr &e) { return e.op == Op::White; });
  return !found || found->op == Op::White ? found : whiteIn(model, model.variables[found->index].value);
}

bool isWhite(const Model &noise) {
  return std::ranges::any_of(noise.variables, [&](const Variable &each) { return each.role == VariableRole::Output && whiteIn(noise, each.value); });
}

bool readsInput(const Model &model, const Expr *expr, int input) {
  return findRead(model, expr, [&](const Expr &e) { return (e.op == Op::Variable || e.op == Op::Element) && e.index == input; });
}

} // namespace bdc::rules
