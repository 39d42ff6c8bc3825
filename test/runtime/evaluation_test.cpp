// Graphs of functionals: what is written twice, what is constant, and the gradient of an objective of several leaves.
#include "functional_check.h"

#include "runtime/objective/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace bdc::runtime;
using namespace bdc::runtime::objective;

namespace {

constexpr int64_t rows = 60, columns = 4;

Source node(int index) { return {Source::Kind::node, index}; }
const Source x{Source::Kind::series, 0}, target{Source::Kind::data, 0};

Plan plan(std::vector<Node> nodes, std::vector<int> leaves) {
  Plan out;
  out.series.push_back(series(rows, columns, {}).operand);
  const Input data = table(columns, columns, normal(columns * columns, 0, 1, 5));
  out.data.push_back({data.operand, data.values});
  out.nodes = std::move(nodes);
  out.leaves = std::move(leaves);
  return out;
}

template <class T> Samples<T> samples(const std::vector<T> &values, int64_t first, int64_t count) {
  return {first, count, columns, values.data() + first * columns};
}

/// std(correlation(x)) * mean(x) + max(x).
const std::vector<Node> nodes{{"fc", "correlation", {x}}, {"s", "std", {node(0)}}, {"m", "mean", {x}}, {"top", "max", {x}}};

template <class T> T combine(const std::vector<T> &leaves) { return leaves[0] * leaves[1] + leaves[2]; }

double value(Evaluation<double> &evaluation, const std::vector<double> &values) {
  evaluation.begin();
  EXPECT_TRUE(evaluation.hear(0, samples(values, 0, rows)));
  return combine(*evaluation.evaluate());
}

} // namespace

TEST(Plan, GradientOfSeveralLeaves) {
  const auto checked = checkPlan(plan(nodes, {1, 2, 3}));
  ASSERT_TRUE(checked) << checked.error().message;
  Evaluation<double> evaluation(*checked, true);
  std::vector<double> values = normal(rows * columns, 2);
  evaluation.begin();
  ASSERT_TRUE(evaluation.hear(0, samples(values, 0, 50)));
  ASSERT_TRUE(evaluation.hear(0, samples(values, 50, 10)));
  const Result<std::vector<double>> leaves = evaluation.evaluate();
  ASSERT_TRUE(leaves);
  const double slopes[] = {(*leaves)[1], (*leaves)[0], 1};
  evaluation.pullback(slopes);
  std::vector<double> gradient(values.size(), 7); // is overwritten
  evaluation.adjoint(0, samples(values, 31, 29), gradient.data() + 31 * columns);
  evaluation.adjoint(0, samples(values, 0, 31), gradient.data());
  for (size_t k = 0; k < values.size(); k += 17) {
    constexpr double step = 1e-5;
    std::vector<double> ahead = values, behind = values;
    ahead[k] += step;
    behind[k] -= step;
    EXPECT_NEAR(gradient[k], (value(evaluation, ahead) - value(evaluation, behind)) / (2 * step), 1e-9);
  }
}

TEST(Plan, ForwardModeIsTheSamePlan) {
  const auto checked = checkPlan(plan(nodes, {1, 2, 3}));
  ASSERT_TRUE(checked);
  const std::vector<double> values = normal(rows * columns, 2), direction = normal(rows * columns, 0, 1, 9);
  std::vector<Dual> both;
  for (size_t k = 0; k < values.size(); ++k)
    both.emplace_back(values[k], direction[k]);
  Evaluation<Dual> forward(*checked, false);
  forward.begin();
  ASSERT_TRUE(forward.hear(0, samples(both, 0, rows)));
  const Dual found = combine(*forward.evaluate());
  Evaluation<double> plain(*checked, false);
  constexpr double step = 1e-5;
  std::vector<double> ahead = values, behind = values;
  for (size_t k = 0; k < values.size(); ++k) {
    ahead[k] += step * direction[k];
    behind[k] -= step * direction[k];
  }
  EXPECT_NEAR(found.value, value(plain, values), 1e-14);
  EXPECT_NEAR(found.tangent, (value(plain, ahead) - value(plain, behind)) / (2 * step), 1e-8);
}

TEST(Plan, WhatIsWrittenTwiceIsOnce) {
  const auto checked = checkPlan(
      plan({{"a", "correlation", {x}}, {"b", "correlation", {x}}, {"c", "mean", {node(1)}}, {"d", "mean", {node(0)}}}, {2, 3}));
  ASSERT_TRUE(checked);
  EXPECT_EQ((*checked)->steps.size(), 2u);
  EXPECT_EQ((*checked)->stepOf, (std::vector<int>{0, 0, 1, 1}));
  const auto gradient = [&](const std::vector<double> &slopes) {
    Evaluation<double> evaluation(*checked, true);
    const std::vector<double> values = normal(rows * columns);
    evaluation.begin();
    EXPECT_TRUE(evaluation.hear(0, samples(values, 0, rows)));
    EXPECT_EQ((*evaluation.evaluate())[0], (*evaluation.evaluate())[1]);
    evaluation.pullback(slopes);
    std::vector<double> out(values.size());
    evaluation.adjoint(0, samples(values, 0, rows), out.data());
    return out;
  };
  EXPECT_EQ(gradient({1, 2}), gradient({0, 3}));
}

TEST(Plan, DataIsEvaluatedBeforeTheRun) {
  const auto checked = checkPlan(plan({{"t", "correlation", {target}}, {"m", "mean", {node(0)}}}, {1}));
  ASSERT_TRUE(checked);
  Evaluation<Dual> evaluation(*checked, true);
  evaluation.begin();
  const auto leaves = evaluation.evaluate();
  ASSERT_TRUE(leaves);
  EXPECT_DOUBLE_EQ((*leaves)[0].value,
                   scalar({"mean", {table(4, 4, evaluate({"correlation", {table(4, 4, normal(16, 0, 1, 5))}}).values)}}));
  EXPECT_EQ((*leaves)[0].tangent, 0);
  const Dual one[] = {1};
  evaluation.pullback(one);
  const std::vector<Dual> values(columns, 3);
  std::vector<Dual> out(columns, 5);
  evaluation.adjoint(0, samples(values, 0, 1), out.data());
  EXPECT_EQ(out[0].value, 0);
}

TEST(Plan, ErrorsNameWhatWasWritten) {
  EXPECT_EQ(checkPlan(plan({{"fc", "correlation", {x}}}, {0})).error().message,
            "`fc` is a table of 4 by 4, an objective is one number");
  EXPECT_EQ(checkPlan(plan({{"f", "corelation", {x}}}, {0})).error().message,
            "`f`: there is no function `corelation` of an objective");
  EXPECT_EQ(checkPlan(plan({{"m", "mean", {x}, {{"window", 3}}}}, {0})).error().message,
            "`m`: `mean` has no option `window`: there is `over_rows`");
  Plan bad = plan({{"m", "mean", {target}}}, {0});
  bad.data[0].values[6] = std::nan("");
  EXPECT_EQ(checkPlan(bad).error().message, "`target`: [1][2] is not a finite number");
}

TEST(Plan, BadSamplesAreNamed) {
  const auto checked = checkPlan(plan(nodes, {1}));
  Evaluation<double> evaluation(*checked, false);
  evaluation.begin();
  std::vector<double> values = normal(rows * columns);
  values[4 * 20 + 3] = INFINITY;
  ASSERT_TRUE(evaluation.hear(0, samples(values, 0, 19)));
  const Status heard = evaluation.hear(0, samples(values, 19, 41));
  EXPECT_EQ(heard.error().kind, ErrorKind::numeric);
  EXPECT_EQ(heard.error().message, "`x` is inf at element 3, 42 ms after the start of what is measured");
  EXPECT_EQ(evaluation.hear(0, samples(values, 25, 1)).error().kind, ErrorKind::internal);
}

TEST(Data, IsCoherentAndLabelled) {
  const MatrixData file{2, 2, {1, 2, 3, 4}, {}, {"a", "b"}};
  const Data data = dataOf(file, "target", {"V", 1e-3, 0}, 700);
  EXPECT_EQ(data.values, (std::vector<double>{1000, 2000, 3000, 4000}));
  EXPECT_EQ(data.operand.names[1], "b");
  EXPECT_EQ(data.operand.interval_ms, 700);
}

/// Steps of 0.5 ms, 2 of them discarded: a spike after 1.5 ms is in step 3, the first that counts.
TEST(Data, TrainsInSteps) {
  const Operand like = spikes(4, 3, {}, 0.5).operand;
  const SpikeData file{"s.csv", {2.9, 1.5, 0.7, 1.6, 3.0}, {1, 2, 0, 0, 2}};
  const Result<Train> train = trainOf(file, "target", like, 2);
  ASSERT_TRUE(train) << train.error().message;
  EXPECT_EQ(train->times, (std::vector<int64_t>{0, 0, 3, 3}));
  EXPECT_EQ(train->sources, (std::vector<uint32_t>{0, 2, 1, 2}));
  const std::vector<uint32_t> ids{2, 5, 9};
  EXPECT_EQ(trainOf(file, "target", like, 2, ids)->sources, (std::vector<uint32_t>{0, 0}));
  EXPECT_EQ(trainOf({"s.csv", {3.3}, {0}}, "target", like, 2).error().message,
            "s.csv: spike 0 is at 3.3 ms, and the run ends at 3 ms");
  EXPECT_EQ(trainOf({"s.csv", {-1}, {0}}, "target", like, 2).error().message,
            "s.csv: spike 0 is at -1 ms, and the run ends at 3 ms");
  EXPECT_EQ(trainOf({"s.csv", {2}, {3}}, "target", like, 2).error().message,
            "s.csv: spike 0 is of element 3, and `E.spikes` has 3");
}

/// A train of data is heard before the run, and again before the next.
TEST(Plan, ComparesSpikesWithData) {
  const std::vector<double> s{0, 1, 1, 0, 0, 0, 1, 0};
  Plan p;
  p.spikes.push_back(spikes(4, 2, {}).operand);
  p.trains.push_back({p.spikes[0], {0, 2, 2}, {0, 0, 1}});
  p.nodes.push_back({"d", "van_rossum", {{Source::Kind::spikes, 0}, {Source::Kind::train, 0}}, {{"tau", 3}}});
  p.leaves = {0};
  const auto checked = checkPlan(p);
  ASSERT_TRUE(checked) << checked.error().message;
  const double expected = scalar({"van_rossum", {spikes(4, 2, s), spikes(4, 2, {1, 0, 0, 0, 1, 1, 0, 0})}, {.tau_ms = 3}});
  Evaluation<double> evaluation(*checked, true);
  for (int again = 0; again < 2; ++again) {
    evaluation.begin();
    ASSERT_TRUE(evaluation.hear(0, Spikes<double>{0, 4, 2, {}, {}, s.data()}));
    EXPECT_DOUBLE_EQ((*evaluation.evaluate())[0], expected);
  }
}

TEST(Plan, ElementsInAnotherOrderAreAMistake) {
  Plan p = plan({{"fc", "correlation", {x}}, {"s", "similarity", {node(0), target}}}, {1});
  p.series[0].names = {"a", "b", "c", "d"};
  p.data[0].operand.names = {"w", "x", "y", "z"}; // other names say nothing
  p.data[0].values = {1, .1, .2, .3, .1, 1, .4, .5, .2, .4, 1, .6, .3, .5, .6, 1};
  EXPECT_TRUE(checkPlan(p));
  p.data[0].operand.names = {"a", "c", "b", "d"};
  EXPECT_EQ(checkPlan(p).error().message,
            "`s`: `fc` and `target` have the same elements in another order: number 1 is b in one and c in the other");
}
