// Derivatives along directions as a host sees them.
#include "test/api/compile.h"

#include <cmath>
#include <gtest/gtest.h>

namespace {

// x(n dt) = start (1 - rate dt)^n by Euler's method; a rate per element, and one that is made of another number where it is not set.
const char *decay = R"(
mass Decay {
  param rate : /ms = 0.1
  param pull : mV/ms = 0.01 * scale
  param scale : mV/ms = 2
  input I : mV/ms
  state x : mV = 0
  x' = I - rate * x + pull
}
network Cells {
  param start : V = 0.005
  population E = Decay[3] { rate ~ uniform(0.1 /ms, 0.2 /ms) }
  start E.x = start
}
experiment low {
  simulate Cells for 10 ms, dt = 0.5 ms, method = euler
  minimise mean(E.x every 10 ms)
  fit start, E.rate each, E.scale
}
experiment high {
  simulate Cells for 10 ms, dt = 0.5 ms, method = euler
  maximise mean(E.x every 10 ms)
  fit start
}
experiment none {
  simulate Cells for 10 ms, dt = 0.5 ms, method = euler
  minimise mean(E.x)
}
)";

bdc::Result<bdc::Program> compile(std::string experiment, bool forward) {
  return bdc::compileFresh(decay, {.experiment = std::move(experiment), .forward = forward});
}

const double rates[] = {0.1, 0.2, 0.4};

/// Of a start in mV: the mean over the elements after n steps of 0.5 ms, and its change with the start.
double decayed(int steps) {
  double sum = 0;
  for (const double rate : rates)
    sum += std::pow(1 - 0.5 * rate, steps) / 3;
  return sum;
}

TEST(Forward, IsInTheModelsUnits) {
  for (const bool alone : {false, true}) {
    auto program = compile("low", alone);
    ASSERT_TRUE(program) << program.error().text();
    auto simulation = program->simulate();
    ASSERT_TRUE(simulation);
    ASSERT_TRUE((*simulation)->set("E.rate", rates));
    const bdc::Direction start[] = {{"start", {2}}}; // 2 V
    auto along = (*simulation)->derivativeAlong(start);
    ASSERT_TRUE(along) << along.error().text();
    EXPECT_EQ(along->unit, "mV");
    EXPECT_EQ(along->objective, *(*simulation)->objective());
    EXPECT_NEAR(along->derivative, 2000 * decayed(20), 1e-9);
    EXPECT_TRUE(along->curves.empty());

    const bdc::Direction rate[] = {{"E.rate", {0, 0, 1}}};
    auto ofRate = (*simulation)->derivativeAlong(rate);
    ASSERT_TRUE(ofRate) << ofRate.error().text();
    const double pull = 0.02, factor = 1 - 0.5 * 0.4, power = std::pow(factor, 20);
    const double byRate = -0.5 * 20 * std::pow(factor, 19) * (5 - pull / 0.4) - (1 - power) * pull / (0.4 * 0.4);
    EXPECT_NEAR(ofRate->derivative, byRate / 3, 1e-12);
    const bdc::Direction all[] = {{"start", {2}}, {"E.rate", {0, 0, 1}}};
    EXPECT_NEAR((*simulation)->derivativeAlong(all)->derivative, along->derivative + ofRate->derivative, 1e-9);
  }
}

TEST(Forward, GivesCurves) {
  auto program = compile("low", true);
  ASSERT_TRUE(program);
  auto simulation = program->simulate();
  ASSERT_TRUE((*simulation)->set("E.rate", rates));
  const bdc::Direction start[] = {{"start", {0.001}}};
  auto along = (*simulation)->derivativeAlong(start, /*withCurves=*/true);
  ASSERT_TRUE(along) << along.error().text();
  ASSERT_EQ(along->curves.size(), 1u);
  const bdc::Sensitivity &curve = along->curves[0];
  EXPECT_EQ(curve.unit, "mV");
  EXPECT_EQ(curve.elements, 3);
  ASSERT_EQ(curve.time_ms, std::vector<double>{10});
  for (int i = 0; i < 3; ++i)
    EXPECT_NEAR(curve.changes[i], std::pow(1 - 0.5 * rates[i], 20), 1e-12);
}

TEST(Forward, StopsAtWhatWasSet) {
  auto program = compile("low", false);
  ASSERT_TRUE(program);
  auto simulation = program->simulate();
  const bdc::Direction scale[] = {{"E.scale", {1}}};
  EXPECT_GT((*simulation)->derivativeAlong(scale)->derivative, 0);
  ASSERT_TRUE((*simulation)->set("E.pull", 0.5));
  auto forward = (*simulation)->derivativeAlong(scale);
  ASSERT_TRUE(forward);
  EXPECT_EQ(forward->derivative, 0);
  auto both = bdc::compileFresh(decay, {.experiment = "low", .gradient = true});
  ASSERT_TRUE(both);
  auto backwards = both->simulate();
  ASSERT_TRUE((*backwards)->set("E.pull", 0.5));
  auto gradient = (*backwards)->gradient();
  ASSERT_TRUE(gradient) << gradient.error().text();
  EXPECT_EQ(gradient->objective, forward->objective);
  EXPECT_EQ(gradient->derivatives[2].values[0], 0);
}

TEST(Forward, IsTheGradientNumberByNumber) {
  auto program = compile("high", false);
  ASSERT_TRUE(program);
  auto simulation = program->simulate();
  ASSERT_TRUE((*simulation)->set("E.rate", rates));
  auto gradient = (*simulation)->forwardGradient();
  ASSERT_TRUE(gradient) << gradient.error().text();
  ASSERT_EQ(gradient->derivatives.size(), 1u);
  EXPECT_EQ(gradient->derivatives[0].unit, "mV per V");
  EXPECT_NEAR(gradient->derivatives[0].values[0], 1000 * decayed(20), 1e-9);
}

// The Hessian times a direction, with derivatives of the recurrence of Euler's method by rate, start and scale.
TEST(Forward, SecondDerivativesAreExact) {
  auto program = compile("low", false);
  ASSERT_TRUE(program);
  auto simulation = program->simulate();
  ASSERT_TRUE((*simulation)->set("E.rate", rates));
  const std::vector<double> moved = {0.3, -0.2, 0.1};
  const bdc::Direction direction[] = {{"start", {1}}, {"E.rate", moved}};
  const double h = 0.5, pull = 0.02, milli = 1000;
  double ofStart = 0, ofScale = 0, derivative = 0;
  std::vector<double> ofRates;
  for (size_t i = 0; i < moved.size(); ++i) {
    const double q = 1 - h * rates[i];
    double x = 5, byRate = 0, byRates = 0, byStart = 1, byStartAndRate = 0, byPull = 0, byPullAndRate = 0;
    for (int step = 0; step < 20; ++step) {
      byRates = q * byRates - 2 * h * byRate;
      byStartAndRate = q * byStartAndRate - h * byStart;
      byPullAndRate = q * byPullAndRate - h * byPull;
      byRate = q * byRate - h * x;
      byStart *= q;
      byPull = q * byPull + h;
      x = q * x + h * pull;
    }
    derivative += (milli * byStart + byRate * moved[i]) / 3;
    ofStart += milli * byStartAndRate * moved[i] / 3;
    ofScale += 0.01 * byPullAndRate * moved[i] / 3;
    ofRates.push_back((milli * byStartAndRate + byRates * moved[i]) / 3);
  }
  bdc::GradientOptions few;
  few.budget.slots = 3;
  for (const bdc::GradientOptions &options : {bdc::GradientOptions(), few}) {
    auto found = (*simulation)->hessianProduct(direction, options);
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_NEAR(found->derivative, derivative, 1e-12 * std::fabs(derivative));
    ASSERT_EQ(found->product.derivatives.size(), 3u);
    EXPECT_EQ(found->product.derivatives[0].unit, "mV per V");
    EXPECT_NEAR(found->product.derivatives[0].values[0], ofStart, 1e-12 * std::fabs(ofStart));
    for (size_t i = 0; i < moved.size(); ++i)
      EXPECT_NEAR(found->product.derivatives[1].values[i], ofRates[i], 1e-12 * std::fabs(ofRates[i]));
    EXPECT_NEAR(found->product.derivatives[2].values[0], ofScale, 1e-12 * std::fabs(ofScale));
  }
  // What is set later is set of it, too; and where something was set nothing goes through it.
  ASSERT_TRUE((*simulation)->set("E.pull", 0.5));
  EXPECT_EQ((*simulation)->hessianProduct(direction)->product.derivatives[2].values[0], 0);
  EXPECT_NE((*simulation)->hessianProduct(std::vector<bdc::Direction>{{"stat", {1}}}).error().text().find("`start`"), std::string::npos);
}

TEST(Forward, SaysWhatIsMissing) {
  auto program = compile("low", true);
  ASSERT_TRUE(program);
  auto simulation = program->simulate();
  const bdc::Direction unknown[] = {{"stat", {1}}}, many[] = {{"start", {1, 2}}}, few[] = {{"E.rate", {1, 2}}};
  EXPECT_NE((*simulation)->derivativeAlong(unknown).error().text().find("`start`"), std::string::npos);
  EXPECT_NE((*simulation)->derivativeAlong(many).error().text().find("is one number"), std::string::npos);
  EXPECT_NE((*simulation)->derivativeAlong(few).error().text().find("has 3 elements"), std::string::npos);
  const bdc::Direction each[] = {{"E.rate", {1}}};
  EXPECT_TRUE((*simulation)->derivativeAlong(each)) << "what was wrong before does not stay";
  EXPECT_NE((*simulation)->gradient().error().text().find("forward mode"), std::string::npos);
  auto none = compile("none", false);
  ASSERT_TRUE(none);
  EXPECT_NE((*none->simulate())->derivativeAlong({}).error().text().find("differentiated by"), std::string::npos);
}

} // namespace
