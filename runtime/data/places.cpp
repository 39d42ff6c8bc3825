#include "runtime/data/places.h"

#include <fmt/format.h>

namespace bdc::runtime {

std::string Places::nameOf(int64_t value) const {
  const auto &[row, column] = at[value];
  auto name = [](const std::vector<std::string> &labels, int64_t number) { return labels.empty() ? std::to_string(number) : labels[number]; };
  return fmt::format("[{}, {}]", name(rowLabels, row), name(columnLabels, column));
}

std::vector<double> Places::matrix(const std::vector<double> &values, double otherwise) const {
  std::vector<double> out(static_cast<size_t>(rows * columns), otherwise);
  for (size_t i = 0; i < at.size(); ++i)
    out[at[i].first * columns + at[i].second] = values[i];
  return out;
}

} // namespace bdc::runtime
