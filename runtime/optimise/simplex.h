/// Positive numbers with a fixed sum, by softmax. The k numbers have k − 1 coordinates, along orthonormal contrasts of their
/// logarithms (isometric log-ratios; Egozcue et al., Mathematical Geology 35, 2003), so that no direction is left undetermined
/// and none of the numbers is special.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bdc::runtime::optimise {

class Simplex {
public:
  explicit Simplex(size_t parts) : parts(parts) {}

  /// Numbers that sum up to 1.
  std::vector<double> shares(const double *z) const;
  void coordinates(const std::vector<double> &numbers, double *z) const;
  /// Jᵀ·g and J·d for x = total·shares(z).
  void chain(const double *z, double total, const std::vector<double> &gradient, double *out) const;
  std::vector<double> push(const double *z, double total, const double *direction) const;
  /// Adds Σ g[i]·d²x[i]/dz² to a block of a matrix whose rows are `stride` apart.
  void addCurvature(const double *z, double total, const std::vector<double> &gradient, double *matrix, int64_t stride) const;

private:
  /// Number i's part in contrast j.
  double contrast(size_t i, size_t j) const;

  size_t parts;
};

} // namespace bdc::runtime::optimise
