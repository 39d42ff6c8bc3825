// Forward mode, events. An event that happens adds the tangent of what it adds; and each source, whether it spiked or not, adds what an event
// of it would have added, times how the surrogate says that the event changes. These changes wait in rings until an event would have arrived.
#include "compiler/differentiate/tangent.h"
#include "compiler/differentiate/twins.h"

using namespace mlir;

namespace bdc::compiler {

LogicalResult Tangent::rewrite(step::DeliverOp deliver) {
  if (llvm::none_of(deliver.getNext(), [&](Value next) { return follows(next); }))
    return success();
  SmallVector<Value> changes; // tangents of the states
  for (auto [state, next] : llvm::zip_equal(deliver.getStates(), deliver.getNext())) {
    changes.push_back(tangent(state));
    if (changes.back() || !follows(next))
      continue;
    if (deliver.getSlots())
      return deliver.emitOpError() << "adds what changes to a ring that does not";
    changes.back() = nothing(arrayOf(state).getElement(), arrayOf(state).getSpace(), deliver);
  }
  SmallVector<Value> before(deliver.getStates());
  if (failed(pushJumpsByWeight(deliver, changes)) || failed(hearEvents(deliver, changes)))
    return failure();
  FailureOr<step::DeliverOp> made = pushJumps(deliver, changes);
  if (failed(made))
    return failure();
  for (auto [state, after, change] : llvm::zip_equal(before, made->getNext().take_front(before.size()), changes)) {
    if (change)
      tangents[after] = change;
    if (auto found = arriving.find(state); found != arriving.end()) {
      SmallVector<Value> sums = found->second;
      arriving.erase(state);
      arriving[after] = sums;
    }
  }
  return success();
}

/// Events change tangents by the derivative of what they do to the states; where they only pass them on the delivery stays as it is.
FailureOr<step::DeliverOp> Tangent::pushJumps(step::DeliverOp deliver, SmallVectorImpl<Value> &changes) {
  unsigned count = deliver.getStates().size();
  SmallVector<Value> given(count), operands(deliver.getStates());
  auto graph = program.lookupSymbol<step::GraphOp>(deliver.getGraph());
  FailureOr<Pushed> pushed = push(deliver.getBody(), [&](Block &block, Pushforward &push) {
    SmallVector<BlockArgument> own(block.getArguments());
    for (unsigned position = 0; position < count; ++position)
      if (changes[position]) {
        given[position] = block.insertArgument(operands.size(), arrayOf(changes[position]).getElement(), deliver.getLoc());
        operands.push_back(changes[position]);
        push.seed(own[position], given[position]);
      }
    if (auto found = graph.getWeightAttr() ? scalars.find(graph.getWeightAttr().getAttr()) : scalars.end(); found != scalars.end()) {
      OpBuilder builder(context());
      builder.setInsertionPointToStart(&block);
      push.seed(own.back(), step::ReadOp::create(builder, deliver.getLoc(), own.back().getType(), found->second));
    }
  });
  if (failed(pushed))
    return failure();
  if (llvm::equal(pushed->tangents, given))
    return deliver;
  OpBuilder inner = atEnd(*pushed->block, context());
  bd::ScalarBuilder build(inner, deliver.getLoc());
  SmallVector<Value> yields = pushed->yields;
  for (auto [argument, change] : llvm::zip_equal(given, pushed->tangents))
    if (argument)
      yields.push_back(inPrecisionOf(argument.getType(), change ? change : build.constant(0, bd::dimensionOf(argument)), build));
  build.yield(yields);
  removeDead(*pushed->block);
  OpBuilder builder(deliver);
  auto made = step::DeliverOp::create(builder, deliver.getLoc(), ValueRange(operands).getTypes(), deliver.getQueueAttr(), deliver.getGraphAttr(),
                                      operands, deliver.getSlotsAttr());
  made.getBody().push_back(pushed->block.release());
  unsigned next = count;
  for (Value &change : changes)
    if (change)
      change = made.getNext()[next++];
  deliver.replaceAllUsesWith(made.getNext().take_front(count));
  deliver.erase();
  return made;
}

/// Weights of single edges that change: events through the twin of the graph.
LogicalResult Tangent::pushJumpsByWeight(step::DeliverOp deliver, SmallVectorImpl<Value> &changes) {
  FailureOr<FlatSymbolRefAttr> twin = twinByWeight(program.lookupSymbol<step::GraphOp>(deliver.getGraph()));
  if (failed(twin) || !*twin)
    return LogicalResult(twin);
  Type weightType = program.lookupSymbol<step::GraphOp>(twin->getAttr()).getWeightType().value();
  for (auto [position, change] : llvm::enumerate(changes)) {
    if (!change)
      continue;
    FailureOr<std::unique_ptr<Block>> slope =
        slopeOf(deliver.getBody(), [](Block &block) { return SmallVector<Value>{block.getArguments().back()}; }, position);
    if (failed(slope))
      return failure();
    if (!*slope)
      continue;
    if (llvm::any_of((*slope)->getArguments(), [](Value argument) { return !argument.use_empty(); }))
      return deliver.emitOpError() << "weights that change have a derivative where an event adds a multiple of its weight";
    auto block = std::make_unique<Block>();
    Value before = block->addArgument(arrayOf(change).getElement(), deliver.getLoc()), weight = block->addArgument(weightType, deliver.getLoc());
    OpBuilder inner = atEnd(*block, context());
    IRMapping mapping;
    for (Operation &op : (*slope)->without_terminator())
      inner.clone(op, mapping);
    bd::ScalarBuilder build(inner, deliver.getLoc());
    Value more = build.mul(weight, mapping.lookupOrDefault((*slope)->getTerminator()->getOperand(0)));
    build.yield(inPrecisionOf(before.getType(), build.add(before, more), build));
    OpBuilder builder(deliver);
    auto made = step::DeliverOp::create(builder, deliver.getLoc(), TypeRange{change.getType()}, deliver.getQueueAttr(), *twin, change,
                                        deliver.getSlotsAttr());
    made.getBody().push_back(block.release());
    change = made.getNext()[0];
  }
  return success();
}

/// What events that the surrogate sees change would add: sums over all edges of a target.
LogicalResult Tangent::hearEvents(step::DeliverOp deliver, SmallVectorImpl<Value> &changes) {
  StringAttr queue = deliver.getQueueAttr().getAttr();
  if (!activity->eventsVary(queue))
    return success();
  FailureOr<std::unique_ptr<Block>> jumps = jumpsOf(deliver);
  if (failed(jumps))
    return failure();
  Value past = argumentFor(pastOf(queue, program.lookupSymbol<step::GraphOp>(deliver.getGraph())));
  for (auto [position, state] : llvm::enumerate(deliver.getStates())) {
    if (!changes[position])
      continue;
    IRMapping mapping;
    std::unique_ptr<Block> block = copyOf(**jumps, /*withTerminator=*/false, context(), mapping);
    Value change = block->addArgument(arrayOf(past).getElement(), deliver.getLoc());
    OpBuilder inner = atEnd(*block, context());
    bd::ScalarBuilder build(inner, deliver.getLoc());
    Value jump = mapping.lookupOrDefault((*jumps)->getTerminator()->getOperand(position));
    Type element = arrayOf(state).getElement();
    build.yield(inPrecisionOf(element, build.mul(jump, change), build));
    removeDead(*block);
    OpBuilder builder(deliver);
    auto type = step::ArrayType::get(context(), element, arrayOf(state).getSpace());
    auto made = step::ContractOp::create(builder, deliver.getLoc(), type, deliver.getGraphAttr(), ValueRange{past}, ValueRange(), UnitAttr(),
                                         FlatSymbolRefAttr());
    made.getBody().push_back(block.release());
    if (deliver.getSlots()) // where it comes when it is taken out
      arriving[state].push_back(made.getSum());
    else
      changes[position] = sum(changes[position], made.getSum(), deliver);
  }
  return success();
}

/// The ring of the tangents of a queue's events, as long as the delays of a graph.
StringAttr Tangent::pastOf(StringAttr queue, step::GraphOp graph) {
  FlatSymbolRefAttr longest = graph.getDelayAttr() ? graph.getDelayAttr() : graph.getMaxDelayAttr();
  for (const Past &past : pasts)
    if (past.queue == queue && past.longest == (longest ? longest.getAttr() : StringAttr()))
      return past.ring;
  step::ScalarOp last;
  for (auto each : program.getOps<step::ScalarOp>())
    last = each;
  OpBuilder builder(context());
  builder.setInsertionPointAfter(last);
  auto rows = step::ScalarOp::create(builder, graph.getLoc(), freeName(program, "rows of tangents of " + graph.getSymName()), bd::quantityType(context(), {}),
                                     false, false, StringAttr());
  OpBuilder inner = atEnd(rows.getValue().emplaceBlock(), context());
  bd::ScalarBuilder build(inner, graph.getLoc());
  Value delay = longest ? step::ReadOp::create(inner, graph.getLoc(), bd::quantityType(context(), {}), longest).getResult() : build.constant(0);
  build.yield(build.add(delay, build.constant(3)));
  builder.setInsertionPoint(loop);
  auto type = step::ArrayType::get(context(), bd::quantityType(context(), {}), program.lookupSymbol<step::QueueOp>(queue).getSpaceAttr());
  auto ring = step::StateOp::create(builder, graph.getLoc(), freeName(program, "tangents of " + queue.getValue()), type, bd::StateKind::Delay, StringAttr(),
                                    FlatSymbolRefAttr::get(rows.getSymNameAttr()), false);
  pasts.push_back({queue, longest ? longest.getAttr() : StringAttr(), ring.getSymNameAttr()});
  return ring.getSymNameAttr();
}

LogicalResult Tangent::rewrite(step::EmitOp emit) {
  if (Value change = emit.getIndicator() ? tangent(emit.getIndicator()) : Value()) {
    Value &all = indicators[emit.getQueueAttr().getAttr()];
    all = sum(all, change, emit);
  }
  return success();
}

/// At the end of a step: this step's changes of events go into their rings, and to where an objective hears them.
void Tangent::pushEvents() {
  Operation *end = loop.getBody().front().getTerminator();
  OpBuilder builder(end);
  for (const Past &past : pasts) {
    Value ring = argumentFor(past.ring), change = indicators.lookup(past.queue);
    auto type = arrayOf(ring);
    if (!change)
      change = nothing(type.getElement(), type.getSpace(), end);
    last[past.ring] = step::PushOp::create(builder, end->getLoc(), type, ring, change);
  }
  for (auto record : program.getOps<step::RecordOp>()) {
    StringAttr queue = record.getObserved() && record.getSourceAttr() ? record.getSourceAttr().getAttr() : StringAttr();
    Value change = queue ? indicators.lookup(queue) : Value();
    if (!change || eventStates.contains(queue))
      continue;
    builder.setInsertionPoint(loop);
    auto state = step::StateOp::create(builder, record.getLoc(), freeName(program, "tangent of " + queue.getValue()), change.getType(), bd::StateKind::ShortTerm,
                                       StringAttr(), FlatSymbolRefAttr(), false);
    eventStates[queue] = state.getSymNameAttr();
    (void)argumentFor(state.getSymNameAttr());
    last[state.getSymNameAttr()] = change;
  }
}

/// Events are counted as often as their indicators add up to.
LogicalResult Tangent::rewrite(step::CountOp count) {
  StringAttr queue = count.getQueueAttr().getAttr();
  if (!follows(count.getCount()) || !activity->eventsVary(queue))
    return success();
  Value change = indicators.lookup(queue);
  if (!change)
    return count.emitOpError() << "counts events before they are listed, which has no derivative";
  OpBuilder builder(count);
  tangents[count.getCount()] = step::ReduceOp::create(builder, count.getLoc(), count.getCount().getType(), change);
  return success();
}

} // namespace bdc::compiler
