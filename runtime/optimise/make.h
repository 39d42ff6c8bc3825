/// The makers of optimisers, by family. Used within this folder alone.
#pragma once

#include "runtime/optimise/optimiser.h"
#include "runtime/optimise/parameters.h"

namespace bdc::runtime::optimise {

std::unique_ptr<Optimiser> makeDescent(const Method &method, const Problem &problem); ///< sgd, rmsprop, adam, adamw
std::unique_ptr<Optimiser> makeLibrary(const Method &method, const Problem &problem); ///< those of NLopt
std::unique_ptr<Optimiser> makeCmaEs(const Method &method, const Problem &problem);
std::unique_ptr<Optimiser> makeEvolution(const Method &method, const Problem &problem);
Result<std::unique_ptr<Optimiser>> makeSearch(const Method &method, const Problem &problem); ///< grid, sobol, random

/// Several of them side by side, one for each start; the points of all are asked for together.
std::unique_ptr<Optimiser> makeTeam(std::vector<std::unique_ptr<Optimiser>> members);

/// The starts of a team: the parameters' own first, then points that fill the intervals.
std::vector<std::vector<double>> spreadStarts(const Parameters &parameters, int64_t count, bool isRandom, uint64_t seed);

} // namespace bdc::runtime::optimise
