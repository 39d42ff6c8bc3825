// Forward mode, what a program declares: scalars, states and what they begin with, records, the objective.
#include "compiler/differentiate/jumps.h"
#include "compiler/differentiate/rules.h"
#include "compiler/differentiate/tangent.h"
#include "compiler/differentiate/twins.h"

using namespace mlir;

namespace bdc::compiler {

LogicalResult Tangent::build() {
  auto objectives = llvm::to_vector(program.getOps<step::ObjectiveOp>());
  if (objectives.size() != 1)
    return program.emitOpError() << "a derivative is of one objective, and there are " << objectives.size();
  auto loops = llvm::to_vector(program.getOps<step::LoopOp>());
  if (loops.size() != 1)
    return program.emitOpError() << "forward mode is of a program with one loop, and there are " << loops.size();
  loop = loops.front();
  declareTables();
  if (failed(declareScalars()))
    return failure();
  activity = std::make_unique<Activity>(program, loop, wanted);
  if (failed(checkJumps(program, loop, *activity, [&](StringAttr name) { return dependents.contains(name) || activity->startVaries(name); })))
    return failure();
  noteUnseenEvents(program, loop, *activity);
  for (auto gradient : program.getOps<step::GradientOp>())
    if (gradient.getRecords() && failed(checkSensitivities(gradient)))
      return failure();
  if (failed(declareStates()) || failed(rewrite(loop)) || failed(records()) || failed(differentiate(objectives.front())))
    return failure();
  return declareDirections();
}

/// Each record that is to be followed as this one parameter moves must feel it.
LogicalResult Tangent::checkSensitivities(step::GradientOp gradient) {
  Wanted one;
  one.scalars.insert(gradient.getOfAttr().getAttr());
  for (auto scalar : program.getOps<step::ScalarOp>()) { // each reads only earlier ones
    bool reads = readsScalar(scalar.getValue(), [&](StringAttr read) { return one.scalars.contains(read); });
    if (reads && scalars.contains(scalar.getSymNameAttr()))
      one.scalars.insert(scalar.getSymNameAttr());
  }
  Activity ofOne(program, loop, one);
  auto all = llvm::to_vector(program.getOps<step::RecordOp>());
  const llvm::ArrayRef<int64_t> followed = *gradient.getRecords();
  for (int64_t number : followed)
    if (!ofOne.varies(all[number]))
      return emitError(gradient.getLoc()) << "`" << gradient.getOf() << "` cannot change `" << all[number].getText() << "`";
  return success();
}

/// What was asked for becomes a direction, in the same order.
LogicalResult Tangent::declareDirections() {
  llvm::DenseMap<StringAttr, step::DirectionOp> made;
  for (auto gradient : llvm::to_vector(program.getOps<step::GradientOp>())) {
    StringAttr of = gradient.getOfAttr().getAttr();
    auto found = directions.find(of);
    if (found == directions.end() || (!gradient.getRecords() && !reachesObjective(of)))
      return noInfluence(program, gradient);
    OpBuilder builder(gradient);
    step::DirectionOp &direction = made[of];
    if (direction) { // of another statement
      SmallVector<int64_t> records(*direction.getRecords());
      llvm::append_range(records, *gradient.getRecords());
      direction.setRecords(records);
      gradient.erase();
      continue;
    }
    direction = step::DirectionOp::create(builder, gradient.getLoc(), gradient.getOfAttr(), FlatSymbolRefAttr::get(found->second), gradient.getRecordsAttr());
    if (!keep)
      gradient.erase();
  }
  return success();
}

/// Also by way of scalars that are made of it.
bool Tangent::reachesObjective(StringAttr name) {
  if (activity->reachesObjective(name))
    return true;
  return llvm::any_of(program.getOps<step::ScalarOp>(), [&](step::ScalarOp scalar) {
    StringAttr made = scalar.getSymNameAttr();
    return dependents.contains(made) && readsScalar(scalar.getValue(), [&](StringAttr read) { return read == name; }) && reachesObjective(made);
  });
}

//===- Regions ----------------------------------------------------------------===//

/// `every value` of a block that is the same for all elements: what it reads.
void Tangent::seedReads(Block &block, Pushforward &push) {
  for (auto read : llvm::to_vector(block.getOps<step::ReadOp>()))
    if (auto found = scalars.find(read.getScalarAttr().getAttr()); found != scalars.end()) {
      OpBuilder builder(context());
      builder.setInsertionPointAfter(read);
      push.seed(read.getResult(), step::ReadOp::create(builder, read.getLoc(), read.getType(), found->second));
    }
  for (auto element : llvm::to_vector(block.getOps<step::ElementOp>()))
    if (auto found = states.find(element.getStateAttr().getAttr()); found != states.end()) {
      OpBuilder builder(context());
      builder.setInsertionPointAfter(element);
      push.seed(element.getResult(), step::ElementOp::create(builder, element.getLoc(), element.getType(), FlatSymbolRefAttr::get(found->second)));
    }
  for (auto edge : llvm::to_vector(block.getOps<bd::EdgeOp>()))
    if (wanted.weightsAt(*edge)) {
      OpBuilder builder(context());
      builder.setInsertionPointAfter(edge);
      push.seed(edge.getResult(), bd::EdgeOp::create(builder, edge.getLoc(), edge.getType(), tables.lookup(edge.getDataAttr().getAttr()), edge.getFieldAttr()));
    }
}

FailureOr<Tangent::Pushed> Tangent::push(Region &region, function_ref<void(Block &, Pushforward &)> seed, bool withReads) {
  IRMapping mapping;
  Pushed pushed{copyOf(region.front(), /*withTerminator=*/false, context(), mapping), {}, {}};
  Pushforward forward(*pushed.block);
  if (withReads)
    seedReads(*pushed.block, forward);
  if (seed)
    seed(*pushed.block, forward);
  if (failed(forward.run()))
    return noDerivative(forward.obstacle);
  for (Value yielded : region.front().getTerminator()->getOperands()) {
    pushed.yields.push_back(mapping.lookupOrDefault(yielded));
    pushed.tangents.push_back(forward.tangent(pushed.yields.back()));
  }
  return pushed;
}

FailureOr<std::unique_ptr<Block>> Tangent::tangentOf(Region &region) {
  if (region.empty())
    return std::unique_ptr<Block>();
  FailureOr<Pushed> pushed = push(region, {});
  if (failed(pushed))
    return failure();
  if (!pushed->tangents[0])
    return std::unique_ptr<Block>();
  OpBuilder inner = atEnd(*pushed->block, context());
  bd::ScalarBuilder build(inner, region.getLoc());
  build.yield(inPrecisionOf(pushed->yields[0].getType(), pushed->tangents[0], build));
  removeDead(*pushed->block);
  return std::move(pushed->block);
}

bool Tangent::readsDependent(Region &region) {
  return readsScalar(region, [&](StringAttr scalar) { return dependents.contains(scalar); });
}

//===- Scalars ----------------------------------------------------------------===//

LogicalResult Tangent::declareScalars() {
  for (auto scalar : llvm::to_vector(program.getOps<step::ScalarOp>())) {
    StringAttr name = scalar.getSymNameAttr();
    bool isWanted = wanted.scalars.contains(name);
    if (!isWanted && !readsDependent(scalar.getValue()))
      continue;
    dependents.insert(name);
    if (!isWanted) {
      if (failed(declareTangent(scalar, scalar)))
        return failure();
      continue;
    }
    OpBuilder builder(context());
    builder.setInsertionPointAfter(scalar);
    auto along = step::ScalarOp::create(builder, scalar.getLoc(), freeName(program, "direction of " + name.getValue()), scalar.getType(), /*settable=*/true,
                                        false, StringAttr());
    OpBuilder inner = atEnd(along.getValue().emplaceBlock(), context());
    bd::ScalarBuilder build(inner, scalar.getLoc());
    build.yield(build.constant(0, cast<bd::QuantityType>(scalar.getType()).getDimension()));
    scalars[name] = FlatSymbolRefAttr::get(along.getSymNameAttr());
    directions[name] = along.getSymNameAttr();
    if (readsDependent(scalar.getValue()) && failed(declareTangent(scalar, along))) // it may be made of others that are asked for
      return failure();
  }
  for (auto &[name, tangent] : scalars)
    wanted.scalars.insert(name);
  return success();
}

/// Of one that is made of others. That part is zero where the host has set the scalar. `behind`: the direction of the scalar, which counts too, or
/// the scalar.
LogicalResult Tangent::declareTangent(step::ScalarOp scalar, step::ScalarOp behind) {
  FailureOr<std::unique_ptr<Block>> block = tangentOf(scalar.getValue());
  if (failed(block) || !*block)
    return success(succeeded(block));
  OpBuilder builder(context());
  builder.setInsertionPointAfter(behind);
  auto tangent = step::ScalarOp::create(builder, scalar.getLoc(), freeName(program, "tangent of " + scalar.getSymName()), scalar.getType(), false, false,
                                        StringAttr());
  tangent.getValue().push_back(block->release());
  scalars[scalar.getSymNameAttr()] = FlatSymbolRefAttr::get(tangent.getSymNameAttr());
  Operation *end = tangent.getValue().front().getTerminator();
  builder.setInsertionPoint(end);
  bd::ScalarBuilder build(builder, scalar.getLoc());
  Value change = end->getOperand(0);
  if (scalar.getSettable())
    change = build.select(isGiven(givenFlag(scalar), build), build.constant(0, bd::dimensionOf(change)), change);
  if (behind != scalar)
    change = build.add(change, step::ReadOp::create(builder, scalar.getLoc(), behind.getType(), FlatSymbolRefAttr::get(behind.getSymNameAttr())));
  end->setOperand(0, change);
  return success();
}

//===- States -----------------------------------------------------------------===//

/// A state like another, which begins at zero.
StringAttr Tangent::declareState(step::StateOp like, const Twine &name) {
  OpBuilder builder(context());
  builder.setInsertionPointAfter(like);
  auto state = step::StateOp::create(builder, like.getLoc(), freeName(program, name), like.getType(), like.getKind(), like.getShownAttr(), like.getRowsAttr(),
                                     like.getByElement());
  return state.getSymNameAttr();
}

LogicalResult Tangent::declareStates() {
  for (auto state : llvm::to_vector(program.getOps<step::StateOp>())) {
    StringAttr name = state.getSymNameAttr();
    // A state may be there for records alone, as an input is that nothing of the next step reads.
    bool matters = activity->varies(name) && activity->reachesObjective(name) && !wanted.isTable(name);
    if (matters && isDifferentiable(cast<step::ArrayType>(state.getType()).getElement()) && failed(declareTangent(state)))
      return failure();
  }
  return success();
}

LogicalResult Tangent::declareTangent(step::StateOp state) {
  StringAttr name = state.getSymNameAttr(), direction;
  StringAttr tangent = declareState(state, "tangent of " + name.getValue());
  if (wanted.states.contains(name)) { // which comes before what is made of it
    OpBuilder builder(state);
    auto along = step::StateOp::create(builder, state.getLoc(), freeName(program, "direction of " + name.getValue()), state.getType(), bd::StateKind::Param,
                                       state.getShownAttr(), FlatSymbolRefAttr(), false);
    directions[name] = direction = along.getSymNameAttr();
  }
  FailureOr<std::unique_ptr<Block>> start = startOf(state, direction);
  if (failed(start))
    return failure();
  if (*start)
    stateOf(tangent).getInitial().push_back(start->release());
  states[name] = tangent;
  return success();
}

/// What the tangent of a state begins with: its direction, and the tangent of what the state is made of, unless the host has given its values.
FailureOr<std::unique_ptr<Block>> Tangent::startOf(step::StateOp state, StringAttr direction) {
  FailureOr<std::unique_ptr<Block>> made = tangentOf(state.getInitial());
  if (failed(made) || (!*made && !direction))
    return made;
  std::unique_ptr<Block> block = *made ? std::move(*made) : std::make_unique<Block>();
  OpBuilder inner = atEnd(*block, context());
  bd::ScalarBuilder build(inner, state.getLoc());
  Value start;
  if (!block->empty()) {
    start = block->getTerminator()->getOperand(0);
    block->getTerminator()->erase();
    inner.setInsertionPointToEnd(block.get());
    if (step::canBeGiven(state))
      start = build.select(isGiven(givenFlag(state), build), build.constant(0, bd::dimensionOf(start)), start);
  }
  if (direction) {
    Type element = cast<step::ArrayType>(state.getType()).getElement();
    Value along = step::ElementOp::create(inner, state.getLoc(), element, FlatSymbolRefAttr::get(direction));
    start = start ? build.add(start, along) : along;
  }
  build.yield(start);
  return block;
}

//===- Records and the objective ----------------------------------------------===//

LogicalResult Tangent::records() {
  auto all = llvm::to_vector(program.getOps<step::RecordOp>());
  for (auto [number, record] : llvm::enumerate(all))
    if (record.getObserved() && failed(this->record(record, int64_t(number))))
      return failure();
  llvm::DenseSet<int64_t> followed;
  for (auto record : program.getOps<step::RecordOp>())
    if (auto of = record->getAttrOfType<IntegerAttr>("step.tangent_of"))
      followed.insert(of.getInt());
  // What changes with a parameter and has no tangent would be followed by zeros.
  for (auto gradient : program.getOps<step::GradientOp>())
    for (int64_t number : gradient.getRecords().value_or(ArrayRef<int64_t>()))
      if (!followed.contains(number))
        return emitError(gradient.getLoc()) << "`" << all[number].getText() << "` has no derivative by `" << gradient.getOf() << "`";
  return success();
}

/// Behind all records there are, whose numbers stay.
LogicalResult Tangent::record(step::RecordOp of, int64_t number) {
  FlatSymbolRefAttr source;
  std::unique_ptr<Block> value;
  if (StringAttr name = of.getSourceAttr() ? of.getSourceAttr().getAttr() : StringAttr()) {
    StringAttr tangent = eventStates.contains(name) ? eventStates.lookup(name) : states.lookup(name);
    if (!tangent)
      return success();
    source = FlatSymbolRefAttr::get(tangent);
  } else {
    FailureOr<std::unique_ptr<Block>> block = tangentOf(of.getValue());
    if (failed(block) || !*block)
      return success(succeeded(block));
    value = std::move(*block);
  }
  step::RecordOp last;
  for (auto each : program.getOps<step::RecordOp>())
    last = each;
  OpBuilder builder(context());
  builder.setInsertionPointAfter(last);
  std::string text = ("tangent of " + of.getText()).str();
  StringAttr name = builder.getStringAttr(text);
  auto made = step::RecordOp::create(builder, of.getLoc(), name, name, /*unsaved=*/builder.getUnitAttr(), of.getSpaceAttr(), source, of.getTypeAttr(),
                                     of.getShownAttr(), of.getSliceAttr(), of.getEveryAttr(), /*observed=*/UnitAttr(), /*adjoint=*/FlatSymbolRefAttr());
  made->setAttr("step.tangent_of", builder.getI64IntegerAttr(number));
  if (value)
    made.getValue().push_back(value.release());
  return success();
}

/// It takes the tangents of its terms too, and hands out those of all that it yields.
LogicalResult Tangent::differentiate(step::ObjectiveOp objective) {
  Block &block = objective.getValue().front();
  Operation *end = block.getTerminator();
  SmallVector<Value> yields(end->getOperands());
  end->erase();
  Pushforward push(block);
  seedReads(block, push);
  for (BlockArgument term : llvm::to_vector(block.getArguments()))
    push.seed(term, block.addArgument(term.getType(), term.getLoc()));
  if (failed(push.run()))
    return noDerivative(push.obstacle);
  OpBuilder inner = atEnd(block, context());
  bd::ScalarBuilder build(inner, objective.getLoc());
  for (Value value : llvm::to_vector(yields)) {
    Value tangent = push.tangent(value);
    yields.push_back(tangent ? tangent : build.constant(0, bd::dimensionOf(value)));
  }
  build.yield(yields);
  return success();
}

} // namespace bdc::compiler
