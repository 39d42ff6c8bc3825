// bdc run: a client of the embedding API that prints.
#include "tools/src/bdc/running.h"
#include "tools/src/bdc/terminal.h"

#include <charconv>
#include <set>

namespace bdc::tool {

namespace {

/// Takes `seed=…` out of the settings: the random streams are made before the parameters.
std::optional<Error> readSettings(const RunArguments &arguments, std::vector<Setting> &settings, uint64_t &seed) {
  std::set<std::string> names;
  for (const std::string &text : arguments.sets) {
    size_t equals = text.find('='); // there is one: main has looked
    Setting setting{text.substr(0, equals), text.substr(equals + 1)};
    const bool isTwice = !names.insert(setting.name).second || (setting.name == "seed" && arguments.seed != RunArguments().seed);
    if (isTwice)
      return runtime::inputError(fmt::format("`{}` is set twice", setting.name), "leave one of them out");
    if (setting.name != "seed") {
      settings.push_back(setting);
      continue;
    }
    const char *end = setting.value.data() + setting.value.size();
    if (auto [rest, error] = std::from_chars(setting.value.data(), end, seed); error != std::errc() || rest != end)
      return runtime::inputError(fmt::format("the seed `{}` is not a whole number from 0 to 2^64 - 1", setting.value));
  }
  if (arguments.seeds > 0 && seed + (static_cast<uint64_t>(arguments.seeds) - 1) < seed)
    return runtime::inputError(fmt::format("there are no {} seeds from {} on", arguments.seeds, seed), "the last is 18446744073709551615");
  return std::nullopt;
}

CompileOptions compileOptions(const RunArguments &arguments, bool gradient) {
  CompileOptions options;
  options.gradient = gradient;
  options.forward = arguments.forward || !arguments.along.empty();
  options.experiment = arguments.experiment;
  options.precision = arguments.precision == "f32" ? Precision::f32 : Precision::f64;
  options.width = arguments.width;
  if (arguments.sideBySide != "auto")
    options.sideBySide = arguments.sideBySide == "always" ? SideBySide::always : SideBySide::never;
  options.cache = !arguments.noCache;
  return options;
}

/// The step in the unit in which the model writes it: 0.1 ms, not 100 us.
std::string stepText(const Results &results, const Program &program, Simulation &simulation) {
  for (const Parameter &parameter : program.parameters())
    if (Result<double> value = simulation.get("dt"); parameter.name == "dt" && value)
      return fmt::format("{:.10g} {}", *value, parameter.unit);
  return durationText(results.dt_ms * 1e-3);
}

/// Options that would say nothing to what the experiment does.
std::optional<Error> unusable(const RunArguments &arguments, const Program &program) {
  const std::string &name = program.experiment();
  if (arguments.seeds > 0 && program.hasFit())
    return Error(runtime::inputError(fmt::format("experiment {} has a fit, and --seeds is of runs that are not fitted", name),
                                     "--seed N fits it with another seed"));
  if (!arguments.continued.empty() && !program.hasFit())
    return Error(runtime::inputError(fmt::format("experiment {} has no fit that could be continued", name)));
  if ((arguments.checkpoints > 0 || arguments.onDisk > 0) && !program.hasGradient())
    return Error(runtime::inputError(fmt::format("nothing is differentiated in experiment {}, and {} is of gradients", name,
                                                 arguments.checkpoints > 0 ? "--checkpoints" : "--disk-checkpoints"),
                                     "leave it out"));
  return unusableWithSensitivities(arguments, program);
}

void printSummary(const Results &results, const Program &program, Simulation &simulation) {
  fmt::print("{} on {}: {}, {}, {} in steps of {}, {}, {}, seed {}\n", results.experiment, results.network,
             counted(results.neurons, results.spiking ? "neuron" : "node"), counted(results.edges, results.spiking ? "synapse" : "connection"),
             durationText(results.simulated_ms * 1e-3), stepText(results, program, simulation), results.precision,
             counted(results.threads, "thread"), results.seed);
  printSummaries(results);
  printEffort(results, program);
}

} // namespace

std::optional<std::vector<Error>> start(const RunArguments &arguments, Undertaking &run, std::vector<Setting> &settings, uint64_t &seed,
                                        bool gradient) {
  if (std::optional<Error> error = readSettings(arguments, settings, seed))
    return std::vector{*error};
  Result<Program> compiled = compileFile(arguments.file, compileOptions(arguments, gradient));
  if (!compiled)
    return std::vector{compiled.error()};
  run.program.emplace(*compiled);
  if (isInterrupted())
    return std::vector{Error({runtime::ErrorKind::interrupted, "interrupted before the first step", {}})};
  if (!arguments.lane)
    return std::nullopt;
  std::optional<Error> error = takeLane(arguments, *run.program, settings, seed);
  return error ? std::optional(std::vector{*error}) : std::nullopt;
}

int run(const RunArguments &arguments) {
  catchInterrupts();
  uint64_t seed = arguments.seed;
  std::vector<Setting> settings;
  Undertaking run;
  if (std::optional<std::vector<Error>> errors = start(arguments, run, settings, seed))
    return fail(*errors, run, arguments);
  Program &program = *run.program;
  if (std::optional<Error> error = unusable(arguments, program))
    return fail({*error}, run, arguments);
  if (!arguments.lane && (program.hasSweep() || arguments.seeds > 0))
    return runSweep(arguments, run, settings, seed);
  if (!arguments.lane && program.hasFit())
    return runFit(arguments, run, settings, seed);

  runtime::ProgressLine progress(stderr, runtime::progressStyle(stderr, arguments.quiet || arguments.json));
  auto made = program.simulate(runOptions(arguments, program, seed, progress));
  if (std::optional<int> failed = settle(run.simulation, std::move(made), settings, run, arguments))
    return *failed;
  Simulation &simulation = *run.simulation;

  Result<RunState> state = runSensitivities(program, simulation, simulation.run());
  // What was simulated before a failure is kept.
  Status finished = simulation.finish();
  progress.clear();
  if (!state)
    return fail({state.error()}, run, arguments);
  if (!finished)
    return fail({finished.error()}, run, arguments);

  Results results = simulation.results();
  printLateWarnings(program, simulation.warnings(), results);
  int status = *state == RunState::interrupted ? Exit::interrupted : Exit::ok;
  if (arguments.json)
    printAnswer(answerOf(status, {}, run, arguments));
  else if (!arguments.quiet)
    printSummary(results, program, simulation);
  if (status == Exit::interrupted && !arguments.quiet && !arguments.json)
    fmt::print(stderr, "interrupted after {}{}\n", durationText(results.simulated_ms * 1e-3),
               arguments.noOutput ? "" : "; everything up to there is saved");
  return status;
}

} // namespace bdc::tool
