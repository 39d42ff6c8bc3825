#include "frontend/rules/solver.h"

namespace bdc::rules {

UnitTerm UnitTerm::pow(units::Rational power) const {
  if (power.isZero())
    return {};
  UnitTerm result(known.pow(power));
  for (const Factor &factor : factors)
    result.factors.push_back({factor.variable, factor.power * power});
  return result;
}

UnitTerm operator*(const UnitTerm &a, const UnitTerm &b) {
  UnitTerm result(a.known * b.known);
  size_t i = 0, j = 0;
  while (i < a.factors.size() || j < b.factors.size()) {
    bool takeA = j == b.factors.size() || (i < a.factors.size() && a.factors[i].variable <= b.factors[j].variable);
    bool takeB = i == a.factors.size() || (j < b.factors.size() && b.factors[j].variable <= a.factors[i].variable);
    UnitTerm::Factor factor{takeA ? a.factors[i].variable : b.factors[j].variable, 0};
    if (takeA)
      factor.power += a.factors[i++].power;
    if (takeB)
      factor.power += b.factors[j++].power;
    if (!factor.power.isZero())
      result.factors.push_back(factor);
  }
  return result;
}

UnitTerm UnitSolver::fresh() {
  UnitTerm term;
  term.factors.push_back({int(solutions.size()), 1});
  solutions.emplace_back();
  return term;
}

UnitTerm UnitSolver::resolve(const UnitTerm &term) const {
  if (term.isKnown())
    return term;
  UnitTerm result(term.known);
  for (const UnitTerm::Factor &factor : term.factors) {
    const Solution &solution = solutions[factor.variable];
    if (solution.solved)
      result = result * resolve(solution.value).pow(factor.power);
    else {
      UnitTerm unknown;
      unknown.factors.push_back(factor);
      result = result * unknown;
    }
  }
  return result;
}

bool UnitSolver::unify(const UnitTerm &a, const UnitTerm &b) {
  UnitTerm quotient = resolve(a / b);
  if (quotient.isKnown())
    return quotient.known.isNone();
  // The youngest variable: it is the one that the least is known about elsewhere.
  UnitTerm::Factor last = quotient.factors.back();
  quotient.factors.pop_back();
  solutions[last.variable] = {true, quotient.pow(units::Rational(-1) / last.power)};
  return true;
}

} // namespace bdc::rules
