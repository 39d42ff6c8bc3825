// Plots of a report, by what their SVG says: where marks are, which numbers stand behind them, what is cut.
#include "runtime/report/plots.h"

#include <gtest/gtest.h>

#include <cmath>
#include <regex>

using namespace bdc::runtime;

namespace {

constexpr double left = 66, width = 840; ///< of the frame

PlotSetting settingOf(int64_t steps, int64_t bin = 50) { return {0.1, 0, steps, bin}; }

struct Made {
  Made(const char *name, int64_t elements, const PlotSetting &setting, const char *called = "x") {
    stream.elements = elements;
    stream.display.unit = "mV";
    for (uint32_t id = 0; id < elements; ++id)
      stream.ids.push_back(id);
    plot = findPlot(name)->make({{&stream, called, elements, {}}}, setting);
  }
  void hear(const std::vector<double> &values, int64_t interval) {
    const auto rows = static_cast<int64_t>(values.size()) / stream.elements;
    ASSERT_TRUE(plot->input(0)->hear(RowBatch{interval, interval, rows, stream.elements, values.data()}));
  }
  Stream stream;
  std::unique_ptr<Plot> plot;
};

std::string pathOf(const std::string &svg, const std::string &kind) {
  std::smatch found;
  return std::regex_search(svg, found, std::regex("<path class=\"" + kind + " c0\"[^>]* d=\"([^\"]*)\"")) ? found[1].str() : "";
}

} // namespace

/// Strokes are given relative to each other: what is rounded must not add up.
TEST(Plots, MarksOfARasterStayAtTheirTimes) {
  constexpr int64_t steps = 30370, period = 100;
  Made raster("raster", 1, settingOf(steps));
  std::vector<int64_t> times;
  for (int64_t t = period; t <= steps; t += period)
    times.push_back(t);
  ASSERT_TRUE(raster.plot->input(0)->hear(SpikeBatch{times, std::vector<uint32_t>(times.size(), 0)}));
  const std::string path = pathOf(raster.plot->draw(steps), "marks");
  double pen = std::stod(path.substr(1)), start = pen;
  const std::regex stroke("([mh])([-0-9.]+)");
  for (auto at = std::sregex_iterator(path.begin(), path.end(), stroke); at != std::sregex_iterator(); ++at) {
    pen += std::stod((*at)[2]);
    if ((*at)[1] == "m")
      start = pen;
  }
  EXPECT_NEAR(start, left + static_cast<double>(times.back()) / steps * width, 1.2);
}
