/// The report of a batch: its lanes as a table, summaries against parameters, and what single lanes look like.
#include "runtime/batch/body.h"
#include "runtime/report/against.h"
#include "runtime/report/plots.h"
#include "runtime/report/report.h"
#include "runtime/report/svg.h"
#include "runtime/simulate/files.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime {
namespace {

using svg::escape;
using svg::numberText;

constexpr size_t mostRows = 64;  ///< of the table
constexpr size_t mostSingle = 3; ///< lanes of a plot that cannot be drawn together

std::string headOf(const std::string &name, const std::string &unit) {
  return fmt::format("<th>{}{}</th>", escape(name), unit.empty() ? "" : fmt::format(" ({})", escape(unit)));
}

std::string tableOf(const BatchResults &results) {
  const size_t count = results.lanes.size(), rows = std::min(count, mostRows);
  std::string out = "<table class=\"lanes\"><tr><th>lane</th>";
  for (const BatchParameter &parameter : results.parameters)
    out += headOf(parameter.name, parameter.unit);
  for (const SummaryValue &summary : results.lanes.front().summaries)
    out += headOf(summary.name, summary.unit);
  out += "</tr>\n";
  for (size_t row = 0; row < rows; ++row) {
    const size_t at = rows > 1 ? row * (count - 1) / (rows - 1) : 0;
    const LaneResult &lane = results.lanes[at];
    out += fmt::format("<tr><td>{}</td>", at);
    for (double value : lane.lane.values)
      out += fmt::format("<td>{}</td>", numberText(value));
    for (const SummaryValue &summary : lane.summaries)
      out += fmt::format("<td>{}</td>", lane.state == LaneState::failed ? "failed" : numberText(summary.value));
    out += "</tr>\n";
  }
  return out + "</table>";
}

AgainstAxis axisOf(const BatchResults &results, size_t parameter) {
  const BatchParameter &p = results.parameters[parameter];
  AgainstAxis axis{p.name, p.unit, p.isSeed, p.logarithmic, {}};
  for (const LaneResult &lane : results.lanes)
    axis.values.push_back(lane.lane.values[parameter]);
  return axis;
}

ReportFigure against(const BatchResults &results, const Query &query) {
  Against a;
  std::vector<std::string> names;
  for (const Argument &argument : query.arguments) {
    if (argument.kind == Argument::Kind::parameter)
      names.push_back(argument.name);
    if (argument.kind != Argument::Kind::summary)
      continue;
    const auto index = static_cast<size_t>(argument.index);
    const SummaryValue &summary = results.lanes.front().summaries[index];
    a.quantity = {summary.name, summary.unit, false, false, {}};
    for (const LaneResult &lane : results.lanes)
      a.quantity.values.push_back(lane.summaries[index].value);
  }
  for (const std::string &name : names) // in the order of the statement
    for (size_t p = 0; p < results.parameters.size(); ++p)
      if (results.parameters[p].name == name)
        a.axes.push_back(axisOf(results, p));
  for (size_t p = 0; p < results.parameters.size(); ++p)
    if (std::find(names.begin(), names.end(), results.parameters[p].name) == names.end())
      a.others.push_back(axisOf(results, p));
  if (a.axes.size() != names.size()) // the batch is of other parameters than the experiment's sweep
    return {};
  Drawn drawn = drawAgainst(a);
  return {query.text, std::move(drawn.svg), std::move(drawn.caption)};
}

/// Drawn lanes have one seed.
std::vector<size_t> shownParameters(const BatchResults &results) {
  std::vector<size_t> shown;
  for (size_t p = 0; p < results.parameters.size(); ++p)
    if (!results.parameters[p].isSeed || results.parameters.size() == 1)
      shown.push_back(p);
  return shown;
}

/// The values; of several parameters alone: what they are of stands below.
std::string shortName(const BatchResults &results, size_t lane) {
  const std::vector<size_t> shown = shownParameters(results);
  std::string name;
  for (size_t p : shown)
    name += fmt::format("{}{}", name.empty() ? "" : ", ", numberText(results.lanes[lane].lane.values[p]));
  const std::string &unit = results.parameters[shown.front()].unit;
  return shown.size() == 1 && !unit.empty() ? fmt::format("{} {}", name, unit) : name;
}

std::string parameterNames(const BatchResults &results) {
  std::string names;
  for (size_t p : shownParameters(results))
    names += fmt::format("{}{}", names.empty() ? "" : ", ", results.parameters[p].name);
  return names;
}

} // namespace

/// The `number`-th plot of the drawn lanes: together, or some of them.
std::vector<ReportFigure> Batch::Body::figuresOf(size_t number) const {
  std::vector<Plot::OfLane> lanes;
  for (const LaneDrawings &lane : drawn)
    lanes.push_back({shortName(results, lane.lane), lane.drawings[number].plot.get(), lane.steps});
  const std::string &title = drawn.front().drawings[number].text;
  if (std::string together = lanes.front().plot->drawLanes(lanes); !together.empty()) {
    const std::string more = lanes.front().plot->captionOfLanes(lanes);
    return {{title, std::move(together),
             fmt::format("{} of {} lanes, named by {}{}{}", lanes.size(), results.lanes.size(), parameterNames(results), more.empty() ? "" : ". ", more)}};
  }
  std::vector<ReportFigure> figures;
  const size_t shown = std::min(mostSingle, lanes.size());
  for (size_t i = 0; i < shown; ++i) {
    const size_t at = shown > 1 ? i * (lanes.size() - 1) / (shown - 1) : 0;
    const Plot &plot = *lanes[at].plot;
    figures.push_back({fmt::format("{}, {}", title, results.lanes[drawn[at].lane].lane.label), plot.draw(lanes[at].lastStep), plot.caption()});
  }
  return figures;
}

Status Batch::Body::finish() {
  if (options.report.empty() || results.lanes.empty())
    return {};
  std::vector<ReportFigure> figures;
  for (const Query &query : program->descriptor.plots)
    if (query.function == "against")
      figures.push_back(against(results, query));
  std::sort(drawn.begin(), drawn.end(), [](const LaneDrawings &a, const LaneDrawings &b) { return a.lane < b.lane; });
  if (!drawn.empty())
    for (size_t i = 0; i < drawn.front().drawings.size(); ++i)
      for (ReportFigure &figure : figuresOf(i))
        figures.push_back(std::move(figure));
  const size_t count = results.lanes.size();
  figures.push_back({fmt::format("{} lanes", count), tableOf(results), count > mostRows ? fmt::format("{} of {} lanes", mostRows, count) : ""});
  std::erase_if(figures, [](const ReportFigure &figure) { return figure.title.empty(); });
  if (Status written = writeText(options.report, reportHtml(results.total, {options.command, options.version}, figures)); !written)
    return written;
  results.total.outputs.push_back(options.report);
  return {};
}

} // namespace bdc::runtime
