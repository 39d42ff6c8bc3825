/// What an observation hears with where a program carries tangents: its value and how that changes. Used within this folder alone.
#pragma once

#include "runtime/objective/evaluation.h"
#include "runtime/record/recorder.h"
#include "runtime/simulate/simulation.h"

#include <memory>
#include <vector>

namespace bdc::runtime {

class ObservedStream;

class TangentObservation {
public:
  static Result<std::unique_ptr<TangentObservation>> create(Simulation::Body &body, std::shared_ptr<const objective::CheckedPlan> plan);

  void declare(Recorder &recorder);
  void begin();
  /// Of one observed record; the changes in the same steps have been heard.
  Status hear(size_t observed, const ObservedStream &of, const objective::Samples<double> &samples);
  Status hear(size_t observed, const ObservedStream &of, const objective::Spikes<double> &spikes);
  /// The objective and its change, after all steps.
  Result<objective::Dual> value();
  /// From the next `begin` on: what is heard of series is kept.
  void keepCurves() { keeps = true; }
  std::vector<Sensitivity> takeCurves() { return std::move(curves); }
  int64_t bytes() const { return evaluation.bytes(); }

private:
  TangentObservation(Simulation::Body &body, std::shared_ptr<const objective::CheckedPlan> plan)
      : body(body),
        plan(plan),
        evaluation(std::move(plan), false) {}
  void keep(const ObservedStream &of, const objective::Samples<double> &samples);

  Simulation::Body &body;
  std::shared_ptr<const objective::CheckedPlan> plan;
  objective::Evaluation<objective::Dual> evaluation;
  bool keeps = false;
  std::vector<Sensitivity> curves; ///< per series
  std::vector<std::shared_ptr<ObservedStream>> streams; ///< per observed record; null where nothing changes it
  std::vector<objective::Dual> both;                    ///< what is heard at once
};

} // namespace bdc::runtime
