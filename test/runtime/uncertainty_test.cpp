// Uncertainty after Laplace against covariances that are known in closed form.
#include "runtime/optimise/summary.h"
#include "runtime/optimise/uncertainty.h"
#include "runtime/report/report.h"
#include "test/runtime/objectives.h"

using namespace bdc::runtime;
using namespace bdc::runtime::optimise;
using namespace bdc::runtime::test;

namespace {

std::unique_ptr<Fit> fitted(std::vector<Parameter> list, const Function &function, std::string_view by = "lbfgs") {
  FitOptions options;
  options.method =
      method(by, by == std::string_view("lbfgs") ? std::vector<Setting>{{"tolerance", 1e-14}} : std::vector<Setting>{});
  options.stop.steps = 2000;
  auto fit = makeFit(std::move(list), options);
  const auto end = fit->run(evaluating(function));
  EXPECT_TRUE(end) << joined(end.error());
  return fit;
}

Uncertainty byGradients(const Fit &fit, const Function &function, double scale = 1) {
  const auto curvature = Curvature::fromGradients(fit, evaluating(function), 3);
  EXPECT_TRUE(curvature);
  return laplace(fit, *curvature, scale);
}

/// ½·(x − 1)ᵀ·A·(x − 1) for A = [4 1; 1 3], whose inverse is [3 −1; −1 4]/11.
double parabola(std::span<const double> x, double *gradient) {
  const double a = x[0] - 1, b = x[1] - 1;
  if (gradient) {
    gradient[0] = 4 * a + b;
    gradient[1] = a + 3 * b;
  }
  return 0.5 * (4 * a * a + 2 * a * b + 3 * b * b);
}

void expectNear(const std::vector<double> &found, const std::vector<double> &expected, double relative) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(found[i], expected[i], relative * std::max(1e-3, std::fabs(expected[i]))) << i;
}

} // namespace

TEST(Laplace, OfAParabolaIsTheInverse) {
  const std::vector<double> inverse{3 / 11.0, -1 / 11.0, -1 / 11.0, 4 / 11.0};
  for (const char *by : {"lbfgs", "adam"})
    for (const double end : {static_cast<double>(INFINITY), 5.0}) {
      const auto fit = fitted({vectorIn({0.5, 2}, -end, end)}, parabola, by);
      const Uncertainty u = byGradients(*fit, parabola);
      expectNear(u.covariance, inverse, 1e-5);
      expectNear(u.standardErrors, {std::sqrt(3 / 11.0), std::sqrt(4 / 11.0)}, 1e-5);
      EXPECT_TRUE(u.notes.empty());
      const auto exact = Curvature::fromProducts(*fit, {0, 0}, productsWith({4, 1, 1, 3}));
      ASSERT_TRUE(exact);
      expectNear(laplace(*fit, *exact).covariance, inverse, 1e-9);
      expectNear(laplace(*fit, *exact, 9).standardErrors, {3 * std::sqrt(3 / 11.0), 3 * std::sqrt(4 / 11.0)}, 1e-9);
      if (by == std::string("lbfgs"))
        EXPECT_NEAR(u.high[0], std::min(5.0, 1 + 1.959963984540054 * std::sqrt(3 / 11.0)), 1e-4);
    }
}

/// A gradient in stairs of 0.003, as that by a delay: between two of them nothing curves, over many of them it does.
TEST(Laplace, GoesOverCorners) {
  auto stairs = [](std::span<const double> x, double *gradient) {
    if (gradient)
      gradient[0] = 4 * 0.003 * std::round((x[0] - 1) / 0.003);
    return 2 * (x[0] - 1) * (x[0] - 1);
  };
  const auto fit = fitted({vectorIn({1})}, stairs);
  const auto wide = Curvature::fromGradients(*fit, evaluating(stairs), 3, 1e-2), narrow = Curvature::fromGradients(*fit, evaluating(stairs), 3);
  ASSERT_TRUE(wide && narrow);
  EXPECT_NEAR(wide->hessian[0], 4, 0.5);
  EXPECT_EQ(narrow->hessian[0], 0);
}

/// Logistic regression on ten points: the covariance is (XᵀWX)⁻¹ with W = p(1 − p).
TEST(Laplace, OfALogisticRegression) {
  const double x[10] = {-2, -1.5, -1, -0.6, -0.2, 0.1, 0.7, 1, 1.8, 2.2};
  const int y[10] = {0, 0, 1, 0, 0, 1, 0, 1, 1, 1};
  auto loss = [&](std::span<const double> w, double *gradient) {
    double sum = 0;
    if (gradient)
      gradient[0] = gradient[1] = 0;
    for (int i = 0; i < 10; ++i) {
      const double p = 1 / (1 + std::exp(-(w[0] + w[1] * x[i])));
      sum -= y[i] ? std::log(p) : std::log(1 - p);
      if (gradient) {
        gradient[0] += p - y[i];
        gradient[1] += (p - y[i]) * x[i];
      }
    }
    return sum;
  };
  const auto fit = fitted({vectorIn({0.1, 0.1})}, loss);
  double a = 0, b = 0, c = 0;
  for (const double xi : x) {
    const double p = 1 / (1 + std::exp(-(fit->best().values[0] + fit->best().values[1] * xi)));
    a += p * (1 - p);
    b += p * (1 - p) * xi;
    c += p * (1 - p) * xi * xi;
  }
  const double determinant = a * c - b * b;
  expectNear(byGradients(*fit, loss).covariance, {c / determinant, -b / determinant, -b / determinant, a / determinant}, 1e-6);
}

/// n exponential waiting times with sum S: the rate n/S has the standard error rate/√n, whatever the transform; through the
/// logarithm its interval is rate·exp(±1.96/√n).
TEST(Laplace, TransformsLeadToTheSameErrors) {
  constexpr double n = 25, sum = 10;
  auto loss = [](std::span<const double> x, double *gradient) {
    if (gradient)
      gradient[0] = -n / x[0] + sum;
    return -n * std::log(x[0]) + sum * x[0];
  };
  for (const Transform transform : {Transform::automatic, Transform::softplus}) {
    Parameter p = vectorIn({1}, 0);
    p.transform = transform;
    const auto fit = fitted({p}, loss, "adam");
    ASSERT_NEAR(fit->best().values[0], 2.5, 1e-6);
    const Uncertainty u = byGradients(*fit, loss);
    EXPECT_NEAR(u.standardErrors[0], 0.5, 1e-5);
    if (transform == Transform::automatic) {
      EXPECT_NEAR(u.low[0], 2.5 * std::exp(-1.959963984540054 / 5), 1e-5);
      EXPECT_NEAR(u.high[0], 2.5 * std::exp(1.959963984540054 / 5), 1e-5);
    }
  }
}

/// Counts of a multinomial: cov p = (diag(p) − p·pᵀ)/N.
TEST(Laplace, OfASimplex) {
  const double counts[3] = {20, 50, 30};
  auto loss = [&](std::span<const double> p, double *gradient) {
    double sum = 0;
    for (int i = 0; i < 3; ++i) {
      sum -= counts[i] * std::log(p[i]);
      if (gradient)
        gradient[i] = -counts[i] / p[i];
    }
    return sum;
  };
  Parameter p = vectorIn({0.4, 0.3, 0.3});
  p.transform = Transform::simplex;
  const auto fit = fitted({p}, loss);
  const Uncertainty u = byGradients(*fit, loss);
  expectNear(u.covariance, {0.0016, -0.001, -0.0006, -0.001, 0.0025, -0.0015, -0.0006, -0.0015, 0.0021}, 1e-4);
  EXPECT_TRUE(u.notes.empty()) << u.notes.front();
}

/// A straight line by least squares: σ²·(XᵀX)⁻¹ with σ² = SSE/(n − 2), from each form of the loss.
TEST(Laplace, LossesOfLeastSquaresAreScaled) {
  const double y[5] = {0.1, 1.2, 1.9, 3.2, 3.8};
  for (const LossKind kind : {LossKind::sumOfSquares, LossKind::meanSquare, LossKind::rootMeanSquare}) {
    auto loss = [&](std::span<const double> w, double *gradient) {
      double sum = 0, d0 = 0, d1 = 0;
      for (int i = 0; i < 5; ++i) {
        const double off = w[0] + w[1] * i - y[i];
        sum += off * off;
        d0 += 2 * off;
        d1 += 2 * off * i;
      }
      const double value = kind == LossKind::sumOfSquares ? sum : kind == LossKind::meanSquare ? sum / 5 : std::sqrt(sum / 5);
      const double slope = kind == LossKind::sumOfSquares ? 1 : kind == LossKind::meanSquare ? 0.2 : 0.1 / value;
      if (gradient) {
        gradient[0] = slope * d0;
        gradient[1] = slope * d1;
      }
      return value;
    };
    const auto fit = fitted({vectorIn({0.5, 0.5})}, loss);
    double sse = 0;
    for (int i = 0; i < 5; ++i)
      sse += std::pow(fit->best().values[0] + fit->best().values[1] * i - y[i], 2);
    const double variance = sse / 3; // XᵀX = [5 10; 10 30], its determinant is 50
    const Uncertainty u = byGradients(*fit, loss, covarianceScale(kind, fit->best().loss, 5, 2));
    expectNear(u.covariance, {variance * 0.6, -variance * 0.2, -variance * 0.2, variance * 0.1}, 1e-4);
  }
}

/// Half of the information is the prior's.
TEST(Laplace, PriorsCount) {
  Parameter p = vectorIn({0.5});
  p.prior = *Prior::make("normal", {0, 0.5});
  auto loss = [](std::span<const double> x, double *gradient) {
    if (gradient)
      gradient[0] = 4 * (x[0] - 1);
    return 2 * (x[0] - 1) * (x[0] - 1);
  };
  const auto fit = fitted({p}, loss);
  EXPECT_NEAR(byGradients(*fit, loss).standardErrors[0], 1 / std::sqrt(8.0), 1e-6);
  const auto exact = Curvature::fromProducts(*fit, {4 * (fit->best().values[0] - 1)}, productsWith({4}));
  EXPECT_NEAR(laplace(*fit, *exact).standardErrors[0], 1 / std::sqrt(8.0), 1e-12);
}

TEST(Laplace, WhatIsNotDeterminedIsNamed) {
  auto sum = [](std::span<const double> x, double *gradient) { // of the first two alone; the third by itself
    const double off = x[0] + x[1] - 1, third = x[2] - 2;
    if (gradient) {
      gradient[0] = gradient[1] = 2 * off;
      gradient[2] = 2 * third;
    }
    return off * off + third * third;
  };
  const auto fit = fitted({vectorIn({1, 1, 1})}, sum);
  const Uncertainty u = byGradients(*fit, sum);
  ASSERT_EQ(u.notes.size(), 1u);
  EXPECT_EQ(u.notes[0].substr(0, u.notes[0].find(" (curv")), "the data do not determine 0.71·`x[0]` − 0.71·`x[1]`");
  EXPECT_TRUE(std::isnan(u.standardErrors[0]) && std::isnan(u.standardErrors[1]));
  EXPECT_NEAR(u.standardErrors[2], std::sqrt(0.5), 1e-6);
}

TEST(Laplace, SaddlesEndsAndFrozenElements) {
  const auto fit = fitted({vectorIn({0.5, 2})}, parabola);
  const auto saddle = laplace(*fit, Curvature{{1, 0, 0, -2}});
  ASSERT_EQ(saddle.notes.size(), 1u);
  EXPECT_EQ(saddle.notes[0], "the loss still falls along 1·`x[1]`: this is no minimum (curvature -2)");
  const auto onEnd = fitted({vectorIn({2, 3}, 1.5, 4)}, parabola); // the minimum, 1, is outside
  const Uncertainty u = byGradients(*onEnd, parabola);
  ASSERT_EQ(u.notes.size(), 2u);
  EXPECT_EQ(u.notes[0], "`x[0]` lies on the end of its interval: its uncertainty is not known");
  Parameter p = vectorIn({0.5, 1});
  p.frozen = {false, true};
  const Uncertainty frozen = byGradients(*fitted({p}, parabola), parabola);
  EXPECT_NEAR(frozen.standardErrors[0], 0.5, 1e-6);
  EXPECT_EQ(frozen.standardErrors[1], 0);
  EXPECT_EQ(frozen.low[1], 1);
}

TEST(Laplace, TooManyValuesAreRefused) {
  FitOptions options;
  options.method = method("adam");
  const auto fit = makeFit({vectorIn(std::vector<double>(5000, 1.0))}, options);
  EXPECT_EQ(joined(Curvature::fromGradients(*fit, evaluating(quadratic), 4).error()),
            "the uncertainty of 5000 values would take a matrix of 25000000 numbers | it can be had of 4000 values at the most");
}

TEST(Summary, ValuesAreInTheUsersUnits) {
  Parameter p = vectorIn({0.5}), q = vectorIn({2});
  p.name = "G";
  p.display = {"mHz", 1000, 0};
  q.name = "area.a";
  const auto fit = fitted({p, q}, parabola);
  const Uncertainty u = byGradients(*fit, parabola);
  const FitSummary summary = summaryOf(*fit, {Stop::method, "a minimum is reached"}, &u);
  const std::vector<std::string> lines = summary.lines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].substr(0, 35), "fitted by lbfgs(tolerance = 1e-14):");
  EXPECT_NE(lines[0].find("evaluations; a minimum is reached"), std::string::npos) << lines[0];
  // The errors are √(3/11) and √(4/11).
  EXPECT_EQ(lines[1], "  G       1000 ± 522 mHz (95 %: -23.56 to 2024 mHz)");
  EXPECT_EQ(lines[2], "  area.a  1.00 ± 0.60 (95 %: -0.1819 to 2.182)");
  Results results;
  results.fit = summary;
  const std::string json = toJson(results);
  EXPECT_NE(json.find("\"steps\":" + std::to_string(summary.steps)), std::string::npos);
  EXPECT_NE(json.find("\"units\":{\"G\":\"mHz\",\"area.a\":\"\"}"), std::string::npos) << json;
  EXPECT_NE(json.find("\"ended\":\"method\""), std::string::npos);
  EXPECT_NE(reportHtml(results, {"", ""}, {}).find("<td>1000 ± 522 mHz</td><td>95 %</td><td>-23.56 to 2024 mHz</td>"),
            std::string::npos);
}

TEST(Summary, VectorsAreShort) {
  FittedValue value{"a", "Hz", false, {1, 2, 6}};
  EXPECT_EQ(valueText(value), "3 elements: mean 3, from 1 to 6 Hz");
  EXPECT_EQ(intervalText(value), "");
  EXPECT_EQ(valueText({"b", "", true, {2.5}}), "2.5");
  EXPECT_EQ(valueText({"b", "mV", true, {2.5}, {NAN}, {NAN}, {NAN}}), "2.5 mV (not determined)");
}
