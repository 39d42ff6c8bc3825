// Forward mode, the step: each operation hands out tangents beside its results.
#include "compiler/differentiate/tangent.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace bdc::compiler {

Value Tangent::argumentFor(StringAttr state) {
  Value &argument = arguments[state];
  if (!argument) {
    SmallVector<Attribute> names(loop.getStates().begin(), loop.getStates().end());
    names.push_back(FlatSymbolRefAttr::get(state));
    loop.setStatesAttr(ArrayAttr::get(context(), names));
    argument = loop.getBody().addArgument(stateOf(state).getType(), stateOf(state).getLoc());
  }
  return argument;
}

/// Zeros, made in front of an operation.
Value Tangent::nothing(Type element, FlatSymbolRefAttr space, Operation *before) {
  OpBuilder builder(before);
  auto map = step::MapOp::create(builder, before->getLoc(), step::ArrayType::get(context(), element, space), space, ValueRange());
  OpBuilder inner = atEnd(map.getBody().emplaceBlock(), context());
  bd::ScalarBuilder build(inner, before->getLoc());
  Value zero = build.constant(0, cast<bd::QuantityType>(element).getDimension());
  build.yield(inPrecisionOf(element, zero, build));
  return map.getResult(0);
}

/// Of two arrays, of which one may be null for zero.
Value Tangent::sum(Value a, Value b, Operation *before) {
  if (!a || !b)
    return a ? a : b;
  OpBuilder builder(before);
  auto map = step::MapOp::create(builder, before->getLoc(), a.getType(), arrayOf(a).getSpace(), ValueRange{a, b});
  Block &block = map.getBody().emplaceBlock();
  for (Value each : {a, b})
    block.addArgument(arrayOf(each).getElement(), before->getLoc());
  OpBuilder inner = atEnd(block, context());
  bd::ScalarBuilder build(inner, before->getLoc());
  build.yield(build.add(block.getArgument(0), block.getArgument(1)));
  return map.getResult(0);
}

LogicalResult Tangent::rewrite(step::LoopOp) {
  Block &body = loop.getBody().front();
  for (auto [name, argument] : llvm::zip(llvm::to_vector(loop.getStates().getAsRange<FlatSymbolRefAttr>()), llvm::to_vector(body.getArguments())))
    if (StringAttr tangent = states.lookup(name.getAttr()))
      tangents[argument] = argumentFor(tangent);
  SmallVector<Operation *> operations;
  for (Operation &op : body.without_terminator())
    operations.push_back(&op);
  for (Operation *op : operations) {
    LogicalResult done = llvm::TypeSwitch<Operation *, LogicalResult>(op)
                             .Case<step::MapOp, step::ContractOp, step::DeliverOp, step::TakeOp, step::PushOp, step::EmitOp, step::ReduceOp,
                                   step::CountOp>([&](auto known) { return rewrite(known); })
                             .Default([&](Operation *other) { return LogicalResult(other->emitOpError() << "has no derivative"); });
    if (failed(done))
      return failure();
  }
  pushEvents();
  auto next = cast<step::NextOp>(body.getTerminator());
  SmallVector<StringAttr> names;
  for (auto name : loop.getStates().getAsRange<FlatSymbolRefAttr>())
    names.push_back(name.getAttr());
  for (auto [position, value] : llvm::enumerate(next.getStates())) {
    if (arriving.contains(value))
      return next.emitOpError() << "events that come to " << names[position] << " after it was read have no derivative";
    if (StringAttr of = states.lookup(names[position]))
      last[of] = tangent(value);
  }
  for (unsigned position = next.getStates().size(); position < names.size(); ++position) {
    Value value = last.lookup(names[position]);
    auto type = cast<step::ArrayType>(body.getArgument(position).getType());
    if (!value && stateOf(names[position]).getRows())
      value = body.getArgument(position);
    next->insertOperands(position, value ? value : nothing(type.getElement(), type.getSpace(), next));
  }
  return success();
}

namespace {

/// What a map with tangents reads, in the order of its block's arguments.
struct Inputs {
  Block &block;
  SmallVector<Value> arrays;

  Value insert(unsigned position, Value array) {
    arrays.insert(arrays.begin() + position, array);
    return block.insertArgument(position, arrayOf(array).getElement(), array.getLoc());
  }
};

} // namespace

/// One map for values and tangents, which share what both are made of. In steps in which it does not happen both are what they were.
LogicalResult Tangent::rewrite(step::MapOp map) {
  unsigned results = map.getOutputs().size();
  std::optional<Inputs> inputs;
  SmallVector<Value> befores; // of a map with `every`: for each result, its tangent before; null: it has none
  FailureOr<Pushed> pushed = push(map.getBody(), [&](Block &block, Pushforward &push) {
    inputs.emplace(Inputs{block, SmallVector<Value>(map.getInputs())});
    SmallVector<Value> own(block.getArguments());
    unsigned place = map.getEvery() ? results : own.size();
    for (auto [position, argument] : llvm::enumerate(own)) {
      bool isBefore = map.getEvery() && position < results;
      Value array = tangent(map.getInputs()[position]);
      if (isBefore && !array && follows(map.getOutputs()[position]))
        array = nothing(arrayOf(map.getInputs()[position]).getElement(), map.getSpaceAttr(), map);
      Value given = array ? inputs->insert(isBefore ? place++ : inputs->arrays.size(), array) : Value();
      if (isBefore)
        befores.push_back(given);
      push.seed(argument, given);
    }
  });
  if (failed(pushed))
    return failure();
  OpBuilder inner = atEnd(*pushed->block, context());
  bd::ScalarBuilder build(inner, map.getLoc());
  SmallVector<Value> yields = pushed->yields;
  SmallVector<unsigned> changing; // results with tangents
  for (auto [position, value] : llvm::enumerate(pushed->yields)) {
    Value change = pushed->tangents[position];
    if (map.getEvery() ? !befores[position] : !change || !follows(map.getOutputs()[position]))
      continue;
    changing.push_back(position);
    yields.push_back(inPrecisionOf(value.getType(), change ? change : build.constant(0, bd::dimensionOf(value)), build));
  }
  if (changing.empty())
    return success();
  build.yield(yields);
  removeDead(*pushed->block);
  for (unsigned position = inputs->arrays.size(); position-- > map.getInputs().size();)
    if (!map.getEvery() && pushed->block->getArgument(position).use_empty()) {
      pushed->block->eraseArgument(position);
      inputs->arrays.erase(inputs->arrays.begin() + position);
    }
  SmallVector<Type> types(map.getResultTypes());
  for (unsigned position : changing)
    types.push_back(types[position]);
  OpBuilder builder(map);
  auto made = step::MapOp::create(builder, map.getLoc(), types, map.getSpaceAttr(), inputs->arrays, map.getEveryAttr());
  made.getBody().push_back(pushed->block.release());
  map.replaceAllUsesWith(made.getOutputs().take_front(results));
  for (auto [position, change] : llvm::zip_equal(changing, made.getOutputs().drop_front(results)))
    tangents[made.getOutputs()[position]] = change;
  map.erase();
  return success();
}

LogicalResult Tangent::rewrite(step::PushOp push) {
  Value ring = tangent(push.getRing());
  if (!ring)
    return success();
  OpBuilder builder(push);
  auto type = arrayOf(push.getValue());
  Value value = tangent(push.getValue());
  if (!value)
    value = nothing(type.getElement(), type.getSpace(), push);
  tangents[push.getNext()] = step::PushOp::create(builder, push.getLoc(), ring.getType(), ring, value);
  return success();
}

LogicalResult Tangent::rewrite(step::TakeOp take) {
  Value due;
  if (Value ring = tangent(take.getRing())) {
    OpBuilder builder(take);
    auto made = step::TakeOp::create(builder, take.getLoc(), take.getDue().getType(), ring.getType(), ring);
    tangents[take.getRest()] = made.getRest();
    due = made.getDue();
  }
  auto found = arriving.find(take.getRing());
  if (found != arriving.end()) {
    for (Value more : llvm::to_vector(found->second))
      due = sum(due, more, take);
    arriving.erase(take.getRing());
  }
  if (due)
    tangents[take.getDue()] = due;
  return success();
}

LogicalResult Tangent::rewrite(step::ReduceOp reduce) {
  if (Value change = tangent(reduce.getInput())) {
    OpBuilder builder(reduce);
    tangents[reduce.getSum()] = step::ReduceOp::create(builder, reduce.getLoc(), reduce.getSum().getType(), change);
  }
  return success();
}

} // namespace bdc::compiler
