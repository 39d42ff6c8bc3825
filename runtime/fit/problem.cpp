#include "runtime/fit/problem.h"

#include "runtime/simulate/sizes.h"

#include <fmt/format.h>

#include <cmath>

namespace bdc::runtime {
namespace {

using namespace optimise;

/// Reads the request with the numbers that the scalars have.
class Reading {
public:
  Reading(Simulation &simulation, std::vector<double> scalars)
      : simulation(simulation),
        descriptor(simulation.program().descriptor),
        request(*descriptor.fit),
        scalars(std::move(scalars)) {}

  Result<FitProblem> read() {
    FitProblem out;
    for (const FitParameter &p : request.parameters) {
      Result<Parameter> parameter = parameterOf(p);
      if (!parameter)
        return parameter.error();
      out.parameters.push_back(std::move(*parameter));
    }
    if (Status s = options(out.options); !s)
      return s.error();
    return out;
  }

private:
  double number(int scalar, double otherwise) const { return scalar < 0 ? otherwise : scalars[scalar]; }

  Result<int64_t> count(int scalar, int64_t otherwise, int64_t least, const char *what) const {
    if (scalar < 0)
      return otherwise;
    const double value = scalars[scalar];
    if (value != std::floor(value) || value < static_cast<double>(least) || value > 1e9)
      return inputError(fmt::format("`{}` of the fit is {:.10g}: it must be a whole number from {} on", what, value, least));
    return static_cast<int64_t>(value);
  }

  Result<Parameter> parameterOf(const FitParameter &p) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Parameter out;
    out.name = p.name;
    out.low = number(p.low, -infinity);
    out.high = number(p.high, infinity);
    const std::optional<Transform> transform = transformOf(p.transform);
    if (!transform)
      return internalError(fmt::format("there is no transform `{}`", p.transform));
    out.transform = *transform;
    if (!p.prior.empty()) {
      std::vector<double> arguments;
      for (const int scalar : p.priorArguments)
        arguments.push_back(scalars[scalar]);
      Result<Prior> prior = Prior::make(p.prior, arguments);
      if (!prior)
        return Error{prior.error().kind, fmt::format("the prior of `{}`: {}", p.name, prior.error().message), prior.error().help};
      out.prior = *prior;
    }
    if (p.scalar >= 0) {
      out.display = descriptor.scalars[p.scalar].display;
      out.start = {scalars[p.scalar]};
      return out;
    }
    const Array &array = descriptor.arrays[p.array];
    out.display = array.display;
    Result<std::vector<double>> start = simulation.startElements(array.name);
    if (!start)
      return start.error();
    out.start = std::move(*start);
    Result<Places> places = simulation.places(array.name);
    if (!places)
      return places.error();
    out.places = std::move(*places);
    return frozen(p, std::move(out));
  }

  Result<Parameter> frozen(const FitParameter &p, Parameter out) const {
    if (p.select.first < 0 && p.select.last < 0 && p.select.stride < 0)
      return out;
    out.frozen.assign(out.start.size(), true);
    for (const uint32_t element : selectElements(scalars, p.select, static_cast<int64_t>(out.start.size())))
      out.frozen[element] = false;
    return out;
  }

  Status options(FitOptions &out) {
    std::vector<Setting> settings;
    for (const FitRequest::Option &option : request.options)
      settings.push_back({option.name, number(option.scalar, 0), option.word});
    Result<Method> method = Method::choose(request.method, settings);
    if (!method)
      return method.error();
    out.method = std::move(*method);
    const std::pair<Result<int64_t>, int64_t *> counts[] = {
        {count(request.steps, out.stop.steps, 0, "steps"), &out.stop.steps},
        {count(request.starts, 1, 1, "starts"), &out.starts},
        {count(request.screen, 0, 0, "screen"), &out.screen},
        {count(request.stop.patience, 0, 0, "patience"), &out.stop.patience}};
    for (const auto &[value, to] : counts) {
      if (!value)
        return value.error();
      *to = *value;
    }
    out.spread = request.spread == "random" ? Spread::random : request.spread == "bayes" ? Spread::bayes : Spread::sobol;
    const Objective &objective = *descriptor.objective;
    out.loss = {objective.display, objective.maximise};
    if (request.stop.loss >= 0)
      out.stop.loss = objective.maximise ? -scalars[request.stop.loss] : scalars[request.stop.loss];
    out.stop.tolerance = number(request.stop.tolerance, 0);
    out.stop.parameters = number(request.stop.parameters, 0);
    out.stop.gradient = number(request.stop.gradient, 0);
    out.stop.time_s = number(request.stop.time, 0) * 1e-3;
    return {};
  }

  Simulation &simulation;
  const Descriptor &descriptor;
  const FitRequest &request;
  std::vector<double> scalars;
};

} // namespace

Result<FitProblem> fitProblem(Simulation &simulation) {
  if (!simulation.program().descriptor.fit)
    return inputError("the experiment has no fit", "write one: `fit NAME in [low, high] by METHOD()`");
  Result<std::vector<double>> scalars = simulation.scalars();
  if (!scalars)
    return scalars.error();
  return Reading(simulation, std::move(*scalars)).read();
}

Result<std::vector<size_t>> gradientsOf(const Descriptor &d) {
  std::vector<size_t> out;
  for (const FitParameter &p : d.fit->parameters) {
    const size_t before = out.size();
    for (size_t g = 0; d.gradient && g < d.gradient->parameters.size(); ++g)
      if (d.gradient->parameters[g].scalar == p.scalar && d.gradient->parameters[g].array == p.array) {
        out.push_back(g);
        break;
      }
    if (out.size() == before)
      return inputError(fmt::format("the program has no derivative by `{}`, and {} goes down the gradient", p.name, d.fit->method),
                        "take a method without gradients, such as cma_es or nelder_mead");
  }
  return out;
}

} // namespace bdc::runtime
