/// The report of a fit: its losses, targets against what was fitted to them, and the plots of the fitted model.
#include "runtime/fit/body.h"
#include "runtime/report/fit_plots.h"
#include "runtime/report/plots.h"
#include "runtime/simulate/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace bdc::runtime {

/// The weights of a connectome as they were and as they are.
ReportFigure Fitting::Body::beforeAfter(const FittedValue &value) const {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const auto &all = fit->parameters().list();
  const auto parameter = std::find_if(all.begin(), all.end(), [&](const optimise::Parameter &p) { return p.name == value.name; });
  std::vector<double> start = parameter->start;
  std::transform(start.begin(), start.end(), start.begin(), parameter->display);
  const Places &places = value.places;
  auto table = [&](const std::vector<double> &values) { return Table{value.name, value.unit, places.rows, places.columns, places.matrix(values, none)}; };
  return {value.name, drawBeforeAfter(table(start), table(value.values)), fmt::format("rows: to, columns: from; {}", valueText(value))};
}

std::vector<ReportFigure> Fitting::Body::figures() const {
  std::vector<ReportFigure> out;
  auto shown = [&](std::vector<double> losses) {
    for (double &loss : losses)
      loss = fit->options().loss(loss);
    return losses;
  };
  const optimise::History &history = fit->history();
  const std::vector<double> loss = shown(history.loss), best = shown(history.best);
  const std::vector<double> lanesLoss = fit->options().starts > 1 ? shown(history.lanes.values) : std::vector<double>();
  const std::string unit = fit->options().loss.display.unit;
  out.push_back({"loss", drawLoss({loss, best, lanesLoss}), fmt::format("{}{}", unit.empty() ? "" : "in " + unit + "; ", summary.endText)});
  for (const ComparedTables &c : parts ? parts->compared : std::vector<ComparedTables>()) {
    const Comparison comparison{c.target, c.made, c.limit, c.time_ms};
    out.push_back({c.text, drawComparison(comparison), comparisonCaption(comparison)});
  }
  for (const FittedValue &value : summary.values)
    if (!value.places.empty())
      out.push_back(beforeAfter(value));
  const auto isDrawn = [&](int node) {
    return parts && std::any_of(parts->compared.begin(), parts->compared.end(), [&](const ComparedTables &c) { return std::count(c.nodes.begin(), c.nodes.end(), node) > 0; });
  };
  for (const Query &plot : program->descriptor.plots)
    for (const Argument &argument : plot.arguments)
      if (argument.kind == Argument::Kind::node && !isDrawn(argument.index))
        out.push_back({plot.text, "", fmt::format("not drawn: {}", parts ? "no two tables of numbers are compared here" : unseen)});
  if (!model)
    return out;
  for (const auto &[text, function, plot] : model->drawings())
    out.push_back({text, plot->draw(std::max<int64_t>(model->step(), 1)), plot->caption()});
  return out;
}

Status Fitting::Body::finish() {
  if (options.report.empty() || !fit || fit->history().steps() == 0)
    return {};
  if (Status written = writeText(options.report, reportHtml(results, {options.command, options.version}, figures())); !written)
    return written;
  results.outputs.push_back(options.report);
  return {};
}

} // namespace bdc::runtime
