#include "runtime/report/heat.h"

#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime::heat {
namespace {

/// Pixels of a picture's side: two for each of the page's.
constexpr double density = 2;

/// At most `mostColumns` in a row and `mostRows` rows.
std::vector<uint8_t> pixelsOf(const Table &matrix, const Scale &scale, int64_t mostColumns, int64_t mostRows, int64_t &width,
                              int64_t &height) {
  const int64_t wide = (matrix.columns + mostColumns - 1) / mostColumns, high = (matrix.rows + mostRows - 1) / mostRows;
  width = (matrix.columns + wide - 1) / wide;
  height = (matrix.rows + high - 1) / high;
  std::vector<uint8_t> pixels;
  for (int64_t row = 0; row < matrix.rows; row += high)
    for (int64_t column = 0; column < matrix.columns; column += wide) {
      double sum = 0;
      int64_t count = 0;
      for (int64_t i = row; i < std::min(matrix.rows, row + high); ++i)
        for (int64_t j = column; j < std::min(matrix.columns, column + wide); ++j)
          if (const double value = matrix.values[i * matrix.columns + j]; std::isfinite(value)) {
            sum += value;
            ++count;
          }
      pixels.push_back(scale(sum / static_cast<double>(count)));
    }
  return pixels;
}

std::string picture(const std::string &address, const Place &place) {
  return fmt::format("<image x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" preserveAspectRatio=\"none\" "
                     "style=\"image-rendering:pixelated\" href=\"{}\"/>",
                     place.left, place.top, place.width, place.height, address);
}

} // namespace

uint8_t Scale::operator()(double value) const {
  if (!std::isfinite(value))
    return png::transparent;
  const double part = std::clamp((value - low) / (high - low), 0.0, 1.0);
  return static_cast<uint8_t>(std::lround(part * (png::shades - 1)));
}

Scale scaleOf(const std::vector<double> &values, double limit) {
  double low = 0, high = 0;
  for (double value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double extent = std::max(high, -low);
  const double power = extent > 0 ? std::pow(10, std::floor(std::log10(extent))) : 1;
  extent = extent > 0 ? std::min(std::ceil(extent / power - 1e-9) * power, limit) : std::isfinite(limit) ? limit : 1;
  return low < 0 ? Scale{-extent, extent, &png::diverging()} : Scale{0, extent};
}

std::vector<double> aboveDiagonal(const Table &matrix) {
  std::vector<double> out;
  for (int64_t i = 0; i < matrix.rows; ++i)
    for (int64_t j = i + 1; j < matrix.columns; ++j)
      if (const double value = matrix.values[i * matrix.columns + j]; std::isfinite(value))
        out.push_back(value);
  return out;
}

std::string image(const Table &matrix, const Scale &scale, const Place &place) {
  int64_t width = 0, height = 0;
  const std::vector<uint8_t> pixels = pixelsOf(matrix, scale, static_cast<int64_t>(density * place.width),
                                               static_cast<int64_t>(density * place.height), width, height);
  return picture(png::dataAddress(pixels, width, height, *scale.palette), place) +
         fmt::format("<path class=\"grid\" d=\"M{} {}h{}v{}h-{}z\"/>", place.left, place.top, place.width, place.height,
                     place.width);
}

std::string matrix(const Table &matrix, const std::string &heading, const Scale &scale, const Place &place) {
  std::string out = text(place.left + place.width / 2, place.top - 10, "middle", heading, " class=\"label\"") + image(matrix, scale, place);
  const auto name = [](double tick) { return std::to_string(std::lround(tick)); };
  for (const double tick : svg::niceTicks(0, static_cast<double>(matrix.columns - 1), 5))
    out += text(place.left + (tick + 0.5) * place.width / static_cast<double>(matrix.columns), place.top + place.height + 18, "middle", name(tick));
  for (const double tick : svg::niceTicks(0, static_cast<double>(matrix.rows - 1), 5))
    out += text(place.left - 6, place.top + (tick + 0.5) * place.height / static_cast<double>(matrix.rows) + 4, "end", name(tick));
  return out;
}

std::string bar(const Scale &scale, const Place &place) {
  std::vector<uint8_t> shades(png::shades);
  for (int i = 0; i < png::shades; ++i)
    shades[i] = static_cast<uint8_t>(png::shades - 1 - i);
  std::string out = picture(png::dataAddress(shades, 1, png::shades, *scale.palette), place);
  const std::vector<double> ticks = svg::niceTicks(scale.low, scale.high, static_cast<int>(std::max(5.0, place.height / 70)));
  for (double tick : ticks) {
    const double y = place.top + (scale.high - tick) / (scale.high - scale.low) * place.height;
    out += fmt::format("<path class=\"tick\" d=\"M{:.1f} {:.1f}h5\"/>", place.left + place.width, y);
    out += text(place.left + place.width + 8, y + 4, "start", svg::tickText(tick, ticks.size() > 1 ? ticks[1] - ticks[0] : 1));
  }
  return out;
}

std::string hexOf(png::Colour colour) { return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]); }

std::string rampColour(double part) {
  constexpr double first = 0.15, last = 0.85;
  return hexOf(png::sequential()[std::lround((first + (last - first) * part) * (png::shades - 1))]);
}

std::string text(double x, double y, const char *anchor, const std::string &words, const char *more) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>", x, y, anchor, more, svg::escape(words));
}

} // namespace bdc::runtime::heat
