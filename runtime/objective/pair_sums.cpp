#include "runtime/objective/pair_sums.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime::objective {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t together = 4;

} // namespace

template <class T> T meanOf(const T *values, int64_t count, int64_t stride) {
  T sum = 0;
  for (int64_t i = 0; i < count; ++i)
    sum += values[i * stride] - values[0];
  return values[0] + sum / T(static_cast<double>(count));
}

/// Four rows on one way through memory, each sum in the order of the rows.
template <class T> void addProducts(const T *rows, int64_t count, int64_t size, T *products) {
  int64_t at = 0;
  for (; at + together <= count; at += together) {
    const T *a = rows + at * size, *b = a + size, *c = b + size, *d = c + size;
    for (int64_t i = 0; i < size; ++i) {
      T *out = products + i * size;
      for (int64_t j = i; j < size; ++j)
        out[j] = (((out[j] + a[i] * a[j]) + b[i] * b[j]) + c[i] * c[j]) + d[i] * d[j];
    }
  }
  for (; at < count; ++at) {
    const T *row = rows + at * size;
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = i; j < size; ++j)
        products[i * size + j] += row[i] * row[j];
  }
}

template <class T> void PairSums<T>::add(const T *row) {
  block.resize(static_cast<size_t>(blockRows * size));
  std::copy(row, row + size, block.begin() + held * size);
  if (++held == blockRows)
    addBlock();
}

template <class T> void PairSums<T>::addBlock() {
  if (held == 0)
    return;
  const auto length = static_cast<size_t>(size);
  if (samples == 0) {
    shift.resize(length);
    sums.assign(length, T(0));
    products.assign(length * length, T(0));
    for (int64_t i = 0; i < size; ++i)
      shift[i] = meanOf(&block[i], held, size);
  }
  for (int64_t row = 0; row < held; ++row)
    for (int64_t i = 0; i < size; ++i) {
      T &value = block[row * size + i];
      value -= shift[i];
      sums[i] += value;
    }
  addProducts(block.data(), held, size, products.data());
  samples += held;
  held = 0;
}

template <class T> PairSums<T>::Centred PairSums<T>::centred() const {
  PairSums whole = *this;
  whole.addBlock();
  if (whole.samples == 0)
    return {};
  const T n(static_cast<double>(whole.samples));
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = i; j < size; ++j)
      whole.products[i * size + j] -= whole.sums[i] * whole.sums[j] / n;
  for (int64_t i = 0; i < size; ++i)
    whole.shift[i] += whole.sums[i] / n;
  return {std::move(whole.shift), std::move(whole.products)};
}

namespace {

template <class T> std::vector<T> spreadsOf(const std::vector<T> &products, int64_t size) {
  std::vector<T> spread;
  for (int64_t i = 0; i < size; ++i)
    spread.push_back(root(products[i * size + i]));
  return spread;
}

} // namespace

template <class T> std::vector<T> correlationOf(const std::vector<T> &products, int64_t size) {
  std::vector<T> out(static_cast<size_t>(size * size), T(nothing));
  const std::vector<T> spread = spreadsOf(products, size);
  for (int64_t i = 0; i < size; ++i) {
    if (!(valueOf(spread[i]) > 0))
      continue;
    out[i * size + i] = 1;
    for (int64_t j = i + 1; j < size; ++j)
      if (valueOf(spread[j]) > 0)
        out[i * size + j] = out[j * size + i] = within(products[i * size + j] / (spread[i] * spread[j]), -1, 1);
  }
  return out;
}

template <class T> int64_t findFlat(const T *products, const T *means, int64_t size, int64_t samples) {
  for (int64_t i = 0; i < size; ++i) {
    const double rounding = 4 * std::numeric_limits<double>::epsilon() * valueOf(means[i]);
    if (valueOf(products[i * size + i]) <= static_cast<double>(samples) * rounding * rounding)
      return i;
  }
  return -1;
}

template <class T> std::vector<T> correlationSlopes(const std::vector<T> &products, const std::vector<T> &g, int64_t size) {
  std::vector<T> out(static_cast<size_t>(size * size), T(0));
  const std::vector<T> spread = spreadsOf(products, size);
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = i + 1; j < size; ++j) {
      const T slope = g[i * size + j] / (spread[i] * spread[j]);
      out[i * size + j] = out[j * size + i] = slope;
      const T product = slope * products[i * size + j];
      out[i * size + i] -= product / (spread[i] * spread[i]);
      out[j * size + j] -= product / (spread[j] * spread[j]);
    }
  return out;
}

namespace {

/// A row of the matrix serves `count` rows of samples.
template <int count, class T>
void addSymmetricRows(const T *matrix, int64_t size, const T *rows, const T *centre, T *sums, T *out) {
  std::fill(sums, sums + count * size, T(0));
  for (int64_t j = 0; j < size; ++j) {
    T factor[count];
    for (int k = 0; k < count; ++k)
      factor[k] = rows[k * size + j] - centre[j];
    const T *line = matrix + j * size;
    for (int64_t i = 0; i < size; ++i)
      for (int k = 0; k < count; ++k)
        sums[k * size + i] += line[i] * factor[k];
  }
  for (int64_t k = 0; k < count * size; ++k)
    out[k] += sums[k];
}

} // namespace

template <class T> void addSymmetric(const T *matrix, int64_t size, const T *rows, int64_t count, const T *centre, T *out) {
  std::vector<T> sums(static_cast<size_t>(together * size));
  int64_t at = 0;
  for (; at + together <= count; at += together)
    addSymmetricRows<together>(matrix, size, rows + at * size, centre, sums.data(), out + at * size);
  for (; at < count; ++at)
    addSymmetricRows<1>(matrix, size, rows + at * size, centre, sums.data(), out + at * size);
}

#define INSTANTIATE(T)                                                                                                           \
  template class PairSums<T>;                                                                                                    \
  template void addProducts(const T *, int64_t, int64_t, T *);                                                                   \
  template T meanOf(const T *, int64_t, int64_t);                                                                                \
  template std::vector<T> correlationOf(const std::vector<T> &, int64_t);                                                        \
  template int64_t findFlat(const T *, const T *, int64_t, int64_t);                                                             \
  template std::vector<T> correlationSlopes(const std::vector<T> &, const std::vector<T> &, int64_t);                            \
  template void addSymmetric(const T *, int64_t, const T *, int64_t, const T *, T *);
INSTANTIATE(double)
INSTANTIATE(Dual)

} // namespace bdc::runtime::objective
