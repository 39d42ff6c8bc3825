/// The time loop in chunks, of one run or of several side by side. A chunk is as long as people and files can wait; its length changes no result.
#include "runtime/memory/limits.h"
#include "runtime/simulate/body.h"
#include "runtime/simulate/observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <ctime>

namespace bdc::runtime {
namespace {

constexpr double chunkSeconds = 0.075;

/// Some steps of one run, chunk by chunk: what is done before and after each.
class Stretch {
public:
  using Clock = std::chrono::steady_clock;

  Stretch(Simulation::Body &body, int64_t steps) : body(body), steps(steps) { report(false); }

  bool goesOn() const { return done < steps && !interrupted && trouble; }
  int64_t chunk() const { return std::min({body.nextChunk, steps - done, body.recorder->chunkLimit()}); }
  void before() { body.saveState(); }
  void fail(Error error) { trouble = std::move(error); }
  /// After a chunk that took so many seconds.
  void after(int64_t chunk, double seconds);
  Result<RunState> end();

private:
  void report(bool last) const {
    if (body.options.progress)
      body.options.progress({done, steps, static_cast<double>(body.step) * body.sizes.dt, body.sizes.dt, secondsSince(start), last});
  }

  Simulation::Body &body;
  int64_t steps, done = 0;
  Status trouble;
  bool interrupted = false;
  Clock::time_point start = Clock::now();
  std::clock_t cpuStart = std::clock();
};

void Stretch::after(int64_t chunk, double seconds) {
  const Simulation::Body::Bad bad = body.findBad();
  if (Status s = body.recorder->drain(); !s)
    trouble = s;
  if (body.observation && trouble && bad.array < 0)
    trouble = body.observation->passed(body.step, body.step + chunk);
  if (bad.array >= 0)
    trouble = body.explainFault(bad, body.step, chunk);
  body.step += chunk;
  done += chunk;
  if (trouble)
    trouble = body.flushOutputs(false);
  if (!trouble)
    return;
  // Grow at most fourfold: the first steps of a network are not typical.
  const double target = static_cast<double>(chunk) * chunkSeconds / std::max(seconds, 1e-9);
  body.nextChunk = std::clamp<int64_t>(static_cast<int64_t>(target), std::max<int64_t>(1, body.nextChunk / 4), body.nextChunk * 4);
  interrupted = done < steps && body.options.interrupt && body.options.interrupt->load(std::memory_order_relaxed);
  report(done == steps || interrupted);
}

Result<RunState> Stretch::end() {
  Results &results = body.results;
  results.run_s += secondsSince(start);
  results.run_cpu_s += static_cast<double>(std::clock() - cpuStart) / CLOCKS_PER_SEC;
  results.steps = body.step;
  results.simulated_ms = static_cast<double>(body.step) * body.sizes.dt;
  results.peak_bytes = peakMemory();
  results.interrupted = interrupted;
  if (!trouble) {
    body.failed = true;
    if (trouble.error().kind != ErrorKind::output)
      (void)body.flushOutputs(true); // the first trouble is the one to tell
    return trouble.error();
  }
  if (Status s = body.flushOutputs(true); !s)
    return s.error();
  return interrupted ? RunState::interrupted : RunState::done;
}

} // namespace

Error Simulation::Body::faultBetween(int64_t first, int64_t last) const {
  return internalError(fmt::format("the compiled program reported a fault between {:.10g} ms and {:.10g} ms",
                                   static_cast<double>(first) * sizes.dt, static_cast<double>(last) * sizes.dt));
}

Status Simulation::Body::runChunk(int64_t first, int64_t steps) {
  std::atomic<int32_t> status = BDC_OK;
  team.run([&](int thread) {
    if (const int32_t mine = program->run(&ctx, thread, first, steps); mine != BDC_OK)
      status = mine;
  });
  return status == BDC_FAULT ? Status(faultBetween(first, first + steps)) : Status();
}

Result<RunState> Simulation::Body::advance(int64_t steps) {
  Stretch stretch(*this, steps);
  while (stretch.goesOn()) {
    const int64_t chunk = stretch.chunk();
    const auto start = Stretch::Clock::now();
    stretch.before();
    if (Status s = runChunk(step, chunk); !s)
      stretch.fail(s.error());
    else
      stretch.after(chunk, secondsSince(start));
  }
  return stretch.end();
}

/// Chunks of all, as long as all go on; what is left of each is run alone, and begins with the bits that it would have alone.
std::vector<Result<RunState>> Simulation::runSideBySide(std::span<Simulation *const> lanes) {
  Body &first = *lanes[0]->body;
  std::vector<Stretch> stretches;
  std::vector<bdc_ctx *> contexts;
  for (Simulation *lane : lanes) {
    stretches.emplace_back(*lane->body, std::max<int64_t>(0, lane->body->sizes.steps - lane->body->step));
    contexts.push_back(&lane->body->ctx);
  }
  while (std::all_of(stretches.begin(), stretches.end(), [](const Stretch &s) { return s.goesOn(); })) {
    int64_t chunk = stretches[0].chunk();
    for (const Stretch &stretch : stretches)
      chunk = std::min(chunk, stretch.chunk());
    const auto start = Stretch::Clock::now();
    for (Stretch &stretch : stretches)
      stretch.before();
    const bool isFault = first.program->runLanes(contexts.data(), first.step, chunk) == BDC_FAULT;
    const double seconds = secondsSince(start);
    for (size_t i = 0; i < lanes.size(); ++i)
      if (isFault)
        stretches[i].fail(lanes[i]->body->faultBetween(lanes[i]->body->step, lanes[i]->body->step + chunk));
      else
        stretches[i].after(chunk, seconds);
  }
  std::vector<Result<RunState>> states;
  for (size_t i = 0; i < lanes.size(); ++i) {
    Body &body = *lanes[i]->body;
    Result<RunState> state = stretches[i].end();
    if (state && *state == RunState::done)
      state = body.advance(std::max<int64_t>(0, body.sizes.steps - body.step));
    states.push_back(std::move(state));
  }
  return states;
}

} // namespace bdc::runtime
