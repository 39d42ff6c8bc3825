// Writes out the region of an ode, once per stage.
#include "compiler/integrate/methods.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace bdc::compiler {

Stages::Stages(OpBuilder &builder, step::OdeOp ode, ValueRange states, ValueRange held)
    : states(states), build(builder, ode.getLoc()), ode(ode), held(held) {}

Value Stages::stepSize() {
  FlatSymbolRefAttr every = ode.getEveryAttr();
  if (!every)
    return build.stepSize();
  Value steps = step::ReadOp::create(build.builder, ode.getLoc(), bd::quantityType(ode.getContext(), {}), every);
  return build.mul(steps, build.stepSize());
}

/// An ode of several steps at once ends where the last of them does.
Value Stages::stageTime(double part) {
  Value time = build.time();
  if (ode.getEvery())
    time = build.sub(build.add(time, build.stepSize()), stepSize());
  return part == 0 ? time : build.add(time, build.mul(build.constant(part), stepSize()));
}

SmallVector<Value> Stages::derivatives(ArrayRef<Value> at, double part) {
  Block &body = ode.getBody().front();
  IRMapping mapping;
  SmallVector<Value> inputs(at);
  llvm::append_range(inputs, held);
  for (auto [argument, input] : llvm::zip_equal(body.getArguments(), inputs))
    mapping.map(argument, input);
  for (Operation &op : body.without_terminator()) {
    auto time = dyn_cast<bd::TimeOp>(op);
    if (auto noise = dyn_cast<bd::WhiteOp>(op))
      mapping.map(noise.getResult(), white ? white(noise) : build.div(deviate(noise), rootOfStep()));
    else if (time && !time.getHeld() && (part != 0 || ode.getEvery()))
      mapping.map(time.getResult(), stageTime(part));
    else
      build.builder.clone(op, mapping);
  }
  SmallVector<Value> rates;
  for (Value rate : body.getTerminator()->getOperands())
    rates.push_back(mapping.lookupOrDefault(rate));
  return rates;
}

Value Stages::scaled(Value value, Value factor) {
  Operation *op = value.getDefiningOp();
  if (auto div = dyn_cast_or_null<bd::DivOp>(op); div && dependence.isInvariant(div.getRhs()))
    return scaled(div.getLhs(), build.div(factor, div.getRhs()));
  if (auto neg = dyn_cast_or_null<bd::NegOp>(op))
    return scaled(neg.getOperand(), build.neg(factor));
  if (auto mul = dyn_cast_or_null<bd::MulOp>(op)) {
    if (dependence.isInvariant(mul.getLhs()))
      return scaled(mul.getRhs(), build.mul(factor, mul.getLhs()));
    if (dependence.isInvariant(mul.getRhs()))
      return scaled(mul.getLhs(), build.mul(factor, mul.getRhs()));
  }
  return build.mul(value, factor);
}

} // namespace bdc::compiler
