#include "runtime/summarise/moments.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t together = 4;

} // namespace

double meanOf(const double *values, int64_t count, int64_t stride) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i)
    sum += values[i * stride] - values[0];
  return values[0] + sum / static_cast<double>(count);
}

/// Four rows on one way through memory, each sum in the order of the rows.
void addProducts(const double *rows, int64_t count, int64_t size, double *products) {
  int64_t at = 0;
  for (; at + together <= count; at += together) {
    const double *a = rows + at * size, *b = a + size, *c = b + size, *d = c + size;
    for (int64_t i = 0; i < size; ++i) {
      double *out = products + i * size;
      for (int64_t j = i; j < size; ++j)
        out[j] = (((out[j] + a[i] * a[j]) + b[i] * b[j]) + c[i] * c[j]) + d[i] * d[j];
    }
  }
  for (; at < count; ++at) {
    const double *row = rows + at * size;
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = i; j < size; ++j)
        products[i * size + j] += row[i] * row[j];
  }
}

void PairSums::add(const double *row) {
  block.resize(static_cast<size_t>(blockRows * size));
  std::copy(row, row + size, block.begin() + held * size);
  if (++held == blockRows)
    addBlock();
}

void PairSums::addBlock() {
  if (held == 0)
    return;
  const auto length = static_cast<size_t>(size);
  if (samples == 0) {
    shift.resize(length);
    sums.assign(length, 0);
    products.assign(length * length, 0);
    for (int64_t i = 0; i < size; ++i)
      shift[i] = meanOf(&block[i], held, size);
  }
  for (int64_t row = 0; row < held; ++row)
    for (int64_t i = 0; i < size; ++i) {
      double &value = block[row * size + i];
      value -= shift[i];
      sums[i] += value;
    }
  addProducts(block.data(), held, size, products.data());
  samples += held;
  held = 0;
}

std::vector<double> PairSums::correlation() const {
  PairSums whole = *this;
  whole.addBlock();
  const auto length = static_cast<size_t>(size);
  std::vector<double> out(length * length, nothing);
  if (whole.samples < 2)
    return out;
  const auto n = static_cast<double>(whole.samples);
  auto centred = [&](int64_t i, int64_t j) { return whole.products[i * size + j] - whole.sums[i] * whole.sums[j] / n; };
  std::vector<double> spread(length);
  for (int64_t i = 0; i < size; ++i)
    spread[i] = std::sqrt(std::max(0.0, centred(i, i)));
  for (int64_t i = 0; i < size; ++i) {
    if (!(spread[i] > 0))
      continue;
    out[i * size + i] = 1;
    for (int64_t j = i + 1; j < size; ++j)
      if (spread[j] > 0)
        out[i * size + j] = out[j * size + i] = std::clamp(centred(i, j) / (spread[i] * spread[j]), -1.0, 1.0);
  }
  return out;
}

void PairSums::clear() { samples = held = 0; }

Triangle upperTriangle(const std::vector<double> &matrix, int64_t size) {
  Triangle t{nothing, nothing, nothing, nothing, 0};
  double sum = 0, squares = 0;
  auto each = [&](auto &&use) {
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = i + 1; j < size; ++j)
        if (const double value = matrix[i * size + j]; std::isfinite(value))
          use(value);
  };
  each([&](double value) {
    t.min = t.count ? std::min(t.min, value) : value;
    t.max = t.count ? std::max(t.max, value) : value;
    sum += value;
    ++t.count;
  });
  if (t.count == 0)
    return t;
  t.mean = sum / static_cast<double>(t.count);
  each([&](double value) { squares += (value - t.mean) * (value - t.mean); });
  t.std = std::sqrt(squares / static_cast<double>(t.count));
  return t;
}

} // namespace bdc::runtime
