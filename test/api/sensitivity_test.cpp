// Sensitivity curves as a host sees them.
#include "test/api/compile.h"
#include "test/runtime/shell.h"

#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using bdc::runtime::test::outputOf;

// x = start (1 + index) exp(-t / tau), which exponential Euler follows exactly.
std::string decay(std::string_view statements) {
  return fmt::format(R"(
mass Decay {{
  param tau : ms = 20
  state x : mV = 0
  x' = -x / tau
}}
network Cells {{
  param start : V = 0.005, unused : mV = 3
  population E = Decay[3]
  start E.x = start * (1 + index)
}}
experiment decay {{
  simulate Cells for 50 ms, dt = 0.5 ms, discard 5 ms
  record E.x every 1 ms
  {}
}}
)",
                     statements);
}

bdc::Result<bdc::Program> compile(std::string_view statements, bdc::Precision precision = bdc::Precision::f64) {
  return bdc::compileFresh(decay(statements), {.precision = precision});
}

std::unique_ptr<bdc::Simulation> keeping(const bdc::Program &program) {
  bdc::RunOptions options;
  options.keepRecordings = true;
  return std::move(*program.simulate(std::move(options)));
}

TEST(Sensitivity, IsThatOfADecay) {
  auto program = compile("sensitivity of E.x[1:3] every 5 ms to start, E.tau\n  sensitivity of 2 * E.x to start");
  ASSERT_TRUE(program) << program.error().text();
  EXPECT_TRUE(program->hasSensitivities());
  auto simulation = keeping(*program);
  ASSERT_TRUE(simulation->set("E.tau", 10));
  ASSERT_TRUE(simulation->run());
  auto state = simulation->runSensitivities();
  ASSERT_TRUE(state) << state.error().text();
  EXPECT_EQ(*state, bdc::RunState::done);
  const auto &curves = simulation->sensitivities();
  ASSERT_EQ(curves.size(), 3u);
  EXPECT_EQ(curves[0].parameter, "start");
  EXPECT_EQ(curves[0].curve.text, "E.x[1:3]");
  EXPECT_EQ(curves[0].curve.unit, "mV per V");
  EXPECT_EQ(curves[0].curve.ids, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(curves[1].curve.text, "2 * E.x");
  EXPECT_EQ(curves[1].curve.times_ms.size(), 90u);
  EXPECT_EQ(curves[2].parameter, "E.tau");
  EXPECT_EQ(curves[2].curve.unit, "mV per ms");
  ASSERT_EQ(curves[2].curve.times_ms.size(), 9u);
  for (size_t row = 0; row < 9; ++row) {
    const double t = 10 + 5 * static_cast<double>(row);
    EXPECT_EQ(curves[2].curve.times_ms[row], t);
    for (size_t column = 0; column < 2; ++column) {
      const double factor = static_cast<double>(2 + column) * std::exp(-t / 10);
      EXPECT_NEAR(curves[0].curve.values[2 * row + column], 1000 * factor, 1e-10 * 1000 * factor);
      EXPECT_NEAR(curves[2].curve.values[2 * row + column], 5 * factor * t / 100, 1e-10 * factor);
    }
  }
  EXPECT_NEAR(curves[1].curve.values[2], 6000 * std::exp(-0.55), 1e-8);
  ASSERT_TRUE(simulation->finish());
}

TEST(Sensitivity, ChangesNoBitOfTheRun) {
  std::vector<double> values[2];
  for (const bool with : {false, true}) {
    auto program = compile(with ? "sensitivity of E.x to start" : "");
    ASSERT_TRUE(program);
    auto simulation = keeping(*program);
    ASSERT_TRUE(simulation->run());
    ASSERT_TRUE(simulation->runSensitivities());
    EXPECT_EQ(simulation->sensitivities().size(), with ? 1u : 0u);
    values[with] = simulation->recordings().at(0).values;
  }
  EXPECT_EQ(values[0], values[1]);
}

TEST(Sensitivity, IsOfEitherPrecision) {
  auto program = compile("sensitivity of E.x every 50 ms to E.tau", bdc::Precision::f32);
  ASSERT_TRUE(program);
  auto simulation = keeping(*program);
  ASSERT_TRUE(simulation->run());
  ASSERT_TRUE(simulation->runSensitivities());
  EXPECT_NEAR(simulation->sensitivities()[0].curve.values[0], 5 * std::exp(-2.5) * 50 / 400, 1e-5);
}

TEST(Sensitivity, BelongsToARun) {
  auto program = compile("sensitivity of E.x to start");
  ASSERT_TRUE(program);
  auto simulation = keeping(*program);
  auto early = simulation->runSensitivities();
  ASSERT_FALSE(early);
  EXPECT_NE(early.error().text().find("beside a run"), std::string::npos);
  ASSERT_TRUE(simulation->run() && simulation->runSensitivities());
  const size_t curves = simulation->sensitivities().size();
  auto again = simulation->runSensitivities();
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().text().find("have been computed"), std::string::npos);
  EXPECT_EQ(simulation->sensitivities().size(), curves);
}

// A file without them, or with a part of them, does not say that it is complete.
TEST(Sensitivity, IsPartOfTheFile) {
  const std::string path = fmt::format("{}bdc_sensitivity_{}.h5", ::testing::TempDir(), getpid());
  auto program = compile("sensitivity of E.x to start, E.tau");
  ASSERT_TRUE(program);
  for (const bool with : {false, true}) {
    auto simulation = std::move(*program->simulate({.output = path}));
    ASSERT_TRUE(simulation->run());
    if (with)
      ASSERT_TRUE(simulation->runSensitivities());
    ASSERT_TRUE(simulation->finish());
    EXPECT_EQ(outputOf("/usr/bin/python3 -c 'import h5py; print(h5py.File(\"" + path + "\").attrs[\"complete\"])'"), with ? "True\n" : "False\n");
  }
  std::filesystem::remove(path);
}

TEST(Sensitivity, IsNeverSilentlyNothing) {
  auto program = compile("sensitivity of E.x to start, unused");
  ASSERT_FALSE(program);
  EXPECT_NE(program.error().text().find("`unused` cannot change `E.x`"), std::string::npos) << program.error().text();
  EXPECT_NE(program.error().text().find("test.bd:15:32"), std::string::npos) << program.error().text();
}

} // namespace
