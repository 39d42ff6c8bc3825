// Writes regions of bd into regions of step, names resolved.
#include "compiler/flatten/emitter.h"

using namespace mlir;

namespace bdc::compiler::flatten {

State *Population::findState(StringAttr name) {
  auto found = llvm::find_if(states, [&](State &state) { return state.declaration.getSymNameAttr() == name; });
  return found == states.end() ? nullptr : &*found;
}

SmallVector<State *> Population::allStates() {
  SmallVector<State *> all;
  for (State &state : states)
    all.push_back(&state);
  for (Group &group : groups)
    for (State &state : group.states)
      all.push_back(&state);
  return all;
}

Value inSteps(Emitter &emitter, Value time, Location loc, double least, double stretch) {
  bd::ScalarBuilder make = emitter.build(loc);
  Value steps = make.div(time, make.stepSize());
  if (stretch != 1)
    steps = make.mul(steps, make.constant(stretch));
  return make.fn(bd::Fn::Max, {make.fn(bd::Fn::Round, steps), make.constant(least)});
}

bool variesByElement(Region &region) {
  return region.walk([](Operation *op) { return isa<bd::RandomOp, bd::IndexOp>(op) ? WalkResult::interrupt() : WalkResult::advance(); })
      .wasInterrupted();
}

bd::OutputOp findOutput(bd::ModelOp model, StringRef name) {
  for (auto output : model.getBody().getOps<bd::OutputOp>())
    if (output.getName().value_or("") == name)
      return output;
  return {};
}

Value Emitter::value(Region &region, const Instance *scope) {
  FailureOr<SmallVector<Value>> yielded = values(region, scope);
  return failed(yielded) ? Value() : yielded->front();
}

FailureOr<SmallVector<Value>> Emitter::values(Region &region, const Instance *scope) {
  return values(region, region.front().getTerminator()->getOperands(), scope);
}

FailureOr<SmallVector<Value>> Emitter::values(Region &region, ValueRange wanted, const Instance *scope) {
  IRMapping mapping;
  for (Operation &op : region.front().without_terminator())
    if (failed(clone(op, scope, mapping)))
      return failure();
  SmallVector<Value> yielded;
  for (Value value : wanted)
    yielded.push_back(mapping.lookupOrDefault(value));
  return yielded;
}

LogicalResult Emitter::actions(Region &region, const Instance *scope, function_ref<LogicalResult(Operation *, Value)> act) {
  IRMapping mapping;
  for (Operation &op : region.front()) {
    if (isa<bd::YieldOp>(op))
      continue;
    bool isAction = isa<bd::EmitOp, bd::SetOp, bd::IncrementOp, bd::HoldOp>(op);
    Value operand = isAction && op.getNumOperands() ? mapping.lookupOrDefault(op.getOperand(0)) : Value();
    if (failed(isAction ? act(&op, operand) : clone(op, scope, mapping)))
      return failure();
  }
  return success();
}

LogicalResult Emitter::clone(Operation &op, const Instance *scope, IRMapping &mapping) {
  if (isa<bd::GetOp, bd::ReadOp, bd::TargetOp, bd::SourceOutputOp, bd::WeightOp, bd::CoupledOp, bd::RateOp, bd::TermOp, bd::WhiteOp, bd::TimeOp,
          bd::PastOp>(op)) {
    Value value = replacement(op, scope);
    if (!value)
      return failure();
    mapping.map(op.getResult(0), value);
    return success();
  }
  if (!knowsElements && isa<bd::RandomOp, bd::IndexOp>(op))
    return op.emitOpError() << "makes one value per element, but one number for all is needed here";
  auto random = dyn_cast<bd::RandomOp>(builder.clone(op, mapping));
  if (random && !stream.empty())
    random.setPurpose(stream + random.getPurpose().str());
  return success();
}

Value Emitter::replacement(Operation &op, const Instance *scope) {
  auto fail = [&](const Twine &message) {
    op.emitOpError() << message;
    return Value();
  };
  if (auto get = dyn_cast<bd::GetOp>(op))
    return scope ? named(get.getNameAttr().getAttr(), scope, get) : fail("reads a variable of a model outside of every model");
  if (auto read = dyn_cast<bd::ReadOp>(op))
    return step::ReadOp::create(builder, read.getLoc(), read.getType(), read.getNameAttr());
  if (auto target = dyn_cast<bd::TargetOp>(op)) {
    if (!scope || !scope->population)
      return fail("reads the target of a projection outside of an effect");
    return named(target.getNameAttr().getAttr(), &scope->population->instance, target);
  }
  if (auto output = dyn_cast<bd::SourceOutputOp>(op))
    return received(output, scope);
  if (isa<bd::WeightOp>(op))
    return weight ? weight : fail("reads the weight where no event or connection has one");
  if (auto coupled_ = dyn_cast<bd::CoupledOp>(op)) {
    Value known = coupled.lookup(coupled_.getWhat());
    if (!known && totals && coupled_.getWhat() == "total")
      known = get(totals, coupled_.getType(), coupled_.getLoc());
    return known ? known : fail("reads what a coupling knows, outside of a coupling");
  }
  if (auto known = dyn_cast<bd::RateOp>(op))
    return rate ? get(rate, known.getType(), known.getLoc()) : fail("reads a rate outside of what is coupled");
  if (auto term = dyn_cast<bd::TermOp>(op)) {
    Value known = terms.lookup(term.getFunctional());
    return known ? known : fail("reads what an objective is made of, outside of one");
  }
  if (auto white = dyn_cast<bd::WhiteOp>(op)) {
    if (!readsWhite || !scope)
      return fail("white noise stands in derivatives and in the output of a noise alone");
    return bd::WhiteOp::create(builder, white.getLoc(), white.getType(), builder.getStringAttr(scope->stream + ".white"), white.getDraw());
  }
  if (auto past_ = dyn_cast<bd::PastOp>(op))
    return scope ? past(past_, scope) : fail("reads the past of a model outside of every model");
  return time(cast<bd::TimeOp>(op));
}

Value Emitter::past(bd::PastOp op, const Instance *scope) {
  if (beforeRun)
    return named(op.getNameAttr().getAttr(), scope, op);
  if (FlatSymbolRefAttr felt = scope->pasts.lookup(op))
    return get(felt, op.getType(), op.getLoc());
  op.emitOpError() << "the past of " << op.getName() << " is not kept here";
  return Value();
}

Value Emitter::time(bd::TimeOp op) { return time(op.getLoc(), op.getHeld()); }

Value Emitter::time(Location loc, bool held) {
  bd::ScalarBuilder make = build(loc);
  // A whole number of steps, so that the end of a step is, to the bit, the beginning of the next.
  if (clock == Clock::End) {
    Value steps = make.fn(bd::Fn::Round, make.div(make.time(), make.stepSize()));
    return make.mul(make.add(steps, make.constant(1)), make.stepSize());
  }
  return make.time(clock == Clock::Held || held);
}

Value Emitter::get(FlatSymbolRefAttr array, Type type, Location loc) {
  if (Value known = arrays.lookup(array))
    return known;
  return arrays[array] = element(array, type, loc);
}

void Emitter::set(FlatSymbolRefAttr array, Value value) {
  arrays[array] = value;
  lets.clear();
  inputs.clear();
}

Value Emitter::named(StringAttr name, const Instance *scope, Operation *user) {
  auto found = scope->names.find(name);
  if (found == scope->names.end()) {
    user->emitOpError() << "the model " << bd::ModelOp(scope->model).getSymName() << " has no " << name;
    return Value();
  }
  const Meaning &meaning = found->second;
  Type type = user->getResult(0).getType();
  switch (meaning.kind) {
  case Meaning::Scalar: return step::ReadOp::create(builder, user->getLoc(), type, meaning.symbol);
  case Meaning::Let: return let(cast<bd::LetOp>(meaning.declaration), scope, user);
  case Meaning::Output: return value(cast<bd::OutputOp>(meaning.declaration).getValue(), scope);
  case Meaning::Array:
    if (knowsElements)
      return get(meaning.symbol, type, user->getLoc());
    user->emitOpError() << name << " has one value per element, but one number for all is needed here";
    return Value();
  case Meaning::Input:
    if (beforeRun)
      return build(user->getLoc()).constant(0, cast<bd::QuantityType>(type).getDimension());
    return input(*scope->population, name, user);
  }
  llvm_unreachable("every kind of name");
}

Value Emitter::let(bd::LetOp op, const Instance *scope, Operation *user) {
  auto [place, isNew] = lets.try_emplace({scope, op.getSymNameAttr()}, Value());
  if (!isNew) {
    if (!place->second)
      user->emitOpError() << op.getSymName() << " depends on itself";
    return place->second;
  }
  Value result = value(op.getValue(), scope);
  if (result)
    lets[{scope, op.getSymNameAttr()}] = result;
  return result;
}

Value Emitter::received(bd::SourceOutputOp op, const Instance *scope) {
  if (!scope || !scope->synapse) {
    op.emitOpError() << "there is no synapse to receive from";
    return Value();
  }
  bd::OutputOp output = findOutput(scope->synapse->model, op.getName());
  if (output)
    return value(output.getValue(), scope->synapse);
  op.emitOpError() << "the synapse " << scope->synapse->model.getSymName() << " has no output " << op.getName();
  return Value();
}

} // namespace bdc::compiler::flatten
