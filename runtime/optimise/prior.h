/// Prior densities of parameters, as penalties: −log p(x), added to the loss.
#pragma once

#include "runtime/error.h"

#include <string_view>
#include <vector>

namespace bdc::runtime::optimise {

/// A density over one number, in coherent units.
class Prior {
public:
  /// By the names and arguments of the language's distributions: uniform(low, high), normal(mean, sd), lognormal(mu, sigma),
  /// gamma(shape, scale), exponential(mean).
  static Result<Prior> make(std::string_view name, const std::vector<double> &arguments);

  struct Penalty {
    double value, first, second; ///< with its derivatives
  };
  /// Infinite outside of the density's support.
  Penalty at(double x) const;

private:
  enum class Kind { uniform, normal, lognormal, gamma, exponential } kind = Kind::uniform;
  double a = 0, b = 0;
};

} // namespace bdc::runtime::optimise
