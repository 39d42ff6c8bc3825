// Objectives, gradients and fits as a host sees them.
#include "test/api/compile.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <unistd.h>

namespace {

// x(n dt) = start (1 - rate dt)^n by Euler's method; a rate per element.
const char *decay = R"(
mass Decay {
  param rate : /ms = 0.1
  input I : mV/ms
  state x : mV = 0
  x' = I - rate * x
}
network Cells {
  param start : V = 0.005
  population E = Decay[3] { rate ~ uniform(0.1 /ms, 0.2 /ms) }
  start E.x = start
}
experiment low {
  simulate Cells for 10 ms, dt = 0.5 ms, method = euler
  record E.x every 1 ms
  minimise mean(E.x every 10 ms)
  fit start in [0.001, 0.02] V, E.rate each in [0.01, 1] /ms by adam(rate = 0.05), steps = 12
}
experiment high {
  simulate Cells for 10 ms, dt = 0.5 ms, method = euler
  maximise mean(E.x every 10 ms)
  fit start in [0.001, 0.02] V by nelder_mead(), steps = 60
}
experiment none {
  simulate Cells for 10 ms, dt = 0.5 ms, method = euler
}
)";

bdc::Result<bdc::Program> compile(std::string experiment, bool gradient = false) {
  return bdc::compileFresh(decay, {.experiment = std::move(experiment), .gradient = gradient});
}

const double rates[] = {0.1, 0.2, 0.4};

double mean(double start) {
  double sum = 0;
  for (const double rate : rates)
    sum += start * std::pow(1 - 0.5 * rate, 20) / 3;
  return sum;
}

TEST(Gradient, IsInTheModelsUnits) {
  auto program = compile("low");
  ASSERT_TRUE(program) << program.error().text();
  auto simulation = program->simulate();
  ASSERT_TRUE(simulation);
  ASSERT_TRUE((*simulation)->set("E.rate", rates));
  auto objective = (*simulation)->objective();
  ASSERT_TRUE(objective) << objective.error().text();
  EXPECT_NEAR(*objective, mean(5), 1e-12);
  auto gradient = (*simulation)->gradient();
  ASSERT_TRUE(gradient) << gradient.error().text();
  EXPECT_EQ(gradient->unit, "mV");
  EXPECT_EQ(gradient->objective, *objective);
  ASSERT_EQ(gradient->derivatives.size(), 2u);
  const bdc::Derivative &start = gradient->derivatives[0], &rate = gradient->derivatives[1];
  EXPECT_EQ(start.unit, "mV per V");
  EXPECT_NEAR(start.values[0], mean(1000), 1e-9); // 1 V is 1000 mV
  ASSERT_EQ(rate.values.size(), 3u);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(rate.values[i], 5 * 20 * std::pow(1 - 0.5 * rates[i], 19) * -0.5 / 3, 1e-12);
  auto check = (*simulation)->checkGradient();
  ASSERT_TRUE(check) << check.error().text();
  EXPECT_TRUE(check->isTrusted());
  EXPECT_LT(check->maxRelativeError(), 1e-7);
  auto again = (*simulation)->gradient();
  EXPECT_EQ(again->derivatives[1].values, rate.values) << "the check has left something behind";
}

TEST(Gradient, WritesNothing) {
  const std::string path = testing::TempDir() + "bdc_gradient_" + std::to_string(getpid()) + ".h5";
  const std::string earlier = "\x89HDF\r\n\x1a\nof an earlier run";
  std::ofstream(path, std::ios::binary) << earlier;
  auto program = compile("low");
  ASSERT_TRUE(program) << program.error().text();
  auto simulation = program->simulate({.output = path});
  ASSERT_TRUE(simulation);
  auto check = (*simulation)->checkGradient(); // of elements that the program draws
  ASSERT_TRUE(check) << check.error().text();
  std::ostringstream left;
  left << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(left.str(), earlier);
  std::filesystem::remove(path);
}

TEST(Gradient, OfWhatIsMaximisedIsAsItIsWritten) {
  auto program = compile("high", /*gradient=*/true);
  ASSERT_TRUE(program) << program.error().text();
  auto simulation = program->simulate();
  ASSERT_TRUE((*simulation)->set("E.rate", rates));
  auto gradient = (*simulation)->gradient();
  ASSERT_TRUE(gradient) << gradient.error().text();
  EXPECT_NEAR(gradient->objective, mean(5), 1e-12);
  EXPECT_NEAR(gradient->derivatives[0].values[0], mean(1000), 1e-9);
}

// q is made of p until it is set.
const char *made = R"(
mass Decay {
  param rate : /ms = 0.1
  state x = 1
  x' = -rate * x
}
network Cells {
  param p : /ms = 0.1
  param q : /ms = 2 * p
  population E = Decay[1] { rate = q }
  population F = Decay[1] { rate = p }
}
experiment alone {
  simulate Cells for 10 ms, dt = 0.5 ms, method = euler
  minimise mean(E.x every 10 ms) + mean(F.x every 10 ms)
  fit p in [0.01, 1] /ms by adam()
}
experiment both {
  simulate Cells for 10 ms, dt = 0.5 ms, method = euler
  minimise mean(E.x every 10 ms) + mean(F.x every 10 ms)
  fit q in [0.01, 1] /ms, p in [0.01, 1] /ms by adam()
}
)";

// Which is too late when the network has been built.
TEST(Gradient, FollowsNothingToWhatIsSet) {
  auto program = bdc::compileFresh(made, {.experiment = "alone"});
  ASSERT_TRUE(program) << program.error().text();
  auto simulation = program->simulate();
  ASSERT_TRUE((*simulation)->set("q", 0.3));
  auto gradient = (*simulation)->gradient();
  ASSERT_TRUE(gradient) << gradient.error().text();
  EXPECT_NEAR(gradient->objective, std::pow(0.85, 20) + std::pow(0.95, 20), 1e-12);
  EXPECT_NEAR(gradient->derivatives[0].values[0], -10 * std::pow(0.95, 19), 1e-12);
  // The same program, with nothing made anew.
  auto late = program->simulate();
  ASSERT_TRUE((*late)->runFor(1));
  EXPECT_TRUE((*late)->set("q", 0.3));
}

// What a check has moved is made of others again, also while others are moved.
TEST(Gradient, ACheckLeavesNothingSet) {
  auto program = bdc::compileFresh(made, {.experiment = "both"});
  ASSERT_TRUE(program) << program.error().text();
  auto simulation = program->simulate();
  auto check = (*simulation)->checkGradient();
  ASSERT_TRUE(check) << check.error().text();
  for (const auto &parameter : check->parameters)
    for (const auto &each : parameter.derivatives)
      EXPECT_TRUE(parameter.isTrusted()) << each.name << ": " << each.gradient << ", differences say " << each.difference;
  ASSERT_TRUE((*simulation)->set("p", 0.15));
  EXPECT_NEAR(*(*simulation)->objective(), std::pow(0.85, 20) + std::pow(0.925, 20), 1e-12);
  // And what was set stays.
  ASSERT_TRUE((*simulation)->set("q", 0.4));
  check = (*simulation)->checkGradient();
  ASSERT_TRUE(check) << check.error().text();
  EXPECT_TRUE(check->isTrusted());
  EXPECT_NEAR(*(*simulation)->objective(), std::pow(0.8, 20) + std::pow(0.925, 20), 1e-12);
}

// The run with tangents goes beside the one without.
TEST(Gradient, ACheckCountsBothRunsToTheLimit) {
  auto program = bdc::compileFresh(R"(
mass Decay {
  param rate : /ms = 0.1
  state x = 1
  x' = -rate * x
}
network Cells {
  param p : /ms = 0.1
  population E = Decay[20000] { rate = p }
}
experiment e {
  simulate Cells for 1 ms, dt = 0.5 ms, method = euler
  minimise mean(E.x every 1 ms)
  fit p in [0.01, 1] /ms by adam()
}
)");
  ASSERT_TRUE(program) << program.error().text();
  bdc::RunOptions run;
  bool isAmong = false, fits = false;
  for (run.maxMemory = 1 << 20; !fits && run.maxMemory < 1 << 26; run.maxMemory += run.maxMemory / 8) {
    const auto check = (*program->simulate(run))->checkGradient();
    fits = bool(check);
    isAmong |= !check && check.error().text().find("the run beside it takes") != std::string::npos;
  }
  EXPECT_TRUE(fits && isAmong);
}

TEST(Gradient, MistakesAreValues) {
  auto none = compile("none");
  auto simulation = none->simulate();
  EXPECT_EQ((*simulation)->objective().error().message, "experiment none has no objective");
  EXPECT_FALSE(none->hasFit());
  EXPECT_EQ(none->fit().error().message, "experiment none has no fit");
  const double two[] = {1, 2};
  ASSERT_TRUE((*simulation)->set("E.rate", two));
  EXPECT_EQ((*simulation)->prepare().error().message, "2 values were given for `E.rate`, which has 3 elements");
  EXPECT_EQ((*simulation)->set("E.rat", two).error().help, "did you mean `E.rate`?");
  EXPECT_EQ((*simulation)->set("start", two).error().message, "`start` is one number for all elements");
  ASSERT_TRUE((*simulation)->set("E.rate", rates));
  ASSERT_TRUE((*simulation)->runFor(1));
  ASSERT_TRUE((*simulation)->set("E.rate", rates));
  EXPECT_EQ((*simulation)->runFor(1).error().message, "values of elements were given after the network was built");
}

// Spikes that arrive 5 ms later: 51 lists of them are a part of what a run goes on from.
TEST(Fit, CheckpointsOfSpikesArePlanned) {
  const char *model = R"(
import neurons.LIF
import synapses.Exponential
import effects.Conductance
network Net {
  param w = 0.1
  population E = LIF[1000] {
    tau = 20 ms, v_rest = -60 mV, v_th = -50 mV, v_reset = -60 mV, t_ref = 5 ms, surrogate = relu(alpha = 0.3, width = 1)
  }
  project E -> E {
    connect random(in_degree = 2)
    synapse Exponential { tau = 5 ms }
    weight  w
    delay   5 ms
    effect  Conductance { E_rev = 0 mV }
  }
}
experiment run {
  simulate Net for 100 ms, dt = 0.1 ms
  minimise rate(spikes(E))
  fit w in [0, 1] by adam()
}
)";
  auto program = bdc::compileFresh(model);
  ASSERT_TRUE(program) << program.error().text();
  bdc::FitOptions wishes;
  wishes.gradient.budget.slots = 4;
  auto fit = program->fit({}, std::move(wishes));
  ASSERT_TRUE(fit) << fit.error().text();
  auto plan = (*fit)->plan();
  ASSERT_TRUE(plan) << plan.error().text();
  std::map<std::string, int64_t> bytes;
  for (const auto &item : plan->items)
    bytes[item.what] = item.bytes;
  EXPECT_GE(bytes["the spike lists of spikes(E)"], 51 * 1000 * 4);
  EXPECT_GT(bytes["the checkpoints"], 4 * bytes["the spike lists of spikes(E)"]);
}

TEST(Fit, GoesWhereTheObjectiveIsLeast) {
  auto program = compile("high");
  ASSERT_TRUE(program) << program.error().text();
  auto fit = program->fit();
  ASSERT_TRUE(fit) << fit.error().text();
  ASSERT_TRUE((*fit)->set("E.rate", rates));
  auto ran = (*fit)->run();
  ASSERT_TRUE(ran) << ran.error().text();
  const bdc::FitSummary summary = *(*fit)->results().fit;
  EXPECT_NEAR(summary.firstLoss, mean(5), 1e-12);
  EXPECT_NEAR(summary.bestLoss, mean(20), 1e-6); // at the end of the interval
  EXPECT_NEAR(summary.values[0].values[0], 0.02, 1e-7);
  EXPECT_EQ(summary.values[0].unit, "V");
}

TEST(Fit, ThreadsChangeNoBitAndInterruptionsEndIt) {
  auto program = compile("low");
  std::vector<double> losses[2], values[2];
  for (int side : {0, 1}) {
    bdc::FitOptions options;
    options.progress = [&](const bdc::FitProgress &now) { losses[side].push_back(now.loss); };
    auto fit = program->fit({.threads = side ? 3 : 1}, std::move(options));
    ASSERT_TRUE(fit) << fit.error().text();
    ASSERT_TRUE((*fit)->run());
    values[side] = (*fit)->results().fit->values[1].values;
  }
  EXPECT_EQ(losses[0].size(), 12u);
  EXPECT_EQ(losses[0], losses[1]);
  EXPECT_EQ(values[0], values[1]);
  std::atomic<bool> stop = false;
  bdc::FitOptions options;
  options.progress = [&](const bdc::FitProgress &now) { stop = now.step == 5; };
  bdc::RunOptions run;
  run.interrupt = &stop;
  auto fit = program->fit(run, std::move(options));
  auto state = (*fit)->run();
  ASSERT_TRUE(state) << state.error().text();
  EXPECT_EQ(*state, bdc::RunState::interrupted);
  EXPECT_EQ((*fit)->results().fit->steps, 6);
  EXPECT_EQ((*fit)->results().fit->ended, "interrupt");
}

TEST(Fit, SaysWhyNothingIsCompared) {
  const std::string path = testing::TempDir() + "bdc_fit_" + std::to_string(getpid());
  std::ofstream(path + ".csv") << "1,0.9,0.8\n0.9,1,0.9\n0.8,0.9,1\n";
  auto program = bdc::compileFresh(R"(
mass Decay { param rate : /ms = 0.1; state x = 1; x' = -rate * x }
network Net { param k : /ms = 0.1; population E = Decay[3] { rate = (1 + index) * k } }
experiment run {
  simulate Net for 6 ms, dt = 0.5 ms
  let target = load(")" + path + R"(.csv")
  let fc = correlation(E.x every 1 ms)
  minimise rmse(fc, target)
  fit k in [0.01, 1] /ms by nelder_mead(), steps = 5
  plot fc against target
}
)");
  ASSERT_TRUE(program) << program.error().text();
  std::atomic<bool> stop = false;
  bdc::RunOptions run;
  run.interrupt = &stop;
  run.report = path + ".html";
  for (const bool interrupted : {false, true}) {
    bdc::FitOptions wishes;
    wishes.progress = [&](const bdc::FitProgress &now) { stop = interrupted && now.step == 2; };
    auto fit = program->fit(run, std::move(wishes));
    ASSERT_TRUE(fit) << fit.error().text();
    ASSERT_TRUE((*fit)->run());
    ASSERT_TRUE((*fit)->finish());
    std::ostringstream report;
    report << std::ifstream(path + ".html").rdbuf();
    EXPECT_EQ(report.str().find("not drawn: the fit was interrupted") != std::string::npos, interrupted);
    EXPECT_EQ(report.str().find("no two tables"), std::string::npos);
  }
  std::filesystem::remove(path + ".csv");
  std::filesystem::remove(path + ".html");
}

/// Gradients are taken eight at a time for it, where the fit needed one.
TEST(Fit, TheMemoryOfAnUncertaintyIsLimitedToo) {
  auto program = bdc::compileFresh(R"(
mass Decay {
  param a : /ms = 0.1, b : /ms = 0.1, c : /ms = 0.1, d : /ms = 0.1, e : /ms = 0.1, f : /ms = 0.1, g : /ms = 0.1, h : /ms = 0.1
  state x = 1
  x' = -(a + b + c + d + e + f + g + h) * x
}
network Net {
  param most : /ms = 0.1, start = 1, power = 1, more = 1
  population E = Decay[20000] {
    a ~ uniform(0 /ms, most); b ~ uniform(0 /ms, most); c ~ uniform(0 /ms, most); d ~ uniform(0 /ms, most)
    e ~ uniform(0 /ms, most); f ~ uniform(0 /ms, most); g ~ uniform(0 /ms, most); h ~ uniform(0 /ms, most)
  }
  start E.x = start + more * power
}
experiment run {
  simulate Net for 1 ms, dt = 0.5 ms, method = euler
  minimise (mean(E.x) - 2)^2
  fit start in [0, 2], power in [0, 2], more in [0, 2], most in [0.01, 1] /ms by adam(), steps = 1, uncertainty = laplace
}
)");
  ASSERT_TRUE(program) << program.error().text();
  bdc::RunOptions run;
  run.threads = 8;
  auto little = program->fit(run);
  ASSERT_TRUE(little);
  auto plan = (*little)->plan();
  ASSERT_TRUE(plan) << plan.error().text();
  for (const bool limited : {false, true}) {
    run.maxMemory = limited ? 3 * plan->total() : 0;
    auto fit = program->fit(run);
    ASSERT_TRUE(fit);
    auto state = (*fit)->run();
    ASSERT_TRUE(state) << state.error().text();
    const std::vector<std::string> notes = (*fit)->results().fit->notes;
    const bool isRefused = std::any_of(notes.begin(), notes.end(), [](const std::string &note) { return note.starts_with("no uncertainty: this run needs "); });
    EXPECT_EQ(isRefused, limited) << testing::PrintToString(notes);
  }
}

} // namespace
