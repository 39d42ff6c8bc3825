// Delays backwards. What a sum felt of a source d steps ago, the source learns d steps later, as the reverse loop sees it: the adjoints of
// the sum go into a ring, from which a sum over the source's outgoing edges reads each as long ago as its delay.
#include "compiler/differentiate/reversal.h"

using namespace mlir;

namespace bdc::compiler {

LogicalResult Reversal::findEchoes() {
  for (auto contract : body().getOps<step::ContractOp>())
    for (auto [position, source] : llvm::enumerate(contract.getSources())) {
      auto ring = dyn_cast<BlockArgument>(source);
      if (ring && stateOf(nameOf(ring)).getRows() && activity.isActive(source) && activity.isActive(contract.getSum()) &&
          failed(findEcho(contract, position)))
        return failure();
    }
  return success();
}

LogicalResult Reversal::findEcho(step::ContractOp contract, unsigned position) {
  Echo echo;
  echo.contract = contract;
  echo.ring = nameOf(contract.getSources()[position]);
  auto push = nextOf(echo.ring).getDefiningOp<step::PushOp>();
  if (!push || push.getRing() != contract.getSources()[position])
    return contract.emitOpError() << "reads a ring that is not written once in a step";
  echo.pushed = push.getValue();
  SmallVector<unsigned> targets;
  FailureOr<std::unique_ptr<Block>> term = sourceTerm(contract, position, targets, echo.readsSource);
  if (failed(term))
    return failure();
  if (!*term)
    return success();
  auto graph = program.lookupSymbol<step::GraphOp>(contract.getGraph());
  if ((*term)->walk([](bd::TimeOp) { return WalkResult::interrupt(); }).wasInterrupted())
    return contract.emitOpError() << "a delayed coupling that depends on the time has no derivative";
  std::string name = contract.getGraph().str();
  FlatSymbolRefAttr rows = stateOf(echo.ring).getRowsAttr(), space = arrayOf(contract.getSum()).getSpace();
  echo.adjoints = declare("later adjoints of " + name, (*term)->getArgument(1).getType(), space, bd::StateKind::Adjoint, rows, /*byElement=*/true);
  for (unsigned target : targets) {
    Value value = contract.getTargets()[target];
    echo.targets.push_back({value, declare("later targets of " + name, arrayOf(value).getElement(), space, bd::StateKind::Adjoint, rows, true)});
  }
  if (!echo.readsSource && !graph.getEdgeDelay().empty()) {
    FlatSymbolRefAttr steps = scalar("steps ahead", [](bd::ScalarBuilder &build) { return build.constant(8); });
    Type sum = (*term)->getTerminator()->getOperand(0).getType();
    echo.ahead = FlatSymbolRefAttr::get(
        declare("later adjoints of " + name + " ahead", sum, arrayOf(echo.pushed).getSpace(), bd::StateKind::Adjoint, steps, true));
  }
  echo.term = std::move(*term);
  echo.isMixed = echo.readsSource && graph.getSteps() == "interpolated";
  if (echo.isMixed)
    rememberLast(echo);
  echoes.push_back(std::move(echo));
  return success();
}

/// The loop gets a state with what it pushed in the step before.
void Reversal::rememberLast(Echo &echo) {
  step::StateOp ring = stateOf(echo.ring);
  auto type = cast<step::ArrayType>(ring.getType());
  echo.last = declare("last of " + echo.ring.getValue(), type.getElement(), type.getSpace(), bd::StateKind::ShortTerm);
  echo.next = declare("next of " + echo.ring.getValue(), type.getElement(), type.getSpace(), bd::StateKind::Adjoint);
  IRMapping mapping;
  ring.getInitial().cloneInto(&stateOf(echo.last).getInitial(), mapping);
  SmallVector<Attribute> names(run.getStates().begin(), run.getStates().end());
  names.push_back(FlatSymbolRefAttr::get(echo.last));
  run.setStatesAttr(ArrayAttr::get(context(), names));
  body().addArgument(type, ring.getLoc());
  body().getTerminator()->insertOperands(body().getTerminator()->getNumOperands(), echo.pushed);
}

/// What is pushed in this step, as the sums over outgoing edges want it; nothing where they do not.
FailureOr<SmallVector<Value>> Reversal::valuesOf(Echo &echo) {
  SmallVector<Value> values;
  if (!echo.readsSource)
    return values;
  FailureOr<Value> now = forward(echo.pushed);
  if (failed(now))
    return failure();
  if (!echo.isMixed)
    return SmallVector<Value>{*now};
  FailureOr<Value> before = forward(argumentOf(echo.last));
  if (failed(before))
    return failure();
  values = {*before, *now, draft->now(echo.next)};
  draft->set(echo.next, *now);
  return values;
}

/// What later steps have felt of what is pushed in this one, whose values are given where the term reads them.
void Reversal::hear(Echo &echo, ValueRange values) {
  SmallVector<Value> sources = {draft->now(echo.adjoints)};
  for (auto &[target, later] : echo.targets)
    sources.push_back(draft->now(later));
  IRMapping mapping;
  std::unique_ptr<Block> block = copyOf(*echo.term, /*withTerminator=*/true, context(), mapping);
  auto type = step::ArrayType::get(context(), block->getTerminator()->getOperand(0).getType(), arrayOf(echo.pushed).getSpace());
  auto sum = step::ContractOp::create(draft->builder, echo.contract.getLoc(), type, echo.contract.getGraphAttr(), sources,
                                      values, draft->builder.getUnitAttr(), echo.ahead, DenseI64ArrayAttr(),
                                      echo.isMixed ? draft->builder.getUnitAttr() : UnitAttr());
  sum.getBody().push_back(block.release());
  add(echo.pushed, sum.getSum());
}

void Reversal::remember(Echo &echo, Value adjoint, ValueRange targets) {
  auto push = [&](StringAttr ring, Value value) {
    Value before = draft->now(ring);
    draft->set(ring, step::PushOp::create(draft->builder, echo.contract.getLoc(), before.getType(), before, value));
  };
  push(echo.adjoints, adjoint);
  for (auto [target, value] : llvm::zip_equal(echo.targets, targets))
    push(target.second, value);
}

} // namespace bdc::compiler
