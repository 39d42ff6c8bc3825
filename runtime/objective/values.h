/// What functionals hear and give.
#pragma once

#include "runtime/objective/number.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bdc::runtime::objective {

/// A table of numbers, row by row. A scalar is 1 x 1.
template <class T> struct Matrix {
  int64_t rows = 0, columns = 0;
  std::vector<T> values;

  Matrix() = default;
  Matrix(int64_t rows, int64_t columns, T value = T(0))
      : rows(rows),
        columns(columns),
        values(static_cast<size_t>(rows * columns), value) {}

  int64_t size() const { return rows * columns; }
  T *row(int64_t i) { return values.data() + i * columns; }
  const T *row(int64_t i) const { return values.data() + i * columns; }
};

/// Successive samples [row][element] of a series, in coherent units.
template <class T> struct Samples {
  int64_t first = 0; ///< number of the first row; the first sample after `discard` is 0
  int64_t rows = 0, columns = 0;
  const T *values = nullptr;

  const T *row(int64_t i) const { return values + i * columns; }
};

/// The spikes of successive steps, those without any included. An element that spikes in a step has the indicator 1 there, else
/// 0; the derivatives of indicators (a surrogate) are not 0 where they are 0, so a direction is given with all of them.
template <class T> struct Spikes {
  int64_t first = 0; ///< number of the first step; the first step after `discard` is 0
  int64_t steps = 0, elements = 0;
  /// Every spike: its step (counted as `first` is) and its element (a position among `elements`), in the order of steps, and of
  /// elements within a step. Not read where there are `indicators`.
  std::span<const int64_t> times = {};
  std::span<const uint32_t> sources = {};
  const T *indicators = nullptr; ///< [steps][elements], or null
};

} // namespace bdc::runtime::objective
