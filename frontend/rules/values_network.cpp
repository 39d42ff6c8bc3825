// Numbers of populations and projections.
#include "frontend/rules/values_checker.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <limits>
#include <utility>

namespace bdc::rules {

// ------------------------------------------------------------------------------------------------- populations

std::optional<double> ValueChecker::sizeOf(int scalar) const {
  std::optional<double> size = numbers.scalar(scalar);
  return size && *size >= 1 && isWhole(*size) ? std::optional(std::round(*size)) : std::nullopt;
}

void ValueChecker::size(const Population &population) {
  std::optional<double> value = numbers.scalar(population.size);
  if (!value)
    return;
  constexpr int32_t most = std::numeric_limits<int32_t>::max();
  if (*value < 1)
    reportScalar(Kind::InvalidSize, population.size, fmt::format("population `{}` has {:.10g} elements", population.name, *value))
        .withHelp("one is the least");
  else if (!isWhole(*value))
    reportScalar(Kind::InvalidSize, population.size,
                 fmt::format("population `{}` has {:.10g} elements, which is not a whole number", population.name, *value))
        .withHelp("`floor(…)` and `round(…)` make it one");
  else if (*value > most)
    reportScalar(Kind::InvalidSize, population.size,
                 fmt::format("population `{}` has {:.10g} elements, and {} are possible", population.name, *value, most));
}

bool ValueChecker::wholeIndices(const Slice &slice) {
  bool fine = true;
  for (const Expr *bound : {slice.start, slice.stop, slice.step})
    if (std::optional<double> at = numbers.of(bound); at && !isWhole(*at)) {
      report(Kind::InvalidIndex, bound, bound->range, fmt::format("an index is a whole number, and this is {:.10g}", *at))
          .withHelp("`floor(…)` and `round(…)` make it one");
      fine = false;
    }
  if (std::optional<double> step = numbers.of(slice.step); fine && step && *step < 1) {
    report(Kind::InvalidIndex, slice.step, slice.step->range,
           fmt::format("the step of a slice is at least 1, and this is {:.10g}", *step));
    fine = false;
  }
  return fine;
}

/// How many elements a slice takes; nothing where that is not known, or in error.
std::optional<int64_t> ValueChecker::elements(const Slice &slice, int scalar, const std::string &name, Range range) {
  std::optional<double> size = sizeOf(scalar);
  if (!size || slice.all || !wholeIndices(slice))
    return size && slice.all ? std::optional(int64_t(*size)) : std::nullopt;
  const Expr *sizeExpr = program.scalars[scalar].value;
  bool known = true;
  auto at = [&](const Expr *bound, double otherwise) {
    if (!bound)
      return otherwise;
    std::optional<double> value = numbers.of(bound);
    known &= value.has_value();
    return value.value_or(0) < 0 ? *value + *size : value.value_or(0);
  };
  double first = at(slice.start, 0), last = slice.single ? first + 1 : at(slice.stop, *size);
  if (!known || (slice.single && !slice.start))
    return std::nullopt;
  std::string all = fmt::format("{} has {:.10g} element{}: 0 to {:.10g}", name, *size, *size == 1 ? "" : "s", *size - 1);
  auto outside = [&](const Expr *bound, std::string message) {
    diag::Diagnostic &diagnostic = report(Kind::InvalidIndex, bound, bound->range, std::move(message));
    for (const SetValue *set : numbers.setIn(sizeExpr))
      diagnostic.also(set->range, fmt::format("`{}` is set here", program.scalars[set->scalar].path));
    diagnostic.withHelp("indices count from 0, negative ones from the end");
    return std::nullopt;
  };
  if (slice.single && (first < 0 || first >= *size))
    return outside(slice.start, fmt::format("there is no element {:.10g}: {}", *numbers.of(slice.start), all));
  if (slice.start && first < 0)
    return outside(slice.start, fmt::format("the slice begins before the first element: {}", all));
  if (slice.stop && last > *size)
    return outside(slice.stop, fmt::format("the slice ends behind the last element: {}", all));
  if (last <= first) {
    report(Kind::InvalidIndex, slice.start ? slice.start : slice.stop, range,
           fmt::format("the slice takes none of the {:.10g} elements of {}", *size, name))
        .withHelp("`[first:last]` takes the elements from first up to, and without, last");
    return std::nullopt;
  }
  double stride = slice.step ? numbers.of(slice.step).value_or(1) : 1;
  return int64_t(std::ceil((last - first) / stride));
}

// ------------------------------------------------------------------------------------------------------- draws

/// The arguments of every distribution in an expression; and whether it has a finite value at all.
void ValueChecker::draws(const Expr *expr, const std::string &what) {
  if (!expr)
    return;
  bool judged = false;
  anyNode(expr, [&](const Expr &node) {
    size_t before = engine.errorCount();
    if (node.op == Op::Random)
      draw(node);
    judged |= engine.errorCount() > before;
    return false;
  });
  bool infinite = true;
  for (double probe : {0.37, 13.1})
    infinite &= !std::isfinite(numbers.probed(expr, probe));
  if (infinite && !judged)
    report(Kind::InvalidValue, expr, expr->range, fmt::format("{} is not a finite number", what))
        .withHelp("a division by 0, or a number too large?");
}

void ValueChecker::draw(const Expr &node) {
  auto argument = [&](size_t i) { return i < node.operands.size() ? numbers.of(node.operands[i]) : std::nullopt; };
  std::optional<double> x = argument(0), y = argument(1);
  std::string help;
  auto wrong = [&](size_t which, const std::string &message) {
    const Expr *blamed = node.operands[which];
    std::string value = shown(*argument(which), blamed);
    report(Kind::InvalidValue, blamed, blamed->range, fmt::format("`{}` cannot be drawn from: {}", name(node.distribution), message))
        .withLabel(fmt::format("this is {}", value))
        .withHelp(help);
  };
  for (size_t i = 0; i < 2; ++i)
    if (argument(i) && !std::isfinite(*argument(i)))
      return wrong(i, "its arguments are finite numbers");
  switch (node.distribution) {
  case Distribution::Uniform:
    help = "`uniform(low, high)`";
    if (x && y && *x > *y)
      wrong(0, fmt::format("its lower end is above the upper one, {}", shown(*y, node.operands[1])));
    return;
  case Distribution::Normal:
  case Distribution::LogNormal:
    help = "the spread is a standard deviation";
    if (y && *y < 0)
      wrong(1, "its spread cannot be negative");
    return;
  case Distribution::Gamma:
    help = "`gamma(shape, scale)`; the opposite of a draw is `-gamma(…)`";
    if (x && *x <= 0)
      wrong(0, "its shape must be positive");
    else if (y && *y < 0)
      wrong(1, "its scale cannot be negative");
    return;
  case Distribution::Exponential:
  case Distribution::Poisson:
    help = fmt::format("the opposite of a draw is `-{}(…)`", name(node.distribution));
    if (x && *x < 0)
      wrong(0, "its mean cannot be negative");
    return;
  case Distribution::Bernoulli:
    if (x && (*x < 0 || *x > 1))
      wrong(0, "its probability lies between 0 and 1");
    return;
  }
}

// ------------------------------------------------------------------------------------------------- projections

void ValueChecker::project(const Projection &projection) {
  std::optional<int64_t> sources = elements(projection.sourceSlice, projection.source, projection.range);
  std::optional<int64_t> targets = elements(projection.targetSlice, projection.target, projection.range);
  if (sources && targets)
    connect(projection, *sources, *targets);
  uses(projection.synapse, projection.statement);
  uses(projection.effect, projection.statement);
  draws(projection.weight.drawn, "the weight");
  draws(projection.delay.drawn, "the delay");
  delay(projection);
}

/// A drawn delay is judged where it can be: a distribution of known ends.
void ValueChecker::delay(const Projection &projection) {
  if (std::optional<double> time = numbers.scalar(projection.delay.scalar))
    roundedTime(*time, nullptr, projection.delay.scalar, {}, "the delay");
  const Expr *drawn = projection.delay.drawn;
  if (!drawn || drawn->op != Op::Random || drawn->distribution != Distribution::Uniform)
    return;
  if (std::optional<double> low = numbers.of(drawn->operands[0]); low && *low < 0)
    report(Kind::InvalidTime, drawn->operands[0], drawn->operands[0]->range, "the delay can be negative")
        .withLabel(fmt::format("this is {}", shown(*low, drawn->operands[0])))
        .withHelp("the shortest is `0 ms`");
}

void ValueChecker::connect(const Projection &projection, int64_t sources, int64_t targets) {
  if (projection.rule == ConnectRule::OneToOne && sources != targets) {
    const std::string &source = program.populations[projection.source].name, &target = program.populations[projection.target].name;
    diag::Diagnostic &diagnostic =
        report(Kind::InvalidValue, nullptr, projection.range,
               fmt::format("one_to_one needs as many sources as targets, and there are {} of {} and {} of {}", sources, source,
                           targets, target))
            .withHelp(projection.sourceSlice.all && projection.targetSlice.all
                          ? fmt::format("a part of the larger one: `{}[0:{}]`", sources > targets ? source : target,
                                        std::min(sources, targets))
                          : "");
    for (int population : {projection.source, projection.target})
      for (const SetValue *set : numbers.setIn(program.scalars[program.populations[population].size].value))
        diagnostic.also(set->range, fmt::format("`{}` is set here", program.scalars[set->scalar].path));
    return;
  }
  std::optional<double> value = numbers.scalar(projection.argument);
  if (!value)
    return;
  bool in = projection.rule == ConnectRule::FixedInDegree;
  if (projection.rule == ConnectRule::Random) {
    if (*value < 0 || *value > 1)
      reportScalar(Kind::InvalidValue, projection.argument,
                   fmt::format("the probability `p` is {:.10g}, and lies between 0 and 1", *value))
          .withHelp(*value > 1 ? "for a number of connections there are in_degree and out_degree" : "none at all: `p = 0`");
    return;
  }
  bool noSelf = projection.source == projection.target && !projection.allowSelf;
  degree(projection, (in ? sources : targets) - (noSelf ? 1 : 0));
}

void ValueChecker::degree(const Projection &projection, int64_t most) {
  double value = *numbers.scalar(projection.argument);
  bool in = projection.rule == ConnectRule::FixedInDegree;
  const char *option = in ? "in_degree" : "out_degree";
  if (!isWhole(value))
    reportScalar(Kind::InvalidValue, projection.argument,
                 fmt::format("`{}` is {:.10g}, and must be a whole number", option, value))
        .withHelp("`floor(…)` and `round(…)` make it one; `random(p = …)` draws the number");
  else if (value < 0)
    reportScalar(Kind::InvalidValue, projection.argument, fmt::format("`{}` is {:.10g}, and cannot be negative", option, value));
  else if (value > double(most)) {
    const Population &other = program.populations[in ? projection.source : projection.target];
    diag::Diagnostic &diagnostic =
        reportScalar(Kind::InvalidValue, projection.argument,
                     fmt::format("`{}` is {:.10g}, and there are {} {} in {}", option, value, most, in ? "sources" : "targets",
                                 other.name))
            .withNote(projection.allowSelf ? "a source projects to a target at most once"
                                           : "a source projects to a target at most once, and none to itself")
            .withHelp(fmt::format("at most {}, or more elements", most));
    for (const SetValue *set : numbers.setIn(program.scalars[other.size].value))
      diagnostic.also(set->range, fmt::format("`{}` is set here", program.scalars[set->scalar].path));
  }
}

static bool infinite(double value) { return !std::isfinite(value); }

/// Of connections that are unlike each other, weights of both signs and far from 1 among them.
bool ValueChecker::forAllEdges(const Expr *expr, bool (*predicate)(double)) const {
  constexpr std::pair<double, double> edges[] = {{10'000, 0.37}, {100'000, 13.1}, {10'000, -0.37}, {2'000, 0.02}, {35'000, 1}}; // lengths in µm, and weights
  return std::all_of(std::begin(edges), std::end(edges), [&](auto &edge) { return predicate(numbers.ofEdge(expr, edge.first, edge.second)); });
}

/// Weights and lengths are known when the data have been read: what no length could give is said before.
void ValueChecker::weights(const Expr *expr, const std::string &what) {
  if (expr && forAllEdges(expr, infinite))
    report(Kind::InvalidValue, expr, expr->range, fmt::format("{} are not finite numbers", what))
        .withHelp("a division by 0, or a number too large?");
}

/// The time in which events are counted: whole steps, at least one.
void ValueChecker::window(const Coupling &coupling) {
  std::optional<double> time = coupling.window < 0 ? std::nullopt : numbers.scalar(coupling.window);
  if (!time || dt <= 0)
    return;
  if (!(*time > 0) || !std::isfinite(*time)) {
    reportScalar(Kind::InvalidTime, coupling.window, "the window of a rate must be longer than nothing");
    return;
  }
  double steps = std::max(1.0, std::round(*time / dt));
  const Expr *like = program.scalars[coupling.window].value;
  if (std::fabs(steps * dt - *time) > 0.01 * *time)
    reportScalar(Kind::RoundedTime, coupling.window, fmt::format("the window of {} is rounded to {}", shown(*time, like), shown(steps * dt, like)))
        .withNote(fmt::format("it counts in whole steps of {}", stepText()))
        .withHelp(fmt::format("`window = {}`", shown(steps * dt, like)));
}

void ValueChecker::couple(const Coupling &coupling) {
  uses(coupling.rule, coupling.name);
  window(coupling);
  for (auto [population, part] : {std::pair(coupling.source, &coupling.sourceSlice), std::pair(coupling.target, &coupling.targetSlice)})
    if (!part->all)
      elements(*part, population, coupling.range);
  weights(coupling.weight, "the weights of the coupling");
  if (!coupling.delay)
    return;
  if (forAllEdges(coupling.delay, infinite))
    report(Kind::InvalidTime, coupling.delay, coupling.delay->range, "the delay of the coupling is not a finite time")
        .withHelp("with a speed of 0 nothing arrives");
  else if (forAllEdges(coupling.delay, [](double value) { return value < 0; }))
    report(Kind::InvalidTime, coupling.delay, coupling.delay->range, "the delay of the coupling is negative").withHelp("the shortest is `0 ms`");
  else if (std::optional<double> time = numbers.of(coupling.delay); time && coupling.steps != DelaySteps::Interpolated)
    roundedTime(*time, coupling.delay, -1, coupling.delay->range, "the delay", coupling.steps == DelaySteps::Ceil);
  else if (double longest = numbers.ofEdge(coupling.delay, 100'000, 1); !time && coupling.steps == DelaySteps::Nearest && longest > 0 && longest < dt / 2)
    report(Kind::RoundedTime, coupling.delay, coupling.delay->range, "the delay of the coupling is rounded to 0 ms")
        .withNote(fmt::format("along a tract of 100 mm it is {}, and a step is {}", shown(longest, coupling.delay), stepText()))
        .withHelp("take a smaller `dt`, or leave out `steps = nearest`: delays are then interpolated; or leave out the delay");
}

/// The step is rounded to steps of the run, at least one; the interval is a whole number of both.
void ValueChecker::observe(const Observer &observer) {
  uses(observer.use, observer.name);
  weights(observer.weight, "the weights of an observer");
  std::optional<double> step = numbers.scalar(observer.step), every = numbers.scalar(observer.every), duration = numbers.duration();
  if (!step || dt <= 0)
    return;
  if (!(*step > 0)) {
    reportScalar(Kind::InvalidTime, observer.step, fmt::format("the step of {} must be longer than nothing", observer.name));
    return;
  }
  double steps = std::max(1.0, std::round(*step / dt));
  const Expr *like = program.scalars[observer.step].value;
  if (std::fabs(steps * dt - *step) > 0.01 * *step)
    reportScalar(Kind::RoundedTime, observer.step,
                 fmt::format("the step of {} of {} is rounded to {}", observer.name, shown(*step, like), shown(steps * dt, like)))
        .withNote(fmt::format("it counts in whole steps of {}", stepText()))
        .withHelp(fmt::format("`{{ step = {} }}` sets it", shown(steps * dt, like)));
  if (!every || !wholeSteps(*every, nullptr, observer.every, fmt::format("the interval of {}", observer.name)))
    return;
  if (double parts = std::round(*every / dt) / steps; !isWhole(parts)) {
    const Expr *interval = program.scalars[observer.every].value;
    double below = std::floor(parts) * steps * dt;
    reportScalar(Kind::InvalidTime, observer.every,
                 fmt::format("the interval of {} of {} is not a whole number of its steps of {}", observer.name, shown(*every, interval),
                             shown(steps * dt, like)))
        .withHelp(fmt::format("{}{} is, or it takes another `step` in its braces",
                              below > 0 ? fmt::format("{} or ", shown(below, interval)) : "", shown(below + steps * dt, interval)));
  } else if (duration && *every > *duration) {
    reportScalar(Kind::NeverHappens, observer.every,
                 fmt::format("{} is seen every {} in a run of {}: never", observer.name, shown(*every, program.scalars[observer.every].value),
                             scalarText(program.experiment.duration)))
        .withHelp("the first sample is taken at the end of the first interval");
  }
}

// ------------------------------------------------------------------------------------------------------- models

/// The params of one use, what is held for how long, and derivatives.
void ValueChecker::uses(const ModelUse &use, const std::string &name) {
  if (!use || size_t(use.model) >= program.models.size())
    return;
  const Model &model = program.models[use.model];
  for (const Binding &binding : use.bindings)
    draws(binding.value.drawn, fmt::format("`{}`", binding.path));
  Population whole;
  whole.name = name;
  whole.use = use;
  for (const Handler &handler : model.handlers)
    for (const Action &action : handler.actions)
      if (action.kind == ActionKind::Hold && action.value)
        hold(whole, action);
  for (const Variable &variable : model.variables)
    if (variable.role == VariableRole::State && variable.derivative)
      finite(whole, variable);
  quotients(use);
  pasts(model, use);
}

/// How long ago what is read of the past was.
void ValueChecker::pasts(const Model &model, const ModelUse &use) {
  auto check = [&](const Expr *expr) {
    anyNode(expr, [&](const Expr &e) {
      const Expr *ago = e.op == Op::Past ? e.operands[0] : nullptr;
      if (std::optional<double> time = ago ? numbers.inModel(ago, use, std::nullopt) : std::nullopt; time && *time < 0) {
        int scalar = scalarOf(*ago, use);
        std::string message = fmt::format("the delay of {} is negative: {}", model.variables[e.index].name, shown(*time, ago));
        (scalar >= 0 ? reportScalar(Kind::InvalidTime, scalar, message) : report(Kind::InvalidTime, nullptr, ago->range, message))
            .withHelp("the shortest is `0 ms`");
      }
      return false;
    });
  };
  for (const Variable &variable : model.variables) {
    check(variable.derivative);
    if (variable.role == VariableRole::Let || variable.role == VariableRole::Output)
      check(variable.value);
  }
  for (const Handler &handler : model.handlers) {
    check(handler.condition);
    for (const Action &action : handler.actions)
      check(action.value);
  }
}

/// Where the value of a model is just a param it comes from a setting: its scalar, or -1.
int ValueChecker::scalarOf(const Expr &value, const ModelUse &use) {
  for (const Binding &binding : use.bindings)
    if (value.op == Op::Variable && binding.param == value.index)
      return binding.value.scalar;
  return -1;
}

void ValueChecker::hold(const Population &population, const Action &action) {
  std::optional<double> time = numbers.inModel(action.value, population.use, std::nullopt);
  if (!time || !std::isfinite(*time))
    return;
  const Model &model = program.models[population.use.model];
  roundedTime(*time, action.value, scalarOf(*action.value, population.use), action.value->range,
              fmt::format("the hold of {}.{}", population.name, model.variables[action.variable].name));
}

/// A derivative that is infinite or no number at all for quite different states.
void ValueChecker::finite(const Population &population, const Variable &variable) {
  for (double probe : {-51.3, 0.37, 13.1})
    if (std::optional<double> value = numbers.inModel(variable.derivative, population.use, probe); !value || std::isfinite(*value))
      return;
  for (const Binding &binding : population.use.bindings)
    if (numbers.scalar(binding.value.scalar) == 0.0) {
      const Scalar &scalar = program.scalars[binding.value.scalar];
      reportScalar(Kind::InvalidValue, binding.value.scalar,
                   fmt::format("the derivative of {}.{} has no value where `{}` is 0", population.name, variable.name, scalar.path))
          .also(variable.derivative->range, "it is divided by");
      return;
    }
  report(Kind::InvalidValue, nullptr, variable.range,
         fmt::format("the derivative of {} has no finite value in {}", variable.name, population.name))
      .withNote(fmt::format("whatever its states are, with the parameters of {}", population.name));
}

} // namespace bdc::rules
