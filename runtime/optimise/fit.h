/// A fit: parameters, an optimiser, rules that end it, and what happened.
///
///   auto fit = Fit::create(parameters, options);
///   auto end = (*fit)->run(evaluate);      // or step by step
///   (*fit)->best().values                  // the best, not the last
///
/// `evaluate` runs the program for several sets of values at once, as lanes.
#pragma once

#include "runtime/optimise/history.h"
#include "runtime/optimise/optimiser.h"
#include "runtime/optimise/parameters.h"
#include "runtime/optimise/stop.h"
#include "runtime/progress/progress.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace bdc::runtime::optimise {

/// The loss of each row of values (elements of all parameters, coherent units), and its gradient with respect to them where
/// `gradients` is set. A lane that failed (NaN in a state) answers with a loss that is not finite. An error ends the fit.
using Evaluate = std::function<Result<Answers>(const Points &values, bool gradients)>;

enum class Spread { sobol, random, bayes };

/// How a loss is shown.
struct LossShown {
  Display display = {};
  bool isNegated = false; ///< what is made small is the negative of what was written
  double operator()(double loss) const { return display(isNegated ? -loss : loss); }
};

struct FitOptions {
  Method method;
  int64_t starts = 1; ///< of a local method: so many at once, the first from the parameters' own start
  Spread spread = Spread::sobol;
  int64_t screen = 0; ///< points that are tried first, of which the best become the starts; 0: all points are starts
  StopRules stop = {};
  uint64_t seed = 1;
  LossShown loss = {};
  std::function<void(const FitProgress &)> progress = {};
  const std::atomic<bool> *interrupt = nullptr; ///< true: stop after the current step
};

struct Best {
  double loss = 0;                                   ///< priors included
  double penalty = 0;                                ///< the priors' part
  int64_t step = -1;                                 ///< from 0; -1: no point had a finite loss
  std::vector<double> values = {}, coordinates = {}; ///< elements in coherent units; and what they are to the optimiser
};

class Fit {
public:
  /// The parameters must have been made for the method's space.
  static Result<std::unique_ptr<Fit>> create(Parameters parameters, FitOptions options);

  /// The most points that `evaluate` is asked for at once, and whether gradients are wanted.
  int64_t batch() const { return optimiser->batch(); }
  bool usesGradient() const { return optimiser->usesGradient(); }

  /// One ask, evaluation and tell. Has a reason where it was the last. An error comes from `evaluate`, or says that no point had
  /// a finite loss; a method that fails later ends the fit with what it has reached.
  Result<FitEnd> step(const Evaluate &evaluate);
  /// Steps until one is the last. `passed` is called after each.
  Result<FitEnd> run(const Evaluate &evaluate, const std::function<Status()> &passed = {});

  const Parameters &parameters() const { return unknowns; }
  const FitOptions &options() const { return wishes; }
  const History &history() const { return past; }
  const Best &best() const { return least; }
  /// Of the first point, which is the start but for the methods grid and direct.
  double firstLoss() const { return past.lanes.values.empty() ? 0 : past.lanes.values.front(); }
  int64_t evaluations() const { return evaluated; }
  int64_t failures() const { return failed; } ///< evaluations whose loss was not finite
  const std::vector<std::string> &warnings() const { return notes; }

  /// Everything that the next steps depend on, and the history.
  State save();
  /// Continues from a state. Errors: of another method, seed or list of parameters.
  Status restore(const State &state);

private:
  Fit(Parameters parameters, FitOptions options);
  std::vector<std::pair<std::string, std::string>> labels() const;
  void exchange(Exchange &x);
  Result<Answers> answersFor(const Points &points, const Evaluate &evaluate, std::vector<double> &penalties, Points &values);
  void record(const Points &points, const Points &values, const Answers &answers, const std::vector<double> &penalties);
  double elapsed() const;

  Parameters unknowns;
  FitOptions wishes;
  std::unique_ptr<Optimiser> optimiser;
  Watch watch;
  History past;
  Best least;
  int64_t evaluated = 0, failed = 0;
  double spent_s = 0;      ///< before it was continued
  int64_t stepsBefore = 0; ///< done until then
  std::chrono::steady_clock::time_point begun;
  std::vector<std::string> notes;
};

} // namespace bdc::runtime::optimise
