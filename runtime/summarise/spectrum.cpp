/// Power spectral density of every element (Welch 1967, IEEE Trans. Audio Electroacoust. 15:70-73): segments of `segment` that
/// overlap by half, each less its mean and times a periodic Hann window; the mean over all whole segments of |X|^2 / (sampling
/// rate * sum of the window's squares), one-sided: all but the first (and of even lengths the last) frequency count twice. The
/// same as scipy.signal.welch(x, fs, nperseg = segment). The number is the frequency above 0 where the mean over the elements is
/// largest.
#include "runtime/summarise/fft.h"
#include "runtime/summarise/moments.h"
#include "runtime/summarise/summarise.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

namespace bdc::runtime {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
/// Where no segment is given: at least eight segments of half overlap fit, and no more than this many samples.
constexpr int64_t mostSamples = 4096;

class Spectrum : public Accumulator {
public:
  Spectrum(int64_t elements, int64_t length, double interval_ms, const Display &display)
      : elements(elements),
        length(length),
        bins(length / 2 + 1),
        interval_ms(interval_ms),
        display(display) {}

  Status hear(const RowBatch &batch) override {
    if (!fourier)
      prepare();
    for (int64_t row = 0; row < batch.rows; ++row) {
      const double *from = batch.values + row * batch.columns;
      for (int64_t e = 0; e < elements; ++e)
        segment[e * length + held] = from[e];
      if (++held == length)
        addSegment();
    }
    return {};
  }

  double value(double) const override {
    if (segments == 0)
      return nothing;
    const std::vector<double> mean = meanDensity();
    const auto peak = std::max_element(mean.begin() + 1, mean.end());
    return *peak > 0 ? static_cast<double>(peak - mean.begin()) / (static_cast<double>(length) * interval_ms) : nothing;
  }

  Detail detail() const override {
    Detail d{Picture::spectrum,
             "Welch's power spectral density: Hann windows, half overlap, one-sided; the value is the frequency of the largest "
             "mean density"};
    // The samples are coherent, the density is the user's.
    const std::string unit = display.unit.empty()                                     ? "1/Hz"
                             : display.unit.find_first_of("*/ ") == std::string::npos ? display.unit + "^2/Hz"
                                                                                      : "(" + display.unit + ")^2/Hz";
    const double scale = display.factor * display.factor * 1e-3;
    Table frequency{"frequency", "Hz", bins, 0, {}};
    for (int64_t k = 0; k < bins; ++k)
      frequency.values.push_back(static_cast<double>(k) * 1000 / (static_cast<double>(length) * interval_ms));
    Table density{"density", unit, elements, bins, {}}, mean{"mean", unit, bins, 0, meanDensity()};
    density.values.assign(static_cast<size_t>(elements * bins), nothing);
    for (int64_t i = 0; segments && i < elements * bins; ++i)
      density.values[i] = powers[i] * weight(i % bins) * scale;
    for (double &value : mean.values)
      value *= scale;
    d.tables = {std::move(frequency), std::move(density), std::move(mean)};
    d.facts = {{"segment_ms", static_cast<double>(length) * interval_ms}, {"segments", static_cast<double>(segments)}};
    return d;
  }

  std::string missing() const override {
    return segments == 0
               ? fmt::format("what is measured is shorter than a segment of {:.6g} ms", static_cast<double>(length) * interval_ms)
               : Accumulator::missing();
  }

  int64_t bytes() const override { return (elements * (length + 2 * bins) + 10 * length) * 8; }

private:
  void prepare() {
    fourier.emplace(length);
    segment.assign(static_cast<size_t>(elements * length), 0);
    powers.assign(static_cast<size_t>(elements * bins), 0);
    for (int64_t k = 0; k < length; ++k) {
      window.push_back(0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length)));
      windowSquares += window.back() * window.back();
    }
  }

  /// Two elements at once, one as the real and one as the imaginary part: their transforms are the even and the odd half.
  void addSegment() {
    std::vector<Fourier::Complex> x(static_cast<size_t>(length));
    for (int64_t e = 0; e < elements; e += 2) {
      const bool two = e + 1 < elements;
      const double *a = &segment[e * length], *b = two ? a + length : nullptr;
      const double meanA = meanOf(a, length), meanB = two ? meanOf(b, length) : 0;
      for (int64_t k = 0; k < length; ++k)
        x[k] = {(a[k] - meanA) * window[k], two ? (b[k] - meanB) * window[k] : 0};
      fourier->transform(x);
      for (int64_t k = 0; k < bins; ++k) {
        const Fourier::Complex there = x[k], back = std::conj(x[(length - k) % length]);
        powers[e * bins + k] += std::norm(there + back) / 4;
        if (two)
          powers[(e + 1) * bins + k] += std::norm(there - back) / 4;
      }
    }
    ++segments;
    // The second half of this one begins the next.
    const int64_t overlap = length / 2;
    for (int64_t e = 0; e < elements; ++e)
      std::copy(&segment[e * length + length - overlap], &segment[e * length] + length, &segment[e * length]);
    held = overlap;
  }

  /// From summed squares to a density per 1/ms.
  double weight(int64_t bin) const {
    const bool once = bin == 0 || (length % 2 == 0 && bin == length / 2);
    return (once ? 1 : 2) * interval_ms / (windowSquares * static_cast<double>(segments));
  }

  std::vector<double> meanDensity() const {
    std::vector<double> mean(static_cast<size_t>(bins), segments ? 0 : nothing);
    for (int64_t e = 0; segments && e < elements; ++e)
      for (int64_t k = 0; k < bins; ++k)
        mean[k] += powers[e * bins + k];
    for (int64_t k = 0; k < bins; ++k)
      mean[k] *= weight(k) / static_cast<double>(elements);
    return mean;
  }

  int64_t elements, length, bins; ///< samples of a segment; its frequencies
  double interval_ms;
  Display display;
  std::optional<Fourier> fourier;
  std::vector<double> window;
  double windowSquares = 0;
  std::vector<double> segment; ///< [elements][length]
  int64_t held = 0;            ///< samples in it
  std::vector<double> powers;  ///< [elements][bins] sums over the segments
  int64_t segments = 0;
};

} // namespace

Made makeSpectrum(const SummaryInput &input) {
  int64_t length = std::clamp<int64_t>(input.samples() * 2 / 9, 4, mostSamples);
  if (input.segment_ms > 0) {
    const Result<int64_t> given = wholeSamples(input, input.segment_ms, "segment", 4);
    if (!given)
      return given.error();
    length = *given;
  } else {
    length = static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(length)));
  }
  return std::shared_ptr<Accumulator>(
      std::make_shared<Spectrum>(input.streams[0].elements, length, input.interval_ms(), input.display));
}

} // namespace bdc::runtime
