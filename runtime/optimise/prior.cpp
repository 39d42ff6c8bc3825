#include "runtime/optimise/prior.h"

#include "kernels/distributions.h"
#include "kernels/math.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace bdc::runtime::optimise {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double halfLogTwoPi = 0.91893853320467274178;

struct Density {
  const char *name;
  size_t arguments;
  bool isFirstPositive, isSecondPositive;
  const char *form;
};
constexpr Density densities[] = {{"uniform", 2, false, false, "uniform(low, high)"},
                                 {"normal", 2, false, true, "normal(mean, sd)"},
                                 {"lognormal", 2, false, true, "lognormal(mu, sigma)"},
                                 {"gamma", 2, true, true, "gamma(shape, scale)"},
                                 {"exponential", 1, true, false, "exponential(mean)"}};

double logGamma(double shape) {
  return shape >= 1 ? kernels::detail::logFactorial(shape - 1) : kernels::detail::logFactorial(shape) - kernels::log(shape);
}

Prior::Penalty normal(double x, double mean, double sd) {
  const double z = (x - mean) / sd;
  return {0.5 * z * z + kernels::log(sd) + halfLogTwoPi, z / sd, 1 / (sd * sd)};
}

Prior::Penalty lognormal(double x, double mu, double sigma) {
  const double log = kernels::log(x);
  const Prior::Penalty p = normal(log, mu, sigma); // of log x, and the density's factor 1/x
  return {p.value + log, (p.first + 1) / x, (p.second - p.first - 1) / (x * x)};
}

} // namespace

Result<Prior> Prior::make(std::string_view name, const std::vector<double> &arguments) {
  std::string forms;
  for (const Density &d : densities) {
    forms += fmt::format("{}{}", forms.empty() ? "" : ", ", d.form);
    if (name != d.name)
      continue;
    if (arguments.size() != d.arguments)
      return inputError(fmt::format("the prior {} has {} arguments, not {}", name, d.arguments, arguments.size()), d.form);
    Prior prior;
    prior.kind = static_cast<Kind>(&d - densities);
    prior.a = arguments[0];
    prior.b = d.arguments > 1 ? arguments[1] : 0;
    const bool isOrdered = prior.kind != Kind::uniform || prior.a < prior.b;
    if (!std::isfinite(prior.a) || !std::isfinite(prior.b) || (d.isFirstPositive && prior.a <= 0) ||
        (d.isSecondPositive && prior.b <= 0) || !isOrdered)
      return inputError(
          fmt::format("the prior {}({:g}{}) is no density", name, prior.a, d.arguments > 1 ? fmt::format(", {:g}", prior.b) : ""),
          prior.kind == Kind::uniform ? "the lower end comes first"
                                      : "spreads, shapes and means of positive "
                                        "numbers are above 0");
    return prior;
  }
  return inputError(fmt::format("there is no prior `{}`", name), "there are " + forms);
}

Prior::Penalty Prior::at(double x) const {
  const Penalty outside{infinity, 0, 0};
  switch (kind) {
  case Kind::uniform: return x < a || x > b ? outside : Penalty{kernels::log(b - a), 0, 0};
  case Kind::normal: return normal(x, a, b);
  case Kind::lognormal: return x <= 0 ? outside : lognormal(x, a, b);
  case Kind::gamma:
    return x <= 0 ? outside
                  : Penalty{logGamma(a) + a * kernels::log(b) - (a - 1) * kernels::log(x) + x / b, 1 / b - (a - 1) / x,
                            (a - 1) / (x * x)};
  case Kind::exponential: return x < 0 ? outside : Penalty{kernels::log(a) + x / a, 1 / a, 0};
  }
  return outside;
}

} // namespace bdc::runtime::optimise
