#include "frontend/rules/methods.h"

#include <fmt/format.h>

namespace bdc::rules {

namespace {

/// Where `white` is read in an expression, itself or through a plain value; null where it is not.
const Expr *whiteIn(const Model &model, const Expr *expr) {
  const Expr *found = nullptr;
  anyNode(expr, [&](const Expr &e) {
    if (e.op == Op::White)
      found = &e;
    else if (e.op == Op::Variable && model.variables[e.index].noisy)
      found = whiteIn(model, model.variables[e.index].value);
    return found != nullptr;
  });
  return found;
}

/// Noise in the equations of a population: its model's own, or what white noise adds to an input. The states of a `noise` have a method of
/// their own, so that Ornstein–Uhlenbeck's process suits every method.
std::optional<Range> noiseOf(const Program &program, int population) {
  const Model &model = program.models[program.populations[population].use.model];
  for (const Variable &variable : model.variables)
    if (const Expr *white = whiteIn(model, variable.derivative))
      return white->range;
  for (const Disturbance &disturbance : program.disturbances) {
    const Model &noise = program.models[disturbance.noise.model];
    for (const Variable &variable : noise.variables)
      if (disturbance.population == population && variable.role == VariableRole::Output && whiteIn(noise, variable.value))
        return disturbance.range;
  }
  return std::nullopt;
}

} // namespace

void checkMethods(const Program &program, diag::Engine &engine) {
  bool reported = false; // the experiment's method once
  for (size_t i = 0; i < program.populations.size(); ++i) {
    const Population &population = program.populations[i];
    bool own = !population.method.empty();
    const std::string &method = own ? population.method : program.experiment.method;
    bool deterministic = method == "euler" || method == "midpoint" || method == "rk4";
    if (!deterministic || population.use.model < 0 || (!own && reported))
      continue;
    std::optional<Range> noise = noiseOf(program, int(i));
    if (!noise)
      continue;
    reported |= !own;
    engine
        .report(diag::Kind::UnfitMethod, own ? population.methodRange : program.experiment.methodRange,
                fmt::format("`{}` is a method for equations without noise, and `{}` has some", method, population.name))
        .also(*noise, "the noise")
        .withHelp("with noise there are heun (Stratonovich), and exponential_euler, euler_maruyama and milstein (Itô)");
  }
}

} // namespace bdc::rules
