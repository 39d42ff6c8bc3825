#include "runtime/optimise/parameters.h"

#include "kernels/math.h"
#include "runtime/optimise/intervals.h"
#include "runtime/optimise/simplex.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bdc::runtime::optimise {

std::string Parameter::elementName(int64_t element) const {
  if (columns > 0)
    return fmt::format("{}[{}][{}]", name, element / columns, element % columns);
  if (!places.empty())
    return name + places.nameOf(element);
  return start.size() == 1 ? name : fmt::format("{}[{}]", name, element);
}

std::string Parameter::text(double value) const {
  return fmt::format("{:.6g}{}{}", display(value), display.unit.empty() ? "" : " ", display.unit);
}

Result<Parameters> Parameters::create(std::vector<Parameter> list, Coordinates space) {
  Parameters made;
  made.kind = space;
  made.parameters = std::move(list);
  for (size_t p = 0; p < made.parameters.size(); ++p)
    if (Status s = made.addBlock(p); !s)
      return s.error();
  if (made.coordinateCount == 0)
    return inputError("there is nothing to fit: no element is left free", "name a parameter after `fit`");
  for (const Parameter &p : made.parameters)
    for (size_t i = 0; i < p.start.size() && p.prior; ++i)
      if (!std::isfinite(p.prior->at(p.start[i]).value) && (p.frozen.empty() || !p.frozen[i]))
        return inputError(fmt::format("`{}` starts at {}, where its prior has no density", p.elementName(static_cast<int64_t>(i)),
                                      p.text(p.start[i])),
                          "start where the prior allows it");
  return made;
}

Status Parameters::addBlock(size_t parameter) {
  const Parameter &p = parameters[parameter];
  offsets.push_back(elementCount);
  Block block{parameter, {}, coordinateCount, {}};
  double still = 0;
  for (size_t i = 0; i < p.start.size(); ++i) {
    if (p.frozen.empty() || !p.frozen[i])
      block.elements.push_back(elementCount + static_cast<int64_t>(i));
    else
      still += p.start[i];
  }
  elementCount += static_cast<int64_t>(p.start.size());
  if (p.transform == Transform::simplex) {
    if (Status s = checkSimplex(p); !s)
      return s;
    block.total = 1 - still;
  } else {
    auto map = mapFor(p, kind);
    if (!map)
      return map.error();
    block.map = *map;
  }
  if (block.elements.empty() || block.coordinates() == 0)
    return {};
  coordinateCount += block.coordinates();
  blocks.push_back(std::move(block));
  return {};
}

std::vector<double> Parameters::startValues() const {
  std::vector<double> out;
  for (const Parameter &p : parameters)
    out.insert(out.end(), p.start.begin(), p.start.end());
  return out;
}

Problem Parameters::problem() const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Problem out;
  out.start.resize(static_cast<size_t>(coordinateCount));
  coordinates(startValues(), out.start);
  out.low.assign(out.start.size(), -infinity);
  out.high.assign(out.start.size(), infinity);
  for (const Block &b : blocks) {
    const Parameter &p = parameters[b.parameter];
    if (b.total > 0 || b.map.kind != Map::Kind::linear)
      continue;
    for (int64_t c = b.firstCoordinate; c < b.firstCoordinate + b.coordinates(); ++c) {
      if (std::isfinite(p.low))
        out.low[c] = b.map.inverse(p.low);
      if (std::isfinite(p.high))
        out.high[c] = b.map.inverse(p.high);
    }
  }
  return out;
}

void Parameters::values(std::span<const double> at, std::span<double> out) const {
  size_t next = 0;
  for (const Parameter &p : parameters)
    for (const double x : p.start)
      out[next++] = x;
  for (const Block &b : blocks) {
    const auto count = b.elements.size();
    const double *z = at.data() + b.firstCoordinate;
    if (b.total > 0) {
      const std::vector<double> shares = Simplex(count).shares(z);
      for (size_t i = 0; i < count; ++i)
        out[b.elements[i]] = b.total * shares[i];
      continue;
    }
    const Parameter &p = parameters[b.parameter];
    // Rounding must not lead out of the interval.
    for (size_t i = 0; i < count; ++i)
      out[b.elements[i]] = std::clamp(b.map.value(z[i]), p.low, p.high);
  }
}

void Parameters::coordinates(std::span<const double> values, std::span<double> out) const {
  for (const Block &b : blocks) {
    double *z = out.data() + b.firstCoordinate;
    std::vector<double> moving;
    for (const int64_t element : b.elements)
      moving.push_back(values[element]);
    if (b.total > 0)
      Simplex(moving.size()).coordinates(moving, z);
    else
      for (size_t i = 0; i < moving.size(); ++i)
        z[i] = b.map.inverse(moving[i]);
  }
}

void Parameters::place(std::span<const double> unit, std::span<double> out) const {
  coordinates(startValues(), out);
  for (const Block &b : blocks) {
    const Parameter &p = parameters[b.parameter];
    for (int64_t c = b.firstCoordinate; c < b.firstCoordinate + b.coordinates(); ++c) {
      const double u = unit[c];
      if (b.total == 0 && std::isfinite(p.low) && std::isfinite(p.high)) {
        const double low = b.map.isLog ? kernels::log(p.low) : p.low, high = b.map.isLog ? kernels::log(p.high) : p.high;
        const double x = low + u * (high - low);
        out[c] = b.map.inverse(b.map.isLog ? kernels::exp(x) : x);
        continue;
      }
      // A logistic number with a standard deviation of 1; as a factor where the coordinate itself has an end.
      const double q = (kernels::log(u) - kernels::log(1 - u)) * std::numbers::sqrt3 / std::numbers::pi;
      const bool hasEnd = b.total == 0 && b.map.kind == Map::Kind::linear && (std::isfinite(p.low) || std::isfinite(p.high));
      out[c] = !hasEnd ? out[c] + q : (out[c] == 0 ? 1 : out[c]) * kernels::exp(q);
    }
  }
}

std::vector<double> Parameters::startInCube() const {
  std::vector<double> out(static_cast<size_t>(coordinateCount), 0.5);
  const std::vector<double> start = startValues();
  for (const Block &b : blocks) {
    const Parameter &p = parameters[b.parameter];
    if (b.total > 0 || !std::isfinite(p.low) || !std::isfinite(p.high))
      continue;
    const auto on = [&](double x) { return b.map.isLog ? kernels::log(x) : x; };
    for (size_t i = 0; i < b.elements.size(); ++i)
      out[b.firstCoordinate + static_cast<int64_t>(i)] = (on(start[b.elements[i]]) - on(p.low)) / (on(p.high) - on(p.low));
  }
  return out;
}

void Parameters::chain(std::span<const double> at, std::span<const double> gradient, std::span<double> out) const {
  for (const Block &b : blocks) {
    const double *z = at.data() + b.firstCoordinate;
    double *to = out.data() + b.firstCoordinate;
    std::vector<double> moving;
    for (const int64_t element : b.elements)
      moving.push_back(gradient[element]);
    if (b.total > 0)
      Simplex(moving.size()).chain(z, b.total, moving, to);
    else
      for (size_t i = 0; i < moving.size(); ++i)
        to[i] = moving[i] * b.map.slopes(z[i]).first;
  }
}

void Parameters::push(std::span<const double> at, std::span<const double> direction, std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0.0);
  for (const Block &b : blocks) {
    const double *z = at.data() + b.firstCoordinate, *d = direction.data() + b.firstCoordinate;
    if (b.total > 0) {
      const std::vector<double> moved = Simplex(b.elements.size()).push(z, b.total, d);
      for (size_t i = 0; i < moved.size(); ++i)
        out[b.elements[i]] = moved[i];
      continue;
    }
    for (size_t i = 0; i < b.elements.size(); ++i)
      out[b.elements[i]] = d[i] * b.map.slopes(z[i]).first;
  }
}

void Parameters::addCurvature(std::span<const double> at, std::span<const double> gradient, std::span<double> matrix) const {
  for (const Block &b : blocks) {
    const double *z = at.data() + b.firstCoordinate;
    if (b.total > 0) {
      std::vector<double> moving;
      for (const int64_t element : b.elements)
        moving.push_back(gradient[element]);
      Simplex(moving.size())
          .addCurvature(z, b.total, moving, matrix.data() + b.firstCoordinate * (coordinateCount + 1), coordinateCount);
      continue;
    }
    for (size_t i = 0; i < b.elements.size(); ++i)
      matrix[(b.firstCoordinate + static_cast<int64_t>(i)) * (coordinateCount + 1)] +=
          gradient[b.elements[i]] * b.map.slopes(z[i]).second;
  }
}

double Parameters::penalty(std::span<const double> values, std::span<double> gradient) const {
  double sum = 0;
  for (const Block &b : blocks) {
    const Parameter &p = parameters[b.parameter];
    if (!p.prior)
      continue;
    for (const int64_t element : b.elements) {
      const Prior::Penalty penalty = p.prior->at(values[element]);
      sum += penalty.value;
      if (!gradient.empty())
        gradient[element] += penalty.first;
    }
  }
  return sum;
}

void Parameters::addPriorCurvature(std::span<const double> values, std::span<const double> direction,
                                   std::span<double> out) const {
  for (const Block &b : blocks)
    if (const auto &prior = parameters[b.parameter].prior)
      for (const int64_t element : b.elements)
        out[element] += prior->at(values[element]).second * direction[element];
}

bool Parameters::hasPriors() const {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Block &b) { return parameters[b.parameter].prior.has_value(); });
}

int64_t Parameters::elementOf(int64_t coordinate) const {
  for (const Block &b : blocks)
    if (coordinate < b.firstCoordinate + b.coordinates())
      return b.elements[coordinate - b.firstCoordinate];
  return -1;
}

std::pair<int64_t, int64_t> Parameters::coordinatesOf(int64_t element) const {
  for (const Block &b : blocks)
    if (const auto found = std::lower_bound(b.elements.begin(), b.elements.end(), element);
        found != b.elements.end() && *found == element) {
      const int64_t at = b.firstCoordinate + (found - b.elements.begin());
      return b.total > 0 ? std::pair(b.firstCoordinate, b.firstCoordinate + b.coordinates()) : std::pair(at, at + 1);
    }
  return {0, 0};
}

size_t Parameters::parameterOf(int64_t element) const {
  const auto after = std::upper_bound(offsets.begin(), offsets.end(), element);
  return static_cast<size_t>(after - offsets.begin()) - 1;
}

std::string Parameters::elementName(int64_t element) const {
  const size_t p = parameterOf(element);
  return parameters[p].elementName(element - offsets[p]);
}

std::string Parameters::fingerprint() const {
  std::string out = kind == Coordinates::free ? "free" : "box";
  for (const Block &b : blocks) {
    const Parameter &p = parameters[b.parameter];
    out += fmt::format("; {}: {} of {} elements, {} to {}, {} {:.17g} {:.17g} {}", p.name, b.elements.size(), p.start.size(),
                       p.low, p.high, static_cast<int>(b.map.kind), b.map.origin, b.map.scale, b.total);
  }
  return out;
}

} // namespace bdc::runtime::optimise
