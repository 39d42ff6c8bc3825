// Events in the loop: delivery through graphs, and what has arrived on a target.
#include "compiler/flatten/loop_builder.h"

using namespace mlir;

namespace bdc::compiler::flatten {

LogicalResult LoopBuilder::deliver(Projection &projection) {
  if (projection.ring) {
    deliverWeights(projection, projection.ring, /*slots=*/true);
    return success();
  }
  if (projection.jump) {
    deliverWeights(projection, projection.jump->pending, /*slots=*/false);
    return success();
  }
  Kernel kernel(f.context);
  Location loc = projection.op.getLoc();
  Value weight = kernel.block->addArgument(projection.weight, loc);
  Emitter emitter = this->emitter(kernel, now);
  Changes changes;
  if (failed(handle(emitter, *projection.group, weight, changes)))
    return failure();
  if (changes.empty())
    return success();
  if (failed(recallRead(kernel)))
    return failure();
  // Every state that the handler reads or sets is an operand, and a result, of the delivery; so is what else it reads, as it is.
  for (const auto &[name, value] : changes)
    kernel.element(now[name], loc);
  SmallVector<FlatSymbolRefAttr> names;
  SmallVector<Value> results;
  for (Value operand : kernel.operands) {
    names.push_back(*llvm::find_if(f.arrays, [&](FlatSymbolRefAttr name) { return now[name] == operand; }));
    auto change = changes.find(names.back());
    results.push_back(change == changes.end() ? kernel.element(operand, loc) : change->second);
  }
  auto op = step::DeliverOp::create(builder, loc, ValueRange(kernel.operands).getTypes(), projection.source->queue, projection.graph,
                                    kernel.operands, UnitAttr());
  for (auto [name, result] : llvm::zip_equal(names, op.getNext()))
    now[name] = result;
  kernel.finish(results, op);
  return success();
}

/// Adds the weights of events to an accumulator or, with drawn delays, to the rows of a ring.
void LoopBuilder::deliverWeights(Projection &projection, FlatSymbolRefAttr into, bool slots) {
  Kernel kernel(f.context);
  Location loc = projection.op.getLoc();
  Value weight = kernel.block->addArgument(projection.weight, loc);
  Value sum = kernel.element(now[into], loc);
  Value more = bd::ScalarBuilder(kernel.builder, loc).add(sum, weight);
  auto op = step::DeliverOp::create(builder, loc, TypeRange{arrayType(into)}, projection.source->queue, projection.graph,
                                    kernel.operands, slots ? builder.getUnitAttr() : UnitAttr());
  kernel.finish(more, op);
  now[into] = op.getResult(0);
}

/// What a synapse does with an event (or, with drawn delays, with the sum of those that are due).
LogicalResult LoopBuilder::handle(Emitter &emitter, Group &group, Value weight, Changes &changes) {
  emitter.weight = weight;
  for (auto on : group.synapse.model.getBody().getOps<bd::OnOp>()) {
    LogicalResult done = emitter.actions(on.getActions(), &group.synapse, [&](Operation *action, Value value) -> LogicalResult {
      if (!isa<bd::SetOp, bd::IncrementOp>(action))
        return action->emitOpError() << "a synapse neither emits events nor holds states";
      StringAttr name = action->getAttrOfType<FlatSymbolRefAttr>("state").getAttr();
      auto state = llvm::find_if(group.states, [&](State &state) { return state.declaration.getSymNameAttr() == name; });
      if (state == group.states.end())
        return action->emitOpError() << name << " is not a state of " << group.synapse.model.getSymName();
      if (isa<bd::IncrementOp>(action))
        value = emitter.build(action->getLoc()).add(emitter.get(state->array, value.getType(), action->getLoc()), value);
      emitter.set(state->array, value);
      changes[state->array] = value;
      return success();
    });
    if (failed(done))
      return failure();
  }
  emitter.weight = Value();
  return success();
}

/// Accumulated jumps and the due rows of rings act on the states; a held state ignores jumps.
LogicalResult LoopBuilder::arrive(Population &population) {
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  Changes changes;
  auto jump = [&](State &state, Value sum, Location loc) {
    bd::ScalarBuilder make = emitter.build(loc);
    Value old = emitter.get(state.array, sum.getType(), loc), moved = make.add(old, sum);
    if (state.counter)
      moved = make.select(held(emitter, state.counter, arith::CmpIPredicate::sgt, 1, loc), old, moved);
    emitter.set(state.array, moved);
    changes[state.array] = moved;
  };
  for (State &state : population.states) {
    if (!state.pending)
      continue;
    Location loc = state.declaration.getLoc();
    Value sum = emitter.get(state.pending, {}, loc);
    jump(state, sum, loc);
    changes[state.pending] = emitter.build(loc).constant(0, bd::dimensionOf(sum));
  }
  for (Projection &projection : f.projections) {
    if (projection.target != &population || !projection.ring)
      continue;
    Location loc = projection.op.getLoc();
    auto take = step::TakeOp::create(builder, loc, arrayType(projection.ring), arrayType(projection.ring), now[projection.ring]);
    now[projection.ring] = take.getRest();
    Value due = kernel.element(take.getDue(), loc);
    if (projection.jump)
      jump(*projection.jump, due, loc);
    else if (failed(handle(emitter, *projection.group, due, changes)))
      return failure();
  }
  if (changes.empty())
    return success();
  if (failed(recallRead(kernel)))
    return failure();
  map(population, kernel, changes, {}, population.op.getLoc());
  return success();
}

} // namespace bdc::compiler::flatten
