// The embedding API as a host sees it.
#include "test/api/compile.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace {

// v relaxes to I with tau: v(t) = I (1 - exp(-t / tau)), which exponential Euler gives exactly.
const char *relaxing = R"(
neuron Relaxing {
  /// how fast
  param tau : ms = 20
  input I : mV
  state v : mV = 0
  v' = (I - v) / tau
}
network Few {
  param N = 5
  population cells = Relaxing[N]
}
experiment first {
  simulate Few for 10 ms, dt = 0.1 ms
  drive cells.I = 10 mV
  record cells.v
}
experiment second {
  simulate Few for 20 ms, dt = 0.1 ms
}
)";

bdc::Result<bdc::Program> compile(const char *text, std::string experiment = "") {
  return bdc::compileFresh(text, {.experiment = std::move(experiment)});
}

std::unique_ptr<bdc::Simulation> simulate(const bdc::Program &program, bdc::RunOptions options = {}) {
  auto made = program.simulate(options);
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return std::move(*made);
}

std::vector<double> values(const bdc::Simulation &simulation, const char *name) {
  auto view = simulation.state(name);
  EXPECT_TRUE(view) << (view ? "" : view.error().text());
  auto span = view->as<double>();
  return {span.begin(), span.end()};
}

} // namespace

TEST(Api, ListsWhatThereIs) {
  auto program = compile(relaxing);
  ASSERT_TRUE(program) << program.error().text();
  EXPECT_EQ(program->experiment(), "first");
  EXPECT_EQ(program->experiments(), (std::vector<std::string>{"first", "second"}));
  bool found = false;
  for (const bdc::Parameter &parameter : program->parameters())
    if (parameter.name == "cells.tau") {
      found = true;
      EXPECT_EQ(parameter.unit, "ms");
      EXPECT_EQ(parameter.value, 20);
      EXPECT_TRUE(parameter.settable);
    }
  EXPECT_TRUE(found);
  ASSERT_FALSE(program->states().empty());
  EXPECT_EQ(program->states()[0].name, "cells.v");
  EXPECT_EQ(program->states()[0].unit, "mV");
}

TEST(Api, RunsToTheClosedForm) {
  auto program = compile(relaxing);
  ASSERT_TRUE(program) << program.error().text();
  auto simulation = simulate(*program);
  ASSERT_TRUE(simulation->run());
  EXPECT_DOUBLE_EQ(simulation->milliseconds(), 10);
  for (double v : values(*simulation, "cells.v"))
    EXPECT_NEAR(v, 10 * (1 - std::exp(-10.0 / 20)), 1e-12);
  EXPECT_EQ(values(*simulation, "cells.v").size(), 5u);
}

TEST(Api, SetsTextsAndNumbers) {
  auto program = compile(relaxing);
  ASSERT_TRUE(program) << program.error().text();
  auto simulation = simulate(*program);
  ASSERT_TRUE(simulation->set("cells.tau", "0.05 s"));
  ASSERT_TRUE(simulation->set("N", 3.0));
  ASSERT_TRUE(simulation->set("duration", "5 ms"));
  EXPECT_EQ(*simulation->get("cells.tau"), 50);
  ASSERT_TRUE(simulation->run());
  ASSERT_EQ(values(*simulation, "cells.v").size(), 3u);
  EXPECT_NEAR(values(*simulation, "cells.v")[2], 10 * (1 - std::exp(-5.0 / 50)), 1e-12);
}

TEST(Api, StatesAreTheSimulationsOwnMemory) {
  auto program = compile(relaxing);
  ASSERT_TRUE(program) << program.error().text();
  auto simulation = simulate(*program);
  ASSERT_TRUE(simulation->prepare());
  auto v = simulation->state("cells.v")->as<double>();
  v[1] = 100;
  ASSERT_TRUE(simulation->runFor(10));
  EXPECT_NEAR(v[0], 10 * (1 - std::exp(-0.5)), 1e-12);
  EXPECT_NEAR(v[1], 10 + 90 * std::exp(-0.5), 1e-11);
}

TEST(Api, MistakesAreValues) {
  auto wrong = compile("network N { population cells = Nothing[1] }\nexperiment e { simulate N for 1 s, dt = 0.1 ms }\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, bdc::runtime::ErrorKind::input);
  ASSERT_FALSE(wrong.error().diagnostics.empty());
  EXPECT_EQ(wrong.error().diagnostics[0].place.file, "test.bd");
  EXPECT_EQ(wrong.error().diagnostics[0].place.line, 1u);
  EXPECT_NE(wrong.error().text().find("Nothing"), std::string::npos);

  EXPECT_FALSE(bdc::compileFile("/nonexistent/model.bd"));
  auto absent = compile(relaxing, "secnd");
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().help.find("second"), std::string::npos);

  auto program = compile(relaxing);
  ASSERT_TRUE(program);
  auto simulation = simulate(*program);
  auto misspelt = simulation->set("cells.tua", "5 ms");
  ASSERT_FALSE(misspelt);
  EXPECT_NE(misspelt.error().text().find("cells.tau"), std::string::npos);
  EXPECT_FALSE(simulation->set("cells.tau", "5 mV"));
  EXPECT_FALSE(simulation->set("N", "2.5") && simulation->prepare());
  EXPECT_FALSE(simulate(*program)->step(-1));
  EXPECT_FALSE(program->simulate({.maxMemory = -1}));
  auto narrow = bdc::compileFresh(relaxing, {.width = 3});
  ASSERT_FALSE(narrow);
  EXPECT_NE(narrow.error().text().find("no vector has 3 elements"), std::string::npos) << narrow.error().text();
}

// One mistake is the error's own sentence and way out; several are counted.
TEST(Api, ErrorsSayWhatIsWrong) {
  auto program = compile(relaxing);
  ASSERT_TRUE(program);
  auto misspelt = simulate(*program)->set("cells.tua", "5 ms");
  ASSERT_FALSE(misspelt);
  EXPECT_NE(misspelt.error().message.find("`cells.tua`"), std::string::npos) << misspelt.error().message;
  EXPECT_NE(misspelt.error().help.find("cells.tau"), std::string::npos) << misspelt.error().help;
  auto two = compile("network N {\n population a = Nothing[1]\n population b = None[1]\n}\nexperiment e { simulate N for 1 s, dt = 0.1 ms }\n");
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().message, "2 errors");
}

TEST(Api, StatesHaveValuesOnceTheNetworkIsBuilt) {
  auto program = compile(relaxing);
  ASSERT_TRUE(program);
  auto simulation = simulate(*program);
  auto early = simulation->state("cells.v");
  ASSERT_FALSE(early);
  EXPECT_NE(early.error().text().find("has not been built"), std::string::npos) << early.error().text();
  ASSERT_TRUE(simulation->prepare());
  EXPECT_NE(simulation->state("cells.w").error().text().find("there is no state `cells.w`"), std::string::npos);
  const auto view = simulation->state("cells.v");
  ASSERT_TRUE(view);
  EXPECT_EQ(view->as<double>().size(), 5u);
  EXPECT_TRUE(view->as<float>().empty() && view->as<int64_t>().empty() && view->as<int32_t>().empty() && view->as<uint8_t>().empty());
}

TEST(Api, ElementsAreAsManyAsThereAre) {
  auto program = compile(relaxing);
  ASSERT_TRUE(program);
  auto simulation = simulate(*program);
  const std::vector<double> few(4, 1.0), all(5, 1.0);
  ASSERT_TRUE(simulation->set("cells.v", few));
  for (const bdc::Status &status : {simulation->check(), simulation->prepare()}) {
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().text().find("4 values were given for `cells.v`, which has 5 elements"), std::string::npos) << status.error().text();
  }
  EXPECT_FALSE(simulation->plan());
  ASSERT_TRUE(simulation->set("cells.v", all));
  EXPECT_TRUE(simulation->check() && simulation->run());
}

// What is kept counts to the limit: 5 cells, 100,000 samples of 8 bytes and their times.
TEST(Api, WhatIsKeptIsPlanned) {
  auto program = compile(relaxing);
  ASSERT_TRUE(program);
  auto without = simulate(*program), keeping = simulate(*program, {.keepRecordings = true});
  ASSERT_TRUE(without->set("duration", "10 s") && keeping->set("duration", "10 s"));
  EXPECT_GE(keeping->plan()->total(), without->plan()->total() + 100'000 * 6 * 8);
  auto limited = simulate(*program, {.maxMemory = 4 << 20, .keepRecordings = true});
  ASSERT_TRUE(limited->set("duration", "10 s"));
  EXPECT_FALSE(limited->prepare());
}

// A Program is what a text means where it was compiled: the process may go elsewhere.
TEST(Api, DataStayWhereTheyWere) {
  namespace fs = std::filesystem;
  const fs::path before = fs::current_path(), folder = fs::path(::testing::TempDir()) / "bdc_api_folder";
  fs::create_directories(folder / "model");
  std::ofstream(folder / "model" / "w.csv") << "0,1\n1,0\n";
  std::ofstream(folder / "model" / "m.bd") << "mass M {\n state x = 1\n x' = -x / 1 ms\n}\n"
                                              "network N {\n connectome SC = load(\"w.csv\")\n nodes a = M[SC]\n}\n"
                                              "experiment e { simulate N for 1 ms, dt = 0.1 ms }\n";
  fs::current_path(folder);
  auto program = bdc::compileFile("model/m.bd", {.cache = false});
  fs::current_path(before);
  ASSERT_TRUE(program) << program.error().text();
  auto ran = simulate(*program)->run();
  EXPECT_TRUE(ran) << ran.error().text();
  fs::remove_all(folder);
}

// What was made from a parameter when the network was built cannot change under a simulation that has begun: weights, delays,
// probabilities, values of elements. What is read in every step can, and initial values no longer matter.
TEST(Api, WhatIsBuiltIsNotSetLater) {
  const char *drawn = R"(
neuron Relaxing {
  param tau : ms = 20
  param goal : mV = 0
  input I : mV
  state v : mV = 0
  v' = (I + goal - v) / tau
  on v > 5 mV { emit spike; v = 0 mV }
}
network Drawn {
  param w = 2 mV
  param spread = 0.5 mV
  param late = 3 ms
  param p = 0.5
  param low = 1 mV
  param constant = 0.5 mV
  param v_0 = 1 mV
  population cells = Relaxing[20] { goal ~ uniform(low, 8 mV) }
  project drawn: cells -> cells.v {
    connect random(p = p)
    weight ~ normal(w, spread)
    delay ~ uniform(1 ms, late)
  }
  project alike: cells -> cells.v {
    connect all
    weight constant
  }
  start cells.v = v_0
}
experiment e {
  simulate Drawn for 100 ms, dt = 0.1 ms
  drive cells.I = 6 mV
}
)";
  auto program = compile(drawn);
  ASSERT_TRUE(program) << program.error().text();
  for (const char *name : {"w", "spread", "late", "p", "low"}) {
    auto simulation = simulate(*program);
    ASSERT_TRUE(simulation->runFor(10));
    double value = std::string(name) == "late" ? 4 : 0.75;
    ASSERT_TRUE(simulation->set(name, value));
    auto stopped = simulation->runFor(10);
    ASSERT_FALSE(stopped) << name;
    EXPECT_NE(stopped.error().help.find("prepare again"), std::string::npos) << stopped.error().text();
    ASSERT_TRUE(simulation->prepare()) << name;
    EXPECT_TRUE(simulation->runFor(10)) << name;
    // The same as if it had been so from the beginning.
    auto other = simulate(*program);
    ASSERT_TRUE(other->set(name, value));
    ASSERT_TRUE(other->runFor(10));
    EXPECT_EQ(values(*simulation, "cells.v"), values(*other, "cells.v")) << name;
  }
  auto simulation = simulate(*program);
  ASSERT_TRUE(simulation->runFor(10));
  ASSERT_TRUE(simulation->set("v_0", 2.0));
  EXPECT_TRUE(simulation->runFor(10));
  ASSERT_TRUE(simulation->set("constant", 0.25));
  EXPECT_TRUE(simulation->runFor(10));
}

TEST(Api, BitsDoNotDependOnTheCut) {
  auto program = bdc::compileFile(BDC_SOURCE_DIR "/docs/examples/coba.bd", {.cache = false});
  ASSERT_TRUE(program) << program.error().text();
  auto whole = simulate(*program), pieces = simulate(*program, {.threads = 2});
  ASSERT_TRUE(whole->runFor(200));
  for (int piece = 0; piece < 4; ++piece)
    ASSERT_TRUE(pieces->runFor(50));
  EXPECT_EQ(values(*whole, "E.v"), values(*pieces, "E.v"));
  EXPECT_EQ(values(*whole, "I.v"), values(*pieces, "I.v"));
}

// Rings of delays, drawn weights and delays, holds: every place where something waits between two steps.
TEST(Api, SpikesDoNotDependOnTheCut) {
  auto program = bdc::compileFile(BDC_SOURCE_DIR "/test/property/drawn.bd", {.cache = false});
  ASSERT_TRUE(program) << program.error().text();
  auto whole = simulate(*program, {.keepRecordings = true}), halves = simulate(*program, {.keepRecordings = true});
  auto pieces = simulate(*program, {.threads = 3, .keepRecordings = true});
  ASSERT_TRUE(whole->runFor(200));
  ASSERT_TRUE(halves->runFor(100) && halves->runFor(100));
  for (int64_t steps : {1, 2, 7, 990, 1000})
    ASSERT_TRUE(pieces->step(steps));
  ASSERT_EQ(whole->recordings().size(), 3u);
  for (size_t i = 0; i < whole->recordings().size(); ++i)
    for (const bdc::Simulation *other : {halves.get(), pieces.get()}) {
      const auto &a = whole->recordings()[i], &b = other->recordings()[i];
      EXPECT_GT(a.times_ms.size(), 20u) << a.name;
      EXPECT_EQ(a.times_ms, b.times_ms) << a.name;
      EXPECT_EQ(a.nodes, b.nodes) << a.name;
      EXPECT_EQ(a.values, b.values) << a.name;
    }
}

// Delays under way, sums that are made for eight steps at once, noise: cut at steps that are no multiple of eight.
TEST(Api, CoupledNodesDoNotDependOnTheCut) {
  auto program = bdc::compileFile(BDC_SOURCE_DIR "/test/property/Inputs/brain.bd", {.cache = false});
  ASSERT_TRUE(program) << program.error().text();
  auto whole = simulate(*program), pieces = simulate(*program, {.threads = 2});
  ASSERT_TRUE(whole->step(500));
  for (int64_t steps : {1, 2, 7, 13, 100, 377})
    ASSERT_TRUE(pieces->step(steps));
  for (const char *state : {"area.x", "area.y", "phase.theta", "area.I_x.z"})
    EXPECT_EQ(values(*whole, state), values(*pieces, state)) << state;
}

// Observers in the middle of their own steps, of 10 and of 7 steps of the run.
TEST(Api, ObserversDoNotDependOnTheCut) {
  auto program = bdc::compileFile(BDC_SOURCE_DIR "/test/property/Inputs/observed.bd", {.cache = false});
  ASSERT_TRUE(program) << program.error().text();
  auto whole = simulate(*program, {.keepRecordings = true}), pieces = simulate(*program, {.threads = 2, .keepRecordings = true});
  ASSERT_TRUE(whole->step(500));
  for (int64_t steps : {1, 2, 7, 13, 100, 377})
    ASSERT_TRUE(pieces->step(steps));
  for (const char *state : {"bold.s", "bold.v", "bold.sum", "slow.sum"})
    EXPECT_EQ(values(*whole, state), values(*pieces, state)) << state;
  for (size_t i = 0; i < whole->recordings().size(); ++i)
    EXPECT_EQ(whole->recordings()[i].values, pieces->recordings()[i].values) << whole->recordings()[i].name;
}

// What is kept of an observer follows neither from the step of the run nor, once its buffers are full, from the duration.
TEST(Api, ObserversTakeNoMoreMemoryInLongerRuns) {
  auto program = compile(R"(
import observers.BalloonWindkessel
mass Quiet { state x = 0; x' = -x / 10 ms }
network Brain {
  nodes area = Quiet[76]
  observe bold = BalloonWindkessel(area.x) every 720 ms
}
experiment resting {
  simulate Brain for 5 min, dt = 0.1 ms
  summarise mean(bold)
}
)");
  ASSERT_TRUE(program) << program.error().text();
  auto planned = [&](const char *duration, const char *dt) {
    auto simulation = simulate(*program);
    EXPECT_TRUE(simulation->set("duration", duration) && simulation->set("dt", dt));
    auto plan = simulation->plan();
    EXPECT_TRUE(plan) << (plan ? "" : plan.error().text());
    return plan ? plan->total() : 0;
  };
  EXPECT_EQ(planned("5 min", "0.1 ms"), planned("5 min", "0.01 ms"));
  EXPECT_EQ(planned("100 h", "0.1 ms"), planned("200 h", "0.1 ms"));
}

TEST(Api, ProgramsLiveSideBySide) {
  auto one = compile(relaxing), two = compile(relaxing, "second");
  ASSERT_TRUE(one && two);
  auto a = simulate(*one), b = simulate(*two), c = simulate(*one);
  ASSERT_TRUE(c->set("cells.tau", 5.0));
  for (int step = 0; step < 100; ++step)
    ASSERT_TRUE(a->step() && b->step() && c->step());
  EXPECT_NEAR(values(*a, "cells.v")[0], 10 * (1 - std::exp(-0.5)), 1e-12);
  EXPECT_EQ(values(*b, "cells.v")[0], 0);
  EXPECT_NEAR(values(*c, "cells.v")[0], 10 * (1 - std::exp(-2.0)), 1e-12);
}

TEST(Api, SecondCompilationComesFromTheCache) {
  std::string folder = testing::TempDir() + "bdc-api-cache";
  std::filesystem::remove_all(folder);
  bdc::CompileOptions options;
  options.cacheFolder = folder;
  auto first = bdc::compileText(relaxing, "test.bd", options), second = bdc::compileText(relaxing, "test.bd", options);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(first->fromCache());
  EXPECT_TRUE(second->fromCache());
  auto simulation = simulate(*second);
  ASSERT_TRUE(simulation->run());
  EXPECT_NEAR(values(*simulation, "cells.v")[0], 10 * (1 - std::exp(-0.5)), 1e-12);
  options.precision = bdc::Precision::f32;
  auto other = bdc::compileText(relaxing, "test.bd", options);
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->fromCache());
}

// --------------------------------------------------------------------------------------------------------- batches

namespace {

// v(10 ms) = I (1 - exp(-10 ms / tau)); G is not in the equations, and what is drawn is of the seed.
const char *batched = R"(
neuron Relaxing {
  param tau : ms = 20, goal : mV = 0
  input I : mV
  state v : mV = 0
  v' = (I - v) / tau
}
network Few {
  param rate : Hz = 50
  population cells = Relaxing[3] { tau = 1 / rate, goal ~ normal(0 mV, 1 mV) }
}
experiment swept {
  simulate Few for 10 ms, dt = 0.1 ms
  drive cells.I = 10 mV
  sweep rate over [20, 50, 100] Hz
  record cells.v every 10 ms
  summarise mean(cells.v), goals = mean(cells.goal)
}
experiment alone {
  simulate Few for 10 ms, dt = 0.1 ms
  drive cells.I = 10 mV
  summarise final = max(cells.v), goals = mean(cells.goal), fc = correlation(cells.v)
}
)";

double relaxed(double rate) { return 10 * (1 - std::exp(-0.01 * rate)); }

} // namespace

TEST(Batch, RunsTheExperimentsSweep) {
  auto program = compile(batched);
  ASSERT_TRUE(program) << program.error().text();
  EXPECT_TRUE(program->hasSweep());
  EXPECT_FALSE(compile(batched, "alone")->hasSweep());
  auto batch = program->sweep({.keepRecordings = true});
  ASSERT_TRUE(batch) << batch.error().text();
  ASSERT_EQ((*batch)->parameters().size(), 1u);
  EXPECT_EQ((*batch)->parameters()[0].name, "rate");
  EXPECT_EQ((*batch)->parameters()[0].unit, "Hz");
  auto lanes = (*batch)->lanes();
  ASSERT_TRUE(lanes && lanes->size() == 3);
  ASSERT_TRUE((*batch)->run(*lanes));
  const bdc::BatchResults results = (*batch)->results();
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(results.lanes[i].state, bdc::LaneState::finished);
    EXPECT_NEAR(results.lanes[i].recordings[0].values.back(), relaxed((*lanes)[i].values[0]), 1e-12);
  }
}

/// As an optimiser does: parameters of one's choice, again and again.
TEST(Batch, RunsLanesOfOnesOwnAgainAndAgain) {
  auto program = compile(batched, "alone");
  ASSERT_TRUE(program) << program.error().text();
  auto batch = program->batch({"rate"}, {.seed = 4, .threads = 2, .keepRecordings = true});
  ASSERT_TRUE(batch) << batch.error().text();
  ASSERT_TRUE((*batch)->set("duration", "20 ms"));
  double drawn = 0;
  for (int generation = 1; generation <= 3; ++generation) {
    std::vector<bdc::Lane> lanes;
    for (int i = 0; i < 5; ++i)
      lanes.push_back({{10.0 * generation + i}, i == 4 ? std::optional<uint64_t>(99) : std::nullopt});
    ASSERT_TRUE((*batch)->run(lanes));
    const bdc::BatchResults results = (*batch)->results();
    ASSERT_EQ(results.lanes.size(), 5u);
    for (size_t i = 0; i < 5; ++i) {
      EXPECT_NEAR(results.lanes[i].summaries[0].value, relaxed(2 * lanes[i].values[0]), 1e-12);
      ASSERT_EQ(results.lanes[i].summaries[2].tables.size(), 1u); // the matrix itself
      EXPECT_EQ(results.lanes[i].summaries[2].tables[0].values.size(), 9u);
    }
    drawn = results.lanes[0].summaries[1].value;
    EXPECT_EQ(results.lanes[3].summaries[1].value, drawn) << "of one seed";
    EXPECT_NE(results.lanes[4].summaries[1].value, drawn) << "of another";
  }
  auto single = simulate(*program, {.seed = 4});
  ASSERT_TRUE(single->set("rate", 30.0) && single->set("duration", "20 ms") && single->run() && single->finish());
  EXPECT_EQ(single->results().summaries[1].value, drawn);
  EXPECT_EQ(single->results().summaries[0].value, (*batch)->results().lanes[0].summaries[0].value) << "bit for bit";
}

TEST(Batch, WhatIsWrongIsSaidBeforeAnythingRuns) {
  auto program = compile(batched, "alone");
  ASSERT_TRUE(program);
  EXPECT_FALSE(program->batch({"rat"}));
  EXPECT_FALSE(program->batch({"cells.goal"})) << "drawn";
  EXPECT_FALSE(program->batch({"rate", "rate"}));
  EXPECT_NE(program->batch({"seed"}).error().help.find("Lane::seed"), std::string::npos);
  EXPECT_FALSE(program->batch({"rate"}, {.threads = 0}));
  EXPECT_FALSE(program->sweep()) << "it has none";
  EXPECT_FALSE(program->sweep({}, -3));
  EXPECT_FALSE(program->sweep({}, 1'000'000'000));
  EXPECT_TRUE(program->sweep({}, 3));
  auto batch = program->batch({"rate", "dt"});
  ASSERT_TRUE(batch) << batch.error().text();
  EXPECT_FALSE((*batch)->run({{{50}}})) << "one value of two";
  const auto wrong = (*batch)->run({{{50, 0.1}}, {{50, 0.3}}});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().text().find("where rate = 50 Hz, dt = 0.3 ms"), std::string::npos) << wrong.error().text();
  EXPECT_FALSE((*batch)->run({{{0, 0.1}}})) << "a division by 0";
  EXPECT_TRUE((*batch)->run({{{50, 0.1}}}));
}
