/// Draws the connections of one element: rows by the functions of kernels/rows.h, columns with the same generator.
#pragma once

#include "runtime/connect/build.h"

#include <vector>

namespace bdc::runtime::detail {

/// Of one thread.
class RowDrawer {
public:
  explicit RowDrawer(const Connection &connection);

  /// The targets of one source, ascending; `out` has room for all targets of the slice and 16 more. Every rule but
  /// fixed_in_degree.
  int64_t row(int64_t source, uint32_t *out);

  /// The `degree` distinct sources of one target, in any order, for fixed_in_degree.
  void column(int64_t target, uint32_t *out);

private:
  int64_t degreeRow(int64_t element, int64_t first, int64_t last, uint32_t *out);
  void sparseColumn(uint64_t target, uint64_t bound, uint32_t *out);

  const Connection &c;
  std::vector<uint32_t> drawn;
  std::vector<uint64_t> seen; ///< hash table of a column: (column's number, source)
  uint64_t columnsDrawn = 0;
};

} // namespace bdc::runtime::detail
