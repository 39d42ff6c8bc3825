// bdc run: a client of the embedding API that prints.
#include "runtime/memory/plan.h"
#include "tools/src/bdc/running.h"
#include "tools/src/bdc/terminal.h"

#include <atomic>
#include <charconv>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace bdc::tool {

namespace {

std::atomic<bool> stop = false;

/// The first Ctrl-C ends the run after the current chunk, the second the program.
void onInterrupt(int) {
  stop = true;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

int statusOf(const Error &error) { return error.kind == runtime::ErrorKind::input ? Exit::wrongInput : Exit::runFailed; }

void addPlace(nlohmann::ordered_json &object, const Place &place) {
  if (place.file.empty()) {
    object["file"] = nullptr;
    return;
  }
  object["file"] = place.file;
  object["line"] = place.line;
  object["column"] = place.column;
  object["end_line"] = place.endLine;
  object["end_column"] = place.endColumn;
}

/// As `bdc check --json` has it.
nlohmann::ordered_json toJson(const Diagnostic &diagnostic) {
  nlohmann::ordered_json object = {{"kind", diagnostic.kind}, {"severity", diagnostic.isError ? "error" : "warning"}, {"message", diagnostic.message}};
  addPlace(object, diagnostic.place);
  object["label"] = diagnostic.label;
  object["labels"] = nlohmann::ordered_json::array();
  for (const Diagnostic::Label &label : diagnostic.labels) {
    nlohmann::ordered_json entry;
    addPlace(entry, label.place);
    entry["text"] = label.text;
    object["labels"].push_back(std::move(entry));
  }
  object["notes"] = diagnostic.notes;
  object["help"] = diagnostic.help;
  return object;
}

/// Takes `seed=…` out of the settings: the random streams are made before the parameters.
std::optional<Error> readSettings(const RunArguments &arguments, std::vector<Setting> &settings, uint64_t &seed) {
  for (const std::string &text : arguments.sets) {
    size_t equals = text.find('='); // there is one: main has looked
    Setting setting{text.substr(0, equals), text.substr(equals + 1)};
    if (setting.name != "seed") {
      settings.push_back(setting);
      continue;
    }
    const char *end = setting.value.data() + setting.value.size();
    if (auto [rest, error] = std::from_chars(setting.value.data(), end, seed); error != std::errc() || rest != end)
      return runtime::inputError(fmt::format("the seed `{}` is not a whole number from 0 to 2^64 - 1", setting.value));
  }
  return std::nullopt;
}

/// `models/coba.bd` writes `coba.h5` here; an experiment that is not the file's first adds its name.
/// The report goes where the recordings go.
std::string outputName(const RunArguments &arguments, const Program &program, const char *ending) {
  if (!arguments.output.empty() && std::filesystem::path(arguments.output).has_extension())
    return std::filesystem::path(arguments.output).replace_extension(ending).string();
  std::string stem = std::filesystem::path(arguments.file).stem().string();
  if (program.experiment() != program.experiments().front())
    stem += "." + program.experiment();
  return stem + ending;
}

/// The step in the unit in which the model writes it: 0.1 ms, not 100 us.
std::string stepText(const Results &results, const Program &program, Simulation &simulation) {
  for (const Parameter &parameter : program.parameters())
    if (Result<double> value = simulation.get("dt"); parameter.name == "dt" && value)
      return fmt::format("{:.10g} {}", *value, parameter.unit);
  return durationText(results.dt_ms * 1e-3);
}

void printSummary(const Results &results, const Program &program, Simulation &simulation) {
  fmt::print("{} on {}: {}, {}, {} in steps of {}, {}, {}, seed {}\n", results.experiment, results.network,
             counted(results.neurons, results.spiking ? "neuron" : "node"), counted(results.edges, results.spiking ? "synapse" : "connection"),
             durationText(results.simulated_ms * 1e-3), stepText(results, program, simulation), results.precision,
             counted(results.threads, "thread"), results.seed);
  size_t width = 0;
  for (const auto &summary : results.summaries)
    width = std::max(width, summary.name.size());
  for (const auto &summary : results.summaries)
    fmt::print("  {:{}}  {} {}\n", summary.name, width, shown(summary.value, summary.unit), summary.unit);
  printEffort(results, program);
}

} // namespace

int fail(const std::vector<Error> &errors, const RunArguments &arguments) {
  nlohmann::ordered_json answer = {{"error", errors.front().message}, {"diagnostics", nlohmann::ordered_json::array()}};
  for (const Error &error : errors) {
    printDiagnostics(error.text(), stderr);
    for (const Diagnostic &diagnostic : error.diagnostics)
      answer["diagnostics"].push_back(toJson(diagnostic));
    if (error.diagnostics.empty())
      answer["diagnostics"].push_back({{"kind", "run"}, {"severity", "error"}, {"message", error.message}, {"help", error.help}});
  }
  if (arguments.json)
    fmt::print("{}\n", answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return statusOf(errors.front());
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

int run(const RunArguments &arguments) {
  uint64_t seed = arguments.seed;
  std::vector<Setting> settings;
  if (std::optional<Error> error = readSettings(arguments, settings, seed))
    return fail({*error}, arguments);
  CompileOptions compileOptions;
  compileOptions.experiment = arguments.experiment;
  compileOptions.precision = arguments.precision == "f32" ? Precision::f32 : Precision::f64;
  compileOptions.width = arguments.width;
  compileOptions.cache = !arguments.noCache;
  Result<Program> program = compileFile(arguments.file, compileOptions);
  if (!program)
    return fail({program.error()}, arguments);
  if (arguments.lane) {
    if (std::optional<Error> error = takeLane(arguments, *program, settings, seed))
      return fail({*error}, arguments);
  } else if (program->hasSweep() || arguments.seeds > 0) {
    return runSweep(arguments, *program, settings, seed);
  }

  runtime::ProgressLine progress(stderr, runtime::progressStyle(stderr, arguments.quiet || arguments.json));
  auto made = program->simulate(runOptions(arguments, *program, seed, progress));
  if (!made)
    return fail({made.error()}, arguments);
  Simulation &simulation = **made;
  if (std::vector<Error> errors = setAll(simulation, settings); !errors.empty())
    return fail(errors, arguments);
  if (Status fits = simulation.check(); !fits)
    return fail({fits.error()}, arguments);
  printWarnings(*program, simulation.warnings());

  catchInterrupts();
  Result<RunState> state = simulation.run();
  // What was simulated before a failure is kept.
  Status finished = simulation.finish();
  progress.clear();
  if (!state)
    return fail({state.error()}, arguments);
  if (!finished)
    return fail({finished.error()}, arguments);

  Results results = simulation.results();
  printLateWarnings(*program, simulation.warnings(), results);
  if (arguments.json)
    fmt::print("{}\n", runtime::toJson(results, arguments.details));
  else if (!arguments.quiet)
    printSummary(results, *program, simulation);
  if (*state == RunState::interrupted) {
    if (!arguments.quiet && !arguments.json)
      fmt::print(stderr, "interrupted after {}; everything up to there is saved\n", durationText(results.simulated_ms * 1e-3));
    return Exit::interrupted;
  }
  return Exit::ok;
}

} // namespace bdc::tool
