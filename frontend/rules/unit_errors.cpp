#include "frontend/rules/unit_errors.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;

static bool isInfinity(const syntax::Expr &expr) {
  auto *unary = dynAs<syntax::UnaryExpr>(&expr);
  auto *name = dynAs<syntax::NameExpr>(unary ? unary->operand.get() : &expr);
  return name && name->name.text == "inf";
}

/// `[1, 2]` with its unit, or `linspace(1 ms, 2 ms, 3)`: of a distribution too, where a unit may stand behind the bracket. Empty where some
/// have a unit.
static std::string withUnit(Context &context, const syntax::Expr &of, const std::string &unit) {
  if (auto *list = dynAs<syntax::ListExpr>(&of))
    return !list->unit && std::ranges::all_of(list->items, [](const syntax::ExprPtr &item) { return isBare(*item) || isInfinity(*item); })
               ? fmt::format("{} {}", context.text(of.range), unit)
               : "";
  auto *call = dynAs<syntax::CallExpr>(&of);
  if (!call || call->unit || !std::ranges::all_of(call->arguments, [](const syntax::Argument &each) { return isBare(*each.value); }))
    return "";
  if (!syntax::calleeOf(call).ends_with("space"))
    return fmt::format("{} {}", context.text(of.range), unit);
  std::string arguments;
  for (const syntax::Argument &each : call->arguments)
    arguments += &each == &call->arguments.back() ? context.text(each.value->range) : fmt::format("{} {}, ", context.text(each.value->range), unit);
  return fmt::format("{}({})", syntax::calleeOf(call), arguments);
}

void reportLogarithm(Context &context, Range range, std::string_view scale, std::string_view place) {
  context.report(Kind::AffineUnit, range, fmt::format("a temperature in {} has no logarithm, in {}", scale, place))
      .withHelp("of the absolute temperature: `lognormal(mu, sigma) K`");
}

bool expectOr(Context &context, const Expr &value, const Expected &expected, const std::string &place, std::string help) {
  const UnitTerm have = context.solver.resolve(context.term(value));
  const bool isBareNumber = value.op == Op::Number && have.isKnown() && have.known.isNone();
  if (!isBareNumber || help.empty() || context.solver.unify(context.term(value), expected.term))
    return context.expect(value, expected, place);
  context.report(Kind::UnitMismatch, value.range, fmt::format("units do not agree in {}", place))
      .withLabel(fmt::format("{} is {}", context.quote(value.range), context.describe(value)))
      .withNote(fmt::format("{} is {}", expected.what, context.describe(expected.term, expected.unit)))
      .withHelp(std::move(help));
  return false;
}

bool expectOf(Context &context, const syntax::Expr &of, const Expr &value, const Expected &expected, const std::string &place) {
  const UnitTerm want = context.solver.resolve(expected.term);
  const std::string unit = !expected.unit.empty() ? expected.unit : want.isKnown() ? units::usualUnit(want.known) : "";
  const std::string written = unit.empty() ? "" : withUnit(context, of, unit);
  return expectOr(context, value, expected, place, written.empty() ? "" : fmt::format("give them their unit: `{}`", written));
}

} // namespace bdc::rules
