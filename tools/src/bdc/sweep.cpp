// bdc run, where an experiment is many runs.
#include "tools/src/bdc/running.h"
#include "tools/src/bdc/terminal.h"

#include <algorithm>

namespace bdc::tool {

namespace {

/// Lanes whose numbers are printed; of more, some from the beginning to the end.
constexpr size_t mostRows = 20;

std::string withUnit(const std::string &name, const std::string &unit) { return unit.empty() ? name : fmt::format("{} ({})", name, unit); }

/// A table of text, columns to the right.
class Columns {
public:
  void add(std::vector<std::string> row) { rows.push_back(std::move(row)); }
  void print() const {
    std::vector<size_t> widths;
    for (const auto &row : rows)
      for (size_t i = 0; i < row.size(); ++i) {
        widths.resize(std::max(widths.size(), i + 1));
        widths[i] = std::max(widths[i], row[i].size());
      }
    for (const auto &row : rows) {
      for (size_t i = 0; i < row.size(); ++i)
        fmt::print("  {:>{}}", row[i], widths[i]);
      fmt::print("\n");
    }
  }

private:
  std::vector<std::vector<std::string>> rows;
};

void printLanes(const BatchResults &results) {
  Columns columns;
  std::vector<std::string> head = {"lane"};
  for (const BatchParameter &parameter : results.parameters)
    head.push_back(withUnit(parameter.name, parameter.unit));
  if (!results.lanes.empty())
    for (const auto &summary : results.lanes.front().summaries)
      head.push_back(withUnit(summary.name, summary.unit));
  columns.add(std::move(head));
  const size_t count = results.lanes.size(), shownRows = std::min(count, mostRows);
  for (size_t row = 0; row < shownRows; ++row) {
    const size_t at = shownRows > 1 ? row * (count - 1) / (shownRows - 1) : 0;
    const LaneResult &lane = results.lanes[at];
    std::vector<std::string> cells = {fmt::format("{}", at)};
    for (double value : lane.lane.values)
      cells.push_back(fmt::format("{:.6g}", value));
    for (const auto &summary : lane.summaries)
      cells.push_back(lane.state == LaneState::finished ? shown(summary.value, summary.unit)
                      : lane.state == LaneState::failed ? "failed"
                                                        : "-");
    columns.add(std::move(cells));
  }
  columns.print();
  if (count > shownRows)
    fmt::print("  ({} of {} lanes)\n", shownRows, count);
}

void printSummary(const BatchResults &results, const Program &program) {
  const Results &total = results.total;
  std::vector<std::string> names;
  for (const BatchParameter &parameter : results.parameters)
    names.push_back(parameter.name);
  fmt::print("{} on {}: {} over {}, {} in all, {}, {}, seed {}\n", total.experiment, total.network,
             counted(static_cast<int64_t>(results.lanes.size()), "lane"), fmt::join(names, ", "), durationText(total.simulated_ms * 1e-3),
             total.precision, counted(total.threads, "thread"), total.seed);
  printLanes(results);
  printEffort(total, program);
}

Result<std::unique_ptr<Batch>> makeSweep(const RunArguments &arguments, const Program &program, RunOptions options) {
  return program.sweep(std::move(options), arguments.seeds);
}

} // namespace

int runSweep(const RunArguments &arguments, Undertaking &run, const std::vector<Setting> &settings, uint64_t seed) {
  const Program &program = *run.program;
  runtime::ProgressLine progress(stderr, runtime::progressStyle(stderr, arguments.quiet || arguments.json));
  auto made = makeSweep(arguments, program, runOptions(arguments, program, seed, progress));
  if (!made)
    return fail({made.error()}, run, arguments);
  Batch &batch = *(run.batch = std::move(*made));
  if (std::vector<Error> errors = setAll(batch, settings); !errors.empty())
    return fail(errors, run, arguments);
  const Result<std::vector<Lane>> lanes = batch.lanes();
  if (!lanes)
    return fail({lanes.error()}, run, arguments);
  if (Status fits = batch.check(*lanes); !fits)
    return fail({fits.error()}, run, arguments);
  printWarnings(program, batch.warnings());

  const Result<RunState> state = batch.run(*lanes);
  const Status finished = batch.finish(); // what was simulated before a failure is kept
  progress.clear();
  if (!state)
    return fail({state.error()}, run, arguments);
  if (!finished)
    return fail({finished.error()}, run, arguments);

  const BatchResults results = batch.results();
  printLateWarnings(program, batch.warnings(), results.total);
  const bool interrupted = *state == RunState::interrupted;
  const int64_t failed = results.count(LaneState::failed);
  const int status = interrupted ? Exit::interrupted : failed > 0 ? Exit::runFailed : Exit::ok;
  if (arguments.json) {
    Json answer = answerOf(status, {}, run, arguments);
    if (status == Exit::runFailed)
      answer["error"] = fmt::format("{} of {} failed", failed, counted(static_cast<int64_t>(results.lanes.size()), "lane"));
    printAnswer(answer);
  } else if (!arguments.quiet)
    printSummary(results, program);
  if (interrupted && !arguments.quiet && !arguments.json)
    fmt::print(stderr, "interrupted after {} of {} lanes{}\n", results.count(LaneState::finished), results.lanes.size(),
               arguments.noOutput ? "" : "; these are saved");
  return status;
}

std::optional<Error> takeLane(const RunArguments &arguments, const Program &program, std::vector<Setting> &settings, uint64_t &seed) {
  if (!program.hasSweep() && arguments.seeds == 0)
    return Error(runtime::inputError(fmt::format("experiment {} has no sweep, and so no lanes", program.experiment())));
  RunOptions options;
  options.seed = seed;
  auto batch = makeSweep(arguments, program, std::move(options));
  if (!batch)
    return batch.error();
  for (const Setting &setting : settings)
    if (Status set = (*batch)->set(setting.name, setting.value); !set)
      return set.error();
  const Result<std::vector<Lane>> lanes = (*batch)->lanes();
  if (!lanes)
    return lanes.error();
  const auto count = static_cast<int64_t>(lanes->size());
  if (*arguments.lane >= count)
    return Error(runtime::inputError(fmt::format("there is no lane {}: the sweep has {}, from 0 to {}", *arguments.lane, count, count - 1)));
  const Lane &lane = (*lanes)[static_cast<size_t>(*arguments.lane)];
  const std::vector<BatchParameter> parameters = (*batch)->parameters();
  for (size_t i = 0; i < parameters.size(); ++i)
    if (!parameters[i].isSeed)
      settings.push_back({parameters[i].name, fmt::format("{} {}", lane.values[i], parameters[i].unit)});
  seed = lane.seed.value_or(seed);
  return std::nullopt;
}

} // namespace bdc::tool
