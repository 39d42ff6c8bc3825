#include "runtime/record/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace bdc::runtime {
namespace {

/// Buffers: large enough that emptying them costs nothing, small beside any network.
constexpr int64_t rowBudget = 4 << 20;      // bytes of one trace between two chunks
constexpr int64_t spikeCapacity = 8192;     // spikes of one thread between two calls of flush
constexpr int64_t spikesPerChunk = 8 << 20; // if every element fired in every step

struct SpikePair {
  int64_t step, element;
};

/// The samples of one thread since the last drain: what was moved aside, then what is in the buffer.
template <class T> class Parts {
public:
  Parts(const std::vector<char> &overflow, int64_t moved, const void *buffer, int64_t used, int64_t perSample)
      : first(reinterpret_cast<const T *>(overflow.data())),
        firstCount(moved),
        second(static_cast<const T *>(buffer)),
        total(moved + used),
        perSample(perSample) {}
  int64_t size() const { return total; }
  const T *operator[](int64_t i) const { return i < firstCount ? first + i * perSample : second + (i - firstCount) * perSample; }

private:
  const T *first;
  int64_t firstCount;
  const T *second;
  int64_t total, perSample;
};

template <class T>
void convertColumns(const Parts<T> &part, int64_t column, int64_t count, const Display &display, double *out, int64_t columns) {
  for (int64_t row = 0; row < part.size(); ++row) {
    const T *from = part[row];
    double *to = out + row * columns + column;
    for (int64_t i = 0; i < count; ++i)
      to[i] = static_cast<double>(from[i]) * display.factor + display.offset;
  }
}

} // namespace

int Recorder::add(Stream stream) {
  for (int i = 0; i < size(); ++i)
    if (streams[i].samples(stream) && streams[i].display.factor == stream.display.factor &&
        streams[i].display.offset == stream.display.offset)
      return i;
  streams.push_back(std::move(stream));
  listeners.emplace_back();
  return size() - 1;
}

int64_t Recorder::rowCapacity(const Stream &s) const {
  return std::max<int64_t>(1, rowBudget / std::max<int64_t>(1, s.elements * sizeOf(s.type)));
}

int64_t Recorder::sampleBytes(const Stream &stream, const bdc_probe::bdc_probe_share &share) {
  return stream.kind == RecordKind::spikes ? int64_t(sizeof(SpikePair)) : share.count * sizeOf(stream.type);
}

int64_t Recorder::chunkLimit() const {
  int64_t limit = int64_t(1) << 40;
  for (const Stream &s : streams)
    limit = std::min(limit, s.kind == RecordKind::spikes ? std::max<int64_t>(1, spikesPerChunk / std::max<int64_t>(1, s.elements))
                                                         : rowCapacity(s) * s.interval);
  return limit;
}

void Recorder::plan(MemoryPlan &plan, const Sizes &sizes, int threads) const {
  for (const Stream &s : streams) {
    int64_t bytes = 0;
    if (s.kind == RecordKind::spikes)
      bytes = threads * spikeCapacity * int64_t(sizeof(SpikePair)) * 3 + sizes.spaces[s.space];
    else
      bytes = std::min(rowCapacity(s), sizes.steps / s.interval + 1) * s.elements * (sizeOf(s.type) + 8) + s.elements * 4;
    plan.add(fmt::format("the recorder of {}", s.text), bytes);
  }
}

namespace {

/// A copy that lives as long as the run; null without memory.
uint32_t *idsIn(Arena &arena, const std::vector<uint32_t> &ids) {
  auto *copy = arena.array<uint32_t>(static_cast<int64_t>(ids.size()));
  if (copy)
    std::copy(ids.begin(), ids.end(), copy);
  return copy;
}

/// One where an element is in the list; null without memory.
uint8_t *flagsIn(Arena &arena, const std::vector<uint32_t> &ids, int64_t size) {
  auto *flags = arena.array<uint8_t>(size);
  if (flags)
    for (uint32_t id : ids)
      flags[id] = 1;
  return flags;
}

} // namespace

Status Recorder::allocate(const Program &program, const Sizes &sizes, bdc_ctx &ctx, Arena &arena) {
  const auto threads = static_cast<size_t>(ctx.threads);
  table.assign(streams.size(), {});
  shares.assign(streams.size(), std::vector<bdc_probe::bdc_probe_share>(threads));
  spilled.assign(streams.size(), std::vector<Share>(threads));
  delivered.assign(streams.size(), 0);
  for (int i = 0; i < size(); ++i) {
    const Stream &s = streams[i];
    bdc_probe &probe = table[i];
    probe.kind = static_cast<int32_t>(s.kind);
    probe.type = static_cast<int32_t>(s.type);
    probe.interval = s.interval;
    probe.first = sizes.discard + 1;
    probe.source = s.kind == RecordKind::array ? ctx.arrays[s.index] : nullptr;
    probe.function = s.kind == RecordKind::probe ? reinterpret_cast<void *>(program.probes[s.index]) : nullptr;
    probe.queue = s.kind == RecordKind::spikes ? s.index : -1;
    probe.share = shares[i].data();
    if (!allocateShares(i, sizes, arena))
      return Error{ErrorKind::memory, "the system has no memory left for the recorders", "record fewer elements"};
  }
  return {};
}

bool Recorder::allocateShares(int index, const Sizes &sizes, Arena &arena) {
  const Stream &s = streams[index];
  const bool spikes = s.kind == RecordKind::spikes;
  const uint32_t *ids = spikes ? nullptr : idsIn(arena, s.ids);
  const uint8_t *select = spikes && !s.ids.empty() ? flagsIn(arena, s.ids, sizes.spaces[s.space]) : nullptr;
  if ((!spikes && !ids) || (spikes && !s.ids.empty() && !select))
    return false;
  for (size_t t = 0; t < shares[index].size(); ++t) {
    auto &share = shares[index][t];
    share.select = select;
    share.count = select ? 1 : 0;
    share.capacity = spikeCapacity;
    if (!spikes) {
      const auto *end = ids + s.elements;
      share.elements = std::lower_bound(ids, end, static_cast<uint32_t>(sizes.bounds[s.space][t]));
      share.count = std::lower_bound(ids, end, static_cast<uint32_t>(sizes.bounds[s.space][t + 1])) - share.elements;
      share.capacity = std::min(rowCapacity(s), sizes.steps / s.interval + 1);
    }
    share.buffer = arena.take(share.capacity * sampleBytes(s, share));
    if (!share.buffer)
      return false;
  }
  return true;
}

void Recorder::flush(int32_t probe, int32_t thread) {
  auto &share = shares[probe][thread];
  Share &aside = spilled[probe][thread];
  const int64_t bytes = share.used * sampleBytes(streams[probe], share);
  const size_t old = static_cast<size_t>(aside.count * sampleBytes(streams[probe], share));
  aside.overflow.resize(old + static_cast<size_t>(bytes));
  std::memcpy(aside.overflow.data() + old, share.buffer, static_cast<size_t>(bytes));
  aside.count += share.used;
  share.used = 0;
}

Status Recorder::drain() {
  for (int i = 0; i < size(); ++i) {
    if (Status s = streams[i].kind == RecordKind::spikes ? drainSpikes(i) : drainRows(i); !s)
      return s;
    for (size_t t = 0; t < shares[i].size(); ++t) {
      shares[i][t].used = 0;
      spilled[i][t].count = 0;
      if (spilled[i][t].overflow.size() > size_t(1) << 20)
        spilled[i][t].overflow = {};
    }
  }
  return {};
}

Status Recorder::drainSpikes(int index) {
  std::vector<Parts<SpikePair>> parts;
  std::vector<int64_t> at(shares[index].size(), 0);
  int64_t total = 0;
  for (size_t t = 0; t < shares[index].size(); ++t) {
    const auto &share = shares[index][t];
    parts.emplace_back(spilled[index][t].overflow, spilled[index][t].count, share.buffer, share.used, 1);
    total += parts.back().size();
  }
  if (total == 0)
    return {};
  std::vector<int64_t> steps;
  std::vector<uint32_t> elements;
  steps.reserve(static_cast<size_t>(total));
  elements.reserve(static_cast<size_t>(total));
  while (static_cast<int64_t>(steps.size()) < total) {
    int64_t step = INT64_MAX;
    for (size_t t = 0; t < parts.size(); ++t)
      if (at[t] < parts[t].size())
        step = std::min(step, parts[t][at[t]]->step);
    for (size_t t = 0; t < parts.size(); ++t)
      for (; at[t] < parts[t].size() && parts[t][at[t]]->step == step; ++at[t]) {
        steps.push_back(step);
        elements.push_back(static_cast<uint32_t>(parts[t][at[t]]->element));
      }
  }
  for (const auto &listener : listeners[index])
    if (Status s = listener->hear(SpikeBatch{steps, elements}); !s)
      return s;
  return {};
}

Status Recorder::drainRows(int index) {
  const Stream &stream = streams[index];
  RowBatch batch;
  batch.columns = stream.elements;
  batch.interval = stream.interval;
  // Threads without elements may not count their samples.
  for (size_t t = 0; t < shares[index].size(); ++t)
    if (shares[index][t].count > 0)
      batch.rows = spilled[index][t].count + shares[index][t].used;
  if (batch.rows == 0)
    return {};
  batch.first = firstSample(index) + delivered[index] * stream.interval;
  std::vector<double> values(static_cast<size_t>(batch.rows * batch.columns));
  int64_t column = 0;
  for (size_t t = 0; t < shares[index].size(); ++t) {
    const auto &share = shares[index][t];
    const Share &aside = spilled[index][t];
    if (share.count == 0)
      continue;
    if (aside.count + share.used != batch.rows)
      return internalError(fmt::format("{}: the threads took different numbers of samples", stream.text));
    auto convert = [&]<class T>(T) {
      convertColumns(Parts<T>(aside.overflow, aside.count, share.buffer, share.used, share.count), column, share.count,
                     stream.display, values.data(), batch.columns);
    };
    switch (stream.type) {
    case Type::f32: convert(float()); break;
    case Type::f64: convert(double()); break;
    case Type::i32: convert(int32_t()); break;
    case Type::u8: convert(uint8_t()); break;
    }
    column += share.count;
  }
  batch.values = values.data();
  delivered[index] += batch.rows;
  for (const auto &listener : listeners[index])
    if (Status s = listener->hear(batch); !s)
      return s;
  return {};
}

int64_t Recorder::firstSample(int index) const {
  const int64_t interval = streams[index].interval;
  return (table[index].first + interval - 1) / interval * interval;
}

void Recorder::continueFrom(int64_t step) {
  for (int i = 0; i < size(); ++i)
    delivered[i] = std::max<int64_t>(0, (step - firstSample(i)) / streams[i].interval + (step >= firstSample(i)));
}

} // namespace bdc::runtime
