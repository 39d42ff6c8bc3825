// bdc run, where an experiment is fitted.
#include "tools/src/bdc/running.h"
#include "runtime/memory/plan.h"
#include "tools/src/bdc/terminal.h"

namespace bdc::tool {

namespace {

/// A fit that is gone on with is written where it was.
RunOptions fitRunOptions(const RunArguments &arguments, const Program &program, uint64_t seed, runtime::ProgressLine &progress) {
  RunArguments own = arguments;
  if (own.output.empty())
    own.output = arguments.continued;
  return runOptions(own, program, seed, progress);
}

void printSummary(const Results &results, const Program &program) {
  for (const std::string &line : results.fit->lines())
    fmt::print("{}\n", line);
  printSummaries(results);
  fmt::print("compiled in {}{}, fitted in {}, memory {} (planned {})\n", durationText(results.compile_s), program.fromCache() ? " (cached)" : "",
             durationText(results.run_s), runtime::bytesText(results.peak_bytes), runtime::bytesText(results.planned_bytes));
  if (!results.outputs.empty())
    fmt::print("wrote {}\n", fmt::join(results.outputs, ", "));
}

} // namespace

int runFit(const RunArguments &arguments, Undertaking &run, const std::vector<Setting> &settings, uint64_t seed) {
  const Program &program = *run.program;
  runtime::ProgressLine progress(stderr, runtime::progressStyle(stderr, arguments.quiet || arguments.json));
  FitOptions options;
  options.gradient = gradientOptions(arguments);
  options.continued = arguments.continued;
  options.progress = [&progress](const FitProgress &state) { progress.show(state); };
  auto made = program.fit(fitRunOptions(arguments, program, seed, progress), std::move(options));
  if (std::optional<int> failed = settle(run.fit, std::move(made), settings, run, arguments))
    return *failed;

  const Result<RunState> state = run.fit->run();
  const Status finished = run.fit->finish(); // what there is
  progress.clear();
  if (!state)
    return fail({state.error()}, run, arguments);
  if (!finished)
    return fail({finished.error()}, run, arguments);
  const Results results = run.fit->results();
  printLateWarnings(program, run.fit->warnings(), results);
  const int status = *state == RunState::interrupted ? Exit::interrupted : Exit::ok;
  if (arguments.json)
    printAnswer(answerOf(status, {}, run, arguments));
  else if (!arguments.quiet)
    printSummary(results, program);
  if (status == Exit::interrupted && !arguments.quiet && !arguments.json)
    fmt::print(stderr, "interrupted after {}; go on with --continue{}\n", counted(results.fit->steps, "step"),
               results.outputs.empty() ? "" : " " + results.outputs.front());
  return status;
}

} // namespace bdc::tool
