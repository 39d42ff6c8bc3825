// What the classes of bdc.h hold. Private to this folder.
#pragma once

#include "compiler/api/bdc.h"
#include "frontend/rules/check.h"

#include <mutex>

namespace bdc {

/// Machine code, ready to run.
struct Code {
  std::shared_ptr<const runtime::Program> program;
  bool fromCache = false;
};

struct Program::Body {
  CompileOptions options;
  diag::Sources sources;
  diag::Engine engine;
  rules::Checked checked;                         ///< points into `sources`
  const rules::Program *program = nullptr;        ///< the experiment that was compiled
  Code code;
  std::vector<std::string> experiments;
  std::vector<Diagnostic> diagnostics;
  double seconds = 0;
  std::mutex overrides; ///< held while a text of an override is added to `sources`
};

struct Simulation::Body {
  std::shared_ptr<Program::Body> program;
  RunOptions options;
  CompileOptions compileOptions;               ///< the program's; with more to keep separate where a merged parameter was set
  std::shared_ptr<const runtime::Program> code; ///< the program's, or compiled with these options
  std::unique_ptr<runtime::Simulation> simulation;
  /// What was set, in coherent units, and the text that said so where there was one.
  struct Set {
    std::string name;
    double value;
    diag::Range range;
  };
  std::vector<Set> sets;
  std::vector<std::pair<std::string, std::vector<double>>> elements; ///< coherent
  bool checked = true; ///< nothing has been set since `checkSets` looked, or there is nothing to look at
  bool built = false;
  std::vector<Diagnostic> warnings = {}; ///< of what was set
  double extraSeconds = 0; ///< of compiling again

  Status set(std::string_view name, double coherent, diag::Range range);
  Status needsObjective() const;
  Status compileApart(std::string_view name);
  Status checkSets();
  Status start();
};

// settings.cpp
/// Null where there is none.
const runtime::Scalar *findScalar(const runtime::Program &code, std::string_view name);
/// A value as `--set` has it.
Result<std::vector<rules::SetValue>> readSetting(Program::Body &program, std::string_view name, std::string_view text);
/// Of a number in the parameter's own unit.
double coherentValue(const rules::Scalar &scalar, double value);
/// Whether sizes come with data, so that what depends on them is known when these have been read.
bool readsSizes(const rules::Program &program);
/// These sizes and numbers of labels, as a simulation reads them. What cannot be read is said when the run is prepared.
std::vector<rules::SetValue> sizesOfData(const rules::Program &program, runtime::Simulation &simulation);
/// The same of an array's elements; as they are where there is no such array.
std::vector<double> coherentElements(const runtime::Program &code, std::string_view name, std::span<const double> values);
/// Those that the program itself has not been warned of.
std::vector<Diagnostic> newWarnings(const diag::Engine &engine, const Program::Body &program);
/// The program's and `more`, in front.
void addWarnings(Results &results, const Program::Body &program, const std::vector<Diagnostic> &more);
/// With what the program knows.
RunOptions completed(RunOptions options, const Program::Body &program);

/// Machine code for a checked program: from the cache, or made and kept.
Result<Code> makeCode(const Program::Body &body, const CompileOptions &options);

std::vector<Diagnostic> diagnosticsOf(const diag::Engine &engine, const diag::Sources &sources);
/// Reads and checks a file, and finds the experiment of the options in it.
Result<std::shared_ptr<Program::Body>> checkExperiment(const std::string &path, const CompileOptions &options);
/// The error that an engine with errors comes to.
Error errorOf(const diag::Engine &engine, const diag::Sources &sources);

} // namespace bdc
