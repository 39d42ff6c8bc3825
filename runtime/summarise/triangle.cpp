#include "runtime/summarise/triangle.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {

Triangle upperTriangle(const std::vector<double> &matrix, int64_t size) {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  Triangle t{nothing, nothing, nothing, nothing, 0};
  double sum = 0, squares = 0;
  auto each = [&](auto &&use) {
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = i + 1; j < size; ++j)
        if (const double value = matrix[i * size + j]; std::isfinite(value))
          use(value);
  };
  each([&](double value) {
    t.min = t.count ? std::min(t.min, value) : value;
    t.max = t.count ? std::max(t.max, value) : value;
    sum += value;
    ++t.count;
  });
  if (t.count == 0)
    return t;
  t.mean = sum / static_cast<double>(t.count);
  each([&](double value) { squares += (value - t.mean) * (value - t.mean); });
  t.std = std::sqrt(squares / static_cast<double>(t.count));
  return t;
}

} // namespace bdc::runtime
