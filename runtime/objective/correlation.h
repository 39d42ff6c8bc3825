/// Functional connectivity: Pearson's correlation over time of every pair of elements, elements by elements.
#pragma once

#include "runtime/objective/functional.h"
#include "runtime/objective/pair_sums.h"

namespace bdc::runtime::objective {

template <class T> class Correlation : public Functional<T> {
public:
  explicit Correlation(const Setup &setup);
  static Result<Operand> check(const Setup &setup);

  using Functional<T>::hear;
  using Functional<T>::adjoint;
  void begin(Tables<T>) override { sums.clear(); }
  void hear(int, const Samples<T> &batch) override;
  Result<Matrix<T>> evaluate(Tables<T>) override;
  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) override;
  void adjoint(int, const Samples<T> &again, T *out) override;
  int64_t bytes() const override;

  /// NaN where there is none.
  std::vector<T> matrix() const;
  int64_t samples() const { return sums.count(); }

private:
  Operand operand;
  bool reverse;
  int64_t size;
  PairSums<T> sums;
  std::vector<T> means, slopes;
};

} // namespace bdc::runtime::objective
