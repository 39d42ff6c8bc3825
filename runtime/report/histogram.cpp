#include "runtime/report/plots.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

constexpr int64_t fine = 1024; ///< bins while collecting
constexpr int64_t drawn = 64;  ///< bars at most
constexpr double same = 1e-12; ///< what rounding makes of one value

/// Counts over a range that doubles when a value falls outside.
class Counts : public Listener {
public:
  explicit Counts(const PlotInput &input) : name(input.name), unit(input.stream->display.unit), counts(fine) {}

  Status hear(const RowBatch &batch) override {
    const int64_t size = batch.rows * batch.columns;
    if (width == 0)
      begin(batch.values, size);
    for (int64_t i = 0; i < size; ++i)
      if (std::isfinite(batch.values[i]))
        add(batch.values[i]);
    return {};
  }

  std::string name, unit;
  double low = 0, width = 0;
  std::vector<int64_t> counts;
  double least = std::numeric_limits<double>::infinity(), most = -least;

private:
  void begin(const double *values, int64_t size) {
    double a = std::numeric_limits<double>::infinity(), b = -a;
    for (int64_t i = 0; i < size; ++i)
      if (std::isfinite(values[i])) {
        a = std::min(a, values[i]);
        b = std::max(b, values[i]);
      }
    if (a > b)
      return;
    width = std::max(b - a, std::max(std::abs(a), std::abs(b)) * 1e-6 + 1e-30) / (fine - 1);
    low = a;
  }

  void add(double value) {
    while (value < low || value >= low + width * fine) {
      const bool down = value < low;
      std::vector<int64_t> merged(fine);
      for (int64_t i = 0; i < fine; ++i)
        merged[(i + (down ? fine : 0)) / 2] += counts[i];
      if (down)
        low -= width * fine;
      width *= 2;
      counts.swap(merged);
    }
    ++counts[std::clamp<int64_t>(static_cast<int64_t>((value - low) / width), 0, fine - 1)];
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

class Histogram : public Plot {
public:
  explicit Histogram(const std::vector<PlotInput> &inputs) {
    for (const PlotInput &input : inputs)
      streams.push_back(std::make_shared<Counts>(input));
  }

  std::shared_ptr<Listener> input(int index) override { return streams[index]; }

  std::string draw(int64_t) const override {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const auto &s : streams) {
      low = std::min(low, s->least);
      high = std::max(high, s->most);
    }
    if (!(low <= high))
      low = 0, high = 1;
    if (high - low <= same * std::max(std::abs(low), std::abs(high))) { // one value: its bar stands in the middle
      const double by = low == 0 ? 1 : std::abs(low) * 0.05;
      low -= by;
      high += by;
    }
    double widest = (high - low) / drawn;
    for (const auto &s : streams)
      widest = std::max(widest, s->width);
    const std::vector<double> edges = svg::niceTicks(low - widest, high + widest, drawn);
    const double step = edges.size() > 1 ? edges[1] - edges[0] : 1, origin = std::floor(low / step) * step;
    const auto bars = static_cast<size_t>(std::max(1.0, std::floor((high - origin) / step) + 1));
    std::vector<std::vector<double>> heights;
    double highest = 0;
    for (const auto &s : streams) {
      heights.push_back(share(*s, origin, step, bars));
      highest = std::max(highest, *std::max_element(heights.back().begin(), heights.back().end()));
    }
    svg::Figure figure(260, origin, origin + step * static_cast<double>(bars), 0, highest > 0 ? highest * 1.05 : 1);
    std::vector<svg::Figure::Entry> entries;
    for (size_t k = 0; k < streams.size(); ++k) {
      std::string path;
      svg::appendPoint(path, 'M', figure.px(origin), figure.py(0));
      for (size_t i = 0; i < bars; ++i) {
        svg::appendPoint(path, 'L', figure.px(origin + step * static_cast<double>(i)), figure.py(heights[k][i]));
        svg::appendPoint(path, 'L', figure.px(origin + step * static_cast<double>(i + 1)), figure.py(heights[k][i]));
      }
      svg::appendPoint(path, 'L', figure.px(origin + step * static_cast<double>(bars)), figure.py(0));
      figure.path(path, "fill", static_cast<int>(k));
      entries.push_back({streams[k]->name, static_cast<int>(k)});
    }
    const Counts &first = *streams.front();
    const std::string quantity = streams.size() == 1 ? first.name : "value";
    figure.xAxis(first.unit.empty() ? quantity : fmt::format("{} ({})", quantity, first.unit));
    figure.yAxis("share of samples (%)");
    if (entries.size() > 1)
      figure.legend(entries);
    return figure.finish();
  }

private:
  /// Percent of the samples in each bar; a fine bin belongs to the bar in which its middle lies, an edge to the bar that begins there.
  static std::vector<double> share(const Counts &s, double origin, double step, size_t bars) {
    std::vector<double> out(bars);
    int64_t all = 0;
    for (int64_t count : s.counts)
      all += count;
    for (int64_t i = 0; i < fine; ++i) {
      if (s.counts[i] == 0)
        continue;
      const double middle = std::clamp(s.low + (static_cast<double>(i) + 0.5) * s.width, s.least, s.most);
      const auto bar = std::clamp<int64_t>(static_cast<int64_t>((middle - origin) / step + 1e-9), 0, static_cast<int64_t>(bars) - 1);
      out[bar] += 100.0 * static_cast<double>(s.counts[i]) / static_cast<double>(all);
    }
    return out;
  }

  std::vector<std::shared_ptr<Counts>> streams;
};

} // namespace

std::unique_ptr<Plot> makeHistogram(const std::vector<PlotInput> &inputs, const PlotSetting &) {
  return std::make_unique<Histogram>(inputs);
}

const PlotFunction *findPlot(std::string_view name) {
  static const PlotFunction table[] = {{"raster", true, makeRaster}, {"rate", true, makeRate},
                                       {"trace", false, makeTraces}, {"traces", false, makeTraces},
                                       {"", false, makeTraces},      {"histogram", false, makeHistogram}};
  for (const PlotFunction &f : table)
    if (name == f.name)
      return &f;
  return nullptr;
}

} // namespace bdc::runtime
