/// An optimiser that asks and is told: it never calls the objective, so the points of one ask can run side by side as lanes of
/// one program, and it can be stopped after any step.
///
///   auto made = makeOptimiser(method, problem);
///   while ((*made)->ended().empty()) {
///     const Points &points = (*made)->ask();
///     (*made)->tell(answersFor(points));
///   }
///
/// What is asked is a function of the problem and of the answers so far, to the bit.
#pragma once

#include "runtime/error.h"
#include "runtime/optimise/methods.h"
#include "runtime/optimise/points.h"
#include "runtime/optimise/state.h"

#include <memory>
#include <string>
#include <vector>

namespace bdc::runtime::optimise {

/// What is optimised, in the coordinates of the method's space (methods.h).
struct Problem {
  std::vector<double> start;
  std::vector<double> low, high; ///< infinite where there is no end
  uint64_t seed = 1;
  int64_t steps = 0; ///< that are planned: some rates depend on it

  int64_t dimension() const { return static_cast<int64_t>(start.size()); }
};

class Optimiser {
public:
  virtual ~Optimiser() = default;

  /// The next points: at least one, while it has not ended. The same until they are answered.
  virtual const Points &ask() = 0;
  /// An error where it cannot go on, such as a start whose loss is not finite.
  virtual Status tell(const Answers &answers) = 0;

  /// Why it has ended by itself; empty while it goes on.
  virtual std::string ended() const { return {}; }
  /// The most points of one ask.
  virtual int64_t batch() const { return 1; }
  virtual bool usesGradient() const { return false; }
  /// Whether it does for the present points.
  virtual bool wantsGradient() const { return usesGradient(); }
  /// What the user should know, once each: a rate that was reduced, a start that failed.
  virtual std::vector<std::string> takeWarnings() { return {}; }

  /// Saves or restores all of its state (state.h), between a tell and the next ask.
  virtual void exchange(Exchange &exchange) = 0;
};

/// Errors: values out of range, a method that needs intervals with two ends.
Result<std::unique_ptr<Optimiser>> makeOptimiser(const Method &method, const Problem &problem);

} // namespace bdc::runtime::optimise
