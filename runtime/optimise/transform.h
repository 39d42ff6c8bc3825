/// Functions between an optimiser's coordinate and an element of a parameter.
#pragma once

#include <optional>
#include <string_view>

namespace bdc::runtime::optimise {

/// How a parameter's interval is kept.
enum class Transform {
  automatic, ///< both ends: logit; one: log; none: identity
  identity,  ///< x = scale·z
  log,       ///< x = low + scale·exp(z), or below an upper end; with both ends: logit of the logarithm
  softplus,  ///< x = low + scale·log(1 + exp(z)), or below an upper end
  logit,     ///< x = low + (high − low)/(1 + exp(−z))
  tanh,      ///< x = middle + (high − low)/2·tanh(z)
  simplex    ///< of a whole vector: positive, with a sum that stays
};
const char *nameOf(Transform transform);
std::optional<Transform> transformOf(std::string_view name);

/// One element's function x(z), increasing.
struct Map {
  enum class Kind { linear, exponential, softplus, sigmoid, tanh } kind = Kind::linear;
  double origin = 0, scale = 1; ///< x = origin + scale·f(z); a scale below 0 turns z round too, so that x(z) still increases
  bool isLog = false;           ///< of the logarithm: x = exp(…)

  double value(double z) const;
  double inverse(double x) const;
  /// dx/dz and d²x/dz².
  struct Slopes {
    double first, second;
  };
  Slopes slopes(double z) const;
};

} // namespace bdc::runtime::optimise
