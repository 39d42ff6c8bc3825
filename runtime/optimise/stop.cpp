#include "runtime/optimise/stop.h"

#include <fmt/format.h>

#include <cmath>

namespace bdc::runtime::optimise {

const char *nameOf(Stop stop) {
  constexpr const char *names[] = {"none",     "steps", "loss",      "patience", "parameters",
                                   "gradient", "time",  "interrupt", "method",   "failure"};
  return names[static_cast<int>(stop)];
}

bool Watch::isStill(const Points &points) {
  bool still = rules.parameters > 0 && before.size() == points.values.size();
  for (size_t i = 0; i < before.size() && still; ++i)
    still = std::fabs(points.values[i] - before[i]) <= rules.parameters;
  if (rules.parameters > 0)
    before = points.values;
  return still;
}

FitEnd Watch::enough(int64_t steps) const {
  if (rules.steps > 0 && steps >= rules.steps)
    return {Stop::steps, fmt::format("all {} steps are done", rules.steps)};
  return {};
}

FitEnd Watch::look(const Step &s) {
  const bool still = isStill(s.points);
  if (!isMarked || s.best < mark - rules.tolerance * std::fabs(mark)) {
    isMarked = std::isfinite(s.best);
    mark = s.best;
    waited = 0;
  } else {
    ++waited;
  }
  if (rules.loss && s.best <= *rules.loss)
    return {Stop::loss, fmt::format("the loss is at or below {:g}", *rules.loss)};
  if (rules.gradient > 0 && s.gradientNorm <= rules.gradient)
    return {Stop::gradient, fmt::format("the norm of the gradient is at or below {:g}", rules.gradient)};
  if (still)
    return {Stop::parameters, fmt::format("no coordinate changes by more than {:g}", rules.parameters)};
  if (patience() > 0 && waited >= patience())
    return {Stop::patience, rules.tolerance > 0
                                ? fmt::format("the loss has not improved by {:g} of itself in {} steps", rules.tolerance, waited)
                                : fmt::format("the loss has not improved in {} steps", waited)};
  if (FitEnd end = enough(s.steps); end.reason != Stop::none)
    return end;
  if (rules.time_s > 0 && s.time_s >= rules.time_s)
    return {Stop::time, fmt::format("{:g} s are over", rules.time_s)};
  return {};
}

void Watch::exchange(Exchange &x) {
  x.inside("watch", [&] {
    x("mark", mark);
    x("is_marked", isMarked);
    x("waited", waited);
    x("before", before);
  });
}

} // namespace bdc::runtime::optimise
