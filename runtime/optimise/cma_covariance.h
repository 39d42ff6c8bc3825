/// The covariance of the search distribution of CMA-ES, full or diagonal, with its root.
#pragma once

#include "runtime/optimise/state.h"

#include <Eigen/Core>

namespace bdc::runtime::optimise {

class CmaCovariance {
public:
  CmaCovariance(int64_t dimension, bool isDiagonal);

  /// C^(1/2)·z and C^(−1/2)·y.
  Eigen::VectorXd root(const Eigen::VectorXd &z) const;
  Eigen::VectorXd whitened(const Eigen::VectorXd &y) const;

  /// C = keep·C + Σ weights[i]·vectors(i)·vectors(i)ᵀ. The roots stay what they were until `decompose`.
  void update(double keep, const Eigen::VectorXd &weights, const Eigen::MatrixXd &vectors);
  /// False where C is no covariance any more.
  bool decompose();

  double longestAxis() const { return scales.maxCoeff(); }
  double condition() const;
  double variance(int64_t i) const { return isDiagonal ? matrix(i, 0) : matrix(i, i); }

  void exchange(Exchange &x);

private:
  bool isDiagonal;
  Eigen::MatrixXd matrix; ///< one column where it is diagonal
  Eigen::MatrixXd axes;   ///< eigenvectors; empty where it is diagonal
  Eigen::VectorXd scales; ///< roots of the eigenvalues
};

} // namespace bdc::runtime::optimise
