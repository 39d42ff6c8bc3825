// Objectives and gradients of bdc::Simulation, in the user's units.
#include "compiler/api/body.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc {

Status Simulation::Body::needsObjective() const {
  if (program->program->experiment.objective)
    return {};
  return Error(runtime::inputError(fmt::format("experiment {} has no objective", program->program->experiment.name),
                                   "write one: `minimise …`, of what is recorded"));
}

Result<double> Simulation::objective() {
  if (Status has = body->needsObjective(); !has)
    return has.error();
  if (Status fits = body->start(); !fits)
    return fits.error();
  const runtime::Result<double> loss = body->simulation->objective();
  if (!loss)
    return Error(loss.error());
  const runtime::Objective &objective = *body->code->descriptor.objective;
  return objective.display(objective.maximise ? -*loss : *loss);
}

Result<Derivative> Simulation::Body::derivativeBy(runtime::Simulation &of, const runtime::ShownGradient &shown, int array) {
  Derivative derivative{shown.name, shown.unit, {}, array < 0};
  if (array < 0)
    return derivative;
  runtime::Result<runtime::Places> places = of.places(of.program().descriptor.arrays[array].name);
  if (!places)
    return Error(places.error());
  derivative.places = std::move(*places);
  return derivative;
}

Result<Gradient> Simulation::Body::shown(runtime::Simulation &of, runtime::GradientResult &result) {
  const runtime::Descriptor &d = of.program().descriptor;
  const double sign = d.objective->maximise ? -1 : 1;
  Gradient gradient{d.objective->display(sign * result.loss), d.objective->display.unit, {}, result.plan.text() + d.unseenText(), result.forward_s, result.backward_s};
  for (size_t p = 0; p < result.gradient.size(); ++p) {
    const runtime::ShownGradient shown = runtime::shownGradient(d, p);
    Result<Derivative> derivative = derivativeBy(of, shown, d.gradient->parameters[p].array);
    if (!derivative)
      return derivative.error();
    for (const double value : result.gradient[p])
      derivative->values.push_back(sign * shown.factor * value);
    gradient.derivatives.push_back(std::move(*derivative));
  }
  return gradient;
}

Result<Gradient> Simulation::gradient(const GradientOptions &options) {
  if (Status has = body->needsObjective(); !has)
    return has.error();
  const runtime::Descriptor &d = body->code->descriptor;
  if (body->compileOptions.forward)
    return Error(runtime::inputError("the program was compiled for forward mode, which has no way back", "CompileOptions::forward = false; or ask for `forwardGradient`"));
  if (!d.gradient)
    return Error(runtime::inputError("the experiment says nothing that the objective is differentiated by", "write `fit NAME in [low, high] by adam()`"));
  if (Status fits = body->start(); !fits)
    return fits.error();
  runtime::Result<runtime::GradientResult> result = body->simulation->gradient(options);
  if (!result)
    return Error(result.error());
  if (result->interrupted)
    return Error({runtime::ErrorKind::interrupted, "interrupted before the gradient was known", {}});
  return Body::shown(*body->simulation, *result);
}

Result<GradientCheck> Simulation::checkGradient(const GradientOptions &options) {
  if (Result<Gradient> gradient = this->gradient(options); !gradient) // says what is missing, in words
    return gradient.error();
  const Result<runtime::Simulation *> forward = body->startForward();
  if (!forward && forward.error().diagnostics.empty())
    return forward.error();
  const auto along = [&](size_t parameter, const std::vector<double> &direction) -> runtime::Result<double> {
    runtime::Direction all((*forward)->program().descriptor.tangent->parameters.size());
    all[parameter] = direction; // both have what the experiment fits, in its order
    (*forward)->standBeside(*body->simulation);
    const runtime::Result<runtime::TangentResult> result = (*forward)->derivativeAlong(all);
    if (!result)
      return result.error();
    body->simulation->standBeside(**forward);
    return result->change;
  };
  runtime::Result<GradientCheck> check = runtime::checkGradient(*body->simulation, options, forward ? along : runtime::AlongParameter());
  if (!check)
    return Error(check.error());
  if (!forward)
    check->withoutForward = forward.error().diagnostics.front().message;
  return std::move(*check);
}

} // namespace bdc
