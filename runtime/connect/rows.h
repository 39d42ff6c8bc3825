/// Draws the connections of one element. Block j of a row's random words has the counter (element j, step: the row's element),
/// so any row can be drawn again at any time, alone.
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

  /// The `degree` distinct sources of one target, ascending, for fixed_in_degree; `out` has room for 16 more.
  void column(int64_t target, uint32_t *out);

private:
  int64_t randomRow(uint64_t element, int64_t candidates, uint32_t *out) const;
  void distinct(uint64_t element, int64_t candidates, int64_t count, uint32_t *out);
  void distinctSparse(uint64_t element, int64_t candidates, int64_t count, uint32_t *out);
  void distinctDense(uint64_t element, int64_t candidates, int64_t count, uint32_t *out);
  void sortUniform(uint32_t *values, int64_t count, int64_t candidates);

  const Connection &c;
  double gapScale = 0;           ///< 1 / log(1 - p)
  std::vector<uint32_t> buckets; ///< scratch of sortUniform
  std::vector<uint32_t> aside;
  std::vector<uint64_t> bitmap;
};

} // namespace bdc::runtime::detail
