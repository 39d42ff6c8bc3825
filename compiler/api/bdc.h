/// Embedding bdc in a C++ program: compile a model, set its parameters, run it, read its states.
///
///   auto program = bdc::compileFile("coba.bd");
///   if (!program) { std::puts(program.error().text().c_str()); return 1; }
///   auto simulation = program->simulate({.seed = 7, .threads = 2});
///   (*simulation)->set("N", "10000");
///   (*simulation)->runFor(100);                                 // milliseconds
///   for (double v : (*simulation)->state("E.v")->as<double>()) …  // no copy
///
/// Nothing declared here throws, prints, ends the process or keeps state outside its objects; several programs and simulations
/// live side by side, and different objects may be used from different threads. A Program is what a text means and its machine
/// code; it does not change, and finds its data where they were relative to the current folder when it was compiled. A Simulation
/// is one run of it: parameters, memory, time.
#pragma once

#include "runtime/runtime.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bdc {

/// Where something stands in a text: lines and columns from 1, columns in characters; all 0 where there is no place.
struct Place {
  std::string file;
  uint32_t line = 0, column = 0, endLine = 0, endColumn = 0;
};

/// One mistake or warning in a model.
struct Diagnostic {
  bool isError = true;
  std::string kind; ///< its name for machines: "unit-mismatch"
  std::string message, help;
  Place place;
  /// What stands under the marked text: "I is in pA (current)"; other marked places; further sentences.
  std::string label;
  struct Label {
    Place place;
    std::string text;
  };
  std::vector<Label> labels;
  std::vector<std::string> notes;
  std::string text; ///< as `bdc check` shows it, with the line of the model
};

struct Error : runtime::Error {
  std::vector<Diagnostic> diagnostics; ///< what is wrong with the model; empty where it is not the model
  /// Everything a person needs: the diagnostics as `bdc check` shows them, or the message and the way out.
  std::string text() const;

  Error() = default;
  Error(runtime::Error error) : runtime::Error(std::move(error)) {}
};

template <class T> using Result = runtime::Result<T, Error>;
using Status = runtime::StatusOf<Error>;

enum class Precision : uint8_t { f64, f32 };

/// Whether lanes of a batch go side by side, as the numbers of one vector: where that is faster, wherever there are enough of them, or never. No
/// result depends on it.
enum class SideBySide : uint8_t { automatic, always, never };

struct CompileOptions {
  std::string experiment = {};           ///< empty: the file's first
  Precision precision = Precision::f64;
  std::vector<std::string> separate = {}; ///< parameters that must not share a state with others of equal value; `set` sees to it
  bool forward = false;                  ///< derivatives by forward mode alone: the run itself carries tangents, and no loops go backwards
  bool gradient = false;                 ///< derivatives by what is fitted, even where its method needs none
  SideBySide sideBySide = SideBySide::automatic;
  int width = 0;                         ///< numbers per vector: 1, 2, 4, 8 or 16; 0: what the processor likes
  bool cache = true;                     ///< keep machine code for the next process
  std::string cacheFolder = {};          ///< empty: $BDC_CACHE_DIR, $XDG_CACHE_HOME/bdc or ~/.cache/bdc
};

/// A number that a run may be given, as `--set` names it.
struct Parameter {
  std::string name, unit, doc; ///< unit: empty for a pure number
  double value = 0;            ///< of the program as written, in `unit`
  bool settable = true;
  bool whole = false;          ///< must be a whole number
};

/// Something that has one value per element of a population or connection.
struct State {
  std::string name, unit;
};

using RunOptions = runtime::Options;
using Results = runtime::Results;
using StateView = runtime::ArrayView;
using RunState = runtime::RunState;

/// How the way back through a run is gone: within how much memory, with how many checkpoints.
using GradientOptions = runtime::GradientOptions;
using GradientCheck = runtime::GradientCheck;

/// The objective's derivative by one parameter.
struct Derivative {
  std::string name;
  std::string unit;           ///< "mV per nS": the objective's unit per unit of the parameter; empty for a pure number
  std::vector<double> values; ///< one for each element; one of a scalar; of the weights of a connectome one for each connection, row by row
  bool isScalar = true;
  runtime::Places places = {}; ///< of such weights: row (target) and column (source) of each, and their labels; else empty
};
struct Gradient {
  double objective = 0; ///< as it was written, in `unit`
  std::string unit;
  std::vector<Derivative> derivatives;
  std::string way;                      ///< checkpoints and memory, and why
  double forward_s = 0, backward_s = 0; ///< the run; everything after it
};

/// How fast one parameter moves along a direction.
struct Direction {
  std::string name;           ///< of what the experiment fits: "felt.strength", "area.x"
  std::vector<double> values; ///< in the parameter's own unit, one for each element, or one for all; one of a scalar
};
/// A series that the objective reads, with its changes: a sensitivity curve.
using Sensitivity = runtime::Sensitivity;
/// How one series changes with one parameter, as an experiment's `sensitivity` asks.
using SensitivityCurve = runtime::SensitivityCurve;
/// The objective of one run, and its derivative along a direction: how fast it changes, in its own unit per one of the direction.
struct DirectionalDerivative {
  double objective = 0, derivative = 0; ///< as the objective was written, in `unit`
  std::string unit;
  double run_s = 0; ///< the time loop of the one run, which gives both
  std::vector<Sensitivity> curves; ///< where they were asked for: one for each series, of the elements that it has
};

/// The Hessian of the objective times a direction: how the gradient changes along it.
struct HessianProduct {
  double derivative = 0; ///< the objective's own along the direction, in its unit
  Gradient product;      ///< `derivatives` of that derivative; `objective` is the objective's value
};

/// One run. See runtime/simulate/simulation.h for what each call does; numbers here are in the units that `parameters` names.
class Simulation {
public:
  ~Simulation();
  Simulation(const Simulation &) = delete;
  Simulation &operator=(const Simulation &) = delete;

  /// `set("E.tau", "10 ms")`: a value as one writes it in a model, with its unit.
  Status set(std::string_view name, std::string_view text);
  /// `set("E.tau", 10)`: a number in the parameter's own unit.
  Status set(std::string_view name, double value);
  /// A value for each element of a parameter of elements, or of what a state begins with, in its own unit; none: as the model says. Or the
  /// weights of a connectome of which they are fitted ("SC.weights"; pure numbers): one for each entry of the table that is not 0, row by row
  /// (a row is a target, a column a source). Which connections there are stays as it is, whatever they weigh.
  Status set(std::string_view name, std::span<const double> values);
  /// The value that a run would have now, in the parameter's own unit.
  Result<double> get(std::string_view name);
  /// The same of such a list: one per element, or per connection, in its own unit. Builds the network: a run that has begun starts over.
  Result<std::vector<double>> elements(std::string_view name);
  /// Where the weights of a connectome stand in its table: row and column of each, and their labels. Empty for other lists.
  Result<runtime::Places> places(std::string_view name);

  /// Whether what was set goes together with the rest of the model: sizes with slices and degrees, times with the step. `plan`,
  /// `prepare` and every `run` ask for it too.
  Status check();
  /// Of what was set, as of the last check.
  const std::vector<Diagnostic> &warnings() const;

  /// What the run will take.
  Result<runtime::MemoryPlan> plan();
  /// Builds the network; `run…` does it where it has not happened. Called again, it starts over at time 0.
  Status prepare();
  Result<RunState> run();                       ///< the rest of the experiment's duration
  Result<RunState> runFor(double milliseconds); ///< bits do not depend on how a duration is cut
  Result<RunState> step(int64_t steps = 1);
  /// Completes the files and the summaries.
  Status finish();

  /// The experiment's objective of one whole run, which begins anew each time: as it was written, in its own unit.
  Result<double> objective();
  /// The same with its derivatives by what the experiment fits.
  Result<Gradient> gradient(const GradientOptions &options = {});
  /// Forward mode: the sum over all parameters of derivative times direction (a Jacobian-vector product), without the way back and without
  /// its memory. Parameters that are not named stay. It takes one run with tangents, about twice as long as one without; the first call compiles it.
  /// `withCurves`: and how each series that the objective reads changes with time.
  Result<DirectionalDerivative> derivativeAlong(std::span<const Direction> directions, bool withCurves = false);
  /// The gradient, number by number: as many such runs. For a few parameters, or to hold against `gradient`.
  Result<Gradient> forwardGradient();
  /// The Hessian times a direction, exactly: the way back through a run with tangents (reverse over forward), about twice as long as a gradient.
  /// The first call compiles it. An error where something has no second derivative (a surrogate of spikes, a delay that is asked for).
  Result<HessianProduct> hessianProduct(std::span<const Direction> directions, const GradientOptions &options = {});
  /// Holds them against central differences and forward mode: a few elements of each array, and one direction of all.
  Result<GradientCheck> checkGradient(const GradientOptions &options = {});

  /// What the experiment's `sensitivity` statements ask for: for each parameter one run with tangents, with the same values and seed, whose
  /// curves go where the recordings of this run go: into the HDF5 file (/sensitivities/<series>/<parameter>), the report, and, with
  /// RunOptions::keepRecordings, into `sensitivities`. Once after a run, before `finish`: without it the file is not complete. Recordings and states
  /// of this run stay as they are.
  Result<RunState> runSensitivities();
  /// One for each series and each of its parameters: `values` [time][element] in `unit`, "mV per Hz", at each of `times_ms`.
  const std::deque<SensitivityCurve> &sensitivities() const;

  double milliseconds() const; ///< simulated so far
  /// One state of all its elements, in coherent units (its `display` converts), once the network has been built; readable and writable between
  /// runs, until the next `prepare`. An error for a name that no state has suggests one.
  Result<StateView> state(std::string_view name) const;
  /// What was recorded, where RunOptions::keepRecordings asked for it.
  const std::vector<runtime::Recording> &recordings() const;
  /// Times, sizes and (after `finish`) summaries.
  Results results() const;

  struct Body; ///< bdc's own

private:
  friend class Program;
  explicit Simulation(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body;
};

/// A run of a batch: values of the batch's parameters in their own units, and a seed (RunOptions::seed where there is none).
struct Lane {
  std::vector<double> values;
  std::optional<uint64_t> seed = {};
};

using BatchParameter = runtime::BatchParameter;
using BatchResults = runtime::BatchResults;
using LaneResult = runtime::LaneResult;
using LaneState = runtime::LaneState;

/// Many runs of one program, which differ in some parameters and in the seed: lanes. Made for being run again and again with other
/// lanes: nothing is compiled or read in between. See runtime/batch/batch.h.
class Batch {
public:
  ~Batch();
  Batch(const Batch &) = delete;
  Batch &operator=(const Batch &) = delete;

  /// What all lanes have; as Simulation::set.
  Status set(std::string_view name, std::string_view text);
  Status set(std::string_view name, double value);

  /// In the order of Lane::values.
  std::vector<BatchParameter> parameters() const;
  /// Those of the experiment's sweep, with what is set so far; none where the batch is not of a sweep.
  Result<std::vector<Lane>> lanes();

  /// Whether all lanes can run; asked for by `run` too.
  Status check(const std::vector<Lane> &lanes);
  const std::vector<Diagnostic> &warnings() const;

  /// Runs all lanes. Those that fail (a NaN) are said to have failed in the results, and the others go on.
  Result<RunState> run(const std::vector<Lane> &lanes);
  /// Writes the report.
  Status finish();
  /// Of the last run.
  BatchResults results() const;

  struct Body; ///< bdc's own

private:
  friend class Program;
  explicit Batch(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body;
};

using FitProgress = runtime::FitProgress;
using FitSummary = runtime::FitSummary;

struct FitOptions {
  GradientOptions gradient = {};
  std::string continued = {}; ///< an HDF5 file that a fit has written: it is gone on with
  std::function<void(const FitProgress &)> progress = {}; ///< after each step
};

/// The experiment's fit. See runtime/fit/fitting.h. RunOptions::interrupt ends it after a step.
class Fit {
public:
  ~Fit();
  Fit(const Fit &) = delete;
  Fit &operator=(const Fit &) = delete;

  /// What is not fitted, and where what is fitted starts; as Simulation::set.
  Status set(std::string_view name, std::string_view text);
  Status set(std::string_view name, double value);
  Status set(std::string_view name, std::span<const double> values);
  Status check();
  const std::vector<Diagnostic> &warnings() const;

  Result<runtime::MemoryPlan> plan();
  /// Steps until a rule ends it, then one run with the best values.
  Result<RunState> run();
  /// Writes the report.
  Status finish();
  /// Those of the run with the best values; `fit` has how they were found.
  Results results() const;

  struct Body; ///< bdc's own

private:
  friend class Program;
  explicit Fit(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body;
};

/// A compiled experiment. Copies share the code.
class Program {
public:
  const std::string &experiment() const;
  std::vector<std::string> experiments() const; ///< of the file
  std::vector<Parameter> parameters() const;
  std::vector<State> states() const;
  const std::vector<Diagnostic> &warnings() const;
  double compileSeconds() const;
  bool fromCache() const;

  Result<std::unique_ptr<Simulation>> simulate(RunOptions options = {}) const;

  /// A batch over parameters of one's choice, each of them once ("seed" is not among them: each lane has one anyway).
  Result<std::unique_ptr<Batch>> batch(const std::vector<std::string> &parameters, RunOptions options = {}) const;
  /// Whether the experiment has a `sweep`, and a batch of it; each of its lanes with so many `seeds`, where that is not 0.
  bool hasSweep() const;
  Result<std::unique_ptr<Batch>> sweep(RunOptions options = {}, int64_t seeds = 0) const;

  bool hasObjective() const;
  /// Whether its derivatives are compiled too.
  bool hasGradient() const;
  /// Whether the experiment has a `fit`.
  bool hasFit() const;
  /// Whether the experiment has a `sensitivity`, which `Simulation::runSensitivities` computes; a batch leaves it alone.
  bool hasSensitivities() const;
  Result<std::unique_ptr<Fit>> fit(RunOptions options = {}, FitOptions fit = {}) const;

  struct Body; ///< bdc's own
  explicit Program(std::shared_ptr<Body> body) : body(std::move(body)) {}

private:
  std::shared_ptr<Body> body;
};

/// Checks and compiles one experiment of a file, or of a text (`name` stands for the file's name; imports of files are looked
/// for beside it). Machine code is made in several threads where there are several cores; they have ended when the call returns.
Result<Program> compileFile(const std::string &path, const CompileOptions &options = {});
Result<Program> compileText(std::string text, std::string name, const CompileOptions &options = {});

std::string_view version();

} // namespace bdc
