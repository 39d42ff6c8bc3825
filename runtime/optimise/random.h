/// Random numbers and evenly spread points for optimisers: functions of (seed, purpose, step, element), so that a fit can be
/// continued without a generator's state.
#pragma once

#include "runtime/batch/sobol.h"

#include <cstdint>
#include <string_view>

namespace bdc::runtime::optimise {

class Draws {
public:
  Draws(uint64_t seed, std::string_view purpose);

  /// [0, 1), and standard normal.
  double uniform(int64_t step, int64_t element, int draw = 0) const;
  double normal(int64_t step, int64_t element, int draw = 0) const;
  /// 0, 1, … count − 1.
  int64_t index(int64_t step, int64_t element, int64_t count, int draw = 0) const;

private:
  uint64_t key;
};

using runtime::Sobol;

} // namespace bdc::runtime::optimise
