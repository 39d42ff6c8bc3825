/// What an observation hears with where a program carries tangents: its value and how that changes. Used within this folder alone.
#pragma once

#include "runtime/objective/evaluation.h"
#include "runtime/record/recorder.h"
#include "runtime/simulate/simulation.h"

#include <memory>
#include <span>
#include <vector>

namespace bdc::runtime {

class ObservedStream;

class TangentObservation {
public:
  /// `reverse`: whether `pullback` will be called.
  static Result<std::unique_ptr<TangentObservation>> create(Simulation::Body &body, std::shared_ptr<const objective::CheckedPlan> plan, bool reverse);

  void declare(Recorder &recorder);
  void begin();
  /// Of one observed record; the changes in the same steps have been heard. `value`, `keep`: as of `Observation::listen`.
  Status hear(size_t observed, const ObservedStream &of, const objective::Samples<double> &samples, bool value, bool keep);
  Status hear(size_t observed, const ObservedStream &of, const objective::Spikes<double> &spikes);
  /// The objective and its change, after all steps.
  Result<objective::Dual> value();
  /// Of its change, where the program differentiates that: by the gradient's parameters where the objective reads them itself, after `value`.
  std::span<const double> direct() const { return directly; }
  void pullback() { evaluation.pullback(leafAdjoints); }
  /// Of the change, by the samples of a series that were kept (`value` of each) and by their own changes (`tangent`). Then they are forgotten.
  std::vector<objective::Dual> adjoints(size_t observed, const ObservedStream &of, const objective::Samples<double> &again);
  /// From the next `begin` on: what is heard of series is kept.
  void keepCurves() { keepsCurves = true; }
  std::vector<Sensitivity> takeCurves() { return std::move(curves); }
  int64_t bytes() const { return evaluation.bytes(); }

private:
  TangentObservation(Simulation::Body &body, std::shared_ptr<const objective::CheckedPlan> plan, bool reverse)
      : body(body),
        plan(plan),
        evaluation(std::move(plan), reverse) {}
  void addToCurve(const ObservedStream &of, const objective::Samples<double> &samples);

  Simulation::Body &body;
  std::shared_ptr<const objective::CheckedPlan> plan;
  objective::Evaluation<objective::Dual> evaluation;
  bool keepsCurves = false;
  std::vector<Sensitivity> curves; ///< per series
  std::vector<std::shared_ptr<ObservedStream>> streams; ///< per observed record; null where nothing changes it
  std::vector<objective::Dual> both;                    ///< what is heard at once
  std::vector<std::vector<objective::Dual>> kept;       ///< per observed record
  std::vector<objective::Dual> leafAdjoints;
  std::vector<double> directly;
};

} // namespace bdc::runtime
