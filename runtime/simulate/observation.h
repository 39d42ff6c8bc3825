/// The objective of a program while it runs: hears what it observes, gives its value and, where it is differentiated, the adjoints of
/// the samples. Used within this folder alone.
#pragma once

#include "runtime/objective/evaluation.h"
#include "runtime/record/recorder.h"
#include "runtime/simulate/simulation.h"
#include "runtime/simulate/sizes.h"
#include "runtime/simulate/tangent_observation.h"

#include <memory>
#include <span>
#include <vector>

namespace bdc::runtime {

/// What is heard of one observed record between two calls of `Observation::passed`.
class ObservedStream : public Listener {
public:
  Stream stream;
  int position = 0; ///< among the plan's series, or its spikes
  std::vector<double> rows;
  std::vector<int64_t> spikeSteps; ///< counted from 1
  std::vector<uint32_t> spikeElements;

  bool isSpikes() const { return stream.kind == RecordKind::spikes; }
  Status hear(const RowBatch &batch) override;
  Status hear(const SpikeBatch &batch) override;
};

/// The objective's functionals for runs of one shape.
struct ObjectivePlan {
  std::vector<double> key; ///< all numbers that it is made from
  std::shared_ptr<const objective::CheckedPlan> checked;
  std::vector<std::pair<bool, int>> files; ///< whether a file has spikes, and its position
};

class Observation {
public:
  /// Reads the objective's data and checks that everything fits.
  static Result<std::unique_ptr<Observation>> create(Simulation::Body &body, bool reverse);

  /// Its streams, for the recorder of a run.
  void declare(Recorder &recorder);
  /// A new run begins.
  void begin();
  /// Whether what is heard counts for the value, and whether it is kept for the way back.
  void listen(bool value, bool keep);
  /// Everything of the steps first … last - 1 has been heard.
  Status passed(int64_t first, int64_t last);

  /// The objective, after all steps, with its change along the direction of a program with tangents.
  Result<objective::Dual> value();
  std::vector<Sensitivity> takeCurves() { return along->takeCurves(); }
  /// The derivatives of what is differentiated (of a program with tangents its change) with respect to the gradient's parameters where the
  /// objective reads them itself, after `value`.
  std::span<const double> direct() const { return along ? along->direct() : directly; }
  /// From here on `give`.
  void pullback();
  /// Writes the adjoints of what was kept into the tables of the compiled program, and forgets it.
  void give();

  /// What was compared with data, and what the value is, after `value` of a run whose samples were kept.
  void describe(ObjectiveParts &parts);
  /// Whether samples are among what is compared, and can be kept.
  bool comparesSamples() const;

  int64_t bytes() const { return along ? along->bytes() : evaluation->bytes(); }
  /// Rows of a table for the samples of so many steps.
  static int64_t rowsFor(int64_t steps, int64_t interval) { return steps / interval + 2; }
  /// When a sample of a stream is taken (ms): number k of those after `discard`, from 0.
  static double timeOf(const Sizes &sizes, int64_t interval, int64_t k) {
    return static_cast<double>((sizes.discard / interval + k + 1) * interval) * sizes.dt;
  }

private:
  /// What was heard of one stream.
  struct Kept {
    std::vector<double> rows;
    std::vector<int64_t> times; ///< steps after `discard`, from 0
    std::vector<uint32_t> sources;
  };
  /// One side of a comparison.
  struct Side {
    const objective::Operand *operand = nullptr;
    const std::vector<double> *values = nullptr;
    int64_t interval = 0; ///< steps, of samples
  };
  explicit Observation(Simulation::Body &body);
  Status plan();
  std::vector<double> planKey() const;
  Status observe(objective::Plan &plan);
  Status readData(objective::Plan &plan);
  objective::Samples<double> samplesOf(const ObservedStream &from, int64_t first, int64_t last, const std::vector<double> &rows) const;
  objective::Spikes<double> spikesOf(const ObservedStream &from, int64_t first, int64_t last, const Kept &kept) const;
  bool isCompared(size_t node) const;
  Side sideOf(const objective::Source &source) const;
  void compare(size_t node, ObjectiveParts &parts) const;
  void clear(int table);
  void write(int table, const ObservedStream &from, int64_t firstSample, int64_t rows, const double *adjoints);
  void giveBoth(size_t observed, const ObservedStream &from);

  Simulation::Body &body;
  std::vector<std::shared_ptr<ObservedStream>> streams;
  std::vector<Kept> kept;                                ///< per stream
  std::vector<std::pair<bool, int>> files;               ///< as in ObjectivePlan
  std::shared_ptr<const objective::CheckedPlan> checked;
  std::unique_ptr<objective::Evaluation<double>> evaluation;
  std::unique_ptr<TangentObservation> along;             ///< of a program with tangents, in place of `evaluation`
  std::vector<double> leafAdjoints, directly;
  bool values = false, keeps = false;
  int64_t keptFirst = 0, keptLast = 0; ///< steps
};

} // namespace bdc::runtime
