// Plots of a report, by what their SVG says: where marks are, which numbers stand behind them, what is cut.
#include "runtime/report/against.h"
#include "runtime/report/plots.h"

#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <set>

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

std::set<std::string> fillsOf(const std::string &svg) {
  std::set<std::string> fills;
  const std::regex circle("<circle [^>]*fill=\"([^\"]*)\"");
  for (auto at = std::sregex_iterator(svg.begin(), svg.end(), circle); at != std::sregex_iterator(); ++at)
    fills.insert((*at)[1]);
  return fills;
}

int circlesIn(const std::string &svg) {
  int count = 0;
  for (size_t at = svg.find("<circle"); at != std::string::npos; at = svg.find("<circle", at + 1))
    ++count;
  return count;
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

TEST(Plots, ABinLongerThanTheRunHasTheRateOfTheRun) {
  Made rate("rate", 2, settingOf(100, 200));
  ASSERT_TRUE(rate.plot->input(0)->hear(SpikeBatch{std::vector<int64_t>{57, 57}, std::vector<uint32_t>{0, 1}}));
  const std::string svg = rate.plot->draw(100);
  EXPECT_NE(svg.find(">100<"), std::string::npos) << "two spikes of two elements in 10 ms: 100 Hz";
  EXPECT_EQ(pathOf(svg, "dots").substr(0, 5), "M486 ") << "a dot in the middle";
}

/// Where a column of pixels has several samples, its extremes come in the order of their times: what rises is drawn as it rises.
TEST(Plots, TracesGoForwardInTime) {
  constexpr int64_t steps = 10000, interval = 5;
  Made traces("traces", 1, settingOf(steps));
  std::vector<double> ramp;
  for (int64_t t = interval; t <= steps; t += interval)
    ramp.push_back(static_cast<double>(t));
  traces.hear(ramp, interval);
  const std::string path = pathOf(traces.plot->draw(steps), "line");
  const std::regex point("[ML]([-0-9.]+) ([-0-9.]+)");
  double x = 0, y = 1e9;
  int points = 0;
  for (auto at = std::sregex_iterator(path.begin(), path.end(), point); at != std::sregex_iterator(); ++at, ++points) {
    EXPECT_GT(std::stod((*at)[1]), x);
    EXPECT_LE(std::stod((*at)[2]), y);
    x = std::stod((*at)[1]), y = std::stod((*at)[2]);
  }
  EXPECT_GT(points, 1600);
}

TEST(Plots, OneSampleIsADot) {
  Made traces("traces", 1, settingOf(100));
  traces.hear({11}, 100);
  EXPECT_EQ(pathOf(traces.plot->draw(100), "dots").substr(0, 5), "M906 ");
  Made two("traces", 1, settingOf(100));
  two.hear({11, 12}, 50);
  EXPECT_EQ(pathOf(two.plot->draw(100), "dots"), "");
}

TEST(Plots, AHistogramOfOneValueHasItsBarInTheMiddle) {
  Made histogram("histogram", 1, settingOf(100));
  histogram.hear({11, 11, 11}, 10);
  const std::string svg = histogram.plot->draw(100);
  std::smatch tick, rise; // the number below the axis; where the outline leaves it
  ASSERT_TRUE(std::regex_search(svg, tick, std::regex("<text x=\"([0-9.]+)\"[^>]*>11.0<")));
  const std::string bars = pathOf(svg, "fill");
  ASSERT_TRUE(std::regex_search(bars, rise, std::regex("L([0-9.]+) 218L\\1 (?!218)")));
  EXPECT_NEAR(std::stod(tick[1]), std::stod(rise[1]), 0.2) << "what lies on an edge is in the bar that begins there";
}

TEST(Plots, LongNamesAreCutAndUnitsStay) {
  Made traces("traces", 1, settingOf(100), "a_quantity_whose_name_goes_on_and_on_and_on_until_nobody_can_read_it");
  traces.hear({11, 12}, 50);
  const std::string svg = traces.plot->draw(100);
  EXPECT_NE(svg.find("… (mV)<"), std::string::npos);
  Made several("traces", 3, settingOf(100), std::string(80, 'q').c_str());
  several.hear({1, 2, 3, 4, 5, 6}, 50);
  const std::string legend = several.plot->draw(100);
  const std::regex key("stroke-width=\"3\" d=\"M([-0-9.]+) ");
  int keys = 0;
  for (auto at = std::sregex_iterator(legend.begin(), legend.end(), key); at != std::sregex_iterator(); ++at, ++keys)
    EXPECT_GE(std::stod((*at)[1]), 0);
  EXPECT_EQ(keys, 3);
}

TEST(Plots, LanesBelowEachOtherSayWhatTheySpan) {
  Made first("traces", 2, settingOf(100)), second("traces", 2, settingOf(100));
  first.hear({1, 2, 3, 4}, 50);
  second.hear({5, 6, 7, 8}, 50);
  EXPECT_EQ(first.plot->captionOfLanes({{"a", first.plot.get(), 100}, {"b", second.plot.get(), 100}}), "Each lane spans 1 to 8 mV");
  Made single("traces", 1, settingOf(100));
  single.hear({1, 2}, 50);
  EXPECT_EQ(single.plot->captionOfLanes({{"a", single.plot.get(), 100}}), "") << "it has an axis";
}

/// Points of a box with two seeds each: one mark for each point, of the mean.
TEST(Plots, LanesAtOnePlaceAreTheirMean) {
  Against a;
  a.axes = {{"p", "", false, false, {1, 1, 2, 2, 3, 3}}, {"q", "", false, false, {5, 5, 7, 7, 6, 6}}};
  a.quantity = {"y", "mV", false, false, {0, 10, 4, 6, 5, 5}};
  const Drawn drawn = drawAgainst(a);
  EXPECT_EQ(circlesIn(drawn.svg), 3);
  EXPECT_EQ(fillsOf(drawn.svg).size(), 1u) << "all have the mean 5";
  EXPECT_EQ(drawn.caption, "Means of 2 lanes");
}

/// However many seeds there are, points of a box are no grid.
TEST(Plots, AGridIsWhereEveryPlaceHasLanes) {
  Against a;
  a.axes.resize(2);
  for (double x : {1.0, 2.0})
    for (int seed = 0; seed < 4; ++seed) {
      a.axes[0].values.push_back(x);
      a.axes[1].values.push_back(3 - x);
      a.quantity.values.push_back(x);
    }
  EXPECT_EQ(circlesIn(drawAgainst(a).svg), 2);
  a.axes[1].values = {1, 1, 2, 2, 1, 1, 2, 2};
  EXPECT_EQ(circlesIn(drawAgainst(a).svg), 0);
}
