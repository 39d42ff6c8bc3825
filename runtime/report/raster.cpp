#include "runtime/report/columns.h"
#include "runtime/report/plots.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime {
namespace {

constexpr int64_t maxRows = 300;
constexpr int64_t minRows = 24; ///< of a population among others
constexpr int64_t words = (Columns::count + 63) / 64;

/// Pixels of the shown elements of one population.
class Rows : public Listener {
public:
  Rows(const PlotInput &input, int64_t rows, const PlotSetting &setting)
      : name(input.name),
        elements(input.elements),
        rows(rows),
        columns(setting.firstStep, setting.steps - setting.firstStep),
        pixels(static_cast<size_t>(rows * words)) {
    const int64_t highest = input.stream->ids.empty() ? elements : int64_t(input.stream->ids.back()) + 1;
    rowOf.assign(static_cast<size_t>(highest), -1);
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t nth = row * elements / rows;
      rowOf[input.stream->ids.empty() ? nth : input.stream->ids[nth]] = static_cast<int32_t>(row);
    }
  }

  Status hear(const SpikeBatch &batch) override {
    for (size_t i = 0; i < batch.steps.size(); ++i) {
      const int32_t row = rowOf[batch.elements[i]];
      if (row < 0)
        continue;
      const int64_t column = columns.place(batch.steps[i], [&] { halve(); });
      pixels[row * words + column / 64] |= uint64_t(1) << column % 64;
    }
    return {};
  }

  bool set(int64_t row, int64_t column) const { return pixels[row * words + column / 64] >> column % 64 & 1; }

  std::string name;
  int64_t elements, rows;
  Columns columns;

private:
  void halve() {
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t c = 0; c < Columns::count; ++c) {
        const bool on = 2 * c + 1 < Columns::count && (set(row, 2 * c) || set(row, 2 * c + 1));
        uint64_t &word = pixels[row * words + c / 64];
        word = (word & ~(uint64_t(1) << c % 64)) | uint64_t(on) << c % 64;
      }
  }

  std::vector<int32_t> rowOf; ///< per element; -1: not shown
  std::vector<uint64_t> pixels;
};

class Raster : public Plot {
public:
  Raster(const std::vector<PlotInput> &inputs, const PlotSetting &setting) : setting(setting) {
    int64_t all = 0;
    for (const PlotInput &input : inputs)
      all += input.elements;
    for (const PlotInput &input : inputs) {
      const int64_t share = all > maxRows ? std::max(minRows, maxRows * input.elements / all) : input.elements;
      populations.push_back(std::make_shared<Rows>(input, std::min(share, input.elements), setting));
    }
  }

  std::shared_ptr<Listener> input(int index) override { return populations[index]; }

  std::string draw(int64_t lastStep) const override {
    int64_t rows = 0;
    for (const auto &p : populations)
      rows += p->rows;
    const double dt = setting.dt_ms, begin = static_cast<double>(setting.firstStep) * dt,
                 end = static_cast<double>(lastStep) * dt;
    const TimeAxis time(end - begin);
    const double height = std::clamp(static_cast<double>(rows) * 7.0, 60.0, 320.0) + 54;
    svg::Figure figure(height, begin * time.scale, end * time.scale, 0, static_cast<double>(rows));
    const double rowHeight = figure.inner() / static_cast<double>(rows);
    std::vector<svg::NamedTick> ticks;
    double bottom = 0; // the first population is at the bottom, element 0 lowest
    int colour = 0;
    for (const auto &p : populations) {
      std::string path;
      const double columnWidth = static_cast<double>(p->columns.steps()) * dt * time.scale;
      for (int64_t row = 0; row < p->rows; ++row)
        drawRow(*p, row, figure, bottom + static_cast<double>(row) + 0.5, time.scale * dt, columnWidth, path);
      figure.path(path, "marks", colour++, std::max(1.0, rowHeight * 0.85));
      ticks.push_back({bottom + static_cast<double>(p->rows) / 2, p->name});
      bottom += static_cast<double>(p->rows);
    }
    figure.xAxis(time.label);
    figure.yNames(ticks);
    return figure.finish();
  }

  std::string caption() const override {
    std::string text;
    for (const auto &p : populations)
      if (p->rows < p->elements)
        text += fmt::format("{}{} of the {} elements of {}", text.empty() ? "Shown: " : ", ", p->rows, p->elements, p->name);
    return text;
  }

private:
  /// As it is written: what is relative to rounded places is rounded itself, or a row would drift.
  static double tenths(double x) { return std::round(x * 10) / 10; }

  /// Runs of pixels as horizontal strokes, each given relative to the one before.
  static void drawRow(const Rows &p, int64_t row, const svg::Figure &figure, double y, double msScale, double columnWidth,
                      std::string &path) {
    const double pixel = columnWidth * (figure.px(1) - figure.px(0)),
                 origin = figure.px(static_cast<double>(p.columns.begin(0)) * msScale);
    double at = 0;
    bool first = true;
    for (int64_t column = 0; column < Columns::count; ++column) {
      if (!p.set(row, column))
        continue;
      int64_t end = column + 1;
      while (end < Columns::count && p.set(row, end))
        ++end;
      const double x = tenths(origin + static_cast<double>(column) * pixel),
                   length = std::max(1.0, tenths(static_cast<double>(end - column) * pixel));
      if (first)
        svg::appendPoint(path, 'M', x, figure.py(y));
      else
        path += fmt::format("m{:.1f} 0", x - at);
      path += fmt::format("h{:.4g}", length);
      at = x + length;
      first = false;
      column = end;
    }
  }

  PlotSetting setting;
  std::vector<std::shared_ptr<Rows>> populations;
};

} // namespace

std::unique_ptr<Plot> makeRaster(const std::vector<PlotInput> &inputs, const PlotSetting &setting) {
  return std::make_unique<Raster>(inputs, setting);
}

} // namespace bdc::runtime
