// The time loop: events, equations, conditions, population by population.
#include "compiler/flatten/loop_builder.h"

using namespace mlir;

namespace bdc::compiler::flatten {

Value Kernel::element(Value array, Location loc) {
  auto known = llvm::find(operands, array);
  if (known != operands.end())
    return block->getArgument(known - operands.begin());
  operands.push_back(array);
  // Further arguments (the weight of an event) stay behind those that stand for operands.
  return block->insertArgument(operands.size() - 1, cast<step::ArrayType>(array.getType()).getElement(), loc);
}

void Kernel::finish(ValueRange results, Operation *op) {
  bd::YieldOp::create(builder, op->getLoc(), results);
  op->getRegion(0).push_back(block.release());
}

LogicalResult LoopBuilder::run() {
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Attribute> names(f.arrays.begin(), f.arrays.end());
  auto loop = step::LoopOp::create(builder, f.experiment.getLoc(), builder.getArrayAttr(names), /*reverse=*/false, /*role=*/StringAttr());
  Block *block = builder.createBlock(&loop.getBody());
  for (FlatSymbolRefAttr name : f.arrays) {
    auto state = f.program.lookupSymbol<step::StateOp>(name);
    before[name] = block->addArgument(state.getType(), state.getLoc());
  }
  now = before;
  if (failed(step(loop)))
    return failure();
  SmallVector<Value> next;
  for (FlatSymbolRefAttr name : f.arrays)
    next.push_back(now[name]);
  step::NextOp::create(builder, loop.getLoc(), next);
  return success();
}

LogicalResult LoopBuilder::step(step::LoopOp loop) {
  for (Population &population : f.populations) {
    for (Projection &projection : f.projections)
      if (projection.target == &population && failed(deliver(projection)))
        return failure();
    if (failed(arrive(population)))
      return failure();
  }
  for (Past &past : f.pasts)
    if (failed(recall(past)))
      return failure();
  for (Coupling &coupling : f.couplings)
    if (failed(couple(coupling)))
      return failure();
  for (Population &population : f.populations) {
    if (failed(advance(population)))
      return failure();
    for (Disturbance &disturbance : population.disturbances)
      if (failed(advanceNoise(population, disturbance)))
        return failure();
    if (failed(test(population)))
      return failure();
  }
  for (Past &past : f.pasts)
    if (failed(keep(past)))
      return failure();
  for (Coupling &coupling : f.couplings)
    if (failed(count(coupling)) || failed(remember(coupling)))
      return failure();
  for (Observer &observer : f.observers)
    if (failed(observe(observer)))
      return failure();
  return success();
}

Emitter LoopBuilder::emitter(Kernel &kernel, const DenseMap<SymbolRefAttr, Value> &values) {
  return Emitter(kernel.builder, [&](FlatSymbolRefAttr array, Type, Location loc) { return kernel.element(values.lookup(array), loc); });
}

Value LoopBuilder::held(Emitter &emitter, FlatSymbolRefAttr counter, arith::CmpIPredicate comparison, int32_t than, Location loc) {
  OpBuilder &b = emitter.builder;
  Value count = emitter.get(counter, b.getI32Type(), loc);
  return arith::CmpIOp::create(b, loc, comparison, count, arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(than)));
}

SmallVector<Value> LoopBuilder::map(FlatSymbolRefAttr space, Kernel &kernel, const Changes &changes, ArrayRef<Value> more, Location loc,
                                    FlatSymbolRefAttr every) {
  SmallVector<Value> results;
  SmallVector<Type> types;
  for (auto &[name, value] : changes) {
    results.push_back(value);
    types.push_back(arrayType(name));
  }
  for (Value value : more) {
    results.push_back(value);
    types.push_back(step::ArrayType::get(f.context, value.getType(), space));
  }
  auto op = step::MapOp::create(builder, loc, types, space, kernel.operands, every);
  kernel.finish(results, op);
  for (auto [index, change] : llvm::enumerate(changes))
    now[change.first] = op.getResult(index);
  return SmallVector<Value>(op.getResults().drop_front(changes.size()));
}

/// Everything of a population that is integrated: its own states and those of its synapses.
LogicalResult LoopBuilder::advance(Population &population) {
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  emitter.readsWhite = true;
  Equations equations{{}, population.method, population.space, {}, population.op.getLoc()};
  for (State &state : population.states)
    if (state.ode)
      equations.states.push_back({&state, &population.instance});
  for (Group &group : population.groups)
    for (State &state : group.states)
      if (state.ode)
        equations.states.push_back({&state, &group.synapse});
  return integrate(equations, emitter, kernel);
}

LogicalResult LoopBuilder::integrate(const Equations &equations, Emitter &emitter, Kernel &kernel) {
  if (equations.states.empty())
    return success();
  SmallVector<Type> types;
  for (auto [state, scope] : equations.states) {
    emitter.get(state->array, {}, state->declaration.getLoc());
    types.push_back(arrayType(state->array));
  }
  SmallVector<Value> rates;
  for (auto [state, scope] : equations.states) {
    Location loc = state->ode.getLoc();
    Value rate = emitter.value(state->ode.getDerivative(), scope);
    if (!rate)
      return failure();
    if (state->counter) {
      bd::ScalarBuilder make = emitter.build(loc);
      rate = make.select(held(emitter, state->counter, arith::CmpIPredicate::sgt, 1, loc), make.constant(0, bd::dimensionOf(rate)), rate);
    }
    rates.push_back(rate);
  }
  widen(*kernel.block);
  ArrayRef<Value> operands = kernel.operands;
  size_t count = equations.states.size();
  auto ode = step::OdeOp::create(builder, equations.loc, types, equations.method, equations.space, operands.take_front(count),
                                 operands.drop_front(count), equations.every);
  kernel.finish(rates, ode);
  for (auto [state, next] : llvm::zip_equal(equations.states, ode.getNext()))
    now[state.first->array] = next;
  return success();
}

} // namespace bdc::compiler::flatten
