#include "runtime/objective/fcd.h"

#include "runtime/objective/lines.h"
#include "runtime/objective/pair_sums.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bdc::runtime::objective {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// In eight sums, which the processor adds at once.
template <class T> T product(const T *a, const T *b, int64_t count) {
  constexpr int64_t lanes = 8;
  T sums[lanes] = {};
  int64_t at = 0;
  for (; at + lanes <= count; at += lanes)
    for (int64_t k = 0; k < lanes; ++k)
      sums[k] += a[at + k] * b[at + k];
  for (; at < count; ++at)
    sums[at % lanes] += a[at] * b[at];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

} // namespace

Result<Windows> windowsOf(const Setup &setup) {
  const Operand &of = setup.operands[0];
  const Options &options = setup.options;
  const Result<int64_t> length = wholeSamples(of, options.window_ms > 0 ? options.window_ms : 60'000, "window", 3);
  if (!length)
    return length.error();
  const Result<int64_t> step = wholeSamples(of, options.step_ms > 0 ? options.step_ms : 2'000, "step", 1);
  if (!step)
    return step.error();
  return Windows{*length, *step, 1 + std::max<int64_t>(0, of.rows - *length) / *step};
}

template <class T>
Fcd<T>::Fcd(const Setup &setup)
    : operand(setup.operands[0]),
      windows(*windowsOf(setup)),
      reverse(setup.reverse),
      size(operand.columns),
      pairs(size * (size - 1) / 2),
      block(std::gcd(windows.length, windows.step)),
      sums(size, windows.length, windows.step) {}

template <class T> Result<Operand> Fcd<T>::check(const Setup &setup) {
  if (Status s = needsTwoElements(setup.operands[0], "fcd"); !s)
    return s.error();
  const Result<Windows> windows = windowsOf(setup);
  if (!windows)
    return windows.error();
  return tableOf(windows->count, windows->count);
}

template <class T> void Fcd<T>::begin(Tables<T>) {
  heard = 0;
  summed = -1;
  sums.clear();
  triangles.clear();
  window.clear();
}

template <class T> void Fcd<T>::hear(int, const Samples<T> &batch) {
  for (int64_t row = 0; row < batch.rows; ++row)
    if (sums.add(batch.row(row)))
      addWindow();
  heard += batch.rows;
}

template <class T> void Fcd<T>::addWindow() {
  Window w;
  w.flat = findFlat(sums.products().data(), sums.means().data(), size, windows.length);
  const std::vector<T> r = correlationOf(sums.products(), size);
  std::vector<T> triangle;
  triangle.reserve(static_cast<size_t>(pairs));
  for (int64_t i = 0; i < size; ++i)
    triangle.insert(triangle.end(), r.begin() + i * size + i + 1, r.begin() + (i + 1) * size);
  w.mean = meanOf(triangle.data(), pairs);
  T squares = 0;
  for (T &value : triangle) {
    value -= w.mean;
    squares += value * value;
  }
  w.length = root(squares);
  for (const T &value : triangle)
    triangles.push_back(valueOf(squares) > 0 ? value / w.length : T(nothing));
  if (reverse) {
    w.means = sums.means();
    for (int64_t i = 0; i < size; ++i)
      w.squares.push_back(sums.products()[i * size + i]);
  }
  window.push_back(std::move(w));
}

template <class T> std::vector<T> Fcd<T>::matrix(int64_t count) const {
  std::vector<T> out(static_cast<size_t>(count * count), T(nothing));
  const int64_t known = std::min(count, done());
  for (int64_t a = 0; a < known; ++a)
    for (int64_t b = a; b < known; ++b) {
      const T sum = product(&triangles[a * pairs], &triangles[b * pairs], pairs);
      if (std::isfinite(valueOf(sum)))
        out[a * count + b] = out[b * count + a] = a == b ? T(1) : within(sum, -1, 1);
    }
  return out;
}

template <class T> std::string Fcd<T>::missing() const {
  if (done() < 2)
    return fmt::format("{:.6g} ms hold {} window{} of {:.6g} ms; it takes two", static_cast<double>(heard) * operand.interval_ms,
                       done(), done() == 1 ? "" : "s", static_cast<double>(windows.length) * operand.interval_ms);
  if (size < 3)
    return "two elements have one correlation, which cannot be correlated";
  for (int64_t w = 0; w < done(); ++w) {
    const double start_ms = static_cast<double>(w * windows.step) * operand.interval_ms;
    if (window[w].flat >= 0)
      return fmt::format("{} of `{}` does not change in the window that begins {:.6g} ms after what is discarded",
                         operand.element(window[w].flat), operand.text, start_ms);
    if (!(valueOf(window[w].length) > 0))
      return fmt::format("all pairs of `{}` correlate alike in the window that begins {:.6g} ms after what is discarded",
                         operand.text, start_ms);
  }
  return {};
}

template <class T> Result<Matrix<T>> Fcd<T>::evaluate(Tables<T>) {
  if (std::string why = missing(); !why.empty())
    return noValue(std::move(why));
  Matrix<T> out(windows.count, windows.count);
  out.values = matrix(windows.count);
  return out;
}

/// units: [count][pairs]. out[a] = sum over b != a of (g[a][b] + g[b][a]) * units[b], in the order of b. A piece of all units
/// stays in the cache while it serves every a.
template <class T> void combine(const Matrix<T> &g, const std::vector<T> &units, int64_t pairs, const std::vector<T *> &out) {
  constexpr int64_t piece = 256, together = 4;
  const auto count = static_cast<int64_t>(out.size());
  for (int64_t first = 0; first < pairs; first += piece) {
    const int64_t many = std::min(piece, pairs - first);
    for (int64_t a = 0; a < count; ++a) {
      T *to = out[a] + first;
      std::fill(to, to + many, T(0));
      for (int64_t b = 0; b < count; b += together) {
        T factor[together];
        const T *unit[together];
        for (int64_t k = 0; k < together; ++k) {
          const bool counts = b + k < count && b + k != a;
          factor[k] = counts ? g.row(a)[b + k] + g.row(b + k)[a] : T(0);
          unit[k] = &units[(counts ? b + k : b) * pairs + first];
        }
        for (int64_t p = 0; p < many; ++p)
          to[p] = (((to[p] + factor[0] * unit[0][p]) + factor[1] * unit[1][p]) + factor[2] * unit[2][p]) + factor[3] * unit[3][p];
      }
    }
  }
}

template <class T> void Fcd<T>::pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) {
  summed = -1;
  std::vector<T *> ofUnits;
  for (Window &w : window) {
    w.slopes.resize(static_cast<size_t>(pairs + size));
    ofUnits.push_back(w.slopes.data());
  }
  combine(adjoint, triangles, pairs, ofUnits);
  std::vector<T> ofCorrelations(static_cast<size_t>(size * size)), products(ofCorrelations.size());
  for (int64_t a = 0; a < done(); ++a) {
    Window &w = window[a];
    // unit = (r - mean) / length.
    const T *unit = &triangles[a * pairs], *ofUnit = w.slopes.data();
    const T along = product(ofUnit, unit, pairs), mean = meanOf(ofUnit, pairs);
    for (int64_t i = 0, p = 0; i < size; ++i) {
      products[i * size + i] = w.squares[i];
      for (int64_t j = i + 1; j < size; ++j, ++p) {
        ofCorrelations[i * size + j] = (ofUnit[p] - mean - along * unit[p]) / w.length;
        products[i * size + j] = (unit[p] * w.length + w.mean) * root(w.squares[i]) * root(w.squares[j]);
      }
    }
    const std::vector<T> full = correlationSlopes(products, ofCorrelations, size);
    T *to = w.slopes.data();
    for (int64_t i = 0; i < size; ++i)
      to = std::copy(full.begin() + i * size + i, full.begin() + (i + 1) * size, to);
  }
}

template <class T> void Fcd<T>::sumSlopes(int64_t which) {
  if (summed == which)
    return;
  summed = which;
  slopes.assign(static_cast<size_t>(size * size), T(0));
  near.assign(static_cast<size_t>(size), T(0));
  shift = near;
  const int64_t first = which * block;
  const int64_t from = first < windows.length ? 0 : (first - windows.length) / windows.step + 1;
  const int64_t to = std::min(done() - 1, first / windows.step);
  for (int64_t w = from; w <= to; ++w) {
    const T *line = window[w].slopes.data();
    const std::vector<T> &means = window[w].means;
    if (w == from)
      near = means;
    for (int64_t i = 0; i < size; line += size - i, ++i) {
      T sum = 0;
      for (int64_t j = i; j < size; ++j) {
        slopes[i * size + j] += line[j - i];
        sum += line[j - i] * (means[j] - near[j]);
        if (j > i)
          shift[j] += line[j - i] * (means[i] - near[i]);
      }
      shift[i] += sum;
    }
  }
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = i + 1; j < size; ++j)
      slopes[j * size + i] = slopes[i * size + j];
}

template <class T> void Fcd<T>::adjoint(int, const Samples<T> &again, T *out) {
  // From behind: blocks are then asked for in the order in which a reverse pass comes to them.
  for (int64_t end = again.rows; end > 0;) {
    const int64_t which = (again.first + end - 1) / block;
    const int64_t begin = std::max<int64_t>(0, which * block - again.first);
    sumSlopes(which);
    addSymmetric(slopes.data(), size, again.row(begin), end - begin, near.data(), out + begin * size);
    for (int64_t k = begin * size; k < end * size; ++k)
      out[k] -= shift[k % size];
    end = begin;
  }
}

template <class T> int64_t Fcd<T>::bytes() const {
  const int64_t forReverse = reverse ? windows.count * (pairs + 3 * size) + 3 * size * size : 0;
  return sums.bytes() + (windows.count * (pairs + windows.count) + forReverse) * static_cast<int64_t>(sizeof(T));
}

template class Fcd<double>;
template class Fcd<Dual>;

void addFcd(std::vector<Function> &table) { addBoth<Fcd>(table, "fcd", {}, {"window", "step"}); }

} // namespace bdc::runtime::objective
