#include "frontend/rules/values.h"

#include "frontend/rules/values_checker.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <ranges>

namespace bdc::rules {

namespace {

/// How far a number may be from a whole one (what arithmetic on decimal inputs leaves), and how far rounding may move a time without
/// a word.
constexpr double roundingError = 1e-6, worthSaying = 0.01;
/// More steps than this cannot be counted.
constexpr double mostSteps = 9e15;

} // namespace

bool isWhole(double value) {
  return std::fabs(value - std::round(value)) <= roundingError * std::max(1.0, std::fabs(value) * 1e-6);
}

void ValueChecker::run() {
  scalars();
  if (dt > 0)
    times();
  for (const Population &population : program.populations) {
    size(population);
    uses(population.use, population.name);
  }
  for (const Projection &projection : program.projections)
    project(projection);
  for (const Coupling &coupling : program.couplings)
    couple(coupling);
  for (const Disturbance &disturbance : program.disturbances)
    uses(disturbance.noise, disturbance.name);
  for (const Observer &observer : program.observers)
    observe(observer);
  for (const Start &start : program.starts) {
    draws(start.value, "the initial value");
    for (const Start::Part &part : start.parts)
      elements(part.slice, start.population, part.range);
  }
  for (const Drive &each : program.experiment.drives)
    drives(each);
  program.experiment.eachQuantity([&](const Quantity &what, const Expr *every, Range range) { recorded(what, every, range); });
  for (const Request &each : program.experiment.requests)
    request(each);
}

// ------------------------------------------------------------------------------------------------------ reports

/// The pairs of one statement share their values: one report for each place and kind.
bool ValueChecker::isFirst(Kind kind, Range range) {
  auto same = [&](const auto &each) { return each.first == kind && each.second == range; };
  if (std::any_of(seen.begin(), seen.end(), same))
    return false;
  seen.emplace_back(kind, range);
  return true;
}

static diag::Diagnostic &nameSet(diag::Diagnostic &diagnostic, const SetValue &set, const std::string &path,
                                 const std::string &text) {
  if (set.range.valid())
    return diagnostic.also(set.range, fmt::format("`{}` is set here", path));
  return diagnostic.withNote(fmt::format("`{}` has been set to {}", path, text));
}

/// What is wrong with an expression of the model, and which of the numbers in it were set from outside.
diag::Diagnostic &ValueChecker::report(Kind kind, const Expr *blamed, Range range, std::string message) {
  if (!isFirst(kind, range))
    return repeated = {};
  diag::Diagnostic &diagnostic = engine.report(kind, range, std::move(message));
  for (const SetValue *set : numbers.setIn(blamed))
    nameSet(diagnostic, *set, program.scalars[set->scalar].path, scalarText(set->scalar));
  return diagnostic;
}

/// What is wrong with a scalar: at the text that set it, else where the model gives its value.
diag::Diagnostic &ValueChecker::reportScalar(Kind kind, int index, std::string message) {
  const Scalar &scalar = program.scalars[index];
  const SetValue *set = numbers.setOf(index);
  if (!set)
    return report(kind, scalar.value, scalar.range, std::move(message));
  if (!isFirst(kind, set->range.valid() ? set->range : scalar.range))
    return repeated = {};
  if (set->range.valid())
    return engine.report(kind, set->range, std::move(message)).also(scalar.range, fmt::format("`{}` of the model", scalar.path));
  return nameSet(engine.report(kind, scalar.range, std::move(message)), *set, scalar.path, scalarText(index));
}

/// A number in the unit in which `like` is written.
std::string ValueChecker::shown(double coherent, const Expr *like) const {
  std::string text = like ? like->unit : "ms";
  units::Parsed unit = units::parse(text.empty() ? "1" : text);
  if (!unit || text.empty() || text == "1")
    return fmt::format("{:.10g}", coherent);
  return fmt::format("{:.10g} {}", unit->fromCoherent(coherent), text);
}

std::string ValueChecker::scalarText(int index) const {
  return shown(numbers.scalars[index].value_or(0), program.scalars[index].value);
}

/// "1 ms and 1.1 ms are whole numbers of steps": the way out for a time between two.
std::string ValueChecker::nearTimes(double time, const Expr *like) const {
  double below = std::floor(time / dt) * dt;
  if (below <= 0)
    return fmt::format("{} is one step; or take a smaller `dt`", shown(dt, like));
  return fmt::format("{} and {} are whole numbers of steps; or take another `dt`", shown(below, like), shown(below + dt, like));
}

// ----------------------------------------------------------------------------------------------------- the run

/// Whether a scalar is made of what the size of a population without elements is made of: that is reported, and a division by it no second mistake.
bool ValueChecker::sharesEmptySize(int scalar) const {
  return std::ranges::any_of(program.populations, [&](const Population &population) {
    std::optional<double> size = numbers.scalar(population.size);
    auto isShared = [&](int other) {
      return numbers.reads(program.scalars[population.size].value, other) && numbers.reads(program.scalars[scalar].value, other);
    };
    return size && *size < 1 && std::ranges::any_of(std::views::iota(0, int(program.scalars.size())), isShared);
  });
}

/// Numbers that are none, or infinite. What reads them is not reported again.
void ValueChecker::scalars() {
  for (size_t i = 0; i < numbers.scalars.size(); ++i) {
    const Scalar &scalar = program.scalars[i];
    if (numbers.scalars[i] && *numbers.scalars[i] < 0 && units::isAffine(scalar.unit)) // in kelvin
      reportScalar(Kind::InvalidValue, int(i), fmt::format("`{}` of {} is below absolute zero", scalar.path, scalarText(int(i))));
    if (!numbers.scalars[i] || std::isfinite(*numbers.scalars[i]))
      continue;
    bool readsOne = anyNode(scalar.value, [&](const Expr &e) {
      return e.op == Op::Scalar && numbers.scalars[e.index] && !std::isfinite(*numbers.scalars[e.index]);
    });
    bool divides = anyNode(scalar.value, [&](const Expr &e) { return e.op == Op::Div && numbers.of(e.operands[1]) == 0.0; });
    if (!readsOne && !(divides && sharesEmptySize(int(i))))
      reportScalar(Kind::InvalidValue, int(i),
                   fmt::format("`{}` is {}", scalar.path, std::isnan(*numbers.scalars[i]) ? "not a number" : "infinite"))
          .withHelp(divides ? "there is a division by 0 in it" : "");
  }
}

/// Reports a time that is no whole number of steps.
bool ValueChecker::wholeSteps(double time, const Expr *expr, int scalar, const std::string &what) {
  double steps = time / dt;
  const Expr *like = scalar >= 0 ? program.scalars[scalar].value : expr;
  auto say = [&](std::string message) -> diag::Diagnostic & {
    return scalar >= 0 ? reportScalar(Kind::InvalidTime, scalar, std::move(message))
                       : report(Kind::InvalidTime, expr, expr->range, std::move(message));
  };
  if (steps > mostSteps)
    say(fmt::format("{} of {} takes {:.3g} steps of {}, more than can be counted", what, shown(time, like), steps, stepText()));
  else if (!isWhole(steps) || std::round(steps) < 1)
    say(fmt::format("{} of {} is not a whole number of steps of {}", what, shown(time, like), stepText()))
        .withHelp(nearTimes(time, like));
  else
    return true;
  return false;
}

/// Times inside of a run are rounded to whole steps; what that changes by more than 1 % is said.
void ValueChecker::roundedTime(double time, const Expr *expr, int scalar, Range range, const std::string &what, bool up) {
  auto say = [&](Kind kind, std::string message) -> diag::Diagnostic & {
    return scalar >= 0 ? reportScalar(kind, scalar, std::move(message)) : report(kind, expr, range, std::move(message));
  };
  const Expr *like = scalar >= 0 ? program.scalars[scalar].value : expr;
  if (time < 0) {
    say(Kind::InvalidTime, fmt::format("{} is negative: {}", what, shown(time, like))).withHelp("the shortest is `0 ms`");
    return;
  }
  double steps = dt > 0 ? time / dt : 0, rounded = up && !isWhole(steps) ? std::ceil(steps) : std::round(steps);
  if (steps > mostSteps)
    wholeSteps(time, expr, scalar, what);
  else if (std::fabs(rounded - steps) > worthSaying * steps)
    say(Kind::RoundedTime, fmt::format("{} of {} is rounded to {}", what, shown(time, like), shown(rounded * dt, like)))
        .withNote(fmt::format("it counts in whole steps of {}", stepText()))
        .withHelp(nearTimes(time, like));
}

void ValueChecker::times() {
  const Experiment &experiment = program.experiment;
  std::optional<double> duration = numbers.duration(), discard = numbers.scalar(experiment.discard);
  if (duration && *duration > 0 && dt > *duration) {
    dt = 0; // no other time is judged by it
    reportScalar(Kind::InvalidTime, experiment.step,
                 fmt::format("a step of {} is longer than the run of {}", stepText(), scalarText(experiment.duration)))
        .withHelp("`dt = 0.1 ms` suits most networks of spiking neurons");
    return;
  }
  if (duration && *duration > 0)
    wholeSteps(*duration, nullptr, experiment.duration, "the duration");
  if (!discard || *discard <= 0 || !wholeSteps(*discard, nullptr, experiment.discard, "the time to discard") || !duration)
    return;
  if (*discard > *duration)
    reportScalar(Kind::InvalidTime, experiment.discard,
                 fmt::format("{} are discarded of a run of {}", scalarText(experiment.discard), scalarText(experiment.duration)))
        .withHelp("a longer run, or less to discard");
  else if (*discard == *duration)
    reportScalar(Kind::NeverHappens, experiment.discard, "all of the run is discarded: nothing is recorded")
        .withHelp("a longer run, or less to discard");
}

void ValueChecker::drives(const Drive &drive) {
  elements(drive.slice, drive.population, drive.range);
  draws(drive.value, "the drive");
  std::optional<double> from = numbers.of(drive.from), to = numbers.of(drive.to), duration = numbers.duration();
  if (from && to && *from >= *to)
    report(Kind::InvalidTime, drive.to, drive.to->range,
           fmt::format("the drive ends at {} and begins at {}", shown(*to, drive.to), shown(*from, drive.from)))
        .also(drive.from->range, "its beginning")
        .withHelp("`from` comes before `to`");
  else if (from && duration && *from >= *duration)
    report(Kind::NeverHappens, drive.from, drive.from->range,
           fmt::format("the drive begins at {}, when the run of {} is over", shown(*from, drive.from),
                       scalarText(program.experiment.duration)))
        .withHelp("an earlier beginning, or a longer run");
  else if (to && *to <= 0)
    report(Kind::NeverHappens, drive.to, drive.to->range, "the drive ends before the run begins")
        .withHelp("a run begins at 0 ms");
  else if (dt > 0)
    window(drive, from, to);
}

/// A drive acts in whole steps: what that moves by more than 1 % of a step within the run is said.
void ValueChecker::window(const Drive &drive, std::optional<double> from, std::optional<double> to) {
  std::optional<double> duration = numbers.duration();
  const double end = duration.value_or(0);
  // The first step that begins at a time or less than half a step before it, as the run finds it.
  auto met = [&](double time) {
    double edge = time - 0.5 * dt, step = std::ceil(edge / dt);
    return std::max(0.0, (step - 1) * dt >= edge ? step - 1 : step) * dt;
  };
  auto isMoved = [&](std::optional<double> time) {
    return time && *time > 0 && *time < end && std::fabs(met(*time) - *time) > worthSaying * dt;
  };
  if (end / dt > mostSteps || !(isMoved(from) || isMoved(to)))
    return;
  const Expr *moved = isMoved(from) ? drive.from : drive.to;
  if (met(from.value_or(0)) > std::min(to ? met(*to) : end, end) - 0.5 * dt) {
    report(Kind::NeverHappens, moved, moved->range, fmt::format("no step of {} begins while the drive acts", stepText()))
        .withHelp("a longer drive, or a smaller `dt`");
    return;
  }
  std::string given, acts;
  if (from) {
    given += fmt::format(" from {}", shown(*from, drive.from));
    acts += fmt::format(" from {}", shown(*from > 0 ? met(*from) : *from, drive.from));
  }
  if (to) {
    given += fmt::format(" to {}", shown(*to, drive.to));
    acts += fmt::format(" to {}", shown(*to < end ? met(*to) : *to, drive.to));
  }
  report(Kind::RoundedTime, moved, moved->range, fmt::format("the drive{} acts{}", given, acts))
      .withNote(fmt::format("it counts in whole steps of {}", stepText()))
      .withHelp(nearTimes(isMoved(from) ? *from : *to, moved));
}

void ValueChecker::recorded(const Quantity &what, const Expr *every, Range range) {
  elements(what, range);
  shared(what, range);
  std::optional<double> interval = numbers.of(every), duration = numbers.duration();
  if (!interval || dt <= 0 || what.observer >= 0) // an observer's interval is judged where it is given
    return;
  if (!(*interval > 0))
    report(Kind::InvalidTime, every, every->range, "the interval of a recording must be longer than nothing")
        .withHelp("without `every`, each step is recorded");
  else if (wholeSteps(*interval, every, -1, "the interval") && duration && *interval > *duration)
    report(Kind::NeverHappens, every, every->range,
           fmt::format("nothing is recorded every {} in a run of {}", shown(*interval, every),
                       scalarText(program.experiment.duration)))
        .withHelp("the first sample is taken at the end of the first interval");
}

void ValueChecker::request(const Request &request) {
  for (const Option &option : request.options) {
    std::optional<double> value = numbers.of(option.value), duration = numbers.duration();
    if (!value || dt <= 0)
      continue;
    std::string what = fmt::format("`{}`", option.name);
    if (!(*value > 0))
      report(Kind::InvalidTime, option.value, option.value->range, fmt::format("{} must be longer than nothing", what))
          .withHelp(option.name == "bin" ? "5 ms suits most plots of a rate" : "");
    else if (wholeSteps(*value, option.value, -1, what) && duration && *value > *duration)
      report(Kind::NeverHappens, option.value, option.value->range,
             fmt::format("{} of {} is longer than the run of {}", what, shown(*value, option.value),
                         scalarText(program.experiment.duration)))
          .withHelp(option.name == "bin" ? "the plot has one point" : "there is nothing to summarise");
  }
}

void checkValues(const Program &program, const std::vector<SetValue> &set, diag::Engine &engine) {
  ValueChecker(program, set, engine).run();
}

} // namespace bdc::rules
