/// Draws the connections of one element: rows and columns by the functions of kernels/rows.h.
#pragma once

#include "kernels/rows.h"
#include "runtime/connect/build.h"

namespace bdc::runtime::detail {

/// Of one thread.
class RowDrawer {
public:
  explicit RowDrawer(const Connection &connection);

  /// What a row or a column may write behind its last entry.
  static constexpr int64_t room = kernels::BernoulliRow::batch;

  /// The targets of one source, ascending; none where the source does not take part. `out` has room for all targets of the slice and
  /// `room` more. Every rule but fixed_in_degree.
  int64_t row(int64_t source, uint32_t *out);

  /// The `degree` distinct sources of one target, as positions in their slice, in any order, for fixed_in_degree; `out` has room for
  /// `degree` and `room` more.
  void column(int64_t target, uint32_t *out);

private:
  int64_t randomRow(const kernels::Row &row, uint32_t *out) const;

  const Connection &c;
  const double gapScale;
  kernels::SubsetDrawer subsets;
};

} // namespace bdc::runtime::detail
