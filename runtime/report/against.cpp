#include "runtime/report/against.h"

#include "runtime/report/heat.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace bdc::runtime {
namespace {

/// More curves than this cannot be told apart.
constexpr size_t mostCurves = svg::colours;

std::string labelOf(const AgainstAxis &axis) { return axis.unit.empty() ? axis.name : fmt::format("{} ({})", axis.name, axis.unit); }

/// Where a value stands on an axis.
double placeOf(const AgainstAxis &axis, double value) { return axis.logarithmic ? std::log10(std::abs(value)) : value; }

/// What the lanes that share a place came to.
struct Point {
  std::vector<double> values;

  double mean() const {
    double sum = 0;
    for (double value : values)
      sum += value;
    return sum / static_cast<double>(values.size());
  }
  double deviation() const {
    const double middle = mean();
    double sum = 0;
    for (double value : values)
      sum += (value - middle) * (value - middle);
    return values.size() > 1 ? std::sqrt(sum / static_cast<double>(values.size() - 1)) : 0;
  }
};

/// Lanes with the same values of the other parameters, by their place on the axis.
struct Curve {
  std::string name;
  std::map<double, Point> points;
};

struct Span {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double room(double part) const { return high > low ? (high - low) * part : 0; }
};

std::string circle(double x, double y, double radius) {
  std::string out;
  svg::appendPoint(out, 'M', x - radius, y);
  return out + fmt::format("a{0} {0} 0 1 0 {1} 0a{0} {0} 0 1 0 -{1} 0", radius, 2 * radius);
}

std::string missingText(const Against &a) {
  const auto missing = std::count_if(a.quantity.values.begin(), a.quantity.values.end(), [](double v) { return !std::isfinite(v); });
  return missing > 0 ? fmt::format("{} of {} lanes have no value", missing, a.quantity.values.size()) : "";
}

// -------------------------------------------------------------------------------------------------- one parameter

/// The values of the other parameters; what they are of stands below the picture.
std::string curveName(const Against &a, size_t lane) {
  std::string name;
  for (const AgainstAxis &other : a.others)
    if (!other.isSeed)
      name += fmt::format("{}{}", name.empty() ? "" : ", ", svg::numberText(other.values[lane]));
  return name;
}

std::string otherNames(const Against &a) {
  std::string names;
  for (const AgainstAxis &other : a.others)
    if (!other.isSeed)
      names += fmt::format("{}{}", names.empty() ? "" : ", ", labelOf(other));
  return names;
}

/// In the order of the lanes; one without a name where there would be too many.
std::vector<Curve> curvesOf(const Against &a) {
  std::vector<Curve> curves;
  for (const bool together : {false, true}) {
    curves.clear();
    for (size_t lane = 0; lane < a.quantity.values.size() && (together || curves.size() <= mostCurves); ++lane) {
      if (!std::isfinite(a.quantity.values[lane]))
        continue;
      const std::string name = together ? "" : curveName(a, lane);
      auto curve = std::find_if(curves.begin(), curves.end(), [&](const Curve &c) { return c.name == name; });
      if (curve == curves.end())
        curve = curves.insert(curves.end(), Curve{name, {}});
      curve->points[placeOf(a.axes[0], a.axes[0].values[lane])].values.push_back(a.quantity.values[lane]);
    }
    if (curves.size() <= mostCurves)
      break;
  }
  return curves;
}

Drawn drawCurves(const Against &a) {
  const std::vector<Curve> curves = curvesOf(a);
  const bool isScatter = curves.size() == 1 && curves[0].name.empty() && !curveName(a, 0).empty(); // of lanes that differ in more
  Span x, y;
  size_t most = 1;
  for (const Curve &curve : curves)
    for (const auto &[at, point] : curve.points) {
      x.add(at);
      y.add(point.mean() - point.deviation());
      y.add(point.mean() + point.deviation());
      most = std::max(most, point.values.size());
      for (double value : point.values)
        if (isScatter)
          y.add(value);
    }
  if (!(x.low <= x.high))
    return {"", "no lane has a value"};
  svg::Figure figure(320, x.low - x.room(0.02), x.high + x.room(0.02), y.low - y.room(0.06), y.high + y.room(0.06));
  std::vector<svg::Figure::Entry> entries;
  int colour = 0;
  for (const Curve &curve : curves) {
    std::string line, band, back, dots;
    for (const auto &[at, point] : curve.points) {
      const double px = figure.px(at), mean = point.mean(), deviation = point.deviation();
      svg::appendPoint(line, line.empty() ? 'M' : 'L', px, figure.py(mean));
      svg::appendPoint(band, band.empty() ? 'M' : 'L', px, figure.py(mean + deviation));
      std::string below;
      svg::appendPoint(below, 'L', px, figure.py(mean - deviation));
      back = below + back;
      if (isScatter)
        for (double value : point.values)
          dots += circle(px, figure.py(value), 2.5);
      else
        dots += circle(px, figure.py(mean), 2.5);
    }
    if (most > 1 && !isScatter)
      figure.path(band + back + "z", "band", colour);
    if (!isScatter)
      figure.path(line, "line", colour);
    figure.path(dots, "dots", colour);
    entries.push_back({curve.name, colour++});
  }
  a.axes[0].logarithmic ? figure.xDecades(labelOf(a.axes[0])) : figure.xAxis(labelOf(a.axes[0]));
  figure.yAxis(labelOf(a.quantity));
  if (!entries.front().name.empty())
    figure.legend(entries);
  std::vector<std::string> sentences;
  if (!entries.front().name.empty())
    sentences.push_back(fmt::format("Colours: {}", otherNames(a)));
  if (most > 1 && !isScatter)
    sentences.push_back(fmt::format("Lines: means of {} lanes; bands: their standard deviations", most));
  if (isScatter)
    sentences.push_back(fmt::format("The lanes differ in {} too", otherNames(a)));
  if (std::string missing = missingText(a); !missing.empty())
    sentences.push_back(std::move(missing));
  return {figure.finish(), fmt::format("{}", fmt::join(sentences, ". "))};
}

// ------------------------------------------------------------------------------------------------- two parameters

constexpr double left = 90, top = 14, width = 620, height = 380, barLeft = left + width + 24;

std::vector<double> distinct(const std::vector<double> &values) {
  const std::set<double> sorted(values.begin(), values.end());
  return {sorted.begin(), sorted.end()};
}

heat::Scale scaleOf(const std::vector<double> &values) {
  Span span;
  for (double value : values)
    if (std::isfinite(value))
      span.add(value);
  if (!(span.low <= span.high))
    return {};
  heat::Scale scale{span.low, span.high};
  if (span.low == span.high) {
    scale.low -= span.low == 0 ? 1 : std::abs(span.low) * 0.05;
    scale.high += span.low == 0 ? 1 : std::abs(span.low) * 0.05;
  }
  return scale;
}

std::string upright(double x, double y, const std::string &words) {
  return fmt::format("<text class=\"label\" transform=\"translate({:.1f} {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>", x, y,
                     svg::escape(words));
}

std::string labels(const Against &a, const heat::Scale &scale) {
  return heat::text(left + width / 2, top + height + 38, "middle", svg::fitted(labelOf(a.axes[0]), width + left), " class=\"label\"") +
         upright(20, top + height / 2, svg::fitted(labelOf(a.axes[1]), height)) + heat::bar(scale, {barLeft, top, 14, height}) +
         upright(barLeft + 78, top + height / 2, svg::fitted(labelOf(a.quantity), height));
}

/// A tick at a place of an axis, from 0 to 1.
std::string tick(bool isX, double part, const std::string &name) {
  if (isX)
    return fmt::format("<path class=\"tick\" d=\"M{:.1f} {:.1f}v5\"/>", left + part * width, top + height) +
           heat::text(left + part * width, top + height + 18, "middle", name);
  return fmt::format("<path class=\"tick\" d=\"M{:.1f} {:.1f}h-5\"/>", left, top + (1 - part) * height) +
         heat::text(left - 8, top + (1 - part) * height + 4, "end", name);
}

std::string begin() { return fmt::format("<svg viewBox=\"0 0 860 {:.0f}\" role=\"img\">", top + height + 48); }

/// The lanes by their place; without values where none of a place has one.
using Places = std::map<std::pair<double, double>, Point>;

Places placesOf(const Against &a) {
  Places places;
  for (size_t lane = 0; lane < a.quantity.values.size(); ++lane) {
    Point &place = places[{a.axes[0].values[lane], a.axes[1].values[lane]}];
    if (std::isfinite(a.quantity.values[lane]))
      place.values.push_back(a.quantity.values[lane]);
  }
  return places;
}

std::string captionOf(const Against &a, const Places &places) {
  size_t most = 1;
  for (const auto &[at, place] : places)
    most = std::max(most, place.values.size());
  const std::string missing = missingText(a);
  return most == 1 ? missing : fmt::format("Means of {} lanes{}{}", most, missing.empty() ? "" : ". ", missing);
}

/// Cells of equal size, whatever the distances of the values.
Drawn drawMap(const Against &a, const Places &places, const std::vector<double> &xs, const std::vector<double> &ys) {
  Table means{"means", "", static_cast<int64_t>(ys.size()), static_cast<int64_t>(xs.size()), {}};
  for (auto y = ys.rbegin(); y != ys.rend(); ++y)
    for (double x : xs) {
      const auto cell = places.find({x, *y});
      means.values.push_back(cell == places.end() ? std::numeric_limits<double>::quiet_NaN() : cell->second.mean());
    }
  const heat::Scale scale = scaleOf(means.values);
  std::string out = begin() + heat::image(means, scale, {left, top, width, height}) + labels(a, scale);
  for (const bool isX : {true, false}) {
    const std::vector<double> &values = isX ? xs : ys;
    const size_t every = (values.size() + (isX ? 8 : 10)) / (isX ? 9 : 11);
    for (size_t i = 0; i < values.size(); i += every)
      out += tick(isX, (static_cast<double>(i) + 0.5) / static_cast<double>(values.size()), svg::numberText(values[i]));
  }
  return {out + "</svg>", captionOf(a, places)};
}

Drawn drawPoints(const Against &a, const Places &places) {
  Span spans[2];
  for (size_t axis = 0; axis < 2; ++axis)
    for (double value : a.axes[axis].values)
      spans[axis].add(placeOf(a.axes[axis], value));
  std::vector<double> means;
  for (const auto &[at, place] : places)
    means.push_back(place.mean());
  const heat::Scale scale = scaleOf(means);
  auto part = [&](size_t axis, double place) {
    const double room = std::max(spans[axis].room(0.03), 1e-12);
    return (place - spans[axis].low + room) / (spans[axis].high - spans[axis].low + 2 * room);
  };
  std::string out = begin() + labels(a, scale) + fmt::format("<path class=\"grid\" d=\"M{0} {1}h{2}v{3}h-{2}z\"/>", left, top, width, height);
  for (const auto &[at, place] : places)
    if (!place.values.empty()) {
      const double x = part(0, placeOf(a.axes[0], at.first)), y = part(1, placeOf(a.axes[1], at.second));
      out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"{}\"/>", left + x * width, top + (1 - y) * height,
                         heat::hexOf((*scale.palette)[scale(place.mean())]));
    }
  for (size_t axis = 0; axis < 2; ++axis) {
    const std::vector<double> ticks = svg::niceTicks(spans[axis].low, spans[axis].high, 7);
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
    for (double at : ticks)
      out += tick(axis == 0, part(axis, at), svg::tickText(at, step));
  }
  return {out + "</svg>", captionOf(a, places)};
}

} // namespace

Drawn drawAgainst(const Against &a) {
  if (a.axes.size() == 1)
    return drawCurves(a);
  const std::vector<double> xs = distinct(a.axes[0].values), ys = distinct(a.axes[1].values);
  const Places places = placesOf(a);
  const bool isGrid = xs.size() * ys.size() == places.size();
  return isGrid ? drawMap(a, places, xs, ys) : drawPoints(a, places);
}

} // namespace bdc::runtime
