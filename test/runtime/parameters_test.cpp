// Parameters and their coordinates: transforms against their formulas and against differences, limits, simplexes, frozen
// elements, priors, and what is refused.
#include "test/runtime/objectives.h"

using namespace bdc::runtime;
using namespace bdc::runtime::optimise;
using test::joined;
using test::vectorIn;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Parameters made(std::vector<Parameter> list, Coordinates space = Coordinates::free) {
  auto parameters = Parameters::create(std::move(list), space);
  EXPECT_TRUE(parameters) << joined(parameters.error());
  return std::move(*parameters);
}

Parameter with(Transform transform, std::vector<double> start, double low, double high) {
  Parameter p = vectorIn(std::move(start), low, high);
  p.transform = transform;
  return p;
}

std::vector<double> valuesAt(const Parameters &p, const std::vector<double> &coordinates) {
  std::vector<double> out(static_cast<size_t>(p.elements()));
  p.values(coordinates, out);
  return out;
}

std::vector<double> coordinatesOf(const Parameters &p, const std::vector<double> &values) {
  std::vector<double> out(static_cast<size_t>(p.dimension()));
  p.coordinates(values, out);
  return out;
}

std::string refused(std::vector<Parameter> list, Coordinates space = Coordinates::free) {
  const auto parameters = Parameters::create(std::move(list), space);
  return parameters ? "accepted" : joined(parameters.error());
}

/// One of each kind, with vectors, a matrix, a simplex and frozen elements.
std::vector<Parameter> everything() {
  std::vector<Parameter> list{with(Transform::automatic, {-60}, -infinity, infinity),
                              with(Transform::automatic, {0.5, 2.5}, 0, 3),
                              with(Transform::automatic, {0.1, 4, 7}, 0, infinity),
                              with(Transform::automatic, {-1}, -infinity, 2),
                              with(Transform::softplus, {3, 0.2}, 0, infinity),
                              with(Transform::softplus, {-3}, -infinity, 1),
                              with(Transform::tanh, {0.25}, -0.5, 0.5),
                              with(Transform::log, {0.3}, 0.01, 10),
                              with(Transform::simplex, {0.2, 0.5, 0.1, 0.2}, -infinity, infinity)};
  list[2].frozen = {false, true, false};
  list[8].frozen = {false, false, true, false};
  return list;
}

} // namespace

TEST(Transforms, AreTheirFormulas) {
  EXPECT_EQ(valuesAt(made({with(Transform::automatic, {1}, 0, 4)}), {0}), std::vector<double>{2});
  EXPECT_NEAR(valuesAt(made({with(Transform::automatic, {1}, 0, 4)}), {1.5})[0], 4 / (1 + std::exp(-1.5)), 1e-15);
  EXPECT_NEAR(valuesAt(made({with(Transform::tanh, {1}, 0, 4)}), {1.5})[0], 2 + 2 * std::tanh(1.5), 1e-15);
  EXPECT_NEAR(valuesAt(made({with(Transform::automatic, {3}, 1, infinity)}), {1.5})[0], 1 + 2 * std::exp(1.5), 1e-14);
  EXPECT_NEAR(valuesAt(made({with(Transform::automatic, {-1}, -infinity, 1)}), {1.5})[0], 1 - 2 * std::exp(-1.5), 1e-15);
  EXPECT_NEAR(valuesAt(made({with(Transform::softplus, {3}, 1, infinity)}), {1.5})[0], 1 + 2 * std::log1p(std::exp(1.5)), 1e-14);
  EXPECT_EQ(valuesAt(made({with(Transform::automatic, {3, -4}, -infinity, infinity)}), {1, 0})[0], std::sqrt(12.5))
      << "the size of the start is the unit of its coordinates";
  EXPECT_NEAR(valuesAt(made({with(Transform::log, {0.3}, 0.01, 100)}), {0.7})[0],
              0.01 * std::pow(10000, 1 / (1 + std::exp(-0.7))), 1e-13);
}

TEST(Transforms, BoxesAreIntervalsFromZeroToOne) {
  const Parameters p = made({with(Transform::automatic, {-1, 3}, -1, 3), with(Transform::log, {1}, 0.01, 100),
                             with(Transform::automatic, {2}, 0, infinity), with(Transform::automatic, {7}, -infinity, infinity)},
                            Coordinates::box);
  const Problem problem = p.problem();
  EXPECT_EQ(problem.low, (std::vector<double>{0, 0, 0, 0, -infinity}));
  EXPECT_EQ(problem.high, (std::vector<double>{1, 1, 1, infinity, infinity}));
  EXPECT_EQ(problem.start, (std::vector<double>{0, 1, 0.5, 1, 1})) << "ends may be starts here";
  EXPECT_EQ(valuesAt(p, {0.25, 1, 0.5, 3, -2}), (std::vector<double>{0, 3, 1, 6, -14}));
}

TEST(Transforms, InversesAndNothingLeavesItsInterval) {
  for (const Coordinates space : {Coordinates::free, Coordinates::box}) {
    const Parameters p = made(everything(), space);
    const std::vector<double> start = p.startValues();
    const std::vector<double> back = valuesAt(p, coordinatesOf(p, start));
    for (size_t i = 0; i < start.size(); ++i)
      EXPECT_NEAR(back[i], start[i], 1e-14 * std::fabs(start[i])) << p.elementName(static_cast<int64_t>(i));
  }
  const Parameters p = made(everything());
  for (const double far : {-1000.0, -40.0, -3.0, 3.0, 40.0, 700.0}) {
    const std::vector<double> x = valuesAt(p, std::vector<double>(static_cast<size_t>(p.dimension()), far));
    for (size_t i = 0; i < x.size(); ++i) {
      const Parameter &parameter = p.list()[p.parameterOf(static_cast<int64_t>(i))];
      EXPECT_TRUE(x[i] >= parameter.low && x[i] <= parameter.high) << parameter.name << i << " at " << far << ": " << x[i];
    }
    EXPECT_NEAR(x[12] + x[13] + x[14] + x[15], 1, 1e-12);
  }
}

TEST(Transforms, StartsNearAnEndKeepTheirDigits) {
  const double near = 3 - 1e-9;
  const Parameters p = made({vectorIn({near}, 0, 3)});
  EXPECT_NEAR(3 - valuesAt(p, coordinatesOf(p, {near}))[0], 1e-9, 1e-15);
}

/// The chain rule, J·d and the second derivatives against central differences of the values.
TEST(Transforms, DerivativesAreThoseOfDifferences) {
  for (const Coordinates space : {Coordinates::free, Coordinates::box}) {
    const Parameters p = made(everything(), space);
    const auto n = static_cast<size_t>(p.dimension());
    std::vector<double> z = p.problem().start, gradient;
    for (size_t i = 0; i < n; ++i)
      z[i] += space == Coordinates::box ? 0 : 0.3 * std::sin(static_cast<double>(i));
    for (int64_t i = 0; i < p.elements(); ++i)
      gradient.push_back(std::cos(1.7 * static_cast<double>(i)));
    std::vector<double> chained(n), pushed(gradient.size()), matrix(n * n, 0);
    p.chain(z, gradient, chained);
    p.addCurvature(z, gradient, matrix);
    auto weighted = [&](const std::vector<double> &at) {
      double sum = 0;
      const std::vector<double> x = valuesAt(p, at);
      for (size_t i = 0; i < x.size(); ++i)
        sum += gradient[i] * x[i];
      return sum;
    };
    auto moved = [&](size_t i, double a, size_t j, double b) {
      std::vector<double> at = z;
      at[i] += a;
      at[j] += b;
      return at;
    };
    const double h = 1e-5, k = 1e-4;
    for (size_t i = 0; i < n; ++i) {
      const std::vector<double> ahead = moved(i, h, i, 0), behind = moved(i, -h, i, 0);
      EXPECT_NEAR(chained[i], (weighted(ahead) - weighted(behind)) / (2 * h), 1e-8) << i;
      std::vector<double> direction(n, 0);
      direction[i] = 1;
      p.push(z, direction, pushed);
      const std::vector<double> x = valuesAt(p, ahead), y = valuesAt(p, behind);
      for (size_t e = 0; e < x.size(); ++e)
        EXPECT_NEAR(pushed[e], (x[e] - y[e]) / (2 * h), 1e-8) << i << " " << e;
      for (size_t j = 0; j < n; ++j) {
        const double second = (weighted(moved(i, k, j, k)) - weighted(moved(i, k, j, -k)) - weighted(moved(i, -k, j, k)) +
                               weighted(moved(i, -k, j, -k))) /
                              (4 * k * k);
        EXPECT_NEAR(matrix[i * n + j], second, 1e-6 * (1 + std::fabs(second))) << i << " " << j;
      }
    }
  }
}

TEST(Parameters, FrozenElementsStay) {
  Parameter p = vectorIn({0.1, 4, 7}, 0, 10);
  p.frozen = {false, true, false};
  const Parameters parameters = made({p});
  EXPECT_EQ(parameters.dimension(), 2);
  EXPECT_EQ(valuesAt(parameters, {0, 0}), (std::vector<double>{5, 4, 5}));
  EXPECT_EQ(parameters.elementName(parameters.elementOf(1)), "x[2]");
  p.frozen = {true, true, true};
  EXPECT_EQ(refused({p}), "there is nothing to fit: no element is left free | name a parameter after `fit`");
}

TEST(Parameters, NamesOfElements) {
  Parameter scalar = vectorIn({1}), matrix = vectorIn(std::vector<double>(6, 1.0));
  matrix.columns = 3;
  matrix.name = "W";
  const Parameters p = made({scalar, matrix});
  EXPECT_EQ(p.elementName(0), "x");
  EXPECT_EQ(p.elementName(6), "W[1][2]");
}

/// Uniform in intervals, of the logarithm where that is asked for; around the start elsewhere.
TEST(Parameters, PlacesFillTheIntervals) {
  const Parameters p = made({vectorIn({0.5}, 0, 3), with(Transform::log, {1}, 0.01, 100), vectorIn({5}), vectorIn({2}, 0)});
  std::vector<double> z(4);
  p.place(std::vector<double>{0.25, 0.25, 0.5, 0.5}, z);
  const std::vector<double> x = valuesAt(p, z), expected{0.75, 0.1, 5, 2};
  for (size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(x[i], expected[i], 1e-14);
}

TEST(Parameters, WhatIsWrongIsSaid) {
  Parameter p = vectorIn({5}, 0, 3);
  p.name = "G";
  p.display = {"Hz", 1000, 0};
  EXPECT_EQ(refused({p}), "`G` starts at 5000 Hz, outside of [0, 3000] Hz | start inside, or widen the interval");
  p.start = {3};
  EXPECT_EQ(refused({p}), "`G` starts at 3000 Hz, on the end of [0, 3000] Hz, from where its transform cannot move it | start "
                          "inside, or take a method that reaches the ends: lbfgs, nelder_mead, bobyqa");
  EXPECT_EQ(refused({p}, Coordinates::box), "accepted");
  p.high = 0;
  EXPECT_EQ(refused({p}), "the interval [0, 0] Hz of `G` holds no values | the lower end comes first");
  EXPECT_EQ(refused({with(Transform::logit, {1}, 0, infinity)}),
            "the transform logit of `x` needs two ends, and it is in [0, ∞) | give both, or take log, softplus or identity");
  EXPECT_EQ(
      refused({with(Transform::log, {1}, -infinity, infinity)}),
      "the transform log of `x` needs one end, or two above 0, and it is in no interval | give the interval, such as [0.01, 10]");
  EXPECT_EQ(
      refused({with(Transform::identity, {1}, 0, 2)}),
      "the transform identity of `x` needs no interval with this method, and it is in [0, 2] | leave the transform out: the "
      "interval is kept by itself");
  EXPECT_EQ(
      refused({with(Transform::softplus, {1}, 0, 2)}),
      "the transform softplus of `x` needs one end, and it is in [0, 2] | take logit or tanh for two ends, identity for none");
  EXPECT_EQ(refused({with(Transform::simplex, {0.5, 0.4}, -infinity, infinity)}),
            "the elements of the simplex `x` start with the sum 0.9, not 1 | divide each by the sum");
  EXPECT_EQ(refused({with(Transform::simplex, {1, 0}, -infinity, infinity)}),
            "`x[0]` starts at 1: elements of a simplex start between 0 and 1 | ");
  EXPECT_EQ(refused({vectorIn({NAN})}), "`x` starts at a value that is not finite | ");
  Parameter q = vectorIn({5});
  q.prior = *Prior::make("uniform", {0, 1});
  EXPECT_EQ(refused({q}), "`x` starts at 5, where its prior has no density | start where the prior allows it");
}

/// Each density integrates to 1 (Simpson's rule), and its derivatives are those of differences.
TEST(Priors, AreDensities) {
  struct Case {
    const char *name;
    std::vector<double> arguments;
    double low, high;
  };
  for (const Case &c : {Case{"uniform", {-1, 3}, -1, 3},
                        {"normal", {2, 0.5}, -4, 8},
                        {"lognormal", {0.3, 0.4}, 1e-9, 12},
                        {"gamma", {2.5, 0.7}, 1e-12, 40},
                        {"gamma", {1.5, 2}, 1e-12, 90},
                        {"exponential", {2}, 0, 90}}) {
    const auto prior = Prior::make(c.name, c.arguments);
    ASSERT_TRUE(prior);
    constexpr int parts = 200000;
    const double h = (c.high - c.low) / parts;
    double sum = 0;
    for (int i = 0; i <= parts; ++i)
      sum += std::exp(-prior->at(c.low + i * h).value) * (i == 0 || i == parts ? 1 : i % 2 ? 4 : 2);
    EXPECT_NEAR(sum * h / 3, 1, 1e-6) << c.name;
    const double x = 0.9, step = 1e-5;
    const Prior::Penalty at = prior->at(x), ahead = prior->at(x + step), behind = prior->at(x - step);
    EXPECT_NEAR(at.first, (ahead.value - behind.value) / (2 * step), 1e-8) << c.name;
    EXPECT_NEAR(at.second, (ahead.first - behind.first) / (2 * step), 1e-8) << c.name;
  }
}

TEST(Priors, OutsideOfTheirSupportTheyAreInfinite) {
  EXPECT_EQ(Prior::make("uniform", {0, 1})->at(1.5).value, infinity);
  EXPECT_EQ(Prior::make("lognormal", {0, 1})->at(0).value, infinity);
  EXPECT_EQ(Prior::make("gamma", {2, 1})->at(-1).value, infinity);
  EXPECT_EQ(Prior::make("exponential", {1})->at(-0.1).value, infinity);
}

TEST(Priors, WhatIsWrongIsSaid) {
  EXPECT_EQ(
      joined(Prior::make("normale", {0, 1}).error()),
      "there is no prior `normale` | there are uniform(low, high), normal(mean, sd), lognormal(mu, sigma), gamma(shape, scale), "
      "exponential(mean)");
  EXPECT_EQ(joined(Prior::make("normal", {0}).error()), "the prior normal has 2 arguments, not 1 | normal(mean, sd)");
  EXPECT_EQ(joined(Prior::make("normal", {0, -1}).error()),
            "the prior normal(0, -1) is no density | spreads, shapes and means of positive numbers are above 0");
  EXPECT_EQ(joined(Prior::make("uniform", {2, 1}).error()), "the prior uniform(2, 1) is no density | the lower end comes first");
}

TEST(Priors, ArePenaltiesOfMovingElements) {
  Parameter p = vectorIn({1, 2, 3});
  p.frozen = {false, true, false};
  p.prior = *Prior::make("normal", {1.5, 0.5});
  const Parameters parameters = made({p});
  std::vector<double> gradient(3, 10.0);
  const double constant = std::log(0.5) + 0.5 * std::log(2 * std::numbers::pi);
  EXPECT_NEAR(parameters.penalty(std::vector<double>{1, 2, 3}, gradient), 0.5 * (1 + 9) + 2 * constant, 1e-14);
  EXPECT_EQ(gradient, (std::vector<double>{10 - 2, 10, 10 + 6}));
}
