/// Summaries: made from the descriptor's queries, drawn where a plot asks for one, and their tables in the file.
#include "runtime/record/output_file.h"
#include "runtime/simulate/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime {
namespace {

/// Both come to the same numbers in the same units.
bool isSame(const Simulation::Body::Summary &a, const Simulation::Body::Summary &b) {
  return a.function == b.function && a.streams == b.streams && a.input.window_ms == b.input.window_ms &&
         a.input.step_ms == b.input.step_ms && a.input.segment_ms == b.input.segment_ms &&
         a.input.display.unit == b.input.display.unit;
}

} // namespace

/// One that has been declared before, for a plot of it, is heard once.
Result<Simulation::Body::Summary> Simulation::Body::makeSummary(const Query &query) {
  const SummaryFunction *function = findSummary(query.function);
  if (!function)
    return internalError(fmt::format("`{}`: there is no summary function `{}`", query.text, query.function));
  Summary summary{query.text, query.display, function, nullptr, {}, {}};
  Result<std::vector<Stream>> found = queryStreams(query, function->ofSpikes);
  if (!found)
    return found.error();
  std::vector<Stream> &streams = *found;
  if (static_cast<int>(streams.size()) != function->arguments)
    return internalError(fmt::format("`{}`: `{}` takes {} argument{}", query.text, query.function, function->arguments,
                                     function->arguments == 1 ? "" : "s"));
  // Samples arrive in the stream's unit; the query's own unit applies to coherent numbers.
  if (summary.display.unit.empty() && function->display.factor != 0)
    summary.display = function->display;
  else if (summary.display.unit.empty())
    summary.display = streams[0].display;
  if (!function->keepsOffset)
    summary.display = summary.display.ofDifferences();
  SummaryInput &input = summary.input;
  input = {streams, sizes.dt, sizes.discard, sizes.steps};
  input.display = function->keepsOffset ? streams[0].display : streams[0].display.ofDifferences();
  for (auto [name, to] : {std::pair("window", &input.window_ms), {"step", &input.step_ms}, {"segment", &input.segment_ms}})
    if (const Argument *option = query.option(name))
      *to = scalars[option->index];
  for (Stream &stream : streams)
    stream.display = {};
  Result<std::shared_ptr<Accumulator>> made = function->make(input);
  if (!made)
    return Error{made.error().kind, fmt::format("`{}`: {}", query.text, made.error().message), made.error().help};
  input.streams = {}; // which end here
  for (Stream &stream : streams)
    summary.streams.push_back(recorder->add(std::move(stream)));
  for (const Summary &known : summaries)
    if (isSame(known, summary)) {
      summary.accumulator = known.accumulator;
      return summary;
    }
  summary.accumulator = std::move(*made);
  recorder->listen(summary.streams[0], summary.accumulator);
  if (std::shared_ptr<Listener> second = summary.accumulator->second())
    recorder->listen(summary.streams[1], std::move(second));
  return summary;
}

Status Simulation::Body::declareSummary(const Query &query) {
  Result<Summary> summary = makeSummary(query);
  if (!summary)
    return summary.error();
  summaries.push_back(std::move(*summary));
  return {};
}

Status Simulation::Body::declareDetailPlot(const Query &query) {
  Result<Summary> summary = makeSummary(query);
  if (!summary)
    return summary.error();
  const Stream &stream = recorder->stream(summary->streams[0]);
  plots.push_back({query.text, summary->function->name, makeDetailPlot(summary->accumulator, elementNames(stream))});
  summary->isDrawnOnly = true;
  summaries.push_back(std::move(*summary));
  return {};
}

/// The labels of the regions that the space stands for, or of a matrix' rows; none where there are none.
std::vector<std::string> Simulation::Body::labelsOf(const Stream &stream) const {
  if (const int regions = program->descriptor.spaces[stream.space].regions; regions >= 0) {
    const std::vector<std::string> &all = data[program->descriptor.regions[regions].data]->rowLabels;
    std::vector<std::string> names;
    for (uint32_t id : stream.ids)
      if (!all.empty() && id < chosen[regions].size())
        names.push_back(all[chosen[regions][id]]);
    return names;
  }
  for (const Graph &graph : program->descriptor.graphs)
    for (const auto &[space, side] : {std::pair{graph.target, &DataTable::rowLabels}, {graph.source, &DataTable::columnLabels}}) {
      if (graph.data < 0 || space != stream.space)
        continue;
      const std::vector<std::string> &all = (*data[graph.data]).*side;
      std::vector<std::string> names;
      for (uint32_t id : stream.ids)
        if (id < all.size())
          names.push_back(all[id]);
      if (!names.empty() && names.size() == stream.ids.size())
        return names;
    }
  return {};
}

/// Labels where there are some, else numbers.
std::vector<std::string> Simulation::Body::elementNames(const Stream &stream) const {
  std::vector<std::string> names = labelsOf(stream);
  if (names.empty())
    for (uint32_t id : stream.ids)
      names.push_back(std::to_string(id));
  return names;
}

void Simulation::Body::openSummaries() {
  for (Summary &summary : summaries) {
    const Detail shape = summary.accumulator->detail();
    if (shape.tables.empty() || summary.isDrawnOnly)
      continue;
    const Stream &stream = recorder->stream(summary.streams[0]);
    const OutputFile::SummaryLabel label{summary.text, summary.function->name, summary.display.unit, stream.ids, labelsOf(stream)};
    summary.place = file->addSummary(label, shape);
  }
}

Status Simulation::Body::finishSummaries() {
  const double measured = static_cast<double>(std::max<int64_t>(0, step - sizes.discard)) * sizes.dt;
  for (const Summary &s : summaries) {
    if (s.isDrawnOnly)
      continue;
    SummaryValue out{s.text,
                     s.display(s.accumulator->value(measured)),
                     s.display.unit,
                     {},
                     {}};
    const Detail detail = s.accumulator->detail();
    out.facts = detail.facts;
    if (options.keepRecordings)
      out.tables = detail.tables;
    if (!detail.tables.empty() && std::isnan(out.value))
      results.warnings.push_back(fmt::format("`{}` has no value: {}", s.text, s.accumulator->missing()));
    else if (!std::isfinite(out.value))
      results.warnings.push_back(fmt::format("`{}` has no value: {}", s.text,
                                             s.function->ofSpikes ? "there are too few spikes"
                                                                  : "there are no samples, or some are infinite or not a number"));
    if (file && s.place >= 0) {
      out.group = file->summaryGroup(s.place);
      if (Status written = file->writeSummary(s.place, out.value, detail); !written)
        return written;
    }
    results.summaries.push_back(std::move(out));
  }
  return {};
}

} // namespace bdc::runtime
