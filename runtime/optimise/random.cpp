#include "runtime/optimise/random.h"

#include "kernels/random.h"

namespace bdc::runtime::optimise {

Draws::Draws(uint64_t seed, std::string_view purpose) : key(kernels::key(seed, kernels::nameHash(purpose))) {}

double Draws::uniform(int64_t step, int64_t element, int draw) const {
  return kernels::uniform<double>(key, static_cast<uint64_t>(element), static_cast<uint64_t>(step), static_cast<uint32_t>(draw));
}

double Draws::normal(int64_t step, int64_t element, int draw) const {
  return kernels::normal<double>(key, static_cast<uint64_t>(element), static_cast<uint64_t>(step), static_cast<uint32_t>(draw));
}

int64_t Draws::index(int64_t step, int64_t element, int64_t count, int draw) const {
  return static_cast<int64_t>(uniform(step, element, draw) * static_cast<double>(count));
}

} // namespace bdc::runtime::optimise
