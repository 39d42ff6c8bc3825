// A run through the whole driver: equal bits however it is cut, threaded or recorded; refusals; NaN found and explained.
#include "toy.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace bdc::runtime;

namespace {

Options keeping(int threads = 1) {
  Options options;
  options.threads = threads;
  options.keepRecordings = true;
  return options;
}

toy::Settings recorded() {
  toy::Settings s;
  s.records = "[" + toy::spikeRecord() + "," + toy::traceRecord() + "]";
  return s;
}

std::vector<double> potentials(const Simulation &s) {
  const auto v = s.state("E.v")->as<double>();
  return {v.begin(), v.end()};
}

} // namespace

TEST(Simulation, RunsAndRecords) {
  auto s = toy::simulation(recorded(), keeping());
  ASSERT_TRUE(s->run());
  EXPECT_EQ(s->step(), 1000);
  EXPECT_DOUBLE_EQ(s->time_ms(), 100);
  const Recording &spikes = s->recordings()[0], &v = s->recordings()[1];
  EXPECT_GT(spikes.times_ms.size(), 200u);
  EXPECT_TRUE(std::is_sorted(spikes.times_ms.begin(), spikes.times_ms.end()));
  ASSERT_EQ(v.times_ms.size(), 100u); // every 1 ms
  EXPECT_DOUBLE_EQ(v.times_ms[0], 1);
  ASSERT_EQ(v.values.size(), 100u * 200);
  EXPECT_EQ(v.unit, "uV");
  const std::vector<double> last = potentials(*s);
  for (size_t i = 0; i < last.size(); ++i)
    EXPECT_DOUBLE_EQ(v.values[99 * 200 + i], last[i] * 1000);
}

TEST(Simulation, ThreadsCutsAndRecordingsChangeNothing) {
  auto whole = toy::simulation(recorded(), keeping());
  ASSERT_TRUE(whole->run());

  auto halves = toy::simulation(recorded(), keeping());
  ASSERT_TRUE(halves->runFor(50));
  ASSERT_TRUE(halves->runFor(50));

  auto threads = toy::simulation(recorded(), keeping(3));
  ASSERT_TRUE(threads->run());

  auto silent = toy::simulation();
  ASSERT_TRUE(silent->run());

  for (const Simulation *other : {halves.get(), threads.get()}) {
    EXPECT_EQ(potentials(*whole), potentials(*other));
    for (size_t r = 0; r < 2; ++r) {
      EXPECT_EQ(whole->recordings()[r].times_ms, other->recordings()[r].times_ms);
      EXPECT_EQ(whole->recordings()[r].nodes, other->recordings()[r].nodes);
      EXPECT_EQ(whole->recordings()[r].values, other->recordings()[r].values);
    }
  }
  EXPECT_EQ(potentials(*whole), potentials(*silent));
}

TEST(Simulation, PreparingAgainStartsOver) {
  auto s = toy::simulation(recorded(), keeping());
  ASSERT_TRUE(s->run());
  const std::vector<double> first = potentials(*s);
  ASSERT_TRUE(s->prepare());
  ASSERT_TRUE(s->run());
  EXPECT_EQ(first, potentials(*s));
}

TEST(Simulation, DiscardLeavesOutTheBeginning) {
  toy::Settings settings = recorded();
  settings.discard = 60;
  auto s = toy::simulation(settings, keeping());
  ASSERT_TRUE(s->run());
  EXPECT_GT(s->recordings()[0].times_ms.front(), 60);
  EXPECT_DOUBLE_EQ(s->recordings()[1].times_ms.front(), 61);
  EXPECT_EQ(s->recordings()[1].times_ms.size(), 40u);
}

TEST(Simulation, SelectionsFollowPython) {
  toy::Settings settings;
  const char *select = R"({"first": 12, "last": 13})";
  settings.records = "[" + toy::spikeRecord(select) + "," + toy::traceRecord(select) + "]";
  auto all = toy::simulation(recorded(), keeping()), some = toy::simulation(settings, keeping(2));
  ASSERT_TRUE(some->set("first", -30));
  ASSERT_TRUE(some->set("last", -10));
  ASSERT_TRUE(all->run());
  ASSERT_TRUE(some->run());
  std::vector<uint32_t> expected;
  for (uint32_t node : all->recordings()[0].nodes)
    if (node >= 170 && node < 190)
      expected.push_back(node);
  EXPECT_EQ(some->recordings()[0].nodes, expected);
  ASSERT_EQ(some->recordings()[1].ids.size(), 20u);
  EXPECT_EQ(some->recordings()[1].values[5 * 20 + 3], all->recordings()[1].values[5 * 200 + 173]);
}

TEST(Simulation, ParametersAreSetByName) {
  auto s = toy::simulation();
  const Status unknown = s->set("treshold", 3);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().help, "did you mean `threshold`?");
  EXPECT_FALSE(s->set("decay", 1)) << "computed";
  ASSERT_TRUE(s->set("tau", 5));
  EXPECT_NEAR(*s->get("decay"), std::exp(-0.1 / 5), 1e-15);
}

TEST(Simulation, WhatCannotBeIsRefused) {
  for (auto [name, value] : {std::pair("dt", 0.0),
                             {"dt", -1.0},
                             {"N", 0.0},
                             {"N", 10.5},
                             {"duration", 0.25},
                             {"duration", -1},
                             {"p", 1.5},
                             {"depth", 0.0},
                             {"discard", 200}}) {
    auto s = toy::simulation();
    ASSERT_TRUE(s->set(name, value));
    const Status status = s->prepare();
    ASSERT_FALSE(status) << name << " = " << value;
    EXPECT_EQ(status.error().kind, ErrorKind::input) << status.error().message;
  }
}

TEST(Simulation, ShapesStayWhileItRuns) {
  auto s = toy::simulation();
  ASSERT_TRUE(s->runFor(10));
  ASSERT_TRUE(s->set("tau", 5));
  EXPECT_TRUE(s->runFor(10));
  ASSERT_TRUE(s->set("N", 300));
  EXPECT_FALSE(s->runFor(10));
  EXPECT_TRUE(s->prepare());
  EXPECT_TRUE(s->runFor(10));
}

TEST(Simulation, MemoryIsPlannedAndRefused) {
  Options options;
  options.maxMemory = 1 << 20;
  auto s = toy::simulation({}, options);
  ASSERT_TRUE(s->prepare());
  EXPECT_LE(s->results().planned_bytes, 1 << 20);
  ASSERT_TRUE(s->set("N", 20000)); // 40 million edges
  const Status status = s->prepare();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::memory);
  EXPECT_NE(status.error().message.find("the connections E -> E takes 15"), std::string::npos) << status.error().message;
  EXPECT_NE(status.error().help.find("--max-memory"), std::string::npos);
  auto larger = toy::simulation();
  ASSERT_TRUE(larger->set("N", 1e7)); // a petabyte of edges: refused before anything is touched
  EXPECT_FALSE(larger->prepare());
}

TEST(Simulation, NaNIsReportedWithVariableElementAndTime) {
  for (int threads : {1, 2}) {
    Options options;
    options.threads = threads;
    auto s = toy::simulation({}, options);
    ASSERT_TRUE(s->set("blow_up", 777));
    const Result<RunState> result = s->run();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::numeric);
    EXPECT_EQ(result.error().message, "E.v[17] became NaN (not a number) at 77.7 ms (step 777)");
  }
}

TEST(Simulation, AnInterruptEndsAfterTheChunk) {
  std::atomic<bool> stop = false;
  Options options = keeping();
  options.interrupt = &stop;
  options.progress = [&](const Progress &p) { stop = p.step > 0; };
  auto s = toy::simulation(recorded(), options);
  ASSERT_EQ(*s->run(), RunState::interrupted);
  EXPECT_GT(s->step(), 0);
  EXPECT_LT(s->step(), 1000);
  stop = false;
  options.progress = nullptr;
  while (s->step() < 1000) {
    stop = false;
    ASSERT_TRUE(s->run());
  }
  auto whole = toy::simulation(recorded(), keeping());
  ASSERT_TRUE(whole->run());
  EXPECT_EQ(whole->recordings()[0].nodes, s->recordings()[0].nodes);
}
