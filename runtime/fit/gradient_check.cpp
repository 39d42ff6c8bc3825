#include "runtime/fit/gradient_check.h"

#include "runtime/optimise/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

/// Steps as parts of the size of what is moved. The best is the one where the next smaller one says the same.
constexpr double steps[] = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6};

double signOf(const Descriptor &d) { return d.objective->maximise ? -1 : 1; }

/// A number that steps of falling size come to. Of all that with the least doubt: how much the next larger step says else, and what is lost in
/// rounding. Of small steps all may be lost: two differences of 0 then say the same, and nothing.
struct Settled {
  double value = 0;
  double doubt = std::numeric_limits<double>::infinity();
  bool isFlat = false; ///< nothing changed, with two steps
  std::optional<double> before = {};

  void hear(double now, double lost) {
    if (before)
      if (const double other = std::fabs(now - *before) + lost; other < doubt) {
        value = now;
        doubt = other;
        isFlat = now == 0 && *before == 0;
      }
    before = now;
  }
};

/// A parameter of the gradient, and how to move it.
class Mover {
public:
  Mover(Simulation &simulation, const GradientParameter &parameter)
      : simulation(simulation),
        d(simulation.program().descriptor),
        parameter(parameter) {}

  Status begin() {
    const Result<std::vector<double>> start = isArray() ? simulation.startElements(arrayName()) : one(simulation.get(scalarName()));
    if (!start)
      return start.error();
    base = *start;
    isGiven = isArray() ? !simulation.givenElements(arrayName()).empty() : simulation.isSet(scalarName());
    double squares = 0;
    for (const double x : base)
      squares += x * x;
    size = squares > 0 ? std::sqrt(squares / static_cast<double>(base.size())) : 1;
    return {};
  }
  Status moveTo(const std::vector<double> &direction, double by) {
    std::vector<double> at = base;
    for (size_t i = 0; i < at.size(); ++i)
      at[i] += by * direction[i];
    return isArray() ? simulation.setElements(arrayName(), at) : simulation.set(scalarName(), at.front());
  }
  /// What the program made itself it makes itself again.
  Status release() {
    if (isArray())
      return simulation.setElements(arrayName(), isGiven ? std::span<const double>(base) : std::span<const double>());
    return isGiven ? simulation.set(scalarName(), base.front()) : simulation.unset(scalarName());
  }

  bool isArray() const { return parameter.array >= 0; }
  const std::vector<double> &values() const { return base; }
  double scale(size_t element) const { return base[element] != 0 ? std::fabs(base[element]) : size; }

private:
  static Result<std::vector<double>> one(const Result<double> &value) {
    if (!value)
      return value.error();
    return std::vector<double>{*value};
  }
  const std::string &scalarName() const { return d.scalars[parameter.scalar].name; }
  const std::string &arrayName() const { return d.arrays[parameter.array].name; }

  Simulation &simulation;
  const Descriptor &d;
  const GradientParameter &parameter;
  std::vector<double> base;
  double size = 1;
  bool isGiven = false; ///< by the host
};

class Checker {
public:
  Checker(Simulation &simulation, const AlongParameter &forward, int64_t elements, uint64_t seed)
      : simulation(simulation),
        forward(forward),
        d(simulation.program().descriptor),
        elements(elements),
        draws(seed, "gradient check") {}

  Result<CheckedParameter> check(size_t position, const std::vector<double> &gradient, double loss) {
    CheckedParameter out{shownGradient(d, position).name, {}};
    Mover mover(simulation, d.gradient->parameters[position]);
    const Result<Places> places = mover.isArray() ? simulation.places(d.arrays[d.gradient->parameters[position].array].name) : Result<Places>(Places());
    if (!places)
      return places.error();
    if (Status s = mover.begin(); !s)
      return s.error();
    const size_t count = gradient.size();
    auto look = [&](const std::string &name, const std::vector<double> &direction) -> Status {
      Result<CheckedDerivative> made = along(mover, position, gradient, direction, loss);
      if (!made)
        return made.error();
      made->name = name;
      out.derivatives.push_back(std::move(*made));
      return {};
    };
    Status status;
    const size_t single = std::min(count, static_cast<size_t>(mover.isArray() ? elements : 1));
    for (size_t i = 0; i < single && status; ++i) {
      const size_t element = single > 1 ? i * (count - 1) / (single - 1) : 0;
      std::vector<double> direction(count, 0.0);
      direction[element] = mover.scale(element);
      status = look(out.name + (!mover.isArray() ? "" : places->empty() ? fmt::format("[{}]", element) : places->nameOf(static_cast<int64_t>(element))), direction);
    }
    if (count > 1 && status) {
      std::vector<double> direction(count);
      for (size_t i = 0; i < count; ++i)
        direction[i] = mover.scale(i) * (draws.uniform(static_cast<int64_t>(position), static_cast<int64_t>(i)) < 0.5 ? -1 : 1);
      status = look(fmt::format("{}, all {}", out.name, places->empty() ? "elements" : "connections"), direction);
    }
    if (Status s = mover.release(); !s && status)
      status = s;
    if (!status)
      return status.error();
    return out;
  }

private:
  bool isSingle() const { return d.real == Type::f32; }

  /// What differences say of the change along a direction, and on both sides of where the parameters are.
  struct Differences {
    Settled both, below, above;
  };

  Result<Differences> differences(Mover &mover, const std::vector<double> &direction, double loss) {
    const double rounding = std::fabs(loss) * (isSingle() ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon());
    Differences out;
    for (const double h : steps) {
      double values[2];
      for (const int side : {0, 1}) {
        if (Status s = mover.moveTo(direction, side ? h : -h); !s)
          return s.error();
        const Result<double> value = simulation.objective();
        if (!value)
          return value.error();
        values[side] = *value;
      }
      out.both.hear((values[1] - values[0]) / (2 * h), rounding / h);
      out.below.hear((loss - values[0]) / h, 2 * rounding / h);
      out.above.hear((values[1] - loss) / h, 2 * rounding / h);
    }
    return out;
  }

  /// Where both sides have a slope, another one, and the derivative is one of them or between: by how much it leaves them, as a part of the larger.
  std::optional<double> outsideOfCorner(double slope, const Differences &found) const {
    const auto &[low, high] = std::minmax(found.below, found.above, [](const Settled &a, const Settled &b) { return a.value < b.value; });
    const double largest = std::max(std::fabs(low.value), std::fabs(high.value)), doubt = low.doubt + high.doubt;
    const double tolerance = isSingle() ? 1e-2 : 1e-5;
    if (!(doubt <= (isSingle() ? 3e-2 : 1e-3) * largest) || !(high.value - low.value > 10 * doubt + tolerance * largest))
      return std::nullopt;
    const double outside = std::max({low.value - slope, slope - high.value, 0.0});
    return std::isfinite(slope) && outside <= tolerance * largest + 2 * doubt ? std::optional(outside / largest) : std::nullopt;
  }

  /// Per unit of the parameter along a direction of one element; else for a whole direction.
  Result<CheckedDerivative> along(Mover &mover, size_t position, const std::vector<double> &gradient, const std::vector<double> &direction,
                                  double loss) {
    double slope = 0, length = 0;
    for (size_t i = 0; i < direction.size(); ++i) {
      slope += gradient[i] * direction[i];
      length += direction[i] * direction[i];
    }
    length = std::sqrt(length);
    CheckedDerivative out;
    const Result<Differences> found = differences(mover, direction, loss);
    if (!found)
      return found.error();
    const double chosen = found->both.value, best = found->both.doubt;
    const bool isFlat = found->both.isFlat;
    const double largest = std::max(std::fabs(slope), std::fabs(chosen));
    const double tolerance = isSingle() ? 1e-3 : 1e-6, settled = isSingle() ? 3e-2 : 1e-3;
    // What is lost in a difference of two losses is no error of the gradient.
    const double floor = std::fabs(loss) * (isSingle() ? 1e-3 : 1e-9);
    out.relativeError = std::fabs(slope - chosen) / std::max({largest, floor, best, std::numeric_limits<double>::min()});
    // A number of spikes is flat between its jumps: differences say nothing of a surrogate.
    const bool jumps = std::any_of(d.observed.begin(), d.observed.end(), [](const Observed &each) { return each.record.kind == RecordKind::spikes; });
    if (slope == 0 && isFlat)
      out.trust = Trust::noInfluence;
    else if (jumps && isFlat)
      out.trust = Trust::unsettled;
    else if (std::fabs(slope - chosen) <= tolerance * largest + 2 * best)
      out.trust = best <= settled * largest + floor ? Trust::agrees : Trust::unsettled;
    else
      out.trust = best > settled * largest + floor ? Trust::unsettled : Trust::disagrees;
    if (!std::isfinite(slope))
      out.relativeError = std::numeric_limits<double>::infinity();
    if (out.trust == Trust::unsettled || out.trust == Trust::disagrees)
      if (const std::optional<double> outside = outsideOfCorner(slope, *found)) {
        out.trust = Trust::corner;
        out.relativeError = *outside;
      }
    const ShownGradient shown = shownGradient(d, position);
    const double factor = signOf(d) * shown.factor / length;
    out.unit = shown.unit;
    out.gradient = factor * slope;
    out.difference = factor * chosen;
    out.doubt = std::fabs(factor) * best;
    if (forward)
      if (Status s = compareModes(position, gradient, direction, slope, factor, out); !s)
        return s.error();
    return out;
  }

  /// Forward mode, which is the same sum but for its order.
  Status compareModes(size_t position, const std::vector<double> &gradient, const std::vector<double> &direction, double slope, double factor,
                      CheckedDerivative &out) {
    const Result<double> change = forward(position, direction);
    if (!change)
      return change.error();
    double size = std::numeric_limits<double>::min();
    for (size_t i = 0; i < direction.size(); ++i)
      size += std::fabs(gradient[i] * direction[i]);
    out.forward = factor * *change;
    out.modesError = std::fabs(*change - slope) / std::max(size, std::fabs(*change));
    if (!(*out.modesError <= (isSingle() ? 1e-2 : 1e-8)))
      out.trust = Trust::modesDisagree;
    return {};
  }

  Simulation &simulation;
  const AlongParameter &forward;
  const Descriptor &d;
  int64_t elements;
  optimise::Draws draws;
};

/// The largest of a number of all derivatives; of one that some lack, of those that have it.
template <class T> T worst(const std::vector<CheckedParameter> &parameters, T CheckedDerivative::*number) {
  T most{};
  for (const CheckedParameter &parameter : parameters)
    for (const CheckedDerivative &each : parameter.derivatives)
      most = std::max(most, each.*number);
  return most;
}

} // namespace

ShownGradient shownGradient(const Descriptor &d, size_t parameter) {
  const GradientParameter &p = d.gradient->parameters[parameter];
  return shownGradient(d, p.name, p.scalar, p.array);
}

ShownGradient shownGradient(const Descriptor &d, const std::string &name, int scalar, int array) {
  const Display &of = scalar >= 0 ? d.scalars[scalar].display : d.arrays[array].display, &loss = d.objective->display;
  ShownGradient out{name, unitPer(loss, of), loss.factor / of.factor};
  for (const FitParameter &fitted : d.fit ? d.fit->parameters : std::vector<FitParameter>())
    if (fitted.scalar == scalar && fitted.array == array)
      out.name = fitted.name;
  return out;
}

std::string CheckedDerivative::verdict() const {
  switch (trust) {
  case Trust::agrees: return "agrees";
  case Trust::noInfluence: return "does not change the objective";
  case Trust::unsettled: return "cannot be told: differences with other steps are others (does the objective jump, as with spikes?)";
  case Trust::corner: return "is that of one side of a corner, or between both (a bound, a branch, a delay of whole steps)";
  case Trust::modesDisagree: return "is not what forward mode says";
  case Trust::disagrees: return "is not what differences say";
  }
  return {};
}

bool CheckedParameter::isTrusted() const {
  return std::all_of(derivatives.begin(), derivatives.end(),
                     [](const CheckedDerivative &each) { return each.trust == Trust::agrees || each.trust == Trust::noInfluence || each.trust == Trust::corner; });
}

double GradientCheck::maxRelativeError() const { return worst(parameters, &CheckedDerivative::relativeError); }
std::optional<double> GradientCheck::maxModesError() const { return worst(parameters, &CheckedDerivative::modesError); }

bool GradientCheck::isTrusted() const {
  return std::all_of(parameters.begin(), parameters.end(), [](const CheckedParameter &each) { return each.isTrusted(); });
}

Result<GradientCheck> checkGradient(Simulation &simulation, const GradientOptions &options, const AlongParameter &along, int64_t elements,
                                    uint64_t seed) {
  const Descriptor &d = simulation.program().descriptor;
  GradientOptions whole = options;
  whole.truncate_ms = 0; // as differences do
  Result<GradientResult> gradient = simulation.gradient(whole);
  if (!gradient)
    return gradient.error();
  if (gradient->interrupted)
    return Error{ErrorKind::interrupted, "interrupted before the gradient was known", {}};
  GradientCheck out{d.objective->display(signOf(d) * gradient->loss), d.objective->display.unit, gradient->plan, {}};
  out.unseen = d.unseen;
  for (size_t p = 0; p < gradient->gradient.size(); ++p) {
    Result<CheckedParameter> checked = Checker(simulation, along, elements, seed).check(p, gradient->gradient[p], gradient->loss);
    if (!checked)
      return checked.error();
    out.parameters.push_back(std::move(*checked));
  }
  return out;
}

} // namespace bdc::runtime
