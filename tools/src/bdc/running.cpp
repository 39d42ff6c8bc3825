#include "tools/src/bdc/running.h"

#include "runtime/memory/plan.h"
#include "tools/src/bdc/terminal.h"

#include <atomic>
#include <cmath>
#include <csignal>
#include <filesystem>

namespace bdc::tool {

namespace {

std::atomic<bool> stop = false;

void onInterrupt(int) {
  stop = true;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

int statusOf(const Error &error) {
  switch (error.kind) {
  case runtime::ErrorKind::input: return Exit::wrongInput;
  case runtime::ErrorKind::interrupted: return Exit::interrupted;
  default: return Exit::runFailed;
  }
}

/// `models/coba.bd` writes `coba.h5` here; an experiment that is not the file's first adds its name, one lane of a sweep its number.
/// The report goes where the recordings go.
std::string outputName(const RunArguments &arguments, const Program &program, const char *ending) {
  if (std::filesystem::path(arguments.output).has_filename())
    return std::filesystem::path(arguments.output).replace_extension(ending).string();
  std::string stem = std::filesystem::path(arguments.file).stem().string();
  if (program.experiment() != program.experiments().front())
    stem += "." + program.experiment();
  if (arguments.lane) // not over those of the whole sweep
    stem += fmt::format(".lane{}", *arguments.lane);
  return stem + ending;
}

} // namespace

Json answerOf(int status, const std::vector<Error> &errors, const Undertaking &run, const RunArguments &arguments) {
  Json diagnostics = toJson(errors);
  for (const std::vector<Diagnostic> *warnings : {run.program ? &run.program->warnings() : nullptr,
                                                  run.simulation ? &run.simulation->warnings() : nullptr,
                                                  run.batch ? &run.batch->warnings() : nullptr,
                                                  run.fit ? &run.fit->warnings() : nullptr})
    for (size_t i = 0; warnings && i < warnings->size(); ++i)
      diagnostics.push_back(toJson((*warnings)[i]));
  const std::string ended = status == Exit::interrupted ? "interrupted" : "";
  Json result = answer(status, errors.empty() ? ended : errors.front().message, std::move(diagnostics));
  if (!run.simulation && !run.batch && !run.fit)
    return result;
  // `warnings` then has those that only the run could know, too.
  Json all = Json::parse(run.batch ? runtime::toJson(run.batch->results(), arguments.details)
                                   : runtime::toJson(run.fit ? run.fit->results() : run.simulation->results(), arguments.details));
  for (const char *key : {"status", "error", "diagnostics"})
    all[key] = result[key];
  return all;
}

int fail(const std::vector<Error> &errors, const Undertaking &run, const RunArguments &arguments) {
  for (const Error &error : errors)
    printDiagnostics(error.text(), stderr);
  int status = statusOf(errors.front());
  if (arguments.json)
    printAnswer(answerOf(status, errors, run, arguments));
  return status;
}

RunOptions runOptions(const RunArguments &arguments, const Program &program, uint64_t seed, runtime::ProgressLine &progress) {
  RunOptions options;
  options.seed = seed;
  options.threads = arguments.threads;
  options.maxMemory = static_cast<int64_t>(arguments.maxMemoryGiB * (1 << 30));
  options.command = arguments.command;
  options.interrupt = &stop;
  if (!arguments.noOutput) {
    options.output = arguments.output.empty() ? outputName(arguments, program, ".h5") : arguments.output;
    options.report = arguments.report.empty() ? outputName(arguments, program, ".html") : arguments.report;
  }
  options.progress = [&progress](const runtime::Progress &state) { progress.show(state); };
  return options;
}

GradientOptions gradientOptions(const RunArguments &arguments) {
  GradientOptions options;
  options.budget.slots = arguments.checkpoints;
  options.budget.onDisk = arguments.onDisk;
  return options;
}

std::string grouped(int64_t number) {
  std::string digits = fmt::format("{}", number);
  for (size_t at = digits.size(); at > 3; at -= 3)
    digits.insert(at - 3, ",");
  return digits;
}

std::string shown(double value, std::string_view unit) {
  const bool isCount = unit.empty() && value == std::floor(value) && std::abs(value) < 1e15;
  return isCount ? grouped(static_cast<int64_t>(value)) : fmt::format("{:.4g}", value);
}

std::string counted(int64_t count, std::string_view what) { return fmt::format("{} {}{}", grouped(count), what, count == 1 ? "" : "s"); }

void printSummaries(const Results &results) {
  size_t width = 0;
  for (const auto &summary : results.summaries)
    width = std::max(width, summary.name.size());
  for (const auto &summary : results.summaries)
    fmt::print("  {:{}}  {} {}\n", summary.name, width, shown(summary.value, summary.unit), summary.unit);
}

void printEffort(const Results &results, const Program &program) {
  fmt::print("compiled in {}{}, built in {}, ran in {} (real-time factor {:.3g}), memory {} (planned {})\n",
             durationText(results.compile_s), program.fromCache() ? " (cached)" : "", durationText(results.build_s),
             durationText(results.run_s), results.realTimeFactor(), runtime::bytesText(results.peak_bytes),
             runtime::bytesText(results.planned_bytes));
  if (!results.outputs.empty())
    fmt::print("wrote {}\n", fmt::join(results.outputs, ", "));
}

void printWarnings(const Program &program, const std::vector<Diagnostic> &more) {
  for (const std::vector<Diagnostic> *warnings : {&program.warnings(), &more})
    for (const Diagnostic &warning : *warnings)
      printDiagnostics(warning.text, stderr);
}

void printLateWarnings(const Program &program, const std::vector<Diagnostic> &more, const Results &results) {
  for (size_t i = program.warnings().size() + more.size(); i < results.warnings.size(); ++i)
    printDiagnostics(fmt::format("bdc: warning: {}\n", results.warnings[i]), stderr);
}

void catchInterrupts() {
  std::signal(SIGINT, onInterrupt);
  std::signal(SIGTERM, onInterrupt);
}

bool isInterrupted() { return stop; }

} // namespace bdc::tool
