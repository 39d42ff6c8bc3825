/// A program written by hand against abi.h, for the tests of the runtime: leaky cells with a threshold, noisy drive from the
/// counter-based generator, one projection of the population onto itself. It stands where compiled code stands.
#pragma once

#include "runtime/runtime.h"

#include <string>

namespace bdc::runtime::toy {

struct Settings {
  double size = 200, probability = 0.1, duration = 100, discard = 0;
  std::string rule = "random"; ///< with one argument where the rule has one
  bool drawnWeights = false;
  bool byTarget = false;
  std::string records = "[]", summaries = "[]", plots = "[]"; ///< JSON
};

/// Scalars of the descriptor, by position.
enum {
  dt,
  duration,
  discard,
  size,
  probability,
  weight,
  tau,
  threshold,
  noise,
  depth,
  blowUp,
  every,
  first,
  last,
  decay,
  scalarCount
};

/// JSON of the records of spikes and of v.
std::string spikeRecord(const std::string &select = "{}");
std::string traceRecord(const std::string &select = "{}");

std::string descriptor(const Settings &settings);
std::shared_ptr<const Program> program(const Settings &settings = {});

/// Creates a simulation or fails the test.
std::unique_ptr<Simulation> simulation(const Settings &settings = {}, Options options = {});

} // namespace bdc::runtime::toy
