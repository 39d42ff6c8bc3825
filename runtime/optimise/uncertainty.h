/// Uncertainty of fitted values after Laplace: near its minimum the loss is a parabola, and where the loss is the negative
/// logarithm of a probability, the values are normal with the inverse of its Hessian as covariance.
#pragma once

#include "runtime/optimise/fit.h"

#include <functional>

namespace bdc::runtime::optimise {

/// Products of the Hessian of the loss (without priors) with directions, all with respect to elements at the best values.
using HessianProducts = std::function<Result<Points>(const Points &directions)>;

/// Of a Hessian that is known as a matrix over elements, row by row.
HessianProducts productsWith(std::vector<double> hessian);

/// The Hessian of the loss with priors at a fit's best point. Errors: there are more than `mostElements`.
struct Curvature {
  std::vector<double> hessian; ///< with respect to coordinates, row by row

  /// From products with one direction per coordinate. `gradient`: of the loss there, without priors, with respect to elements.
  static Result<Curvature> fromProducts(const Fit &fit, const std::vector<double> &gradient, const HessianProducts &products);
  /// From central differences of gradients: 2·dimension points, `batch` at a time. `step`: of a coordinate. Where gradients have corners (what is
  /// read between two steps lies on a line, spikes come and go) a small one falls between two of them, and sees none of the curvature that they make.
  static Result<Curvature> fromGradients(const Fit &fit, const Evaluate &evaluate, int64_t batch, double step = 1e-4);

  static constexpr int64_t mostElements = 4000; ///< the matrices have the square of it
};

/// What the loss is, for its scale.
enum class LossKind {
  negativeLogLikelihood,
  sumOfSquares,  ///< of `observations` independent residuals with one unknown variance
  meanSquare,    ///< of these
  rootMeanSquare ///< of these
};
/// What the inverse of the Hessian must be multiplied by.
double covarianceScale(LossKind kind, double loss, int64_t observations, int64_t dimension);

struct Uncertainty {
  std::vector<double> standardErrors; ///< of elements, coherent units; NaN where not determined, 0 where frozen
  std::vector<double> low, high;      ///< 95 % intervals, inside of the declared ones
  std::vector<double> covariance;     ///< elements by elements, row by row; NaN where not determined
  std::vector<std::string> notes;     ///< what the data do not determine, in words
};

/// The covariance of coordinates goes to elements by the transforms' derivatives (delta method); intervals are those of
/// coordinates, transformed.
Uncertainty laplace(const Fit &fit, const Curvature &curvature, double scale = 1);

} // namespace bdc::runtime::optimise
