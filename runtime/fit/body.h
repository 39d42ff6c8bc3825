/// The inside of a Fitting. Used within this folder alone.
#pragma once

#include "runtime/fit/fitting.h"
#include "runtime/fit/lanes.h"
#include "runtime/fit/problem.h"
#include "runtime/optimise/fit_file.h"
#include "runtime/optimise/uncertainty.h"
#include "runtime/record/output_file.h"
#include "runtime/report/report.h"

#include <chrono>

namespace bdc::runtime {

struct Fitting::Body {
  Status begin();
  Result<MemoryPlan> plan();
  Status open();
  Status save(bool force);
  Result<RunState> run();
  void hear(const optimise::Points &gradients);
  Status conclude(const optimise::FitEnd &end, const optimise::Evaluate &evaluate);
  Result<ObjectiveParts> lookAgain();
  Result<optimise::Uncertainty> uncertain(const optimise::Evaluate &evaluate);
  Result<optimise::Curvature> curvature(const optimise::Evaluate &evaluate);
  Result<optimise::Curvature> curvatureByProducts(std::shared_ptr<const Program> second, const optimise::Evaluate &evaluate);
  Result<RunState> simulate();
  void gather(const MemoryPlan &planned);
  // report.cpp
  Status finish();
  std::vector<ReportFigure> figures() const;
  ReportFigure beforeAfter(const FittedValue &value) const;

  std::shared_ptr<const Program> program;
  Options options;
  FitWishes wishes;
  std::vector<std::pair<std::string, double>> sets;
  std::map<std::string, std::vector<double>> elements;
  std::unique_ptr<FitLanes> lanes;
  std::unique_ptr<optimise::Fit> fit;
  std::vector<int64_t> elementCounts; ///< of each parameter
  std::vector<bool> felt; ///< by parameter: a derivative was not 0
  std::shared_ptr<h5::File> file;
  std::optional<optimise::FitWriter> writer;
  std::chrono::steady_clock::time_point saved;
  std::optional<ObjectiveParts> parts; ///< of the best values, where they are looked at
  std::string unseen;                  ///< why they could not be
  std::string withoutSecond;           ///< why the Hessian was taken from differences of gradients; empty: it was not
  FitSummary summary;
  std::unique_ptr<Simulation> model; ///< with the best values
  Results results;
};

} // namespace bdc::runtime
