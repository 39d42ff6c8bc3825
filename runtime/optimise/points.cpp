#include "runtime/optimise/points.h"

#include <algorithm>
#include <cmath>

namespace bdc::runtime::optimise {

bool isFinite(const Answers &answers, int64_t point) {
  if (!std::isfinite(answers.losses[point]))
    return false;
  if (answers.gradients.count() == 0)
    return true;
  const auto gradient = answers.gradients[point];
  return std::all_of(gradient.begin(), gradient.end(), [](double v) { return std::isfinite(v); });
}

Error startFailed() { return {ErrorKind::numeric, "the loss or its gradient is not finite at the start", "start elsewhere"}; }

} // namespace bdc::runtime::optimise
