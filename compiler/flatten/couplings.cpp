// Connectomes, couplings and noise: tables, graphs, the past of what is delayed, processes on the elements of a population.
#include "compiler/flatten/bounds.h"
#include "compiler/flatten/flattener.h"

using namespace mlir;
using bdc::bd::Fn;

namespace bdc::compiler::flatten {

/// The table, and the numbers that its data will set.
LogicalResult Flattener::declareConnectome(bd::ConnectomeOp op) {
  for (FlatSymbolRefAttr count : {op.getSizeAttr(), op.getRowsAttr()})
    if (count && !scalars.count(count.getValue()))
      return op.emitOpError() << "there is no number called " << count;
  SmallVector<Attribute> facts = declareFacts(op.getSymName(), op.getSizeAttr(), op.getLoc());
  auto data = step::DataOp::create(builder, op.getLoc(), op.getSymNameAttr(), builder.getArrayAttr(facts), op.getRowsAttr(), op.getFrom());
  for (auto fit : experiment.getBody().getOps<bd::FitOp>())
    for (auto parameter : fit.getParameters().getAsRange<DictionaryAttr>())
      if (parameter.getAs<FlatSymbolRefAttr>("connectome") == FlatSymbolRefAttr::get(data))
        declareWeights(data);
  return success();
}

/// What is fitted of a table: a number for each of its connections.
void Flattener::declareWeights(step::DataOp data) {
  Location loc = data.getLoc();
  std::string name = (data.getSymName() + ".weights").str();
  FlatSymbolRefAttr count = derived(name + ".count", loc, [&](Emitter &emitter) { return emitter.build(loc).constant(1); },
                                    {/*settable=*/true, /*whole=*/true, {}});
  auto space = symbol(freeName((data.getSymName() + ".connections").str()));
  auto entries = step::SpaceOp::create(builder, loc, space.getAttr(), count);
  entries.setApart(true);
  data.setEntriesAttr(space);
  data.setWeightsAttr(array(name, inDouble(bd::quantityType(context, {})), space, bd::StateKind::Param, loc));
}

SmallVector<Attribute> Flattener::declareFacts(StringRef name, FlatSymbolRefAttr size, Location loc) {
  SmallVector<Attribute> facts = {size};
  auto fact = [&](StringRef end, const units::Dimension &dimension) {
    facts.push_back(derived((name + end).str(), loc, [&](Emitter &emitter) { return emitter.build(loc).constant(0, dimension); },
                            {/*settable=*/true, /*whole=*/false, {}}));
  };
  for (StringRef end : {".weights.min", ".weights.max"})
    fact(end, {});
  for (StringRef end : {".lengths.min", ".lengths.max"})
    fact(end, units::dim::length);
  return facts;
}

FlatSymbolRefAttr Flattener::declarePart(StringRef wanted, FlatSymbolRefAttr table, ArrayRef<NamedAttribute> which, Location loc) {
  std::string name = freeName(wanted.str());
  auto number = [&](StringRef end) {
    return derived(name + end.str(), loc, [&](Emitter &emitter) { return emitter.build(loc).constant(0); }, {/*settable=*/true, /*whole=*/true, {}});
  };
  FlatSymbolRefAttr columns = number(".columns"), rows = number(".rows");
  SmallVector<Attribute> facts = declareFacts(name, columns, loc);
  SmallVector<NamedAttribute> from(which);
  from.push_back(builder.getNamedAttr("table", table));
  step::DataOp::create(builder, loc, builder.getStringAttr(name), builder.getArrayAttr(facts), rows, builder.getDictionaryAttr(from));
  return symbol(name);
}

/// The connections between the regions of both ends; null where these are all of the connectome's.
FailureOr<FlatSymbolRefAttr> Flattener::partOf(Coupling &coupling) {
  bd::CoupleOp op = coupling.op;
  std::string name = op.getSymName().str();
  SmallVector<NamedAttribute> which;
  bool isPart = false;
  auto end = [&](Population &population, Region &cut, StringRef side, StringRef prefix) {
    FailureOr<ArrayAttr> bounds = slice(cut, name + prefix.str());
    if (failed(bounds))
      return failure();
    bool some = population.op.getPicks() || population.region;
    if (population.regions)
      which.push_back(builder.getNamedAttr(side, population.regions));
    if (*bounds)
      which.push_back(builder.getNamedAttr(side.drop_back().str() + "_slice", *bounds));
    isPart |= some || *bounds;
    return success();
  };
  if (failed(end(*coupling.source, op.getSourceSlice(), "columns", ".source")) || failed(end(*coupling.target, op.getTargetSlice(), "rows", ".target")))
    return failure();
  if (!isPart)
    return FlatSymbolRefAttr();
  FlatSymbolRefAttr part = declarePart(name + ".part", op.getConnectomeAttr(), which, op.getLoc());
  if (!part)
    return failure();
  return part;
}

LogicalResult Flattener::declareCoupling(bd::CoupleOp op) {
  Coupling &coupling = couplings.emplace_back();
  coupling.op = op;
  coupling.source = findPopulation(op.getSourceAttr(), op);
  coupling.target = findPopulation(op.getTargetAttr(), op);
  coupling.rule.model = findModel(op.getCouplingAttr(), op);
  if (!coupling.source || !coupling.target || !coupling.rule.model)
    return failure();
  std::string name = op.getSymName().str();
  if (failed(declareNames(coupling.rule, &op.getBindings(), "", name)))
    return failure();
  bd::OutputOp felt = findOutput(coupling.rule.model, "");
  if (!felt || !findOutput(coupling.rule.model, "term"))
    return op.emitOpError() << "the coupling " << coupling.rule.model.getSymName() << " needs a term and an output";
  auto meaning = coupling.target->instance.names.find(op.getInputAttr().getAttr());
  if (meaning == coupling.target->instance.names.end() || meaning->second.kind != Meaning::Input)
    return op.emitOpError() << coupling.target->instance.model.getSymName() << " has no input " << op.getInput();
  // One value for all that stand in for a region, unless each of them adds what it reads of itself.
  FlatSymbolRefAttr space = op.getOwn().empty() ? coupling.targetSpace() : coupling.target->space;
  coupling.felt = array(name, felt.getType(), space, bd::StateKind::ShortTerm, op.getLoc());
  coupling.target->couplings.push_back(&coupling);
  if (op.getWindow() && failed(declareRate(coupling)))
    return failure();
  return declareConnections(coupling);
}

/// Where the events of the window are counted.
LogicalResult Flattener::declareRate(Coupling &coupling) {
  bd::CoupleOp op = coupling.op;
  std::string name = op.getSymName().str();
  if (!coupling.source->region || !coupling.source->queue)
    return op.emitOpError() << "reads the rate of " << op.getSource() << ", which stands in for no region or emits no events";
  if (!scalars.count(*op.getWindow()))
    return op.emitOpError() << "there is no number called " << op.getWindowAttr();
  coupling.window = derived(name + ".window.steps", op.getLoc(), [&](Emitter &emitter) {
    Value time = step::ReadOp::create(builder, op.getLoc(), bd::quantityType(context, units::dim::time), op.getWindowAttr());
    return inSteps(emitter, time, op.getLoc(), /*least=*/1);
  });
  if (!coupling.window)
    return failure();
  Type whole = inDouble(bd::quantityType(context, {}));
  FlatSymbolRefAttr space = coupling.source->region;
  coupling.counts = array(name + ".counts", whole, space, bd::StateKind::Delay, op.getLoc(), {}, coupling.window);
  coupling.count = array(name + ".count", whole, space, bd::StateKind::ShortTerm, op.getLoc());
  coupling.rate = array(name + ".rate", bd::quantityType(context, units::dim::none / units::dim::time), space, bd::StateKind::ShortTerm, op.getLoc());
  return success();
}

/// The graph: weights from the connectome, delays with the ring of what is delayed.
LogicalResult Flattener::declareConnections(Coupling &coupling) {
  bd::CoupleOp op = coupling.op;
  FailureOr<FlatSymbolRefAttr> part = partOf(coupling);
  if (failed(part))
    return failure();
  coupling.graph = symbol(freeName(op.getSymName().str() + ".connections"));
  Type weight = op.getWeight().front().getTerminator()->getOperand(0).getType();
  auto graph = step::GraphOp::create(builder, op.getLoc(), coupling.graph.getAttr(), coupling.sourceSpace(), coupling.targetSpace(),
                                     text("connectome"), builder.getArrayAttr({}), op.getSymNameAttr(), UnitAttr(), ArrayAttr(), ArrayAttr(),
                                     FlatSymbolRefAttr(), TypeAttr::get(weight), FlatSymbolRefAttr(), FlatSymbolRefAttr(),
                                     *part ? *part : op.getConnectomeAttr(), StringAttr());
  if (failed(fillEdges(graph.getEdgeWeight(), op.getWeight(), /*isDouble=*/false, *part)))
    return failure();
  if (op.getDelay().empty())
    return success();
  graph.setStepsAttr(op.getStepsAttr());
  if (failed(fillEdges(graph.getEdgeDelay(), op.getDelay(), /*isDouble=*/false, *part)))
    return failure();
  coupling.past = declareHistory(op.getSymName(), graph, op.getValue().front().getTerminator()->getOperand(0).getType(), coupling.sourceSpace(),
                              [&](Emitter &emitter) {
                                emitter.rate = coupling.rate;
                                return op.getPast().empty() ? emitter.value(op.getValue(), &coupling.source->instance)
                                                            : emitter.value(op.getPast(), nullptr);
                              });
  return success(bool(coupling.past));
}

LogicalResult Flattener::fillEdges(Region &region, Region &from, bool isDouble, FlatSymbolRefAttr part) {
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&region);
  Emitter emitter(builder, elementReader());
  Value value = emitter.value(from, nullptr);
  if (!value)
    return failure();
  emitter.build(from.getLoc()).yield(value);
  if (part)
    for (auto edge : region.getOps<bd::EdgeOp>())
      edge.setDataAttr(part);
  if (!isDouble)
    return success();
  for (auto edge : region.getOps<bd::EdgeOp>())
    edge.getResult().setType(inDouble(cast<bd::QuantityType>(edge.getType())));
  widen(region.front());
  return success();
}

/// As many rows as the longest delay has steps, the present one, and one for the far side of an interpolation.
FlatSymbolRefAttr Flattener::declareHistory(StringRef name, step::GraphOp graph, Type element, FlatSymbolRefAttr space,
                                         function_ref<Value(Emitter &)> before) {
  Location loc = graph.getLoc();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(graph);
  graph.setMaxDelayAttr(derived((name + ".max_delay").str(), loc, [&](Emitter &emitter) {
    Value longest = upperBound(graph.getEdgeDelay(), emitter, program);
    bd::ScalarBuilder make = emitter.build(loc);
    return longest ? make.fn(Fn::Max, {make.fn(Fn::Ceil, make.div(longest, make.stepSize())), make.constant(0)}) : Value();
  }));
  if (!graph.getMaxDelayAttr())
    return {};
  FlatSymbolRefAttr rows = derived((name + ".rows").str(), loc, [&](Emitter &emitter) {
    bd::ScalarBuilder make = emitter.build(loc);
    Value longest = step::ReadOp::create(builder, loc, bd::quantityType(context, {}), graph.getMaxDelayAttr());
    return make.add(longest, make.constant(3));
  });
  FlatSymbolRefAttr ring = array((name + ".past").str(), element, space, bd::StateKind::Delay, loc, {}, rows);
  auto past = program.lookupSymbol<step::StateOp>(ring);
  past.setByElement(true);
  builder.createBlock(&past.getInitial());
  Emitter emitter(builder, elementReader());
  emitter.beforeRun = true;
  Value value = before(emitter);
  if (!value)
    return {};
  emitter.build(loc).yield(value);
  return ring;
}

/// Where sums over the far past lie that are made for several steps at once: 8 rows (BDC_AHEAD of runtime/abi.h).
FlatSymbolRefAttr Flattener::declareAhead(Coupling &coupling, Type element) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(program.lookupSymbol<step::GraphOp>(coupling.graph));
  Location loc = coupling.op.getLoc();
  FlatSymbolRefAttr rows = derived("steps ahead", loc, [&](Emitter &emitter) { return emitter.build(loc).constant(8); });
  std::string name = freeName(coupling.op.getSymName().str() + ".ahead");
  step::StateOp::create(builder, loc, name, step::ArrayType::get(context, element, coupling.targetSpace()), bd::StateKind::Work, StringAttr(), rows,
                        /*by_element=*/true);
  return symbol(name);
}

LogicalResult Flattener::declareDisturbance(bd::DisturbOp op) {
  Population *population = findPopulation(op.getPopulationAttr(), op);
  if (!population)
    return failure();
  auto meaning = population->instance.names.find(op.getInputAttr().getAttr());
  if (meaning == population->instance.names.end() || meaning->second.kind != Meaning::Input)
    return op.emitOpError() << population->instance.model.getSymName() << " has no input " << op.getInput();
  Disturbance &disturbance = population->disturbances.emplace_back();
  disturbance.op = op;
  disturbance.noise.model = findModel(op.getNoiseAttr(), op);
  disturbance.noise.stream = op.getSymName().str();
  disturbance.noise.space = population->space;
  if (!disturbance.noise.model || failed(declareNames(disturbance.noise, &op.getBindings(), "", op.getSymName())))
    return failure();
  if (!findOutput(disturbance.noise.model, ""))
    return op.emitOpError() << "the noise " << disturbance.noise.model.getSymName() << " has no output";
  for (auto state : disturbance.noise.model.getBody().getOps<bd::StateOp>())
    declareState(disturbance.noise, disturbance.states, state, op.getSymName(), population->space);
  if (failed(initialize(disturbance.noise, disturbance.states, population->space)))
    return failure();
  return declarePasts(disturbance.noise, *population, op.getSymName());
}

} // namespace bdc::compiler::flatten
