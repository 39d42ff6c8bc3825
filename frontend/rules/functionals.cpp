#include "frontend/rules/functionals.h"

#include <algorithm>

namespace bdc::rules {

std::span<const FunctionalRule> functionals() {
  using enum OperandKind;
  constexpr auto same = FunctionalRule::Units::Same, pure = FunctionalRule::Units::Pure, any = FunctionalRule::Units::Any;
  constexpr auto difference = FunctionalRule::OfPoints::Difference, nothing = FunctionalRule::OfPoints::Nothing;
  static const std::vector<FunctionalRule> rules = {
      {"mean", {Values}, {"over_rows"}, 1},
      {"sum", {Values}, {"over_rows"}, 1, 0, any, false, nothing},
      {"variance", {Values}, {"over_rows"}, 2, 0, any, false, difference},
      {"std", {Values}, {"over_rows"}, 1, 0, any, false, difference},
      {"min", {Values}, {"over_rows"}, 1},
      {"max", {Values}, {"over_rows"}, 1},
      {"mse", {Values, Table}, {}, 2, 0, same, false, difference},
      {"rmse", {Values, Table}, {}, 1, 0, same, false, difference},
      {"cosine", {Values, Table}, {}, 0, 0, any, false, nothing},
      {"correlation", {Values}, {}, 0, 0, any, true},
      {"triangle", {Table}, {}, 1, 0, any, true},
      {"similarity", {Table, Table}},
      {"fcd", {Values}, {"window", "step"}, 0, 0, any, true},
      {"ks", {Table, Table}, {}, 0, 0, pure},
      {"wasserstein", {Table, Table}, {}, 0, 0, pure},
      {"spectrum", {Values}, {"segment"}, 2, 1, any, true},
      {"spectrum_distance", {Table, Table}, {"from", "to"}, 0, 0, same},
      {"order", {Values}, {}, 0, 0, pure},
      {"metastability", {Values}, {}, 0, 0, pure},
      {"plv", {Values}, {}, 0, 0, pure, true},
      {"cross_entropy", {Values, Table}, {"probabilities"}, 0, 0, pure},
      {"rate", {Spikes}, {"over_rows"}, 0, -1},
      {"van_rossum", {Spikes, Spikes}, {"tau"}},
  };
  return rules;
}

bool isFunctional(std::string_view name) {
  return std::ranges::any_of(functionals(), [&](const FunctionalRule &rule) { return rule.name == name; });
}

const FunctionalOption &functionalOption(std::string_view name) {
  static const units::Dimension time = units::dim::time, perTime = units::Dimension() / units::dim::time;
  static const std::vector<FunctionalOption> options = {
      {"window", time, "ms"}, {"step", time, "ms"}, {"segment", time, "ms"},   {"tau", time, "ms"},
      {"from", perTime, "Hz"}, {"to", perTime, "Hz"}, {"over_rows", {}, "", true}, {"probabilities", {}, "", true},
  };
  return *std::ranges::find(options, name, &FunctionalOption::name);
}

std::span<const FitMethod> fitMethods() {
  static const auto descent = [](std::vector<std::string_view> own) {
    own.insert(own.end(), {"schedule", "factor", "every", "final", "warmup", "clip_norm", "clip_value"});
    return own;
  };
  static const std::vector<FitMethod> methods = {
      {"adam", true, descent({"rate", "beta1", "beta2", "epsilon"})},
      {"adamw", true, descent({"rate", "beta1", "beta2", "epsilon", "decay"})},
      {"sgd", true, descent({"rate", "momentum", "nesterov"})},
      {"rmsprop", true, descent({"rate", "average", "epsilon", "momentum"})},
      {"lbfgs", true, {"step", "tolerance", "memory"}},
      {"nelder_mead", false, {"step", "tolerance"}},
      {"subplex", false, {"step", "tolerance"}},
      {"bobyqa", false, {"step", "tolerance"}},
      {"crs", false, {"population"}},
      {"direct", false, {}},
      {"cma_es", false, {"population", "sigma", "covariance", "restarts"}},
      {"evolution", false, {"population", "crossover"}},
      {"bayes", false, {"batch", "initial"}},
      {"grid", false, {"points", "batch"}},
      {"sobol", false, {"batch"}},
      {"random", false, {"batch"}},
  };
  return methods;
}

std::span<const std::string_view> wordsOf(std::string_view methodOption) {
  static const std::vector<std::string_view> schedule = {"constant", "exponential", "cosine", "step"}, yesOrNo = {"no", "yes"},
                                             covariance = {"full", "diagonal"};
  if (methodOption == "schedule")
    return schedule;
  if (methodOption == "nesterov")
    return yesOrNo;
  if (methodOption == "covariance")
    return covariance;
  return {};
}

} // namespace bdc::rules
