/// Synchrony of phases (radians).
///
///   order           the mean over time of Kuramoto's order parameter R(t) = |mean over elements of exp(i theta)| (Kuramoto 1984)
///   metastability   the standard deviation of R over time, dividing by n (Shanahan 2010, Chaos 20:013108; Deco et al. 2017, Sci.
///                   Rep. 7:3095)
///   plv             phase locking value |mean over time of exp(i (theta_a - theta_b))| of every pair, elements by elements
///                   (Lachaux et al. 1999, Hum. Brain Mapp. 8:194-208)
#pragma once

#include "runtime/objective/functional.h"

namespace bdc::runtime::objective {

template <class T> class OrderMoments : public Functional<T> {
public:
  /// `ofSpread`: the standard deviation of R, not its mean.
  OrderMoments(const Setup &, bool ofSpread) : ofSpread(ofSpread) {}
  static Result<Operand> check(const Setup &setup);

  using Functional<T>::hear;
  using Functional<T>::adjoint;
  void begin(Tables<T>) override;
  void hear(int, const Samples<T> &batch) override;
  Result<Matrix<T>> evaluate(Tables<T>) override;
  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) override;
  void adjoint(int, const Samples<T> &again, T *out) override;

  /// NaN without any sample.
  T value() const;

private:
  T count() const { return T(static_cast<double>(heard)); }

  bool ofSpread;
  int64_t heard = 0;
  T shift, sum, squares; ///< of R, less the first one
  T slope, growth;       ///< adjoint of R: slope + growth * (R - shift)
};

template <class T> struct Order : OrderMoments<T> {
  explicit Order(const Setup &setup) : OrderMoments<T>(setup, false) {}
};
template <class T> struct Metastability : OrderMoments<T> {
  explicit Metastability(const Setup &setup) : OrderMoments<T>(setup, true) {}
};

template <class T> class PhaseLocking : public Functional<T> {
public:
  explicit PhaseLocking(const Setup &setup) : size(setup.operands[0].columns), reverse(setup.reverse) {}
  static Result<Operand> check(const Setup &setup);

  using Functional<T>::hear;
  using Functional<T>::adjoint;
  void begin(Tables<T>) override;
  void hear(int, const Samples<T> &batch) override;
  Result<Matrix<T>> evaluate(Tables<T>) override;
  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) override;
  void adjoint(int, const Samples<T> &again, T *out) override;
  int64_t bytes() const override;

  /// NaN without any sample.
  std::vector<T> matrix() const;
  int64_t samples() const { return heard; }

private:
  int64_t size;
  bool reverse;
  int64_t heard = 0;
  std::vector<T> real, imaginary; ///< sums over time of pairs i < j
  /// Adjoint of theta_i: sum over j of even_ij sin(theta_j - theta_i) + odd_ij cos(theta_j - theta_i); the one is symmetric, the
  /// other antisymmetric.
  std::vector<T> even, odd;
};

} // namespace bdc::runtime::objective
