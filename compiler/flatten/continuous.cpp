// Couplings and noise in the loop: what is felt of others is evaluated at the beginning of a step and held over it.
#include "compiler/flatten/loop_builder.h"

using namespace mlir;

namespace bdc::compiler::flatten {

/// A function of a population's variables as a value of the loop: the array of a state, or a map.
Value LoopBuilder::quantity(Population &population, Region &region) {
  auto get = dyn_cast<bd::GetOp>(region.front().front());
  if (get && region.front().getOperations().size() == 2) {
    const Meaning &meaning = population.instance.names[get.getNameAttr().getAttr()];
    if (meaning.kind == Meaning::Array)
      return now[meaning.symbol];
  }
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  emitter.clock = Clock::Held;
  Value value = emitter.value(region, &population.instance);
  return value ? map(population, kernel, {}, value, region.getLoc()).front() : Value();
}

/// The sum over the connections of every target.
Value LoopBuilder::contract(Coupling &coupling) {
  bd::CoupleOp op = coupling.op;
  Value source = coupling.past ? now[coupling.past] : quantity(*coupling.source, op.getValue());
  Value own = op.getOwn().empty() ? Value() : quantity(*coupling.target, op.getOwn());
  if (!source || (!own && !op.getOwn().empty()))
    return {};
  Location loc = op.getLoc();
  auto element = [](Value array) { return cast<step::ArrayType>(array.getType()).getElement(); };
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  emitter.clock = Clock::Held;
  emitter.weight = kernel.block->addArgument(op.getWeight().front().getTerminator()->getOperand(0).getType(), loc);
  emitter.coupled["source"] = kernel.block->addArgument(element(source), loc);
  if (own)
    emitter.coupled["target"] = kernel.block->addArgument(element(own), loc);
  Value term = emitter.value(findOutput(coupling.rule.model, "term").getValue(), &coupling.rule);
  if (!term)
    return {};
  auto type = step::ArrayType::get(f.context, term.getType(), coupling.target->space);
  auto contract = step::ContractOp::create(builder, loc, type, coupling.graph, ValueRange(source), own ? ValueRange(own) : ValueRange(), UnitAttr());
  kernel.finish(term, contract);
  return contract.getSum();
}

LogicalResult LoopBuilder::couple(Coupling &coupling) {
  Value sum = contract(coupling);
  if (!sum)
    return failure();
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  emitter.clock = Clock::Held;
  emitter.coupled["total"] = kernel.element(sum, coupling.op.getLoc());
  Value felt = emitter.value(findOutput(coupling.rule.model, "").getValue(), &coupling.rule);
  if (!felt)
    return failure();
  Changes changes;
  changes[coupling.felt] = felt;
  map(*coupling.target, kernel, changes, {}, coupling.op.getLoc());
  return success();
}

/// The end of the step: what others will feel later.
LogicalResult LoopBuilder::remember(Coupling &coupling) {
  if (!coupling.past)
    return success();
  Value value = quantity(*coupling.source, coupling.op.getValue());
  if (!value)
    return failure();
  Value ring = now[coupling.past];
  now[coupling.past] = step::PushOp::create(builder, coupling.op.getLoc(), ring.getType(), ring, value);
  return success();
}

/// The states of a noise process. Its equations are linear as a rule, and exponential Euler then is exact for any step.
LogicalResult LoopBuilder::advanceNoise(Population &population, Disturbance &disturbance) {
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  emitter.readsWhite = true;
  emitter.readsInputs = false;
  SmallVector<Type> types;
  SmallVector<Value> rates;
  for (State &state : disturbance.states) {
    emitter.get(state.array, {}, state.declaration.getLoc());
    types.push_back(arrayType(state.array));
  }
  for (State &state : disturbance.states) {
    if (!state.ode)
      return state.declaration.emitOpError() << "a state of a noise needs a derivative";
    rates.push_back(emitter.value(state.ode.getDerivative(), &disturbance.noise));
    if (!rates.back())
      return failure();
  }
  if (rates.empty())
    return success();
  ArrayRef<Value> operands = kernel.operands;
  auto ode = step::OdeOp::create(builder, disturbance.op.getLoc(), types, builder.getStringAttr("exponential_euler"), population.space,
                                 operands.take_front(rates.size()), operands.drop_front(rates.size()));
  kernel.finish(rates, ode);
  for (auto [state, next] : llvm::zip_equal(disturbance.states, ode.getNext()))
    now[state.array] = next;
  return success();
}

} // namespace bdc::compiler::flatten
