/// Draws the connections of one element, by the functions of kernels/rows.h.
#pragma once

#include "runtime/connect/build.h"

#include <vector>

namespace bdc::runtime::detail {

/// Of one thread.
class RowDrawer {
public:
  explicit RowDrawer(const Connection &connection) : c(connection) {}

  /// The targets of one source, ascending; `out` has room for all targets of the slice and 16 more. Every rule but
  /// fixed_in_degree.
  int64_t row(int64_t source, uint32_t *out);

  /// The `degree` distinct sources of one target, ascending, for fixed_in_degree.
  void column(int64_t target, uint32_t *out);

private:
  int64_t degreeRow(int64_t element, int64_t first, int64_t last, uint32_t *out);

  const Connection &c;
  std::vector<uint32_t> drawn;
};

} // namespace bdc::runtime::detail
