#include "runtime/objective/spectrum.h"

#include "runtime/objective/lines.h"
#include "runtime/objective/pair_sums.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <numbers>

namespace bdc::runtime::objective {
namespace {

/// Where no segment is given: at least eight segments of half overlap fit, and no more than this many samples.
constexpr int64_t mostSamples = 4096;

Result<int64_t> segmentOf(const Setup &setup) {
  const Operand &of = setup.operands[0];
  if (setup.options.segment_ms > 0 || !(of.interval_ms > 0))
    return wholeSamples(of, setup.options.segment_ms, "segment", 4);
  const int64_t length = std::clamp<int64_t>(of.rows * 2 / 9, 4, mostSamples);
  return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(length)));
}

} // namespace

template <class T>
Spectrum<T>::Spectrum(const Setup &setup)
    : operand(setup.operands[0]),
      reverse(setup.reverse),
      size(operand.columns),
      length(*segmentOf(setup)),
      overlap(length / 2),
      bins(length / 2 + 1) {}

template <class T> Result<Operand> Spectrum<T>::check(const Setup &setup) {
  const Result<int64_t> length = segmentOf(setup);
  if (!length)
    return length.error();
  Operand out = tableOf(setup.operands[0].columns, *length / 2 + 1);
  out.frequencyStep = 1 / (static_cast<double>(*length) * setup.operands[0].interval_ms);
  return out;
}

template <class T> void Spectrum<T>::begin(Tables<T>) {
  kept.clear();
  start = segments = 0;
  powers.assign(static_cast<size_t>(size * bins), T(0));
}

template <class T> void Spectrum<T>::prepare() {
  fourier.emplace(length);
  for (int64_t k = 0; k < length; ++k) {
    window.push_back(0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length)));
    windowSquares += window.back() * window.back();
  }
}

template <class T> void Spectrum<T>::hear(int, const Samples<T> &batch) {
  if (!fourier)
    prepare();
  for (int64_t row = 0; row < batch.rows; ++row) {
    kept.insert(kept.end(), batch.row(row), batch.row(row) + size);
    if (static_cast<int64_t>(kept.size()) < (start + length) * size)
      continue;
    addSegment();
    // The second half of this one begins the next.
    start += length - overlap;
    if (!reverse) {
      kept.erase(kept.begin(), kept.begin() + start * size);
      start = 0;
    }
  }
}

template <class T> void Spectrum<T>::transform(int64_t first, int64_t element, Pair &x) const {
  const bool two = element + 1 < size;
  const T *a = &kept[first * size + element], *b = two ? a + 1 : nullptr;
  const T meanA = meanOf(a, length, size), meanB = two ? meanOf(b, length, size) : T(0);
  for (int64_t k = 0; k < length; ++k) {
    x.real[k] = (a[k * size] - meanA) * T(window[k]);
    x.imaginary[k] = two ? (b[k * size] - meanB) * T(window[k]) : T(0);
  }
  fourier->transform(x.real, x.imaginary);
}

/// The transforms of the two elements are the even and the odd half of the common one.
template <class T> void Spectrum<T>::addSegment() {
  Pair x{std::vector<T>(static_cast<size_t>(length)), std::vector<T>(static_cast<size_t>(length))};
  for (int64_t e = 0; e < size; e += 2) {
    transform(start, e, x);
    for (int64_t k = 0; k < bins; ++k) {
      const int64_t back = (length - k) % length;
      const T evenReal = x.real[k] + x.real[back], evenImaginary = x.imaginary[k] - x.imaginary[back];
      const T oddReal = x.real[k] - x.real[back], oddImaginary = x.imaginary[k] + x.imaginary[back];
      powers[e * bins + k] += (evenReal * evenReal + evenImaginary * evenImaginary) / T(4);
      if (e + 1 < size)
        powers[(e + 1) * bins + k] += (oddReal * oddReal + oddImaginary * oddImaginary) / T(4);
    }
  }
  ++segments;
}

/// From summed squares to a density per 1/ms.
template <class T> double Spectrum<T>::weight(int64_t bin) const {
  if (segments == 0)
    return 0;
  const bool once = bin == 0 || (length % 2 == 0 && bin == length / 2);
  return (once ? 1 : 2) * operand.interval_ms / (windowSquares * static_cast<double>(segments));
}

template <class T> std::string Spectrum<T>::missing() const {
  return segments > 0 ? "" : fmt::format("what is measured is shorter than a segment of {:.6g} ms", segment_ms());
}

template <class T> Result<Matrix<T>> Spectrum<T>::evaluate(Tables<T>) {
  if (segments == 0)
    return noValue(missing());
  Matrix<T> out(size, bins);
  for (int64_t e = 0; e < size; ++e)
    for (int64_t k = 0; k < bins; ++k)
      out.row(e)[k] = density(e, k);
  return out;
}

template <class T> void Spectrum<T>::pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) {
  slopes = adjoint;
  for (int64_t e = 0; e < size; ++e)
    for (int64_t k = 0; k < bins; ++k)
      slopes.row(e)[k] *= T(weight(k));
  for (OfSegment &segment : ofSegments)
    segment.which = -1;
}

/// With X = sum over t of w x exp(-2 pi i k t / n) and L a function of |X_k|^2 with slopes g_k: dL/dx = w * sum over k of
/// 2 Re(g_k conj(X_k) exp(-2 pi i k t / n)), which is the transform of g_k conj(X_k) continued to a real series. Of two elements
/// again at once.
template <class T> const std::vector<T> &Spectrum<T>::segmentAdjoint(int64_t which) {
  OfSegment &segment = ofSegments[which % 2];
  if (segment.which == which)
    return segment.adjoint;
  segment.which = which;
  segment.adjoint.assign(static_cast<size_t>(length * size), T(0));
  Pair x{std::vector<T>(static_cast<size_t>(length)), std::vector<T>(static_cast<size_t>(length))}, z = x;
  for (int64_t e = 0; e < size; e += 2) {
    const bool two = e + 1 < size;
    transform(which * (length - overlap), e, x);
    for (int64_t k = 0; k < bins; ++k) {
      const int64_t back = (length - k) % length;
      const T half(k == back ? 1 : 0.5);
      const T ga = slopes.row(e)[k] * half, gb = two ? slopes.row(e + 1)[k] * half : T(0);
      // conj(X) of the first is (even, -odd part); of the second the same of -i times the rest.
      const T aReal = ga * (x.real[k] + x.real[back]), aImaginary = -ga * (x.imaginary[k] - x.imaginary[back]);
      const T bReal = gb * (x.imaginary[k] + x.imaginary[back]), bImaginary = gb * (x.real[k] - x.real[back]);
      z.real[back] = aReal + bImaginary;
      z.imaginary[back] = bReal - aImaginary;
      z.real[k] = aReal - bImaginary;
      z.imaginary[k] = aImaginary + bReal;
    }
    fourier->transform(z.real, z.imaginary);
    for (int64_t i = e; i < std::min(e + 2, size); ++i) {
      std::vector<T> &part = i == e ? z.real : z.imaginary;
      for (int64_t k = 0; k < length; ++k)
        part[k] *= T(window[k]);
      const T mean = meanOf(part.data(), length);
      for (int64_t k = 0; k < length; ++k)
        segment.adjoint[k * size + i] = part[k] - mean;
    }
  }
  return segment.adjoint;
}

template <class T> void Spectrum<T>::adjoint(int, const Samples<T> &again, T *out) {
  const int64_t hop = length - overlap;
  for (int64_t row = again.rows; row-- > 0;) {
    const int64_t at = again.first + row;
    const int64_t from = at < length ? 0 : (at - length) / hop + 1, to = std::min(segments - 1, at / hop);
    for (int64_t which = from; which <= to; ++which) {
      const T *slope = segmentAdjoint(which).data() + (at - which * hop) * size;
      for (int64_t i = 0; i < size; ++i)
        out[row * size + i] += slope[i];
    }
  }
}

template <class T> int64_t Spectrum<T>::bytes() const {
  const int64_t rows = reverse ? operand.rows + 2 * length : length;
  return (size * (rows + (reverse ? 3 : 2) * bins) + 14 * length) * static_cast<int64_t>(sizeof(T));
}

template class Spectrum<double>;
template class Spectrum<Dual>;

void addSpectrum(std::vector<Function> &table) { addBoth<Spectrum>(table, "spectrum", {2, 1}, {"segment"}); }

} // namespace bdc::runtime::objective
