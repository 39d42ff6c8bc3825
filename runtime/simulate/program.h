/// A compiled program as the runtime sees it: the tables and the functions of abi.h.
#pragma once

#include "runtime/abi.h"
#include "runtime/descriptor/descriptor.h"

#include <memory>
#include <vector>

namespace bdc::runtime {

struct Program {
  Descriptor descriptor;
  bdc_derive_fn derive = nullptr;
  bdc_init_fn init = nullptr;
  bdc_run_fn run = nullptr;
  bdc_run_lanes_fn runLanes = nullptr; ///< where descriptor.lanes is not 0
  bdc_run_fn tape = nullptr, adjoint = nullptr, adjointPast = nullptr, adjointStart = nullptr; ///< the loops that it has of these
  bdc_objective_fn objective = nullptr;
  std::vector<bdc_edges_fn> edges;  ///< bdc_edges_0, … as many as descriptor.edgeFunctions
  std::vector<bdc_probe_fn> probes; ///< bdc_probe_0, … as many as descriptor.probeFunctions
  std::shared_ptr<void> owner;      ///< keeps the code in memory
};

/// An error where a function is missing.
Status checkProgram(const Program &program);

} // namespace bdc::runtime
