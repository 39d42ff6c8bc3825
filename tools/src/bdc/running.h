// What running one simulation and running a batch have in common. Used by run.cpp and sweep.cpp.
#pragma once

#include "compiler/api/bdc.h"
#include "runtime/progress/progress.h"
#include "tools/src/bdc/commands.h"

#include <fmt/format.h>

namespace bdc::tool {

/// One `--set`, taken apart.
struct Setting {
  std::string name, value;
};

/// Says what went wrong: in words, and with --json as an object too. The exit status.
int fail(const std::vector<Error> &errors, const RunArguments &arguments);

RunOptions runOptions(const RunArguments &arguments, const Program &program, uint64_t seed, runtime::ProgressLine &progress);

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
/// Those that only the run could know; they stand behind those that have been said.
void printLateWarnings(const Program &program, const std::vector<Diagnostic> &more, const Results &results);
/// Where time and memory went, and what was written.
void printEffort(const Results &results, const Program &program);

/// From here on the first Ctrl-C ends the run after the current chunk, the second the program.
void catchInterrupts();

/// 1234567 -> "1,234,567"
std::string grouped(int64_t number);
/// "3 lanes", "1 lane"
std::string counted(int64_t count, std::string_view what);
/// Four digits of a measure, all of a count.
std::string shown(double value, std::string_view unit);

/// Runs the experiment's sweep (and each lane with `--seeds`).
int runSweep(const RunArguments &arguments, const Program &program, const std::vector<Setting> &settings, uint64_t seed);
/// What lane `--lane` of the sweep has, as settings and a seed.
std::optional<Error> takeLane(const RunArguments &arguments, const Program &program, std::vector<Setting> &settings, uint64_t &seed);

} // namespace bdc::tool
