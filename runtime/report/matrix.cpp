#include "runtime/report/details.h"
#include "runtime/report/png.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime {
namespace {

constexpr double left = 130, top = 14, side = 440, barGap = 22, barWidth = 14, histogramLeft = 700, histogramWidth = 200;
constexpr size_t mostNames = 30, longestName = 14, levelName = 3; ///< longer ones stand upright below
constexpr int64_t bins = 40, mostPixels = 880;                    ///< two for each of the page's

/// What the colours span.
struct Scale {
  double low = 0, high = 1;
  const png::Palette *palette = &png::sequential();
  uint8_t operator()(double value) const {
    if (!std::isfinite(value))
      return png::transparent;
    const double part = std::clamp((value - low) / (high - low), 0.0, 1.0);
    return static_cast<uint8_t>(std::lround(part * (png::shades - 1)));
  }
};

std::vector<double> aboveDiagonal(const Table &matrix) {
  std::vector<double> out;
  for (int64_t i = 0; i < matrix.rows; ++i)
    for (int64_t j = i + 1; j < matrix.columns; ++j)
      if (const double value = matrix.values[i * matrix.columns + j]; std::isfinite(value))
        out.push_back(value);
  return out;
}

/// As far as the data go, the diagonal left out; where there are negative ones, as far below 0 as above.
Scale scaleOf(const std::vector<double> &values, const Detail &detail) {
  double low = 0, high = 0;
  for (double value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double extent = std::max(high, -low);
  const double power = extent > 0 ? std::pow(10, std::floor(std::log10(extent))) : 1;
  extent = extent > 0 ? std::min(std::ceil(extent / power - 1e-9) * power, detail.limit) : detail.limit;
  return low < 0 ? Scale{-extent, extent, &png::diverging()} : Scale{0, extent};
}

std::string text(double x, double y, const char *anchor, const std::string &words, const char *more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>", x, y, anchor, more, svg::escape(words));
}

/// At most `mostPixels` in a row; more become means of neighbours. The matrix is square.
std::vector<uint8_t> pixelsOf(const Table &matrix, const Scale &scale, int64_t &width) {
  const int64_t size = matrix.columns, part = (size + mostPixels - 1) / mostPixels;
  width = (size + part - 1) / part;
  std::vector<uint8_t> pixels;
  for (int64_t row = 0; row < size; row += part)
    for (int64_t column = 0; column < size; column += part) {
      double sum = 0;
      int64_t count = 0;
      for (int64_t i = row; i < std::min(size, row + part); ++i)
        for (int64_t j = column; j < std::min(size, column + part); ++j)
          if (const double value = matrix.values[i * size + j]; std::isfinite(value)) {
            sum += value;
            ++count;
          }
      pixels.push_back(scale(sum / static_cast<double>(count)));
    }
  return pixels;
}

std::string picture(const std::string &address, double x, double y, double width, double height) {
  return fmt::format("<image x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" preserveAspectRatio=\"none\" "
                     "style=\"image-rendering:pixelated\" href=\"{}\"/>",
                     x, y, width, height, address);
}

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

std::string colourBar(const Scale &scale) {
  std::vector<uint8_t> shades(png::shades);
  for (int i = 0; i < png::shades; ++i)
    shades[i] = static_cast<uint8_t>(png::shades - 1 - i);
  const double x = left + side + barGap;
  std::string out = picture(png::dataAddress(shades, 1, png::shades, *scale.palette), x, top, barWidth, side);
  const std::vector<double> ticks = svg::niceTicks(scale.low, scale.high, 6);
  for (double tick : ticks) {
    const double y = top + (scale.high - tick) / (scale.high - scale.low) * side;
    out += fmt::format("<path class=\"tick\" d=\"M{:.1f} {:.1f}h5\"/>", x + barWidth, y);
    out += text(x + barWidth + 8, y + 4, "start", svg::tickText(tick, ticks.size() > 1 ? ticks[1] - ticks[0] : 1));
  }
  return out;
}

/// On the scale of the colours, so that it reads as a second axis of the bar: values go up.
std::string histogram(const std::vector<double> &values, const Scale &scale) {
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
  const std::vector<double> values = aboveDiagonal(*matrix);
  const Scale scale = scaleOf(values, detail);
  int64_t width = 0;
  const std::vector<uint8_t> pixels = pixelsOf(*matrix, scale, width);
  const size_t longest = !time && names.size() <= mostNames ? lengthOf(names) : 0;
  const double below = longest > levelName ? 16 + 7.2 * static_cast<double>(longest) : longest > 0 ? 26 : 46;
  std::string out = fmt::format("<svg viewBox=\"0 0 920 {:.0f}\" role=\"img\">", top + side + below);
  out += picture(png::dataAddress(pixels, width, width, *scale.palette), left, top, side, side);
  out += fmt::format("<path class=\"grid\" d=\"M{0} {1}h{2}v{2}h-{2}z\"/>", left, top, side);
  out += time ? timeAxes(*time) : elementAxes(names);
  return out + colourBar(scale) + histogram(values, scale) + "</svg>";
}

} // namespace bdc::runtime
