/// The inside of a Batch. Used within this folder alone.
#pragma once

#include "runtime/batch/batch.h"
#include "runtime/batch/batch_file.h"
#include "runtime/report/report.h"
#include "runtime/simulate/data_store.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

namespace bdc::runtime {

/// The drawings of one lane, for a picture of many.
struct LaneDrawings {
  size_t lane = 0;
  int64_t steps = 0;
  std::vector<Drawing> drawings;
};

struct Batch::Body {
  Body(std::shared_ptr<const Program> program, Options options, std::vector<BatchParameter> parameters);

  /// As many simulations as lanes run side by side, the threads divided among them.
  Status makeWorkers(size_t lanes);
  Status apply(Simulation &simulation, const Lane &lane);
  Error inLane(Error error, const Lane &lane) const;
  Result<MemoryPlan> plan(const std::vector<Lane> &lanes);
  bool gainsSideBySide(const std::vector<Lane> &lanes);
  MemoryPlan sum(std::map<std::vector<double>, std::pair<MemoryPlan, size_t>> plans) const;
  Status fits(const MemoryPlan &plan) const;
  Status open();
  void chooseDrawn();

  Result<RunState> run(std::vector<Lane> lanes);
  void reset(std::vector<Lane> lanes);
  void work(size_t worker);
  /// The next lanes for a worker: as many as go side by side, else one; none in the end.
  std::pair<size_t, size_t> take();
  void runLane(size_t worker, size_t lane);
  void runSideBySide(size_t worker, size_t first);
  bool prepare(Simulation &simulation, size_t lane);
  void end(size_t lane, Simulation &simulation, const Result<RunState> &state);
  void fail(size_t lane, const Error &error);
  void record(size_t lane, Simulation &simulation, LaneState state, const Error *error);
  void stop(Error error);
  Status watch(std::chrono::steady_clock::time_point start);
  void report(std::chrono::steady_clock::time_point start, bool last) const;
  void summariseRun();
  Status finish();
  std::vector<ReportFigure> figuresOf(size_t number) const;

  std::shared_ptr<const Program> program;
  Options options;
  std::vector<std::pair<std::string, double>> common; ///< what all lanes are given
  std::shared_ptr<DataStore> store = std::make_shared<DataStore>();

  struct Worker {
    std::unique_ptr<Simulation> simulation;
    std::vector<std::unique_ptr<Simulation>> beside; ///< those that go side by side with it
    int threads = 1;
    std::atomic<int> lanes = 1;   ///< that it runs
    std::atomic<double> part = 0; ///< of these lanes
  };
  Status makeSimulation(Worker &worker, std::unique_ptr<Simulation> &simulation, bool reports);
  size_t lanesAtOnce = 1;
  std::vector<std::unique_ptr<Worker>> workers;

  BatchResults results;
  std::unique_ptr<BatchFile> file;
  std::vector<bool> isDrawn; ///< which lanes' plots are drawn
  std::vector<LaneDrawings> drawn;

  // What the threads share while lanes run.
  size_t next = 0; ///< under `mutex`
  std::atomic<size_t> done = 0;
  std::atomic<bool> stopped = false, interrupted = false;
  std::mutex mutex; ///< of what follows, of `drawn` and of the warnings
  std::condition_variable ended;
  size_t working = 0;
  std::optional<Error> trouble; ///< what ended the batch
  std::map<std::string, std::pair<size_t, size_t>> warnings; ///< of lanes: the first that has it, and how many do
};

} // namespace bdc::runtime
