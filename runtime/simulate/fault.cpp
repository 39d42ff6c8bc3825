/// The search for NaN and infinity between chunks, and the replay that says when it happened.
#include "runtime/simulate/body.h"
#include "runtime/simulate/search.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

namespace bdc::runtime {
namespace {

/// Copying this much per chunk costs about one percent of it.
constexpr int64_t cheapBytes = 8 << 20;

/// Whether a step changes arrays of this kind and the next one needs them.
bool isState(Kind kind) { return kind != Kind::param && kind != Kind::adjoint && kind != Kind::tape; }

} // namespace

int64_t Simulation::Body::arrayBytes(size_t index) const {
  return sizes.stride[index] * sizes.rows[index] * sizeOf(program->descriptor.arrays[index].type);
}

int64_t Simulation::Body::queueBytes(size_t index) const {
  return sizes.depth[index] * slotWords(sizes.spaces[program->descriptor.queues[index].space]) * 4;
}

std::vector<checkpoint::Piece> Simulation::Body::statePieces() const {
  std::vector<checkpoint::Piece> pieces;
  for (size_t i = 0; i < arrays.size(); ++i)
    if (isState(program->descriptor.arrays[i].kind))
      pieces.push_back({arrays[i], arrayBytes(i)});
  for (size_t i = 0; i < queues.size(); ++i)
    pieces.push_back({queues[i].list, queueBytes(i)});
  return pieces;
}

int64_t Simulation::Body::plannedStateBytes() const {
  int64_t bytes = 0;
  for (size_t i = 0; i < program->descriptor.arrays.size(); ++i)
    bytes += isState(program->descriptor.arrays[i].kind) ? arrayBytes(i) : 0;
  for (size_t i = 0; i < program->descriptor.queues.size(); ++i)
    bytes += queueBytes(i);
  return bytes;
}

void Simulation::Body::saveState() {
  if (stateBytes < 0 || program->descriptor.checks.empty())
    return;
  const int64_t bytes = plannedStateBytes();
  if (bytes > cheapBytes) {
    stateBytes = -1;
    return;
  }
  stateBytes = bytes;
  saved.resize(static_cast<size_t>(bytes));
  char *to = saved.data();
  for (const checkpoint::Piece &piece : statePieces()) {
    std::memcpy(to, piece.data, static_cast<size_t>(piece.bytes));
    to += piece.bytes;
  }
}

void Simulation::Body::restoreState() {
  const char *from = saved.data();
  for (const checkpoint::Piece &piece : statePieces()) {
    std::memcpy(piece.data, from, static_cast<size_t>(piece.bytes));
    from += piece.bytes;
  }
}

Simulation::Body::Bad Simulation::Body::findBad() const {
  const Descriptor &d = program->descriptor;
  for (int index : d.checks) {
    const int64_t size = sizes.spaces[d.arrays[index].space];
    for (int64_t row = 0; row < sizes.rows[index]; ++row) {
      const int64_t at = row * sizes.stride[index];
      if (d.arrays[index].type == Type::f64) {
        const double *data = static_cast<const double *>(arrays[index]) + at;
        if (const int64_t i = findNotFinite(data, size); i >= 0)
          return {index, i, data[i]};
      } else {
        const float *data = static_cast<const float *>(arrays[index]) + at;
        if (const int64_t i = findNotFinite(data, size); i >= 0)
          return {index, i, data[i]};
      }
    }
  }
  return {};
}

Error Simulation::Body::explainFault(Bad found, int64_t first, int64_t steps) {
  const Descriptor &d = program->descriptor;
  std::string when = fmt::format("between {:.10g} ms and {:.10g} ms", static_cast<double>(first) * sizes.dt,
                                 static_cast<double>(first + steps) * sizes.dt);
  std::string help = "a smaller dt, or another method, often helps; record this variable to see how it grows";
  if (stateBytes >= 0) {
    // The same steps again, one by one and without recording: they are the same to the bit.
    restoreState();
    ctx.probe_count = 0;
    for (int64_t s = first; s < first + steps; ++s) {
      if (!runChunk(s, 1))
        break;
      if (const Bad bad = findBad(); bad.array >= 0) {
        found = bad;
        when = fmt::format("at {:.10g} ms (step {})", static_cast<double>(s + 1) * sizes.dt, s + 1);
        break;
      }
    }
    ctx.probe_count = recorder->size();
  }
  const Array &array = d.arrays[found.array];
  return {ErrorKind::numeric,
          fmt::format("{}[{}] became {} {}", array.name, found.element,
                      std::isnan(found.value) ? "NaN (not a number)" : "infinite", when),
          std::move(help)};
}

} // namespace bdc::runtime
