#include "runtime/objective/fft.h"

#include <algorithm>
#include <bit>
#include <numbers>

namespace bdc::runtime::objective {
namespace {

Fourier::Complex root(int64_t part, int64_t whole) {
  return std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(part) / static_cast<double>(whole));
}

} // namespace

Fourier::Fourier(int64_t n) : n(n) {
  const auto size = static_cast<uint64_t>(n);
  const bool direct = std::has_single_bit(size);
  padded = static_cast<int64_t>(direct ? size : std::bit_ceil(2 * size - 1));
  for (int64_t k = 0; k < padded / 2; ++k)
    roots.push_back(root(k, padded));
  if (direct)
    return;
  // k^2 modulo 2 n: the angle keeps its digits.
  for (int64_t k = 0; k < n; ++k)
    chirp.push_back(root(k * k % (2 * n), 2 * n));
  kernel.assign(static_cast<size_t>(padded), 0);
  for (int64_t k = 0; k < n; ++k)
    kernel[k] = kernel[(padded - k) % padded] = std::conj(chirp[k]);
  powerOfTwo(kernel);
}

void Fourier::powerOfTwo(std::vector<Complex> &x) const {
  const int bits = std::countr_zero(static_cast<uint64_t>(padded));
  for (int64_t i = 0, mirrored = 0; i < padded; ++i) {
    if (i < mirrored)
      std::swap(x[i], x[mirrored]);
    int64_t bit = bits > 0 ? padded >> 1 : 0;
    for (; bit > 0 && (mirrored & bit); bit >>= 1)
      mirrored ^= bit;
    mirrored |= bit;
  }
  for (int64_t half = 1; half < padded; half *= 2) {
    const int64_t stride = padded / (2 * half);
    for (int64_t start = 0; start < padded; start += 2 * half)
      for (int64_t k = 0; k < half; ++k) {
        const Complex r = roots[k * stride], b = x[start + half + k];
        const Complex odd(b.real() * r.real() - b.imag() * r.imag(), b.real() * r.imag() + b.imag() * r.real());
        x[start + half + k] = x[start + k] - odd;
        x[start + k] += odd;
      }
  }
}

void Fourier::transform(std::vector<Complex> &x) const {
  if (padded == n) {
    powerOfTwo(x);
    return;
  }
  work.assign(static_cast<size_t>(padded), 0);
  for (int64_t k = 0; k < n; ++k)
    work[k] = x[k] * chirp[k];
  powerOfTwo(work);
  // The way back is the way there of the conjugates.
  for (int64_t k = 0; k < padded; ++k)
    work[k] = std::conj(work[k] * kernel[k]);
  powerOfTwo(work);
  for (int64_t k = 0; k < n; ++k)
    x[k] = std::conj(work[k]) / static_cast<double>(padded) * chirp[k];
}

void Fourier::transform(std::vector<double> &real, std::vector<double> &imaginary) const {
  joined.resize(real.size());
  for (size_t k = 0; k < real.size(); ++k)
    joined[k] = {real[k], imaginary[k]};
  transform(joined);
  for (size_t k = 0; k < real.size(); ++k) {
    real[k] = joined[k].real();
    imaginary[k] = joined[k].imag();
  }
}

void Fourier::transform(std::vector<Dual> &real, std::vector<Dual> &imaginary) const {
  std::vector<double> a(real.size()), b(real.size());
  for (double Dual::*part : {&Dual::value, &Dual::tangent}) {
    for (size_t k = 0; k < real.size(); ++k) {
      a[k] = real[k].*part;
      b[k] = imaginary[k].*part;
    }
    transform(a, b);
    for (size_t k = 0; k < real.size(); ++k) {
      real[k].*part = a[k];
      imaginary[k].*part = b[k];
    }
  }
}

} // namespace bdc::runtime::objective
