// Conditions at the end of a step, and what they set off.
#include "compiler/flatten/loop_builder.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace bdc::compiler::flatten {

/// All conditions are tested on the states at the end of the step, and on inputs as they are then: drives at that time, effects and noise
/// from the states at the end, couplings as they were held. Then the actions happen, in the order written. A condition fires where it holds
/// and did not at the end of the step before, before the actions and after them; while a state of the model is held, it neither holds nor did.
LogicalResult LoopBuilder::test(Population &population) {
  auto handlers = llvm::to_vector(population.instance.model.getBody().getOps<bd::OnOp>());
  if (handlers.empty())
    return success();
  Kernel kernel(f.context);
  Emitter old = emitter(kernel, before), current = emitter(kernel, now);
  old.clock = Clock::Held;
  current.clock = Clock::End;
  SmallVector<Value> fired;
  for (bd::OnOp on : handlers) {
    fired.push_back(fires(population, on, current, old));
    if (!fired.back())
      return failure();
  }
  Value seen; // the events as gradients see them: from the states before anything is reset
  for (auto [on, fire] : llvm::zip_equal(handlers, fired)) {
    if (population.op.getSurrogate().empty() || on.getActions().getOps<bd::EmitOp>().empty())
      continue;
    if (seen)
      return on.emitOpError() << "a model with a surrogate emits spikes in one place";
    if (!(seen = indicator(population, on, fire, current, old)))
      return failure();
  }
  Changes changes;
  countDown(population, current, changes);
  noteConditions(population, current, changes);
  Value mask;
  for (auto [on, fire] : llvm::zip_equal(handlers, fired)) {
    if (failed(act(population, on, fire, current, changes)))
      return failure();
    if (!on.getActions().getOps<bd::EmitOp>().empty())
      mask = mask ? current.build(on.getLoc()).either(mask, fire) : fire;
  }
  SmallVector<Value> results;
  for (Value value : {mask, seen})
    if (value)
      results.push_back(value);
  SmallVector<Value> arrays = map(population, kernel, changes, results, population.op.getLoc());
  if (mask)
    step::EmitOp::create(builder, population.op.getLoc(), arrays.front(), population.queue, seen ? arrays.back() : Value());
  return success();
}

/// 1 where the population spikes, else 0; its slope is the surrogate's at the distance from threshold in units of that from reset to
/// threshold. While a state is held nothing moves.
Value LoopBuilder::indicator(Population &population, bd::OnOp on, Value fired, Emitter &current, Emitter &old) {
  Location loc = on.getLoc();
  auto cmp = on.getCondition().front().getTerminator()->getOperand(0).getDefiningOp<bd::CmpOp>();
  auto stateOf = [&](Value value) {
    auto get = value.getDefiningOp<bd::GetOp>();
    return get ? population.findState(get.getNameAttr().getAttr()) : nullptr;
  };
  State *tested = cmp ? stateOf(cmp.getLhs()) : nullptr;
  bool isLeft = tested;
  if (cmp && !tested)
    tested = stateOf(cmp.getRhs());
  Value reset;
  if (tested && failed(current.actions(on.getActions(), &population.instance, [&](Operation *action, Value value) {
        if (auto set = dyn_cast<bd::SetOp>(action); set && set.getStateAttr().getAttr() == tested->declaration.getSymNameAttr())
          reset = value;
        return success();
      })))
    return {};
  if (!reset) {
    on.emitOpError() << "a surrogate needs a condition that compares a state with its threshold, and a reset of that state";
    return {};
  }
  FailureOr<SmallVector<Value>> sides = current.values(on.getCondition(), {cmp.getLhs(), cmp.getRhs()}, &population.instance);
  if (failed(sides))
    return {};
  bd::ScalarBuilder make = current.build(loc);
  Value value = (*sides)[isLeft ? 0 : 1], threshold = (*sides)[isLeft ? 1 : 0];
  Value distance = make.div(make.sub(value, threshold), make.sub(threshold, reset));
  auto op = bd::IndicatorOp::create(current.builder, loc, bd::quantityType(f.context, {}), fired, distance);
  mlir::IRMapping mapping;
  population.op.getSurrogate().cloneInto(&op.getSlope(), mapping);
  op.getSlope().walk([&](bd::ReadOp read) {
    mlir::OpBuilder builder(read);
    read.replaceAllUsesWith(step::ReadOp::create(builder, read.getLoc(), read.getType(), read.getNameAttr()).getResult());
    read.erase();
  });
  Value free = make.truth(true);
  for (FlatSymbolRefAttr counter : population.counters)
    free = make.both(free, held(old, counter, CmpIPredicate::sle, 1, loc));
  return make.select(free, op.getResult(), make.constant(0));
}

Value LoopBuilder::fires(Population &population, bd::OnOp on, Emitter &current, Emitter &old) {
  Location loc = on.getLoc();
  bd::ScalarBuilder make = current.build(loc);
  Value holds = current.value(on.getCondition(), &population.instance);
  Value held = holds ? old.value(on.getCondition(), &population.instance) : Value();
  if (!held)
    return Value();
  // Before the first step nothing held.
  held = make.both(held, make.compare(bd::Comparison::GT, make.time(), make.constant(0, units::dim::time)));
  if (FlatSymbolRefAttr flag = population.heldBefore.lookup(on))
    held = make.both(held, this->held(old, flag, CmpIPredicate::eq, 1, loc));
  Value tested = holds;
  for (FlatSymbolRefAttr counter : population.counters) {
    held = make.both(held, this->held(old, counter, CmpIPredicate::eq, 0, loc));
    tested = make.both(tested, this->held(old, counter, CmpIPredicate::sle, 1, loc));
  }
  return make.both(tested, make.negation(held));
}

/// Counters of held states go down by one to 0.
void LoopBuilder::countDown(Population &population, Emitter &emitter, Changes &changes) {
  OpBuilder &b = emitter.builder;
  for (FlatSymbolRefAttr counter : population.counters) {
    Location loc = population.op.getLoc();
    Value count = emitter.get(counter, b.getI32Type(), loc);
    auto constant = [&](int32_t value) { return arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(value)); };
    Value less = arith::MaxSIOp::create(b, loc, arith::SubIOp::create(b, loc, count, constant(1)), constant(0));
    emitter.set(counter, less);
    changes[counter] = less;
  }
}

/// Which conditions hold before the actions.
void LoopBuilder::noteConditions(Population &population, Emitter &emitter, Changes &changes) {
  OpBuilder &b = emitter.builder;
  for (auto on : population.instance.model.getBody().getOps<bd::OnOp>())
    if (FlatSymbolRefAttr flag = population.heldBefore.lookup(on)) {
      Value holds = emitter.value(on.getCondition(), &population.instance);
      auto constant = [&](int32_t value) { return arith::ConstantOp::create(b, on.getLoc(), b.getI32IntegerAttr(value)); };
      Value number = arith::SelectOp::create(b, on.getLoc(), holds, constant(1), constant(0));
      emitter.set(flag, number);
      changes[flag] = number;
    }
}

LogicalResult LoopBuilder::act(Population &population, bd::OnOp on, Value fired, Emitter &emitter, Changes &changes) {
  OpBuilder &b = emitter.builder;
  return emitter.actions(on.getActions(), &population.instance, [&](Operation *action, Value value) -> LogicalResult {
    if (isa<bd::EmitOp>(action))
      return success();
    Location loc = action->getLoc();
    StringAttr name = action->getAttrOfType<FlatSymbolRefAttr>("state").getAttr();
    State *state = population.findState(name);
    if (!state)
      return action->emitOpError() << name << " is not a state of " << population.instance.model.getSymName();
    bool hold = isa<bd::HoldOp>(action);
    FlatSymbolRefAttr array = hold ? state->counter : state->array;
    Value old = emitter.get(array, hold ? Type(b.getI32Type()) : value.getType(), loc), next;
    if (hold) {
      Value steps = step::HoldStepsOp::create(b, loc, b.getI32Type(), value);
      next = arith::SelectOp::create(b, loc, fired, steps, old);
    } else {
      bd::ScalarBuilder make = emitter.build(loc);
      next = make.select(fired, isa<bd::IncrementOp>(action) ? make.add(old, value) : value, old);
    }
    emitter.set(array, next);
    changes[array] = next;
    return success();
  });
}

} // namespace bdc::compiler::flatten
