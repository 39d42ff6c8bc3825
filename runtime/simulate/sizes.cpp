#include "runtime/simulate/sizes.h"

#include "runtime/abi.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

/// Shares of a space begin at multiples of this, so that no cache line of a state has two owners.
constexpr int64_t shareAlignment = 16;
/// Rows hold whole vectors of this many elements, and whole cache lines.
constexpr int64_t widestVector = 16;
/// How far a number may be from a whole one (what arithmetic on decimal inputs leaves).
constexpr double roundingError = 1e-6;

bool isWhole(double value) {
  return std::isfinite(value) && std::abs(value - std::round(value)) <= roundingError * std::max(1.0, std::abs(value) * 1e-6);
}

std::vector<int64_t> shares(int64_t size, int threads) {
  std::vector<int64_t> bounds;
  const int64_t lines = (size + shareAlignment - 1) / shareAlignment;
  for (int t = 0; t < threads; ++t)
    bounds.push_back(std::min(size, lines * t / threads * shareAlignment));
  bounds.push_back(size);
  return bounds;
}

/// A count such as a size or a depth.
Result<int64_t> count(const Descriptor &d, const std::vector<double> &scalars, int scalar, int64_t least,
                      const std::string &what) {
  const double value = scalars[scalar];
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  const std::string help = d.scalars[scalar].settable ? fmt::format("set `{}`", d.scalars[scalar].name) : "";
  if (value > static_cast<double>(most))
    return inputError(fmt::format("{} is {:.10g}, it must be at most {}", what, value, most), help);
  if (!isWhole(value) || value < static_cast<double>(least))
    return inputError(fmt::format("{} is {:.10g}, it must be a whole number of at least {}", what, value, least), help);
  return std::llround(value);
}

Status checkScalars(const Descriptor &d, const std::vector<double> &scalars) {
  for (size_t i = 0; i < scalars.size(); ++i) {
    const Scalar &scalar = d.scalars[i];
    if (scalar.part) // where it counts, and is no number, what is made of it is none, and that is found
      continue;
    if (std::isnan(scalars[i]) && !scalar.settable) // its name is the compiler's own
      return inputError("what is computed from the parameters before the run is not a number (NaN)", "is something divided by 0?");
    if (std::isnan(scalars[i]))
      return inputError(fmt::format("`{}` is not a number (NaN)", scalar.name));
    if (scalar.whole && !isWhole(scalars[i]))
      return inputError(fmt::format("`{}` is {:.10g}, it must be a whole number", scalar.name, scalar.display(scalars[i])));
  }
  return {};
}

Status readTimes(const Descriptor &d, const std::vector<double> &scalars, Sizes &sizes) {
  sizes.dt = scalars[0];
  if (!(sizes.dt > 0) || !std::isfinite(sizes.dt))
    return inputError(fmt::format("`dt` is {:.10g} ms, it must be positive", sizes.dt));
  const Result<int64_t> steps = wholeSteps(scalars[d.duration], sizes.dt, "the duration");
  if (!steps)
    return steps.error();
  sizes.steps = *steps;
  if (d.discard < 0)
    return {};
  const Result<int64_t> discard = wholeSteps(scalars[d.discard], sizes.dt, "the time to discard");
  if (!discard)
    return discard.error();
  sizes.discard = *discard;
  if (sizes.discard > sizes.steps)
    return inputError(fmt::format("the time to discard ({:.10g} ms) is longer than the duration ({:.10g} ms)", scalars[d.discard],
                                  scalars[d.duration]));
  return {};
}

} // namespace

Result<int64_t> wholeSteps(double time_ms, double dt_ms, const std::string &what) {
  const double steps = time_ms / dt_ms;
  if (!(steps >= 0))
    return inputError(fmt::format("{} is {:.10g} ms, it must not be negative", what, time_ms));
  if (steps > 9e15)
    return inputError(fmt::format("{} of {:.10g} ms takes {:.3g} steps of {:.10g} ms, more than can be counted", what, time_ms, steps, dt_ms));
  if (!isWhole(steps))
    return inputError(fmt::format("{} of {:.10g} ms is not a whole number of steps of {:.10g} ms", what, time_ms, dt_ms),
                      steps < 1 ? fmt::format("{:.10g} ms is", dt_ms)
                                : fmt::format("{:.10g} ms and {:.10g} ms are", std::floor(steps) * dt_ms, std::ceil(steps) * dt_ms));
  return std::llround(steps);
}

std::vector<uint32_t> selectElements(const std::vector<double> &scalars, const Select &select, int64_t size) {
  auto position = [&](int scalar, int64_t otherwise) {
    if (scalar < 0)
      return otherwise;
    const double value = std::clamp(std::round(scalars[scalar]), -9e15, 9e15);
    const auto at = static_cast<int64_t>(value);
    return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size);
  };
  const int64_t first = position(select.first, 0), last = position(select.last, size);
  const int64_t stride = select.stride < 0 ? 1 : std::max<int64_t>(1, std::llround(scalars[select.stride]));
  std::vector<uint32_t> elements;
  for (int64_t i = first; i < last; i += stride)
    elements.push_back(static_cast<uint32_t>(i));
  return elements;
}

Result<Sizes> readSizes(const Descriptor &d, const std::vector<double> &scalars, int threads) {
  if (Status s = checkScalars(d, scalars); !s)
    return s.error();
  Sizes sizes;
  if (Status s = readTimes(d, scalars, sizes); !s)
    return s.error();
  for (const Space &space : d.spaces) {
    const Result<int64_t> size = count(d, scalars, space.size, 1, fmt::format("the size of {}", space.name));
    if (!size)
      return size.error();
    sizes.spaces.push_back(*size);
    sizes.bounds.push_back(shares(*size, threads));
  }
  for (const Array &array : d.arrays) {
    int64_t rows = 1;
    if (array.rows >= 0) {
      const Result<int64_t> found = count(d, scalars, array.rows, 1, fmt::format("the number of rows of {}", array.name));
      if (!found)
        return found.error();
      rows = *found;
    }
    const int64_t perLine = 64 / sizeOf(array.type);
    auto whole = [](int64_t numbers, int64_t parts) { return (numbers + parts - 1) / parts * parts; };
    const int64_t elements = sizes.spaces[array.space];
    // By element: vectors of elements are written all the same, and the rows lie there twice. An odd number of lines, since the same row of
    // successive elements would fall into few sets of the cache otherwise.
    const int64_t lines = (2 * rows + BDC_AHEAD + perLine - 1) / perLine | 1;
    sizes.rows.push_back(array.byElement ? whole(elements, widestVector) : rows);
    sizes.stride.push_back(array.byElement ? lines * perLine : whole(elements, std::max(perLine, widestVector)));
  }
  for (const Queue &queue : d.queues) {
    const Result<int64_t> depth = count(d, scalars, queue.depth, 1, fmt::format("the depth of the queue of {}", queue.name));
    if (!depth)
      return depth.error();
    sizes.depth.push_back(*depth);
  }
  return sizes;
}

std::vector<double> shapeOf(const Descriptor &d, const std::vector<double> &scalars) {
  std::vector<double> shape;
  auto add = [&](int scalar) {
    if (scalar >= 0)
      shape.push_back(scalars[scalar]);
  };
  add(0);
  for (const Space &space : d.spaces)
    add(space.size);
  for (const Array &array : d.arrays)
    add(array.rows);
  for (const Queue &queue : d.queues)
    add(queue.depth);
  for (const Graph &g : d.graphs) {
    for (int argument : g.arguments)
      add(argument);
    for (const Range *range : {&g.sourceRange, &g.targetRange})
      for (int end : {range->first, range->last, range->stride})
        add(end);
    add(g.maxDelay);
  }
  for (const DataSource &data : d.data)
    for (const auto &[option, scalar] : data.arguments)
      add(scalar);
  for (int scalar : d.built)
    add(scalar);
  for (const Record &r : d.records)
    for (int scalar : {r.select.first, r.select.last, r.select.stride, r.every})
      add(scalar);
  return shape;
}

std::vector<double> planKeyOf(const Descriptor &d, const std::vector<double> &scalars) {
  std::vector<double> key = shapeOf(d, scalars);
  auto add = [&](int scalar) {
    if (scalar >= 0)
      key.push_back(scalars[scalar]);
  };
  add(d.duration);
  add(d.discard);
  for (const std::vector<Query> *queries : {&d.summaries, &d.plots})
    for (const Query &query : *queries)
      for (const Argument &argument : query.arguments) {
        for (int scalar : {argument.select.first, argument.select.last, argument.select.stride, argument.every})
          add(scalar);
        if (argument.kind == Argument::Kind::scalar)
          add(argument.index);
      }
  return key;
}

} // namespace bdc::runtime
