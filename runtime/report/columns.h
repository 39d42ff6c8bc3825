/// Time cut into pixel columns of equal length. Where a run goes on beyond them, two columns become one.
#pragma once

#include <cstdint>

namespace bdc::runtime {

class Columns {
public:
  static constexpr int64_t count = 840; ///< as many as a figure has pixels; even

  Columns(int64_t firstStep, int64_t steps) : firstStep(firstStep), width((steps + count - 1) / count) {
    if (width < 1)
      width = 1;
  }

  /// The column of step s = firstStep + 1, …; calls merge() each time that two columns have to become one.
  template <class Merge> int64_t place(int64_t step, Merge &&merge) {
    while (step - firstStep > width * count) {
      merge();
      width *= 2;
    }
    const int64_t past = step - firstStep - 1;
    return past < 0 ? 0 : past / width;
  }
  int64_t steps() const { return width; }
  int64_t begin(int64_t column) const { return firstStep + column * width; }

private:
  int64_t firstStep, width;
};

} // namespace bdc::runtime
