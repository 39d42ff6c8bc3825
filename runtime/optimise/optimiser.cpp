#include "runtime/optimise/make.h"

#include <fmt/format.h>

#include <cmath>

namespace bdc::runtime::optimise {

Result<std::unique_ptr<Optimiser>> makeOptimiser(const Method &method, const Problem &problem) {
  const std::string_view name = method.info().name;
  if (method.info().needsBox)
    for (size_t i = 0; i < problem.start.size(); ++i)
      if (!std::isfinite(problem.low[i]) || !std::isfinite(problem.high[i]))
        return inputError(fmt::format("{} needs an interval with two ends for coordinate {}", name, i));
  if (name == "bobyqa" && problem.dimension() < 2)
    return inputError("bobyqa needs two coordinates or more", "take nelder_mead");
  if (name == "grid" || name == "sobol" || name == "random")
    return makeSearch(method, problem);
  if (name == "cma_es")
    return makeCmaEs(method, problem);
  if (name == "bayes")
    return makeBayes(method, problem);
  if (name == "evolution")
    return makeEvolution(method, problem);
  return method.info().usesGradient && name != "lbfgs" ? makeDescent(method, problem) : makeLibrary(method, problem);
}

} // namespace bdc::runtime::optimise
