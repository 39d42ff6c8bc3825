// Projections: graphs, synaptic states on their targets, jumps; and drives.
#include "compiler/flatten/flattener.h"

using namespace mlir;

namespace bdc::compiler::flatten {

LogicalResult Flattener::declareProjection(bd::ProjectOp op) {
  Projection &projection = projections.emplace_back();
  projection.op = op;
  projection.source = findPopulation(op.getSourceAttr(), op);
  projection.target = findPopulation(op.getTargetAttr(), op);
  if (!projection.source || !projection.target)
    return failure();
  if (!projection.source->queue)
    return op.emitOpError() << op.getSource() << " emits no events: its model " << projection.source->instance.model.getSymName()
                            << " has no `emit spike`";
  if (failed(op.getSynapse() ? joinGroup(projection) : declareJump(projection)))
    return failure();
  return declareGraph(projection);
}

LogicalResult Flattener::declareGraph(Projection &projection) {
  bd::ProjectOp op = projection.op;
  std::string name = op.getSymName().str(), statement = op.getStatement().str();
  SmallVector<Attribute> arguments;
  if (!op.getRuleArguments().empty()) {
    bool probability = op.getRule() == "random";
    FlatSymbolRefAttr argument = scalarOf(op.getRuleArguments(), statement + (probability ? ".p" : ".degree"),
                                          {/*settable=*/true, /*whole=*/!probability, {}});
    if (!argument)
      return failure();
    arguments.push_back(argument);
  }
  FailureOr<ArrayAttr> source = slice(op.getSourceSlice(), name + ".source"), target = slice(op.getTargetSlice(), name + ".target");
  if (failed(source) || failed(target))
    return failure();
  projection.graph = symbol(freeName(name));
  auto graph = step::GraphOp::create(builder, op.getLoc(), projection.graph.getAttr(), projection.source->space, projection.target->space, op.getRuleAttr(),
                                     builder.getArrayAttr(arguments), text(name), op.getForbidSelfAttr(), *source, *target,
                                     FlatSymbolRefAttr(), TypeAttr(), FlatSymbolRefAttr(), FlatSymbolRefAttr(),
                                     FlatSymbolRefAttr(), StringAttr());
  if (failed(declareEdges(projection, graph)))
    return failure();
  return declareDelay(projection, graph);
}

/// Weights: one number, one per edge, or 1 where the events have none.
LogicalResult Flattener::declareEdges(Projection &projection, step::GraphOp graph) {
  bd::ProjectOp op = projection.op;
  Region &weight = op.getWeight();
  if (weight.empty()) {
    graph.setWeightAttr(derived("unit_weight", op.getLoc(), [&](Emitter &emitter) { return emitter.build(op.getLoc()).constant(1); }));
    projection.weight = bd::quantityType(context, {});
    return success();
  }
  projection.weight = cast<bd::QuantityType>(weight.front().getTerminator()->getOperand(0).getType());
  if (!op.getWeightPerEdge()) {
    StringAttr shown = shownOf(op, "bd.weight_shown");
    graph.setWeightAttr(scalarOf(weight, (op.getStatement() + ".weight").str(), {/*settable=*/true, /*whole=*/false, shown}));
    return success(bool(graph.getWeightAttr()));
  }
  graph.setWeightTypeAttr(TypeAttr::get(projection.weight));
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&graph.getEdgeWeight());
  Emitter emitter(builder, elementReader());
  Value drawn = emitter.value(weight, nullptr);
  if (drawn)
    emitter.build(op.getLoc()).yield(drawn);
  return success(bool(drawn));
}

/// A group of the same key, or a new one with states on the target.
LogicalResult Flattener::joinGroup(Projection &projection) {
  bd::ProjectOp op = projection.op;
  Population &target = *projection.target;
  Group &group = target.groups.emplace_back();
  group.first = op;
  group.input = op.getInputAttr().getAttr();
  if (failed(declareGroup(target, group, op.getStatement())))
    return failure();
  group.key = groupKey(projection, group);
  for (Group &other : target.groups) {
    if (&other == &group || other.key != group.key)
      continue;
    markMerged(other, group);
    projection.group = &other;
    target.groups.pop_back();
    ++mergedProjections;
    return success();
  }
  projection.group = &group;
  for (auto state : group.synapse.model.getBody().getOps<bd::StateOp>())
    declareState(group.synapse, group.states, state, op.getSymName(), target.space);
  if (failed(initialize(group.synapse, group.states, target.space)) || failed(declarePasts(group.synapse, target, op.getSymName())))
    return failure();
  return group.effect.model ? declarePasts(group.effect, target, op.getSymName()) : success();
}

LogicalResult Flattener::declareGroup(Population &target, Group &group, StringRef prefix) {
  bd::ProjectOp op = group.first;
  auto meaning = target.instance.names.find(group.input);
  if (meaning == target.instance.names.end() || meaning->second.kind != Meaning::Input)
    return op.emitOpError() << target.instance.model.getSymName() << " has no input " << group.input;
  group.synapse.space = target.space;
  group.synapse.model = findModel(op.getSynapseAttr(), op);
  if (!group.synapse.model || failed(declareNames(group.synapse, &op.getBindings(), "synapse", prefix)))
    return failure();
  for (auto on : group.synapse.model.getBody().getOps<bd::OnOp>())
    if (!on.getCondition().empty())
      return on.emitOpError() << "a synapse handles events, not conditions";
  if (!op.getEffect()) {
    auto outputs = group.synapse.model.getBody().getOps<bd::OutputOp>();
    if (llvm::range_size(outputs) != 1)
      return op.emitOpError() << "without an effect, the synapse needs exactly one output";
    return success();
  }
  group.effect.space = target.space;
  group.effect.model = findModel(op.getEffectAttr(), op);
  if (!group.effect.model || failed(declareNames(group.effect, &op.getBindings(), "effect", prefix)))
    return failure();
  if (!findOutput(group.effect.model, ""))
    return op.emitOpError() << "the effect " << group.effect.model.getSymName() << " has no output";
  group.effect.synapse = &group.synapse;
  group.effect.population = &target;
  return success();
}

/// Events without a synapse add their weight to a state of the target, through an accumulator that the target adds and clears.
LogicalResult Flattener::declareJump(Projection &projection) {
  bd::ProjectOp op = projection.op;
  projection.jump = projection.target->findState(op.getInputAttr().getAttr());
  if (!projection.jump)
    return op.emitOpError() << "without a synapse, events add their weight to a state, and " << op.getInput() << " is not a state of "
                            << projection.target->instance.model.getSymName();
  State &state = *projection.jump;
  auto type = cast<bd::QuantityType>(cast<bd::StateType>(state.declaration.getType()).getValue());
  if (!op.getDelayPerEdge() && !state.pending)
    state.pending = array((state.array.getValue() + ".pending").str(), type, projection.target->space, bd::StateKind::ShortTerm, op.getLoc());
  return success();
}

LogicalResult Flattener::declareDrive(bd::DriveOp op) {
  Population *population = findPopulation(op.getPopulationAttr(), op);
  if (!population)
    return failure();
  StringAttr name = op.getInputAttr().getAttr();
  auto meaning = population->instance.names.find(name);
  if (meaning == population->instance.names.end() || meaning->second.kind != Meaning::Input)
    return op.emitOpError() << population->instance.model.getSymName() << " has no input " << name;
  Drive &drive = population->drives.emplace_back();
  drive.op = op;
  if (!op.getPerElement())
    return success();
  Value yielded = op.getValue().front().getTerminator()->getOperand(0);
  std::string wanted = ("drive." + population->name() + "." + name.getValue()).str();
  drive.values = array(wanted, yielded.getType(), population->space, bd::StateKind::Param, op.getLoc());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&program.lookupSymbol<step::StateOp>(drive.values).getInitial());
  Emitter emitter(builder, elementReader());
  Value drawn = emitter.value(op.getValue(), nullptr);
  if (drawn)
    emitter.build(op.getLoc()).yield(drawn);
  return success(bool(drawn));
}

} // namespace bdc::compiler::flatten
