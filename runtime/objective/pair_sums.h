/// Sums of products of all pairs of elements, from which correlations follow. What is added when depends on the samples alone.
#pragma once

#include "runtime/objective/values.h"

namespace bdc::runtime::objective {

template <class T> class PairSums {
public:
  /// Takes no memory before the first sample.
  explicit PairSums(int64_t elements) : size(elements) {}

  void add(const T *row);
  void clear() { samples = held = 0; }
  int64_t count() const { return samples + held; }
  static int64_t bytes(int64_t elements) { return elements * (elements + blockRows + 2) * static_cast<int64_t>(sizeof(T)); }

  struct Centred {
    std::vector<T> means;
    std::vector<T> products; ///< sum (x_i - mean x_i)(x_j - mean x_j), [elements][elements] with j >= i
  };
  /// Of what was added; empty without any sample.
  Centred centred() const;

private:
  /// So many samples are added at once, one after the other for every pair.
  static constexpr int64_t blockRows = 32;
  void addBlock();

  int64_t size;
  int64_t samples = 0, held = 0; ///< in the sums; waiting in `block`
  std::vector<T> block;          ///< [blockRows][size]
  std::vector<T> shift;          ///< near the mean of each element: the mean of the first block
  std::vector<T> sums, products;
};

/// Adds row[i] * row[j] for j >= i of each row of `rows` to products[i][j], the rows in their order.
template <class T> void addProducts(const T *rows, int64_t count, int64_t size, T *products);

/// A constant one gives it exactly.
template <class T> T meanOf(const T *values, int64_t count, int64_t stride = 1);

/// Pearson's correlation of every pair, [elements][elements], from their centred products. 1 on the diagonal; NaN where an
/// element does not change.
template <class T> std::vector<T> correlationOf(const std::vector<T> &products, int64_t size);

/// The first element that does not change, but for rounding, over so many samples; -1: all do.
template <class T> int64_t findFlat(const T *products, const T *means, int64_t size, int64_t samples);

/// The adjoint of a sample is slopes * (sample - mean), from g[i][j] = dL/d(correlation of i < j) (other entries are not read):
/// slopes_ij = g_ij / (s_i s_j), slopes_ii = -sum_j g_ij r_ij / s_i^2, with s_i^2 the centred products of i with itself.
/// [elements][elements], symmetric.
template <class T> std::vector<T> correlationSlopes(const std::vector<T> &products, const std::vector<T> &g, int64_t size);

/// out[row][i] += sum_j matrix[j][i] * (rows[row][j] - centre[j]) for a symmetric matrix, j in its order.
template <class T> void addSymmetric(const T *matrix, int64_t size, const T *rows, int64_t count, const T *centre, T *out);

} // namespace bdc::runtime::objective
