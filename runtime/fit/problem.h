/// What the fit of a program moves, by which method and until when: from the descriptor, and from the numbers as they are set.
#pragma once

#include "runtime/optimise/fit.h"
#include "runtime/simulate/simulation.h"

namespace bdc::runtime {

struct FitProblem {
  std::vector<optimise::Parameter> parameters;
  optimise::FitOptions options; ///< without what watches the fit
};

/// Elements of arrays that are fitted start from what the program makes.
Result<FitProblem> fitProblem(Simulation &simulation);

/// For each parameter of the fit its position among those of the gradient. An error names one that has none.
Result<std::vector<size_t>> gradientsOf(const Descriptor &descriptor);

} // namespace bdc::runtime
