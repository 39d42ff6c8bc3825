/// What is recorded: streams from the descriptor's records, and who hears them.
#include "runtime/record/memory_listener.h"
#include "runtime/simulate/body.h"

#include <fmt/format.h>

#include <cmath>

namespace bdc::runtime {

Simulation::Body::~Body() = default;

Result<Stream> Simulation::Body::makeStream(const Record &record) const {
  Stream s;
  s.name = record.name;
  s.text = record.text;
  s.kind = record.kind;
  s.index = record.index;
  s.space = record.space;
  s.display = record.display;
  const int64_t size = sizes.spaces[record.space];
  s.ids = selectElements(scalars, record.select, size);
  s.elements = static_cast<int64_t>(s.ids.size());
  if (s.elements == 0)
    return inputError(fmt::format("`{}` records no element: {} has {}", record.text, program->descriptor.spaces[record.space].name, size));
  if (record.kind == RecordKind::spikes && s.elements == size)
    s.ids.clear();
  s.type = record.kind == RecordKind::array ? program->descriptor.arrays[record.index].type : program->descriptor.real;
  if (record.every >= 0) {
    const Result<int64_t> interval = wholeSteps(scalars[record.every], sizes.dt, fmt::format("the interval of `{}`", record.text));
    if (!interval)
      return interval.error();
    if (*interval < 1)
      return inputError(fmt::format("the interval of `{}` is shorter than a step of {:.10g} ms", record.text, sizes.dt));
    s.interval = *interval;
  }
  return s;
}

Status Simulation::Body::declareOutputs() {
  recorder = std::make_unique<Recorder>();
  recordStreams.clear();
  for (const Record &record : program->descriptor.records) {
    Result<Stream> stream = makeStream(record);
    if (!stream)
      return stream.error();
    recordStreams.push_back(recorder->add(std::move(*stream)));
  }
  return {};
}

Status Simulation::Body::openOutputs() {
  kept.clear();
  if (options.keepRecordings) {
    kept.resize(recordStreams.size());
    for (size_t i = 0; i < recordStreams.size(); ++i)
      recorder->listen(recordStreams[i],
                       std::make_shared<MemoryListener>(recorder->stream(recordStreams[i]), program->descriptor, sizes.dt, kept[i]));
  }
  return {};
}

Status Simulation::Body::flushOutputs(bool) { return {}; }
Status Simulation::Body::finish() {
  finished = true;
  return {};
}

} // namespace bdc::runtime
