// Couplings and noise in the loop: what is felt of others is evaluated at the beginning of a step and held over it.
#include "compiler/differentiate/derivative.h"
#include "compiler/flatten/loop_builder.h"

using namespace mlir;

namespace bdc::compiler::flatten {

/// How many events of the source are in the window that ends with this step, and what that is per element and time.
LogicalResult LoopBuilder::count(Coupling &coupling) {
  if (!coupling.rate)
    return success();
  Location loc = coupling.op.getLoc();
  Type type = arrayType(coupling.count);
  Value events = step::CountOp::create(builder, loc, type, coupling.source->queue);
  auto take = step::TakeOp::create(builder, loc, type, type, now[coupling.counts]); // of the step that leaves the window
  now[coupling.counts] = step::PushOp::create(builder, loc, type, take.getRest(), events);
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  bd::ScalarBuilder make = emitter.build(loc);
  auto read = [&](FlatSymbolRefAttr scalar) { return step::ReadOp::create(kernel.builder, loc, bd::quantityType(f.context, {}), scalar); };
  Value more = make.add(emitter.get(coupling.count, {}, loc), kernel.element(events, loc));
  Value count = make.sub(more, kernel.element(take.getDue(), loc));
  Changes changes;
  changes[coupling.count] = count;
  changes[coupling.rate] = make.div(count, make.mul(make.mul(read(coupling.source->size), read(coupling.window)), make.stepSize()));
  map(coupling.source->region, kernel, changes, {}, loc);
  return success();
}

/// A function of a population's variables, or of its rate, as a value of the loop: the array of a state, or a map.
Value LoopBuilder::quantity(Coupling &coupling, Population &population, Region &region, Clock clock) {
  auto get = dyn_cast<bd::GetOp>(region.front().front());
  if (get && region.front().getOperations().size() == 2) {
    const Meaning &meaning = population.instance.names[get.getNameAttr().getAttr()];
    if (meaning.kind == Meaning::Array)
      return now[meaning.symbol];
  }
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  emitter.clock = clock;
  emitter.rate = coupling.rate;
  Value value = emitter.value(region, &population.instance);
  FlatSymbolRefAttr space = coupling.rate && &population == coupling.source ? coupling.sourceSpace() : population.space;
  return value ? map(space, kernel, {}, value, region.getLoc()).front() : Value();
}

namespace {
/// The region of a contract: what one connection adds, from its weight, its source and (where it is read) its target.
struct Term {
  Kernel kernel;
  BlockArgument weight, source, target;
  Value value;

  Term(MLIRContext *context, Type weightType, Type sourceType, Type targetType, Location loc)
      : kernel(context), weight(kernel.block->addArgument(weightType, loc)), source(kernel.block->addArgument(sourceType, loc)) {
    if (targetType)
      target = kernel.block->addArgument(targetType, loc);
  }
};

bool dependsOn(Value value, Value on) {
  if (value == on)
    return true;
  Operation *op = value.getDefiningOp();
  return op && llvm::any_of(op->getOperands(), [&](Value operand) { return dependsOn(operand, on); });
}
} // namespace

/// A sum over connections, as a value of the loop. Sums that read no target can be made ahead where the source is delayed.
Value LoopBuilder::sum(Coupling &coupling, Kernel &kernel, Value source, Value own, Value term) {
  Location loc = coupling.op.getLoc();
  auto type = step::ArrayType::get(f.context, term.getType(), coupling.targetSpace());
  FlatSymbolRefAttr ahead = coupling.past && !own ? f.declareAhead(coupling, term.getType()) : FlatSymbolRefAttr();
  auto contract = step::ContractOp::create(builder, loc, type, coupling.graph, ValueRange(source), own ? ValueRange(own) : ValueRange(),
                                           UnitAttr(), ahead);
  kernel.finish(term, contract);
  return contract.getSum();
}

/// What the connections of every target add up to. A term a(w, s) + t·b(w) of a delayed source s and the present target t is two sums, of
/// which neither reads the target: Σ a + t·Σ b.
Value LoopBuilder::total(Coupling &coupling, Kernel &result) {
  bd::CoupleOp op = coupling.op;
  Location loc = op.getLoc();
  Value source = coupling.past ? now[coupling.past] : quantity(coupling, *coupling.source, op.getValue(), Clock::Held);
  Value own = op.getOwn().empty() ? Value() : quantity(coupling, *coupling.target, op.getOwn(), Clock::Held);
  if (!source || (!own && !op.getOwn().empty()))
    return {};
  auto element = [](Value array) { return cast<step::ArrayType>(array.getType()).getElement(); };
  Type weight = op.getWeight().front().getTerminator()->getOperand(0).getType();
  auto make = [&](bool still) { // still: as if every target were 0
    Term term(f.context, weight, element(source), own && !still ? element(own) : Type(), loc);
    Emitter emitter = this->emitter(term.kernel, now);
    emitter.clock = Clock::Held;
    emitter.weight = term.weight;
    emitter.coupled["source"] = term.source;
    if (own)
      emitter.coupled["target"] = still ? emitter.build(loc).constant(0, cast<bd::QuantityType>(element(own)).getDimension()) : Value(term.target);
    term.value = emitter.value(findOutput(coupling.rule.model, "term").getValue(), &coupling.rule);
    return term;
  };
  Term term = make(/*still=*/false);
  if (!term.value)
    return {};
  bool many = coupling.target->region != nullptr; // targets with one sum
  if (own && (coupling.past || many)) {
    bd::ScalarBuilder build{term.kernel.builder, loc};
    Derivative slope = derivative(term.value, term.target, build);
    bool isLine = slope.value && !slope.obstacle && !dependsOn(slope.value, term.target);
    if (isLine && (many || !dependsOn(slope.value, term.source))) {
      Term rest = make(/*still=*/true), factor(f.context, weight, element(source), Type(), loc);
      IRMapping mapping;
      mapping.map(term.weight, factor.weight);
      mapping.map(term.source, factor.source);
      bd::ScalarBuilder still{factor.kernel.builder, loc};
      mapping.map(term.target, still.constant(0, bd::dimensionOf(term.target)));
      for (Operation &each : *term.kernel.block)
        factor.kernel.builder.clone(each, mapping);
      Value a = sum(coupling, rest.kernel, source, {}, rest.value);
      Value b = sum(coupling, factor.kernel, source, {}, mapping.lookup(slope.value));
      bd::ScalarBuilder out{result.builder, loc};
      return out.add(result.element(a, loc), out.mul(result.element(own, loc), result.element(b, loc)));
    }
  }
  if (own && many) {
    op.emitOpError() << "reads each target in a way that is no line, and its targets stand in for one region";
    return {};
  }
  return result.element(sum(coupling, term.kernel, source, own, term.value), loc);
}

LogicalResult LoopBuilder::couple(Coupling &coupling) {
  Kernel kernel(f.context);
  Value total = this->total(coupling, kernel);
  if (!total)
    return failure();
  Emitter emitter = this->emitter(kernel, now);
  emitter.clock = Clock::Held;
  emitter.coupled["total"] = total;
  Value felt = emitter.value(findOutput(coupling.rule.model, "").getValue(), &coupling.rule);
  if (felt)
    felt = emitter.within(coupling.op.getTargetSlice(), felt, coupling.op.getLoc());
  if (!felt)
    return failure();
  Changes changes;
  changes[coupling.felt] = felt;
  map(cast<step::ArrayType>(arrayType(coupling.felt)).getSpace(), kernel, changes, {}, coupling.op.getLoc());
  return success();
}

/// The end of the step: what others will feel later.
LogicalResult LoopBuilder::remember(Coupling &coupling) {
  if (!coupling.past)
    return success();
  Value value = quantity(coupling, *coupling.source, coupling.op.getValue(), Clock::End);
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
  Equations equations{{}, builder.getStringAttr("exponential_euler"), population.space, {}, disturbance.op.getLoc()};
  for (State &state : disturbance.states) {
    if (!state.ode)
      return state.declaration.emitOpError() << "a state of a noise needs a derivative";
    equations.states.push_back({&state, &disturbance.noise});
  }
  return integrate(equations, emitter, kernel);
}

} // namespace bdc::compiler::flatten
