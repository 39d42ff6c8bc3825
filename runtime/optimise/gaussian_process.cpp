#include "runtime/optimise/gaussian_process.h"

#include "kernels/math.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <nlopt.h>

#include <algorithm>

namespace bdc::runtime::optimise {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr double sqrt5 = 2.23606797749978969641;
// Ranges and priors of the shape, for points in the unit cube: lengths around 0.4·√n, so that distances in many dimensions are
// not all far; little noise.
constexpr double leastLength = 0.01, mostLength = 30, leastNoise = 1e-8, mostNoise = 1;
constexpr double lengthSpread = 0.8, noiseMean = 1e-4, noiseSpread = 2.5;

double lengthMean(int64_t dimension) { return kernels::log(0.4 * kernels::sqrt(static_cast<double>(dimension))); }

/// Sums do not depend on the processor's caches: Eigen cuts its products to fit them.
void fixProducts() {
  static const bool done = (Eigen::setCpuCacheSizes(32 << 10, 256 << 10, 2 << 20), true);
  (void)done;
}

/// The kernel at a scaled distance, and −(1/r)·dk/dr.
struct Matern {
  double value, slope;
  explicit Matern(double r) {
    const double e = kernels::exp(-sqrt5 * r);
    value = (1 + sqrt5 * r + 5.0 / 3 * r * r) * e;
    slope = 5.0 / 3 * (1 + sqrt5 * r) * e;
  }
};

double distance(std::span<const double> a, std::span<const double> b, const std::vector<double> &lengths) {
  double sum = 0;
  for (size_t k = 0; k < a.size(); ++k)
    sum += (a[k] - b[k]) * (a[k] - b[k]) / (lengths[k] * lengths[k]);
  return kernels::sqrt(sum);
}

std::vector<double> lengthsOf(const GaussianProcess::Shape &shape) {
  std::vector<double> out;
  for (size_t k = 0; k + 1 < shape.size(); ++k)
    out.push_back(kernels::exp(shape[k]));
  return out;
}

Matrix kernelOf(const Points &points, const GaussianProcess::Shape &shape) {
  const int64_t count = points.count();
  const std::vector<double> lengths = lengthsOf(shape);
  Matrix out(count, count);
  for (int64_t i = 0; i < count; ++i)
    for (int64_t k = 0; k <= i; ++k)
      out(i, k) = out(k, i) = Matern(distance(points[i], points[k], lengths)).value;
  out.diagonal().array() += kernels::exp(shape.back());
  return out;
}

Vector centred(const std::vector<double> &values, double &mean) {
  Vector out = Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
  mean = out.mean();
  out.array() -= mean;
  return out;
}

struct Search {
  const Points &points;
  const std::vector<double> &values;
};

double misfitForLibrary(unsigned, const double *shape, double *gradient, void *data) {
  const Search &search = *static_cast<const Search *>(data);
  return GaussianProcess::misfit(search.points, search.values, {shape, shape + search.points.dimension + 1}, gradient);
}

} // namespace

GaussianProcess::Shape GaussianProcess::firstShape(int64_t dimension) {
  Shape shape(static_cast<size_t>(dimension), lengthMean(dimension));
  shape.push_back(kernels::log(noiseMean));
  return shape;
}

/// The signal's variance is the most probable one for the rest, in closed form: yᵀ·R⁻¹·y/count for R = kernel and noise.
double GaussianProcess::misfit(const Points &points, const std::vector<double> &values, const Shape &shape, double *gradient) {
  fixProducts();
  const int64_t count = points.count(), n = points.dimension;
  double mean = 0;
  const Vector y = centred(values, mean);
  const Eigen::LLT<Matrix> root(kernelOf(points, shape));
  const Vector weights = root.solve(y);
  const double signal = std::max(y.dot(weights) / static_cast<double>(count), 1e-300);
  double out = 0.5 * static_cast<double>(count) * kernels::log(signal);
  for (int64_t i = 0; i < count; ++i)
    out += kernels::log(root.matrixLLT()(i, i));
  for (int64_t k = 0; k <= n; ++k) {
    const double spread = k < n ? lengthSpread : noiseSpread, off = shape[k] - (k < n ? lengthMean(n) : kernels::log(noiseMean));
    out += 0.5 * off * off / (spread * spread);
    if (gradient)
      gradient[k] = off / (spread * spread);
  }
  if (!gradient)
    return out;
  const Matrix inverse = root.solve(Matrix::Identity(count, count));
  const std::vector<double> lengths = lengthsOf(shape);
  for (int64_t i = 0; i < count; ++i)
    for (int64_t j = 0; j < i; ++j) {
      // d log p/dR, both halves; dR/dlog(length k) = slope·((x[i] − x[j])/length)².
      const double pull = inverse(i, j) - weights(i) * weights(j) / signal;
      const double slope = pull * Matern(distance(points[i], points[j], lengths)).slope;
      for (int64_t k = 0; k < n; ++k) {
        const double off = (points[i][k] - points[j][k]) / lengths[k];
        gradient[k] += slope * off * off;
      }
    }
  gradient[n] += 0.5 * kernels::exp(shape[n]) * (inverse.trace() - weights.squaredNorm() / signal);
  return out;
}

GaussianProcess::Shape GaussianProcess::shapeFor(const Points &points, const std::vector<double> &values, const Shape &guess) {
  const auto size = guess.size();
  std::vector<double> low(size, kernels::log(leastLength)), high(size, kernels::log(mostLength));
  low.back() = kernels::log(leastNoise);
  high.back() = kernels::log(mostNoise);
  Search search{points, values};
  Shape best = guess;
  double least = misfit(points, values, guess, nullptr);
  // From the guess, and from the priors' middle: the misfit may have several minima.
  for (Shape shape : {guess, firstShape(points.dimension)}) {
    nlopt_opt library = nlopt_create(NLOPT_LD_LBFGS, static_cast<unsigned>(size));
    nlopt_set_min_objective(library, misfitForLibrary, &search);
    nlopt_set_lower_bounds(library, low.data());
    nlopt_set_upper_bounds(library, high.data());
    nlopt_set_maxeval(library, 40);
    nlopt_set_ftol_rel(library, 1e-5);
    double found = 0;
    nlopt_optimize(library, shape.data(), &found);
    nlopt_destroy(library);
    if (found < least) {
      least = found;
      best = shape;
    }
  }
  return best;
}

struct GaussianProcess::Inside {
  Points points;
  std::vector<double> lengths;
  double mean = 0, signal = 1; ///< of the values; the kernel's variance
  Eigen::LLT<Matrix> root;
  Vector weights;

  Vector covariances(std::span<const double> x) const {
    Vector out(points.count());
    for (int64_t i = 0; i < points.count(); ++i)
      out(i) = Matern(distance(x, points[i], lengths)).value;
    return out;
  }
};

GaussianProcess::GaussianProcess(const Points &points, const std::vector<double> &values, const Shape &shape) {
  fixProducts();
  auto made = std::make_shared<Inside>();
  made->points = points;
  made->lengths = lengthsOf(shape);
  const Vector y = centred(values, made->mean);
  made->root.compute(kernelOf(points, shape));
  made->weights = made->root.solve(y);
  made->signal = std::max(y.dot(made->weights) / static_cast<double>(points.count()), 1e-300);
  inside = std::move(made);
}

GaussianProcess::Prediction GaussianProcess::at(std::span<const double> x) const {
  const Vector k = inside->covariances(x);
  const Vector half = inside->root.matrixL().solve(k);
  return {inside->mean + k.dot(inside->weights), kernels::sqrt(inside->signal * std::max(1e-12, 1 - half.squaredNorm()))};
}

GaussianProcess::Prediction GaussianProcess::at(std::span<const double> x, std::vector<double> &meanSlope,
                                                std::vector<double> &deviationSlope) const {
  const Prediction prediction = at(x);
  const Vector pull = inside->root.solve(inside->covariances(x));
  meanSlope.assign(x.size(), 0);
  deviationSlope.assign(x.size(), 0);
  for (int64_t i = 0; i < inside->points.count(); ++i) {
    const auto point = inside->points[i];
    const double slope = Matern(distance(x, point, inside->lengths)).slope;
    for (size_t k = 0; k < x.size(); ++k) {
      const double change = -slope * (x[k] - point[k]) / (inside->lengths[k] * inside->lengths[k]);
      meanSlope[k] += inside->weights(i) * change;
      deviationSlope[k] -= inside->signal * pull(i) * change / prediction.deviation;
    }
  }
  return prediction;
}

} // namespace bdc::runtime::optimise
