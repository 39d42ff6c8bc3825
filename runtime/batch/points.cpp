#include "runtime/batch/points.h"

#include "kernels/random.h"
#include "runtime/batch/sobol.h"

namespace bdc::runtime {

std::vector<double> sobolPoints(int64_t count, int dimensions) {
  const Sobol sequence(dimensions);
  std::vector<double> points;
  for (int64_t i = 0; i < count; ++i)
    for (int d = 0; d < dimensions; ++d)
      points.push_back(sequence.exactly(i ^ (i >> 1), d));
  return points;
}

std::vector<double> randomPoints(int64_t count, int dimensions, uint64_t seed, std::string_view purpose) {
  const uint64_t key = kernels::key(seed, kernels::nameHash(purpose));
  std::vector<double> points;
  for (int64_t i = 0; i < count; ++i)
    for (int d = 0; d < dimensions; ++d)
      points.push_back(kernels::uniform<double>(key, static_cast<uint64_t>(i), 0, static_cast<uint32_t>(d)));
  return points;
}

} // namespace bdc::runtime
