#pragma once

#include <cstdint>
#include <vector>

namespace bdc::runtime {

/// The mean, standard deviation (dividing by n), least and largest of the entries right of the diagonal that are numbers.
struct Triangle {
  double mean, std, min, max;
  int64_t count;
};
Triangle upperTriangle(const std::vector<double> &matrix, int64_t size);

} // namespace bdc::runtime
