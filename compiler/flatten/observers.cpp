// Observers: the mean of what they see, and their states, on a step of their own.
#include "compiler/flatten/loop_builder.h"

using namespace mlir;

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
  FlatSymbolRefAttr space = observer.source->space;
  model.space = space;
  if (op.getTable()) {
    model.space = symbol(freeName(name));
    auto table = network.lookupSymbol<bd::ConnectomeOp>(op.getTableAttr());
    if (!table)
      return op.emitOpError() << "there is no table " << op.getTableAttr();
    step::SpaceOp::create(builder, op.getLoc(), model.space.getAttr(), table.getRowsAttr() ? table.getRowsAttr() : table.getSizeAttr(),
                          /*apart=*/builder.getUnitAttr(), /*single=*/UnitAttr(), /*regions=*/FlatSymbolRefAttr());
  }
  if (failed(declareNames(model, &op.getBindings(), "", name)))
    return failure();
  auto inputs = model.model.getBody().getOps<bd::InputOp>();
  if (llvm::range_size(inputs) != 1 || !findOutput(model.model, "output"))
    return op.emitOpError() << "the observer " << model.model.getSymName() << " needs a source and an output";
  if (!scalars.count(op.getStep()))
    return op.emitOpError() << "there is no number called " << op.getStepAttr();
  observer.steps = derived(name + ".steps", op.getLoc(), [&](Emitter &emitter) {
    Value step = step::ReadOp::create(builder, op.getLoc(), bd::quantityType(context, units::dim::time), op.getStepAttr());
    return inSteps(emitter, step, op.getLoc(), /*least=*/1);
  });
  bd::InputOp source = *inputs.begin();
  Type seen = inDouble(cast<bd::QuantityType>(source.getType()));
  observer.sum = array(name + ".sum", seen, space, bd::StateKind::ShortTerm, op.getLoc());
  observer.mean = array((name + "." + source.getSymName()).str(), seen, space, bd::StateKind::ShortTerm, op.getLoc(), shownOf(source));
  model.names[source.getSymNameAttr()] = {Meaning::Array, observer.mean, source};
  if (op.getTable() && failed(declareSensors(observer)))
    return failure();
  for (auto state : model.model.getBody().getOps<bd::StateOp>())
    declareState(model, observer.states, state, name, model.space, /*isDouble=*/true);
  return initialize(model, observer.states, model.space);
}

/// The connections from elements to sensors, and where their sums lie.
LogicalResult Flattener::declareSensors(Observer &observer) {
  bd::ObserveOp op = observer.op;
  std::string name = op.getSymName().str();
  bd::OutputOp term = findOutput(observer.model.model, "term");
  if (!term)
    return op.emitOpError() << "the observer " << observer.model.model.getSymName() << " has no term to be summed";
  FlatSymbolRefAttr part;
  if (observer.source->op.getPicks() && !observer.source->region) {
    part = declarePart(name + ".part", op.getTableAttr(), builder.getNamedAttr("columns", observer.source->regions), op.getLoc());
    if (!part)
      return failure();
  }
  observer.graph = symbol(freeName(name + ".connections"));
  Type weight = inDouble(cast<bd::QuantityType>(op.getWeight().front().getTerminator()->getOperand(0).getType()));
  auto graph = step::GraphOp::create(builder, op.getLoc(), observer.graph.getAttr(), observer.source->space, observer.model.space,
                                     text("connectome"), builder.getArrayAttr({}), op.getSymNameAttr(), UnitAttr(), ArrayAttr(), ArrayAttr(),
                                     FlatSymbolRefAttr(), TypeAttr::get(weight), FlatSymbolRefAttr(), FlatSymbolRefAttr(),
                                     part ? part : op.getTableAttr(), StringAttr());
  if (failed(fillEdges(graph.getEdgeWeight(), op.getWeight(), /*isDouble=*/true, part)))
    return failure();
  observer.total = array(name + ".total", inDouble(cast<bd::QuantityType>(term.getType())), observer.model.space, bd::StateKind::ShortTerm,
                         op.getLoc(), shownOf(term));
  return success();
}

/// What every sensor sees: the sum of the term over its connections.
LogicalResult LoopBuilder::see(Observer &observer) {
  Location loc = observer.op.getLoc();
  Kernel kernel(f.context);
  Value mean = now[observer.mean];
  Value weight = kernel.block->addArgument(f.program.lookupSymbol<step::GraphOp>(observer.graph).getWeightType().value(), loc);
  Value source = kernel.block->addArgument(cast<step::ArrayType>(mean.getType()).getElement(), loc);
  bool knows = true;
  Emitter emitter(kernel.builder, [&](FlatSymbolRefAttr array, Type, Location) {
    knows &= array == observer.mean;
    return source;
  });
  emitter.weight = weight;
  Value term = emitter.value(findOutput(observer.model.model, "term").getValue(), &observer.model);
  if (!term)
    return failure();
  if (!knows)
    return observer.op.emitOpError() << "a term reads its source, its weight and params that are the same for all";
  widen(*kernel.block);
  auto contract = step::ContractOp::create(builder, loc, arrayType(observer.total), observer.graph, ValueRange(mean), ValueRange(), UnitAttr(),
                                           FlatSymbolRefAttr(), builder.getDenseI64ArrayAttr({}), builder.getI64IntegerAttr(0), now[observer.total], observer.steps, Value());
  kernel.finish(term, contract);
  now[observer.total] = contract.getSum();
  return success();
}

/// In every step the observed quantity is added up; at the end of the observer's own step its mean drives the observer's equations.
LogicalResult LoopBuilder::observe(Observer &observer) {
  Location loc = observer.op.getLoc();
  FlatSymbolRefAttr space = observer.source->space;
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
  if (observer.graph && failed(see(observer)))
    return failure();
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  emitter.totals = observer.total;
  Equations equations{{}, observer.op.getMethodAttr(), observer.model.space, observer.steps, loc};
  for (State &state : observer.states)
    if (state.ode)
      equations.states.push_back({&state, &observer.model});
  return integrate(equations, emitter, kernel);
}

} // namespace bdc::compiler::flatten
