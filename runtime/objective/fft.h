/// Discrete Fourier transforms of any length, in O(n log n).
#pragma once

#include "runtime/objective/number.h"

#include <complex>
#include <cstdint>
#include <vector>

namespace bdc::runtime::objective {

/// X[k] = sum over j of x[j] exp(-2 pi i j k / n). Lengths that are no power of two go through a convolution (Bluestein, IEEE
/// Trans. Audio Electroacoust. 18:451-455, 1970).
class Fourier {
public:
  using Complex = std::complex<double>;

  explicit Fourier(int64_t n);
  void transform(std::vector<Complex> &x) const;
  /// Of real + i imaginary; of duals, values and tangents alike.
  void transform(std::vector<double> &real, std::vector<double> &imaginary) const;
  void transform(std::vector<Dual> &real, std::vector<Dual> &imaginary) const;

private:
  void powerOfTwo(std::vector<Complex> &x) const;

  int64_t n, padded;           ///< padded: a power of two; n itself where it is one
  std::vector<Complex> roots;  ///< exp(-2 pi i k / padded), k < padded / 2
  std::vector<Complex> chirp;  ///< exp(-pi i k^2 / n)
  std::vector<Complex> kernel; ///< the transform of the conjugate chirp, on `padded` points
  mutable std::vector<Complex> work, joined;
};

} // namespace bdc::runtime::objective
