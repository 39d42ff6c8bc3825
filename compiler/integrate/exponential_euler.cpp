// Exponential Euler: x + dt·φ(dt·J)·f with φ(z) = (eᶻ − 1)/z and J = ∂f/∂x of the variable itself.
//
// Where J depends on parameters alone, φ(dt·J) does too and leaves the loop: a pure decay −x/τ becomes one multiply-add with a constant
// made outside, an equation that is linear in x costs what Euler costs. The increment is never formed as x·e^(dt·J), which in f32 would
// lose the decay of slow variables in the rounding of a number near one.
#include "compiler/integrate/methods.h"

using namespace mlir;

namespace bdc::compiler {

static bool isZero(Value value) { return bd::constantOf(value) == 0.0; }

/// The state after the step, given its derivative; null after an error.
static Value advance(Stages &stages, unsigned index, Value rate) {
  bd::ScalarBuilder &build = stages.build;
  Value state = stages.states[index];
  if (isZero(rate))
    return state;
  // A derivative that is zero in one branch (a held state) leaves the state as it is there, without another φ.
  if (auto select = rate.getDefiningOp<bd::SelectOp>(); select && (isZero(select.getThen()) || isZero(select.getOtherwise()))) {
    Value then = advance(stages, index, select.getThen());
    Value otherwise = then ? advance(stages, index, select.getOtherwise()) : Value();
    // A condition that depends on the state itself changes nothing: the slope of a select is that of the branch taken.
    return otherwise ? build.select(select.getCondition(), then, otherwise) : Value();
  }
  Derivative slope = derivative(rate, state, build);
  if (slope.obstacle) {
    InFlightDiagnostic error = stages.ode.emitOpError()
                               << "exponential_euler needs the derivative of the equation of state " << index << " with respect to it";
    error.attachNote(slope.obstacle->getLoc()) << "this operation has none; use another method, such as rk4";
    return Value();
  }
  Value dt = stages.stepSize();
  if (!slope.value || isZero(slope.value))
    return build.add(state, stages.scaled(rate, dt));
  Value phi = build.fn(bd::Fn::Exprel, stages.scaled(slope.value, dt));
  if (stages.dependence.isInvariant(phi))
    return build.add(state, stages.scaled(rate, build.mul(dt, phi)));
  return build.add(state, build.mul(phi, stages.scaled(rate, dt)));
}

/// The increment of noise: sqrt(φ(2·dt·J)·dt)·g·N for each process, which makes a linear equation's variance exact.
static Value disturb(Stages &stages, unsigned index, Value rate, const Stages::Diffusion &diffusion, Value next) {
  bd::ScalarBuilder &build = stages.build;
  Derivative slope = derivative(rate, stages.states[index], build);
  Value root = stages.rootOfStep();
  if (slope.value && !isZero(slope.value)) {
    Value twice = build.mul(build.constant(2), stages.scaled(slope.value, stages.stepSize()));
    root = build.mul(build.power(build.fn(bd::Fn::Exprel, twice), units::Rational(1, 2)), root);
  }
  for (auto [op, factor] : llvm::zip(diffusion.noises, diffusion.factors[index]))
    if (factor)
      next = build.add(next, build.mul(build.mul(root, factor), stages.deviate(op)));
  return next;
}

FailureOr<SmallVector<Value>> exponentialEuler(Stages &stages) {
  Stages::Diffusion diffusion;
  bool stochastic = !stages.noises().empty();
  if (stochastic) {
    FailureOr<Stages::Diffusion> found = stages.diffusion();
    if (failed(found))
      return failure();
    diffusion = *found;
  }
  SmallVector<Value> next;
  for (auto [index, rate] : llvm::enumerate(stages.drift(0))) {
    next.push_back(advance(stages, index, rate));
    if (!next.back())
      return failure();
    if (stochastic)
      next.back() = disturb(stages, index, rate, diffusion, next.back());
  }
  return next;
}

} // namespace bdc::compiler
