#include "runtime/record/output_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace bdc::runtime {
namespace {

using h5::File;
using h5::Number;
using h5::truth;

constexpr int64_t chunkBytes = 256 << 10;
constexpr int64_t spikeRows = 8192, laneSpikeRows = 1024;

const std::vector<std::string> sortings{"none", "by_id", "by_time"};

Number numberOf(Type type) {
  constexpr Number numbers[] = {Number::f32, Number::f64, Number::i32, Number::u8};
  return numbers[static_cast<int>(type)];
}

class SpikeWriter : public Listener {
public:
  SpikeWriter(File &file, int times, int nodes, double dt) : file(file), times(times), nodes(nodes), dt(dt) {}

  Status hear(const SpikeBatch &batch) override {
    timeBuffer.clear();
    nodeBuffer.clear();
    for (int64_t step : batch.steps)
      timeBuffer.push_back(static_cast<double>(step) * dt);
    nodeBuffer.assign(batch.elements.begin(), batch.elements.end());
    const auto count = static_cast<int64_t>(timeBuffer.size());
    return file.append({{times, timeBuffer.data(), count}, {nodes, nodeBuffer.data(), count}});
  }

private:
  File &file;
  int times, nodes;
  double dt;
  std::vector<double> timeBuffer;
  std::vector<uint64_t> nodeBuffer;
};

class TraceWriter : public Listener {
public:
  TraceWriter(File &file, int data, int times, Type type, double dt) : file(file), data(data), times(times), type(type), dt(dt) {}

  Status hear(const RowBatch &batch) override {
    std::vector<double> time;
    for (int64_t row = 0; row < batch.rows; ++row)
      time.push_back(static_cast<double>(batch.step(row)) * dt);
    switch (type) {
    case Type::f64: return file.append({{data, batch.values, batch.rows}, {times, time.data(), batch.rows}});
    case Type::f32: return convert<float>(batch, time);
    case Type::i32: return convert<int32_t>(batch, time);
    case Type::u8: return convert<uint8_t>(batch, time);
    }
    return {};
  }

private:
  template <class T> Status convert(const RowBatch &batch, const std::vector<double> &time) {
    const std::vector<T> values(batch.values, batch.values + batch.rows * batch.columns);
    return file.append({{data, values.data(), batch.rows}, {times, time.data(), batch.rows}});
  }

  File &file;
  int data, times;
  Type type;
  double dt;
};

} // namespace

Result<std::shared_ptr<OutputFile>> OutputFile::create(const std::string &path, const RunLabel &label) {
  Result<std::unique_ptr<File>> file = File::create(path);
  if (!file)
    return file.error();
  describe(**file, label);
  return std::make_shared<OutputFile>(std::move(*file), 0, "", label);
}

void OutputFile::describe(File &file, const RunLabel &label) {
  for (const auto &[name, text] : {std::pair("hash", label.hash),
                                   {"experiment", label.experiment},
                                   {"network", label.network},
                                   {"version", label.version},
                                   {"precision", label.precision},
                                   {"command", label.command}})
    file.attribute(0, name, text);
}

OutputFile::OutputFile(std::shared_ptr<File> within, int group, std::string groupPath, const RunLabel &label)
    : file(std::move(within)), root(group), rootPath(std::move(groupPath)), label(label) {
  file->attribute(root, "dt_unit", std::string("ms"));
  file->attribute(root, "seed", label.seed);
  file->attribute(root, "dt", label.dt_ms);
  file->attribute(root, "complete", truth, 0);
}

/// A slash would make a group of its own.
std::string OutputFile::plainName(std::string name) {
  for (char &c : name)
    if (c == '/')
      c = '|';
  return name.empty() || name == "." ? "recording" : name;
}

std::string OutputFile::freshName(const std::string &parent, std::string name) {
  name = plainName(std::move(name));
  std::string fresh = name;
  for (int i = 2; !names.insert(parent + "/" + fresh).second; ++i)
    fresh = fmt::format("{} ({})", name, i);
  return fresh;
}

std::shared_ptr<Listener> OutputFile::add(const Stream &s, const std::string &population, const std::vector<std::string> &labels) {
  if (s.kind == RecordKind::spikes) {
    if (spikes < 0)
      spikes = file->group(root, "spikes");
    const int group = file->group(spikes, freshName("spikes", population));
    file->attribute(group, "sorting", sortings, 2);
    file->attribute(group, "text", s.text);
    const int64_t rows = isOwner() ? spikeRows : laneSpikeRows;
    const int times = file->dataset(group, "timestamps", Number::f64, 0, rows);
    const int nodes = file->dataset(group, "node_ids", Number::u64, 0, rows);
    file->attribute(times, "units", "ms");
    return std::make_shared<SpikeWriter>(*file, times, nodes, label.dt_ms);
  }
  if (traces < 0)
    traces = file->group(root, "traces");
  return addTrace(file->group(traces, freshName("traces", s.name)), s, population, labels);
}

Result<std::shared_ptr<Listener>> OutputFile::addSensitivity(const Stream &s, const std::string &population, const std::vector<std::string> &labels,
                                                             const std::string &parameter) {
  if (sensitivities < 0)
    sensitivities = file->group(root, "sensitivities");
  const std::string name = plainName(s.name);
  if (!followed.contains(name))
    followed[name] = file->group(sensitivities, name);
  const int group = file->group(followed[name], freshName("sensitivities/" + name, parameter));
  file->attribute(group, "parameter", parameter);
  std::shared_ptr<Listener> listener = addTrace(group, s, population, labels);
  if (Status written = writeIds(); !written)
    return written.error();
  return listener;
}

std::shared_ptr<Listener> OutputFile::addTrace(int group, const Stream &s, const std::string &population, const std::vector<std::string> &labels) {
  const int64_t rows = std::max<int64_t>(1, label.steps / s.interval), rowBytes = s.elements * sizeOf(s.type);
  // Whole numbers in another unit are no whole numbers any more.
  const bool plain = s.display.factor == 1 && s.display.offset == 0;
  const Type type = plain || s.type == Type::f32 ? s.type : Type::f64;
  const int data = file->dataset(group, "data", numberOf(type), s.elements, std::clamp<int64_t>(chunkBytes / rowBytes, 1, rows));
  const int times = file->dataset(group, "time", Number::f64, 0, std::clamp<int64_t>(spikeRows, 1, rows));
  const int elements = file->dataset(group, "ids", Number::u64, 0, s.elements);
  file->attribute(group, "text", s.text);
  file->attribute(group, "population", population);
  if (!labels.empty())
    file->attribute(group, "labels", fmt::format("{}", fmt::join(labels, "\n")));
  file->attribute(data, "units", s.display.unit.empty() ? "1" : s.display.unit);
  file->attribute(times, "units", "ms");
  ids.push_back({elements, {s.ids.begin(), s.ids.end()}});
  return std::make_shared<TraceWriter>(*file, data, times, type, label.dt_ms);
}

int OutputFile::addSummary(const SummaryLabel &s, const Detail &shape) {
  if (summaries < 0)
    summaries = file->group(root, "summaries");
  const std::string name = freshName("summaries", s.text);
  Tables made{rootPath + "/summaries/" + name, file->group(summaries, name), {}};
  file->attribute(made.group, "text", s.text);
  file->attribute(made.group, "function", s.function);
  file->attribute(made.group, "definition", shape.definition);
  file->attribute(made.group, "unit", s.unit.empty() ? "1" : s.unit);
  file->attribute(made.group, "value", std::numeric_limits<double>::quiet_NaN());
  for (const Fact &fact : shape.facts)
    file->attribute(made.group, fact.name, fact.value);
  if (!s.labels.empty())
    file->attribute(made.group, "labels", fmt::format("{}", fmt::join(s.labels, "\n")));
  for (const Table &t : shape.tables) {
    const int64_t rows = std::max<int64_t>(1, t.rows), rowBytes = std::max<int64_t>(1, t.columns) * sizeOf(Type::f64);
    const int set = file->dataset(made.group, t.name, Number::f64, t.columns, std::clamp<int64_t>(chunkBytes / rowBytes, 1, rows));
    file->attribute(set, "units", t.unit.empty() ? "1" : t.unit);
    made.datasets.push_back(set);
  }
  const auto count = static_cast<int64_t>(s.ids.size());
  ids.push_back({file->dataset(made.group, "ids", Number::u64, 0, std::max<int64_t>(1, count)), {s.ids.begin(), s.ids.end()}});
  tables.push_back(std::move(made));
  return static_cast<int>(tables.size()) - 1;
}

Status OutputFile::writeSummary(int summary, double value, const Detail &detail) {
  const Tables &place = tables[summary];
  file->attribute(place.group, "value", value);
  for (const Fact &fact : detail.facts)
    file->attribute(place.group, fact.name, fact.value);
  for (size_t i = 0; i < place.datasets.size(); ++i)
    if (Status s = file->append(place.datasets[i], detail.tables[i].values.data(), detail.tables[i].rows); !s)
      return s;
  return {};
}

Status OutputFile::start() {
  if (Status s = writeIds(); !s)
    return s;
  return commit();
}

Status OutputFile::writeIds() {
  for (const auto &[dataset, elements] : ids)
    if (Status s = file->append(dataset, elements.data(), static_cast<int64_t>(elements.size())); !s)
      return s;
  ids.clear();
  return {};
}

Status OutputFile::complete() {
  file->attribute(root, "complete", truth, 1);
  return close();
}

} // namespace bdc::runtime
