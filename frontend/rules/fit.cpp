#include "frontend/rules/fit.h"

#include "frontend/rules/functionals.h"
#include "frontend/rules/settable.h"
#include "frontend/rules/unit_errors.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bdc::rules {

using syntax::dynAs;

namespace {

/// The arguments of a prior: values of the parameter, distances between them or from 0 (of temperatures in K), or pure numbers.
struct PriorRule {
  enum class Kind : uint8_t { Value, Distance, Pure };
  std::string_view name;
  std::vector<std::pair<std::string_view, Kind>> arguments;
};
const PriorRule priors[] = {{"normal", {{"mean", PriorRule::Kind::Value}, {"sd", PriorRule::Kind::Distance}}},
                            {"lognormal", {{"mu", PriorRule::Kind::Pure}, {"sigma", PriorRule::Kind::Pure}}},
                            {"gamma", {{"shape", PriorRule::Kind::Pure}, {"scale", PriorRule::Kind::Distance}}},
                            {"exponential", {{"mean", PriorRule::Kind::Distance}}},
                            {"uniform", {{"low", PriorRule::Kind::Value}, {"high", PriorRule::Kind::Value}}}};

constexpr std::string_view transforms[] = {"identity", "log", "logit", "softplus", "tanh", "simplex"};

/// `steps = 200` and so on, behind the method.
struct RuleOption {
  std::string_view name, doc;
  units::Dimension dimension = {};
  std::string_view unit = "";
  bool whole = false;
  bool ofLoss = false; ///< in the objective's unit
  std::vector<std::string_view> words = {};
};
const RuleOption ruleOptions[] = {
    {"steps", "how many steps the fit takes at most", {}, "", true},
    {"starts", "how many starts a local method has", {}, "", true},
    {"screen", "how many points are tried before, of which the best become starts", {}, "", true},
    {"spread", "how the starts are spread", {}, "", false, false, {"sobol", "random", "bayes"}},
    {"patience", "steps without a better loss after which the fit ends", {}, "", true},
    {"tolerance", "by what part of itself the loss must have become better", {}, ""},
    {"loss", "the loss at which the fit ends", {}, "", false, true},
    {"change", "the change of all coordinates at which the fit ends", {}, ""},
    {"slope", "the norm of the gradient at which the fit ends", {}, ""},
    {"time", "after how long the fit ends", units::dim::time, "s"},
    {"truncate", "how long derivatives are followed backwards through states", units::dim::time, "ms"},
    {"uncertainty", "how sure the values are", {}, "", false, false, {"none", "laplace"}},
};

class FitChecker {
public:
  FitChecker(Context &context, NetworkBuilder &network, Scope &scope, const Expr *objective)
      : context(context), network(network), scope(scope), objective(objective) {}

  void run(const syntax::FitStmt &stmt) {
    fit.range = stmt.range;
    bool good = true;
    for (const syntax::FitAxis &axis : stmt.axes) {
      std::optional<FitParameter> parameter = read(axis);
      good &= parameter.has_value();
      if (parameter && isTwice(*parameter))
        good = false;
      else if (parameter)
        fit.parameters.push_back(std::move(*parameter));
    }
    good &= canHavePriors(stmt);
    good &= !stmt.method || method(*stmt.method);
    for (const syntax::Argument &argument : stmt.options)
      good &= option(stmt.options, argument);
    if (good)
      context.program.experiment.fit = std::move(fit);
  }

private:
  /// What priors add is a pure number, and so must the objective be.
  bool canHavePriors(const syntax::FitStmt &stmt) {
    auto first = std::ranges::find_if(stmt.axes, [](const syntax::FitAxis &axis) { return axis.prior != nullptr; });
    if (!objective || first == stmt.axes.end() || context.solver.unify(context.term(*objective), UnitTerm()))
      return true;
    const std::string unit = objective->unit.empty() ? units::usualUnit(context.solver.dimension(context.term(*objective))) : objective->unit;
    const std::string written = context.quote(objective->range) == "this" ? "…" : context.text(objective->range);
    const std::string help = isPoint(*objective) ? fmt::format("`({} - 20 {}) / 1 K`", written, unit)
                             : objective->op == Op::Term ? fmt::format("`{} / 1 {}`", written, unit)
                                                         : fmt::format("`({}) / 1 {}`", written, unit);
    context.report(Kind::UnitMismatch, first->prior->range, "a prior adds a pure number to the objective")
        .also(objective->range, fmt::format("the objective is {}", context.describe(*objective)))
        .withHelp(fmt::format("divide the objective by what it may be off: {}", help));
    return false;
  }

  /// One number and a value for each element of the same param are of one name.
  bool isTwice(const FitParameter &parameter) {
    for (const FitParameter &other : fit.parameters)
      if (other.name == parameter.name) {
        context.report(Kind::DuplicateSetting, parameter.range, fmt::format("`{}` is fitted twice", parameter.name)).also(other.range, "first here");
        return true;
      }
    return false;
  }

  std::optional<FitParameter> read(const syntax::FitAxis &axis) {
    FitParameter result;
    result.range = axis.range;
    if (!find(axis, result))
      return std::nullopt;
    const std::string place = fmt::format("the interval of {}", result.name);
    if (axis.interval && !interval(*axis.interval, result, place))
      return std::nullopt;
    if (axis.transform) {
      if (std::ranges::find(transforms, axis.transform.text) == std::end(transforms)) {
        context.reportUnknown(Kind::UnknownFunction, axis.transform, fmt::format("there is no transform `{}`", axis.transform.text),
                              {std::begin(transforms), std::end(transforms)}, fmt::format("there are {}", fmt::join(transforms, ", ")));
        return std::nullopt;
      }
      result.transform = std::string(axis.transform.text);
    }
    if (axis.prior && !prior(*axis.prior, result))
      return std::nullopt;
    return result;
  }

  /// What is fitted: a number, or a value of every element.
  bool find(const syntax::FitAxis &axis, FitParameter &result) {
    std::optional<PlaceName> place = placeName(*axis.parameter);
    int population = place && place->member ? network.findPopulation(place->population.text) : -1;
    if (population >= 0)
      if (int variable = network.instanceOf(population).model.indexOf(place->member.text); variable >= 0)
        if (ofElements(axis, *place, population, variable, result))
          return result.population >= 0;
    if (const int data = place && place->member ? network.findConnectome(place->population.text) : -1; data >= 0)
      if (ofConnections(axis, *place, data, result))
        return result.connectome >= 0;
    if (place && place->slice && network.mayHave(fmt::format("{}.{}", place->population.text, place->member.text)))
      return false; // what it would be has been reported
    result.scalar = network.movable(*axis.parameter, toFit);
    if (result.scalar < 0)
      return false;
    if (axis.each) {
      context.report(Kind::MisplacedExpression, axis.parameter->range, "`each` is of a param or a state of a population, or of the weights of a connectome")
          .withHelp(std::string(toFit.usage));
      return false;
    }
    const Scalar &scalar = context.program.scalars[result.scalar];
    result.name = scalar.path;
    term = network.termOf(result.scalar);
    unit = scalar.unit;
    return true;
  }

  /// False: it is one number for all. A result without a population: reported.
  bool ofElements(const syntax::FitAxis &axis, const PlaceName &place, int population, int variable, FitParameter &result) {
    ModelInstance &instance = network.instanceOf(population);
    const Variable &what = instance.model.variables[variable];
    Population &owner = context.program.populations[population];
    if (what.role != VariableRole::Param && what.role != VariableRole::State) {
      context.report(Kind::NotSettable, axis.parameter->range, fmt::format("`{}` follows from others; fitted are params and the initial values of states", what.name));
      return true;
    }
    auto binding = std::ranges::find_if(owner.use.bindings, [&](const Binding &each) { return each.param == variable; });
    bool isDrawn = what.role == VariableRole::State || (binding != owner.use.bindings.end() && binding->value.isDrawn());
    if (!axis.each && !isDrawn && !place.slice)
      return false;
    const std::string name = fmt::format("{}.{}", owner.name, what.name);
    if (!axis.each) {
      context.report(Kind::MissingClause, axis.parameter->range, fmt::format("`{}` has a value for each element", name))
          .withHelp(fmt::format("`fit {} each in …`", context.text(axis.parameter->range)));
      return true;
    }
    result.slice = network.slice(place.slice, population);
    result.population = population;
    result.variable = variable;
    result.name = name;
    if (what.role == VariableRole::Param)
      binding->each = true;
    term = instance.terms[variable];
    unit = what.unit;
    return true;
  }

  /// False: it is one number. A result without a connectome: reported.
  bool ofConnections(const syntax::FitAxis &axis, const PlaceName &place, int data, FitParameter &result) {
    const Connectome &connectome = context.program.connectomes[data];
    const std::string_view member = place.member.text;
    const std::string name = fmt::format("{}.{}", connectome.name, member);
    if (connectome.broken)
      return true;
    if (findSettable(context.program, name) >= 0)
      return false;
    const Range at = axis.parameter->range;
    if (connectome.isMatrix())
      context.report(Kind::NotSettable, at, fmt::format("`{}` cannot be fitted: {} is a matrix for sensors", name, connectome.name))
          .withHelp("the weights of a connectome can: `fit SC.weights each in [0, 2]`");
    else if (member == "lengths")
      context.report(Kind::NotSettable, at, fmt::format("`{}` cannot be fitted", name))
          .withHelp(fmt::format("`{}.weights each` can, and numbers that delays are made of", connectome.name));
    else if (member != "weights")
      context.reportUnknown(Kind::UnknownMember, place.member, fmt::format("a connectome has no `{}`", member), {"weights"}, "of a connectome its weights can be fitted");
    else if (place.slice)
      context.report(Kind::MisplacedExpression, at, fmt::format("the weights of {} are fitted together", connectome.name))
          .withHelp(fmt::format("`fit {} each in …`", name));
    else if (!axis.each)
      context.report(Kind::MissingClause, at, fmt::format("`{}` has a value for each connection", name)).withHelp(fmt::format("`fit {} each in …`", name));
    else {
      result.connectome = data;
      result.name = name;
      term = UnitTerm();
      unit = "1";
    }
    return true;
  }

  static bool isInfinity(const syntax::Expr &expr) {
    auto *negative = dynAs<syntax::UnaryExpr>(&expr);
    if (negative && negative->op == syntax::UnaryOp::Negate)
      return isInfinity(*negative->operand);
    auto *name = dynAs<syntax::NameExpr>(&expr);
    return name && name->name.text == "inf";
  }

  /// `-inf` as the lower end, `inf` as the upper: none.
  static bool isOpen(const syntax::Expr &expr, bool isLower) {
    auto *negative = dynAs<syntax::UnaryExpr>(&expr);
    return isInfinity(expr) && isLower == (negative && dynAs<syntax::NameExpr>(negative->operand.get()));
  }

  /// `[0, 3] Hz`, `[0, inf] ms`.
  bool interval(const syntax::Expr &expr, FitParameter &result, const std::string &place) {
    auto *list = dynAs<syntax::ListExpr>(&expr);
    if (!list || list->items.size() != 2) {
      context.report(Kind::MisplacedExpression, expr.range, "an interval has two ends").withHelp("`[0, 3] Hz`; `inf` where it has none");
      return false;
    }
    std::optional<units::Unit> common;
    if (list->unit && !(common = context.unit(list->unit)))
      return false;
    int *ends[] = {&result.low, &result.high};
    const Expr *values[2] = {};
    for (size_t i = 0; i < 2; ++i) {
      const syntax::Expr &item = *list->items[i];
      if (isOpen(item, i == 0))
        continue;
      if (isInfinity(item)) {
        context.report(Kind::InvalidValue, item.range, fmt::format("no value lies {} {}", i == 0 ? "above" : "below", context.text(item.range)))
            .withHelp("`[-inf, inf]` has no ends; `[0, inf]` has one");
        return false;
      }
      const Expr *value = values[i] = common ? ExprChecker(context, scope, place).declared(item, *common) : ExprChecker(context, scope, place).number(item);
      if (!value || !expectOf(context, expr, *value, {term, unit, {}, result.name}, place))
        return false;
      const char *what = i == 0 ? "low" : "high";
      *ends[i] = network.addScalar(fmt::format("fit.{}.{}", result.name, what), fmt::format("{} end of the interval of {}", i == 0 ? "lower" : "upper", result.name),
                                   term, value->unit, value, item.range);
    }
    if (values[0] && values[1] && evaluate(*values[0]) >= evaluate(*values[1])) {
      context.report(Kind::InvalidValue, expr.range, "the first end of an interval lies below the second");
      return false;
    }
    return true;
  }

  bool prior(const syntax::Expr &expr, FitParameter &result) {
    auto *call = dynAs<syntax::CallExpr>(&expr);
    auto *callee = call ? dynAs<syntax::NameExpr>(call->callee) : nullptr;
    auto rule = std::ranges::find_if(priors, [&](const PriorRule &each) { return callee && each.name == callee->name.text; });
    std::vector<std::string_view> names;
    for (const PriorRule &each : priors)
      names.push_back(each.name);
    if (rule == std::end(priors)) {
      context.report(Kind::UnknownFunction, callee ? callee->range : expr.range, callee ? fmt::format("there is no prior `{}`", callee->name.text) : "a prior is a distribution")
          .withHelp(fmt::format("there are {}", fmt::join(names, ", ")));
      return false;
    }
    if (call->arguments.size() != rule->arguments.size()) {
      std::vector<std::string_view> arguments;
      for (const auto &[name, hasUnit] : rule->arguments)
        arguments.push_back(name);
      context.report(Kind::WrongArgumentCount, expr.range, fmt::format("`{}` takes {}", rule->name, fmt::join(arguments, " and ")));
      return false;
    }
    std::optional<units::Unit> common;
    if (call->unit && !(common = context.unit(call->unit)))
      return false;
    const std::string place = fmt::format("the prior of {}", result.name);
    result.prior = std::string(rule->name);
    for (size_t i = 0; i < rule->arguments.size(); ++i) {
      const auto &[name, kind] = rule->arguments[i];
      const syntax::Expr &item = *call->arguments[i].value;
      const Expr *value = priorArgument(item, kind, rule->name == "normal" && i == 1, common, place);
      const bool isPure = kind == PriorRule::Kind::Pure;
      Expected expected{isPure ? UnitTerm() : term, isPure ? "" : unit, {}, isPure ? std::string(name) : result.name};
      if (kind == PriorRule::Kind::Distance && units::isAffine(unit)) {
        expected.unit = "K";
        expected.what = name;
      }
      if (!value || !expectOf(context, expr, *value, expected, place))
        return false;
      if (kind == PriorRule::Kind::Distance && isPoint(*value)) {
        reportPoint(context, *value, value->range, fmt::format("the {} of `{}` cannot be a temperature in {}", name, rule->name, value->unit), place);
        return false;
      }
      result.priorArguments.push_back(network.addScalar(fmt::format("fit.{}.prior.{}", result.name, name), fmt::format("{} of the prior of {}", name, result.name),
                                                        expected.term, value->unit, value, item.range));
    }
    return rule->name != "lognormal" || ofLogarithm(*call, common, result, place);
  }

  /// `isSpread`: of points on an affine scale, to which it is a difference.
  const Expr *priorArgument(const syntax::Expr &item, PriorRule::Kind kind, bool isSpread, const std::optional<units::Unit> &common, const std::string &place) {
    ExprChecker checker(context, scope, place);
    if (!common || kind == PriorRule::Kind::Pure)
      return checker.number(item);
    return checker.declared(item, isSpread && common->isAffine() ? units::unit("K") : *common);
  }

  /// Of a lognormal prior: mu is of the logarithm in the unit behind the bracket, else in the parameter's own.
  bool ofLogarithm(const syntax::CallExpr &call, const std::optional<units::Unit> &common, FitParameter &result, const std::string &place) {
    std::optional<units::Unit> in = common;
    if (!in) {
      const UnitTerm known = context.solver.resolve(term);
      in = units::unit(!unit.empty() ? unit : known.isKnown() ? units::usualUnit(known.known) : "1");
    }
    if (in->isAffine()) {
      reportLogarithm(context, call.range, in->text, place);
      return false;
    }
    Expr *one = context.number(in->toCoherent(1), in->dimension, call.range);
    one->unit = in->text;
    if (!context.expect(*one, {term, unit, {}, result.name}, place))
      return false;
    if (one->value == 1)
      return true;
    const int mu = result.priorArguments[0];
    const Expr *shift = context.number(std::log(one->value), {}, call.range);
    const Expr *coherent = context.node(Op::Add, call.range, UnitTerm(), {network.readScalar(mu, call.range), shift});
    result.priorArguments[0] = network.addScalar(fmt::format("fit.{}.prior.coherent_mu", result.name), fmt::format("mu of the prior of {}, in coherent units", result.name),
                                                 UnitTerm(), "1", coherent, call.range);
    context.program.scalars[result.priorArguments[0]].fixedBy = fmt::format("made of fit.{}.prior.mu", result.name);
    return true;
  }

  /// `adam(rate = 0.01)`, `cma_es`.
  bool method(const syntax::Expr &expr) {
    auto *call = dynAs<syntax::CallExpr>(&expr);
    auto *callee = dynAs<syntax::NameExpr>(call ? call->callee.get() : &expr);
    std::vector<std::string_view> names;
    for (const FitMethod &each : fitMethods())
      names.push_back(each.name);
    auto known = std::ranges::find_if(fitMethods(), [&](const FitMethod &each) { return callee && each.name == callee->name.text; });
    if (known == fitMethods().end()) {
      std::string help = callee ? diag::didYouMeanHelp(callee->name.text, names) : "";
      if (expr.kind != syntax::ExprKind::Error)
        context.report(Kind::UnknownMethod, expr.range, callee ? fmt::format("there is no method `{}` to fit by", callee->name.text) : "a fit is `by` a method")
            .withHelp(help.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : help);
      return false;
    }
    fit.method = std::string(known->name);
    fit.usesGradient = known->usesGradient;
    for (size_t i = 0; call && i < call->arguments.size(); ++i)
      if (!methodOption(*call, call->arguments[i], *known))
        return false;
    return true;
  }

  bool methodOption(const syntax::CallExpr &call, const syntax::Argument &argument, const FitMethod &of) {
    if (!isNew(argument, of.name, call.arguments))
      return false;
    std::string_view name = argument.name.text;
    if (std::ranges::find(of.options, name) == of.options.end()) {
      context.reportUnknown(Kind::UnknownOption, argument.name, fmt::format("`{}` has no option `{}`", of.name, name), of.options,
                            fmt::format("it has {}", fmt::join(of.options, ", ")));
      return false;
    }
    if (std::span<const std::string_view> words = wordsOf(name); !words.empty())
      return word(argument, words, fit.methodOptions);
    return number(argument, fmt::format("fit.{}.{}", of.name, name), UnitTerm(), "", fmt::format("`{}` of {}", name, of.name), false, fit.methodOptions);
  }

  bool option(const std::vector<syntax::Argument> &options, const syntax::Argument &argument) {
    if (!isNew(argument, "fit", options))
      return false;
    std::string_view name = argument.name.text;
    auto known = std::ranges::find(ruleOptions, name, &RuleOption::name);
    if (known == std::end(ruleOptions)) {
      std::vector<std::string_view> names;
      for (const RuleOption &each : ruleOptions)
        names.push_back(each.name);
      context.reportUnknown(Kind::UnknownOption, argument.name, fmt::format("`fit` has no option `{}`", name), names,
                            fmt::format("it has {}", fmt::join(names, ", ")));
      return false;
    }
    if (!known->words.empty())
      return word(argument, known->words, fit.options);
    if (known->ofLoss && !objective)
      return false; // in what unit has been asked where it stands
    UnitTerm wanted = known->ofLoss ? context.term(*objective) : UnitTerm(known->dimension);
    return number(argument, fmt::format("fit.{}", name), wanted, known->ofLoss ? objective->unit : std::string(known->unit), std::string(known->doc), known->whole, fit.options);
  }

  bool isNew(const syntax::Argument &argument, std::string_view of, const std::vector<syntax::Argument> &list) {
    if (!argument.name) {
      if (argument.value->kind != syntax::ExprKind::Error)
        context.report(Kind::UnknownOption, argument.range, fmt::format("the options of `{}` have names", of)).withHelp("`by adam(rate = 0.01), steps = 200`");
      return false;
    }
    return !isGivenTwice(context, list, argument);
  }

  bool word(const syntax::Argument &argument, std::span<const std::string_view> words, std::vector<FitOption> &into) {
    auto *given = dynAs<syntax::NameExpr>(argument.value);
    if (given && std::ranges::find(words, given->name.text) != words.end()) {
      into.push_back({std::string(argument.name.text), -1, std::string(given->name.text)});
      return true;
    }
    context.report(Kind::UnknownOption, argument.value->range, fmt::format("`{}` cannot be {}", argument.name.text, context.quote(argument.value->range)))
        .withHelp(fmt::format("there are {}", fmt::join(words, ", ")));
    return false;
  }

  bool number(const syntax::Argument &argument, const std::string &path, const UnitTerm &wanted, const std::string &inUnit, const std::string &doc,
              bool whole, std::vector<FitOption> &into) {
    const std::string name(argument.name.text), place = fmt::format("`{}`", name);
    const Expr *value = ExprChecker(context, scope, place).number(*argument.value);
    if (!value || !context.expect(*value, {wanted, inUnit, {}, name}, place))
      return false;
    int scalar = network.addScalar(path, doc, wanted, value->unit, value, argument.value->range);
    context.program.scalars[scalar].whole = whole;
    into.push_back({name, scalar, {}});
    return true;
  }

  Context &context;
  NetworkBuilder &network;
  Scope &scope;
  const Expr *objective;
  Fit fit;
  UnitTerm term; ///< of the parameter at hand
  std::string unit;
};

} // namespace

void checkFit(Context &context, NetworkBuilder &network, Scope &scope, const syntax::FitStmt &stmt, const Expr *objective) {
  Experiment &experiment = context.program.experiment;
  if (experiment.fit) {
    context.report(Kind::DuplicateClause, stmt.range, "an experiment has one `fit`").also(experiment.fit->range, "first here").withHelp("one statement names all parameters");
    return;
  }
  FitChecker(context, network, scope, objective).run(stmt);
}

void checkFittedElements(Context &context) {
  const Program &program = context.program;
  if (!program.experiment.fit)
    return;
  for (const FitParameter &parameter : program.experiment.fit->parameters) {
    if (parameter.population < 0)
      continue;
    const std::vector<Binding> &bindings = program.populations[parameter.population].use.bindings;
    auto binding = std::ranges::find_if(bindings, [&](const Binding &each) { return each.param == parameter.variable; });
    if (binding == bindings.end() || !binding->each || binding->value.scalar < 0)
      continue;
    auto reader = std::ranges::find_if(program.nodes, [&](const Expr &e) { return e.op == Op::Scalar && e.index == binding->value.scalar; });
    if (reader != program.nodes.end())
      context.report(Kind::Unsupported, parameter.range, fmt::format("`{}` cannot get a value for each element: what reads it has one number of it", parameter.name))
          .also(reader->range, "read here")
          .withHelp(fmt::format("give what reads it a value of its own, or fit one number: `fit {} in …`", parameter.name));
  }
}

} // namespace bdc::rules
