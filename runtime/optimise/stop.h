/// When a fit ends.
#pragma once

#include "runtime/optimise/points.h"
#include "runtime/optimise/state.h"

#include <cstdint>
#include <optional>
#include <string>

namespace bdc::runtime::optimise {

/// The first rule that holds ends the fit; those that are 0 are off.
struct StopRules {
  int64_t steps = 200;
  std::optional<double> loss = {}; ///< the best loss is at or below this
  double tolerance = 0;            ///< an improvement counts if it is larger than this part of the best loss
  int64_t patience = 0;            ///< steps without an improvement that counts; where only `tolerance` is given: 10
  double parameters = 0;           ///< no coordinate differs by more from that of the step before
  double gradient = 0;             ///< the norm of the gradient with respect to the coordinates
  double time_s = 0;               ///< since the fit was begun or continued
};

enum class Stop { none, steps, loss, patience, parameters, gradient, time, interrupt, method, failure };
/// "steps", "loss", …
const char *nameOf(Stop stop);

struct FitEnd {
  Stop reason = Stop::none;
  std::string text = {}; ///< in words
};

/// Watches a fit.
class Watch {
public:
  explicit Watch(const StopRules &rules) : rules(rules) {}

  struct Step {
    int64_t steps = 0; ///< done
    double best = 0, gradientNorm = 0;
    const Points &points; ///< of this step, in coordinates
    double time_s = 0;
  };
  FitEnd look(const Step &step);
  /// Whether these are all the steps that there will be.
  FitEnd enough(int64_t steps) const;

  void exchange(Exchange &x);

private:
  int64_t patience() const { return rules.patience > 0 ? rules.patience : rules.tolerance > 0 ? 10 : 0; }
  bool isStill(const Points &points);

  StopRules rules;
  double mark = 0; ///< the best loss when an improvement last counted
  bool isMarked = false;
  int64_t waited = 0;         ///< steps since then
  std::vector<double> before; ///< points of the last step
};

} // namespace bdc::runtime::optimise
