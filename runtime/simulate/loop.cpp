/// The time loop in chunks. A chunk is as long as people and files can wait; its length changes no result.
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

} // namespace

Result<int32_t> Simulation::Body::runChunk(int64_t first, int64_t steps) {
  std::atomic<int32_t> status = BDC_OK;
  team.run([&](int thread) {
    if (const int32_t mine = program->run(&ctx, thread, first, steps); mine != BDC_OK)
      status = mine;
  });
  if (status == BDC_FAULT)
    return internalError(fmt::format("the compiled program reported a fault between {:.10g} ms and {:.10g} ms",
                                     static_cast<double>(first) * sizes.dt, static_cast<double>(first + steps) * sizes.dt));
  return status.load();
}

void Simulation::Body::report(int64_t done, int64_t steps, std::chrono::steady_clock::time_point start, bool last) const {
  if (options.progress)
    options.progress({done, steps, static_cast<double>(step) * sizes.dt, sizes.dt, secondsSince(start), last});
}

Result<RunState> Simulation::Body::advance(int64_t steps) {
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpuStart = std::clock();
  int64_t done = 0;
  Status trouble;
  bool interrupted = false;
  report(0, steps, start, false);
  while (done < steps && !interrupted) {
    const int64_t chunk = std::min({nextChunk, steps - done, recorder->chunkLimit()});
    const auto chunkStart = std::chrono::steady_clock::now();
    saveState();
    if (Result<int32_t> status = runChunk(step, chunk); !status) {
      trouble = status.error();
      break;
    }
    const double seconds = secondsSince(chunkStart);
    const Bad bad = findBad();
    if (Status s = recorder->drain(); !s)
      trouble = s;
    if (observation && trouble && bad.array < 0)
      trouble = observation->passed(step, step + chunk);
    if (bad.array >= 0)
      trouble = explainFault(bad, step, chunk);
    step += chunk;
    done += chunk;
    if (trouble)
      trouble = flushOutputs(false);
    if (!trouble)
      break;
    // Grow at most fourfold: the first steps of a network are not typical.
    const double target = static_cast<double>(chunk) * chunkSeconds / std::max(seconds, 1e-9);
    nextChunk = std::clamp<int64_t>(static_cast<int64_t>(target), std::max<int64_t>(1, nextChunk / 4), nextChunk * 4);
    interrupted = done < steps && options.interrupt && options.interrupt->load(std::memory_order_relaxed);
    report(done, steps, start, done == steps || interrupted);
  }
  results.run_s += secondsSince(start);
  results.run_cpu_s += static_cast<double>(std::clock() - cpuStart) / CLOCKS_PER_SEC;
  results.steps = step;
  results.simulated_ms = static_cast<double>(step) * sizes.dt;
  results.peak_bytes = peakMemory();
  results.interrupted = interrupted;
  if (!trouble) {
    failed = true;
    if (trouble.error().kind != ErrorKind::output)
      (void)flushOutputs(true); // the first trouble is the one to tell
    return trouble.error();
  }
  if (Status s = flushOutputs(true); !s)
    return s.error();
  return interrupted ? RunState::interrupted : RunState::done;
}

} // namespace bdc::runtime
