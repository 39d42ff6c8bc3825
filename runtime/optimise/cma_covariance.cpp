#include "runtime/optimise/cma_covariance.h"

#include <Eigen/Eigenvalues>

namespace bdc::runtime::optimise {

CmaCovariance::CmaCovariance(int64_t n, bool isDiagonal)
    : isDiagonal(isDiagonal),
      matrix(isDiagonal ? Eigen::MatrixXd(Eigen::VectorXd::Ones(n)) : Eigen::MatrixXd::Identity(n, n)),
      axes(isDiagonal ? Eigen::MatrixXd() : Eigen::MatrixXd::Identity(n, n)),
      scales(Eigen::VectorXd::Ones(n)) {}

// Products by coefficient: the order of their sums does not depend on the processor's caches.
Eigen::VectorXd CmaCovariance::root(const Eigen::VectorXd &z) const {
  const Eigen::VectorXd scaled = scales.cwiseProduct(z);
  return isDiagonal ? scaled : Eigen::VectorXd(axes.lazyProduct(scaled));
}

Eigen::VectorXd CmaCovariance::whitened(const Eigen::VectorXd &y) const {
  if (isDiagonal)
    return y.cwiseQuotient(scales);
  const Eigen::VectorXd along = axes.transpose().lazyProduct(y).cwiseQuotient(scales);
  return axes.lazyProduct(along);
}

void CmaCovariance::update(double keep, const Eigen::VectorXd &weights, const Eigen::MatrixXd &vectors) {
  matrix *= keep;
  for (Eigen::Index i = 0; i < weights.size(); ++i) {
    const auto v = vectors.col(i);
    if (isDiagonal)
      matrix += weights(i) * v.cwiseAbs2();
    else
      matrix += weights(i) * v * v.transpose();
  }
}

bool CmaCovariance::decompose() {
  if (isDiagonal) {
    if (!(matrix.minCoeff() > 0) || !matrix.allFinite())
      return false;
    scales = matrix.cwiseSqrt();
    return true;
  }
  if (!matrix.allFinite())
    return false;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
  if (solver.info() != Eigen::Success || !(solver.eigenvalues().minCoeff() > 0))
    return false;
  axes = solver.eigenvectors();
  scales = solver.eigenvalues().cwiseSqrt();
  return true;
}

double CmaCovariance::condition() const {
  const double ratio = scales.maxCoeff() / scales.minCoeff();
  return ratio * ratio;
}

void CmaCovariance::exchange(Exchange &x) {
  for (auto [name, part] : {std::pair{"covariance", &matrix}, std::pair{"axes", &axes}}) {
    std::vector<double> values(part->data(), part->data() + part->size());
    x(name, values);
    if (static_cast<Eigen::Index>(values.size()) == part->size())
      std::copy(values.begin(), values.end(), part->data());
    else
      x.fail(inputError("the state of the fit has another number of coordinates"));
  }
  std::vector<double> values(scales.begin(), scales.end());
  x("scales", values);
  if (static_cast<Eigen::Index>(values.size()) == scales.size())
    std::copy(values.begin(), values.end(), scales.begin());
}

} // namespace bdc::runtime::optimise
