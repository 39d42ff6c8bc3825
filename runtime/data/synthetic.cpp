#include "kernels/math.h"
#include "kernels/random.h"
#include "runtime/data/raw.h"

#include <fmt/format.h>

#include <cmath>

namespace bdc::runtime {
namespace {

/// Apart from each other within the stream of the connectome.
uint64_t keyOf(const SyntheticConnectome &p, std::string_view purpose) { return kernels::key(p.key, kernels::nameHash(purpose)); }

Status checkParameters(const SyntheticConnectome &p) {
  if (p.regions < 1 || p.regions > maxSyntheticRegions)
    return inputError(fmt::format("a synthetic connectome of {} regions: there can be 1 to {}", p.regions, maxSyntheticRegions));
  for (const double radius : p.radii)
    if (!(radius >= 0) || !std::isfinite(radius))
      return inputError(fmt::format("a synthetic connectome in an ellipsoid with a half axis of {} µm", radius));
  if (!(p.decay > 0))
    return inputError(fmt::format("a synthetic connectome whose weights decay over {} µm", p.decay),
                      "decay is a positive length");
  if (!(p.probability >= 0 && p.probability <= 1))
    return inputError(fmt::format("a synthetic connectome with the connection probability {}", p.probability),
                      "probabilities are from 0 to 1");
  return {};
}

/// The first point of the unit ball among points of the cube around it (about every second one): region and attempt are the
/// counter, so a region's place depends on nothing else.
std::array<double, 3> placeInBall(uint64_t key, uint64_t region) {
  for (uint64_t attempt = 0;; ++attempt) {
    std::array<double, 3> x;
    double square = 0;
    for (uint32_t axis = 0; axis < 3; ++axis) {
      x[axis] = 2 * kernels::uniform<double>(key, region, attempt, axis) - 1;
      square += x[axis] * x[axis];
    }
    if (square <= 1)
      return x;
  }
}

double distance(const double *a, const double *b) {
  const double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
  return std::sqrt(x * x + y * y + z * z);
}

} // namespace

Result<ConnectomeData> makeConnectome(const SyntheticConnectome &p, const ConnectomeOptions &options) {
  if (Status s = checkParameters(p); !s)
    return s.error();
  const auto size = static_cast<size_t>(p.regions);
  ConnectomeData out;
  out.size = p.regions;
  out.centres.resize(size * 3);
  for (size_t i = 0; i < size; ++i) {
    out.labels.push_back(fmt::format("R{}", i));
    const auto place = placeInBall(keyOf(p, "centres"), i);
    for (size_t axis = 0; axis < 3; ++axis)
      out.centres[i * 3 + axis] = place[axis] * p.radii[axis];
  }
  out.weights.resize(size * size);
  out.lengths.resize(size * size);
  const uint64_t key = keyOf(p, "connections");
  for (size_t to = 0; to < size; ++to)
    for (size_t from = 0; from < size; ++from) {
      if (to == from)
        continue;
      const size_t at = to * size + from;
      out.lengths[at] = distance(&out.centres[to * 3], &out.centres[from * 3]);
      if (kernels::uniform<double>(key, to, from, 0) < p.probability)
        out.weights[at] = kernels::exp(-out.lengths[at] / p.decay);
    }
  if (Status s = data::applyOptions(out, options, "a synthetic connectome"); !s)
    return s.error();
  return out;
}

} // namespace bdc::runtime
