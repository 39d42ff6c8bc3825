#include "runtime/optimise/simplex.h"

#include "kernels/math.h"

#include <algorithm>

namespace bdc::runtime::optimise {

/// Helmert's contrasts: number j + 1 against the mean of those before it.
double Simplex::contrast(size_t i, size_t j) const {
  const double n = static_cast<double>(j) + 1;
  return i > j + 1 ? 0 : (i == j + 1 ? -n : 1) / kernels::sqrt(n * (n + 1));
}

std::vector<double> Simplex::shares(const double *z) const {
  std::vector<double> y(parts, 0);
  for (size_t j = 0; j + 1 < parts; ++j)
    for (size_t i = 0; i <= j + 1; ++i)
      y[i] += contrast(i, j) * z[j];
  const double most = *std::max_element(y.begin(), y.end());
  double sum = 0;
  for (double &v : y) {
    v = kernels::exp(v - most);
    sum += v;
  }
  for (double &v : y)
    v /= sum;
  return y;
}

void Simplex::coordinates(const std::vector<double> &numbers, double *z) const {
  for (size_t j = 0; j + 1 < parts; ++j) {
    z[j] = 0;
    for (size_t i = 0; i <= j + 1; ++i)
      z[j] += contrast(i, j) * kernels::log(numbers[i]);
  }
}

/// dx[i]/dz[j] = total·p[i]·(V[i][j] − Σ p·V[·][j]).
void Simplex::chain(const double *z, double total, const std::vector<double> &gradient, double *out) const {
  const std::vector<double> p = shares(z);
  double mean = 0;
  for (size_t i = 0; i < parts; ++i)
    mean += p[i] * gradient[i];
  for (size_t j = 0; j + 1 < parts; ++j) {
    out[j] = 0;
    for (size_t i = 0; i <= j + 1; ++i)
      out[j] += total * p[i] * (gradient[i] - mean) * contrast(i, j);
  }
}

std::vector<double> Simplex::push(const double *z, double total, const double *direction) const {
  const std::vector<double> p = shares(z);
  std::vector<double> moved(parts, 0);
  double mean = 0;
  for (size_t i = 0; i < parts; ++i) {
    for (size_t j = i > 0 ? i - 1 : 0; j + 1 < parts; ++j)
      moved[i] += contrast(i, j) * direction[j];
    mean += p[i] * moved[i];
  }
  for (size_t i = 0; i < parts; ++i)
    moved[i] = total * p[i] * (moved[i] - mean);
  return moved;
}

/// d²p[i]/dz[a]dz[b] = p[i]·((V[i][a] − m[a])·(V[i][b] − m[b]) − c[a][b]) with m and c the mean and covariance of V's rows under
/// p.
void Simplex::addCurvature(const double *z, double total, const std::vector<double> &gradient, double *matrix,
                           int64_t stride) const {
  const std::vector<double> p = shares(z);
  const size_t n = parts - 1;
  double weight = 0;
  for (size_t i = 0; i < parts; ++i)
    weight += gradient[i] * p[i];
  std::vector<double> mean(n, 0);
  for (size_t j = 0; j < n; ++j)
    for (size_t i = 0; i <= j + 1; ++i)
      mean[j] += p[i] * contrast(i, j);
  for (size_t a = 0; a < n; ++a)
    for (size_t b = 0; b < n; ++b) {
      double sum = 0;
      for (size_t i = 0; i < parts; ++i)
        sum += (gradient[i] - weight) * p[i] * (contrast(i, a) - mean[a]) * (contrast(i, b) - mean[b]);
      matrix[static_cast<int64_t>(a) * stride + static_cast<int64_t>(b)] += total * sum;
    }
}

} // namespace bdc::runtime::optimise
