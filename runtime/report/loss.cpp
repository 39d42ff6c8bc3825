#include "runtime/report/columns.h"
#include "runtime/report/fit_plots.h"
#include "runtime/report/svg.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

/// What the axis of losses spans.
struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  bool isLog = false;

  void add(double value) {
    if (!std::isfinite(value))
      return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// The value on the axis.
  double operator()(double loss) const { return isLog ? std::log10(loss) : loss; }
};

Range rangeOf(const LossCurve &curve) {
  Range range;
  for (const std::span<const double> &part : {curve.loss, curve.best, curve.lanes})
    for (const double loss : part)
      range.add(loss);
  if (!(range.low <= range.high))
    range.low = 0, range.high = 1;
  range.isLog = range.low > 0 && range.high > 10 * range.low;
  return range;
}

/// A line through numbers `stride` apart, from step 1 on; where several share a pixel, their least and largest.
std::string line(std::span<const double> numbers, int64_t first, int64_t stride, const svg::Figure &figure, const Range &range) {
  const int64_t steps = static_cast<int64_t>(numbers.size()) / stride, perColumn = (steps + Columns::count - 1) / Columns::count;
  std::string path;
  bool isOpen = false;
  for (int64_t step = 0; step < steps; step += perColumn) {
    Range column;
    for (int64_t k = step; k < std::min(steps, step + perColumn); ++k)
      column.add(numbers[k * stride + first]);
    if (!(column.low <= column.high)) {
      isOpen = false;
      continue;
    }
    const double x = figure.px(static_cast<double>(step + 1));
    svg::appendPoint(path, isOpen ? 'L' : 'M', x, figure.py(range(column.high)));
    if (column.low < column.high)
      svg::appendPoint(path, 'L', x, figure.py(range(column.low)));
    isOpen = true;
  }
  return path;
}

} // namespace

std::string drawLoss(const LossCurve &curve) {
  const Range range = rangeOf(curve);
  const auto steps = static_cast<int64_t>(curve.loss.size());
  const double low = range(range.low), high = range(range.high), room = 0.05 * std::max(high - low, 1e-12 * std::fabs(high));
  svg::Figure figure(260, 1, static_cast<double>(std::max<int64_t>(2, steps)), low - room, high + room);
  const int64_t lanes = steps > 0 ? static_cast<int64_t>(curve.lanes.size()) / steps : 0;
  std::vector<svg::Figure::Entry> entries{{"loss", 0}, {"best", 1}};
  if (lanes > 1) {
    for (int64_t lane = 0; lane < lanes; ++lane)
      figure.path(line(curve.lanes, lane, lanes, figure, range), "marks", 4, 0.6);
    entries.push_back({"each start", 4});
  }
  figure.path(line(curve.loss, 0, 1, figure, range), "line", 0);
  figure.path(line(curve.best, 0, 1, figure, range), "marks", 1, 1.8);
  figure.xAxis("step", static_cast<int>(std::clamp<int64_t>(steps - 1, 1, 8))); // steps are whole
  if (range.isLog)
    figure.yDecades("loss");
  else
    figure.yAxis("loss");
  figure.legend(entries);
  return figure.finish();
}

} // namespace bdc::runtime
