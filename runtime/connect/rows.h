/// Draws the connections of one element: rows and columns by kernels/rows.h and kernels/subsets.h.
#pragma once

#include "kernels/rows.h"
#include "kernels/subsets.h"
#include "runtime/connect/build.h"

#include <vector>

namespace bdc::runtime::detail {

/// The targets of one source, ascending, as they were drawn: they are still to be numbered as elements.
struct DrawnRow {
  const uint32_t *drawn = nullptr; ///< can be read `copied` beyond the end
  int64_t count = 0;
  uint32_t start = 0;             ///< the number of the slice's first element
  uint32_t skip = ~uint32_t(0);   ///< the position in the slice that has no number
  uint32_t first = 0, stride = 1; ///< of the slice

  [[gnu::always_inline]] uint32_t position(uint32_t number) const { return number - start + (number - start >= skip); }
  [[gnu::always_inline]] uint32_t target(uint32_t number) const { return first + position(number) * stride; }
  /// What is drawn for this position in the slice and those behind it is not below this number.
  [[gnu::always_inline]] uint32_t limit(uint32_t position) const { return start + position - (position > skip); }
};

/// Of one thread.
class RowDrawer {
public:
  explicit RowDrawer(const Connection &connection);

  /// What a row or a column may write behind its last entry.
  static constexpr int64_t room = kernels::BernoulliRow::batch;

  /// The targets of one source; none where the source does not take part. They lie in `out`, which has room for all targets of the slice and
  /// `room` more, or elsewhere until the next call. Every rule but fixed_in_degree.
  DrawnRow row(int64_t source, uint32_t *out);
  /// The elements that rows are numbered among.
  Part slice() const;

  /// The `degree` distinct sources of one target, as positions in their slice, in any order, for fixed_in_degree; `out` has room for
  /// `degree` and `room` more.
  void column(int64_t target, uint32_t *out);

private:
  void drawGroup(int64_t number);
  DrawnRow randomRow(int64_t source);
  void drawSubset(int64_t source, uint32_t *out);

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
