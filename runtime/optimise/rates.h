/// The length of a step over the course of a fit.
#pragma once

#include "runtime/optimise/methods.h"

#include <cstdint>

namespace bdc::runtime::optimise {

class Rates {
public:
  /// `steps`: planned.
  Rates(const Method &method, int64_t steps);
  /// Of step 0, 1, …
  double operator()(int64_t step) const;

private:
  enum class Schedule { constant, exponential, cosine, step } schedule = Schedule::constant;
  double rate, factor, last;
  int64_t every, warmup, steps;
};

} // namespace bdc::runtime::optimise
