/// Regression by a Gaussian process on the unit cube: Matérn's kernel of order 5/2 with a length for each axis, and noise.
#pragma once

#include "runtime/optimise/points.h"

#include <memory>

namespace bdc::runtime::optimise {

class GaussianProcess {
public:
  /// Logarithms of the lengths, then of the noise's variance as a part of the signal's.
  using Shape = std::vector<double>;
  static Shape firstShape(int64_t dimension);

  /// The most probable shape under weak priors, from a first guess (L-BFGS).
  static Shape shapeFor(const Points &points, const std::vector<double> &values, const Shape &guess);

  GaussianProcess(const Points &points, const std::vector<double> &values, const Shape &shape);

  struct Prediction {
    double mean, deviation;
  };
  Prediction at(std::span<const double> x) const;
  /// With the gradients of both.
  Prediction at(std::span<const double> x, std::vector<double> &meanSlope, std::vector<double> &deviationSlope) const;

  /// −log of the probability of the values and of the shape, with its gradient with respect to the shape.
  static double misfit(const Points &points, const std::vector<double> &values, const Shape &shape, double *gradient);

private:
  struct Inside;
  std::shared_ptr<const Inside> inside;
};

} // namespace bdc::runtime::optimise
