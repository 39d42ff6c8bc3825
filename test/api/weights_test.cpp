// The weights of a connectome from the host: their order, their gradient, and what is wrong with them.
#include "test/api/compile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace {

const char *const model = R"(
mass Leaky {
  input I : /ms
  state x = 1
  x' = -x / 10 ms + I
}
network Net {
  connectome SC = synthetic(regions = 4, density = 0.7)
  nodes area = Leaky[SC]
  couple area.x -> area.I by additive(SC.weights, strength = 0.2 /ms)
  start area.x = 1 + index
}
experiment e {
  simulate Net for 5 ms, dt = 0.5 ms, method = euler
  minimise mean(area.x^2)
  fit SC.weights each in [0, 2]
}
)";

/// The objective, by hand.
double objective(const bdc::runtime::Places &places, const std::vector<double> &weights) {
  const std::vector<double> w = places.matrix(weights, 0);
  std::vector<double> x = {1, 2, 3, 4};
  double sum = 0;
  for (int step = 0; step < 10; ++step) {
    std::vector<double> next = x;
    for (int to = 0; to < 4; ++to) {
      double felt = 0;
      for (int from = 0; from < 4; ++from)
        felt += w[to * 4 + from] * x[from];
      next[to] += 0.5 * (-x[to] / 10 + 0.2 * felt);
    }
    x = next;
    for (const double each : x)
      sum += each * each / 40;
  }
  return sum;
}

TEST(Weights, StandRowByRow) {
  auto program = bdc::compileFresh(model);
  ASSERT_TRUE(program) << program.error().text();
  auto simulation = program->simulate();
  auto start = (*simulation)->elements("SC.weights");
  ASSERT_TRUE(start) << start.error().text();
  auto places = (*simulation)->places("SC.weights");
  ASSERT_TRUE(places) << places.error().text();
  ASSERT_EQ(places->at.size(), start->size());
  EXPECT_EQ(places->rows, 4);
  EXPECT_TRUE(std::is_sorted(places->at.begin(), places->at.end()));
  EXPECT_NEAR(*(*simulation)->objective(), objective(*places, *start), 1e-12);

  std::vector<double> others(start->size());
  for (size_t i = 0; i < others.size(); ++i)
    others[i] = 0.1 * static_cast<double>(i); // the first is 0, and stays a connection
  ASSERT_TRUE((*simulation)->set("SC.weights", others));
  EXPECT_NEAR(*(*simulation)->objective(), objective(*places, others), 1e-12);
  EXPECT_EQ(*(*simulation)->elements("SC.weights"), others);
  auto gradient = (*simulation)->gradient();
  ASSERT_TRUE(gradient) << gradient.error().text();
  const bdc::Derivative &by = gradient->derivatives[0];
  EXPECT_EQ(by.name, "SC.weights");
  EXPECT_EQ(by.places.at, places->at);
  ASSERT_EQ(by.values.size(), others.size());
  for (size_t i = 0; i < others.size(); ++i) {
    std::vector<double> more = others, less = others;
    more[i] += 1e-5;
    less[i] -= 1e-5;
    EXPECT_NEAR(by.values[i], (objective(*places, more) - objective(*places, less)) / 2e-5, 1e-7) << i;
  }
  ASSERT_TRUE((*simulation)->set("SC.weights", std::span<const double>()));
  EXPECT_EQ(*(*simulation)->elements("SC.weights"), *start);
}

TEST(Weights, MistakesAreValues) {
  auto program = bdc::compileFresh(model);
  ASSERT_TRUE(program) << program.error().text();
  auto simulation = program->simulate();
  const size_t count = (*simulation)->places("SC.weights")->at.size();
  const std::vector<double> few(count - 1, 1.0);
  ASSERT_TRUE((*simulation)->set("SC.weights", few));
  EXPECT_EQ((*simulation)->objective().error().message,
            std::to_string(count - 1) + " values were given for `SC.weights`, which has " + std::to_string(count) + " connections");
  std::vector<double> bad(count, 1.0);
  bad[1] = NAN;
  EXPECT_FALSE((*simulation)->set("SC.weights", bad));
  EXPECT_TRUE((*simulation)->places("area.x")->empty());
  EXPECT_FALSE((*simulation)->places("SC.lengths"));
  auto late = program->simulate();
  ASSERT_TRUE((*late)->runFor(1));
  ASSERT_TRUE((*late)->set("SC.weights", std::vector<double>(count, 1.0)));
  EXPECT_FALSE((*late)->runFor(1)) << "the network has been built";
}

} // namespace
