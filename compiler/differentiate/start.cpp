// Before the first step: what the past of delayed quantities has done, and what initial values are made of.
#include "compiler/differentiate/given.h"
#include "compiler/differentiate/reversal.h"

using namespace mlir;

namespace bdc::compiler {

/// A state with what a ring held before the run.
StringAttr Reversal::historyOf(StringAttr ring) {
  StringAttr &name = histories[ring];
  if (name)
    return name;
  step::StateOp state = stateOf(ring);
  auto type = cast<step::ArrayType>(state.getType());
  name = declare("before the run: " + ring.getValue(), type.getElement(), type.getSpace(), bd::StateKind::Param);
  IRMapping mapping;
  state.getInitial().cloneInto(&stateOf(name).getInitial(), mapping);
  return name;
}

/// Steps before the first one: adjoints of what rings held when the run began, added up for each element.
LogicalResult Reversal::buildPast() {
  begin("adjoint_past");
  for (Echo &echo : echoes) {
    if (!activity.startVaries(echo.source.ring))
      continue;
    SmallVector<Value> values;
    for (auto [number, felt] : llvm::enumerate(echo.felt)) {
      Value held = draft->now(historyOf(felt.ring));
      values.push_back(held);
      if (echo.isMixed) {
        values.append({held, draft->now(echo.next[number])});
        draft->set(echo.next[number], held);
      }
    }
    hear(echo, values);
    Value adjoint = adjoints.lookup(echo.source.pushed).back();
    StringAttr name = adjointOf(echo.source.ring);
    draft->set(name, sum(draft->now(name), adjoint));
  }
  for (Credit &credit : credits)
    hearBefore(credit);
  for (Later &later : laters) {
    if (!later.isHeardBefore)
      continue;
    auto sum = arrayOf(later.contract.getSum());
    SmallVector<Value> targets;
    for (auto &[target, ring] : later.targets)
      targets.push_back(nothing(arrayOf(target).getElement(), sum.getSpace()));
    remember(later, nothing(adjointElement(sum.getElement()), sum.getSpace()), targets);
  }
  draft->finish();
  return success();
}

/// What a state was made from counts for nothing where the host has given its values.
Value Reversal::unlessGiven(step::StateOp state, Value adjoint) {
  if (!step::canBeGiven(state))
    return adjoint;
  FlatSymbolRefAttr given = givenFlag(state);
  return map({adjoint},
             [&](bd::ScalarBuilder &build, ValueRange x) { return build.select(isGiven(given, build), build.constant(0, bd::dimensionOf(x[0])), x[0]); },
             state.getLoc());
}

/// Adjoints of initial values become those of the params and initial values that they were made from.
LogicalResult Reversal::reverseStart(step::StateOp state) {
  StringAttr name = state.getSymNameAttr();
  if (!activity.startVaries(name) || state.getInitial().empty() || !adjointStates.count(name))
    return success();
  Value adjoint = unlessGiven(state, draft->now(adjointOf(name)));
  Block region;
  OpBuilder inner = atEnd(region, context());
  IRMapping mapping;
  SmallVector<Value> operands;
  for (Operation &op : state.getInitial().front()) {
    auto element = dyn_cast<step::ElementOp>(op);
    if (!element) {
      inner.clone(op, mapping);
      continue;
    }
    operands.push_back(argumentOf(element.getStateAttr().getAttr()));
    mapping.map(element.getResult(), region.addArgument(element.getType(), state.getLoc()));
  }
  auto space = cast<step::ArrayType>(state.getType()).getSpace();
  adjoints.clear();
  // What only initial values read is followed too, though no step feels it.
  auto follows = [&](Value operand) { return isDifferentiable(arrayOf(operand).getElement()) && activity.startVaries(nameOf(operand)); };
  if (failed(pullRegion(region, operands, {{adjoint}}, space, state.getLoc(), follows)))
    return failure();
  for (Value operand : operands)
    if (Value more = total(operand)) {
      StringAttr before = adjointOf(nameOf(operand));
      draft->set(before, sum(draft->now(before), more));
      adjoints.erase(operand);
    }
  return success();
}

LogicalResult Reversal::buildStart() {
  begin("adjoint_start");
  auto states = llvm::to_vector(program.getOps<step::StateOp>());
  for (step::StateOp state : llvm::reverse(states))
    if (failed(reverseStart(state)))
      return failure();
  draft->finish();
  return success();
}

} // namespace bdc::compiler
