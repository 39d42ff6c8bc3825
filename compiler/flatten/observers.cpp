// Observers: the mean of what they see, and their states, on a step of their own.
#include "compiler/flatten/loop_builder.h"

using namespace mlir;
using bdc::bd::Fn;

namespace bdc::compiler::flatten {

LogicalResult Flattener::declareObserver(bd::ObserveOp op) {
  Observer &observer = observers.emplace_back();
  observer.op = op;
  observer.source = findPopulation(op.getPopulationAttr(), op);
  observer.model.model = findModel(op.getObserverAttr(), op);
  if (!observer.source || !observer.model.model)
    return failure();
  std::string name = op.getSymName().str();
  Instance &model = observer.model;
  FlatSymbolRefAttr space = model.space = observer.source->space;
  if (failed(declareNames(model, &op.getBindings(), "", name)))
    return failure();
  auto inputs = model.model.getBody().getOps<bd::InputOp>();
  if (llvm::range_size(inputs) != 1 || !findOutput(model.model, "output"))
    return op.emitOpError() << "the observer " << model.model.getSymName() << " needs a source and an output";
  if (!scalars.count(op.getStep()))
    return op.emitOpError() << "there is no number called " << op.getStepAttr();
  observer.steps = derived(name + ".steps", op.getLoc(), [&](Emitter &emitter) {
    bd::ScalarBuilder make = emitter.build(op.getLoc());
    Value step = step::ReadOp::create(builder, op.getLoc(), bd::quantityType(context, units::dim::time), op.getStepAttr());
    return make.fn(Fn::Max, {make.fn(Fn::Round, make.div(step, make.stepSize())), make.constant(1)});
  });
  bd::InputOp source = *inputs.begin();
  Type seen = inDouble(cast<bd::QuantityType>(source.getType()));
  observer.sum = array(name + ".sum", seen, space, bd::StateKind::ShortTerm, op.getLoc());
  observer.mean = array((name + "." + source.getSymName()).str(), seen, space, bd::StateKind::ShortTerm, op.getLoc(), shownOf(source));
  model.names[source.getSymNameAttr()] = {Meaning::Array, observer.mean, source};
  for (auto state : model.model.getBody().getOps<bd::StateOp>()) {
    if (auto type = cast<bd::StateType>(state.getType()); auto quantity = dyn_cast<bd::QuantityType>(type.getValue()))
      state.setType(bd::StateType::get(context, inDouble(quantity), type.getKind()));
    declareState(model, observer.states, state, name, space);
  }
  return initialize(model, observer.states, space);
}

/// In every step the observed quantity is added up; at the end of the observer's own step its mean drives the observer's equations.
LogicalResult LoopBuilder::observe(Observer &observer) {
  Location loc = observer.op.getLoc();
  FlatSymbolRefAttr space = observer.model.space;
  {
    Kernel kernel(f.context);
    Emitter emitter = this->emitter(kernel, now);
    emitter.clock = Clock::End;
    Value value = emitter.value(observer.op.getValue(), &observer.source->instance);
    if (!value)
      return failure();
    Changes changes;
    changes[observer.sum] = emitter.build(loc).add(emitter.get(observer.sum, {}, loc), value);
    map(space, kernel, changes, {}, loc);
  }
  {
    Kernel kernel(f.context);
    Emitter emitter = this->emitter(kernel, now);
    bd::ScalarBuilder make = emitter.build(loc);
    emitter.get(observer.mean, {}, loc);
    Value sum = emitter.get(observer.sum, {}, loc);
    Value steps = step::ReadOp::create(kernel.builder, loc, bd::quantityType(f.context, {}), observer.steps);
    Changes changes;
    changes[observer.mean] = make.div(sum, steps);
    changes[observer.sum] = make.constant(0, bd::dimensionOf(sum));
    map(space, kernel, changes, {}, loc, observer.steps);
  }
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  Equations equations{{}, observer.op.getMethodAttr(), space, observer.steps, loc};
  for (State &state : observer.states)
    if (state.ode)
      equations.states.push_back({&state, &observer.model});
  return integrate(equations, emitter, kernel);
}

} // namespace bdc::compiler::flatten
