/// Sums of products of all pairs of elements, from which correlations follow. What is added when depends on the samples alone.
#pragma once

#include <cstdint>
#include <vector>

namespace bdc::runtime {

class PairSums {
public:
  /// Takes no memory before the first sample.
  explicit PairSums(int64_t elements) : size(elements) {}

  void add(const double *row);
  /// Pearson's correlation of every pair, [elements][elements]: sum (x - mean x)(y - mean y) / sqrt(sum (x - mean x)^2 sum (y -
  /// mean y)^2). 1 on the diagonal; NaN where an element does not change.
  std::vector<double> correlation() const;
  void clear();

  int64_t count() const { return samples + held; }
  static int64_t bytes(int64_t elements) { return elements * (elements + blockRows + 2) * 8; }

private:
  /// So many samples are added at once, one after the other for every pair.
  static constexpr int64_t blockRows = 32;
  void addBlock();

  int64_t size;
  int64_t samples = 0, held = 0; ///< in the sums; waiting in `block`
  std::vector<double> block;     ///< [blockRows][size]
  std::vector<double> shift;     ///< near the mean of each element: the mean of the first block
  std::vector<double> sums, products;
};

/// Adds row[i] * row[j] for j >= i of each row of `rows` to products[i][j], the rows in their order.
void addProducts(const double *rows, int64_t count, int64_t size, double *products);

/// A constant one gives it exactly.
double meanOf(const double *values, int64_t count, int64_t stride = 1);

/// The mean, standard deviation (dividing by n), least and largest of the entries right of the diagonal that are numbers.
struct Triangle {
  double mean, std, min, max;
  int64_t count;
};
Triangle upperTriangle(const std::vector<double> &matrix, int64_t size);

} // namespace bdc::runtime
