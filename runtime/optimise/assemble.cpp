#include "runtime/optimise/assemble.h"

#include "runtime/optimise/make.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime::optimise {
namespace {

Status checkIntervals(const Parameters &parameters, const Method &method, const Problem &problem) {
  for (int64_t c = 0; c < problem.dimension(); ++c)
    if (!std::isfinite(problem.low[c]) || !std::isfinite(problem.high[c]))
      return inputError(fmt::format("{} needs an interval with two ends for each parameter, and `{}` has none",
                                    method.info().name, parameters.elementName(parameters.elementOf(c))),
                        "give one: `in [low, high]`; or take a method that goes on from a start, such as cma_es or nelder_mead");
  return {};
}

const char *nameOf(Spread spread) {
  constexpr const char *names[] = {"sobol", "random", "bayes"};
  return names[static_cast<int>(spread)];
}

/// Makes one optimiser, or one for each of several starts.
MakeFrom makerOf(const Method &method, const Problem &problem) {
  return [method, problem](const std::vector<std::vector<double>> &starts) -> Result<std::unique_ptr<Optimiser>> {
    std::vector<std::unique_ptr<Optimiser>> members;
    for (const std::vector<double> &start : starts) {
      Problem own = problem;
      own.start = start;
      own.seed = problem.seed + members.size();
      auto member = makeOptimiser(method, own);
      if (!member)
        return member;
      members.push_back(std::move(*member));
    }
    return members.size() > 1 ? makeTeam(std::move(members)) : std::move(members.front());
  };
}

Result<std::unique_ptr<Optimiser>> screened(const Parameters &parameters, const FitOptions &wishes,
                                            std::unique_ptr<Optimiser> inner, const MakeFrom &makeFrom) {
  const auto n = static_cast<size_t>(parameters.dimension());
  const Problem cube{parameters.startInCube(), std::vector<double>(n, 0), std::vector<double>(n, 1), wishes.seed,
                     wishes.stop.steps};
  constexpr int64_t widest = 16;
  const int64_t lanes = std::max(wishes.starts, std::min(wishes.screen, widest));
  auto chosen = Method::choose(nameOf(wishes.spread), {{"batch", static_cast<double>(lanes)}});
  if (!chosen)
    return chosen.error();
  auto search = makeOptimiser(*chosen, cube);
  if (!search)
    return search.error();
  return makeScreened(parameters, std::move(*search), std::move(inner), {wishes.screen, wishes.starts}, makeFrom);
}

} // namespace

std::string startsText(const FitOptions &options) {
  const std::string from = options.screen > 0 ? fmt::format("the best of {} points", options.screen) : "all points";
  return fmt::format("{} start{}, {} ({})", options.starts, options.starts == 1 ? "" : "s", from, nameOf(options.spread));
}

Result<std::unique_ptr<Optimiser>> assemble(const Parameters &parameters, const FitOptions &wishes) {
  const Method &method = wishes.method;
  const int64_t starts = wishes.starts, screen = wishes.screen;
  if (starts < 1)
    return inputError(fmt::format("a fit cannot have {} starts", starts), "there is one at least");
  if ((starts > 1 || screen > 0) && !method.info().isLocal)
    return inputError(fmt::format("{} has no starts to choose", method.info().name),
                      "it searches the whole of the intervals by itself");
  if (screen > 0 ? screen < starts : wishes.spread == Spread::bayes)
    return inputError(fmt::format("{} starts cannot be chosen from {} points", starts, screen), "try more points first");
  Problem problem = parameters.problem();
  problem.seed = wishes.seed;
  problem.steps = wishes.stop.steps;
  if (method.info().needsBox)
    if (Status s = checkIntervals(parameters, method, problem); !s)
      return s.error();
  const MakeFrom makeFrom = makerOf(method, problem);
  auto inner = makeFrom(spreadStarts(parameters, starts, wishes.spread == Spread::random, wishes.seed));
  if (!inner)
    return inner.error();
  return screen > 0 ? screened(parameters, wishes, std::move(*inner), makeFrom) : std::move(inner);
}

} // namespace bdc::runtime::optimise
