/// Mean, sum, variance, standard deviation, least and greatest: over all samples and elements, or per element over time.
#pragma once

#include "runtime/objective/functional.h"

namespace bdc::runtime::objective {

enum class Moment { mean, sum, variance, std };

/// From sums of deviations from the first number, which is near the others, added one by one. Divided by n.
template <class T> class Moments : public Functional<T> {
public:
  Moments(const Setup &setup, Moment moment);
  static Result<Operand> check(const Setup &setup);

  using Functional<T>::hear;
  using Functional<T>::adjoint;
  void begin(Tables<T>) override;
  void hear(int, const Samples<T> &batch) override;
  Result<Matrix<T>> evaluate(Tables<T>) override;
  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) override;
  void adjoint(int, const Samples<T> &again, T *out) override;
  int64_t bytes() const override { return 5 * groups * static_cast<int64_t>(sizeof(T)); }

  /// Without any sample there is none: NaN.
  T value(int64_t group = 0) const;

private:
  T variance(int64_t group) const;
  T count() const { return T(static_cast<double>(heard)); }

  Moment moment;
  int64_t groups;    ///< one for all columns, or one each
  int64_t heard = 0; ///< numbers in each
  std::vector<T> shift, sums, squares;
  std::vector<T> slope, growth; ///< adjoint of x: slope + growth * (x - shift)
};

/// The first of equal ones.
template <class T> class Extremes : public Functional<T> {
public:
  /// `sign`: 1 for the greatest, -1 for the least.
  Extremes(const Setup &setup, double sign);
  static Result<Operand> check(const Setup &setup);

  using Functional<T>::hear;
  using Functional<T>::adjoint;
  void begin(Tables<T>) override;
  void hear(int, const Samples<T> &batch) override;
  Result<Matrix<T>> evaluate(Tables<T>) override;
  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) override;
  void adjoint(int, const Samples<T> &again, T *out) override;

  T value(int64_t group = 0) const;

private:
  struct Found {
    T value;
    int64_t row = -1, column = 0;
    T adjoint;
  };
  double sign;
  int64_t rows = 0;
  std::vector<Found> found; ///< one for all columns, or one each
};

template <class T> struct Mean : Moments<T> {
  explicit Mean(const Setup &setup) : Moments<T>(setup, Moment::mean) {}
};
template <class T> struct Sum : Moments<T> {
  explicit Sum(const Setup &setup) : Moments<T>(setup, Moment::sum) {}
};
template <class T> struct Variance : Moments<T> {
  explicit Variance(const Setup &setup) : Moments<T>(setup, Moment::variance) {}
};
template <class T> struct Deviation : Moments<T> {
  explicit Deviation(const Setup &setup) : Moments<T>(setup, Moment::std) {}
};
template <class T> struct Least : Extremes<T> {
  explicit Least(const Setup &setup) : Extremes<T>(setup, -1) {}
};
template <class T> struct Greatest : Extremes<T> {
  explicit Greatest(const Setup &setup) : Extremes<T>(setup, 1) {}
};

} // namespace bdc::runtime::objective
