/// Pictures of a fit.
#pragma once

#include "runtime/summarise/detail.h"

#include <span>
#include <string>
#include <vector>

namespace bdc::runtime {

/// The loss after each step, from step 1 on; NaN where a step had none.
struct LossCurve {
  std::span<const double> loss;       ///< of the step
  std::span<const double> best;       ///< the least so far
  std::span<const double> lanes = {}; ///< [step][start]: of several starts side by side, else empty
};

/// Over steps, on a logarithmic axis where the losses are positive and span more than a factor of ten.
std::string drawLoss(const LossCurve &curve);

/// A target and what was fitted to it: two matrices of one shape, or two lists.
struct Comparison {
  Table target, fit;
  double limit = 1;                 ///< of matrices: the largest size that an entry can have; infinite where there is none
  std::vector<double> time_ms = {}; ///< of a list's numbers where it is a course in time
};

/// Matrices: the two side by side with the same colours, and their entries against each other. Courses in time: two lines. Other
/// lists: numbers against each other.
std::string drawComparison(const Comparison &comparison);
/// "r = 0.93 over 3486 pairs, root mean square of the difference 0.05 mV"
std::string comparisonCaption(const Comparison &comparison);

/// A table as a fit found it and as it left it, side by side; NaN where there is no entry.
std::string drawBeforeAfter(const Table &before, const Table &after);

} // namespace bdc::runtime
