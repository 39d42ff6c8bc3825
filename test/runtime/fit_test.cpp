// Fits: when they end, what they keep, losses that are not finite, priors, continuing.
#include "test/runtime/objectives.h"

using namespace bdc::runtime;
using namespace bdc::runtime::optimise;
using namespace bdc::runtime::test;

namespace {

FitOptions by(std::string_view name, const std::vector<Setting> &settings = {}, int64_t steps = 200) {
  FitOptions options;
  options.method = method(name, settings);
  options.stop.steps = steps;
  return options;
}

double parabola(std::span<const double> x, double *gradient) {
  if (gradient)
    gradient[0] = 2 * (x[0] - 2);
  return (x[0] - 2) * (x[0] - 2);
}

} // namespace

TEST(Fit, KeepsTheBestNotTheLast) {
  const auto fit = makeFit({vectorIn({0})}, by("sgd", {{"rate", 1.05}}, 30)); // it diverges
  ASSERT_TRUE(fit->run(evaluating(parabola)));
  EXPECT_EQ(fit->best().loss, 4);
  EXPECT_EQ(fit->best().step, 0);
  EXPECT_EQ(fit->best().values, std::vector<double>{0});
  EXPECT_GT(fit->history().loss.back(), 4);
  EXPECT_EQ(fit->history().best.back(), 4);
}

TEST(Fit, RemembersEachStep) {
  const auto fit = makeFit({vectorIn({1}, 0, 4)}, by("adam", {}, 5));
  ASSERT_TRUE(fit->run(evaluating(parabola)));
  const History &h = fit->history();
  EXPECT_EQ(h.steps(), 5);
  EXPECT_EQ(fit->firstLoss(), 1);
  EXPECT_EQ(fit->evaluations(), 5);
  // x = 4 p(z), p = 1/4: dx/dz = 4·p·(1 − p).
  EXPECT_NEAR(h.gradientNorm[0], 2 * 4 * 0.25 * 0.75, 1e-15);
  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(h.loss[i], parabola(h.values[i], nullptr));
    EXPECT_EQ(h.lanes[i][0], h.loss[i]);
    EXPECT_GE(h.time_s[i], i > 0 ? h.time_s[i - 1] : 0);
  }
}

/// Of 64 points the best four become starts; the first step of the method evaluates them again, with gradients.
TEST(Screening, TheBestPointsBecomeStarts) {
  for (const Spread spread : {Spread::sobol, Spread::random, Spread::bayes}) {
    FitOptions options = by("adam", {}, 300);
    options.starts = 4;
    options.screen = 64;
    options.spread = spread;
    const auto fit = makeFit({vectorIn({3.3, -2.7}, -5.12, 5.12)}, options);
    EXPECT_EQ(fit->batch(), 16);
    std::vector<bool> wanted;
    const auto end = fit->run([&](const Points &values, bool gradients) {
      wanted.push_back(gradients);
      return evaluating(rastrigin)(values, gradients);
    });
    ASSERT_TRUE(end);
    EXPECT_EQ(std::vector<bool>(wanted.begin(), wanted.begin() + 5), (std::vector<bool>{false, false, false, false, true}));
    const Points &lanes = fit->history().lanes;
    std::vector<double> first(lanes.values.begin(), lanes.values.begin() + 64);
    EXPECT_NEAR(first[0], rastrigin(std::vector<double>{3.3, -2.7}, nullptr), 1e-9) << "the start is one of them";
    std::sort(first.begin(), first.end());
    for (int64_t i = 0; i < 4; ++i)
      EXPECT_EQ(lanes[4][i], first[i]);
    EXPECT_LT(fit->best().loss, first[0]);
  }
}

TEST(Screening, GoesOnToTheBit) {
  for (const Spread spread : {Spread::sobol, Spread::bayes})
    for (const char *name : {"adam", "lbfgs", "nelder_mead"})
      for (const int64_t pause : {1, 2, 3, 4, 7}) {
        FitOptions options = by(name, {}, 12);
        options.starts = 3;
        options.screen = 40;
        options.spread = spread;
        auto made = [&] { return makeFit({vectorIn({3.3, -2.7}, -5.12, 5.12)}, options); };
        const auto whole = made(), first = made(), second = made();
        ASSERT_TRUE(whole->run(evaluating(rastrigin)));
        for (int64_t i = 0; i < pause; ++i)
          ASSERT_TRUE(first->step(evaluating(rastrigin)));
        const Status restored = second->restore(first->save());
        ASSERT_TRUE(restored) << joined(restored.error());
        ASSERT_TRUE(second->run(evaluating(rastrigin)));
        EXPECT_EQ(second->history().values.values, whole->history().values.values) << name << " " << pause;
      }
}

TEST(Stopping, EachRuleEndsTheFit) {
  struct Case {
    Stop reason;
    StopRules rules;
    const char *text;
  };
  StopRules loss, patience, both, parameters, gradient;
  loss.loss = 1e-4;
  patience.patience = 7;
  both.tolerance = 0.5;
  parameters.parameters = 1e-5;
  gradient.gradient = 1e-3;
  for (const Case &c : {Case{Stop::loss, loss, "the loss is at or below 0.0001"},
                        {Stop::patience, patience, "the loss has not improved in 7 steps"},
                        {Stop::patience, both, "the loss has not improved by 0.5 of itself in 10 steps"},
                        {Stop::parameters, parameters, "no coordinate changes by more than 1e-05"},
                        {Stop::gradient, gradient, "the norm of the gradient is at or below 0.001"},
                        {Stop::steps, {12}, "all 12 steps are done"}}) {
    FitOptions options = by("sgd", {{"rate", c.reason == Stop::patience && c.rules.tolerance > 0 ? 0.01 : 0.1}}, 1000);
    options.stop = c.rules;
    options.stop.steps = c.reason == Stop::steps ? c.rules.steps : 1000;
    const auto fit = makeFit({vectorIn({0})}, options);
    const auto end = fit->run(evaluating(parabola));
    ASSERT_TRUE(end);
    EXPECT_EQ(end->reason, c.reason) << nameOf(end->reason);
    EXPECT_EQ(end->text, c.text);
    EXPECT_LT(fit->history().steps(), 1000);
  }
}

TEST(Stopping, TimeAndInterrupts) {
  FitOptions options = by("sgd", {{"rate", 1e-9}}, 0);
  options.stop.time_s = 0.01;
  auto end = makeFit({vectorIn({0})}, options)->run(evaluating(parabola));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->reason, Stop::time);
  std::atomic<bool> interrupt = false;
  options.stop.time_s = 0;
  options.interrupt = &interrupt;
  std::vector<int64_t> seen;
  options.progress = [&](const FitProgress &p) {
    seen.push_back(p.step);
    EXPECT_EQ(p.finished, p.step == 4);
    interrupt = p.step == 3;
  };
  const auto fit = makeFit({vectorIn({0})}, options);
  end = fit->run(evaluating(parabola));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->reason, Stop::interrupt);
  EXPECT_EQ(seen, (std::vector<int64_t>{1, 2, 3, 4}));
}

TEST(Stopping, ErrorsOfTheProgramEndIt) {
  const auto end = makeFit({vectorIn({0})}, by("adam"))->run([](const Points &, bool) -> Result<Answers> {
    return Error{ErrorKind::memory, "no memory", ""};
  });
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().message, "no memory");
}

namespace {

/// Not a number beyond x = 1.5; the least loss before is at 1.
double cliff(std::span<const double> x, double *gradient) {
  const double wall = x[0] > 1.5 ? NAN : 0;
  if (gradient)
    gradient[0] = 2 * (x[0] - 1) + wall;
  return (x[0] - 1) * (x[0] - 1) + wall;
}

} // namespace

/// The first step of rate 3 would lead to x = 6, beyond the cliff; a part of it does not.
TEST(Failures, GradientMethodsStepBack) {
  const auto fit = makeFit({vectorIn({0})}, by("sgd", {{"rate", 3}, {"schedule", 0, "exponential"}, {"every", 10}}, 200));
  const auto end = fit->run(evaluating(cliff));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->reason, Stop::steps);
  EXPECT_LT(fit->best().loss, 1e-9);
  EXPECT_EQ(fit->history().values[1][0], 6);
  EXPECT_EQ(fit->history().values[2][0], 3);
  EXPECT_EQ(fit->history().values[3][0], 1.5);
  EXPECT_TRUE(std::isnan(fit->history().loss[1]));
  EXPECT_GE(fit->failures(), 2);
  ASSERT_FALSE(fit->warnings().empty());
  EXPECT_EQ(fit->warnings().front(), "step 2 led to a loss or a gradient that is not finite: a smaller one was taken");
}

TEST(Failures, EveryOtherMethodGoesRoundThem) {
  for (const char *name :
       {"lbfgs", "nelder_mead", "subplex", "crs", "direct", "cma_es", "evolution", "sobol", "adam", "rmsprop"}) {
    const auto fit = makeFit({vectorIn({0.2}, -3, 4)}, by(name, {}, 400));
    const auto end = fit->run(evaluating(cliff));
    ASSERT_TRUE(end) << name << ": " << joined(end.error());
    EXPECT_LT(fit->best().loss, name == std::string("sobol") ? 1e-4 : 1e-6) << name << ": " << end->text;
  }
  const auto bobyqa = makeFit({vectorIn({0.2, 0.2}, -3, 4)}, by("bobyqa", {}, 400));
  ASSERT_TRUE(bobyqa->run(evaluating([](auto x, double *) { return cliff(x, nullptr) + x[1] * x[1]; })));
  EXPECT_LT(bobyqa->best().loss, 1e-6);
}

TEST(Failures, AStartWithoutALossIsAnError) {
  for (const char *name : {"adam", "lbfgs", "nelder_mead"}) {
    const auto end = makeFit({vectorIn({2})}, by(name))->run(evaluating(cliff));
    ASSERT_FALSE(end) << name;
    EXPECT_EQ(joined(end.error()), "the loss or its gradient is not finite at the start | start elsewhere");
  }
}

TEST(Failures, NowhereToGoEndsWithWhatThereIs) {
  const auto fit = makeFit({vectorIn({0})}, by("sgd"));
  const auto end = fit->run(evaluating([](auto x, double *gradient) {
    if (gradient)
      gradient[0] = 1;
    return x[0] == 0 ? 5.0 : NAN;
  }));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->reason, Stop::failure);
  EXPECT_EQ(end->text,
            "the loss or its gradient is not finite around the point of step 1, however small the step: lower `rate`, set "
            "`clip_norm`, or narrow the intervals");
  EXPECT_EQ(fit->best().loss, 5);
}

TEST(Failures, OneStartOfManyIsGivenUp) {
  FitOptions options = by("adam", {{"rate", 0.2}}, 300);
  options.starts = 8;
  const auto fit = makeFit({vectorIn({0.5}, -4, 4)}, options);
  const auto end = fit->run(evaluating(cliff));
  ASSERT_TRUE(end);
  EXPECT_LT(fit->best().loss, 1e-9);
  ASSERT_FALSE(fit->warnings().empty());
  EXPECT_NE(fit->warnings().front().find("is given up: the loss or its gradient is not finite at the start"), std::string::npos);
}

/// Data y = 2 with standard deviation 0.5 and the prior N(0, 1): the most probable value is the mean weighted by precisions.
TEST(Priors, PullTowardsThemselves) {
  for (const char *name : {"lbfgs", "nelder_mead", "cma_es"}) {
    Parameter p = vectorIn({1});
    p.prior = *Prior::make("normal", {0, 1});
    const auto fit = makeFit({p}, by(name, {}, 400));
    ASSERT_TRUE(fit->run(evaluating([](auto x, double *gradient) {
      if (gradient)
        gradient[0] = (x[0] - 2) / 0.25;
      return 0.5 * (x[0] - 2) * (x[0] - 2) / 0.25;
    })));
    EXPECT_NEAR(fit->best().values[0], 2 * 4 / (4.0 + 1), 1e-5) << name;
    EXPECT_NEAR(fit->best().penalty, 0.5 * 1.6 * 1.6 + 0.5 * std::log(2 * std::numbers::pi), 1e-4);
  }
}

TEST(Continuing, AFinishedFitIsFinished) {
  const auto fit = makeFit({vectorIn({0})}, by("adam", {}, 5)), again = makeFit({vectorIn({0})}, by("adam", {}, 5)),
             longer = makeFit({vectorIn({0})}, by("adam", {}, 8));
  ASSERT_TRUE(fit->run(evaluating(parabola)));
  const State state = fit->save();
  ASSERT_TRUE(again->restore(state));
  const auto end = again->run(evaluating(parabola));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->reason, Stop::steps);
  EXPECT_EQ(again->history().steps(), 5);
  ASSERT_TRUE(longer->restore(state));
  ASSERT_TRUE(longer->run(evaluating(parabola)));
  EXPECT_EQ(longer->history().steps(), 8);
}

TEST(Continuing, NeedsTheSameFit) {
  const auto fit = makeFit({vectorIn({0}, -3, 4)}, by("adam"));
  ASSERT_TRUE(fit->step(evaluating(parabola)));
  const State state = fit->save();
  auto refused = [&](Parameter parameter, FitOptions options) {
    const Status status = makeFit({std::move(parameter)}, options)->restore(state);
    return status ? "accepted" : status.error().message;
  };
  EXPECT_EQ(refused(vectorIn({1}, -3, 4), by("adam")), "accepted") << "the start is past";
  EXPECT_NE(refused(vectorIn({0}, -3, 4), by("sgd")).find("had another method: adam(rate = 0.05"), std::string::npos);
  EXPECT_NE(refused(vectorIn({0}, -3, 5), by("adam")).find("had other parameters: free; x: 1 of 1 elements, -3 to 4"),
            std::string::npos);
  FitOptions options = by("adam");
  options.seed = 2;
  EXPECT_NE(refused(vectorIn({0}, -3, 4), options).find("had another seed: 1 instead of 2"), std::string::npos);
  State broken = state;
  broken.arrays.erase("optimiser.means");
  const Status status = makeFit({vectorIn({0}, -3, 4)}, by("adam"))->restore(broken);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the state of the fit has no `optimiser.means`");
}

TEST(Fit, WhatIsWrongIsSaid) {
  auto refused = [](Parameter parameter, FitOptions options) {
    auto parameters = Parameters::create({std::move(parameter)}, options.method.info().space);
    const auto fit = Fit::create(std::move(*parameters), options);
    return fit ? "accepted" : joined(fit.error());
  };
  EXPECT_EQ(
      refused(vectorIn({1}, 0), by("crs")),
      "crs needs an interval with two ends for each parameter, and `x` has none | give one: `in [low, high]`; or take a method "
      "that goes on from a start, such as cma_es or nelder_mead");
  FitOptions options = by("sobol");
  options.starts = 4;
  EXPECT_EQ(refused(vectorIn({0.5}, 0, 1), options),
            "sobol has no starts to choose | it searches the whole of the intervals by itself");
  options = by("adam");
  options.starts = 0;
  EXPECT_EQ(refused(vectorIn({0.5}, 0, 1), options), "a fit cannot have 0 starts | there is one at least");
  options.starts = 4;
  options.screen = 3;
  EXPECT_EQ(refused(vectorIn({0.5}, 0, 1), options), "4 starts cannot be chosen from 3 points | try more points first");
  options.screen = 0;
  options.spread = Spread::bayes;
  EXPECT_EQ(refused(vectorIn({0.5}, 0, 1), options), "4 starts cannot be chosen from 0 points | try more points first");
  EXPECT_EQ(refused(vectorIn({0.5}, 0, 1), by("bobyqa")), "bobyqa needs two coordinates or more | take nelder_mead");
}
