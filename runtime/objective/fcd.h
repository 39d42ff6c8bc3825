/// Functional connectivity dynamics: the samples are cut into windows of `window` (60 s unless given), one every `step` (2 s); of
/// each the correlations of all pairs are a vector (the upper triangle); the matrix, windows by windows, holds Pearson's
/// correlations of these vectors.
#pragma once

#include "runtime/objective/functional.h"
#include "runtime/objective/window_sums.h"

namespace bdc::runtime::objective {

/// In samples.
struct Windows {
  int64_t length = 0, step = 0;
  int64_t count = 0; ///< of the whole run; 1 where it is shorter than a window
};
Result<Windows> windowsOf(const Setup &setup);

template <class T> class Fcd : public Functional<T> {
public:
  explicit Fcd(const Setup &setup);
  static Result<Operand> check(const Setup &setup);

  using Functional<T>::hear;
  using Functional<T>::adjoint;
  void begin(Tables<T>) override;
  void hear(int, const Samples<T> &batch) override;
  Result<Matrix<T>> evaluate(Tables<T>) override;
  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) override;
  void adjoint(int, const Samples<T> &again, T *out) override;
  int64_t bytes() const override;

  /// Of the first `size` windows; NaN where there is none.
  std::vector<T> matrix(int64_t size) const;
  int64_t samples() const { return heard; }
  int64_t done() const { return static_cast<int64_t>(window.size()); }
  /// Why there is no matrix; empty where there is one.
  std::string missing() const;

private:
  /// What the adjoint of a window needs besides its triangle.
  struct Window {
    T mean, length;         ///< of its correlations; of these less their mean
    int64_t flat = -1;      ///< an element that does not change in it
    std::vector<T> means;   ///< of the elements
    std::vector<T> squares; ///< of each element less its mean, summed
    std::vector<T> slopes;  ///< as correlationSlopes, j >= i
  };

  void addWindow();
  /// Sums over the windows that hold the samples of a block, for `adjoint`.
  void sumSlopes(int64_t block);

  Operand operand;
  Windows windows;
  bool reverse;
  int64_t size, pairs, block; ///< elements; of them; samples that lie in the same windows
  int64_t heard = 0;
  WindowSums<T> sums;
  std::vector<T> triangles; ///< [done][pairs]: a window's correlations less their mean and of length 1
  std::vector<Window> window;

  int64_t summed = -1;                ///< the block of the following
  std::vector<T> slopes, near, shift; ///< [size][size]; adjoint of a sample: slopes * (sample - near) - shift
};

} // namespace bdc::runtime::objective
