// Stochastic methods: what a step makes of white noise.
//
// Over a step of length dt white noise integrates to sqrt(dt)·N(0, 1). The methods of Runge–Kutta's kind see it as the constant N/sqrt(dt):
// one stage is Euler–Maruyama (Itô), Heun's two stages average drift and diffusion (Stratonovich). Kloeden & Platen (1992), chapters 9 to 11.
#include "compiler/integrate/methods.h"

using namespace mlir;

namespace bdc::compiler {

SmallVector<bd::WhiteOp> Stages::noises() {
  SmallVector<bd::WhiteOp> found;
  for (auto op : ode.getBody().front().getOps<bd::WhiteOp>())
    if (llvm::none_of(found, [&](bd::WhiteOp other) { return isSame(op, other); }))
      found.push_back(op);
  return found;
}

bool Stages::isSame(bd::WhiteOp a, bd::WhiteOp b) { return a.getPurposeAttr() == b.getPurposeAttr() && a.getDraw() == b.getDraw(); }

/// N(0, 1), one for all stages.
Value Stages::deviate(bd::WhiteOp op) {
  for (auto &[known, value] : deviates)
    if (isSame(known, op))
      return value;
  Type pure = bd::quantityType(op.getContext(), {});
  auto random = bd::RandomOp::create(build.builder, op.getLoc(), pure, bd::Distribution::Normal,
                                     ValueRange{build.constant(0), build.constant(1)}, op.getPurpose().value_or("white"), op.getDraw());
  deviates.push_back({op, random.getResult()});
  return random;
}

/// sqrt(dt).
Value Stages::rootOfStep() { return build.power(stepSize(), units::Rational(1, 2)); }

FailureOr<Stages::Diffusion> Stages::diffusion() {
  Diffusion result;
  result.noises = noises();
  SmallVector<Value> standIns;
  for (bd::WhiteOp op : result.noises)
    standIns.push_back(build.builder.clone(*op)->getResult(0));
  white = [&](bd::WhiteOp op) {
    for (auto [known, value] : llvm::zip(result.noises, standIns))
      if (isSame(known, op))
        return value;
    llvm_unreachable("every noise is listed");
  };
  SmallVector<Value> rates = derivatives(states, 0);
  white = {};
  for (Value rate : rates) {
    SmallVector<Value> &row = result.factors.emplace_back();
    for (auto [op, standIn] : llvm::zip(result.noises, standIns)) {
      Derivative factor = derivative(rate, standIn, build);
      bool linear = !factor.obstacle;
      for (Value other : standIns)
        if (linear && factor.value) {
          Derivative second = derivative(factor.value, other, build);
          linear = !second.obstacle && (!second.value || bd::constantOf(second.value) == 0.0);
        }
      if (!linear)
        return op.emitOpError() << "white noise must enter a derivative linearly: f + g * white";
      row.push_back(factor.value);
    }
  }
  return result;
}

SmallVector<Value> Stages::drift(double part) {
  white = [&](bd::WhiteOp op) { return build.constant(0, bd::dimensionOf(op.getResult())); };
  SmallVector<Value> rates = derivatives(states, part);
  white = {};
  return rates;
}

/// What Milstein adds to the equation of state `index`: ½·dt·(N² − 1)·Σ g_k·∂g/∂x_k over the states k, for each process. Failure where two
/// processes meet, whose double integrals would be needed.
static FailureOr<Value> secondOrder(Stages &stages, const Stages::Diffusion &diffusion, unsigned index, Value next) {
  bd::ScalarBuilder &build = stages.build;
  for (auto [process, op] : llvm::enumerate(diffusion.noises)) {
    Value factor = diffusion.factors[index][process];
    if (!factor)
      continue;
    for (auto [other, state] : llvm::enumerate(stages.states)) {
      Derivative slope = derivative(factor, state, build);
      bool flat = !slope.obstacle && (!slope.value || bd::constantOf(slope.value) == 0.0);
      for (auto [meeting, through] : llvm::enumerate(diffusion.factors[other])) {
        if (flat || !through)
          continue;
        if (slope.obstacle || meeting != process)
          return stages.ode.emitOpError() << "milstein needs noise in which no process changes how strongly another acts; use heun or "
                                             "euler_maruyama";
        Value deviate = stages.deviate(op);
        Value excess = build.sub(build.mul(deviate, deviate), build.constant(1));
        Value half = build.mul(build.constant(0.5), stages.stepSize());
        next = build.add(next, build.mul(build.mul(build.mul(through, slope.value), excess), half));
      }
    }
  }
  return next;
}

/// Milstein (1974): Euler–Maruyama, and the term of order dt of the Itô–Taylor expansion.
FailureOr<SmallVector<Value>> milstein(Stages &stages) {
  FailureOr<Stages::Diffusion> diffusion = stages.diffusion();
  if (failed(diffusion))
    return failure();
  bd::ScalarBuilder &build = stages.build;
  SmallVector<Value> next, rates = stages.drift(0);
  for (auto [index, rate] : llvm::enumerate(rates)) {
    Value value = build.add(stages.states[index], stages.scaled(rate, stages.stepSize()));
    for (auto [op, factor] : llvm::zip(diffusion->noises, diffusion->factors[index]))
      if (factor)
        value = build.add(value, stages.scaled(build.mul(factor, stages.deviate(op)), stages.rootOfStep()));
    FailureOr<Value> finished = secondOrder(stages, *diffusion, index, value);
    if (failed(finished))
      return failure();
    next.push_back(*finished);
  }
  return next;
}

} // namespace bdc::compiler
