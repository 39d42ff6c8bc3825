/// Functions with known minima, and fits of them.
#pragma once

#include "runtime/optimise/fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numbers>

namespace bdc::runtime::test {

using optimise::Answers;
using optimise::Evaluate;
using optimise::Points;

/// A loss, and its gradient where it is not null.
using Function = std::function<double(std::span<const double> x, double *gradient)>;

/// Σ (i + 1)·(x[i] − i/10)²: 0 at x[i] = i/10.
inline double quadratic(std::span<const double> x, double *gradient) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double weight = static_cast<double>(i + 1), off = x[i] - static_cast<double>(i) / 10;
    sum += weight * off * off;
    if (gradient)
      gradient[i] = 2 * weight * off;
  }
  return sum;
}

/// H. H. Rosenbrock, The Computer Journal 3, 1960: a curved valley, 0 at x = (1, 1, …).
inline double rosenbrock(std::span<const double> x, double *gradient) {
  double sum = 0;
  if (gradient)
    std::fill(gradient, gradient + x.size(), 0.0);
  for (size_t i = 0; i + 1 < x.size(); ++i) {
    const double valley = x[i + 1] - x[i] * x[i], off = 1 - x[i];
    sum += 100 * valley * valley + off * off;
    if (gradient) {
      gradient[i] += -400 * x[i] * valley - 2 * off;
      gradient[i + 1] += 200 * valley;
    }
  }
  return sum;
}

/// L. A. Rastrigin, 1974: about ten minima along each axis of [−5.12, 5.12], the least is 0 at 0.
inline double rastrigin(std::span<const double> x, double *gradient) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double angle = 2 * std::numbers::pi * x[i];
    sum += 10 + x[i] * x[i] - 10 * std::cos(angle);
    if (gradient)
      gradient[i] = 2 * x[i] + 20 * std::numbers::pi * std::sin(angle);
  }
  return sum;
}

inline Evaluate evaluating(const Function &function) {
  return [function](const Points &values, bool gradients) -> Result<Answers> {
    Answers out;
    if (gradients)
      out.gradients = {values.dimension, std::vector<double>(values.values.size())};
    for (int64_t i = 0; i < values.count(); ++i)
      out.losses.push_back(function(values[i], gradients ? out.gradients[i].data() : nullptr));
    return out;
  };
}

inline optimise::Method method(std::string_view name, const std::vector<optimise::Setting> &settings = {}) {
  auto made = optimise::Method::choose(name, settings);
  EXPECT_TRUE(made) << made.error().message << made.error().help;
  return *made;
}

/// A parameter "x" with these elements, in an interval or in none.
inline optimise::Parameter vectorIn(std::vector<double> start, double low = -INFINITY, double high = INFINITY) {
  optimise::Parameter p;
  p.name = "x";
  p.start = std::move(start);
  p.low = low;
  p.high = high;
  return p;
}

inline std::unique_ptr<optimise::Fit> makeFit(std::vector<optimise::Parameter> list, const optimise::FitOptions &options) {
  auto parameters = optimise::Parameters::create(std::move(list), options.method.info().space);
  EXPECT_TRUE(parameters) << parameters.error().message;
  auto fit = optimise::Fit::create(std::move(*parameters), options);
  EXPECT_TRUE(fit) << fit.error().message;
  return std::move(*fit);
}

/// NaN equals NaN, and 0 is not −0.
inline bool sameBits(const optimise::State &a, const optimise::State &b) {
  auto bits = [](const std::vector<double> &values) {
    std::vector<uint64_t> out;
    for (const double value : values)
      out.push_back(std::bit_cast<uint64_t>(value));
    return out;
  };
  auto same = [&](const auto &one, const auto &other) {
    return one.first == other.first && bits(one.second.values) == bits(other.second.values);
  };
  return a.labels == b.labels && std::equal(a.arrays.begin(), a.arrays.end(), b.arrays.begin(), b.arrays.end(), same);
}

inline std::string joined(const Error &error) { return error.message + " | " + error.help; }

} // namespace bdc::runtime::test
