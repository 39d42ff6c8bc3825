#include "runtime/objective/phases.h"

#include "runtime/objective/lines.h"

#include <algorithm>
#include <limits>

namespace bdc::runtime::objective {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// cos and sin of the phases of a row.
template <class T> struct Circle {
  std::vector<T> cosines, sines;
  explicit Circle(int64_t count) : cosines(static_cast<size_t>(count)), sines(cosines.size()) {}
  void operator()(const T *theta) {
    for (size_t i = 0; i < cosines.size(); ++i) {
      cosines[i] = cos(theta[i]);
      sines[i] = sin(theta[i]);
    }
  }
};

/// The sum over elements of exp(i theta).
template <class T> struct Resultant {
  T real = 0, imaginary = 0;
  explicit Resultant(const Circle<T> &circle) {
    for (size_t i = 0; i < circle.cosines.size(); ++i) {
      real += circle.cosines[i];
      imaginary += circle.sines[i];
    }
  }
  T length() const { return modulus(real, imaginary); }
};

} // namespace

template <class T> Result<Operand> OrderMoments<T>::check(const Setup &) { return tableOf(1, 1); }

template <class T> void OrderMoments<T>::begin(Tables<T>) {
  heard = 0;
  sum = squares = T(0);
}

template <class T> void OrderMoments<T>::hear(int, const Samples<T> &batch) {
  const T columns(static_cast<double>(batch.columns));
  Circle<T> circle(batch.columns);
  for (int64_t row = 0; row < batch.rows; ++row) {
    circle(batch.row(row));
    const T r = Resultant<T>(circle).length() / columns;
    if (heard++ == 0)
      shift = r;
    sum += r - shift;
    squares += (r - shift) * (r - shift);
  }
}

template <class T> T OrderMoments<T>::value() const {
  if (heard == 0)
    return nothing;
  const T mean = sum / count();
  return ofSpread ? root(squares / count() - mean * mean) : shift + mean;
}

template <class T> Result<Matrix<T>> OrderMoments<T>::evaluate(Tables<T>) {
  if (heard == 0)
    return noValue("there are no samples");
  if (ofSpread && heard < 2)
    return noValue("one sample has no spread: it takes two");
  return Matrix<T>(1, 1, value());
}

template <class T> void OrderMoments<T>::pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) {
  const T g = adjoint.values[0];
  growth = T(0);
  slope = g / count();
  if (!ofSpread)
    return;
  if (const T std = value(); valueOf(std) > 0)
    growth = g / (count() * std);
  slope = -(growth * sum / count());
}

/// d|z|/d theta_i = (Im z cos theta_i - Re z sin theta_i) / |z|.
template <class T> void OrderMoments<T>::adjoint(int, const Samples<T> &again, T *out) {
  const T columns(static_cast<double>(again.columns));
  Circle<T> circle(again.columns);
  for (int64_t row = 0; row < again.rows; ++row) {
    circle(again.row(row));
    const Resultant<T> z(circle);
    const T length = z.length();
    if (!(valueOf(length) > 0))
      continue;
    const T factor = (slope + growth * (length / columns - shift)) / (columns * length);
    for (int64_t i = 0; i < again.columns; ++i)
      out[row * again.columns + i] += factor * (z.imaginary * circle.cosines[i] - z.real * circle.sines[i]);
  }
}

template <class T> Result<Operand> PhaseLocking<T>::check(const Setup &setup) {
  if (Status s = needsTwoElements(setup.operands[0], "plv"); !s)
    return s.error();
  const Operand &of = setup.operands[0];
  return tableOf(of.columns, of.columns, of.names);
}

template <class T> void PhaseLocking<T>::begin(Tables<T>) { heard = 0; }

/// cos(a - b) and sin(a - b) from the cosines and sines of a and b.
template <class T> void PhaseLocking<T>::hear(int, const Samples<T> &batch) {
  if (heard == 0) {
    real.assign(static_cast<size_t>(size * size), T(0));
    imaginary = real;
  }
  Circle<T> circle(size);
  for (int64_t row = 0; row < batch.rows; ++row) {
    circle(batch.row(row));
    const T *c = circle.cosines.data(), *s = circle.sines.data();
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = i + 1; j < size; ++j) {
        real[i * size + j] += c[i] * c[j] + s[i] * s[j];
        imaginary[i * size + j] += s[i] * c[j] - c[i] * s[j];
      }
  }
  heard += batch.rows;
}

template <class T> std::vector<T> PhaseLocking<T>::matrix() const {
  std::vector<T> out(static_cast<size_t>(size * size), T(nothing));
  const T count(static_cast<double>(heard));
  for (int64_t i = 0; heard && i < size; ++i) {
    out[i * size + i] = 1;
    for (int64_t j = i + 1; j < size; ++j)
      out[i * size + j] = out[j * size + i] = within(modulus(real[i * size + j], imaginary[i * size + j]) / count, 0, 1);
  }
  return out;
}

template <class T> Result<Matrix<T>> PhaseLocking<T>::evaluate(Tables<T>) {
  if (heard == 0)
    return noValue("there are no samples");
  Matrix<T> out(size, size);
  out.values = matrix();
  return out;
}

/// With z = sum over time of exp(i (theta_i - theta_j)): d|z|/d theta_i = (Im z cos(theta_i - theta_j) - Re z sin(theta_i -
/// theta_j)) / |z|, and its negative for theta_j.
template <class T> void PhaseLocking<T>::pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) {
  even.assign(static_cast<size_t>(size * size), T(0));
  odd = even;
  const T count(static_cast<double>(heard));
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = i + 1; j < size; ++j) {
      const T length = modulus(real[i * size + j], imaginary[i * size + j]);
      if (!(valueOf(length) > 0))
        continue;
      const T g = (adjoint.row(i)[j] + adjoint.row(j)[i]) / (count * length);
      even[i * size + j] = even[j * size + i] = g * real[i * size + j];
      odd[i * size + j] = g * imaginary[i * size + j];
      odd[j * size + i] = -odd[i * size + j];
    }
}

template <class T> void PhaseLocking<T>::adjoint(int, const Samples<T> &again, T *out) {
  Circle<T> circle(size);
  std::vector<T> ofCosine(static_cast<size_t>(size)), ofSine(ofCosine.size());
  for (int64_t row = 0; row < again.rows; ++row) {
    circle(again.row(row));
    std::fill(ofCosine.begin(), ofCosine.end(), T(0));
    std::fill(ofSine.begin(), ofSine.end(), T(0));
    // even is symmetric and odd antisymmetric: a row of theirs serves all i for one j.
    for (int64_t j = 0; j < size; ++j) {
      const T c = circle.cosines[j], s = circle.sines[j];
      const T *e = &even[j * size], *o = &odd[j * size];
      for (int64_t i = 0; i < size; ++i) {
        ofCosine[i] += e[i] * s - o[i] * c;
        ofSine[i] -= e[i] * c + o[i] * s;
      }
    }
    for (int64_t i = 0; i < size; ++i)
      out[row * size + i] += circle.cosines[i] * ofCosine[i] + circle.sines[i] * ofSine[i];
  }
}

template <class T> int64_t PhaseLocking<T>::bytes() const {
  return size * ((reverse ? 4 : 2) * size + 4) * static_cast<int64_t>(sizeof(T));
}

template class OrderMoments<double>;
template class OrderMoments<Dual>;
template class PhaseLocking<double>;
template class PhaseLocking<Dual>;

void addPhases(std::vector<Function> &table) {
  const UnitRule pure{0, 0, UnitRule::Operands::pure};
  addBoth<Order>(table, "order", pure);
  addBoth<Metastability>(table, "metastability", pure);
  addBoth<PhaseLocking>(table, "plv", pure);
}

} // namespace bdc::runtime::objective
