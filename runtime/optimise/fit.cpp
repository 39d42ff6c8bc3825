#include "runtime/optimise/fit.h"

#include "kernels/math.h"
#include "runtime/optimise/make.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime::optimise {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

Error needsInterval(const Parameters &parameters, const Method &method, const Problem &problem) {
  for (int64_t c = 0; c < problem.dimension(); ++c)
    if (!std::isfinite(problem.low[c]) || !std::isfinite(problem.high[c]))
      return inputError(fmt::format("{} needs an interval with two ends for each parameter, and `{}` has none",
                                    method.info().name, parameters.elementName(parameters.elementOf(c))),
                        "give one: `in [low, high]`; or take a method that goes on from a start, such as cma_es or nelder_mead");
  return internalError("every parameter has an interval");
}

} // namespace

Fit::Fit(Parameters parameters, FitOptions options)
    : unknowns(std::move(parameters)),
      wishes(std::move(options)),
      watch(wishes.stop),
      begun(std::chrono::steady_clock::now()) {}

Result<std::unique_ptr<Fit>> Fit::create(Parameters parameters, FitOptions options) {
  std::unique_ptr<Fit> fit(new Fit(std::move(parameters), std::move(options)));
  const Method &method = fit->wishes.method;
  const int64_t starts = fit->wishes.starts;
  if (starts < 1 || (starts > 1 && !method.info().isLocal))
    return inputError(fmt::format("{} cannot have {} starts", method.info().name, starts),
                      starts < 1 ? "it has one at least" : "it searches the whole of the intervals by itself");
  Problem problem = fit->unknowns.problem();
  problem.seed = fit->wishes.seed;
  problem.steps = fit->wishes.stop.steps;
  const auto isOpen = [](double end) { return !std::isfinite(end); };
  if (method.info().needsBox && (std::any_of(problem.low.begin(), problem.low.end(), isOpen) ||
                                 std::any_of(problem.high.begin(), problem.high.end(), isOpen)))
    return needsInterval(fit->unknowns, method, problem);
  std::vector<std::unique_ptr<Optimiser>> members;
  for (auto &start : spreadStarts(fit->unknowns, starts, fit->wishes.spread == Spread::random, fit->wishes.seed)) {
    problem.start = std::move(start);
    problem.seed = fit->wishes.seed + members.size();
    auto member = makeOptimiser(method, problem);
    if (!member)
      return member.error();
    members.push_back(std::move(*member));
  }
  fit->optimiser = starts > 1 ? makeTeam(std::move(members)) : std::move(members.front());
  fit->past.values.dimension = fit->unknowns.elements();
  fit->past.lanes.dimension = fit->batch();
  return fit;
}

double Fit::elapsed() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); }

/// Evaluates points: priors are added, gradients become those of coordinates.
Result<Answers> Fit::answersFor(const Points &points, const Evaluate &evaluate, std::vector<double> &penalties, Points &values) {
  values = {unknowns.elements(), {}};
  values.values.resize(static_cast<size_t>(points.count() * unknowns.elements()));
  for (int64_t i = 0; i < points.count(); ++i)
    unknowns.values(points[i], values[i]);
  auto answers = evaluate(values, usesGradient());
  if (!answers)
    return answers;
  if (static_cast<int64_t>(answers->losses.size()) != points.count() ||
      (usesGradient() && static_cast<int64_t>(answers->gradients.values.size()) != points.count() * unknowns.elements()))
    return internalError("an evaluation has not answered for each point");
  Answers out{std::move(answers->losses)};
  if (usesGradient())
    out.gradients = {points.dimension, std::vector<double>(points.values.size())};
  for (int64_t i = 0; i < points.count(); ++i) {
    std::span<double> gradient;
    if (usesGradient())
      gradient = {answers->gradients.values.data() + i * unknowns.elements(), static_cast<size_t>(unknowns.elements())};
    penalties.push_back(unknowns.penalty(values[i], gradient));
    out.losses[i] += penalties.back();
    if (usesGradient())
      unknowns.chain(points[i], gradient, out.gradients[i]);
  }
  return out;
}

void Fit::record(const Points &points, const Points &values, const Answers &answers, const std::vector<double> &penalties) {
  int64_t chosen = -1;
  for (int64_t i = 0; i < points.count(); ++i) {
    ++evaluated;
    failed += !isFinite(answers, i);
    if (std::isfinite(answers.losses[i]) && (chosen < 0 || answers.losses[i] < answers.losses[chosen]))
      chosen = i;
  }
  double norm = 0;
  if (usesGradient() && chosen >= 0)
    for (const double g : answers.gradients[chosen])
      norm += g * g;
  past.loss.push_back(chosen < 0 ? nothing : answers.losses[chosen]);
  past.gradientNorm.push_back(usesGradient() && chosen >= 0 ? kernels::sqrt(norm) : nothing);
  past.values.add(values[std::max<int64_t>(0, chosen)]);
  std::vector<double> lanes = answers.losses;
  for (double &loss : lanes)
    if (!std::isfinite(loss))
      loss = nothing;
  lanes.resize(static_cast<size_t>(past.lanes.dimension), nothing);
  past.lanes.add(lanes);
  if (chosen >= 0 && (least.step < 0 || answers.losses[chosen] < least.loss)) {
    const auto coordinates = points[chosen], elements = values[chosen];
    least = {answers.losses[chosen],
             penalties[chosen],
             past.steps() - 1,
             {elements.begin(), elements.end()},
             {coordinates.begin(), coordinates.end()}};
  }
  past.best.push_back(least.step < 0 ? nothing : least.loss);
  past.time_s.push_back(spent_s + elapsed());
}

Result<FitEnd> Fit::step(const Evaluate &evaluate) {
  const Points points = optimiser->ask();
  std::vector<double> penalties;
  Points values;
  auto answers = answersFor(points, evaluate, penalties, values);
  if (!answers)
    return answers.error();
  record(points, values, *answers, penalties);
  const Status told = optimiser->tell(*answers);
  for (std::string &warning : optimiser->takeWarnings())
    notes.push_back(std::move(warning));
  if (!told && least.step < 0)
    return told.error();
  FitEnd end = watch.look({past.steps(), past.best.back(), past.gradientNorm.back(), points, elapsed()});
  if (end.reason == Stop::none && !told)
    end = {Stop::failure, fmt::format("{}: {}", told.error().message, told.error().help)};
  if (end.reason == Stop::none && !optimiser->ended().empty())
    end = {Stop::method, optimiser->ended()};
  if (end.reason == Stop::none && wishes.interrupt && *wishes.interrupt)
    end = {Stop::interrupt, "interrupted"};
  if (wishes.progress)
    wishes.progress({past.steps(), wishes.stop.steps, past.loss.back(), past.best.back(), wishes.lossUnit, elapsed(), stepsBefore,
                     end.reason != Stop::none});
  return end;
}

Result<FitEnd> Fit::run(const Evaluate &evaluate) {
  if (!optimiser->ended().empty())
    return FitEnd{Stop::method, optimiser->ended()};
  while (true) {
    auto end = step(evaluate);
    if (!end || end->reason != Stop::none)
      return end;
  }
}

std::vector<std::pair<std::string, std::string>> Fit::labels() const {
  return {{"method", wishes.method.text()},
          {"starts", fmt::format("{}, {}", wishes.starts, wishes.spread == Spread::sobol ? "sobol" : "random")},
          {"seed", fmt::format("{}", wishes.seed)},
          {"parameters", unknowns.fingerprint()}};
}

void Fit::exchange(Exchange &x) {
  x.inside("optimiser", [&] { optimiser->exchange(x); });
  watch.exchange(x);
  past.exchange(x);
  x.inside("best", [&] {
    x("loss", least.loss);
    x("penalty", least.penalty);
    x("step", least.step);
    x("values", least.values);
    x("coordinates", least.coordinates);
  });
  x("evaluated", evaluated);
  x("failed", failed);
}

State Fit::save() {
  State state;
  for (const auto &[name, text] : labels())
    state.labels[name] = text;
  Exchange x = Exchange::saving(state);
  exchange(x);
  return state;
}

Status Fit::restore(const State &state) {
  for (const auto &[name, text] : labels()) {
    const auto found = state.labels.find(name);
    const std::string was = found == state.labels.end() ? "" : found->second;
    if (was != text)
      return inputError(fmt::format("the fit that is to be continued had {} {}: {} instead of {}",
                                    name.ends_with('s') ? "other" : "another", name, was.empty() ? "none" : was, text),
                        "continue it as it was begun, or begin anew");
  }
  Exchange x = Exchange::restoring(state);
  exchange(x);
  if (!x.status())
    return x.status();
  stepsBefore = past.steps();
  spent_s = past.time_s.empty() ? 0 : past.time_s.back();
  begun = std::chrono::steady_clock::now();
  return {};
}

} // namespace bdc::runtime::optimise
