#include "frontend/rules/methods.h"

#include "frontend/rules/reads.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

namespace {

/// Noise in the equations of a population: its model's own, or what white noise adds to an input. The states of a `noise` have a
/// method of their own, so that Ornstein–Uhlenbeck's process suits every method.
std::optional<Range> noiseOf(const Program &program, int population) {
  const Model &model = program.models[program.populations[population].use.model];
  for (const Variable &variable : model.variables)
    if (const Expr *white = whiteIn(model, variable.derivative))
      return white->range;
  for (const Disturbance &disturbance : program.disturbances) {
    const Model &noise = program.models[disturbance.noise.model];
    if (disturbance.population == population && isWhite(noise))
      return disturbance.range;
  }
  return std::nullopt;
}

/// What one white disturbance must not reach.
class WhiteInput {
public:
  WhiteInput(const Program &program, const Disturbance &disturbance, diag::Engine &engine)
      : program(program),
        disturbance(disturbance),
        model(program.models[program.populations[disturbance.population].use.model]),
        engine(engine) {}

  void check() {
    for (const Coupling &coupling : program.couplings) {
      if (coupling.source == disturbance.population)
        judge(coupling.value, coupling.range, "what is coupled");
      if (coupling.target == disturbance.population)
        judge(coupling.own, coupling.range, "what is coupled");
    }
    for (const Variable &variable : model.variables) {
      past(variable.value);
      past(variable.derivative);
    }
    for (const Handler &handler : model.handlers) { // what they read now is judged where the noise is declared
      past(handler.condition);
      for (const Action &action : handler.actions)
        past(action.value);
    }
    for (const Observer &observer : program.observers)
      if (observer.population == disturbance.population)
        judge(observer.value, observer.range, "what is observed");
    program.experiment.eachQuantity([&](const Quantity &what, const Expr *, Range range) { quantity(what, range); });
  }

private:
  /// What a plain value was is kept, which white noise in it cannot be.
  void past(const Expr *expr) {
    anyNode(expr, [&](const Expr &e) {
      if (e.op == Op::Past)
        judge(model.variables[e.index].value, e.range, fmt::format("the past of {}", model.variables[e.index].name));
      return false;
    });
  }
  void quantity(const Quantity &what, Range range) {
    if (what.population == disturbance.population && what.observer < 0 && what.projection < 0)
      judge(what.value, range, fmt::format("`{}`", what.text));
  }
  void judge(const Expr *value, Range range, const std::string &what) {
    if (!readsInput(model, value, disturbance.input))
      return;
    engine.report(diag::Kind::MisplacedNoise, range, fmt::format("{} reads white noise, which has no value at one time", what))
        .also(disturbance.range, fmt::format("it is added to {} here", model.variables[disturbance.input].name))
        .withHelp("read a state that it drives; `OrnsteinUhlenbeck` has values");
  }

  const Program &program;
  const Disturbance &disturbance;
  const Model &model;
  diag::Engine &engine;
};

} // namespace

const std::vector<Integrator> &integrators() {
  static const std::vector<Integrator> all = {{"exponential_euler", true}, {"euler", false}, {"midpoint", false}, {"heun", true},
                                              {"rk4", false}, {"euler_maruyama", true}, {"milstein", true}};
  return all;
}

void checkNoise(const Program &program, diag::Engine &engine) {
  for (const Disturbance &disturbance : program.disturbances)
    if (isWhite(program.models[disturbance.noise.model]))
      WhiteInput(program, disturbance, engine).check();
}

void checkMethods(const Program &program, diag::Engine &engine) {
  bool reported = false; // the experiment's method once
  for (size_t i = 0; i < program.populations.size(); ++i) {
    const Population &population = program.populations[i];
    bool own = !population.method.empty();
    const std::string &method = own ? population.method : program.experiment.method;
    auto isFit = [&](const Integrator &integrator) { return integrator.takesNoise && integrator.name == method; };
    if (method.empty() || std::any_of(integrators().begin(), integrators().end(), isFit) || population.use.model < 0 || (!own && reported))
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
