/// The numbers of a run: what the scalars say once they are derived, checked and rounded to elements and steps.
#pragma once

#include "runtime/simulate/program.h"

#include <vector>

namespace bdc::runtime {

struct Sizes {
  double dt = 0;                            ///< ms
  int64_t steps = 0, discard = 0;           ///< of the whole run; samples and spikes up to step `discard` are left out
  std::vector<int64_t> spaces;              ///< elements
  std::vector<std::vector<int64_t>> bounds; ///< per space [threads + 1] first element of each thread
  std::vector<int64_t> rows, stride;        ///< per array
  std::vector<int64_t> depth;               ///< per queue: slots
};

/// Elements of `first`, `first + stride`, … below `last`, with Python's meaning of negative positions. Clipped to the size.
std::vector<uint32_t> selectElements(const std::vector<double> &scalars, const Select &select, int64_t size);

/// A time as a whole number of steps, or an error that names it.
Result<int64_t> wholeSteps(double time_ms, double dt_ms, const std::string &what);

/// Reads and checks everything above.
Result<Sizes> readSizes(const Descriptor &descriptor, const std::vector<double> &scalars, int threads);

/// All values that shape memory, edges and params of elements, in a fixed order: two equal lists mean that the network need not be built
/// again.
std::vector<double> shapeOf(const Descriptor &descriptor, const std::vector<double> &scalars);
/// And all that the memory plan reads besides: two equal lists mean equal plans, if the connectomes are of one size.
std::vector<double> planKeyOf(const Descriptor &descriptor, const std::vector<double> &scalars);

} // namespace bdc::runtime
