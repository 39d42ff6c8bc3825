// Sweeps as numbers: which lanes there are, in which order, with which values.
#include "checked.h"
#include "frontend/rules/lanes.h"

using namespace bdc;
using namespace bdc::rules;
using bdc::rules::testing::CheckedText;

namespace {

/// Two points of the unit cube, whatever is asked for.
std::vector<double> twoPoints(Sweep::Sampling, int64_t, int dimensions, int, uint64_t) {
  std::vector<double> points(static_cast<size_t>(2 * dimensions));
  for (size_t i = 0; i < points.size(); ++i)
    points[i] = double(i) / double(points.size());
  return points;
}

struct SweepTest : ::testing::Test {
  /// The lanes of statements, where some numbers have been set.
  Lanes lanes(const std::string &statements, std::vector<Override> overrides = {}, uint64_t seed = 1, int64_t seeds = 0) {
    text = std::make_unique<CheckedText>(R"(
import neurons.LIF
network Net {
  param G : ms = 1, w : mV = 2, f : Hz = 40, points = 3
  population E = LIF[10] { tau = 10 ms }
  population B = LIF[10] { tau = 10 ms, v_rest = w * (G / 1 ms) * (f / 40 Hz) * points / 3 }
  project E -> B.v { connect random(in_degree = 5); weight 1 mV }
}
experiment run {
  simulate Net for 1 s, dt = 0.1 ms
)" + statements + "\n}\n");
    EXPECT_EQ(text->errors(), "");
    sets = resolveOverrides(text->program(), overrides, text->sources, text->engine).values;
    std::optional<Lanes> made = lanesOf(text->program(), sets, seed, seeds, twoPoints, text->engine);
    EXPECT_EQ(text->errors(), "");
    return made ? *made : Lanes();
  }
  static std::vector<double> column(const Lanes &lanes, size_t parameter) {
    std::vector<double> out;
    for (const Lane &lane : lanes.lanes)
      out.push_back(lane.values[parameter]);
    return out;
  }

  std::unique_ptr<CheckedText> text;
  std::vector<SetValue> sets;
};

using Values = std::vector<double>;

} // namespace

TEST_F(SweepTest, WithoutOneThereIsOneLane) {
  const Lanes made = lanes("");
  ASSERT_EQ(made.lanes.size(), 1u);
  EXPECT_TRUE(made.parameters.empty());
}

TEST_F(SweepTest, AllCombinationsTheLastFastest) {
  const Lanes made = lanes("sweep G over [1, 2] ms, seed over [7, 9]\nsweep w over [1, 2, 3] mV");
  ASSERT_EQ(made.lanes.size(), 12u);
  EXPECT_EQ(column(made, 0), (Values{1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2}));
  EXPECT_EQ(column(made, 1), (Values{7, 7, 7, 9, 9, 9, 7, 7, 7, 9, 9, 9}));
  EXPECT_EQ(column(made, 2), (Values{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(made.lanes[4].seed, 9u);
  EXPECT_EQ(made.label(4), "G = 1 ms, seed 9, w = 2 mV");
}

/// 0.1 * 3 is not 0.3, but what is written down as 0.3 is.
TEST_F(SweepTest, ValuesAreDecimalNumbersInTheParametersUnit) {
  EXPECT_EQ(column(lanes("sweep G over linspace(0 ms, 1 ms, 11)"), 0), (Values{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}));
  const Lanes made = lanes("sweep f over [0.05 /ms, 70 Hz]");
  EXPECT_EQ(column(made, 0), (Values{50, 70}));
  EXPECT_EQ(made.sets(0)[0].value, 0.05);
  EXPECT_EQ(made.sets(1)[0].value, resolveOverrides(text->program(), {{"f", "70 Hz"}}, text->sources, text->engine).values[0].value);
  EXPECT_EQ(made.parameters[0].unitText(), "Hz");
}

TEST_F(SweepTest, EndsAreMet) {
  EXPECT_EQ(column(lanes("sweep G over linspace(1 ms, 0.7 ms, 4)"), 0), (Values{1, 0.9, 0.8, 0.7}));
  EXPECT_EQ(column(lanes("sweep G over linspace(5 ms, 7 ms, 1)"), 0), (Values{5}));
  const Lanes made = lanes("sweep G over logspace(0.01 ms, 100 ms, 5)");
  EXPECT_EQ(column(made, 0), (Values{0.01, 0.1, 1, 10, 100}));
  EXPECT_TRUE(made.parameters[0].logarithmic);
}

TEST_F(SweepTest, NumbersMayReadParameters) {
  EXPECT_EQ(lanes("sweep G over linspace(0 ms, 2 ms, points)").lanes.size(), 3u);
  EXPECT_EQ(lanes("sweep G over linspace(0 ms, 2 ms, points)", {{"points", "5"}}).lanes.size(), 5u);
  EXPECT_EQ(column(lanes("let last = 4 ms\nsweep G over [last / 2, last]"), 0), (Values{2, 4}));
}

TEST_F(SweepTest, SeedsGoOnFromTheRunsOwn) {
  const Lanes made = lanes("sweep seed over seeds(3)", {}, 18446744073709551613u);
  EXPECT_EQ(made.lanes[0].seed, 18446744073709551613u);
  EXPECT_EQ(made.lanes[2].seed, 18446744073709551615u);
  const Lanes more = lanes("sweep G over [1, 2] ms", {}, 5, 2);
  ASSERT_EQ(more.lanes.size(), 4u);
  EXPECT_EQ(more.lanes[3].seed, 6u);
  EXPECT_EQ(more.label(3), "G = 2 ms, seed 6");
}

TEST_F(SweepTest, PointsLieInTheBox) {
  const Lanes made = lanes("sweep G in [1, 3] ms, w in [10, 20] mV by sobol(64)\nsweep seed over [4, 5]");
  ASSERT_EQ(made.lanes.size(), 4u); // two points
  EXPECT_EQ(column(made, 0), (Values{1, 1, 2, 2}));
  EXPECT_EQ(column(made, 1), (Values{12.5, 12.5, 17.5, 17.5}));
  EXPECT_EQ(column(made, 2), (Values{4, 5, 4, 5}));
}

/// Whole numbers, each as often as the others: 2, 3, 4, 5 are the quarters of the unit interval.
TEST_F(SweepTest, WholeParametersAreDrawnWhole) {
  EXPECT_EQ(column(lanes("sweep E_to_B.in_degree in [2, 5] by random(64)"), 0), (Values{2, 4}));
}

TEST_F(SweepTest, LanesAreCheckedAsRunsAre) {
  const Lanes made = lanes("sweep E_to_B.in_degree over [5, 10]");
  Lanes wrong = made;
  wrong.lanes[1].values[0] = 11;
  checkLanes(text->program(), sets, made, text->engine);
  EXPECT_EQ(text->errors(), "");
  checkLanes(text->program(), sets, wrong, text->engine);
  ASSERT_EQ(text->engine.errorCount(), 1u);
  EXPECT_EQ(text->engine.sorted()[0].notes.back(), "where E_to_B.in_degree = 11");
}

TEST_F(SweepTest, WhatIsSetFromOutsideHoldsInAllLanes) {
  const Lanes made = lanes("sweep G over [1, 2] ms", {{"w", "3 mV"}});
  EXPECT_EQ(made.sets(0).size(), 1u);
  EXPECT_EQ(sets.size(), 1u);
}
