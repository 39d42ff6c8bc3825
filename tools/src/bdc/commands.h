// The sub-commands of bdc, one file each. A command returns the program's exit status.
#pragma once

#include "frontend/diagnostics/diagnostic.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bdc::tool {

/// Exit statuses, documented in docs/start.md.
enum Exit { ok = 0, wrongInput = 1, wrongUsage = 2, runFailed = 3, interrupted = 130 };

struct CheckArguments {
  std::vector<std::string> files;
  bool json = false;
};
int check(const CheckArguments &arguments);

struct EmitArguments {
  std::string file, stage, experiment, output;
  std::string precision = "f64", chip = "sm_80";
  int width = 0;
  bool forward = false, sideBySide = false;
};
/// The names that `--stage` takes, in the order of the pipeline.
const std::vector<std::string> &stages();
int emit(const EmitArguments &arguments);

struct RunArguments {
  std::string file, experiment;
  std::vector<std::string> sets; ///< "name=value"
  std::string output, report;    ///< empty: the experiment's file name with .h5 and .html
  std::string precision = "f64";
  uint64_t seed = 1;
  std::string continued;       ///< a file with a fit to go on with
  int64_t checkpoints = -1;    ///< of gradients; -1: as many as are best
  int64_t onDisk = 0;          ///< checkpoints that may lie in a file besides
  bool forward = false;           ///< gradients by forward mode
  std::vector<std::string> along; ///< "name=number": one derivative, along this direction
  std::vector<std::string> hessian; ///< the same: the Hessian times this direction
  bool curves = false;            ///< and how what the objective reads changes
  std::string sideBySide = "auto"; ///< lanes: where that is faster, "always", "never"
  int64_t seeds = 0;           ///< of each lane; 0: as the experiment says
  std::optional<int64_t> lane; ///< of a sweep: that alone
  int threads = 1, width = 0;
  double maxMemoryGiB = 0;
  bool noOutput = false, quiet = false, json = false, details = false, noCache = false;
  std::string command; ///< the whole command line, for the output's header
};
int run(const RunArguments &arguments);
/// The objective and its gradient; the gradient held against differences.
int grad(const RunArguments &arguments);
int gradcheck(const RunArguments &arguments);

} // namespace bdc::tool
