// What the classes of bdc.h hold. Private to this folder.
#pragma once

#include "compiler/api/bdc.h"
#include "frontend/rules/check.h"

#include <filesystem>
#include <mutex>

namespace bdc {

/// Machine code, ready to run.
struct Code {
  std::shared_ptr<const runtime::Program> program;
  bool fromCache = false;
};

/// In which mode what is asked for is differentiated: with loops that go backwards beside the simulation's, by tangents that it carries, or with
/// loops that go backwards of a simulation with tangents (`second`: the Hessian times a direction).
enum class Mode : uint8_t { reverse, forward, second };

struct Program::Body {
  CompileOptions options;
  diag::Sources sources;
  diag::Engine engine;
  rules::Checked checked;                         ///< points into `sources`
  const rules::Program *program = nullptr;        ///< the experiment that was compiled
  Code code;
  std::optional<Code> followed;                   ///< with tangents, where the experiment asks for sensitivities
  std::vector<std::string> experiments;
  std::filesystem::path compiledIn;               ///< the current folder then: paths of the text are relative to it
  std::vector<Diagnostic> diagnostics;
  double seconds = 0;
  std::mutex overrides; ///< held while a text of an override is added to `sources`
};

/// A program, and what was set of it: what a simulation, a batch and a fit have in common.
struct Settings {
  std::shared_ptr<Program::Body> program;
  RunOptions options;
  CompileOptions compileOptions;               ///< the program's; with more to keep separate where a merged parameter was set
  std::shared_ptr<const runtime::Program> code; ///< the program's, or compiled with these options
  std::vector<rules::SetValue> sets;                                 ///< the last of each
  std::vector<std::pair<std::string, std::vector<double>>> elements; ///< coherent; the last of each
  std::vector<Diagnostic> warnings = {};                             ///< of what was set
  double extraSeconds = 0;                                           ///< of compiling again
  bool built = false; ///< the network stands: its code cannot change any more
  bool checked;       ///< nothing has been set since `check` looked, or there is nothing to look at

  Settings(std::shared_ptr<Program::Body> program, RunOptions options);
  virtual ~Settings() = default;

  Status set(std::string_view name, std::string_view text);
  Status set(std::string_view name, double value);                   ///< in the parameter's own unit
  Status set(std::string_view name, std::span<const double> values); ///< of an array's elements, in the unit it is shown in
  Status set(const rules::SetValue &value);
  /// What is set, swept or fitted does not share a state with others that happen to be equal: where it does, a program in which it
  /// does not takes the place of this one.
  Status keepApart(const std::vector<std::string> &names);
  /// The program compiled with these options takes the place of this one, with all that was set.
  Status compileAgain(CompileOptions other);
  /// What was set must go together with the rest: a degree with the sizes, times with the step; and slices with the sizes that
  /// come with data, as `one` reads them. The model's own values have been checked with it, and what they were warned of is not
  /// said again.
  Status check(runtime::Simulation &one);
  /// How long compiling took, and what was warned of.
  void describe(Results &results) const;

protected:
  /// The runtime's object anew, of this code.
  virtual Status renew(const std::shared_ptr<const runtime::Program> &code) = 0;
  virtual Status apply(const std::string &name, double coherent) = 0;
  virtual Status apply(const std::string &name, std::span<const double> coherent) = 0;

private:
  Status replay();
};

struct Simulation::Body : Settings {
  std::unique_ptr<runtime::Simulation> simulation;
  /// The same in the other modes, once one was asked for: with tangents (null where `simulation` carries them), and with second derivatives.
  std::unique_ptr<runtime::Simulation> forward, second;

  using Settings::Settings;
  Status needsObjective() const;
  void expectSensitivities();
  /// Before anything runs.
  Status start();
  // forward.cpp
  /// The one with tangents, with everything that was set.
  Result<runtime::Simulation *> startForward();
  /// That of second derivatives.
  Result<runtime::Simulation *> startSecond();
  /// From then on what is set is set of it too.
  Status add(std::unique_ptr<runtime::Simulation> &other, Mode mode);
  static Result<runtime::Direction> directionOf(runtime::Simulation &forward, std::span<const Direction> directions);
  // gradient.cpp
  /// Of a scalar (`array` < 0) or an array, without its values.
  static Result<Derivative> derivativeBy(runtime::Simulation &of, const runtime::ShownGradient &shown, int array);
  /// In the units of the model.
  static Result<Gradient> shown(runtime::Simulation &of, runtime::GradientResult &result);

protected:
  Status renew(const std::shared_ptr<const runtime::Program> &code) override;
  Status apply(const std::string &name, double coherent) override;
  Status apply(const std::string &name, std::span<const double> coherent) override;
};

template <class T> Result<T> lift(runtime::Result<T> result) {
  if (!result)
    return Error(std::move(result.error()));
  return std::move(*result);
}
inline Status lift(runtime::Status status) {
  if (!status)
    return Error(std::move(status.error()));
  return {};
}

// settings.cpp
/// Null where there is none.
const runtime::Scalar *findScalar(const runtime::Program &code, std::string_view name);
/// Whether sizes come with data, so that what depends on them is known when these have been read.
bool readsSizes(const rules::Program &program);
/// These sizes and numbers of labels, as a simulation reads them. What cannot be read is said when the run is prepared.
std::vector<rules::SetValue> sizesOfData(const rules::Program &program, runtime::Simulation &simulation);
/// Those that the program itself has not been warned of.
std::vector<Diagnostic> newWarnings(const diag::Engine &engine, const Program::Body &program);
/// With what the program knows.
RunOptions completed(RunOptions options, const Program::Body &program);

/// Machine code for a checked program: from the cache, or made and kept.
Result<Code> makeCode(const Program::Body &body, const CompileOptions &options, Mode mode);
inline Mode modeOf(const CompileOptions &options) { return options.forward ? Mode::forward : Mode::reverse; }

std::vector<Diagnostic> diagnosticsOf(const diag::Engine &engine, const diag::Sources &sources);
/// Reads and checks a file, and finds the experiment of the options in it.
Result<std::shared_ptr<Program::Body>> checkExperiment(const std::string &path, const CompileOptions &options);
/// The error that an engine with errors comes to.
Error errorOf(const diag::Engine &engine, const diag::Sources &sources);

} // namespace bdc
