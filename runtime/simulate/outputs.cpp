/// What leaves a run: streams from the descriptor's records, summaries and plots, and who hears them.
#include "runtime/memory/limits.h"
#include "runtime/record/memory_listener.h"
#include "runtime/record/output_file.h"
#include "runtime/report/report.h"
#include "runtime/simulate/body.h"
#include "runtime/simulate/files.h"
#include "runtime/simulate/observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

/// Samples of a trace that a plot asks for over the whole run: about two for each pixel.
constexpr int64_t plotSamples = 2000;

} // namespace

Simulation::Body::~Body() = default;

Result<int64_t> Simulation::Body::interval(int every, const std::string &text) const {
  const Result<int64_t> steps = wholeSteps(scalars[every], sizes.dt, fmt::format("the interval of `{}`", text));
  if (steps && *steps < 1)
    return inputError(fmt::format("the interval of `{}` is shorter than a step of {:.10g} ms", text, sizes.dt));
  return steps;
}

Status Simulation::Body::selectInto(Stream &s, const Select &select) const {
  const int64_t size = sizes.spaces[s.space];
  if (s.kind == RecordKind::spikes && select.first < 0 && select.last < 0 && select.stride < 0) {
    s.elements = size; // all of them: no list, whose memory would be taken before the plan is made
  } else {
    s.ids = selectElements(scalars, select, size);
    s.elements = static_cast<int64_t>(s.ids.size());
    if (s.elements == 0)
      return inputError(fmt::format("`{}` takes no element: {} has {}", s.text, program->descriptor.spaces[s.space].name, size));
    if (s.kind == RecordKind::spikes && s.elements == size)
      s.ids.clear();
  }
  if (s.kind == RecordKind::array)
    s.type = program->descriptor.arrays[s.index].type;
  return {};
}

Result<Stream> Simulation::Body::recordStream(const Record &record) const {
  Stream s;
  s.name = record.name;
  s.text = record.text;
  s.kind = record.kind;
  s.index = record.index;
  s.space = record.space;
  s.type = record.type;
  s.display = record.display;
  if (Status status = selectInto(s, record.select); !status)
    return status.error();
  if (record.every >= 0) {
    const Result<int64_t> steps = interval(record.every, record.text);
    if (!steps)
      return steps.error();
    s.interval = *steps;
  }
  return s;
}

/// Summaries and plots of a recording take its samples, others sample for themselves: summaries every millisecond, plots as often as
/// can be seen.
Result<Stream> Simulation::Body::queryStream(const Query &query, const Argument &argument) const {
  const Descriptor &d = program->descriptor;
  using K = Argument::Kind;
  if (argument.kind == K::record)
    return recordStream(d.records[argument.index]);
  Stream s;
  s.text = argument.text.empty() ? query.text : argument.text;
  s.index = argument.index;
  if (argument.kind == K::queue) {
    s.kind = RecordKind::spikes;
    s.space = d.queues[argument.index].space;
    s.name = d.spaces[s.space].name;
    if (Status status = selectInto(s, argument.select); !status)
      return status.error();
    return s;
  }
  s.kind = argument.kind == K::array ? RecordKind::array : RecordKind::probe;
  s.space = argument.kind == K::array ? d.arrays[argument.index].space : argument.space;
  s.type = argument.type;
  s.name = argument.kind == K::array ? d.arrays[argument.index].name : argument.text.empty() ? query.text : argument.text;
  s.display = argument.hasDisplay         ? argument.display
              : argument.kind == K::array ? d.arrays[argument.index].display
                                          : query.display;
  const bool isPlot = findPlot(query.function) && !findSummary(query.function);
  s.interval = std::max<int64_t>(1, isPlot ? sizes.steps / plotSamples : std::llround(1 / sizes.dt));
  if (Status status = selectInto(s, argument.select); !status)
    return status.error();
  if (argument.every >= 0) {
    const Result<int64_t> steps = interval(argument.every, query.text);
    if (!steps)
      return steps.error();
    s.interval = *steps;
  }
  return s;
}

/// What a summary or a plot is applied to; all of it spikes, or all of it samples.
Result<std::vector<Stream>> Simulation::Body::queryStreams(const Query &query, bool ofSpikes) const {
  std::vector<Stream> streams;
  for (const Argument &argument : query.arguments) {
    if (argument.kind == Argument::Kind::scalar || argument.kind == Argument::Kind::space)
      continue;
    Result<Stream> stream = queryStream(query, argument);
    if (!stream)
      return stream.error();
    if ((stream->kind == RecordKind::spikes) != ofSpikes)
      return internalError(fmt::format("`{}`: `{}` is a function of {}", query.text, query.function, ofSpikes ? "spikes" : "samples"));
    streams.push_back(std::move(*stream));
  }
  return streams;
}

/// What is known before the run: nothing is heard.
Status Simulation::Body::declareConnectomePlot(const Query &query) {
  const Argument &argument = query.arguments.front();
  const DataTable &table = *data[argument.index];
  const Connections &c = table.connections;
  std::vector<ConnectomeMatrix> matrices;
  auto add = [&](const char *name, const std::vector<double> &values, double factor) {
    ConnectomeMatrix matrix{name, c.size, std::vector<double>(static_cast<size_t>(c.size * c.size), std::numeric_limits<double>::quiet_NaN())};
    for (int64_t from = 0; from < c.size; ++from)
      for (int64_t e = c.offset[from]; e < c.offset[from + 1]; ++e)
        matrix.values[static_cast<size_t>(c.target[e] * c.size + from)] = values[e] * factor;
    matrices.push_back(std::move(matrix));
  };
  if (argument.name != "lengths")
    add("weight", c.weights, 1);
  if (argument.name != "weights" && table.hasLengths())
    add("length (mm)", c.lengths, 1e-3);
  const std::string caption = fmt::format("{}, {} regions, {} connections: to the row's region from the column's", program->descriptor.data[argument.index].name,
                                          c.size, c.count());
  plots.push_back({query.text, query.function, makeConnectomePlot(std::move(matrices), caption, data[argument.index])});
  return {};
}

/// What a plot calls a stream: of spikes "E" or "E[0:10]", as written.
static std::string drawnName(const Stream &stream) {
  constexpr std::string_view before = "spikes(";
  const bool isWritten = stream.kind == RecordKind::spikes && stream.text.starts_with(before) && stream.text.ends_with(')');
  return isWritten ? stream.text.substr(before.size(), stream.text.size() - before.size() - 1) : stream.name;
}

Status Simulation::Body::declarePlot(const Query &query) {
  if (query.function == "against" || query.function == "loss" || query.function == "comparison") // of many runs
    return {};
  if (query.function == "connectome")
    return declareConnectomePlot(query);
  const PlotFunction *function = findPlot(query.function);
  if (!function && findSummary(query.function))
    return declareDetailPlot(query);
  if (!function)
    return internalError(fmt::format("`{}`: there is no plot `{}`", query.text, query.function));
  PlotSetting setting{sizes.dt, sizes.discard, sizes.steps, std::max<int64_t>(1, std::llround(5 / sizes.dt))};
  if (const Argument *bin = query.option("bin")) {
    const Result<int64_t> steps = interval(bin->index, query.text);
    if (!steps)
      return steps.error();
    setting.bin = *steps;
  }
  const Result<std::vector<Stream>> found = queryStreams(query, function->ofSpikes);
  if (!found)
    return found.error();
  const std::vector<Stream> &streams = *found;
  if (streams.empty())
    return internalError(fmt::format("`{}`: there is nothing to draw", query.text));
  std::vector<PlotInput> inputs;
  for (const Stream &stream : streams)
    inputs.push_back({&stream, drawnName(stream), stream.elements, labelsOf(stream)});
  std::shared_ptr<Plot> plot = function->make(inputs, setting);
  for (size_t i = 0; i < streams.size(); ++i)
    recorder->listen(recorder->add(streams[i]), plot->input(static_cast<int>(i)));
  plots.push_back({query.text, function->name, std::move(plot)});
  return {};
}

Status Simulation::Body::declareOutputs() {
  recorder = std::make_unique<Recorder>();
  recordStreams.clear();
  summaries.clear();
  plots.clear();
  observation.reset();
  if (purpose == Purpose::follow)
    return declareSensitivities();
  if (purpose != Purpose::simulate) {
    Result<std::unique_ptr<Observation>> made = Observation::create(*this, purpose == Purpose::differentiate);
    if (!made)
      return made.error();
    observation = std::move(*made);
    observation->declare(*recorder);
    return {};
  }
  const bool recording = options.keepRecordings || !options.output.empty() || lane.file;
  for (const Record &record : program->descriptor.records) {
    Result<Stream> stream = recordStream(record);
    if (!stream)
      return stream.error();
    if (recording)
      recordStreams.push_back(recorder->add(std::move(*stream)));
  }
  for (const Query &query : program->descriptor.summaries)
    if (Status s = declareSummary(query); !s)
      return s;
  if (options.report.empty() && !lane.draws)
    return {};
  for (const Query &query : program->descriptor.plots)
    if (Status s = declarePlot(query); !s)
      return s;
  return {};
}

/// The shared stream of a record, under the record's own name and unit.
Stream Simulation::Body::streamOf(int record) const {
  Stream stream = recorder->stream(recordStreams[record]);
  stream.name = program->descriptor.records[record].name;
  stream.text = program->descriptor.records[record].text;
  stream.display = program->descriptor.records[record].display;
  return stream;
}

Status Simulation::Body::openOutputs() {
  if (purpose == Purpose::follow)
    return openSensitivities();
  const Descriptor &d = program->descriptor;
  file.reset();
  kept.assign(options.keepRecordings ? recordStreams.size() : 0, {});
  for (size_t i = 0; i < kept.size(); ++i) {
    const Stream stream = streamOf(static_cast<int>(i));
    recorder->listen(recordStreams[i], std::make_shared<MemoryListener>(stream, d.spaces[stream.space].name, sizes.dt, kept[i]));
  }
  results.outputs.clear();
  results.summaries.clear();
  results.warnings.clear();
  curves.clear();
  followed.clear();
  if (purpose != Purpose::simulate)
    return {};
  if (options.output.empty() && !lane.file)
    return {};
  RunLabel label{d.hash, results.experiment, d.network, options.version, results.precision, options.command};
  label.seed = options.seed;
  label.dt_ms = sizes.dt;
  label.steps = sizes.steps;
  if (lane.file) {
    file = std::make_shared<OutputFile>(lane.file, lane.group, lane.path, label);
  } else {
    Result<std::shared_ptr<OutputFile>> made = OutputFile::create(options.output, label);
    if (!made)
      return made.error();
    file = std::move(*made);
    results.outputs.push_back(options.output);
  }
  for (size_t i = 0; i < recordStreams.size(); ++i) {
    const Stream stream = streamOf(static_cast<int>(i));
    recorder->listen(recordStreams[i], file->add(stream, d.spaces[stream.space].name, labelsOf(stream)));
  }
  openSummaries();
  lastFlush = std::chrono::steady_clock::now();
  return file->start();
}

Status Simulation::Body::flushOutputs(bool force) {
  if (!file || (!force && secondsSince(lastFlush) < options.flushSeconds))
    return {};
  lastFlush = std::chrono::steady_clock::now();
  return file->commit();
}

Status Simulation::Body::finish() {
  if (finished || !prepared)
    return {};
  finished = true;
  Status status = finishSummaries();
  results.peak_bytes = peakMemory();
  if (file && status)
    status = failed || followed.size() < expected || step < sizes.steps ? file->close() : file->complete();
  file.reset();
  if (options.report.empty())
    return status;
  std::vector<ReportFigure> figures;
  for (const auto &[text, function, plot] : plots)
    figures.push_back({text, plot->draw(std::max(step, sizes.discard + 1)), plot->caption()});
  const Status written = writeText(options.report, reportHtml(results, {options.command, options.version}, figures));
  if (written)
    results.outputs.push_back(options.report);
  return status ? written : status;
}

} // namespace bdc::runtime
