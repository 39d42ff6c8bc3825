#include "runtime/optimise/fit.h"

#include "kernels/math.h"
#include "runtime/clock.h"
#include "runtime/optimise/assemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime::optimise {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

} // namespace

Fit::Fit(Parameters parameters, FitOptions options)
    : unknowns(std::move(parameters)),
      wishes(std::move(options)),
      watch(wishes.stop),
      begun(std::chrono::steady_clock::now()) {}

Result<std::unique_ptr<Fit>> Fit::create(Parameters parameters, FitOptions options) {
  std::unique_ptr<Fit> fit(new Fit(std::move(parameters), std::move(options)));
  auto made = assemble(fit->unknowns, fit->wishes);
  if (!made)
    return made.error();
  fit->optimiser = std::move(*made);
  fit->past.values.dimension = fit->unknowns.elements();
  fit->past.lanes.dimension = fit->batch();
  return fit;
}

double Fit::elapsed() const { return secondsSince(begun); }

/// Evaluates points: priors are added, gradients become those of coordinates.
Result<Answers> Fit::answersFor(const Points &points, const Evaluate &evaluate, std::vector<double> &penalties, Points &values) {
  values = {unknowns.elements(), {}};
  values.values.resize(static_cast<size_t>(points.count() * unknowns.elements()));
  for (int64_t i = 0; i < points.count(); ++i)
    unknowns.values(points[i], values[i]);
  const bool gradients = optimiser->wantsGradient();
  auto answers = evaluate(values, gradients);
  if (!answers)
    return answers;
  if (static_cast<int64_t>(answers->losses.size()) != points.count() ||
      (gradients && static_cast<int64_t>(answers->gradients.values.size()) != points.count() * unknowns.elements()))
    return internalError("an evaluation has not answered for each point");
  Answers out{std::move(answers->losses)};
  if (gradients)
    out.gradients = {points.dimension, std::vector<double>(points.values.size())};
  for (int64_t i = 0; i < points.count(); ++i) {
    std::span<double> gradient;
    if (gradients)
      gradient = {answers->gradients.values.data() + i * unknowns.elements(), static_cast<size_t>(unknowns.elements())};
    penalties.push_back(unknowns.penalty(values[i], gradient));
    out.losses[i] += penalties.back();
    if (gradients)
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
  if (chosen >= 0 && answers.gradients.count() > 0)
    for (const double g : answers.gradients[chosen])
      norm += g * g;
  past.loss.push_back(chosen < 0 ? nothing : answers.losses[chosen]);
  past.gradientNorm.push_back(chosen >= 0 && answers.gradients.count() > 0 ? kernels::sqrt(norm) : nothing);
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
  if (const std::string why = optimiser->ended(); !why.empty())
    return FitEnd{Stop::method, why};
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
    wishes.progress({past.steps(), wishes.stop.steps, wishes.loss(past.loss.back()), wishes.loss(past.best.back()), wishes.loss.display.unit,
                     elapsed(), stepsBefore,
                     end.reason != Stop::none});
  return end;
}

Result<FitEnd> Fit::run(const Evaluate &evaluate, const std::function<Status()> &passed) {
  FitEnd end = watch.enough(past.steps()); // of a fit that is continued
  while (end.reason == Stop::none) {
    auto next = step(evaluate);
    if (!next)
      return next;
    end = *next;
    if (passed)
      if (Status s = passed(); !s)
        return s.error();
  }
  return end;
}

std::vector<std::pair<std::string, std::string>> Fit::labels() const {
  return {{"method", wishes.method.text()},
          {"starts", startsText(wishes)},
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
