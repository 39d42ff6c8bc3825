// Adjoints of events. Forwards an event jumps; backwards each source, whether it spiked or not, is told what an event of it would have
// done: a sum over its outgoing edges of the adjoints that the targets had when it would have arrived. The surrogate weighs it.
#include "compiler/differentiate/pullback.h"
#include "compiler/differentiate/reversal.h"

using namespace mlir;

namespace bdc::compiler {

namespace {

/// Failure where what an event adds to one of its target's states depends on one of them.
LogicalResult isFree(step::DeliverOp deliver, unsigned of, unsigned by) {
  FailureOr<std::unique_ptr<Block>> slope =
      slopeOf(deliver.getBody(), [&](Block &block) { return SmallVector<Value>{block.getArgument(by)}; }, of);
  if (failed(slope))
    return failure();
  std::optional<double> constant = *slope ? bd::constantOf((*slope)->getTerminator()->getOperand(0)) : 0.0;
  if (constant != (of == by ? 1.0 : 0.0))
    return deliver.emitOpError() << "has a derivative only where an event adds to its target's states what does not depend on them";
  return success();
}

} // namespace

FailureOr<std::unique_ptr<Block>> jumpsOf(step::DeliverOp deliver) {
  Block &region = deliver.getBody().front();
  for (unsigned of = 0; of < deliver.getStates().size(); ++of)
    for (unsigned by = 0; by < deliver.getStates().size(); ++by)
      if (failed(isFree(deliver, of, by)))
        return failure();
  auto block = std::make_unique<Block>();
  OpBuilder inner = atEnd(*block, deliver.getContext());
  bd::ScalarBuilder build(inner, deliver.getLoc());
  BlockArgument weight = block->addArgument(region.getArguments().back().getType(), deliver.getLoc());
  IRMapping mapping;
  for (BlockArgument state : region.getArguments().drop_back())
    mapping.map(state, build.constant(0, bd::dimensionOf(state)));
  mapping.map(region.getArguments().back(), weight);
  for (Operation &op : region.without_terminator())
    inner.clone(op, mapping);
  SmallVector<Value> jumps;
  for (Value value : region.getTerminator()->getOperands())
    jumps.push_back(mapping.lookupOrDefault(value));
  build.yield(jumps);
  return block;
}

/// The queue's indicator in the loop.
Value Reversal::indicatorOf(StringAttr queue) {
  for (auto emit : body().getOps<step::EmitOp>())
    if (emit.getQueueAttr().getAttr() == queue)
      return emit.getIndicator();
  return {};
}

LogicalResult Reversal::findEventEchoes() {
  for (auto deliver : body().getOps<step::DeliverOp>()) {
    bool matters = llvm::any_of(deliver.getNext(), [&](Value next) { return activity.isActive(next); });
    if (!matters || !activity.eventsVary(deliver.getQueueAttr().getAttr()))
      continue;
    FailureOr<std::unique_ptr<Block>> jumps = jumpsOf(deliver);
    if (failed(jumps))
      return failure();
    EventEcho echo;
    echo.deliver = deliver;
    echo.term = std::move(*jumps);
    FlatSymbolRefAttr space = arrayOf(deliver.getNext()[0]).getSpace(), rows;
    auto graph = program.lookupSymbol<step::GraphOp>(deliver.getGraph());
    FlatSymbolRefAttr longest = graph.getDelayAttr() ? graph.getDelayAttr() : graph.getMaxDelayAttr();
    rows = scalar("rows of later adjoints of " + deliver.getGraph(), [&](bd::ScalarBuilder &build) {
      Value delay = build.constant(0);
      if (longest)
        delay = step::ReadOp::create(build.builder, run.getLoc(), bd::quantityType(context(), {}), longest);
      return build.add(delay, build.constant(3));
    });
    // The term: Σ jump · adjoint over the states, each adjoint an argument behind the weight.
    Operation *end = echo.term->getTerminator();
    OpBuilder builder(end);
    bd::ScalarBuilder build(builder, deliver.getLoc());
    Value sum;
    for (auto [state, jump] : llvm::zip_equal(deliver.getNext(), end->getOperands())) {
      Type element = adjointElement(arrayOf(state).getElement());
      if (!activity.isActive(state))
        continue;
      echo.states.push_back(state);
      echo.adjoints.push_back(declare("later adjoints of " + deliver.getGraph(), element, space, bd::StateKind::Adjoint, rows));
      Value part = build.mul(jump, echo.term->addArgument(element, deliver.getLoc()));
      sum = sum ? build.add(sum, part) : part;
    }
    end->setOperands(sum);
    removeDead(*echo.term);
    eventEchoes.push_back(std::move(echo));
  }
  return success();
}

/// What an event of this step would do in later ones.
void Reversal::hear(EventEcho &echo) {
  SmallVector<Value> sources;
  for (StringAttr ring : echo.adjoints)
    sources.push_back(draft->now(ring));
  Value indicator = indicatorOf(echo.deliver.getQueueAttr().getAttr());
  IRMapping mapping;
  std::unique_ptr<Block> block = copyOf(*echo.term, /*withTerminator=*/true, context(), mapping);
  auto type = step::ArrayType::get(context(), block->getTerminator()->getOperand(0).getType(), arrayOf(indicator).getSpace());
  auto sum = step::ContractOp::create(draft->builder, echo.deliver.getLoc(), type, echo.deliver.getGraphAttr(), sources, ValueRange(),
                                      draft->builder.getUnitAttr(), FlatSymbolRefAttr());
  sum.getBody().push_back(block.release());
  add(indicator, sum.getSum());
}

/// A state's adjoint passes an addition; the events that were added see it too.
LogicalResult Reversal::reverse(step::DeliverOp deliver) {
  SmallVector<Value> totals;
  for (auto [before, after] : llvm::zip_equal(deliver.getStates(), deliver.getNext())) {
    totals.push_back(total(after));
    add(before, totals.back());
  }
  if (llvm::none_of(totals, [](Value total) { return bool(total); }))
    return success();
  for (auto [of, adjoint] : llvm::enumerate(totals))
    for (auto [by, state] : llvm::enumerate(deliver.getStates()))
      if (adjoint && activity.isActive(state) && failed(isFree(deliver, of, by)))
        return failure();
  if (failed(reverseJumps(deliver, totals)))
    return failure();
  for (EventEcho &echo : eventEchoes) {
    if (echo.deliver != deliver)
      continue;
    for (auto [state, ring] : llvm::zip_equal(echo.states, echo.adjoints)) {
      Value adjoint = totals[llvm::find(deliver.getNext(), state) - deliver.getNext().begin()];
      if (!adjoint)
        adjoint = nothing(adjointElement(arrayOf(state).getElement()), arrayOf(state).getSpace());
      Value before = draft->now(ring);
      draft->set(ring, step::PushOp::create(draft->builder, deliver.getLoc(), before.getType(), before, adjoint));
    }
  }
  return success();
}

/// Wanted scalars that make weights or jumps: the taping loop counts what the events of a step would have added more.
LogicalResult Reversal::reverseJumps(step::DeliverOp deliver, ValueRange adjoints) {
  auto graph = program.lookupSymbol<step::GraphOp>(deliver.getGraph());
  if (failed(checkEdges(deliver, graph)))
    return failure();
  if (activity.readsWanted(graph.getEdgeWeight()))
    return emitError(deliver.getLoc()) << "drawn weights of events have no derivative";
  for (StringAttr scalar : wanted.ordered)
    for (auto [of, adjoint] : llvm::enumerate(adjoints)) {
      if (!adjoint)
        continue;
      bool isWeight = graph.getWeightAttr() && graph.getWeightAttr().getAttr() == scalar;
      FailureOr<std::unique_ptr<Block>> slope = slopeOf(deliver.getBody(), [&](Block &block) {
        SmallVector<Value> leaves = readsOf(block, scalar);
        if (isWeight)
          leaves.push_back(block.getArguments().back());
        return leaves;
      }, of);
      if (failed(slope))
        return failure();
      if (!*slope)
        continue;
      if (deliver.getSlots())
        return deliver.emitOpError() << "the weight of events with drawn delays has no derivative";
      FailureOr<Value> count = countEvents(deliver, **slope);
      if (failed(count))
        return failure();
      collectSum(scalar, adjoint, *count, deliver.getLoc());
    }
  return success();
}

/// The sum over this step's events of a function of the weight, (states…, weight) -> slope, beside the delivery of the taping loop.
FailureOr<Value> Reversal::countEvents(step::DeliverOp deliver, Block &slope) {
  Value more = slope.getTerminator()->getOperand(0);
  for (BlockArgument state : slope.getArguments().drop_back())
    if (!state.use_empty())
      return deliver.emitOpError() << "has a derivative only where an event adds to its target's states what does not depend on them";
  // A state of the taping loop that is zero between steps, so that the delivery can come first in a step, like all others.
  FlatSymbolRefAttr space = arrayOf(deliver.getNext()[0]).getSpace();
  StringAttr state = declare("events of " + deliver.getGraph(), more.getType(), space, bd::StateKind::ShortTerm);
  auto type = step::ArrayType::get(context(), more.getType(), space);
  SmallVector<Attribute> names(tapeLoop.getStates().begin(), tapeLoop.getStates().end());
  names.push_back(FlatSymbolRefAttr::get(state));
  tapeLoop.setStatesAttr(ArrayAttr::get(context(), names));
  Value sum = tapeLoop.getBody().addArgument(type, deliver.getLoc());
  OpBuilder builder(inTape.lookup(deliver.getNext()[0]).getDefiningOp());
  auto count = step::DeliverOp::create(builder, deliver.getLoc(), TypeRange{type}, deliver.getQueueAttr(), deliver.getGraphAttr(), sum, UnitAttr());
  auto block = std::make_unique<Block>();
  Value before = block->addArgument(more.getType(), deliver.getLoc());
  IRMapping mapping;
  mapping.map(slope.getArguments().back(), block->addArgument(slope.getArguments().back().getType(), deliver.getLoc()));
  OpBuilder inner = atEnd(*block, context());
  for (Operation &op : slope.without_terminator())
    inner.clone(op, mapping);
  bd::ScalarBuilder build(inner, deliver.getLoc());
  build.yield(build.add(before, mapping.lookupOrDefault(more)));
  count.getBody().push_back(block.release());
  step::NextOp next = cast<step::NextOp>(tapeLoop.getBody().front().getTerminator());
  builder.setInsertionPoint(next);
  auto none = step::MapOp::create(builder, run.getLoc(), type, space, ValueRange());
  inner = atEnd(none.getBody().emplaceBlock(), context());
  bd::ScalarBuilder zero(inner, run.getLoc());
  zero.yield(zero.constant(0, bd::dimensionOf(more)));
  next->insertOperands(next->getNumOperands(), none.getResults());
  StringAttr store = keep(count.getNext()[0], "tape of the events of " + deliver.getGraph());
  return step::RestoreOp::create(draft->builder, deliver.getLoc(), type, FlatSymbolRefAttr::get(store)).getValue();
}

/// What is due was put into the ring when it was sent: the adjoint goes back to those who sent, at once where a delivery put it there in this
/// step; else, as in the window of a rate, where the reverse loop comes to the step in which it was pushed.
LogicalResult Reversal::reverse(step::TakeOp take) {
  Value adjoint = total(take.getDue());
  if (!isa<BlockArgument>(take.getRing())) {
    add(take.getRing(), adjoint);
    return success();
  }
  auto push = nextOf(take.getRing()).getDefiningOp<step::PushOp>();
  if (!push || push.getRing() != take.getRest())
    return take.emitOpError() << "takes from a ring that is not written once in a step";
  if (!activity.isActive(push.getValue()) || !activity.isActive(take.getDue()))
    return success();
  auto ring = cast<step::ArrayType>(take.getRing().getType());
  StringAttr name = nameOf(take.getRing());
  StringAttr later = declare("later adjoints of " + name.getValue(), adjointElement(ring.getElement()), ring.getSpace(), bd::StateKind::Adjoint,
                             stateOf(name).getRowsAttr());
  if (!adjoint)
    adjoint = nothing(adjointElement(ring.getElement()), ring.getSpace());
  Value before = draft->now(later);
  auto felt = step::TakeOp::create(draft->builder, take.getLoc(), arrayOf(adjoint), before.getType(), before);
  add(push.getValue(), felt.getDue());
  draft->set(later, step::PushOp::create(draft->builder, take.getLoc(), before.getType(), felt.getRest(), adjoint));
  return success();
}

/// Each event counts once, and so does each element in which the surrogate sees one.
LogicalResult Reversal::reverse(step::CountOp count) {
  Value adjoint = total(count.getCount()), indicator = indicatorOf(count.getQueueAttr().getAttr());
  if (!adjoint || !indicator || !activity.isActive(indicator))
    return success();
  auto block = std::make_unique<Block>();
  BlockArgument felt = block->addArgument(arrayOf(adjoint).getElement(), count.getLoc());
  OpBuilder inner = atEnd(*block, context());
  bd::ScalarBuilder build(inner, count.getLoc());
  Type element = adjointElement(arrayOf(indicator).getElement());
  build.yield(inPrecisionOf(element, felt, build));
  FlatSymbolRefAttr space = arrayOf(indicator).getSpace();
  auto map = step::MapOp::create(draft->builder, count.getLoc(), step::ArrayType::get(context(), element, space), space, adjoint);
  map.getBody().push_back(block.release());
  add(indicator, map.getResult(0));
  return success();
}

} // namespace bdc::compiler
