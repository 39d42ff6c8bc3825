#include "runtime/optimise/uncertainty.h"

#include "kernels/math.h"

#include <Eigen/Eigenvalues>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bdc::runtime::optimise {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double normal95 = 1.959963984540054;
/// Eigenvalues below this part of the largest are rounding errors of a Hessian that was made of differences.
constexpr double flat = 1e-9;
/// An element that takes more than this part in a direction that is not determined is not determined itself.
constexpr double involved = 1e-3;

/// Coordinates that lie on an end of their box: the minimum may be beyond.
std::vector<bool> onEnds(const Fit &fit) {
  const Problem problem = fit.parameters().problem();
  std::vector<bool> out;
  for (size_t i = 0; i < problem.start.size(); ++i)
    out.push_back(fit.best().coordinates[i] <= problem.low[i] || fit.best().coordinates[i] >= problem.high[i]);
  return out;
}

/// The gradient of the whole loss with respect to elements: the priors' part is added.
std::vector<double> withPriors(const Fit &fit, std::vector<double> gradient) {
  fit.parameters().penalty(fit.best().values, gradient);
  return gradient;
}

Status checkSize(const Parameters &p) {
  if (p.elements() <= Curvature::mostElements)
    return {};
  return inputError(
      fmt::format("the uncertainty of {} values would take a matrix of {} numbers", p.elements(), p.elements() * p.elements()),
      fmt::format("it can be had of {} values at the most", Curvature::mostElements));
}

std::string coordinateName(const Fit &fit, int64_t coordinate) {
  return fit.parameters().elementName(fit.parameters().elementOf(coordinate));
}

/// "0.71·`G` − 0.7·`a[2]`": the largest parts of a direction.
std::string directionText(const Fit &fit, const Vector &direction) {
  std::vector<int64_t> order(static_cast<size_t>(direction.size()));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return std::pair(-std::fabs(direction(a)), a) < std::pair(-std::fabs(direction(b)), b);
  });
  const double sign = direction(order.front()) < 0 ? -1 : 1;
  std::string out;
  constexpr size_t shown = 4;
  for (size_t i = 0; i < std::min(shown, order.size()); ++i) {
    const double part = sign * direction(order[i]);
    if (std::fabs(part) < 0.1 * std::fabs(direction(order.front())))
      break;
    out += fmt::format("{}{:.2g}·`{}`", i == 0 ? "" : part < 0 ? " − " : " + ", std::fabs(part), coordinateName(fit, order[i]));
  }
  return out;
}

} // namespace

HessianProducts productsWith(std::vector<double> hessian) {
  return [hessian = std::move(hessian)](const Points &directions) -> Result<Points> {
    const int64_t n = directions.dimension;
    Points out{n, std::vector<double>(directions.values.size(), 0)};
    for (int64_t d = 0; d < directions.count(); ++d)
      for (int64_t i = 0; i < n; ++i)
        for (int64_t k = 0; k < n; ++k)
          out[d][i] += hessian[i * n + k] * directions[d][k];
    return out;
  };
}

Result<Curvature> Curvature::fromProducts(const Fit &fit, const std::vector<double> &gradient, const HessianProducts &products) {
  const Parameters &p = fit.parameters();
  if (Status s = checkSize(p); !s)
    return s.error();
  const int64_t n = p.dimension();
  const std::vector<double> &at = fit.best().coordinates;
  Points directions{p.elements(), std::vector<double>(static_cast<size_t>(n * p.elements()))};
  std::vector<double> axis(static_cast<size_t>(n), 0);
  for (int64_t i = 0; i < n; ++i) {
    axis[i] = 1;
    p.push(at, axis, directions[i]);
    axis[i] = 0;
  }
  auto made = products(directions);
  if (!made)
    return made.error();
  Curvature out{std::vector<double>(static_cast<size_t>(n * n))};
  for (int64_t i = 0; i < n; ++i) {
    p.addPriorCurvature(fit.best().values, directions[i], (*made)[i]);
    p.chain(at, (*made)[i], {out.hessian.data() + i * n, static_cast<size_t>(n)});
  }
  p.addCurvature(at, withPriors(fit, gradient), out.hessian);
  return out;
}

Result<Curvature> Curvature::fromGradients(const Fit &fit, const Evaluate &evaluate, int64_t batch, double step) {
  const Parameters &p = fit.parameters();
  if (Status s = checkSize(p); !s)
    return s.error();
  const int64_t n = p.dimension();
  const Problem problem = p.problem();
  Points points{n};
  std::vector<double> width(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i)
    for (const double side : {1.0, -1.0}) {
      std::vector<double> at = fit.best().coordinates;
      at[i] = std::clamp(at[i] + side * step, problem.low[i], problem.high[i]);
      width[i] += side * at[i];
      points.add(at);
    }
  Curvature out{std::vector<double>(static_cast<size_t>(n * n))};
  std::vector<double> chained(static_cast<size_t>(n));
  for (int64_t first = 0; first < 2 * n; first += batch) {
    const int64_t count = std::min(batch, 2 * n - first);
    Points values{p.elements(), std::vector<double>(static_cast<size_t>(count * p.elements()))};
    for (int64_t i = 0; i < count; ++i)
      p.values(points[first + i], values[i]);
    auto answers = evaluate(values, true);
    if (!answers)
      return answers.error();
    for (int64_t i = 0; i < count; ++i) {
      const int64_t axis = (first + i) / 2;
      p.penalty(values[i], answers->gradients[i]);
      p.chain(points[first + i], answers->gradients[i], chained);
      for (int64_t k = 0; k < n; ++k)
        out.hessian[axis * n + k] += ((first + i) % 2 ? -1 : 1) * chained[k] / width[axis];
    }
  }
  return out;
}

double covarianceScale(LossKind kind, double loss, int64_t observations, int64_t dimension) {
  const auto free = static_cast<double>(std::max<int64_t>(1, observations - dimension));
  switch (kind) {
  case LossKind::negativeLogLikelihood: return 1;
  case LossKind::sumOfSquares:
  case LossKind::meanSquare: return 2 * loss / free;
  case LossKind::rootMeanSquare: return loss / free;
  }
  return 1;
}

namespace {

/// The covariance of coordinates, and what is wrong with it.
class Inverse {
public:
  Inverse(const Fit &fit, const std::vector<double> &hessian, double scale, std::vector<std::string> &notes)
      : n(fit.parameters().dimension()),
        covariance(Matrix::Zero(n, n)),
        isOpen(static_cast<size_t>(n), false) {
    const std::vector<bool> held = onEnds(fit);
    std::vector<int64_t> free;
    for (int64_t i = 0; i < n; ++i)
      if (held[i])
        notes.push_back(
            fmt::format("`{}` lies on the end of its interval: its uncertainty is not known", coordinateName(fit, i)));
      else
        free.push_back(i);
    for (int64_t i = 0; i < n; ++i)
      isOpen[i] = held[i];
    invert(fit, hessian, scale, free, notes);
  }

  const int64_t n;
  Matrix covariance;
  std::vector<bool> isOpen; ///< coordinates that are not determined

private:
  void invert(const Fit &fit, const std::vector<double> &hessian, double scale, const std::vector<int64_t> &free,
              std::vector<std::string> &notes) {
    const auto m = static_cast<int64_t>(free.size());
    if (m == 0)
      return;
    Matrix inner(m, m);
    for (int64_t i = 0; i < m; ++i)
      for (int64_t k = 0; k < m; ++k)
        inner(i, k) = 0.5 * (hessian[free[i] * n + free[k]] + hessian[free[k] * n + free[i]]);
    if (!inner.allFinite()) {
      notes.emplace_back("the Hessian at the best values is not finite: no uncertainty is known");
      isOpen.assign(isOpen.size(), true);
      return;
    }
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(inner);
    const double limit = flat * std::max(solver.eigenvalues().cwiseAbs().maxCoeff(), 1e-300);
    for (int64_t e = 0; e < m; ++e) {
      const double value = solver.eigenvalues()(e);
      Vector whole = Vector::Zero(n);
      for (int64_t i = 0; i < m; ++i)
        whole(free[i]) = solver.eigenvectors()(i, e);
      if (value > limit) {
        covariance += scale / value * whole * whole.transpose();
        continue;
      }
      notes.push_back(value < -limit
                          ? fmt::format("the loss still falls along {}: this is no minimum (curvature {:.2g})",
                                        directionText(fit, whole), value)
                          : fmt::format("the data do not determine {} (curvature {:.2g})", directionText(fit, whole), value));
      for (int64_t i = 0; i < n; ++i)
        isOpen[i] = isOpen[i] || std::fabs(whole(i)) > involved;
    }
  }
};

/// The 95 % interval of an element: that of its coordinate, transformed, or of itself where it has none of its own.
void setInterval(const Fit &fit, int64_t element, int64_t coordinate, double coordinateError, Uncertainty &out) {
  const Parameters &p = fit.parameters();
  const Parameter &parameter = p.list()[p.parameterOf(element)];
  if (parameter.transform == Transform::simplex) {
    const double reach = normal95 * out.standardErrors[element];
    out.low[element] = std::max(0.0, fit.best().values[element] - reach);
    out.high[element] = std::min(1.0, fit.best().values[element] + reach);
    return;
  }
  std::vector<double> values(static_cast<size_t>(p.elements()));
  for (auto [side, end] : {std::pair{-1.0, &out.low}, std::pair{1.0, &out.high}}) {
    std::vector<double> at = fit.best().coordinates;
    at[coordinate] += side * normal95 * coordinateError;
    p.values(at, values);
    (*end)[element] = values[element];
  }
}

} // namespace

Uncertainty laplace(const Fit &fit, const Curvature &curvature, double scale) {
  const Parameters &p = fit.parameters();
  const auto size = static_cast<size_t>(p.elements());
  Uncertainty out;
  const Inverse inverse(fit, curvature.hessian, scale, out.notes);
  const int64_t n = inverse.n;
  Matrix jacobian(p.elements(), n);
  std::vector<double> axis(static_cast<size_t>(n), 0), moved(size);
  for (int64_t i = 0; i < n; ++i) {
    axis[i] = 1;
    p.push(fit.best().coordinates, axis, moved);
    axis[i] = 0;
    for (int64_t e = 0; e < p.elements(); ++e)
      jacobian(e, i) = moved[e];
  }
  const Matrix covariance = jacobian.lazyProduct(Matrix(inverse.covariance.lazyProduct(jacobian.transpose())));
  std::vector<bool> isOpen(size, false);
  for (int64_t e = 0; e < p.elements(); ++e)
    for (auto [i, end] = p.coordinatesOf(e); i < end; ++i)
      isOpen[e] = isOpen[e] || inverse.isOpen[i];
  out.standardErrors.assign(size, 0);
  out.low = out.high = fit.best().values;
  out.covariance.assign(size * size, 0);
  for (size_t e = 0; e < size; ++e) {
    for (size_t k = 0; k < size; ++k)
      out.covariance[e * size + k] =
          isOpen[e] || isOpen[k] ? nothing : covariance(static_cast<int64_t>(e), static_cast<int64_t>(k));
    const auto [first, end] = p.coordinatesOf(static_cast<int64_t>(e));
    if (first == end)
      continue;
    if (isOpen[e]) {
      out.standardErrors[e] = out.low[e] = out.high[e] = nothing;
      continue;
    }
    out.standardErrors[e] = kernels::sqrt(out.covariance[e * size + e]);
    setInterval(fit, static_cast<int64_t>(e), first, kernels::sqrt(inverse.covariance(first, first)), out);
  }
  return out;
}

} // namespace bdc::runtime::optimise
