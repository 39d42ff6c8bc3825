#include "runtime/report/columns.h"
#include "runtime/report/plots.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime {
namespace {

/// Beyond this many bins two become one: a report has fewer pixels.
constexpr size_t maxBins = 1 << 16;

class Bins : public Listener {
public:
  Bins(const PlotInput &input, const PlotSetting &setting)
      : name(input.name),
        elements(input.elements),
        firstStep(setting.firstStep),
        bin(std::max<int64_t>(1, setting.bin)) {}

  Status hear(const SpikeBatch &batch) override {
    for (int64_t step : batch.steps) {
      auto index = static_cast<size_t>(std::max<int64_t>(0, step - firstStep - 1) / bin);
      while (index >= maxBins) {
        for (size_t i = 0; i < maxBins / 2; ++i)
          counts[i] = at(2 * i) + at(2 * i + 1);
        counts.resize(maxBins / 2);
        bin *= 2;
        index /= 2;
      }
      if (index >= counts.size())
        counts.resize(index + 1);
      ++counts[index];
    }
    return {};
  }

  int64_t at(size_t i) const { return i < counts.size() ? counts[i] : 0; }

  std::string name;
  int64_t elements, firstStep, bin; ///< bin: steps

private:
  std::vector<int64_t> counts;
};

class RatePlot : public Plot {
public:
  RatePlot(const std::vector<PlotInput> &inputs, const PlotSetting &setting) : setting(setting) {
    for (const PlotInput &input : inputs)
      populations.push_back(std::make_shared<Bins>(input, setting));
  }

  std::shared_ptr<Listener> input(int index) override { return populations[index]; }

  std::string draw(int64_t lastStep) const override {
    const double dt = setting.dt_ms, begin = static_cast<double>(setting.firstStep) * dt,
                 end = static_cast<double>(lastStep) * dt;
    const TimeAxis time(end - begin);
    double highest = 0;
    for (const auto &p : populations)
      for (int64_t i = 0; i < bins(*p, lastStep); ++i)
        highest = std::max(highest, hertz(*p, i, lastStep));
    svg::Figure figure(240, begin * time.scale, end * time.scale, 0, highest > 0 ? highest * 1.08 : 1);
    std::vector<svg::Figure::Entry> entries;
    int colour = 0;
    for (const auto &p : populations) {
      entries.push_back({p->name, colour});
      figure.path(line(*p, figure, lastStep, time.scale), "line", colour++);
    }
    figure.xAxis(time.label);
    figure.yAxis("rate (Hz)");
    if (entries.size() > 1)
      figure.legend(entries);
    return figure.finish();
  }

  std::string caption() const override {
    return fmt::format("Bins of {:.4g} ms", static_cast<double>(populations.front()->bin) * setting.dt_ms);
  }

private:
  /// Whole bins up to the last step; the rest of a bin would look like a drop. Where there is no whole one, what there is.
  static int64_t bins(const Bins &p, int64_t lastStep) { return std::max<int64_t>(1, (lastStep - p.firstStep) / p.bin); }
  static int64_t lengthOf(const Bins &p, int64_t lastStep) { return std::clamp<int64_t>(lastStep - p.firstStep, 1, p.bin); }

  double hertz(const Bins &p, int64_t i, int64_t lastStep) const {
    return static_cast<double>(p.at(static_cast<size_t>(i))) * 1000 /
           (static_cast<double>(p.elements) * static_cast<double>(lengthOf(p, lastStep)) * setting.dt_ms);
  }

  /// A line through the middles of the bins; where several share a pixel, their least and largest value.
  std::string line(const Bins &p, const svg::Figure &figure, int64_t lastStep, double scale) const {
    const int64_t count = bins(p, lastStep), perColumn = (count + Columns::count - 1) / Columns::count;
    std::string path;
    for (int64_t i = 0; i < count; i += perColumn) {
      const int64_t last = std::min(count, i + perColumn);
      double low = hertz(p, i, lastStep), high = low;
      for (int64_t k = i; k < last; ++k) {
        low = std::min(low, hertz(p, k, lastStep));
        high = std::max(high, hertz(p, k, lastStep));
      }
      const double middle = static_cast<double>(p.firstStep) + static_cast<double>((i + last) * lengthOf(p, lastStep)) / 2;
      const double x = figure.px(middle * setting.dt_ms * scale);
      svg::appendPoint(path, path.empty() ? 'M' : 'L', x, figure.py(low));
      if (high > low)
        svg::appendPoint(path, 'L', x, figure.py(high));
    }
    return path;
  }

  PlotSetting setting;
  std::vector<std::shared_ptr<Bins>> populations;
};

} // namespace

std::unique_ptr<Plot> makeRate(const std::vector<PlotInput> &inputs, const PlotSetting &setting) {
  return std::make_unique<RatePlot>(inputs, setting);
}

} // namespace bdc::runtime
