/// Points of a space, and what an objective answers for them.
#pragma once

#include "runtime/error.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bdc::runtime::optimise {

/// One row of `dimension` numbers per point.
struct Points {
  int64_t dimension = 0;
  std::vector<double> values = {};

  int64_t count() const { return dimension > 0 ? static_cast<int64_t>(values.size()) / dimension : 0; }
  std::span<double> operator[](int64_t point) { return {values.data() + point * dimension, static_cast<size_t>(dimension)}; }
  std::span<const double> operator[](int64_t point) const {
    return {values.data() + point * dimension, static_cast<size_t>(dimension)};
  }
  void add(std::span<const double> point) { values.insert(values.end(), point.begin(), point.end()); }
};

/// In the order of the points.
struct Answers {
  std::vector<double> losses; ///< not finite: the point has failed
  Points gradients = {};      ///< one row per point where gradients were wanted, else none
};

/// Whether the loss of a point is a number, and its gradient where there is one.
bool isFinite(const Answers &answers, int64_t point = 0);
/// What is wrong where it is not, and the point is where a method starts.
Error startFailed();

} // namespace bdc::runtime::optimise
