/// The makers of optimisers, by family. Used within this folder alone.
#pragma once

#include "runtime/optimise/optimiser.h"
#include "runtime/optimise/parameters.h"

#include <functional>

namespace bdc::runtime::optimise {

std::unique_ptr<Optimiser> makeDescent(const Method &method, const Problem &problem); ///< sgd, rmsprop, adam, adamw
std::unique_ptr<Optimiser> makeLibrary(const Method &method, const Problem &problem); ///< those of NLopt
std::unique_ptr<Optimiser> makeCmaEs(const Method &method, const Problem &problem);
std::unique_ptr<Optimiser> makeEvolution(const Method &method, const Problem &problem);
Result<std::unique_ptr<Optimiser>> makeSearch(const Method &method, const Problem &problem); ///< grid, sobol, random

std::unique_ptr<Optimiser> makeBayes(const Method &method, const Problem &problem);

/// Several of them side by side, one for each start; the points of all are asked for together.
std::unique_ptr<Optimiser> makeTeam(std::vector<std::unique_ptr<Optimiser>> members);

/// The starts of a team: the parameters' own first, then points that fill the intervals.
std::vector<std::vector<double>> spreadStarts(const Parameters &parameters, int64_t count, bool isRandom, uint64_t seed);

/// Points that are tried first, of which the best become starts.
struct Screening {
  int64_t points = 0, starts = 1;
};
using MakeFrom = std::function<Result<std::unique_ptr<Optimiser>>(const std::vector<std::vector<double>> &starts)>;

/// `search` asks for points of the unit cube, which the parameters place; then `makeFrom` makes what goes on from the starts.
/// `inner`: such a one, made from any starts.
std::unique_ptr<Optimiser> makeScreened(const Parameters &parameters, std::unique_ptr<Optimiser> search,
                                        std::unique_ptr<Optimiser> inner, const Screening &screening, MakeFrom makeFrom);

} // namespace bdc::runtime::optimise
