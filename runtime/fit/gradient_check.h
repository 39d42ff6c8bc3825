/// Holds the gradient of a program's objective against central differences of the objective.
#pragma once

#include "runtime/simulate/simulation.h"

#include <functional>
#include <optional>

namespace bdc::runtime {

/// Derivatives are shown in the objective's unit per unit of the parameter.
struct ShownGradient {
  std::string name;
  std::string unit; ///< "mV per nS"
  double factor = 1; ///< coherent -> shown
};
ShownGradient shownGradient(const Descriptor &descriptor, size_t parameter);
/// The same of what a gradient or a tangent names: a scalar, or an array.
ShownGradient shownGradient(const Descriptor &descriptor, const std::string &name, int scalar, int array);

enum class Trust {
  agrees,
  noInfluence, ///< both are 0
  unsettled,   ///< differences with steps of different sizes do not come to one number
  disagrees,
  corner,       ///< the objective has another slope on each side, and the derivative is one of them or between
  modesDisagree ///< reverse and forward mode differ by more than rounding
};

/// The change of the objective along a direction of one parameter of the gradient, by forward mode. Coherent.
using AlongParameter = std::function<Result<double>(size_t parameter, const std::vector<double> &direction)>;

/// One derivative: of a scalar, an element, or along a direction of all elements. As it is shown.
struct CheckedDerivative {
  std::string name, unit;
  double gradient = 0, difference = 0;
  std::optional<double> forward = {};    ///< by forward mode; none where it has no rule
  std::optional<double> modesError = {}; ///< how far that is from reverse mode, as a part of what was added up
  double doubt = 0;                      ///< by how much the difference may be wrong
  double relativeError = 0;
  Trust trust = Trust::agrees;
  std::string verdict() const;
};

struct CheckedParameter {
  std::string name;
  std::vector<CheckedDerivative> derivatives;
  bool isTrusted() const;
};

struct GradientCheck {
  double loss = 0; ///< as it is shown
  std::string unit;
  checkpoint::Plan plan;
  std::vector<CheckedParameter> parameters;
  std::string withoutForward = {}; ///< why forward mode says nothing, where it has no rule
  std::vector<std::string> unseen = {};    ///< events that would change, and have no surrogate: "spikes(E)"
  double maxRelativeError() const; ///< of what settles
  std::optional<double> maxModesError() const; ///< none where forward mode never ran
  bool isTrusted() const;
};

/// The derivative through the whole run, also where the model's fit truncates it. `along`: forward mode, where there is one. `elements`: how many of an
/// array are looked at one by one, besides a random direction of all.
Result<GradientCheck> checkGradient(Simulation &simulation, const GradientOptions &options, const AlongParameter &along = {}, int64_t elements = 3,
                                    uint64_t seed = 1);

} // namespace bdc::runtime
