/// Candidates of a fit, side by side: each is a run of the whole program with values of its own.
///
/// Threads take candidates as they become free, as in a batch (runtime/batch): each has the bits that it would have alone.
#pragma once

#include "runtime/optimise/points.h"
#include "runtime/simulate/data_store.h"
#include "runtime/simulate/simulation.h"

#include <functional>
#include <map>
#include <mutex>

namespace bdc::runtime {

class FitLanes {
public:
  /// `options`: as of a run; nothing is written. `gradients`: whether candidates are asked for derivatives too.
  static Result<std::unique_ptr<FitLanes>> create(std::shared_ptr<const Program> program, Options options, GradientOptions way);

  /// What holds for all candidates.
  Status set(std::string_view name, double coherent);
  Status setElements(std::string_view name, std::span<const double> values);

  Simulation &first() { return *workers.front().simulation; }
  const std::shared_ptr<DataStore> &data() const { return store; }

  /// As many workers as candidates are asked for at once and threads there are, and what they take together. With `gradients` in the
  /// budget: what of the memory is left after everything else is divided among them.
  Result<MemoryPlan> plan(int64_t candidates, bool gradients);
  /// How the way back is gone, after a plan with gradients.
  const checkpoint::Plan &wayBack() const { return back; }
  size_t sideBySide() const { return workers.size(); }

  /// `values`: elements of all parameters of the fit, one candidate after the other. A candidate without a finite loss is NaN.
  Result<optimise::Answers> evaluate(const optimise::Points &values, bool gradients);
  /// Of a program with second derivatives: the Hessian at some values times directions, all over elements.
  Result<optimise::Points> products(std::span<const double> at, const optimise::Points &directions);
  /// Gives a simulation the values of one candidate.
  static Status apply(Simulation &simulation, std::span<const double> values, const std::vector<int64_t> &sizes);
  /// Elements of each parameter, in the order of the fit.
  void setSizes(std::vector<int64_t> of) { sizes = std::move(of); }

  /// Why a candidate had no finite loss: the first of the last evaluation; empty where all had one.
  const std::string &failure() const { return failed; }

private:
  struct Worker {
    std::unique_ptr<Simulation> simulation;
    int threads = 1;
  };
  FitLanes(std::shared_ptr<const Program> program, Options options, GradientOptions way)
      : program(std::move(program)),
        options(std::move(options)),
        way(std::move(way)),
        asked(this->way.budget.memory) {}
  Status makeWorkers(size_t count);
  /// The jobs 0 … count - 1, on the workers as they become free.
  Status share(int64_t count, const std::function<Status(Simulation &, int64_t)> &job);
  Status evaluateOne(Simulation &simulation, int64_t candidate, const optimise::Points &values, bool gradients, optimise::Answers &answers);

  std::shared_ptr<const Program> program;
  Options options;
  GradientOptions way; ///< with its share of the memory
  int64_t asked;       ///< the memory that each may take; 0: what there is
  checkpoint::Plan back;
  std::shared_ptr<DataStore> store = std::make_shared<DataStore>();
  std::vector<std::pair<std::string, double>> common;
  std::map<std::string, std::vector<double>> commonElements;
  std::vector<int64_t> sizes;
  std::vector<Worker> workers;
  std::mutex mutex; ///< of what follows
  std::string failed;
};

} // namespace bdc::runtime
