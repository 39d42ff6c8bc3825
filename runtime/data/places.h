/// Where the values of a list stand in a table of which only some entries are there.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bdc::runtime {

/// The entries row by row: of a connectome's weights a row is a target, a column a source.
struct Places {
  int64_t rows = 0, columns = 0;
  std::vector<std::pair<int64_t, int64_t>> at;      ///< row and column of each value; empty: the values are no table's
  std::vector<std::string> rowLabels, columnLabels; ///< empty: none

  bool empty() const { return at.empty(); }
  /// "[lV1, rA2]" by labels, or "[3, 0]".
  std::string nameOf(int64_t value) const;
  /// [row][column], with `otherwise` where there is no entry.
  std::vector<double> matrix(const std::vector<double> &values, double otherwise) const;
};

} // namespace bdc::runtime
