/// The optimisers of a fit: one, several side by side, or one after the other. Used within this folder alone.
#pragma once

#include "runtime/optimise/fit.h"

namespace bdc::runtime::optimise {

/// The parameters must outlive it.
Result<std::unique_ptr<Optimiser>> assemble(const Parameters &parameters, const FitOptions &options);

/// "8 starts, the best of 64 points (sobol)"
std::string startsText(const FitOptions &options);

} // namespace bdc::runtime::optimise
