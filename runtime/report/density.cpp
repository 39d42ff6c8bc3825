#include "runtime/report/details.h"
#include "runtime/report/heat.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime {
namespace {

/// Decades below the largest density that are shown at most: what lies deeper is rounding.
constexpr double mostDecades = 12;

/// The last one may lack its twin, and would fall off by half.
int64_t shown(const Table &frequency) { return frequency.rows - 1; }

/// As in print.
std::string raised(std::string unit) {
  for (size_t at; (at = unit.find("^2")) != std::string::npos;)
    unit.replace(at, 2, "²");
  return unit;
}

/// The frequencies that share a pixel.
struct Column {
  double frequency = 0, mean = 0, low = 0, high = 0;
};

std::vector<Column> columnsOf(const Detail &detail, const svg::Figure &figure) {
  const Table &frequency = *detail.find("frequency"), &density = *detail.find("density"), &mean = *detail.find("mean");
  std::vector<Column> out;
  const int64_t count = shown(frequency);
  for (int64_t k = 1; k < count;) {
    const double pixel = std::floor(figure.px(std::log10(frequency.values[k])));
    Column column{0, 0, INFINITY, 0};
    int64_t end = k;
    for (; end < count && std::floor(figure.px(std::log10(frequency.values[end]))) == pixel; ++end) {
      column.frequency += frequency.values[end];
      column.mean += mean.values[end];
    }
    const auto bins = static_cast<double>(end - k);
    column.frequency /= bins;
    column.mean /= bins;
    for (int64_t e = 0; e < density.rows; ++e) {
      double sum = 0;
      for (int64_t i = k; i < end; ++i)
        sum += density.values[e * density.columns + i];
      column.low = std::min(column.low, sum / bins);
      column.high = std::max(column.high, sum / bins);
    }
    out.push_back(column);
    k = end;
  }
  return out;
}

} // namespace

namespace {

/// What the axes span: decades.
struct Decades {
  double left = INFINITY, right = -INFINITY, low = INFINITY, high = 0;

  void add(const Table &frequency, const Table &density) {
    left = std::min(left, std::log10(frequency.values[1]));
    right = std::max(right, std::log10(frequency.values[shown(frequency) - 1]));
    for (size_t i = 0; i < density.values.size(); ++i) {
      const auto at = static_cast<int64_t>(i) % frequency.rows;
      if (const double value = density.values[i]; at > 0 && at < shown(frequency) && value > 0 && std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }

  svg::Figure figure() {
    if (!(high > 0))
      low = high = 1;
    low = std::max(low, high * std::pow(10, -mostDecades));
    const double room = 0.04 * std::max(1.0, std::log10(high / low));
    floor = std::log10(low) - room;
    return {320, left, right, floor, std::log10(high) + room};
  }
  double floor = 0;
  double place(double value) const { return value > 0 ? std::max(floor, std::log10(value)) : floor; }
};

bool isDrawable(const Detail &detail) {
  const Table *frequency = detail.find("frequency");
  return frequency && detail.find("density") && detail.find("mean") && frequency->rows >= 4;
}

std::string lineOf(const std::vector<Column> &columns, const svg::Figure &figure, const Decades &decades) {
  std::string line;
  for (const Column &c : columns)
    if (std::isfinite(c.mean))
      svg::appendPoint(line, line.empty() ? 'M' : 'L', figure.px(std::log10(c.frequency)), figure.py(decades.place(c.mean)));
  return line;
}

std::string bandOf(const std::vector<Column> &columns, const svg::Figure &figure, const Decades &decades) {
  std::string band;
  for (const Column &c : columns)
    svg::appendPoint(band, band.empty() ? 'M' : 'L', figure.px(std::log10(c.frequency)), figure.py(decades.place(c.high)));
  for (auto c = columns.rbegin(); c != columns.rend(); ++c)
    svg::appendPoint(band, 'L', figure.px(std::log10(c->frequency)), figure.py(decades.place(c->low)));
  return band + 'z';
}

std::string finished(svg::Figure &figure, const Detail &detail) {
  figure.xDecades("frequency (Hz)");
  figure.yDecades(fmt::format("density ({})", raised(detail.find("mean")->unit)));
  return figure.finish();
}

} // namespace

std::string drawSpectrum(const Detail &detail) {
  if (!isDrawable(detail))
    return {};
  const Table &density = *detail.find("density");
  Decades decades;
  decades.add(*detail.find("frequency"), density);
  svg::Figure figure = decades.figure();
  const std::vector<Column> columns = columnsOf(detail, figure);
  const std::string line = lineOf(columns, figure, decades);
  if (density.rows > 1 && !line.empty())
    figure.path(bandOf(columns, figure, decades), "band", 0);
  figure.path(line, "line", 0);
  return finished(figure, detail);
}

std::string drawSpectra(const std::vector<NamedDetail> &details) {
  std::vector<const NamedDetail *> drawable;
  Decades decades;
  for (const NamedDetail &each : details)
    if (isDrawable(each.detail)) {
      decades.add(*each.detail.find("frequency"), *each.detail.find("mean"));
      drawable.push_back(&each);
    }
  if (drawable.empty())
    return {};
  svg::Figure figure = decades.figure();
  std::vector<svg::Figure::Entry> entries;
  for (size_t i = 0; i < drawable.size(); ++i) {
    const std::string ink = heat::rampColour(drawable.size() > 1 ? static_cast<double>(i) / static_cast<double>(drawable.size() - 1) : 0.5);
    figure.path(lineOf(columnsOf(drawable[i]->detail, figure), figure, decades), "line", ink);
    if (drawable.size() <= svg::colours || i % 2 == 0 || i + 1 == drawable.size()) // as many as there is room for
      entries.push_back({drawable[i]->name, 0, ink});
  }
  figure.legend(entries);
  return finished(figure, drawable.front()->detail);
}

} // namespace bdc::runtime
