#include "runtime/optimise/make.h"
#include "runtime/optimise/random.h"

namespace bdc::runtime::optimise {

std::vector<std::vector<double>> spreadStarts(const Parameters &parameters, int64_t count, bool isRandom, uint64_t seed) {
  const int64_t n = parameters.dimension();
  const Sobol sobol(n, seed);
  const Draws draws(seed, "starts");
  std::vector<std::vector<double>> starts{parameters.problem().start};
  for (int64_t i = 1; i < count; ++i) {
    std::vector<double> unit(static_cast<size_t>(n)), start(unit);
    for (int64_t axis = 0; axis < n; ++axis)
      unit[axis] = isRandom ? draws.uniform(i, axis) : sobol(i, axis);
    parameters.place(unit, start);
    starts.push_back(std::move(start));
  }
  return starts;
}

} // namespace bdc::runtime::optimise
