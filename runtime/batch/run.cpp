/// The threads of a batch: each takes the next lane when it is free; the calling thread watches, and writes what must be on disk.
#include "runtime/batch/body.h"
#include "runtime/clock.h"
#include "runtime/memory/limits.h"
#include "runtime/simulate/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <thread>
#include <tuple>
#include <utility>

namespace bdc::runtime {
namespace {

using Clock = std::chrono::steady_clock;

/// Lanes whose drawings are shown: more cannot be told apart.
constexpr size_t mostDrawn = 12;
constexpr auto watchInterval = std::chrono::milliseconds(100);

} // namespace

void Batch::Body::reset(std::vector<Lane> lanes) {
  results.lanes.clear();
  for (Lane &lane : lanes) {
    results.lanes.emplace_back();
    results.lanes.back().lane = std::move(lane);
  }
  drawn.clear();
  warnings.clear();
  file.reset();
  trouble.reset();
  next = done = 0;
  stopped = interrupted = false;
}

/// The results' head, and the file with everything that is known before the first lane.
Status Batch::Body::open() {
  const Simulation &first = *workers[0]->simulation;
  Results &total = results.total;
  const Results &run = first.results();
  total = {};
  total.experiment = run.experiment;
  total.network = run.network;
  total.hash = run.hash;
  total.precision = run.precision;
  total.spiking = run.spiking;
  total.compile_s = options.compile_s;
  total.seed = options.seed;
  total.threads = options.threads;
  const std::vector<SummaryValue> names = first.summaryNames();
  for (LaneResult &lane : results.lanes) {
    lane.summaries = names;
    for (SummaryValue &summary : lane.summaries)
      summary.value = std::numeric_limits<double>::quiet_NaN();
  }
  if (options.output.empty())
    return {};
  RunLabel label{total.hash, total.experiment, total.network, options.version, total.precision, options.command};
  label.seed = options.seed;
  Result<std::unique_ptr<BatchFile>> made = BatchFile::create(options.output, label, results, names);
  if (!made)
    return made.error();
  file = std::move(*made);
  total.outputs.push_back(options.output);
  return {};
}

/// Of those with the first lane's seed, evenly from the first to the last.
void Batch::Body::chooseDrawn() {
  std::vector<size_t> candidates;
  const bool onlySeeds = results.parameters.size() == 1 && results.parameters[0].isSeed;
  for (size_t i = 0; i < results.lanes.size(); ++i)
    if (onlySeeds || results.lanes[i].lane.seed == results.lanes[0].lane.seed)
      candidates.push_back(i);
  isDrawn.assign(results.lanes.size(), false);
  const size_t count = candidates.size(), shown = std::min(count, mostDrawn);
  for (size_t i = 0; i < shown && !options.report.empty(); ++i)
    isDrawn[candidates[shown > 1 ? i * (count - 1) / (shown - 1) : 0]] = true;
}

Result<RunState> Batch::Body::run(std::vector<Lane> lanes) {
  if (lanes.empty())
    return inputError("there are no lanes to run");
  if (Status s = mayWrite(options, program->descriptor); !s)
    return s.error();
  Result<MemoryPlan> needed = plan(lanes);
  if (!needed)
    return needed.error();
  if (Status s = fits(*needed); !s)
    return s.error();
  reset(std::move(lanes));
  chooseDrawn();
  if (Status s = open(); !s)
    return s.error();
  results.total.planned_bytes = needed->total();
  const auto start = Clock::now();
  const std::clock_t cpuStart = std::clock();
  report(start, false);
  working = workers.size();
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < workers.size(); ++i)
    threads.emplace_back([this, i] { work(i); });
  Status watched = watch(start);
  threads.clear();
  results.total.run_s = secondsSince(start);
  results.total.run_cpu_s = static_cast<double>(std::clock() - cpuStart) / CLOCKS_PER_SEC;
  results.total.interrupted = interrupted;
  summariseRun();
  if (file && watched)
    watched = interrupted || trouble ? file->commit() : file->complete();
  report(start, true);
  if (trouble)
    return *trouble;
  if (!watched)
    return watched.error();
  return interrupted ? RunState::interrupted : RunState::done;
}

void Batch::Body::work(size_t worker) {
  for (auto [first, count] = take(); count > 0 && !stopped; std::tie(first, count) = take()) {
    if (options.interrupt && options.interrupt->load(std::memory_order_relaxed)) {
      interrupted = true;
      break;
    }
    workers[worker]->lanes = static_cast<int>(count);
    if (count > 1)
      runSideBySide(worker, first);
    else
      runLane(worker, first);
    workers[worker]->part = 0;
  }
  const std::scoped_lock lock(mutex);
  --working;
  ended.notify_one();
}

/// Ends the batch with this error; of several the first is told.
void Batch::Body::stop(Error error) {
  const std::scoped_lock lock(mutex);
  if (!trouble)
    trouble = std::move(error);
  stopped = true;
}

std::pair<size_t, size_t> Batch::Body::take() {
  const std::scoped_lock lock(mutex);
  const size_t left = results.lanes.size() - next, count = left >= lanesAtOnce ? lanesAtOnce : std::min<size_t>(left, 1);
  return {std::exchange(next, next + count), count};
}

/// False where it cannot begin: it has failed, or everything ends.
bool Batch::Body::prepare(Simulation &simulation, size_t lane) {
  LaneResult &result = results.lanes[lane];
  LanePlace place = file ? file->place(result, lane) : LanePlace();
  place.draws = isDrawn[lane];
  simulation.setLane(std::move(place));
  Status ready = apply(simulation, result.lane);
  if (ready)
    ready = simulation.prepare();
  if (ready)
    return true;
  if (ready.error().kind == ErrorKind::interrupted) // as if it had not begun
    interrupted = true;
  else if (ready.error().kind == ErrorKind::numeric)
    fail(lane, ready.error());
  else
    stop(inLane(ready.error(), result.lane));
  return false;
}

void Batch::Body::end(size_t lane, Simulation &simulation, const Result<RunState> &state) {
  LaneResult &result = results.lanes[lane];
  const Status finished = simulation.finish();
  const Error *error = !state ? &state.error() : !finished ? &finished.error() : nullptr;
  if (error && error->kind != ErrorKind::numeric)
    return stop(inLane(*error, result.lane));
  if (state && *state == RunState::interrupted)
    interrupted = true;
  record(lane, simulation, error ? LaneState::failed : *state == RunState::done ? LaneState::finished : LaneState::unfinished, error);
  if (file)
    file->write(result, lane);
  done += result.state != LaneState::unfinished;
}

void Batch::Body::runLane(size_t worker, size_t lane) {
  Simulation &simulation = *workers[worker]->simulation;
  if (prepare(simulation, lane))
    end(lane, simulation, simulation.run());
}

/// One by one where some of them cannot begin, or differ in sizes or connections.
void Batch::Body::runSideBySide(size_t worker, size_t first) {
  std::vector<Simulation *> lanes = {workers[worker]->simulation.get()};
  for (const auto &simulation : workers[worker]->beside)
    lanes.push_back(simulation.get());
  std::vector<size_t> ready;
  for (size_t i = 0; i < lanes.size() && !stopped && !interrupted; ++i)
    if (prepare(*lanes[i], first + i))
      ready.push_back(i);
  if (stopped || interrupted)
    return;
  const bool together = ready.size() == lanes.size() && std::all_of(lanes.begin(), lanes.end(), [&](Simulation *lane) { return lane->isAlike(*lanes[0]); });
  std::vector<Result<RunState>> states;
  if (together)
    states = Simulation::runSideBySide(lanes);
  for (size_t i : ready)
    if (together || (!stopped && !interrupted))
      end(first + i, *lanes[i], together ? std::move(states[i]) : lanes[i]->run());
}

/// A lane that fails before its first step.
void Batch::Body::fail(size_t lane, const Error &error) {
  LaneResult &result = results.lanes[lane];
  result.state = LaneState::failed;
  {
    const std::scoped_lock lock(mutex);
    result.error = error.message;
  }
  if (file)
    file->write(result, lane);
  ++done;
}

void Batch::Body::record(size_t lane, Simulation &simulation, LaneState state, const Error *error) {
  LaneResult &result = results.lanes[lane];
  const Results &run = simulation.results();
  result.state = state;
  result.steps = run.steps;
  result.simulated_ms = run.simulated_ms;
  result.build_s = run.build_s;
  result.run_s = run.run_s;
  if (state == LaneState::finished) {
    result.summaries = run.summaries;
    result.recordings = simulation.takeRecordings();
  }
  const std::scoped_lock lock(mutex);
  if (error)
    result.error = error->message;
  else if (isDrawn[lane])
    drawn.push_back({lane, run.steps, simulation.drawings()});
  for (const std::string &warning : run.warnings)
    if (state == LaneState::finished)
      warnings.try_emplace(warning, lane, 0).first->second.second++;
}

/// Until all threads have ended: progress, and what has been written made readable.
Status Batch::Body::watch(Clock::time_point start) {
  Status status;
  Clock::time_point flushed = Clock::now();
  std::unique_lock lock(mutex);
  while (!ended.wait_for(lock, watchInterval, [&] { return working == 0; })) {
    lock.unlock();
    report(start, false);
    if (file && status && secondsSince(flushed) >= options.flushSeconds) {
      status = file->commit();
      flushed = Clock::now();
      if (!status)
        stopped = true;
    }
    lock.lock();
  }
  return status;
}

void Batch::Body::report(Clock::time_point start, bool last) const {
  if (!options.progress)
    return;
  Progress now;
  now.lanes = static_cast<int64_t>(results.lanes.size());
  now.lanesDone = static_cast<int64_t>(done.load());
  double finished = static_cast<double>(now.lanesDone);
  for (const auto &worker : workers)
    finished += worker->part.load();
  now.lanesPart = std::min(1.0, finished / static_cast<double>(now.lanes));
  now.wall_s = secondsSince(start);
  now.finished = last;
  options.progress(now);
}

/// Numbers of the whole batch, and what its lanes had to say.
void Batch::Body::summariseRun() {
  constexpr size_t mostSaid = 5;
  Results &total = results.total;
  total.peak_bytes = peakMemory();
  const Results &last = workers[0]->simulation->results();
  total.neurons = last.neurons;
  total.edges = last.edges;
  total.dt_ms = last.dt_ms;
  size_t failed = 0;
  for (size_t i = 0; i < results.lanes.size(); ++i) {
    const LaneResult &lane = results.lanes[i];
    total.steps += lane.steps;
    total.simulated_ms += lane.simulated_ms;
    total.build_s += lane.build_s;
    if (lane.state == LaneState::failed && ++failed <= mostSaid)
      total.warnings.push_back(fmt::format("lane {} ({}) failed: {}", i, lane.lane.label, lane.error));
  }
  if (failed > mostSaid)
    total.warnings.push_back(fmt::format("{} more lanes failed", failed - mostSaid));
  for (const auto &[text, where] : warnings)
    total.warnings.push_back(fmt::format("lane {} ({}): {}{}", where.first, results.lanes[where.first].lane.label, text,
                                         where.second > 1 ? fmt::format("; {} more lanes say so", where.second - 1) : ""));
}

} // namespace bdc::runtime
