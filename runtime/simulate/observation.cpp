#include "runtime/simulate/observation.h"

#include "runtime/data/spikes.h"
#include "runtime/simulate/body.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace bdc::runtime {

Status ObservedStream::hear(const RowBatch &batch) {
  rows.insert(rows.end(), batch.values, batch.values + batch.rows * batch.columns);
  return {};
}

Status ObservedStream::hear(const SpikeBatch &batch) {
  spikeSteps.insert(spikeSteps.end(), batch.steps.begin(), batch.steps.end());
  spikeElements.insert(spikeElements.end(), batch.elements.begin(), batch.elements.end());
  return {};
}

Observation::Observation(Simulation::Body &body) : body(body) {}

Result<std::unique_ptr<Observation>> Observation::create(Simulation::Body &body, bool reverse) {
  std::unique_ptr<Observation> made(new Observation(body));
  if (Status s = made->plan(); !s)
    return s.error();
  made->kept.resize(made->streams.size());
  if (!body.program->descriptor.tangent) {
    made->evaluation = std::make_unique<objective::Evaluation<double>>(made->checked, reverse);
    return made;
  }
  Result<std::unique_ptr<TangentObservation>> along = TangentObservation::create(body, made->checked, reverse);
  if (!along)
    return along.error();
  made->along = std::move(*along);
  if (body.keepsCurves)
    made->along->keepCurves();
  return made;
}

/// What shapes and options are made from.
std::vector<double> Observation::planKey() const {
  const Descriptor &d = body.program->descriptor;
  std::vector<double> key{body.sizes.dt, static_cast<double>(body.sizes.steps), static_cast<double>(body.sizes.discard)};
  auto add = [&](int scalar) {
    if (scalar >= 0)
      key.push_back(body.scalars[scalar]);
  };
  for (const Observed &observed : d.observed) {
    const Record &record = observed.record;
    key.push_back(static_cast<double>(body.sizes.spaces[record.space]));
    for (const int scalar : {record.select.first, record.select.last, record.select.stride, record.every})
      add(scalar);
  }
  for (const FunctionalNode &node : d.objective->nodes)
    for (const auto &[name, scalar] : node.options)
      add(scalar);
  return key;
}

/// The graph of functionals with the shapes of this run; that of the last run where these are the same.
Status Observation::plan() {
  const Objective &objective = *body.program->descriptor.objective;
  objective::Plan plan;
  if (Status s = observe(plan); !s)
    return s;
  std::vector<double> key = planKey();
  if (body.objectivePlan && body.objectivePlan->key == key) {
    checked = body.objectivePlan->checked;
    files = body.objectivePlan->files;
    return {};
  }
  if (Status s = readData(plan); !s)
    return s;
  using K = FunctionalNode::Source::Kind;
  using S = objective::Source::Kind;
  for (const FunctionalNode &node : objective.nodes) {
    objective::Node made{node.text, node.function, {}, {}};
    for (const auto &[kind, index] : node.sources)
      if (kind == K::observed)
        made.sources.push_back({streams[index]->isSpikes() ? S::spikes : S::series, streams[index]->position});
      else if (kind == K::data)
        made.sources.push_back({files[index].first ? S::train : S::data, files[index].second});
      else
        made.sources.push_back({S::node, index});
    for (const auto &[name, scalar] : node.options)
      made.options.push_back({name, body.scalars[scalar]});
    plan.nodes.push_back(std::move(made));
  }
  plan.leaves = objective.leaves;
  auto made = objective::checkPlan(std::move(plan));
  if (!made)
    return made.error();
  checked = std::move(*made);
  body.objectivePlan = std::make_shared<ObjectivePlan>(ObjectivePlan{std::move(key), checked, files});
  return {};
}

/// Samples are heard in coherent units.
Status Observation::observe(objective::Plan &plan) {
  for (const Observed &observed : body.program->descriptor.observed) {
    Result<Stream> stream = body.recordStream(observed.record);
    if (!stream)
      return stream.error();
    auto listener = std::make_shared<ObservedStream>();
    auto &list = stream->kind == RecordKind::spikes ? plan.spikes : plan.series;
    listener->position = static_cast<int>(list.size());
    objective::Operand operand;
    operand.kind = stream->kind == RecordKind::spikes ? objective::Operand::Kind::spikes : objective::Operand::Kind::series;
    operand.text = observed.record.text;
    operand.rows = body.sizes.steps / stream->interval - body.sizes.discard / stream->interval;
    operand.columns = stream->elements;
    operand.interval_ms = static_cast<double>(stream->interval) * body.sizes.dt;
    operand.display = stream->display;
    operand.names = body.elementNames(*stream);
    list.push_back(std::move(operand));
    listener->stream = std::move(*stream);
    listener->stream.display = {};
    streams.push_back(std::move(listener));
  }
  return {};
}

/// What the model says of a table's numbers does not contradict the file.
static Status hasUnit(const MatrixData &table, const DataFile &file) {
  const std::string &unit = file.display.unit;
  if (table.unit.empty() || isSameUnit(table.unit, unit.empty() ? "1" : unit))
    return {};
  return inputError(fmt::format("{}: the file says that its numbers are {}, and the model reads them {}", file.file,
                                table.unit == "1" ? "pure" : "in " + table.unit, unit.empty() ? "as pure numbers" : "in " + unit),
                    table.unit == "1" ? "load(…) without `unit`" : fmt::format("load(…, unit = {})", table.unit));
}

/// Tables and spikes from files beside the model.
Status Observation::readData(objective::Plan &plan) {
  for (const DataFile &file : body.program->descriptor.objective->files) {
    if (file.like >= 0) {
      SpikeOptions options;
      options.folder = body.options.folder;
      const Result<SpikeData> spikes = loadSpikes(file.file, options);
      if (!spikes)
        return spikes.error();
      const ObservedStream &like = *streams[file.like];
      Result<objective::Train> train =
          objective::trainOf(*spikes, file.file, plan.spikes[like.position], body.sizes.discard, like.stream.ids);
      if (!train)
        return train.error();
      files.push_back({true, static_cast<int>(plan.trains.size())});
      plan.trains.push_back(std::move(*train));
      continue;
    }
    MatrixOptions options;
    options.folder = body.options.folder;
    for (const std::string &word : file.words)
      if (Status s = setOption(options, word); !s)
        return s;
    Result<MatrixData> table = loadMatrix(file.file, options);
    if (!table)
      return table.error();
    if (Status s = hasUnit(*table, file); !s)
      return s;
    files.push_back({false, static_cast<int>(plan.data.size())});
    plan.data.push_back(objective::dataOf(std::move(*table), file.file, file.display));
  }
  return {};
}

void Observation::declare(Recorder &recorder) {
  for (const auto &listener : streams)
    recorder.listen(recorder.add(listener->stream), listener);
  if (along)
    along->declare(recorder);
}

void Observation::begin() {
  if (along)
    along->begin();
  else
    evaluation->begin();
  listen(false, false);
}

void Observation::listen(bool value, bool keep) {
  values = value;
  keeps = keep;
  kept.assign(streams.size(), {});
  keptFirst = keptLast = 0;
}

/// The rows of the steps first … last - 1. Sample k of a stream (from 1) is taken after k intervals; those after `discard` count from 0.
objective::Samples<double> Observation::samplesOf(const ObservedStream &from, int64_t first, int64_t last, const std::vector<double> &rows) const {
  const int64_t interval = from.stream.interval, skipped = body.sizes.discard / interval;
  const int64_t begin = std::max(first / interval, skipped), end = std::max(last / interval, begin);
  return {begin - skipped, end - begin, from.stream.elements, rows.data()};
}

objective::Spikes<double> Observation::spikesOf(const ObservedStream &from, int64_t first, int64_t last, const Kept &spikes) const {
  const int64_t discard = body.sizes.discard, begin = std::max(first, discard), end = std::max(last, begin);
  return {begin - discard, end - begin, from.stream.elements, spikes.times, spikes.sources, nullptr};
}

Status Observation::passed(int64_t first, int64_t last) {
  if (keeps && keptLast == keptFirst)
    keptFirst = first;
  keptLast = last;
  for (size_t i = 0; i < streams.size(); ++i) {
    ObservedStream &from = *streams[i];
    Kept heard{std::move(from.rows), {}, std::move(from.spikeElements)};
    for (int64_t step : from.spikeSteps)
      heard.times.push_back(step - 1 - body.sizes.discard);
    if (!from.stream.ids.empty() && from.isSpikes())
      for (uint32_t &element : heard.sources)
        element = static_cast<uint32_t>(std::lower_bound(from.stream.ids.begin(), from.stream.ids.end(), element) - from.stream.ids.begin());
    from.rows.clear();
    from.spikeElements.clear();
    from.spikeSteps.clear();
    Status s;
    if (along && !from.isSpikes())
      s = along->hear(i, from, samplesOf(from, first, last, heard.rows), values, keeps);
    else if (values && along)
      s = along->hear(i, from, spikesOf(from, first, last, heard));
    else if (values && from.isSpikes())
      s = evaluation->hear(from.position, spikesOf(from, first, last, heard));
    else if (values)
      s = evaluation->hear(from.position, samplesOf(from, first, last, heard.rows));
    if (!s)
      return s;
    if (!keeps)
      continue;
    auto append = [](auto &to, const auto &more) { to.insert(to.end(), more.begin(), more.end()); };
    append(kept[i].rows, heard.rows);
    append(kept[i].times, heard.times);
    append(kept[i].sources, heard.sources);
  }
  return {};
}

Result<objective::Dual> Observation::value() {
  if (along)
    return along->value();
  const Descriptor &d = body.program->descriptor;
  const Result<std::vector<double>> leaves = evaluation->evaluate();
  if (!leaves)
    return leaves.error();
  const size_t parameters = d.gradient ? d.gradient->parameters.size() : 0;
  std::vector<double> out(1 + (d.gradient ? leaves->size() + parameters : 0));
  body.program->objective(&body.ctx, leaves->data(), out.data());
  if (d.gradient) {
    leafAdjoints.assign(out.begin() + 1, out.begin() + 1 + static_cast<int64_t>(leaves->size()));
    directly.assign(out.end() - static_cast<int64_t>(parameters), out.end());
  }
  return objective::Dual(out[0]);
}

void Observation::pullback() {
  if (along)
    along->pullback();
  else
    evaluation->pullback(leafAdjoints);
}

void Observation::clear(int table) {
  std::memset(body.arrays[table], 0, static_cast<size_t>(body.arrayBytes(static_cast<size_t>(table))));
}

void Observation::give() {
  for (size_t i = 0; i < streams.size(); ++i) {
    const ObservedStream &from = *streams[i];
    const int table = body.program->descriptor.observed[i].adjoint;
    if (along) {
      giveBoth(i, from);
      continue;
    }
    if (table < 0)
      continue;
    clear(table);
    if (from.isSpikes()) {
      const objective::Spikes<double> again = spikesOf(from, keptFirst, keptLast, kept[i]);
      std::vector<double> adjoints(static_cast<size_t>(again.steps * again.elements));
      evaluation->adjoint(from.position, again, adjoints.data());
      write(table, from, again.first, again.steps, adjoints.data());
    } else {
      const objective::Samples<double> again = samplesOf(from, keptFirst, keptLast, kept[i].rows);
      std::vector<double> adjoints(kept[i].rows.size());
      evaluation->adjoint(from.position, again, adjoints.data());
      write(table, from, again.first, again.rows, adjoints.data());
    }
  }
  listen(values, keeps);
}

/// Of a program with tangents: adjoints of samples and of their changes. (Spikes have none: they have no second derivative.)
void Observation::giveBoth(size_t observed, const ObservedStream &from) {
  const Observed &tables = body.program->descriptor.observed[observed];
  if (from.isSpikes())
    return;
  const objective::Samples<double> again = samplesOf(from, keptFirst, keptLast, kept[observed].rows);
  const std::vector<objective::Dual> both = along->adjoints(observed, from, again);
  for (const auto &[table, part] : {std::pair(tables.adjoint, &objective::Dual::value), {tables.tangentAdjoint, &objective::Dual::tangent}}) {
    if (table < 0)
      continue;
    std::vector<double> adjoints;
    for (const objective::Dual &each : both)
      adjoints.push_back(each.*part);
    clear(table);
    write(table, from, again.first, again.rows, adjoints.data());
  }
}

/// Row 1 + k mod (rows - 1) of a table has the adjoint of sample k, counted from 1.
void Observation::write(int table, const ObservedStream &from, int64_t firstSample, int64_t rows, const double *adjoints) {
  const int64_t columns = from.stream.elements, size = body.sizes.rows[table] - 1, stride = body.sizes.stride[table];
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t sample = firstSample + row + body.sizes.discard / from.stream.interval + 1;
    const int64_t to = (1 + sample % size) * stride;
    for (int64_t c = 0; c < columns; ++c) {
      const int64_t element = from.stream.ids.empty() ? c : from.stream.ids[c];
      putNumber(body.arrays[table], body.program->descriptor.arrays[table].type, to + element, adjoints[row * columns + c]);
    }
  }
}

} // namespace bdc::runtime
