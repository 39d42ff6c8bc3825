/// Draws the connections of one element: rows and columns by the functions of kernels/rows.h.
#pragma once

#include "kernels/rows.h"
#include "runtime/connect/build.h"

#include <vector>

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
  void drawGroup(int64_t number);
  int64_t randomRow(int64_t source, uint32_t *out);

  const Connection &c;
  kernels::SubsetDrawer subsets;

  /// random: rows whose gaps follow each other, so that little of what is drawn lies behind an end.
  struct Group {
    struct Row {
      int64_t begin;  ///< in `pairs`
      uint32_t start; ///< its first candidate, numbered one row after the other
      uint32_t skip;
    };
    int64_t first = 0;           ///< position of the first source
    std::vector<Row> rows;       ///< and the end of the last
    std::vector<uint32_t> pairs; ///< the candidates that are chosen
  };
  const double gapScale;
  const int64_t groupRows;
  Group group; ///< the one that was drawn last
};

} // namespace bdc::runtime::detail
