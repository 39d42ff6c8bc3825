// Projections whose synapses are the same on the same elements have one state together: what is recorded of one is the sum of all.
#include "frontend/rules/superposition.h"
#include "frontend/rules/values_checker.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace bdc::rules {

/// Whether two expressions are equal whatever is set from outside next: all that may differ then is told apart by `--set`.
bool ValueChecker::isSame(const Expr *left, const Expr *right) const {
  auto resolved = [&](const Expr *expr) {
    while (expr && expr->op == Op::Scalar && !numbers.setOf(expr->index) && program.scalars[expr->index].value)
      expr = program.scalars[expr->index].value;
    return expr;
  };
  std::set<std::pair<const Expr *, const Expr *>> known;
  auto same = [&](const auto &self, const Expr *a, const Expr *b) -> bool {
    a = resolved(a), b = resolved(b);
    if (a == b || !known.insert({a, b}).second)
      return true;
    return a && b && a->op == b->op && a->function == b->function && a->value == b->value && a->index == b->index && a->power == b->power &&
           std::ranges::equal(a->operands, b->operands, [&](const Expr *one, const Expr *other) { return self(self, one, other); });
  };
  return same(same, left, right);
}

bool ValueChecker::isSame(const ModelUse &left, const ModelUse &right) const {
  auto valueOf = [&](const Binding &binding) -> const Expr * { // null where it is in error
    return binding.value.scalar >= 0 ? program.scalars[binding.value.scalar].value : nullptr;
  };
  return left.model == right.model && std::ranges::equal(left.bindings, right.bindings, [&](const Binding &a, const Binding &b) {
           const bool isDrawn = a.value.isDrawn() || b.value.isDrawn();
           return a.param == b.param && (isDrawn ? a.value.drawn == b.value.drawn : isSame(valueOf(a), valueOf(b)));
         });
}

void ValueChecker::shared(const Quantity &what, Range range) {
  if (what.projection < 0 || !told.insert(what.projection).second)
    return;
  const Projection &recorded = program.projections[what.projection];
  if (!superposes(program, recorded))
    return;
  std::string others;
  for (const Projection &other : program.projections)
    if (&other != &recorded && other.target == recorded.target && other.input == recorded.input && isSame(other.synapse, recorded.synapse) &&
        isSame(other.effect, recorded.effect))
      others += fmt::format("{}`{}`", others.empty() ? "" : ", ", other.name);
  if (!others.empty())
    report(Kind::SharedState, nullptr, range, fmt::format("`{}` is together with that of {}: the same synapse on the same elements", what.text, others))
        .withNote("what is recorded is their sum");
}

} // namespace bdc::rules
