#include "frontend/rules/expressions.h"

#include <cctype>
#include <fmt/format.h>
#include <utility>

namespace bdc::rules {

using syntax::dynAs;
using syntax::ExprKind;
using units::Rational;

// --------------------------------------------------------------------------------------- constants as written

static std::optional<Rational> rationalOf(std::string_view digits) {
  if (digits.starts_with('-')) { // a sign right before the digits belongs to the number
    std::optional<Rational> opposite = rationalOf(digits.substr(1));
    return opposite ? std::optional(-*opposite) : std::nullopt;
  }
  int64_t number = 0, scale = 1;
  bool point = false;
  for (char c : digits) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || number > 100'000'000)
      return std::nullopt;
    number = number * 10 + (c - '0');
    scale *= point ? 10 : 1;
  }
  return Rational(number, scale);
}

std::optional<Rational> rationalOf(const syntax::Expr &expr) {
  if (auto *number = dynAs<syntax::NumberExpr>(&expr))
    return number->unit ? std::nullopt : rationalOf(number->text);
  if (auto *unary = dynAs<syntax::UnaryExpr>(&expr)) {
    std::optional<Rational> operand = rationalOf(*unary->operand);
    return operand && unary->op == syntax::UnaryOp::Negate ? std::optional(-*operand) : std::nullopt;
  }
  auto *binary = dynAs<syntax::BinaryExpr>(&expr);
  if (!binary)
    return std::nullopt;
  std::optional<Rational> left = rationalOf(*binary->left), right = rationalOf(*binary->right);
  if (!left || !right)
    return std::nullopt;
  switch (binary->op) {
  case syntax::BinaryOp::Add: return *left + *right;
  case syntax::BinaryOp::Sub: return *left - *right;
  case syntax::BinaryOp::Mul: return *left * *right;
  case syntax::BinaryOp::Div: return right->isZero() ? std::nullopt : std::optional(*left / *right);
  case syntax::BinaryOp::Pow: {
    const bool isShort = right->isInteger() && std::abs(right->numerator()) <= 8 && !(left->isZero() && right->numerator() < 0);
    Rational power(1);
    for (int64_t i = 0; isShort && i < std::abs(right->numerator()); ++i)
      power = power * *left;
    return !isShort ? std::nullopt : std::optional(right->numerator() < 0 ? Rational(1) / power : power);
  }
  default: return std::nullopt;
  }
}

bool isBare(const syntax::Expr &expr) {
  if (auto *number = dynAs<syntax::NumberExpr>(&expr))
    return !number->unit;
  if (auto *unary = dynAs<syntax::UnaryExpr>(&expr))
    return unary->op == syntax::UnaryOp::Negate && isBare(*unary->operand);
  if (auto *binary = dynAs<syntax::BinaryExpr>(&expr))
    return binary->op <= syntax::BinaryOp::Pow && isBare(*binary->left) && isBare(*binary->right);
  return false;
}

// ------------------------------------------------------------------------------------------------ entrances

const Expr *ExprChecker::number(const syntax::Expr &expr) {
  const Expr *result = check(expr);
  if (!result || !result->isCondition)
    return result;
  context.report(Kind::NotANumber, expr.range, fmt::format("a number is needed in {}, and this is a condition", place))
      .withHelp(fmt::format("`if {} then 1 else 0` is a number", context.text(expr.range)));
  return nullptr;
}

const Expr *ExprChecker::condition(const syntax::Expr &expr) {
  const Expr *result = check(expr);
  if (!result || result->isCondition)
    return result;
  context.report(Kind::NotACondition, expr.range, fmt::format("a condition is needed in {}, and this is a number", place))
      .withHelp("compare it with something: `x > 0`");
  return nullptr;
}

const Expr *ExprChecker::declared(const syntax::Expr &expr, const units::Unit &unit) {
  if (isBare(expr)) {
    const Expr *bare = number(expr);
    if (!bare)
      return nullptr;
    Expr *result = context.number(unit.toCoherent(evaluate(*bare)), unit.dimension, expr.range);
    result->unit = unit.text;
    return result;
  }
  if (auto *call = dynAs<syntax::CallExpr>(&expr))
    if (auto *callee = dynAs<syntax::NameExpr>(call->callee); callee && !call->unit)
      if (const BuiltinDistribution *distribution = findDistribution(callee->name.text)) {
        bool allBare = !call->arguments.empty();
        for (const syntax::Argument &argument : call->arguments)
          allBare &= isBare(*argument.value);
        if (allBare)
          return draw(*call, *distribution, &unit);
      }
  return number(expr);
}

const Expr *ExprChecker::increment(const syntax::Expr &expr, std::string_view what) {
  const Expr *value = number(expr);
  return value && noPoint(*value, what) ? value : nullptr;
}

const Expr *ExprChecker::check(const syntax::Expr &expr) {
  if (context.engine.isDamaged(expr.range))
    return nullptr; // the parser has read a part of it
  switch (expr.kind) {
  case ExprKind::Number: return literal(syntax::as<syntax::NumberExpr>(expr), expr.range, false);
  case ExprKind::Name: return name(syntax::as<syntax::NameExpr>(expr));
  case ExprKind::Member: return member(syntax::as<syntax::MemberExpr>(expr));
  case ExprKind::Call: return call(syntax::as<syntax::CallExpr>(expr));
  case ExprKind::Unary: return unary(syntax::as<syntax::UnaryExpr>(expr));
  case ExprKind::Binary: return binary(syntax::as<syntax::BinaryExpr>(expr));
  case ExprKind::If: return conditional(syntax::as<syntax::IfExpr>(expr));
  case ExprKind::Error: return nullptr;
  case ExprKind::String:
  case ExprKind::Index:
  case ExprKind::List:
  case ExprKind::Every: return misplaced(expr);
  }
  return nullptr;
}

const Expr *ExprChecker::misplaced(const syntax::Expr &expr) {
  if (auto *index = dynAs<syntax::IndexExpr>(&expr)) {
    if (Scope::Answer answer = scope->index(*index); answer.known)
      return answer.expr;
    auto *base = dynAs<syntax::NameExpr>(index->base);
    Scope::Answer named = base ? scope->name(base->name) : Scope::Answer{true, nullptr};
    if (base && !named.known)
      return name(*base); // reports it
    if (base && !named.expr)
      return nullptr; // which has been reported
    context.report(Kind::MisplacedExpression, expr.range, fmt::format("{} takes no slice", place))
        .withHelp("slices choose elements where something is driven, recorded or projected");
    return nullptr;
  }
  const char *what = expr.kind == ExprKind::String ? "a text" : expr.kind == ExprKind::List ? "a list" : "`every`";
  context.report(Kind::MisplacedExpression, expr.range, fmt::format("a number is needed in {}, and this is {}", place, what));
  return nullptr;
}

// --------------------------------------------------------------------------------------------------- leaves

const Expr *ExprChecker::literal(const syntax::NumberExpr &expr, Range range, bool negative) {
  double value = negative ? -expr.value : expr.value;
  if (!expr.unit) {
    // A bare zero has whatever unit it needs.
    UnitTerm term = value == 0 ? context.solver.fresh() : UnitTerm();
    Expr *result = context.node(Op::Number, range, term);
    result->value = value;
    return result;
  }
  if (takesInName(expr))
    return nullptr;
  std::optional<units::Unit> unit = context.unit(expr.unit);
  if (!unit)
    return nullptr;
  Expr *result = context.number(unit->toCoherent(value), unit->dimension, range);
  result->unit = unit->text;
  return result;
}

/// Reports a unit that has taken in a name behind an operator without blanks: `3 mV*x` was meant as a product. `3 mV/s` is a unit even
/// where there is an `s`.
bool ExprChecker::takesInName(const syntax::NumberExpr &expr) {
  const std::string_view unit = expr.unit.text;
  for (size_t at = unit.find_first_of("*/", 1); at < unit.size(); at = unit.find_first_of("*/", at + 1)) {
    const size_t end = std::min(unit.find_first_of("*/^", at + 1), unit.size());
    const std::string_view factor = unit.substr(at + 1, end - at - 1);
    if (factor.empty() || std::isdigit(static_cast<unsigned char>(factor[0])))
      continue; // in the bracket of an exponent
    const Range range = {expr.unit.range.source, uint32_t(expr.unit.range.begin + at + 1), uint32_t(expr.unit.range.begin + end)};
    const bool isUnit(units::parse(factor));
    if (isUnit && unit[at] == '/')
      continue;
    const bool isName = scope->name({factor, range}).expr || (!isUnit && (factor == "white" || factor == "index" || findConstant(factor)));
    if (!isName)
      continue;
    context
        .report(isUnit ? Kind::AmbiguousUnit : Kind::UnknownUnit, range,
                isUnit ? fmt::format("`{}` is a factor of the unit `{}` here, and a name, too", factor, unit)
                       : fmt::format("`{}` is not a unit", factor))
        .withHelp(fmt::format("with blanks around the operator it is a name: `{} {} {} {}`{}", expr.text, unit.substr(0, at), unit[at], unit.substr(at + 1),
                              isUnit ? "; a unit may begin with the factor" : ""));
    return true;
  }
  return false;
}

const Expr *ExprChecker::name(const syntax::NameExpr &expr) {
  const syntax::Name &name = expr.name;
  if (Scope::Answer answer = scope->name(name); answer.known)
    return answer.expr;
  if (context.engine.isDoubtful(name.text))
    return nullptr; // it may be something else than what the language calls so
  if (name.text == "t" && scope->allowsTime)
    return context.node(Op::Time, name.range, units::dim::time);
  if (name.text == "index" && scope->allowsIndex)
    return context.node(Op::Index, name.range, UnitTerm());
  if (name.text == "dt")
    return context.node(Op::Step, name.range, units::dim::time);
  if (const BuiltinConstant *constant = context.engine.isIncomplete(scope->extent) ? nullptr : findConstant(name.text)) {
    units::Unit unit = units::unit(constant->unit);
    return context.number(unit.toCoherent(constant->value), unit.dimension, name.range);
  }
  if (name.text == "t") {
    context.report(Kind::UnknownName, name.range, fmt::format("the time `t` has no meaning in {}", place))
        .withHelp("it runs in derivatives, plain values, conditions and drives");
    return nullptr;
  }
  if (name.text == "index") {
    context.report(Kind::UnknownName, name.range, fmt::format("the element's number `index` has no meaning in {}", place))
        .withHelp("it stands where every element gets its own value: in `start`, and in the params of a population");
    return nullptr;
  }
  if (name.text == "white") {
    context.report(Kind::MisplacedNoise, name.range, fmt::format("white noise has no meaning in {}", place))
        .withHelp("it stands in derivatives; `disturb E.I by White { sigma = … }` adds it to an input");
    return nullptr;
  }
  if (reportUnit(expr))
    return nullptr;
  std::vector<std::string_view> candidates;
  scope->candidates(candidates);
  for (const BuiltinConstant &constant : builtinConstants())
    if (constant.name.size() > 2)
      candidates.push_back(constant.name);
  if (scope->allowsTime)
    candidates.push_back("t");
  candidates.push_back("dt");
  if (context.engine.isIncomplete(scope->extent))
    return nullptr;
  bool isFunction = findFunction(name.text) || findDistribution(name.text);
  const std::string meant = scope->meantBy(name.text);
  if (!meant.empty())
    candidates.clear();
  context.reportUnknown(Kind::UnknownName, name, fmt::format("there is no `{}` in {}", name.text, place), candidates,
                        !meant.empty()            ? meant
                        : isFunction              ? fmt::format("`{}` is a function: `{}(…)`", name.text, name.text)
                        : scope->knowsValuesAlone ? fmt::format("a constant is declared: `param {} = …`", name.text)
                                                  : "",
                        scope->missedIn.valid() ? scope->missedIn : scope->extent);
  return nullptr;
}

/// Whether an expression is a unit and not a value: `mV/ms` without its number.
bool ExprChecker::isUnit(const syntax::Expr &expr) const {
  if (auto *name = dynAs<syntax::NameExpr>(&expr))
    return units::parse(name->name.text) && !findConstant(name->name.text) && !scope->name(name->name).known; // last: some scopes count what is read
  auto *binary = dynAs<syntax::BinaryExpr>(&expr);
  if (!binary ||
      (binary->op != syntax::BinaryOp::Mul && binary->op != syntax::BinaryOp::Div && binary->op != syntax::BinaryOp::Pow))
    return false;
  bool isPower = binary->op == syntax::BinaryOp::Pow;
  return isUnit(*binary->left) && (isPower ? isBare(*binary->right) : isUnit(*binary->right));
}

bool ExprChecker::reportUnit(const syntax::Expr &expr) {
  std::string written = context.text(expr.range);
  const bool isLetter = written.size() < 2; // likelier a name, except where `uV/m` has lost its number
  if ((isLetter && !hasBareUnit) || !isUnit(expr))
    return false;
  if (std::exchange(hasBareUnit, true))
    return true; // `1 * mV/ms` has two names in it
  context.report(Kind::UnknownName, expr.range, fmt::format("`{}` is a unit, and stands for no value in {}", written, place))
      .withHelp(fmt::format("a number stands right before its unit: `1 {}`", written));
  return true;
}

/// `0.01 /mV /ms`: reports what was meant as one unit.
bool ExprChecker::reportSplitUnit(const syntax::BinaryExpr &expr) {
  Range rest;
  const std::string whole = splitUnit(expr, rest);
  if (!rest.valid() || !units::parse(whole))
    return false;
  if (!std::exchange(hasBareUnit, true))
    context.report(Kind::UnknownName, rest, fmt::format("`{}` is a unit, and stands for no value in {}", context.text(rest), place))
        .withHelp(fmt::format("there are no blanks in a unit: `{}`", whole));
  return true;
}

/// The unit of a number and what it is multiplied with and divided by, where these are units too; `rest` is where they stand.
std::string ExprChecker::splitUnit(const syntax::Expr &expr, Range &rest) const {
  if (auto *number = dynAs<syntax::NumberExpr>(&expr))
    return std::string(number->unit.text);
  auto *binary = dynAs<syntax::BinaryExpr>(&expr);
  if (!binary || (binary->op != syntax::BinaryOp::Mul && binary->op != syntax::BinaryOp::Div))
    return "";
  const std::string first = splitUnit(*binary->left, rest);
  if (first.empty() || !isUnit(*binary->right))
    return "";
  rest = rest.merge(binary->right->range);
  // A divisor in brackets has its products divided one by one.
  std::string divisor = context.text(binary->right->range);
  if (binary->op == syntax::BinaryOp::Div)
    for (char &c : divisor)
      c = c == '*' ? '/' : c == '/' ? '*' : c;
  return first + context.text(binary->opRange) + divisor;
}

const Expr *ExprChecker::member(const syntax::MemberExpr &expr) {
  if (Scope::Answer answer = scope->member(expr); answer.known)
    return answer.expr;
  if (context.engine.isIncomplete(scope->extent))
    return nullptr;
  auto *base = dynAs<syntax::NameExpr>(expr.base);
  std::vector<std::string_view> candidates;
  scope->candidates(candidates);
  if (base && !scope->name(base->name).known)
    context.reportUnknown(Kind::UnknownName, base->name, fmt::format("there is no `{}` in {}", base->name.text, place),
                          candidates, "", scope->missedIn.valid() ? scope->missedIn : scope->extent);
  else
    context.report(Kind::UnknownName, expr.range, fmt::format("{} means nothing in {}", context.quote(expr.range), place));
  return nullptr;
}

} // namespace bdc::rules
