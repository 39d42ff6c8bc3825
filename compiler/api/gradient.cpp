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
  const double sign = d.objective->maximise ? -1 : 1;
  Gradient gradient{d.objective->display(sign * result->loss), d.objective->display.unit, {}, result->plan.text(), result->forward_s, result->backward_s};
  for (size_t p = 0; p < result->gradient.size(); ++p) {
    const runtime::ShownGradient shown = runtime::shownGradient(d, p);
    Derivative derivative{shown.name, shown.unit, std::move(result->gradient[p]), d.gradient->parameters[p].scalar >= 0};
    if (const int array = d.gradient->parameters[p].array; array >= 0) {
      runtime::Result<runtime::Places> places = body->simulation->places(d.arrays[array].name);
      if (!places)
        return Error(places.error());
      derivative.places = std::move(*places);
    }
    for (double &value : derivative.values)
      value *= sign * shown.factor;
    gradient.derivatives.push_back(std::move(derivative));
  }
  return gradient;
}

Result<GradientCheck> Simulation::checkGradient(const GradientOptions &options) {
  if (Result<Gradient> gradient = this->gradient(options); !gradient) // says what is missing, in words
    return gradient.error();
  // The weights of connections have a derivative backwards alone.
  const runtime::Descriptor &d = body->simulation->program().descriptor;
  if (std::any_of(d.gradient->parameters.begin(), d.gradient->parameters.end(),
                  [&](const runtime::GradientParameter &each) { return d.weightsOf(each.array) >= 0; })) {
    runtime::Result<GradientCheck> check = runtime::checkGradient(*body->simulation, options);
    return check ? Result<GradientCheck>(std::move(*check)) : Error(check.error());
  }
  const Result<runtime::Simulation *> forward = body->startForward();
  if (!forward)
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
  runtime::Result<GradientCheck> check = runtime::checkGradient(*body->simulation, options, along);
  if (!check)
    return Error(check.error());
  return std::move(*check);
}

} // namespace bdc
