#include "runtime/report/columns.h"
#include "runtime/report/plots.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

constexpr int64_t maxLines = 12;
/// More lines than this get a lane each: on top of each other they hide one another.
constexpr size_t maxOverlaid = 3;
constexpr double laneHeight = 46, laneFill = 0.88;

/// The least and largest value per pixel column of some elements of one stream, and when they were.
class Lines : public Listener {
public:
  Lines(const PlotInput &input, int64_t shown, const PlotSetting &setting)
      : name(input.name),
        unit(input.stream->display.unit),
        elements(input.elements),
        isPart(!input.stream->ids.empty()),
        columns(setting.firstStep, setting.steps - setting.firstStep) {
    for (int64_t i = 0; i < shown; ++i) {
      const int64_t position = i * elements / shown;
      const int64_t element = input.stream->ids.empty() ? position : input.stream->ids[position];
      lines.push_back({position, input.labels.empty() ? std::to_string(element) : input.labels[position], std::vector<Cell>(Columns::count)});
    }
  }

  Status hear(const RowBatch &batch) override {
    for (int64_t row = 0; row < batch.rows; ++row) {
      const int64_t step = batch.step(row), column = columns.place(step, [&] { halve(); });
      for (Line &line : lines)
        line.cells[column].add(static_cast<double>(step), batch.values[row * batch.columns + line.position]);
    }
    return {};
  }

  struct Cell {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    double lowStep = 0, highStep = 0;
    bool isEmpty() const { return low > high; }
    void add(double step, double value) {
      if (!std::isfinite(value))
        return;
      if (value < low)
        low = value, lowStep = step;
      if (value > high)
        high = value, highStep = step;
    }
    void add(const Cell &later) {
      if (later.low < low)
        low = later.low, lowStep = later.lowStep;
      if (later.high > high)
        high = later.high, highStep = later.highStep;
    }
  };
  struct Line {
    int64_t position;
    std::string element; ///< its label or number
    std::vector<Cell> cells;
  };

  std::string name, unit;
  int64_t elements;
  bool isPart; ///< some elements of a population
  Columns columns;
  std::vector<Line> lines;

private:
  void halve() {
    for (Line &line : lines) {
      for (int64_t c = 0; c < Columns::count / 2; ++c) {
        Cell cell = line.cells[2 * c];
        cell.add(line.cells[2 * c + 1]);
        line.cells[c] = cell;
      }
      std::fill(line.cells.begin() + Columns::count / 2, line.cells.end(), Cell());
    }
  }
};

class Traces : public Plot {
public:
  Traces(const std::vector<PlotInput> &inputs, const PlotSetting &setting) : setting(setting) {
    const int64_t each = std::max<int64_t>(1, maxLines / static_cast<int64_t>(inputs.size()));
    for (const PlotInput &input : inputs)
      streams.push_back(std::make_shared<Lines>(input, std::min(each, input.elements), setting));
  }

  std::shared_ptr<Listener> input(int index) override { return streams[index]; }

  std::string draw(int64_t lastStep) const override {
    const double begin = static_cast<double>(setting.firstStep) * setting.dt_ms,
                 end = static_cast<double>(lastStep) * setting.dt_ms;
    return count() > maxOverlaid ? drawStacked(begin, end) : drawOverlaid(begin, end);
  }

  std::string caption() const override {
    std::string text;
    for (const auto &s : streams)
      if (static_cast<int64_t>(s->lines.size()) < s->elements)
        text +=
            fmt::format("{}{} of the {} elements of {}", text.empty() ? "Shown: " : ", ", s->lines.size(), s->elements, s->name);
    if (count() > maxOverlaid)
      text += (text.empty() ? "" : ". ") + spanText(range());
    return text;
  }

  std::string captionOfLanes(const std::vector<OfLane> &lanes) const override { return isOverlaid(lanes) ? "" : spanText(rangeOf(lanes)); }

  /// Up to three lanes of one line on top of each other; more below each other, the first three lines of each.
  std::string drawLanes(const std::vector<OfLane> &lanes) const override {
    double end = 0;
    for (const OfLane &lane : lanes)
      end = std::max(end, static_cast<double>(lane.lastStep) * static_cast<const Traces &>(*lane.plot).setting.dt_ms);
    const auto [low, high] = rangeOf(lanes);
    const double begin = static_cast<double>(setting.firstStep) * setting.dt_ms;
    const bool overlaid = isOverlaid(lanes);
    const TimeAxis time(end - begin);
    const double room = (high - low) * 0.04, rows = static_cast<double>(lanes.size()), stretch = high > low ? laneFill / (high - low) : 0;
    svg::Figure figure = overlaid ? svg::Figure(280, begin * time.scale, end * time.scale, low - room, high + room)
                                  : svg::Figure(rows * laneHeight + 54, begin * time.scale, end * time.scale, 0, rows);
    std::vector<svg::Figure::Entry> entries;
    std::vector<svg::NamedTick> ticks;
    for (size_t i = 0; i < lanes.size(); ++i) {
      const auto &traces = static_cast<const Traces &>(*lanes[i].plot);
      const double row = rows - 1 - static_cast<double>(i); // the first on top
      int colour = 0;
      for (const auto &[name, line] : traces.firstLines()) {
        if (overlaid)
          figure.path(traces.path(*line, figure, time.scale, 0, 1), "line", static_cast<int>(i));
        else
          figure.path(traces.path(*line, figure, time.scale, row + (1 - laneFill) / 2 - low * stretch, stretch), "line", colour);
        if (!overlaid && i == 0)
          entries.push_back({name, colour});
        ++colour;
      }
      if (overlaid)
        entries.push_back({lanes[i].name, static_cast<int>(i)});
      ticks.push_back({row + 0.5, lanes[i].name});
    }
    figure.xAxis(time.label);
    overlaid ? figure.yAxis(quantity()) : figure.yNames(ticks);
    figure.legend(entries);
    return figure.finish();
  }

private:
  using Range = std::pair<double, double>;

  bool isOverlaid(const std::vector<OfLane> &lanes) const { return lanes.size() <= maxOverlaid && count() == 1; }

  static Range rangeOf(const std::vector<OfLane> &lanes) {
    Range all{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (const OfLane &lane : lanes) {
      const auto [low, high] = static_cast<const Traces &>(*lane.plot).range();
      all = {std::min(all.first, low), std::max(all.second, high)};
    }
    return all;
  }

  /// What takes the place of an axis.
  std::string spanText(const Range &range) const {
    const std::string &unit = streams.front()->unit;
    return fmt::format("Each lane spans {} to {}{}{}", svg::numberText(range.first), svg::numberText(range.second), unit.empty() ? "" : " ", unit);
  }

  std::vector<std::pair<std::string, const Lines::Line *>> firstLines() const {
    std::vector<std::pair<std::string, const Lines::Line *>> first;
    for (const auto &stream : streams)
      for (const Lines::Line &line : stream->lines)
        if (first.size() < maxOverlaid)
          first.emplace_back(lineName(*stream, line), &line);
    return first;
  }

  std::string quantity() const {
    const Lines &first = *streams.front();
    const std::string name = streams.size() != 1 ? "" : first.elements == 1 ? lineName(first, first.lines.front()) : first.name;
    return first.unit.empty() ? name : name.empty() ? first.unit : fmt::format("{} ({})", name, first.unit);
  }

  size_t count() const {
    size_t lines = 0;
    for (const auto &s : streams)
      lines += s->lines.size();
    return lines;
  }

  /// Of `eeg[0:8]` or `eeg["Cz"]` and its element Cz: eeg[Cz].
  static std::string lineName(const Lines &stream, const Lines::Line &line) {
    if (stream.elements == 1 && !stream.isPart)
      return stream.name;
    std::string_view name = stream.name;
    const size_t slice = name.rfind('[');
    if (name.ends_with("\"]") || (name.ends_with(']') && name.find_first_not_of("0123456789:-", slice + 1) == name.size() - 1))
      name = name.substr(0, slice);
    return fmt::format("{}[{}]", name, line.element);
  }

  std::string drawOverlaid(double begin, double end) const {
    const TimeAxis time(end - begin);
    const auto [low, high] = range();
    const double room = (high - low) * 0.04;
    svg::Figure figure(280, begin * time.scale, end * time.scale, low - room, high + room);
    std::vector<svg::Figure::Entry> entries;
    int colour = 0;
    for (const auto &stream : streams)
      for (const Lines::Line &line : stream->lines) {
        entries.push_back({lineName(*stream, line), colour});
        figure.path(path(line, figure, time.scale, 0, 1), "line", colour++);
      }
    figure.xAxis(time.label);
    figure.yAxis(quantity());
    if (entries.size() > 1)
      figure.legend(entries);
    return figure.finish();
  }

  std::string drawStacked(double begin, double end) const {
    const TimeAxis time(end - begin);
    const auto [low, high] = range();
    const auto lanes = static_cast<double>(count());
    const double stretch = high > low ? laneFill / (high - low) : 0;
    svg::Figure figure(lanes * laneHeight + 54, begin * time.scale, end * time.scale, 0, lanes);
    std::vector<svg::NamedTick> ticks;
    double lane = lanes - 1; // the first on top
    int colour = 0;
    for (const auto &stream : streams) {
      for (const Lines::Line &line : stream->lines) {
        figure.path(path(line, figure, time.scale, lane + (1 - laneFill) / 2 - low * stretch, stretch), "line", colour);
        ticks.push_back({lane + 0.5, lineName(*stream, line)});
        --lane;
      }
      ++colour;
    }
    figure.xAxis(time.label);
    figure.yNames(ticks);
    return figure.finish();
  }

  Range range() const {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const auto &stream : streams)
      for (const Lines::Line &line : stream->lines)
        for (const Lines::Cell &cell : line.cells)
          low = std::min(low, cell.low), high = std::max(high, cell.high);
    return low <= high ? Range(low, high) : Range(0, 1);
  }

  /// Values are drawn at offset + scale * value.
  std::string path(const Lines::Line &line, const svg::Figure &figure, double timeScale, double offset, double scale) const {
    std::string out;
    const auto point = [&](double step, double value) {
      svg::appendPoint(out, out.empty() ? 'M' : 'L', figure.px(step * setting.dt_ms * timeScale), figure.py(offset + scale * value));
    };
    for (const Lines::Cell &cell : line.cells) {
      if (cell.isEmpty())
        continue;
      const bool lowFirst = cell.lowStep <= cell.highStep;
      lowFirst ? point(cell.lowStep, cell.low) : point(cell.highStep, cell.high);
      if (cell.low < cell.high)
        lowFirst ? point(cell.highStep, cell.high) : point(cell.lowStep, cell.low);
    }
    return out;
  }

  PlotSetting setting;
  std::vector<std::shared_ptr<Lines>> streams;
};

} // namespace

std::unique_ptr<Plot> makeTraces(const std::vector<PlotInput> &inputs, const PlotSetting &setting) {
  return std::make_unique<Traces>(inputs, setting);
}

} // namespace bdc::runtime
