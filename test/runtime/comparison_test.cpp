// How like a run is to data: against brainmass's numbers for given series, formulas, and the derivatives.
#include "functional_check.h"

#include "runtime/objective/evaluation.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <fstream>

using namespace bdc::runtime;
using namespace bdc::runtime::objective;

namespace {

struct Golden {
  nlohmann::json data;
  std::vector<double> x, y;
  int64_t rows = 0, columns = 0;

  Golden() {
    std::ifstream file(BDC_GOLDEN "/fc_fcd.json");
    data = nlohmann::json::parse(file);
    for (const auto &row : data["X"])
      x.insert(x.end(), row.begin(), row.end());
    for (const auto &row : data["Y"])
      y.insert(y.end(), row.begin(), row.end());
    rows = static_cast<int64_t>(data["X"].size());
    columns = static_cast<int64_t>(data["X"][0].size());
  }

  /// Of a plan whose series are X and Y and whose last node is the leaf.
  double value(std::vector<Node> nodes) const {
    Plan plan;
    for (int i = 0; i < 2; ++i)
      plan.series.push_back(series(rows, columns, {}).operand);
    plan.leaves = {static_cast<int>(nodes.size()) - 1};
    plan.nodes = std::move(nodes);
    const auto checked = checkPlan(plan);
    if (!checked) {
      ADD_FAILURE() << checked.error().message;
      return 0;
    }
    Evaluation<double> evaluation(*checked, false);
    evaluation.begin();
    EXPECT_TRUE(evaluation.hear(0, Samples<double>{0, rows, columns, x.data()}));
    EXPECT_TRUE(evaluation.hear(1, Samples<double>{0, rows, columns, y.data()}));
    return (*evaluation.evaluate())[0];
  }

  double ofFcd(const char *function) const {
    const std::vector<std::pair<std::string, double>> windows{{"window", 40}, {"step", 10}}; // 20 and 5 samples
    return value({{"a", "fcd", {{Source::Kind::series, 0}}, windows},
                  {"b", "fcd", {{Source::Kind::series, 1}}, windows},
                  {"d", function, {{Source::Kind::node, 0}, {Source::Kind::node, 1}}}});
  }
  double ofFc(const char *function) const {
    return value({{"a", "correlation", {{Source::Kind::series, 0}}},
                  {"b", "correlation", {{Source::Kind::series, 1}}},
                  {"d", function, {{Source::Kind::node, 0}, {Source::Kind::node, 1}}}});
  }
  double number(const char *key) const { return data[key].get<double>(); }
};

/// A symmetric matrix of numbers within (-1, 1).
std::vector<double> symmetric(int64_t size, uint64_t seed) {
  std::vector<double> out = normal(size * size, 0, 1, seed);
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = i; j < size; ++j)
      out[i * size + j] = out[j * size + i] = i == j ? 1 : std::tanh(0.4 + 0.5 * out[i * size + j]);
  return out;
}

} // namespace

TEST(Comparison, IsBrainmass) {
  const Golden golden;
  EXPECT_NEAR(golden.ofFc("similarity"), golden.number("fc_corr"), 1e-12);
  EXPECT_NEAR(golden.ofFc("rmse"), golden.number("fc_rmse"), 1e-12);
  EXPECT_NEAR(golden.ofFcd("similarity"), golden.number("fcd_corr"), 1e-12);
  EXPECT_NEAR(golden.ofFcd("ks"), golden.number("fcd_ks"), 1e-12);
  EXPECT_NEAR(golden.ofFcd("wasserstein"), golden.number("fcd_wasserstein"), 1e-12);
  const std::vector<Input> both{series(golden.rows, golden.columns, golden.x),
                                constant(table(golden.rows, golden.columns, golden.y))};
  EXPECT_NEAR(scalar({"rmse", both}), golden.number("timeseries_rmse"), 1e-12);
  EXPECT_NEAR(scalar({"cosine", both}), golden.number("cosine_sim"), 1e-12);
}

TEST(Comparison, OfASeriesWithData) {
  const std::vector<double> x{1, 2, 3, 4, 5, 6};
  EXPECT_DOUBLE_EQ(scalar({"mse", {series(3, 2, x), constant(table(3, 2, {1, 2, 3, 4, 5, 9}))}}), 1.5);
  EXPECT_DOUBLE_EQ(scalar({"rmse", {series(3, 2, x), constant(table(1, 2, {3, 4}))}}), std::sqrt(16.0 / 6));
  EXPECT_DOUBLE_EQ(scalar({"mse", {table(3, 2, x), table(1, 1, {2})}}), (1 + 0 + 1 + 4 + 9 + 16) / 6.0);
  EXPECT_DOUBLE_EQ(scalar({"mse", {table(1, 3, {1, 2, 3}), table(3, 1, {1, 4, 4})}}), 5.0 / 3);
  EXPECT_DOUBLE_EQ(scalar({"cosine", {series(1, 2, {3, 4}), constant(table(1, 2, {4, 3}))}}), 0.96);
}

TEST(Comparison, Derivatives) {
  for (const char *name : {"mse", "rmse", "cosine"}) {
    const Input x = series(61, 3, normal(183, 1, 2));
    expectDerivatives({name, {x, constant(table(61, 3, normal(183, 0, 1, 5)))}});
    expectDerivatives({name, {x, constant(table(1, 3, {0.3, 4, -2}))}});
    expectDerivatives({name, {table(9, 4, normal(36)), table(9, 4, normal(36, 0, 1, 5))}});
    expectDerivatives({name, {table(9, 4, normal(36)), table(1, 4, normal(4, 0, 1, 5))}});
    expectDerivatives({name, {table(1, 4, normal(4)), table(1, 1, {0.7})}});
    expectDerivatives({name, {table(1, 4, normal(4)), table(4, 1, normal(4, 0, 1, 5))}});
  }
}

/// The fit is perfect: it cannot get better, whatever changes.
TEST(Comparison, SlopeWhereNothingDiffers) {
  const std::vector<double> x = normal(12);
  const Outcome<double> same = runCase({"rmse", {series(4, 3, x), constant(table(4, 3, x))}}, {1.0});
  EXPECT_EQ(same.table.values[0], 0);
  EXPECT_EQ(same.adjoints[0], std::vector<double>(12, 0.0));
}

TEST(Comparison, ShapesThatDoNotFit) {
  const Input x = series(4, 3, normal(12));
  EXPECT_EQ(errorOf({"rmse", {x, constant(table(3, 4, normal(12)))}}), "`target` is 3 by 4, and `x` is 4 by 3");
  EXPECT_EQ(errorOf({"rmse", {x, constant(table(4, 1, normal(4)))}}), "`target` is 4 by 1, and `x` is 4 by 3");
  EXPECT_EQ(errorOf({"rmse", {x, table(4, 3, normal(12))}}),
            "`target` is known only when the run is over; a series is compared with data while it runs");
  EXPECT_EQ(errorOf({"cosine", {x, constant(table(1, 1, {0}))}}), "what is 0 throughout has no direction");
  EXPECT_EQ(errorOf({"rmse", {x}}), "`rmse` takes (a series, a table) or (a table, a table), here it is given (a series)");
}

namespace {

constexpr int64_t hopfSteps = 200, hopfNodes = 4;

Dual exprel(Dual z) { // (e^z - 1) / z
  const Dual grown(std::expm1(z.value), std::exp(z.value) * z.tangent);
  return grown / z;
}

/// x of four Hopf nodes with delays, stepped by exponential Euler: [step][node]. What is felt of the others is held over a step.
std::vector<Dual> hopf(Dual k, const std::array<Dual, 4> &a) {
  constexpr double weights[4][4] = {{0, 0.5, 0.2, 0.1}, {0.3, 0, 0.4, 0.2}, {0.1, 0.6, 0, 0.3}, {0.2, 0.1, 0.5, 0}};
  constexpr int delays[4][4] = {
      {0, 10, 25, 40}, {10, 0, 15, 32}, {25, 15, 0, 18}, {40, 32, 18, 0}}; // distance / 10 per ms / 0.1 ms
  constexpr double dt = 0.1, w = 0.2, start = 0.02;
  std::array<Dual, 4> x{0.1, 0.15, 0.05, 0.2}, y{0.05, 0.075, 0.025, 0.1};
  std::vector<Dual> past;
  for (int64_t step = 0; step < hopfSteps; ++step) {
    std::array<Dual, 4> nextX, nextY;
    for (int i = 0; i < 4; ++i) {
      Dual felt;
      for (int j = 0; j < 4; ++j) {
        const int64_t at = step - 1 - delays[i][j];
        felt += Dual(weights[i][j]) * ((at < 0 ? Dual(start) : past[at * hopfNodes + j]) - x[i]);
      }
      const Dual grow = a[i] - (x[i] * x[i] + y[i] * y[i]);
      const Dual dx = grow * x[i] - Dual(w) * y[i] + k * felt, dy = grow * y[i] + Dual(w) * x[i];
      nextX[i] = x[i] + Dual(dt) * exprel(Dual(dt) * (grow - Dual(2) * x[i] * x[i])) * dx;
      nextY[i] = y[i] + Dual(dt) * exprel(Dual(dt) * (grow - Dual(2) * y[i] * y[i])) * dy;
    }
    x = nextX;
    y = nextY;
    past.insert(past.end(), x.begin(), x.end());
  }
  return past;
}

/// 0.3 sin(0.1 step + node).
Input hopfTarget() {
  std::vector<double> out;
  for (int64_t step = 0; step < hopfSteps; ++step)
    for (int64_t i = 0; i < hopfNodes; ++i)
      out.push_back(0.3 * std::sin(0.1 * static_cast<double>(step) + static_cast<double>(i)));
  return constant(table(hopfSteps, hopfNodes, out));
}

} // namespace

/// brainmass 0.1.1 (jax 0.12): the loss of this network and its gradient, by automatic differentiation there. Here the slopes of
/// the samples times how the samples change; and forward mode.
TEST(Comparison, GradientOfANetworkIsBrainmass) {
  constexpr double loss = 0.2354493692198112, ofCoupling = -0.030499983845109043, ofFirst = 0.08115393820562021;
  const std::array<Dual, 4> a{0.05, -0.02, 0.1, 0.03};
  std::array<Dual, 4> firstMoved = a;
  firstMoved[0].tangent = 1;
  for (const auto &[x, gradient] : {std::pair{hopf({0.2, 1}, a), ofCoupling}, {hopf(0.2, firstMoved), ofFirst}}) {
    std::vector<double> values;
    for (const Dual &sample : x)
      values.push_back(sample.value);
    const Case rmse{"rmse", {series(hopfSteps, hopfNodes, values, 0.1), hopfTarget()}};
    const Outcome<double> reverse = runCase(rmse, {1.0});
    EXPECT_NEAR(reverse.table.values[0], loss, 1e-15);
    double sum = 0;
    for (size_t k = 0; k < x.size(); ++k)
      sum += reverse.adjoints[0][k] * x[k].tangent;
    EXPECT_NEAR(sum, gradient, 1e-14);
    const Input target = hopfTarget();
    const Outcome<Dual> forward = runCase<Dual>(rmse, {x, {target.values.begin(), target.values.end()}}, {});
    EXPECT_NEAR(forward.table.values[0].tangent, gradient, 1e-14);
  }
}

TEST(Similarity, Derivatives) {
  expectDerivatives({"similarity", {table(6, 6, symmetric(6, 1)), table(6, 6, symmetric(6, 2))}});
  expectDerivatives({"similarity", {table(6, 6, symmetric(6, 1)), constant(table(6, 6, symmetric(6, 2)))}});
  expectDerivatives({"similarity", {table(1, 8, normal(8)), table(8, 1, normal(8, 0, 1, 2))}});
  expectDerivatives({"triangle", {table(5, 5, symmetric(5, 3))}});
}

TEST(Similarity, OfLists) {
  EXPECT_NEAR(scalar({"similarity", {table(1, 3, {1, 2, 4}), table(3, 1, {2, 4, 8})}}), 1, 1e-15);
  EXPECT_NEAR(scalar({"similarity", {table(1, 3, {1, 0, -1}), table(1, 3, {1, -2, 1})}}), 0, 1e-15);
}

TEST(Similarity, WhatHasNoValue) {
  const Input good = table(4, 4, symmetric(4, 1));
  EXPECT_EQ(errorOf({"similarity", {good, table(5, 5, symmetric(5, 1))}}), "`target` is 4 by 4, and `target` is 5 by 5");
  EXPECT_EQ(errorOf({"similarity", {good, table(2, 3, normal(6))}}),
            "`target` is 2 by 3; it takes a square matrix, whose upper triangle counts, or a list");
  EXPECT_EQ(errorOf({"similarity", {table(2, 2, {1, 0, 0, 1}), table(2, 2, {1, 0, 0, 1})}}),
            "`target` is 2 by 2, which is 1 number to compare; it takes 3");
  EXPECT_EQ(errorOf({"similarity", {good, table(4, 4, std::vector<double>(16, 0.5))}}),
            "the entries of `target` are all the same, and are similar to nothing");
  std::vector<double> skew = symmetric(4, 1);
  skew[4 * 3 + 1] = 0.25;
  skew[4 * 1 + 3] = 0.5;
  Case c{"similarity", {good, constant(table(4, 4, skew))}};
  EXPECT_EQ(errorOf(c), "`target` is not symmetric: [1][3] is 0.5, [3][1] is 0.25");
}

TEST(Fcd, Derivatives) {
  std::vector<double> x = normal(90 * 5, 30, 1);
  for (size_t k = 0; k < x.size(); k += 5)
    x[k + 1] += 0.8 * x[k] + 0.02 * static_cast<double>(k), x[k + 2] -= std::sin(0.05 * static_cast<double>(k)) * x[k];
  // Blocks of one sample and of eight; windows that leave gaps.
  for (const auto &[window, step] : {std::pair{20.0, 7.0}, {24.0, 8.0}, {10.0, 16.0}})
    expectDerivatives({"fcd", {series(90, 5, x)}, {.window_ms = 2 * window, .step_ms = 2 * step}});
}

TEST(Fcd, WhatHasNoValue) {
  std::vector<double> x = normal(60 * 3);
  const Options options{.window_ms = 40, .step_ms = 10};
  EXPECT_EQ(errorOf({"fcd", {series(20, 3, {x.begin(), x.begin() + 60})}, options}),
            "40 ms hold 1 window of 40 ms; it takes two");
  EXPECT_EQ(errorOf({"fcd", {series(90, 2, x)}, options}), "two elements have one correlation, which cannot be correlated");
  EXPECT_EQ(errorOf({"fcd", {table(60, 3, x)}, options}), "it is not known how much time lies between the rows of `target`");
  for (size_t k = 20; k < 45; ++k)
    x[k * 3 + 2] = 4;
  EXPECT_EQ(errorOf({"fcd", {series(60, 3, x)}, options}),
            "element 2 of `x` does not change in the window that begins 40 ms after what is discarded");
}

TEST(Distances, Derivatives) {
  for (const char *name : {"ks", "wasserstein"}) {
    expectDerivatives({name, {table(7, 7, symmetric(7, 1)), table(6, 6, symmetric(6, 2))}});
    expectDerivatives({name, {table(7, 7, symmetric(7, 1)), constant(table(6, 6, symmetric(6, 2)))}});
  }
}

/// Two distributions of the same shape, moved by much more than their width: the area between them is the way.
TEST(Distances, OfWhatHasMoved) {
  std::vector<double> a, b;
  for (double z : {-0.1, -0.05, 0.0, 0.05, 0.1})
    a.push_back(z - 0.5), b.push_back(z + 0.4);
  EXPECT_NEAR(scalar({"wasserstein", {table(1, 5, a), table(1, 5, b)}}), 0.9, 1e-9);
  EXPECT_NEAR(scalar({"ks", {table(1, 5, a), table(1, 5, b)}}), 1, 1e-6);
}

TEST(Distances, WhatHasNoValue) {
  const Input good = table(4, 4, symmetric(4, 1));
  EXPECT_EQ(errorOf({"ks", {good, table(3, 3, std::vector<double>(9, 1.0))}}),
            "the entries of `target` are all the same: their distribution has no width");
  EXPECT_EQ(errorOf({"ks", {good, table(1, 3, {0.1, 3, 0.2})}}), "`target` holds 3, and correlations lie between -1 and 1");
}
