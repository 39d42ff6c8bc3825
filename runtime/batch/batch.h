/// Many runs of one compiled program: lanes, which differ in parameters and seed.
///
///   auto made = Batch::create(program, options, {{.name = "G", .unit = "ms"}});
///   (*made)->run(lanes);          // again with others: nothing is compiled, read or thrown away in between
///   (*made)->results().lanes      // what each lane came to
///   (*made)->finish();            // the report
///
/// A lane is a Simulation. Threads take lanes as they become free, so that each lane runs on one thread, in the order of time that
/// it has alone, and has the bits that it has alone; with fewer lanes than threads the threads that are left over share the elements. A thread
/// takes several lanes and runs them side by side where the program has code for that, and they are alike.
/// Memory is taken for the lanes that run at the same time. A lane that fails is said to have failed, and the others go on.
#pragma once

#include "runtime/batch/results.h"
#include "runtime/simulate/simulation.h"

namespace bdc::runtime {

class Batch {
public:
  static Result<std::unique_ptr<Batch>> create(std::shared_ptr<const Program> program, Options options, std::vector<BatchParameter> parameters);
  ~Batch();
  Batch(const Batch &) = delete;
  Batch &operator=(const Batch &) = delete;

  /// A parameter of all lanes.
  Status set(std::string_view name, double coherent);

  /// What the lanes take together at most, for the threads that there are. Wrong values of any lane are an error.
  Result<MemoryPlan> plan(const std::vector<Lane> &lanes);

  /// Whether these would be faster by a program that runs several side by side: there are enough of them, their populations are much smaller
  /// than a vector, and there is enough to do to compile one.
  bool gainsSideBySide(const std::vector<Lane> &lanes);

  /// Runs all lanes to their end. Nothing runs where one of them cannot, or where they do not fit the memory.
  Result<RunState> run(std::vector<Lane> lanes);

  /// Writes the report. `results` says which files there are.
  Status finish();

  const BatchResults &results() const;

  struct Body; ///< the inside, body.h

private:
  explicit Batch(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body;
};

} // namespace bdc::runtime
