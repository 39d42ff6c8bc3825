// Calls: functions of the language, distributions, and functions of the user, which are inlined.
#include "frontend/rules/expressions.h"
#include "frontend/rules/unit_errors.h"
#include "frontend/syntax/words.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;

namespace {

/// How many calls of functions one call may come to: functions that call others twice each grow beyond all measure.
constexpr size_t mostPlaced = 10000;

/// Inside a user function: its parameters, and no other names but constants.
class FunctionScope : public Scope {
public:
  FunctionScope(const syntax::FunctionDecl &function, std::vector<const Expr *> arguments, const Scope &caller)
      : function(function),
        arguments(std::move(arguments)) {
    allowsTime = caller.allowsTime;
    knowsValuesAlone = true;
    extent = function.range;
  }

  Answer name(const syntax::Name &name) override {
    for (size_t i = 0; i < function.parameters.size(); ++i)
      if (function.parameters[i].text == name.text)
        return {true, arguments[i]};
    return {};
  }
  void candidates(std::vector<std::string_view> &names) const override {
    for (const syntax::Name &parameter : function.parameters)
      names.push_back(parameter.text);
  }

private:
  const syntax::FunctionDecl &function;
  std::vector<const Expr *> arguments;
};

} // namespace

const Expr *ExprChecker::call(const syntax::CallExpr &expr) {
  auto *callee = dynAs<syntax::NameExpr>(expr.callee);
  if (!callee) {
    context.report(Kind::UnknownFunction, expr.callee->range,
                   fmt::format("{} is not a function", context.quote(expr.callee->range)));
    return nullptr;
  }
  std::string_view called = callee->name.text;
  if (Scope::Answer own = scope->call(expr); own.known)
    return hasNoUnit(expr) ? own.expr : nullptr;
  if (const BuiltinDistribution *distribution = findDistribution(called)) {
    if (!expr.unit)
      return draw(expr, *distribution, nullptr);
    std::optional<units::Unit> unit = context.unit(expr.unit);
    return unit ? draw(expr, *distribution, &*unit) : judgeArguments(expr);
  }
  if (const Definition *definition = scope->file ? scope->file->find(called) : nullptr)
    if (auto *function = dynAs<syntax::FunctionDecl>(definition->decl); function && !function->isSurrogate)
      return hasNoUnit(expr) ? userFunction(expr, *definition) : judgeArguments(expr);
  bool isBuiltin = called == "clip" || findFunction(called);
  bool isLost = scope->file && (scope->file->isMissing(called) || context.engine.isIncomplete(scope->file->file->source));
  if (!isBuiltin && (isLost || context.engine.isDoubtful(called)))
    return judgeArguments(expr);
  for (const syntax::Argument &argument : expr.arguments)
    if (argument.name) {
      context.report(Kind::UnknownOption, argument.name.range, fmt::format("arguments of `{}` have no names", called));
      return isBuiltin ? judgeArguments(expr) : nullptr;
    }
  if (isBuiltin && !hasNoUnit(expr))
    return judgeArguments(expr);
  if (called == "clip")
    return clip(expr);
  if (const BuiltinFunction *function = findFunction(called))
    return builtin(expr, *function);
  std::vector<std::string_view> candidates = scope->file ? scope->file->functions() : std::vector<std::string_view>();
  for (const BuiltinFunction &function : builtinFunctions())
    candidates.push_back(function.name);
  for (const BuiltinDistribution &distribution : builtinDistributions())
    candidates.push_back(distribution.name);
  candidates.push_back("clip");
  std::string otherwise(insteadOf(called));
  if (scope->name(callee->name).known) // which is likelier than a misspelt function
    otherwise = fmt::format("`{}` is a value; a product is written `{} * (…)`", called, called);
  if (!otherwise.empty())
    candidates.clear();
  context.reportUnknown(Kind::UnknownFunction, callee->name, fmt::format("there is no function `{}`", called), candidates, std::move(otherwise),
                        scope->extent);
  return scope->knowsValuesAlone ? judgeArguments(expr) : nullptr; // else it may be meant to be about populations
}

/// Reports what is wrong in the arguments of a call that itself has no value.
const Expr *ExprChecker::judgeArguments(const syntax::CallExpr &expr) {
  for (const syntax::Argument &argument : expr.arguments)
    numberOrCondition(*argument.value);
  return nullptr;
}

/// What is named like a distribution, but is none: the text was read with a unit behind it.
bool ExprChecker::hasNoUnit(const syntax::CallExpr &expr) {
  if (expr.unit)
    context.report(Kind::MisplacedUnit, expr.unit.range, fmt::format("the unit `{}` cannot follow a bracket", context.text(expr.unit.range)))
        .withHelp(syntax::helpOnUnits);
  return !expr.unit;
}

bool ExprChecker::countArguments(const syntax::CallExpr &expr, std::string_view name, size_t least, size_t most) {
  size_t count = expr.arguments.size();
  if (count >= least && count <= most)
    return true;
  size_t limit = count < least ? least : most;
  std::string wanted = least == most ? fmt::format("{}", least) : fmt::format("at {} {}", count < least ? "least" : "most", limit);
  context.report(Kind::WrongArgumentCount, expr.range,
                 fmt::format("`{}` takes {} argument{}, not {}", name, wanted, limit == 1 ? "" : "s", count));
  return false;
}

const Expr *ExprChecker::builtin(const syntax::CallExpr &expr, const BuiltinFunction &function) {
  if (!countArguments(expr, function.name, function.arity, function.variadic ? 64 : function.arity))
    return judgeArguments(expr);
  std::vector<const Expr *> operands;
  for (const syntax::Argument &argument : expr.arguments) {
    operands.push_back(number(*argument.value));
    if (operands.back() && function.rule == UnitRule::Pure && !pure(*operands.back(), function.name))
      operands.back() = nullptr;
  }
  for (const Expr *operand : operands)
    if (!operand)
      return nullptr;
  if (function.rule == UnitRule::Same && operands.size() > 1) {
    const Expr *result = operands[0];
    for (size_t i = 1; i < operands.size() && result; ++i)
      result = join(Op::Call, expr.range, result, operands[i], function.function);
    return result;
  }
  for (size_t i = 1; i < operands.size(); ++i)
    if (function.rule == UnitRule::SameToPure && !agree(*operands[0], *operands[i]))
      return nullptr;
  if (function.rule != UnitRule::Root && !noPoint(*operands[0], fmt::format("the argument of `{}`", function.name)))
    return nullptr;
  UnitTerm term;
  if (function.rule == UnitRule::Same)
    term = context.term(*operands[0]);
  if (function.rule == UnitRule::Root)
    term = context.term(*operands[0]).pow({1, 2});
  std::string unit = function.rule == UnitRule::Same ? operands[0]->unit : "";
  Expr *result = context.node(Op::Call, expr.range, std::move(term), std::move(operands));
  result->function = function.function;
  result->unit = std::move(unit);
  return result;
}

/// clip(x, low, high) = min(max(x, low), high)
const Expr *ExprChecker::clip(const syntax::CallExpr &expr) {
  if (!countArguments(expr, "clip", 3, 3))
    return judgeArguments(expr);
  const Expr *value = number(*expr.arguments[0].value);
  const Expr *low = number(*expr.arguments[1].value), *high = number(*expr.arguments[2].value);
  const Expr *raised = join(Op::Call, expr.range, value, low, Function::Max);
  return join(Op::Call, expr.range, raised, high, Function::Min);
}

const Expr *ExprChecker::draw(const syntax::CallExpr &expr, const BuiltinDistribution &distribution, const units::Unit *unit) {
  if (!scope->allowsDraws) {
    context.report(Kind::MisplacedDraw, expr.range, fmt::format("a random value cannot stand in {}", place))
        .withHelp("`~` draws once, before the run: `param a ~ normal(…)`, `start E.v ~ uniform(…)`, `weight ~ …`; what fluctuates is `white` in a derivative, or "
                  "`disturb E.I by White { sigma = … }`");
    return judgeArguments(expr);
  }
  if (!countArguments(expr, distribution.name, distribution.arity, distribution.arity))
    return judgeArguments(expr);
  bool pureOnly = distribution.rule == UnitRule::Pure;
  if (unit && pureOnly && distribution.distribution != Distribution::LogNormal) {
    context.report(Kind::MisplacedUnit, expr.unit.range.valid() ? expr.unit.range : expr.range,
                   fmt::format("what `{}` draws is a pure number", distribution.name));
    return judgeArguments(expr);
  }
  if (unit && pureOnly && unit->isAffine()) {
    reportLogarithm(context, expr.range, unit->text, place);
    return judgeArguments(expr);
  }
  std::vector<const Expr *> operands;
  for (size_t i = 0; i < expr.arguments.size(); ++i) {
    const syntax::Expr &argument = *expr.arguments[i].value;
    const Expr *operand = number(argument);
    bool isPure = pureOnly || (i == 0 && distribution.pureFirst);
    if (!operand || (isPure && !pure(*operand, fmt::format("the {} of `{}`", distribution.parameters[i], distribution.name))))
      continue;
    if (unit && !isPure && isBare(argument)) {
      // A spread of temperatures is a difference; everything else is a point on the scale.
      bool spread = distribution.distribution == Distribution::Normal && i == 1;
      double value = evaluate(*operand);
      Expr *scaled =
          context.number(spread ? unit->differenceToCoherent(value) : unit->toCoherent(value), unit->dimension, argument.range);
      scaled->unit = spread && unit->isAffine() ? "K" : unit->text;
      operand = scaled;
    }
    operands.push_back(operand);
  }
  if (operands.size() < expr.arguments.size())
    return nullptr;
  const Expr *last = operands.back();
  if (!pureOnly && !distribution.pureFirst && operands.size() == 2 && !agree(*operands[0], *operands[1]))
    return nullptr;
  bool isNormal = distribution.distribution == Distribution::Normal,
       isUniform = distribution.distribution == Distribution::Uniform;
  if (!isUniform &&
      !noPoint(*last, fmt::format("the {} of `{}`", distribution.parameters[operands.size() - 1], distribution.name)))
    return nullptr;
  if (isUniform && !samePoints(*operands[0], *last))
    return nullptr;
  Expr *result = context.node(Op::Random, expr.range, pureOnly ? UnitTerm() : context.term(*last), std::move(operands));
  result->distribution = distribution.distribution;
  result->unit = pureOnly ? "" : isNormal || isPoint(*result->operands[0]) ? result->operands[0]->unit : last->unit;
  if (!unit || !pureOnly)
    return result;
  Expr *one = context.number(unit->differenceToCoherent(1), unit->dimension, expr.range);
  Expr *product = context.node(Op::Mul, expr.range, unit->dimension, {result, one});
  product->unit = unit->text;
  return product;
}

/// Which parameter of a function has this name; reports it where none has, and returns their number.
size_t ExprChecker::parameter(const syntax::FunctionDecl &function, const syntax::Name &name) {
  std::vector<std::string_view> candidates;
  for (const syntax::Name &each : function.parameters) {
    if (each.text == name.text)
      return candidates.size();
    candidates.push_back(each.text);
  }
  context.reportUnknown(Kind::UnknownOption, name, fmt::format("`{}` has no parameter `{}`", function.name.text, name.text), candidates);
  return candidates.size();
}

const Expr *ExprChecker::userFunction(const syntax::CallExpr &expr, const Definition &definition, const Expr *first) {
  const auto &function = syntax::as<syntax::FunctionDecl>(*definition.decl);
  if (context.definitions.isBroken(definition))
    return judgeArguments(expr);
  size_t arity = function.parameters.size();
  size_t known = first ? 1 : 0, least = std::ranges::count_if(function.defaults, [](const syntax::ExprPtr &value) { return !value; });
  if (!countArguments(expr, function.name.text, least - std::min(least, known), arity - known))
    return judgeArguments(expr);
  for (const Context::Frame &frame : context.frames)
    if (frame.function == &function) {
      context.frames.clear();
      context.report(Kind::RecursiveFunction, function.name.range, fmt::format("`{}` calls itself", function.name.text))
          .withHelp("functions are put in place of their calls, so they cannot call themselves");
      return nullptr;
    }
  if (context.frames.empty() && context.placed <= mostPlaced) // beyond it, all has been said
    context.placed = 0;
  if (++context.placed > mostPlaced) {
    if (context.placed == mostPlaced + 1)
      context.engine.report(Kind::NestedTooDeeply, context.frames.front().call, fmt::format("this call comes to more than {} calls", mostPlaced))
          .withHelp("functions are put in place of their calls; a value that is needed several times can be given a name");
    return nullptr;
  }
  std::vector<const Expr *> arguments(arity, nullptr);
  std::vector<bool> given(arity, false);
  bool complete = true;
  if (first) {
    given[0] = true;
    arguments[0] = first;
  }
  for (size_t i = 0; i < expr.arguments.size(); ++i) {
    const syntax::Argument &argument = expr.arguments[i];
    size_t at = argument.name ? parameter(function, argument.name) : i + known;
    if (at < arity && given[at]) {
      context.report(Kind::DuplicateSetting, argument.name.range, fmt::format("`{}` is given twice", argument.name.text));
      at = arity;
    }
    const Expr *value = number(*argument.value);
    complete &= value && at < arity;
    if (at == arity)
      continue;
    given[at] = true;
    arguments[at] = value;
  }
  for (size_t i = 0; i < arity && complete; ++i)
    if (!given[i] && !function.defaults[i]) {
      context.report(Kind::WrongArgumentCount, expr.range, fmt::format("`{}` needs `{}`", function.name.text, function.parameters[i].text));
      return nullptr;
    } else if (!given[i]) { // over what is constant
      FunctionScope none(function, std::vector<const Expr *>(arity), *scope);
      none.file = definition.scope;
      arguments[i] = ExprChecker(context, none, fmt::format("the default of {}", function.parameters[i].text)).number(*function.defaults[i]);
      complete &= arguments[i] != nullptr;
    }
  if (!complete)
    return nullptr;
  FunctionScope inner(function, std::move(arguments), *scope);
  inner.file = definition.scope;
  context.frames.push_back({&function, expr.range});
  ExprChecker body(context, inner, fmt::format("a call of `{}`", function.name.text));
  const Expr *result = body.numberOrCondition(*function.body);
  if (!context.frames.empty())
    context.frames.pop_back();
  return result;
}

} // namespace bdc::rules
