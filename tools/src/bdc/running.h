// What running one simulation and running a batch have in common. Used by the commands that run something.
#pragma once

#include "compiler/api/bdc.h"
#include "runtime/progress/progress.h"
#include "tools/src/bdc/answer.h"
#include "tools/src/bdc/commands.h"

#include <fmt/format.h>

namespace bdc::tool {

/// One `--set`, taken apart.
struct Setting {
  std::string name, value;
};

/// A run as far as it has come: what there is of it when the answer is given.
struct Undertaking {
  std::optional<Program> program;
  std::unique_ptr<Simulation> simulation;
  std::unique_ptr<Batch> batch; ///< instead of a simulation
  std::unique_ptr<Fit> fit;     ///< the same
};

/// The answer of `--json`: results where there are some, and all that is to be said.
Json answerOf(int status, const std::vector<Error> &errors, const Undertaking &run, const RunArguments &arguments);
/// Says what went wrong: in words, and with --json as an object too. The exit status.
int fail(const std::vector<Error> &errors, const Undertaking &run, const RunArguments &arguments);

RunOptions runOptions(const RunArguments &arguments, const Program &program, uint64_t seed, runtime::ProgressLine &progress);
GradientOptions gradientOptions(const RunArguments &arguments);

/// Sets everything, so that all that is wrong is said at once.
template <class T> std::vector<Error> setAll(T &to, const std::vector<Setting> &settings) {
  std::vector<Error> errors;
  for (const Setting &setting : settings)
    if (Status set = to.set(setting.name, setting.value); !set)
      errors.push_back(set.error());
  return errors;
}

/// Of the model and of what was set: said before the run, which may take long.
void printWarnings(const Program &program, const std::vector<Diagnostic> &more);
/// What was made with everything set, checked and ready to run, and its warnings said; the exit status where something is wrong.
template <class T>
std::optional<int> settle(std::unique_ptr<T> &place, Result<std::unique_ptr<T>> made, const std::vector<Setting> &settings, const Undertaking &run,
                          const RunArguments &arguments) {
  if (!made)
    return fail({made.error()}, run, arguments);
  place = std::move(*made);
  if (std::vector<Error> errors = setAll(*place, settings); !errors.empty())
    return fail(errors, run, arguments);
  if (Status fits = place->check(); !fits)
    return fail({fits.error()}, run, arguments);
  printWarnings(*run.program, place->warnings());
  return std::nullopt;
}
/// Those that only the run could know; they stand behind those that have been said.
void printLateWarnings(const Program &program, const std::vector<Diagnostic> &more, const Results &results);
/// What was summarised, a line each.
void printSummaries(const Results &results);
/// Where time and memory went, and what was written.
void printEffort(const Results &results, const Program &program);

/// From here on the first Ctrl-C ends the run where it can be ended with everything saved (after compiling, between connections, after the
/// current chunk), the second the program.
void catchInterrupts();
bool isInterrupted();

/// 1234567 -> "1,234,567"
std::string grouped(int64_t number);
/// "3 lanes", "1 lane"
std::string counted(int64_t count, std::string_view what);
/// Four digits of a measure, all of a count.
std::string shown(double value, std::string_view unit);

/// Runs the experiment's sweep (and each lane with `--seeds`).
int runSweep(const RunArguments &arguments, Undertaking &run, const std::vector<Setting> &settings, uint64_t seed);
/// Runs the experiment's fit.
int runFit(const RunArguments &arguments, Undertaking &run, const std::vector<Setting> &settings, uint64_t seed);

/// Options that say nothing to an experiment with sensitivities.
std::optional<Error> unusableWithSensitivities(const RunArguments &arguments, const Program &program);
/// What the experiment asks of sensitivities, after its run has ended so.
Result<RunState> runSensitivities(const Program &program, Simulation &simulation, Result<RunState> state);

/// Compiles the model, and takes the settings of `--lane` where there is one.
std::optional<std::vector<Error>> start(const RunArguments &arguments, Undertaking &run, std::vector<Setting> &settings, uint64_t &seed,
                                        bool gradient = false);

/// What lane `--lane` of the sweep has, as settings and a seed.
std::optional<Error> takeLane(const RunArguments &arguments, const Program &program, std::vector<Setting> &settings, uint64_t &seed);

} // namespace bdc::tool
