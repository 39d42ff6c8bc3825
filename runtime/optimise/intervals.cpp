#include "runtime/optimise/intervals.h"

#include <fmt/format.h>

#include "kernels/math.h"

#include <cmath>

namespace bdc::runtime::optimise {
namespace {

struct Ends {
  bool low, high;
  bool both() const { return low && high; }
  bool any() const { return low || high; }
  explicit Ends(const Parameter &p) : low(std::isfinite(p.low)), high(std::isfinite(p.high)) {}
};

bool moves(const Parameter &p, size_t element) { return p.frozen.empty() || !p.frozen[element]; }

/// The root mean square of how far the moving elements start from `origin`; 1 where that is 0.
double spread(const Parameter &p, double origin) {
  double sum = 0;
  int64_t count = 0;
  for (size_t i = 0; i < p.start.size(); ++i)
    if (moves(p, i)) {
      sum += (p.start[i] - origin) * (p.start[i] - origin);
      ++count;
    }
  const double root = count > 0 ? kernels::sqrt(sum / static_cast<double>(count)) : 0;
  return root > 0 && std::isfinite(root) ? root : 1;
}

Transform resolved(const Parameter &p, Coordinates space) {
  if (p.transform != Transform::automatic)
    return p.transform;
  const Ends ends(p);
  if (space == Coordinates::box || !ends.any())
    return Transform::identity;
  return ends.both() ? Transform::logit : Transform::log;
}

Error misfit(const Parameter &p, Transform transform, const char *needs, const char *help) {
  return inputError(fmt::format("the transform {} of `{}` needs {}, and it is {}", nameOf(transform), p.name, needs,
                                Ends(p).any() ? "in " + intervalText(p) : "in no interval"),
                    help);
}

/// On one end: above the lower, or below the upper one.
Map oneSided(const Parameter &p, Map::Kind kind) {
  const double end = Ends(p).low ? p.low : p.high, size = spread(p, end);
  return {kind, end, Ends(p).low ? size : -size};
}

Result<Map> mapOf(const Parameter &p, Transform transform, Coordinates space) {
  const Ends ends(p);
  const double width = p.high - p.low;
  switch (transform) {
  case Transform::identity:
    if (space == Coordinates::free && ends.any())
      return misfit(p, transform, "no interval with this method", "leave the transform out: the interval is kept by itself");
    if (ends.both())
      return Map{Map::Kind::linear, p.low, width};
    return ends.any() ? Map{Map::Kind::linear, ends.low ? p.low : p.high, spread(p, ends.low ? p.low : p.high)}
                      : Map{Map::Kind::linear, 0, spread(p, 0)};
  case Transform::log:
    if (!ends.any() || (ends.both() && p.low <= 0))
      return misfit(p, transform, "one end, or two above 0", "give the interval, such as [0.01, 10]");
    if (!ends.both())
      return oneSided(p, Map::Kind::exponential);
    return Map{space == Coordinates::box ? Map::Kind::linear : Map::Kind::sigmoid, kernels::log(p.low),
               kernels::log(p.high) - kernels::log(p.low), true};
  case Transform::softplus:
    if (!ends.any() || ends.both())
      return misfit(p, transform, "one end", "take logit or tanh for two ends, identity for none");
    return oneSided(p, Map::Kind::softplus);
  case Transform::logit:
  case Transform::tanh:
    if (!ends.both())
      return misfit(p, transform, "two ends", "give both, or take log, softplus or identity");
    if (transform == Transform::logit)
      return Map{Map::Kind::sigmoid, p.low, width};
    return Map{Map::Kind::tanh, p.low + width / 2, width / 2};
  case Transform::automatic:
  case Transform::simplex: break;
  }
  return internalError(fmt::format("`{}` has no transform of single elements", p.name));
}

bool reachesEnds(const Map &map) { return map.kind == Map::Kind::linear; }

Status checkStart(const Parameter &p, const Map &map) {
  for (size_t i = 0; i < p.start.size(); ++i) {
    const double x = p.start[i];
    const std::string name = p.elementName(static_cast<int64_t>(i));
    if (!std::isfinite(x))
      return inputError(fmt::format("`{}` starts at a value that is not finite", name));
    if (!moves(p, i))
      continue;
    if (x < p.low || x > p.high)
      return inputError(fmt::format("`{}` starts at {}, outside of {}", name, p.text(x), intervalText(p)),
                        "start inside, or widen the interval");
    if ((x == p.low || x == p.high) && !reachesEnds(map))
      return inputError(fmt::format("`{}` starts at {}, on the end of {}, from where its transform cannot move it", name,
                                    p.text(x), intervalText(p)),
                        "start inside, or take a method that reaches the ends: lbfgs, nelder_mead, bobyqa");
  }
  return {};
}

} // namespace

std::string intervalText(const Parameter &p) {
  auto end = [&](double value) {
    return std::isfinite(value) ? fmt::format("{:.6g}", p.display(value)) : value < 0 ? std::string("-∞") : std::string("∞");
  };
  return fmt::format("{}{}, {}{}{}{}", std::isfinite(p.low) ? "[" : "(", end(p.low), end(p.high),
                     std::isfinite(p.high) ? "]" : ")", p.display.unit.empty() ? "" : " ", p.display.unit);
}

Result<Map> mapFor(const Parameter &p, Coordinates space) {
  if (!(p.low < p.high))
    return inputError(fmt::format("the interval {} of `{}` holds no values", intervalText(p), p.name),
                      "the lower end comes first");
  auto map = mapOf(p, resolved(p, space), space);
  if (!map)
    return map;
  if (Status s = checkStart(p, *map); !s)
    return s.error();
  return map;
}

Status checkSimplex(const Parameter &p) {
  if (p.low > 0 || p.high < 1)
    return inputError(
        fmt::format("`{}` is a simplex, whose elements lie in [0, 1], and has the interval {}", p.name, intervalText(p)),
        "leave the interval out");
  double sum = 0;
  for (size_t i = 0; i < p.start.size(); ++i) {
    sum += p.start[i];
    if (!(p.start[i] > 0 && p.start[i] < 1) && moves(p, i))
      return inputError(fmt::format("`{}` starts at {}: elements of a simplex start between 0 and 1",
                                    p.elementName(static_cast<int64_t>(i)), p.text(p.start[i])));
  }
  if (std::fabs(sum - 1) > 1e-9 * static_cast<double>(p.start.size()))
    return inputError(fmt::format("the elements of the simplex `{}` start with the sum {:.10g}, not 1", p.name, sum),
                      "divide each by the sum");
  return {};
}

} // namespace bdc::runtime::optimise
