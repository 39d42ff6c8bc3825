/// Power spectral density (Welch 1967, IEEE Trans. Audio Electroacoust. 15:70-73), elements by frequencies: segments of `segment`
/// that overlap by half, each less its mean and times a periodic Hann window; the mean over the segments of |X|^2 / (sampling
/// rate * sum of the window's squares), one-sided: all but the first (and of even lengths the last) frequency count twice. The
/// same as scipy.signal.welch(x, fs, nperseg = segment).
#pragma once

#include "runtime/objective/fft.h"
#include "runtime/objective/functional.h"

#include <array>
#include <optional>

namespace bdc::runtime::objective {

template <class T> class Spectrum : public Functional<T> {
public:
  explicit Spectrum(const Setup &setup);
  static Result<Operand> check(const Setup &setup);

  using Functional<T>::hear;
  using Functional<T>::adjoint;
  void begin(Tables<T>) override;
  void hear(int, const Samples<T> &batch) override;
  Result<Matrix<T>> evaluate(Tables<T>) override;
  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) override;
  void adjoint(int, const Samples<T> &again, T *out) override;
  int64_t bytes() const override;

  /// Per 1/ms. Zero where no segment was heard.
  T density(int64_t element, int64_t bin) const { return powers[element * bins + bin] * T(weight(bin)); }
  int64_t frequencies() const { return bins; }
  int64_t done() const { return segments; }
  double segment_ms() const { return static_cast<double>(length) * operand.interval_ms; }
  std::string missing() const;

private:
  /// The transforms of two elements at once, one as the real and one as the imaginary part.
  struct Pair {
    std::vector<T> real, imaginary;
  };
  void prepare();
  /// `begin`: the segment's first row in `kept`.
  void transform(int64_t begin, int64_t element, Pair &x) const;
  void addSegment();
  /// dL/d(sample) by way of one segment, [row][element].
  const std::vector<T> &segmentAdjoint(int64_t which);
  double weight(int64_t bin) const;

  Operand operand;
  bool reverse;
  int64_t size, length, overlap, bins; ///< elements; samples of a segment, and of two; its frequencies
  std::optional<Fourier> fourier;
  std::vector<double> window;
  double windowSquares = 0;
  std::vector<T> kept;   ///< [row][element]: of the segment that is being filled, or the whole series
  int64_t start = 0;     ///< row of `kept` where that segment begins
  std::vector<T> powers; ///< [element][bin] sums over the segments
  int64_t segments = 0;

  Matrix<T> slopes; ///< dL/d(density)
  struct OfSegment {
    int64_t which = -1;
    std::vector<T> adjoint;
  };
  std::array<OfSegment, 2> ofSegments; ///< a sample lies in two at most
};

} // namespace bdc::runtime::objective
