// Derivatives along directions of bdc::Simulation, in the user's units: a second simulation, of the program that carries tangents.
#include "compiler/api/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace bdc {

namespace {

Error nothingAskedFor() {
  return Error(runtime::inputError("the experiment says nothing that the objective is differentiated by", "write `fit NAME in [low, high] by adam()`"));
}

} // namespace

Result<runtime::Simulation *> Simulation::Body::startForward() {
  if (Status has = needsObjective(); !has)
    return has.error();
  if (Status fits = start(); !fits)
    return fits.error();
  if (!compileOptions.forward) {
    if (Status ready = add(forward, Mode::forward); !ready)
      return ready.error();
    forward->standBeside(*simulation);
  }
  runtime::Simulation *carrying = compileOptions.forward ? simulation.get() : forward.get();
  if (!carrying->program().descriptor.tangent)
    return nothingAskedFor();
  return carrying;
}

Result<runtime::Simulation *> Simulation::Body::startSecond() {
  if (Status has = needsObjective(); !has)
    return has.error();
  if (Status fits = start(); !fits)
    return fits.error();
  if (Status ready = add(second, Mode::second); !ready)
    return ready.error();
  second->standBeside(*simulation);
  if (!second->program().descriptor.tangent)
    return nothingAskedFor();
  return second.get();
}

Status Simulation::Body::add(std::unique_ptr<runtime::Simulation> &other, Mode mode) {
  if (other)
    return {};
  const auto begin = std::chrono::steady_clock::now();
  const bool isMade = mode == Mode::forward && program->followed && compileOptions.separate == program->options.separate;
  const Result<Code> made = isMade ? Result<Code>(*program->followed) : makeCode(*program, compileOptions, mode);
  if (!made)
    return made.error();
  auto fresh = runtime::Simulation::create(made->program, options);
  if (!fresh)
    return Error(std::move(fresh.error()));
  extraSeconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  for (const rules::SetValue &value : sets)
    if (Status done = lift((*fresh)->set(program->program->scalars[value.scalar].path, value.value)); !done)
      return done;
  for (const auto &[name, values] : elements)
    if (Status done = lift((*fresh)->setElements(name, values)); !done)
      return done;
  other = std::move(*fresh);
  return {};
}

Result<runtime::Direction> Simulation::Body::directionOf(runtime::Simulation &forward, std::span<const Direction> directions) {
  const runtime::Descriptor &d = forward.program().descriptor;
  runtime::Direction result(d.tangent->parameters.size());
  std::vector<std::string_view> names;
  std::vector<std::string> shown;
  for (const runtime::Tangent::Parameter &parameter : d.tangent->parameters)
    shown.push_back(runtime::shownGradient(d, parameter.name, parameter.scalar, parameter.array).name);
  names.assign(shown.begin(), shown.end());
  for (const Direction &direction : directions) {
    const auto at = std::find(names.begin(), names.end(), direction.name);
    if (at == names.end()) {
      const std::string help = diag::didYouMeanHelp(direction.name, names);
      return Error(runtime::inputError(fmt::format("the objective is not differentiated by `{}`", direction.name),
                                       help.empty() ? fmt::format("there is {}", fmt::join(names, ", ")) : help));
    }
    const runtime::Tangent::Parameter &parameter = d.tangent->parameters[at - names.begin()];
    const bool isScalar = parameter.scalar >= 0;
    if (isScalar && direction.values.size() != 1)
      return Error(runtime::inputError(fmt::format("`{}` is one number, and {} were given", direction.name, direction.values.size())));
    const double factor = (isScalar ? d.scalars[parameter.scalar].display : d.arrays[parameter.array].display).factor;
    std::vector<double> &coherent = result[at - names.begin()];
    if (!coherent.empty())
      return Error(runtime::inputError(fmt::format("`{}` is moved twice", direction.name), "one direction says how fast each of them moves"));
    for (const double value : direction.values)
      coherent.push_back(value / factor);
    if (!isScalar && coherent.size() == 1) { // of each element
      const runtime::Result<std::vector<double>> start = forward.startElements(d.arrays[parameter.array].name);
      if (!start)
        return Error(start.error());
      coherent.assign(start->size(), coherent.front());
    }
  }
  return result;
}

Result<DirectionalDerivative> Simulation::derivativeAlong(std::span<const Direction> directions, bool withCurves) {
  const Result<runtime::Simulation *> forward = body->startForward();
  if (!forward)
    return forward.error();
  const Result<runtime::Direction> direction = body->directionOf(**forward, directions);
  if (!direction)
    return direction.error();
  runtime::Result<runtime::TangentResult> result = (*forward)->derivativeAlong(*direction, withCurves);
  if (!result)
    return Error(result.error());
  if (result->interrupted)
    return Error({runtime::ErrorKind::interrupted, "interrupted before the derivative was known", {}});
  const runtime::Objective &objective = *(*forward)->program().descriptor.objective;
  const double sign = objective.maximise ? -1 : 1;
  return DirectionalDerivative{objective.display(sign * result->loss), sign * objective.display.factor * result->change, objective.display.unit,
                               result->run_s, std::move(result->curves)};
}

Result<HessianProduct> Simulation::hessianProduct(std::span<const Direction> directions, const GradientOptions &options) {
  const Result<runtime::Simulation *> second = body->startSecond();
  if (!second)
    return second.error();
  const Result<runtime::Direction> direction = body->directionOf(**second, directions);
  if (!direction)
    return direction.error();
  runtime::Result<runtime::GradientResult> result = (*second)->hessianProduct(*direction, options);
  if (!result)
    return Error(result.error());
  if (result->interrupted)
    return Error({runtime::ErrorKind::interrupted, "interrupted before the product was known", {}});
  const runtime::Objective &objective = *(*second)->program().descriptor.objective;
  const double sign = objective.maximise ? -1 : 1;
  Result<Gradient> product = Body::shown(**second, *result);
  if (!product)
    return product.error();
  return HessianProduct{sign * objective.display.factor * result->change, std::move(*product)};
}

Result<RunState> Simulation::runSensitivities() {
  if (body->program->program->experiment.sensitivities.empty())
    return RunState::done;
  if (Status ready = body->add(body->forward, Mode::forward); !ready)
    return ready.error();
  const size_t parameters = body->forward->program().descriptor.tangent->parameters.size();
  for (size_t parameter = 0; parameter < parameters; ++parameter) {
    Result<RunState> state = lift(body->forward->sensitivity(parameter, *body->simulation));
    if (!state || *state == RunState::interrupted)
      return state;
  }
  return RunState::done;
}

const std::deque<SensitivityCurve> &Simulation::sensitivities() const { return body->simulation->sensitivities(); }

Result<Gradient> Simulation::forwardGradient() {
  const Result<runtime::Simulation *> forward = body->startForward();
  if (!forward)
    return forward.error();
  const runtime::Descriptor &d = (*forward)->program().descriptor;
  const double sign = d.objective->maximise ? -1 : 1;
  Gradient gradient;
  int64_t runs = 0;
  runtime::Direction direction(d.tangent->parameters.size());
  for (size_t p = 0; p < direction.size(); ++p) {
    const runtime::Tangent::Parameter &parameter = d.tangent->parameters[p];
    const runtime::ShownGradient shown = runtime::shownGradient(d, parameter.name, parameter.scalar, parameter.array);
    Result<Derivative> made = Body::derivativeBy(**forward, shown, parameter.array);
    if (!made)
      return made.error();
    Derivative &derivative = *made;
    derivative.values = {1};
    if (!derivative.isScalar) {
      const runtime::Result<std::vector<double>> start = (*forward)->startElements(d.arrays[parameter.array].name);
      if (!start)
        return Error(start.error());
      derivative.values.resize(start->size());
    }
    for (size_t i = 0; i < derivative.values.size(); ++i, ++runs) {
      direction[p].assign(derivative.values.size(), 0.0);
      direction[p][i] = 1;
      const runtime::Result<runtime::TangentResult> result = (*forward)->derivativeAlong(direction);
      if (!result)
        return Error(result.error());
      if (result->interrupted)
        return Error({runtime::ErrorKind::interrupted, "interrupted before the gradient was known", {}});
      gradient.objective = d.objective->display(sign * result->loss);
      gradient.forward_s += result->run_s;
      derivative.values[i] = sign * shown.factor * result->change;
    }
    direction[p].clear();
    gradient.derivatives.push_back(std::move(derivative));
  }
  gradient.unit = d.objective->display.unit;
  gradient.way = fmt::format("forward mode: {} run{} with tangents{}", runs, runs == 1 ? "" : "s", d.unseenText());
  return gradient;
}

} // namespace bdc
