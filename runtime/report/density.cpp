#include "runtime/report/details.h"
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

std::string drawSpectrum(const Detail &detail) {
  const Table *frequency = detail.find("frequency"), *density = detail.find("density"), *mean = detail.find("mean");
  if (!frequency || !density || !mean || frequency->rows < 4)
    return {};
  double low = INFINITY, high = 0;
  for (int64_t i = 0; i < density->rows * density->columns; ++i)
    if (const double value = density->values[i];
        i % density->columns > 0 && i % density->columns < shown(*frequency) && value > 0 && std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  if (!(high > 0))
    low = high = 1;
  low = std::max(low, high * std::pow(10, -mostDecades));
  const double room = 0.04 * std::max(1.0, std::log10(high / low)), floorLog = std::log10(low) - room;
  svg::Figure figure(320, std::log10(frequency->values[1]), std::log10(frequency->values[shown(*frequency) - 1]), floorLog,
                     std::log10(high) + room);
  const std::vector<Column> columns = columnsOf(detail, figure);
  auto y = [&](double value) { return figure.py(value > 0 ? std::max(floorLog, std::log10(value)) : floorLog); };
  std::string band, line;
  for (const Column &c : columns) {
    const double x = figure.px(std::log10(c.frequency));
    svg::appendPoint(band, band.empty() ? 'M' : 'L', x, y(c.high));
    if (std::isfinite(c.mean))
      svg::appendPoint(line, line.empty() ? 'M' : 'L', x, y(c.mean));
  }
  for (auto c = columns.rbegin(); c != columns.rend(); ++c)
    svg::appendPoint(band, 'L', figure.px(std::log10(c->frequency)), y(c->low));
  if (density->rows > 1 && !line.empty())
    figure.path(band + 'z', "band", 0);
  figure.path(line, "line", 0);
  figure.xDecades("frequency (Hz)");
  figure.yDecades(fmt::format("density ({})", raised(mean->unit)));
  return figure.finish();
}

} // namespace bdc::runtime
