/// A fit's summary, for the results of a run.
#pragma once

#include "runtime/optimise/uncertainty.h"
#include "runtime/simulate/fit_summary.h"

namespace bdc::runtime::optimise {

/// `uncertainty` may be null.
FitSummary summaryOf(const Fit &fit, const FitEnd &end, const Uncertainty *uncertainty);

} // namespace bdc::runtime::optimise
