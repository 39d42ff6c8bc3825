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

/// What the loop writes into a ring.
FailureOr<Value> Reversal::pushedInto(step::ContractOp contract, StringAttr ring) {
  auto push = nextOf(ring).getDefiningOp<step::PushOp>();
  if (!push || push.getRing() != argumentOf(ring))
    return contract.emitOpError() << "reads a ring that is not written once in a step";
  return push.getValue();
}

/// Rings of what the term of a sum that reads the past wants of later steps: the sum's adjoints, and values of its targets.
FailureOr<SmallVector<StringAttr>> Reversal::later(step::ContractOp contract, const OutgoingTerm &term) {
  if (term.block->walk([](bd::TimeOp) { return WalkResult::interrupt(); }).wasInterrupted())
    return contract.emitOpError() << "a delayed coupling that depends on the time has no derivative";
  std::string name = contract.getGraph().str();
  FlatSymbolRefAttr rows = stateOf(nameOf(contract.getSources()[0])).getRowsAttr(), space = arrayOf(contract.getSum()).getSpace();
  auto ring = [&](const Twine &what, Type element) {
    return declare(what + name, element, space, bd::StateKind::Adjoint, rows, /*byElement=*/true);
  };
  auto known = llvm::find_if(laters, [&](const Later &each) { return each.contract == contract; });
  if (known == laters.end()) {
    laters.push_back({contract, ring("later adjoints of ", adjointElement(arrayOf(contract.getSum()).getElement())), {}});
    known = std::prev(laters.end());
  }
  SmallVector<StringAttr> rings = {known->adjoints};
  for (unsigned target : term.targets) {
    Value value = contract.getTargets()[target];
    auto *kept = llvm::find_if(known->targets, [&](const auto &each) { return each.first == value; });
    if (kept == known->targets.end()) {
      known->targets.push_back({value, ring("later targets of ", arrayOf(value).getElement())});
      kept = std::prev(known->targets.end());
    }
    rings.push_back(kept->second);
  }
  return rings;
}

LogicalResult Reversal::findEcho(step::ContractOp contract, unsigned position) {
  Echo echo;
  echo.contract = contract;
  StringAttr ring = nameOf(contract.getSources()[position]);
  FailureOr<Value> pushed = pushedInto(contract, ring);
  FailureOr<OutgoingTerm> term = outgoingTerm(contract, 1 + position);
  if (failed(pushed) || failed(term))
    return failure();
  if (!term->block)
    return success();
  echo.source = {ring, *pushed, {}};
  FailureOr<SmallVector<StringAttr>> rings = later(contract, *term);
  if (failed(rings))
    return failure();
  echo.rings = std::move(*rings);
  auto graph = program.lookupSymbol<step::GraphOp>(contract.getGraph());
  // Between two steps the adjoint and what it is multiplied by are those of one step, and not each between its own two.
  echo.isMixed = graph.getSteps() == "interpolated" && (!term->sources.empty() || !term->targets.empty());
  if (echo.isMixed && term->sources.empty()) {
    term->block->addArgument(arrayOf(*pushed).getElement(), contract.getLoc());
    term->sources.push_back(position);
  }
  if (term->sources.empty() && !graph.getEdgeDelay().empty()) {
    FlatSymbolRefAttr steps = scalar("steps ahead", [](bd::ScalarBuilder &build) { return build.constant(8); });
    Type sum = term->block->getTerminator()->getOperand(0).getType();
    echo.ahead = FlatSymbolRefAttr::get(declare("later adjoints of " + contract.getGraph() + " ahead", sum, arrayOf(*pushed).getSpace(),
                                                bd::StateKind::Adjoint, steps, true));
  }
  echo.term = std::move(*term);
  FailureOr<SmallVector<Felt>> felt = feltOf(contract, echo.term, echo.isMixed);
  if (failed(felt))
    return failure();
  echo.felt = std::move(*felt);
  for (const Felt &each : echo.felt)
    if (echo.isMixed) {
      auto type = cast<step::ArrayType>(stateOf(each.ring).getType());
      echo.next.push_back(declare("next of " + each.ring.getValue(), type.getElement(), type.getSpace(), bd::StateKind::Adjoint));
    }
  if (activity.startVaries(ring))
    llvm::find_if(laters, [&](const Later &each) { return each.contract == contract; })->isHeardBefore = true;
  echoes.push_back(std::move(echo));
  return success();
}

/// A state of the loop with what it pushed into a ring in the step before.
StringAttr Reversal::last(StringAttr ring) {
  StringAttr &known = lasts[ring];
  if (known)
    return known;
  step::StateOp state = stateOf(ring);
  auto type = cast<step::ArrayType>(state.getType());
  known = declare("last of " + ring.getValue(), type.getElement(), type.getSpace(), bd::StateKind::ShortTerm);
  IRMapping mapping;
  state.getInitial().cloneInto(&stateOf(known).getInitial(), mapping);
  Value pushed = nextOf(ring).getDefiningOp<step::PushOp>().getValue();
  SmallVector<Attribute> names(run.getStates().begin(), run.getStates().end());
  names.push_back(FlatSymbolRefAttr::get(known));
  run.setStatesAttr(ArrayAttr::get(context(), names));
  body().addArgument(type, state.getLoc());
  body().getTerminator()->insertOperands(body().getTerminator()->getNumOperands(), pushed);
  return known;
}

FailureOr<SmallVector<Felt>> Reversal::feltOf(step::ContractOp contract, const OutgoingTerm &term, bool isBetween) {
  SmallVector<Felt> felt;
  for (unsigned position : term.sources) {
    StringAttr ring = nameOf(contract.getSources()[position]);
    FailureOr<Value> pushed = pushedInto(contract, ring);
    if (failed(pushed))
      return failure();
    felt.push_back({ring, *pushed, isBetween ? last(ring) : StringAttr()});
  }
  return felt;
}

FailureOr<SmallVector<Value>> Reversal::valuesOf(ArrayRef<Felt> felt) {
  SmallVector<Value> values;
  for (const Felt &each : felt) {
    FailureOr<Value> before = each.last ? forward(argumentOf(each.last)) : FailureOr<Value>(Value()), now = forward(each.pushed);
    if (failed(before) || failed(now))
      return failure();
    if (each.last)
      values.push_back(*before);
    values.push_back(*now);
  }
  return values;
}

/// What is pushed in this step, as the sums over outgoing edges want it; nothing where they do not.
FailureOr<SmallVector<Value>> Reversal::valuesOf(Echo &echo) {
  FailureOr<SmallVector<Value>> found = valuesOf(echo.felt);
  if (failed(found) || !echo.isMixed)
    return found;
  SmallVector<Value> values;
  for (auto [number, next] : llvm::enumerate(echo.next)) {
    Value before = (*found)[2 * number], now = (*found)[2 * number + 1];
    values.append({before, now, draft->now(next)});
    draft->set(next, now);
  }
  return values;
}

/// What later steps have felt of what is pushed in this one, whose values are given where the term reads them.
void Reversal::hear(Echo &echo, ValueRange values) {
  SmallVector<Value> sources;
  for (StringAttr ring : echo.rings)
    sources.push_back(draft->now(ring));
  IRMapping mapping;
  std::unique_ptr<Block> block = copyOf(*echo.term.block, /*withTerminator=*/true, context(), mapping);
  auto type = step::ArrayType::get(context(), block->getTerminator()->getOperand(0).getType(), arrayOf(echo.source.pushed).getSpace());
  auto sum = step::ContractOp::create(draft->builder, echo.contract.getLoc(), type, echo.contract.getGraphAttr(), sources,
                                      values, draft->builder.getUnitAttr(), echo.ahead, DenseI64ArrayAttr(),
                                      echo.isMixed ? int64_t(echo.felt.size()) : 0);
  sum.getBody().push_back(block.release());
  add(echo.source.pushed, sum.getSum());
}

void Reversal::remember(Later &later, Value adjoint, ValueRange targets) {
  auto push = [&](StringAttr ring, Value value) {
    Value before = draft->now(ring);
    draft->set(ring, step::PushOp::create(draft->builder, later.contract.getLoc(), before.getType(), before, value));
  };
  push(later.adjoints, adjoint);
  for (auto [target, value] : llvm::zip_equal(later.targets, targets))
    push(target.second, value);
}

/// What this step's sum is, for the steps that it read.
LogicalResult Reversal::remember(step::ContractOp contract, Value adjoint) {
  auto later = llvm::find_if(laters, [&](const Later &each) { return each.contract == contract; });
  if (later == laters.end())
    return success();
  SmallVector<Value> targets;
  for (auto &[target, ring] : later->targets) {
    FailureOr<Value> now = forward(target);
    if (failed(now))
      return failure();
    targets.push_back(*now);
  }
  remember(*later, adjoint, targets);
  return success();
}

} // namespace bdc::compiler
