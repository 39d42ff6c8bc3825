// Operators: sums, products, powers, comparisons and choices, and how the units of their operands go together.
#include "frontend/rules/expressions.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace bdc::rules {

using units::Rational;

bool ExprChecker::agree(const Expr &left, const Expr &right) {
  if (context.solver.unify(context.term(left), context.term(right)))
    return true;
  context.reportDisagreement(left, right, place);
  return false;
}

bool ExprChecker::pure(const Expr &expr, std::string_view what) {
  if (context.solver.unify(context.term(expr), UnitTerm()))
    return true;
  const std::string unit = expr.unit.empty() ? units::usualUnit(context.solver.dimension(context.term(expr))) : expr.unit;
  context.report(Kind::NotDimensionless, expr.range, fmt::format("{} takes a pure number, in {}", what, place))
      .withLabel(fmt::format("{} is {}", context.quote(expr.range), context.describe(expr)))
      .withHelp(isPoint(expr) ? fmt::format("the difference from a temperature, divided by one in K: `(T - 20 {}) / 10 K`", unit)
                              : fmt::format("divide it by a quantity in {}", unit));
  return false;
}

/// A node of two operands that share a unit, which is also the result's.
const Expr *ExprChecker::join(Op op, Range range, const Expr *left, const Expr *right, Function function) {
  if (!left || !right || !agree(*left, *right))
    return nullptr;
  Expr *result = context.node(op, range, context.term(*left), {left, right});
  result->function = function;
  result->unit = left->unit.empty() ? right->unit : left->unit;
  if (op == Op::Add || op == Op::Sub)
    return movePoint(result, *left, *right);
  if (!samePoints(*left, *right))
    return nullptr;
  if (function == Function::Mod && op == Op::Call && !noPoint(*left, "the argument of `mod`"))
    return nullptr;
  result->unit = isPoint(*right) ? right->unit : result->unit;
  result->isDifference = left->isDifference || right->isDifference;
  return result;
}

const Expr *ExprChecker::unary(const syntax::UnaryExpr &expr) {
  if (expr.op == syntax::UnaryOp::Not) {
    const Expr *operand = condition(*expr.operand);
    if (!operand)
      return nullptr;
    Expr *result = context.node(Op::Not, expr.range, UnitTerm(), {operand});
    result->isCondition = true;
    return result;
  }
  // The sign of a written number belongs to it: -5 degC is below zero, not minus an absolute temperature.
  if (auto *number = dynAs<syntax::NumberExpr>(expr.operand))
    return literal(*number, expr.range, true);
  const Expr *operand = number(*expr.operand);
  if (!operand)
    return nullptr;
  if (isPoint(*operand))
    return misusedPoint(*operand, expr.range, fmt::format("a temperature in {} has no opposite", operand->unit));
  Expr *result = context.node(Op::Negate, expr.range, context.term(*operand), {operand});
  result->unit = operand->unit;
  result->isDifference = operand->isDifference;
  return result;
}

static Op opOf(syntax::BinaryOp op) {
  switch (op) {
  case syntax::BinaryOp::Add: return Op::Add;
  case syntax::BinaryOp::Sub: return Op::Sub;
  case syntax::BinaryOp::Mul: return Op::Mul;
  case syntax::BinaryOp::Div: return Op::Div;
  case syntax::BinaryOp::Less: return Op::Less;
  case syntax::BinaryOp::LessEqual: return Op::LessEqual;
  case syntax::BinaryOp::Greater: return Op::Greater;
  case syntax::BinaryOp::GreaterEqual: return Op::GreaterEqual;
  case syntax::BinaryOp::Equal: return Op::Equal;
  case syntax::BinaryOp::NotEqual: return Op::NotEqual;
  case syntax::BinaryOp::And: return Op::And;
  case syntax::BinaryOp::Or: return Op::Or;
  default: return Op::Number;
  }
}

const Expr *ExprChecker::binary(const syntax::BinaryExpr &expr) {
  Op op = opOf(expr.op);
  switch (expr.op) {
  case syntax::BinaryOp::Pow: return power(expr);
  case syntax::BinaryOp::Against:
    context.report(Kind::MisplacedExpression, expr.opRange, "`against` belongs into `plot`");
    return nullptr;
  case syntax::BinaryOp::And:
  case syntax::BinaryOp::Or: {
    const Expr *left = condition(*expr.left);
    const Expr *right = left ? condition(*expr.right) : check(*expr.right); // `and` itself may be the mistake
    if (!left || !right)
      return nullptr;
    Expr *result = context.node(op, expr.range, UnitTerm(), {left, right});
    result->isCondition = true;
    return result;
  }
  default: break;
  }
  if (reportUnit(expr) || reportSplitUnit(expr))
    return nullptr;
  const Expr *left = number(*expr.left), *right = number(*expr.right);
  if (op == Op::Add || op == Op::Sub)
    return sum(expr, op, left, right);
  if (!left || !right)
    return nullptr;
  if (op == Op::Mul || op == Op::Div) {
    const UnitTerm &a = context.term(*left), &b = context.term(*right);
    UnitTerm product = op == Op::Mul ? a * b : a / b;
    Expr *result = context.node(op, expr.range, std::move(product), {left, right});
    // A factor without unit leaves the user's unit as it is.
    bool rightIsPure = context.term(*right).isKnown() && context.term(*right).known.isNone();
    bool leftIsPure = context.term(*left).isKnown() && context.term(*left).known.isNone();
    bool areWritten = !left->unit.empty() && !right->unit.empty();
    result->unit = rightIsPure                   ? left->unit
                   : leftIsPure && op == Op::Mul ? right->unit
                   : areWritten                  ? units::joined(left->unit, right->unit, op == Op::Div)
                                                 : "";
    return hasPlainUnit(*result) ? scalePoint(result, *left, *right) : nullptr;
  }
  if (!agree(*left, *right) || !samePoints(*left, *right))
    return nullptr;
  Expr *result = context.node(op, expr.range, UnitTerm(), {left, right});
  result->isCondition = true;
  return result;
}

/// Every term that disagrees is reported, though there is no sum any more.
const Expr *ExprChecker::sum(const syntax::BinaryExpr &expr, Op op, const Expr *left, const Expr *right) {
  if (left && right) {
    if (agree(*left, *right))
      return join(op, expr.range, left, right);
    torn[&expr] = {left, right};
    return nullptr;
  }
  const auto before = torn.find(&*expr.left);
  if (!right || before == torn.end())
    return nullptr;
  const auto [first, second] = before->second;
  const auto fits = [&](const Expr &term) { return context.solver.unify(context.term(term), context.term(*right)); };
  if (!fits(*first) && !fits(*second))
    context.reportDisagreement(*first, *right, place);
  torn[&expr] = {first, second};
  return nullptr;
}

/// Exponents that nobody means, and that would overflow in the end.
bool ExprChecker::hasPlainUnit(const Expr &expr) {
  constexpr int64_t most = 9999; // four digits are read
  const UnitTerm term = context.solver.resolve(context.term(expr));
  const auto isPlain = [](const Rational &power) { return std::abs(power.numerator()) <= most && power.denominator() <= most; };
  bool plain = std::ranges::all_of(term.factors, [&](const UnitTerm::Factor &factor) { return isPlain(factor.power); });
  for (int base = 0; base < units::numBases; ++base)
    plain &= isPlain(term.known[base]);
  if (!plain)
    context.report(Kind::InvalidValue, expr.range, fmt::format("a unit has exponents up to {}, in {}", most, place));
  return plain;
}

const Expr *ExprChecker::power(const syntax::BinaryExpr &expr) {
  const Expr *base = number(*expr.left);
  std::optional<Rational> exponent = rationalOf(*expr.right);
  if (exponent && exponent->denominator() <= 12) {
    if (!base)
      return nullptr;
    Expr *result = context.node(Op::Power, expr.range, context.term(*base).pow(*exponent), {base});
    result->power = *exponent;
    return hasPlainUnit(*result) ? result : nullptr;
  }
  const Expr *variable = number(*expr.right);
  if (!base || !variable || !pure(*variable, "an exponent"))
    return nullptr;
  if (!context.solver.unify(context.term(*base), UnitTerm())) {
    context
        .report(Kind::VariableExponent, expr.right->range,
                fmt::format("the exponent of a quantity with a unit must be a written number, in {}", place))
        .withLabel(exponent ? fmt::format("{} is {} / {}: a fraction of a unit has a divisor up to 12", context.quote(expr.right->range),
                                          exponent->numerator(), exponent->denominator())
                            : fmt::format("{} is known only when the program runs", context.quote(expr.right->range)))
        .also(base->range, fmt::format("{} is {}", context.quote(base->range), context.describe(*base)))
        .withHelp("divide the base by a quantity of its unit first");
    return nullptr;
  }
  Expr *result = context.node(Op::Call, expr.range, UnitTerm(), {base, variable});
  result->function = Function::Pow;
  return result;
}

const Expr *ExprChecker::conditional(const syntax::IfExpr &expr) {
  const Expr *test = condition(*expr.condition);
  const Expr *yes = number(*expr.yes), *no = number(*expr.no);
  if (!yes || !no || !agree(*yes, *no) || !samePoints(*yes, *no) || !test)
    return nullptr;
  Expr *result = context.node(Op::Select, expr.range, context.term(*yes), {test, yes, no});
  result->unit = yes->unit.empty() || isPoint(*no) ? no->unit : yes->unit;
  result->isDifference = yes->isDifference || no->isDifference;
  return result;
}

} // namespace bdc::rules
