// The lanes of a sweep: what each run of it sets, as numbers.
#pragma once

#include "frontend/rules/check.h"

namespace bdc::rules {

/// A parameter of the lanes.
struct LaneParameter {
  int scalar = -1; ///< -1: the seed
  std::string name;
  std::optional<units::Unit> unit; ///< none: pure numbers
  bool logarithmic = false; ///< its values are spaced so
  diag::Range range;        ///< where it is swept

  std::string unitText() const;
};

/// One run.
struct Lane {
  /// In the parameters' units, decimal numbers of at most 15 digits: written down and given to `--set` they are the same.
  std::vector<double> values;
  uint64_t seed = 1;
};

struct Lanes {
  std::vector<LaneParameter> parameters;
  std::vector<Lane> lanes; ///< the last parameter changes fastest

  /// Adds a parameter by its name, as `--set` has it; reports where there is none.
  void add(const Program &program, std::string_view name, diag::Range range, diag::Engine &engine);
  /// What a lane sets besides the program's own values, coherent.
  std::vector<SetValue> sets(size_t lane) const;
  /// "G = 0.5 ms, speed = 4 mm/ms, seed 3"
  std::string label(size_t lane) const;
};

/// Points of the unit cube for `by sobol(64)` and `by random(64)`: [count][dimensions]. `number`: which statement of the experiment asks.
using Sampler = std::function<std::vector<double>(Sweep::Sampling how, int64_t count, int dimensions, int number, uint64_t seed)>;
/// The corners of the cube, whatever the count.
std::vector<double> cornersOfCube(Sweep::Sampling how, int64_t count, int dimensions, int number, uint64_t seed);

constexpr int64_t mostLanes = 1'000'000;

/// The lanes of the program's experiment, where some of its numbers have been set. What cannot be (a number of values below 1, a parameter that is
/// set and swept) is reported, and nothing returned. Without a sweep: one lane without parameters. `seeds`: each lane with so many, from
/// `seed` on; 0: as the experiment says.
std::optional<Lanes> lanesOf(const Program &program, const std::vector<SetValue> &set, uint64_t seed, int64_t seeds, const Sampler &sampler,
                             diag::Engine &engine);

/// Checks the numbers of every lane as those of a run. Of each mistake the first lane that makes it is named, and how many more do.
void checkLanes(const Program &program, const std::vector<SetValue> &set, const Lanes &lanes, diag::Engine &engine);

} // namespace bdc::rules
