// Conditions at the end of a step, and what they set off.
#include "compiler/flatten/loop_builder.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace bdc::compiler::flatten {

/// All conditions are tested on the states at the end of the step; then the actions happen, in the order written. A condition fires
/// where it holds and did not at the end of the step before; while a state of the model is held, it neither holds nor did.
LogicalResult LoopBuilder::test(Population &population) {
  auto handlers = llvm::to_vector(population.instance.model.getBody().getOps<bd::OnOp>());
  if (handlers.empty())
    return success();
  Kernel kernel(f.context);
  Emitter old = emitter(kernel, before), current = emitter(kernel, now);
  old.readsInputs = current.readsInputs = false;
  current.clock = Clock::End;
  SmallVector<Value> fired;
  for (bd::OnOp on : handlers) {
    fired.push_back(fires(population, on, current, old));
    if (!fired.back())
      return failure();
  }
  Changes changes;
  countDown(population, current, changes);
  Value mask;
  for (auto [on, fire] : llvm::zip_equal(handlers, fired)) {
    if (failed(act(population, on, fire, current, changes)))
      return failure();
    if (!on.getActions().getOps<bd::EmitOp>().empty())
      mask = mask ? current.build(on.getLoc()).either(mask, fire) : fire;
  }
  SmallVector<Value> masks = map(population, kernel, changes, mask ? ArrayRef(mask) : ArrayRef<Value>(), population.op.getLoc());
  if (mask)
    step::EmitOp::create(builder, population.op.getLoc(), masks.front(), population.queue);
  return success();
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
