/// The fit of a program: candidates side by side, then one run with the best values, whose recordings, summaries and plots are those of
/// the fitted model.
///
///   auto made = Fitting::create(program, options, {});
///   (*made)->set("noise", 0.1);
///   (*made)->run();                  // steps until a rule ends it; Ctrl-C ends it after a step with everything saved
///   (*made)->finish();               // the report
///   (*made)->results().fit
#pragma once

#include "runtime/optimise/fit.h"
#include "runtime/simulate/simulation.h"

namespace bdc::runtime {

struct FitWishes {
  GradientOptions gradient = {};
  std::string continued = {}; ///< an HDF5 file with a fit that is gone on with; empty: begin anew
  std::function<void(const FitProgress &)> progress = {};
  /// The program with second derivatives, where uncertainty is asked for; an error where there is none. Empty: differences of gradients are taken.
  std::function<Result<std::shared_ptr<const Program>>()> second = {};
};

class Fitting {
public:
  /// Options::output gets the history and the state of the fit (`/fit`), and the recordings of the fitted model.
  static Result<std::unique_ptr<Fitting>> create(std::shared_ptr<const Program> program, Options options, FitWishes wishes);
  ~Fitting();
  Fitting(const Fitting &) = delete;
  Fitting &operator=(const Fitting &) = delete;

  /// As of a Simulation: what holds for all candidates, and where parameters that are fitted start.
  Status set(std::string_view name, double coherent);
  Status setElements(std::string_view name, std::span<const double> values);

  /// What candidates take together, side by side.
  Result<MemoryPlan> plan();
  Result<RunState> run();
  Status finish();

  const Results &results() const;
  /// A run with what holds for all candidates.
  Simulation &candidate();
  /// The run with the best values; null before.
  const Simulation *fitted() const;

  struct Body; ///< the inside, fitting.cpp

private:
  explicit Fitting(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body;
};

} // namespace bdc::runtime
