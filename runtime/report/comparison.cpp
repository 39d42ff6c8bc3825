#include "runtime/report/fit_plots.h"
#include "runtime/report/heat.h"
#include "runtime/report/plots.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime {
namespace {

/// Of two matrices, the bar of their colours and the points, in one row.
constexpr double top = 30, side = 262, firstLeft = 34, secondLeft = 322, barLeft = 600, barWidth = 12, pointsLeft = 714,
                 pointsSide = 196;

bool isMatrix(const Table &table) { return table.columns > 0; }
bool isSquare(const Table &table) { return table.rows == table.columns; }

struct Pairs {
  std::vector<double> target, fit;
};

/// The numbers of both, where both are finite; of square matrices those above the diagonal.
Pairs pairsOf(const Comparison &c) {
  Pairs out;
  const int64_t columns = std::max<int64_t>(1, c.target.columns);
  const bool isHalf = isMatrix(c.target) && isSquare(c.target);
  for (int64_t row = 0; row < c.target.rows; ++row)
    for (int64_t column = isHalf ? row + 1 : 0; column < columns; ++column) {
      const double a = c.target.values[row * columns + column], b = c.fit.values[row * columns + column];
      if (!std::isfinite(a) || !std::isfinite(b))
        continue;
      out.target.push_back(a);
      out.fit.push_back(b);
    }
  return out;
}

std::pair<double, double> rangeOf(const Pairs &pairs) {
  double low = 0, high = 1;
  for (size_t i = 0; i < pairs.target.size(); ++i) {
    const auto [a, b] = std::minmax(pairs.target[i], pairs.fit[i]);
    low = i == 0 ? a : std::min(low, a);
    high = i == 0 ? b : std::max(high, b);
  }
  const double room = high > low ? 0.04 * (high - low) : std::max(1e-9, 0.05 * std::fabs(high));
  return {low - room, high + room};
}

std::string named(const char *what, const Table &table) {
  return table.unit.empty() ? what : fmt::format("{} ({})", what, table.unit);
}

/// Of very many evenly spaced ones are drawn.
size_t every(const Pairs &pairs) {
  constexpr size_t most = 8000;
  return (pairs.target.size() + most - 1) / most;
}

/// Numbers against each other in a square, with the line on which they are equal.
std::string points(const Comparison &c, const Pairs &pairs, const heat::Place &place) {
  const auto [low, high] = rangeOf(pairs);
  auto x = [&, low = low, high = high](double v) { return place.left + (v - low) / (high - low) * place.width; };
  auto y = [&, low = low, high = high](double v) { return place.top + (high - v) / (high - low) * place.height; };
  std::string out;
  const std::vector<double> ticks = svg::niceTicks(low, high, static_cast<int>(place.width / 40));
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : high - low;
  for (const double tick : ticks) {
    out += fmt::format("<path class=\"grid\" d=\"M{:.1f} {:.1f}h{:.1f}M{:.1f} {:.1f}v{:.1f}\"/>", place.left, y(tick),
                       place.width, x(tick), place.top, place.height);
    out += heat::text(place.left - 6, y(tick) + 4, "end", svg::tickText(tick, step));
    out += heat::text(x(tick), place.top + place.height + 18, "middle", svg::tickText(tick, step));
  }
  out += fmt::format("<path class=\"axis\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>", x(low), y(low), x(high), y(high));
  // A dot is a line without length and with round ends.
  std::string dots;
  const size_t stride = std::max<size_t>(1, every(pairs));
  for (size_t i = 0; i < pairs.target.size(); i += stride) {
    svg::appendPoint(dots, 'M', x(pairs.target[i]), y(pairs.fit[i]));
    dots += "h0";
  }
  const double size = pairs.target.size() > 1000 ? 2 : pairs.target.size() > 100 ? 3 : 5;
  out += fmt::format("<path class=\"marks c0\" stroke-width=\"{}\" stroke-linecap=\"round\" stroke-opacity=\"{}\" d=\"{}\"/>",
                     size, pairs.target.size() > 1000 ? 0.4 : 0.8, dots);
  out += heat::text(place.left + place.width / 2, place.top + place.height + 36, "middle", named("target", c.target),
                    " class=\"label\"");
  return out +
         fmt::format("<text class=\"label\" transform=\"translate({:.1f} {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
                     place.left - 44, place.top + place.height / 2, svg::escape(named("fit", c.fit)));
}

std::string drawMatrices(const Comparison &c) {
  std::vector<double> values;
  for (const Table *table : {&c.target, &c.fit}) {
    const std::vector<double> part = isSquare(*table) ? heat::aboveDiagonal(*table) : table->values;
    values.insert(values.end(), part.begin(), part.end());
  }
  const heat::Scale scale = heat::scaleOf(values, c.limit);
  std::string out = fmt::format("<svg viewBox=\"0 0 920 {:.0f}\" role=\"img\">", top + side + 46);
  for (const auto &[table, left, name] : {std::tuple{&c.target, firstLeft, "target"}, std::tuple{&c.fit, secondLeft, "fit"}})
    out += heat::matrix(*table, name, scale, {left, top, side, side});
  out += heat::bar(scale, {barLeft, top, barWidth, side});
  return out + points(c, pairsOf(c), {pointsLeft, top, pointsSide, pointsSide}) + "</svg>";
}

std::string drawCourse(const Comparison &c) {
  const Pairs pairs = pairsOf(c);
  const auto [low, high] = rangeOf(pairs);
  const double begin = c.time_ms.front(), end = c.time_ms.back();
  const TimeAxis time(end - begin);
  svg::Figure figure(280, begin * time.scale, end * time.scale, low, high);
  int colour = 0;
  for (const Table *table : {&c.target, &c.fit}) {
    std::string path;
    for (size_t i = 0; i < c.time_ms.size(); ++i)
      if (std::isfinite(table->values[i]))
        svg::appendPoint(path, path.empty() ? 'M' : 'L', figure.px(c.time_ms[i] * time.scale), figure.py(table->values[i]));
    figure.path(path, "line", colour++);
  }
  figure.xAxis(time.label);
  figure.yAxis(named(c.target.name.c_str(), c.target));
  figure.legend({{"target", 0}, {"fit", 1}});
  return figure.finish();
}

} // namespace

std::string drawComparison(const Comparison &c) {
  if (isMatrix(c.target))
    return drawMatrices(c);
  if (c.time_ms.size() > 1)
    return drawCourse(c);
  constexpr double wide = 340;
  return fmt::format("<svg viewBox=\"0 0 920 {:.0f}\" role=\"img\">{}</svg>", wide + 60,
                     points(c, pairsOf(c), {290, 12, wide, wide}));
}

std::string comparisonCaption(const Comparison &c) {
  const Pairs pairs = pairsOf(c);
  const auto count = static_cast<double>(pairs.target.size());
  double a = 0, b = 0, aa = 0, bb = 0, ab = 0, square = 0;
  for (size_t i = 0; i < pairs.target.size(); ++i) {
    a += pairs.target[i] / count;
    b += pairs.fit[i] / count;
    square += (pairs.target[i] - pairs.fit[i]) * (pairs.target[i] - pairs.fit[i]) / count;
  }
  for (size_t i = 0; i < pairs.target.size(); ++i) {
    aa += (pairs.target[i] - a) * (pairs.target[i] - a);
    bb += (pairs.fit[i] - b) * (pairs.fit[i] - b);
    ab += (pairs.target[i] - a) * (pairs.fit[i] - b);
  }
  return fmt::format("r = {} over {} {}, root mean square of the difference {}{}{}", svg::numberText(ab / std::sqrt(aa * bb)),
                     svg::numberText(count), isMatrix(c.target) && isSquare(c.target) ? "pairs" : "numbers",
                     svg::numberText(std::sqrt(square)), c.target.unit.empty() ? "" : " ", c.target.unit);
}

} // namespace bdc::runtime
