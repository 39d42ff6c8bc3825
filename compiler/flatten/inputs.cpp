// What drives an input: drives and the effects of projections.
#include "compiler/flatten/emitter.h"

using namespace mlir;
using bdc::bd::Comparison;

namespace bdc::compiler::flatten {

Value Emitter::input(Population &population, StringAttr name, Operation *user) {
  auto [place, isNew] = inputs.try_emplace({&population, name}, Value());
  if (!isNew) {
    if (!place->second)
      user->emitOpError() << "the input " << name << " depends on itself";
    return place->second;
  }
  Value sum;
  bool failed = false;
  auto add = [&](Value term, Location loc) {
    failed |= !term;
    sum = !term || !sum ? term : build(loc).add(sum, term);
  };
  for (Drive &each : population.drives)
    if (!failed && each.op.getInputAttr().getAttr() == name)
      add(drive(each, population), each.op.getLoc());
  for (Group &each : population.groups)
    if (!failed && each.input == name)
      add(effect(each), each.first.getLoc());
  for (Coupling *each : population.couplings)
    if (!failed && each->op.getInputAttr().getAttr() == name)
      add(get(each->felt, user->getResult(0).getType(), each->op.getLoc()), each->op.getLoc());
  for (Disturbance &each : population.disturbances)
    if (!failed && each.op.getInputAttr().getAttr() == name)
      add(disturbance(each), each.op.getLoc());
  if (failed)
    return Value();
  if (!sum) {
    auto type = cast<bd::QuantityType>(user->getResult(0).getType());
    sum = build(user->getLoc()).constant(0, type.getDimension());
  }
  return inputs[{&population, name}] = sum;
}

/// What superposes is zero where nothing arrives; what does not may act without an event, and acts on the targets of the projection alone.
Value Emitter::effect(Group &group) {
  Value result;
  if (group.effect.model) {
    result = value(findOutput(group.effect.model, "").getValue(), &group.effect);
  } else {
    auto outputs = group.synapse.model.getBody().getOps<bd::OutputOp>();
    result = value((*outputs.begin()).getValue(), &group.synapse);
  }
  if (!result || group.first.getSuperposes())
    return result;
  return within(group.first.getTargetSlice(), result, group.first.getLoc());
}

Value Emitter::disturbance(Disturbance &disturbance) {
  return value(findOutput(disturbance.noise.model, "").getValue(), &disturbance.noise);
}

Value Emitter::drive(Drive &drive, Population &population) {
  bd::DriveOp op = drive.op;
  Clock outer = clock;
  if (clock == Clock::Stage)
    clock = Clock::Held;
  Value result;
  if (drive.values)
    result = get(drive.values, op.getValue().front().getTerminator()->getOperand(0).getType(), op.getLoc());
  else
    result = value(op.getValue(), nullptr);
  if (result)
    result = window(op, result);
  if (result)
    result = within(op.getSlice(), result, op.getLoc());
  clock = outer;
  return result;
}

/// Nothing before `from` and from `to` on; times are met to half a step, so that rounding of t moves no edge.
Value Emitter::window(bd::DriveOp op, Value result) {
  bd::ScalarBuilder make = build(op.getLoc());
  auto edge = [&](Region &region, Comparison comparison) {
    Value at = value(region, nullptr);
    if (!at)
      return Value();
    Value inTime = make.compare(comparison, time(op.getLoc()), make.sub(at, make.mul(make.constant(0.5), make.stepSize())));
    inTime.getDefiningOp()->setAttr("step.window", make.builder.getUnitAttr());
    return inTime;
  };
  Value inside;
  for (auto [region, comparison] : {std::pair(&op.getFrom(), Comparison::GE), std::pair(&op.getTo(), Comparison::LT)}) {
    if (region->empty())
      continue;
    Value condition = edge(*region, comparison);
    if (!condition)
      return Value();
    inside = inside ? make.both(inside, condition) : condition;
  }
  return inside ? make.select(inside, result, make.constant(0, bd::dimensionOf(result))) : result;
}

/// Nothing outside of the elements first, first + stride, … before last.
Value Emitter::within(Region &slice, Value result, Location loc) {
  if (slice.empty())
    return result;
  FailureOr<SmallVector<Value>> bounds = values(slice, nullptr);
  if (failed(bounds))
    return Value();
  bd::ScalarBuilder make = build(loc);
  Value index = make.index(), first = (*bounds)[0], stride = (*bounds)[2];
  Value inside = make.both(make.compare(Comparison::GE, index, first), make.compare(Comparison::LT, index, (*bounds)[1]));
  if (bd::constantOf(stride) != 1.0) {
    Value rest = make.fn(bd::Fn::Mod, {make.sub(index, first), stride});
    inside = make.both(inside, make.compare(Comparison::EQ, rest, make.constant(0)));
  }
  return make.select(inside, result, make.constant(0, bd::dimensionOf(result)));
}

} // namespace bdc::compiler::flatten
