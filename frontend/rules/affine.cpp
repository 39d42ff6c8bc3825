// Points on a scale with an origin of its own, such as 20 degC, and their differences, which are in K.
//
// A point may be moved by a difference, compared with a point, and, as the absolute temperature that it is, be multiplied with a
// quantity of another dimension (R * T / F). Two points have a difference. Nothing else of a point has a meaning: what would be
// computed is that of some 300 K.
#include "frontend/rules/expressions.h"

#include <fmt/format.h>

namespace bdc::rules {

bool isPoint(const Expr &expr) { return units::isAffine(expr.unit); }

bool isBareZero(const Expr &expr) { return expr.op == Op::Number && expr.value == 0 && expr.unit.empty(); }

void reportBareZero(Context &context, Range zero, std::string_view scale, std::string_view place) {
  context.report(Kind::AffineUnit, zero, fmt::format("a bare 0 is no temperature in {}, in {}", scale, place))
      .withLabel(fmt::format("0 {} and 0 K are not the same", scale))
      .withHelp(fmt::format("`0 {}`", scale));
}

/// "20 degC is a temperature of 293.15 K": what there would be computed with.
static std::string absolute(const Context &context, const Expr &point) {
  std::string what = context.quote(point.range);
  if (point.op != Op::Number)
    return fmt::format("{} is a temperature in {}", what, point.unit);
  return fmt::format("{} is the temperature {:.10g} {}", what, point.value, "K");
}

/// How the difference is written that a literal was probably meant to be.
static std::string differenceHelp(const Expr &point) {
  if (point.op != Op::Number)
    return fmt::format("take a difference first: `T - 20 {}` is in K", point.unit);
  return fmt::format("a difference is in K: `{:.10g} K`", units::unit(point.unit).fromCoherent(point.value));
}

void reportPoint(Context &context, const Expr &point, Range range, std::string_view message, std::string_view place) {
  context.report(Kind::AffineUnit, range, fmt::format("{}, in {}", message, place))
      .withLabel(absolute(context, point))
      .withHelp(differenceHelp(point));
}

const Expr *ExprChecker::misusedPoint(const Expr &point, Range range, std::string_view message) {
  reportPoint(context, point, range, message, place);
  return nullptr;
}

/// A sum or a difference that has been found to agree in its units: null where points are added.
const Expr *ExprChecker::movePoint(Expr *result, const Expr &left, const Expr &right) {
  bool isSum = result->op == Op::Add;
  if (isSum && isPoint(left) && isPoint(right))
    return misusedPoint(right, right.range, fmt::format("two temperatures in {} cannot be added", right.unit));
  if (!isSum && (left.isDifference || isBareZero(left)) && isPoint(right))
    return misusedPoint(right, right.range, fmt::format("a temperature in {} cannot be taken from a difference", right.unit));
  if (!isSum && isPoint(right)) {
    result->unit = "K";
    result->isDifference = true;
  } else if (isPoint(left) || isPoint(right)) {
    result->unit = isPoint(left) ? left.unit : right.unit;
  } else {
    result->isDifference = left.isDifference || right.isDifference;
  }
  return result;
}

/// A product or a quotient, likewise. A pure factor scales the distance from another origin than the scale shows.
const Expr *ExprChecker::scalePoint(Expr *result, const Expr &left, const Expr &right) {
  auto dimension = [&](const Expr &expr) { return context.solver.resolve(context.term(expr)); };
  auto isPure = [&](const Expr &expr) { return dimension(expr).isKnown() && dimension(expr).known.isNone(); };
  auto isTemperature = [&](const Expr &expr) {
    return dimension(expr).isKnown() && dimension(expr).known == units::dim::temperature;
  };
  bool isQuotient = result->op == Op::Div;
  if (isQuotient && isPoint(left) && isPoint(right))
    return misusedPoint(right, right.range, fmt::format("a temperature in {} is divided by another", left.unit));
  for (auto [point, other] : {std::pair(&left, &right), std::pair(&right, &left)}) {
    if (!isPoint(*point))
      continue;
    if (isPure(*other) && !(isQuotient && point == &right))
      return misusedPoint(*point, point->range, fmt::format("a temperature in {} cannot be scaled", point->unit));
    if (isQuotient && isTemperature(*other) && !isPoint(*other))
      return misusedPoint(*point, point->range,
                          point == &right ? fmt::format("a difference is divided by a temperature in {}", point->unit)
                                          : fmt::format("a temperature in {} is divided by a difference", point->unit));
  }
  bool scalesDifference = (left.isDifference && isPure(right)) || (right.isDifference && isPure(left) && !isQuotient);
  result->isDifference = scalesDifference;
  return result;
}

/// Two values of which either may be taken (a branch, the larger), or which are compared.
bool ExprChecker::samePoints(const Expr &left, const Expr &right) {
  for (auto [point, other] : {std::pair(&left, &right), std::pair(&right, &left)})
    if (isPoint(*point) && other->isDifference) {
      misusedPoint(*point, point->range, fmt::format("a temperature in {} stands beside a difference", point->unit));
      return false;
    } else if (isPoint(*point) && isBareZero(*other)) {
      reportBareZero(context, other->range, point->unit, place);
      return false;
    }
  return true;
}

bool ExprChecker::noPoint(const Expr &expr, std::string_view what) {
  if (isPoint(expr))
    misusedPoint(expr, expr.range, fmt::format("{} cannot be a temperature in {}", what, expr.unit));
  return !isPoint(expr);
}

} // namespace bdc::rules
