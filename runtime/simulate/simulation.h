/// A simulation: one compiled program, its parameters, its memory, its time.
///
///   auto made = Simulation::create(program, options);       // nothing is allocated yet
///   (*made)->set("N", 40000);
///   (*made)->prepare();                                      // derive, check, plan, allocate, build the network, start values
///   (*made)->run();                                          // the program's duration; or runFor(500.0) twice
///   (*made)->finish();                                       // closes the output, computes the summaries
///
/// No function throws, prints or ends the process; several simulations may live side by side.
#pragma once

#include "runtime/data/places.h"
#include "runtime/memory/plan.h"
#include "runtime/record/recording.h"
#include "runtime/simulate/gradient.h"
#include "runtime/simulate/options.h"
#include "runtime/simulate/program.h"
#include "runtime/simulate/results.h"
#include "runtime/simulate/tangent.h"

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace bdc::runtime {

/// An array of the running program, without a copy. Coherent units; display converts to the user's.
struct ArrayView {
  void *data = nullptr;
  Type type = Type::f64;
  int64_t size = 0; ///< elements of one row
  int64_t rows = 1;
  int64_t stride = 0; ///< elements from one row to the next
  Display display;

  /// The first row, or an empty span where the type is another.
  template <class T> std::span<T> as() const {
    constexpr bool isReal = std::is_floating_point_v<T>, isThere = isReal ? sizeof(T) == 8 || sizeof(T) == 4 : sizeof(T) == 1 || sizeof(T) == 4;
    constexpr Type asked = isReal ? (sizeof(T) == 8 ? Type::f64 : Type::f32) : sizeof(T) == 1 ? Type::u8 : Type::i32;
    return isThere && type == asked ? std::span<T>(static_cast<T *>(data), static_cast<size_t>(size)) : std::span<T>();
  }
};

enum class RunState { done, interrupted };

class DataStore;
class Plot;
namespace h5 {
class File;
}

/// Where the results of a run go that is one of a batch (runtime/batch/batch.h).
struct LanePlace {
  std::shared_ptr<h5::File> file; ///< recordings and tables, below a group of it; null: nowhere
  int group = 0;
  std::string path;   ///< of the group
  bool draws = false; ///< keeps its drawings
};

/// A plot that was asked for.
struct Drawing {
  std::string text, function;
  std::shared_ptr<Plot> plot;
};

class Simulation {
public:
  static Result<std::unique_ptr<Simulation>> create(std::shared_ptr<const Program> program, Options options);
  ~Simulation();
  Simulation(const Simulation &) = delete;
  Simulation &operator=(const Simulation &) = delete;

  /// Sets a parameter, in coherent units (ms, mV, pA, …). An unknown name is an error with the nearest name as help.
  /// After `prepare`, what would change the network (sizes, connections, weights and delays that are drawn or come from a connectome,
  /// params of elements) is refused at the next run; initial values keep what they were.
  Status set(std::string_view name, double value);
  /// Takes that back: the program makes it itself again.
  Status unset(std::string_view name);
  bool isSet(std::string_view name) const;
  /// The value of any scalar, derived from what is set so far, in coherent units.
  Result<double> get(std::string_view name);

  /// Gives the values of a param of elements, or the initial values of a state, in coherent units, one per element; or the weights of a
  /// table's connections ("SC.weights", where they are fitted), one for each entry that is not 0, row by row. None: as the program makes them. What is made from them sees them. Of the next `prepare`; a run that has begun is refused.
  Status setElements(std::string_view name, std::span<const double> values);
  /// What was given; empty where nothing was.
  std::span<const double> givenElements(std::string_view name) const;
  /// The values that its elements have before the first step. A run that has begun is given up: the next one starts over.
  Result<std::vector<double>> startElements(std::string_view name);
  /// Where these stand in their table; empty where they are no table's weights.
  Result<Places> places(std::string_view name);

  /// The other simulation that is alive during the next runs, whose memory counts to the limit with this one's.
  void standBeside(const Simulation &other);

  /// The values of all scalars, in the order of the descriptor.
  Result<std::vector<double>> scalars();

  /// Of the next `prepare`.
  void setSeed(uint64_t seed);
  /// Makes the run one of a batch, from the next `prepare` on.
  void setLane(LanePlace place);
  /// Connectomes are read and kept there.
  void shareData(std::shared_ptr<DataStore> store);

  /// The memory plan for the parameters as they are.
  Result<MemoryPlan> plan();
  /// What the plan depends on: two equal lists mean equal plans. An error where there is none.
  Result<std::vector<double>> planKey();

  /// Everything before the first step. Called again, it starts over at time 0 with the parameters as they are now.
  Status prepare();

  /// The rest of the program's duration, some milliseconds, or some steps. Prepares where that has not happened.
  /// Bits do not depend on how a duration is cut into calls.
  Result<RunState> run();
  /// The same of as many runs at once as the program's `lanes`, which are alike. Each has the bits that it has alone.
  static std::vector<Result<RunState>> runSideBySide(std::span<Simulation *const> lanes);
  /// Whether these two, both prepared and of one thread, may be among them: whether they have the same sizes, connections and steps of samples.
  bool isAlike(const Simulation &other) const;
  Result<RunState> runFor(double time_ms);
  Result<RunState> runSteps(int64_t steps);

  /// The objective of a whole run from time 0, with the parameters as they are; nothing is recorded.
  Result<double> objective();
  /// The same with its derivatives. `interrupted` in the result: nothing else in it counts.
  Result<GradientResult> gradient(const GradientOptions &options = {});
  /// The same of its change along a direction, of a program with tangents and the way back: the Hessian times the direction.
  Result<GradientResult> hessianProduct(const Direction &direction, const GradientOptions &options = {});
  /// The objective with its change along a direction, of a program with tangents: forward mode. `withCurves`: and those of the series that it reads.
  Result<TangentResult> derivativeAlong(const Direction &direction, bool withCurves = false);
  /// How what the experiment's sensitivities follow changes with the program's parameter of this number, of a program with tangents: one whole
  /// run, whose curves `run` writes, draws and keeps beside its recordings. `run` has the same parameters and seed, is prepared and not finished.
  Result<RunState> sensitivity(size_t parameter, Simulation &run);
  /// How many parameters the curves of this run are of; without one of them, its file is not complete.
  void expectSensitivities(size_t parameters);
  /// Curves that `keepRecordings` kept.
  const std::deque<SensitivityCurve> &sensitivities() const;
  /// What these will take. `way`: how the way back will be gone.
  Result<MemoryPlan> objectivePlan();
  Result<MemoryPlan> gradientPlan(const GradientOptions &options, checkpoint::Plan &way);
  /// The objective, and what it was made of.
  Result<ObjectiveParts> objectiveParts();

  /// Completes the output file and the summaries, writes the report. Further runs are refused until the next `prepare`.
  Status finish();

  int64_t step() const;
  double time_ms() const;
  const Program &program() const;

  /// An array by its name, e.g. "E.v". Valid until the next `prepare`; the host may write between runs.
  std::optional<ArrayView> state(std::string_view name) const;
  /// The edges of a projection by its name; null where there is none.
  const bdc_graph *graph(std::string_view name) const;
  /// What `keepRecordings` kept, in the order of the program's records.
  const std::vector<Recording> &recordings() const;
  std::vector<Recording> takeRecordings();

  /// Times, sizes, summaries (complete after `finish`).
  const Results &results() const;
  /// Name and unit of each summary, once there is a plan.
  std::vector<SummaryValue> summaryNames() const;
  /// The plots, after `finish`; empty where none are drawn.
  const std::vector<Drawing> &drawings() const;

  struct Body; ///< the inside, body.h

private:
  explicit Simulation(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body;
};

} // namespace bdc::runtime
