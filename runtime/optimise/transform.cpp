#include "runtime/optimise/transform.h"

#include "kernels/math.h"

namespace bdc::runtime::optimise {
namespace {

/// log(1 + exp(s)), without overflow.
double softplus(double s) { return kernels::max(s, 0.0) + kernels::log1p(kernels::exp(-kernels::abs(s))); }

double standard(Map::Kind kind, double s) {
  switch (kind) {
  case Map::Kind::linear: return s;
  case Map::Kind::exponential: return kernels::exp(s);
  case Map::Kind::softplus: return softplus(s);
  case Map::Kind::sigmoid: return kernels::sigmoid(s);
  case Map::Kind::tanh: return kernels::tanh(s);
  }
  return s;
}

Map::Slopes standardSlopes(Map::Kind kind, double s) {
  switch (kind) {
  case Map::Kind::linear: return {1, 0};
  case Map::Kind::exponential: return {kernels::exp(s), kernels::exp(s)};
  case Map::Kind::softplus: {
    const double p = kernels::sigmoid(s), q = kernels::sigmoid(-s);
    return {p, p * q};
  }
  case Map::Kind::sigmoid: {
    const double p = kernels::sigmoid(s), q = kernels::sigmoid(-s);
    return {p * q, p * q * (q - p)};
  }
  case Map::Kind::tanh: {
    const double t = kernels::tanh(s), c = 1 / kernels::cosh(s);
    return {c * c, -2 * t * c * c};
  }
  }
  return {1, 0};
}

} // namespace

constexpr const char *names[] = {"automatic", "identity", "log", "softplus", "logit", "tanh", "simplex"};

const char *nameOf(Transform transform) { return names[static_cast<int>(transform)]; }

std::optional<Transform> transformOf(std::string_view name) {
  for (size_t i = 0; i < std::size(names); ++i)
    if (name == names[i])
      return static_cast<Transform>(i);
  return std::nullopt;
}

double Map::value(double z) const {
  const double y = origin + scale * standard(kind, scale < 0 ? -z : z);
  return isLog ? kernels::exp(y) : y;
}

double Map::inverse(double x) const {
  const double y = isLog ? kernels::log(x) : x;
  // The distance from the other end is taken by itself: 1 − t would lose what lies near it.
  const double t = (y - origin) / scale, rest = (origin + scale - y) / scale;
  double s = t;
  switch (kind) {
  case Kind::linear: break;
  case Kind::exponential: s = kernels::log(t); break;
  case Kind::softplus: s = t + kernels::log(-kernels::expm1(-t)); break;
  case Kind::sigmoid: s = kernels::log(t) - kernels::log(rest); break;
  case Kind::tanh: s = 0.5 * (kernels::log1p(t) - kernels::log(rest)); break;
  }
  return scale < 0 ? -s : s;
}

Map::Slopes Map::slopes(double z) const {
  const Slopes f = standardSlopes(kind, scale < 0 ? -z : z);
  const double first = (scale < 0 ? -scale : scale) * f.first, second = scale * f.second;
  if (!isLog)
    return {first, second};
  const double x = value(z);
  return {x * first, x * (first * first + second)};
}

} // namespace bdc::runtime::optimise
