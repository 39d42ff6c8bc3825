#include "runtime/report/details.h"
#include "runtime/report/heat.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime {
namespace {

constexpr double left = 130, top = 14, side = 440, barGap = 22, barWidth = 14, histogramLeft = 700, histogramWidth = 200;
constexpr size_t mostNames = 30, longestName = 14, levelName = 3; ///< longer ones stand upright below
constexpr int64_t bins = 40;

using heat::text;

std::string upright(double x, double y, const std::string &words, const char *anchor) {
  return fmt::format("<text transform=\"translate({:.1f} {:.1f}) rotate(-90)\" text-anchor=\"{}\">{}</text>", x, y, anchor,
                     svg::escape(words));
}

/// Of the longest name, in characters.
size_t lengthOf(const std::vector<std::string> &names) {
  size_t most = 0;
  for (const std::string &name : names)
    most = std::max(most, std::min(name.size(), longestName));
  return most;
}

/// Names where each has room, else positions.
std::string elementAxes(const std::vector<std::string> &names) {
  std::string out;
  const auto count = static_cast<double>(names.size());
  if (names.size() <= mostNames) {
    for (size_t i = 0; i < names.size(); ++i) {
      const double at = (static_cast<double>(i) + 0.5) * side / count + 4;
      const std::string name = svg::shortened(names[i], longestName);
      out += text(left - 8, top + at, "end", name);
      out += lengthOf(names) > levelName ? upright(left + at, top + side + 8, name, "end")
                                         : text(left + at - 4, top + side + 18, "middle", name);
    }
    return out;
  }
  for (double tick : svg::niceTicks(0, count - 1, 6)) {
    const double at = (tick + 0.5) * side / count;
    const std::string name = std::to_string(std::lround(tick));
    out += fmt::format("<path class=\"tick\" d=\"M{:.1f} {:.1f}h-5M{:.1f} {:.1f}v5\"/>", left, top + at, left + at, top + side);
    out += text(left - 8, top + at + 4, "end", name) + text(left + at, top + side + 18, "middle", name);
  }
  return out + text(left + side / 2, top + side + 36, "middle", "element", " class=\"label\"");
}

std::string timeAxes(const Table &time) {
  std::string out;
  const double first = time.values.front() / 1000, last = time.values.back() / 1000;
  const std::vector<double> ticks = last > first ? svg::niceTicks(first, last, 6) : std::vector<double>{first};
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : std::max(first, 1.0), cell = side / static_cast<double>(time.rows);
  for (double tick : ticks) {
    const double at = cell / 2 + (last > first ? (tick - first) / (last - first) : 0) * (side - cell);
    const std::string name = svg::tickText(tick, step);
    out += fmt::format("<path class=\"tick\" d=\"M{:.1f} {:.1f}h-5M{:.1f} {:.1f}v5\"/>", left, top + at, left + at, top + side);
    out += text(left - 8, top + at + 4, "end", name) + text(left + at, top + side + 18, "middle", name);
  }
  return out + text(left + side / 2, top + side + 36, "middle", "time of the window (s)", " class=\"label\"");
}

/// On the scale of the colours, so that it reads as a second axis of the bar: values go up.
std::string histogram(const std::vector<double> &values, const heat::Scale &scale) {
  if (values.empty())
    return {};
  std::vector<int64_t> counts(bins);
  for (double value : values) {
    const double part = (value - scale.low) / (scale.high - scale.low);
    ++counts[std::clamp<int64_t>(static_cast<int64_t>(part * bins), 0, bins - 1)];
  }
  const auto most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  const double height = side / bins;
  std::string path;
  for (int64_t b = 0; b < bins; ++b) {
    if (counts[b] == 0)
      continue;
    svg::appendPoint(path, 'M', histogramLeft, top + side - static_cast<double>(b) * height);
    path += fmt::format("v{:.1f}h{:.1f}v{:.1f}z", -height, std::max(1.0, static_cast<double>(counts[b]) / most * histogramWidth),
                        height);
  }
  return fmt::format("<path class=\"fill c0\" d=\"{}\"/><path class=\"axis\" d=\"M{} {}v{}\"/>", path, histogramLeft, top, side) +
         text(histogramLeft + histogramWidth / 2, top + side + 18, "middle", "pairs");
}

} // namespace

std::string drawMatrix(const Detail &detail, const std::vector<std::string> &names) {
  const Table *matrix = detail.find("matrix"), *time = detail.find("time");
  if (!matrix || matrix->rows < 1)
    return {};
  const std::vector<double> values = heat::aboveDiagonal(*matrix);
  const heat::Scale scale = heat::scaleOf(values, detail.limit);
  const size_t longest = !time && names.size() <= mostNames ? lengthOf(names) : 0;
  const double below = longest > levelName ? 16 + 7.2 * static_cast<double>(longest) : longest > 0 ? 26 : 46;
  std::string out = fmt::format("<svg viewBox=\"0 0 920 {:.0f}\" role=\"img\">", top + side + below);
  out += heat::image(*matrix, scale, {left, top, side, side});
  out += time ? timeAxes(*time) : elementAxes(names);
  return out + heat::bar(scale, {left + side + barGap, top, barWidth, side}) + histogram(values, scale) + "</svg>";
}

} // namespace bdc::runtime
