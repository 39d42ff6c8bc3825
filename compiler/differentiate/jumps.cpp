// What is a whole number, and so has no derivative, must not be made of what is asked for.
#include "compiler/differentiate/jumps.h"

using namespace mlir;

namespace bdc::compiler {

/// Which edges there are, and delays.
static LogicalResult checkGraph(step::GraphOp graph, function_ref<bool(StringAttr)> depends) {
  SmallVector<Attribute> fixed(graph.getArguments().begin(), graph.getArguments().end());
  for (std::optional<ArrayAttr> slice : {graph.getSourceSlice(), graph.getTargetSlice()})
    if (slice)
      llvm::append_range(fixed, *slice);
  for (Attribute scalar : fixed)
    if (depends(cast<FlatSymbolRefAttr>(scalar).getAttr()))
      return graph.emitOpError() << "which edges there are has no derivative with respect to " << scalar;
  bool isWhole = graph.getDelayAttr() && depends(graph.getDelayAttr().getAttr());
  if (graph.getSteps() != "interpolated")
    graph.getEdgeDelay().walk([&](step::ReadOp read) { isWhole |= depends(read.getScalarAttr().getAttr()); });
  if (isWhole)
    return graph.emitOpError() << "delays in whole steps have no derivative; use steps = interpolated";
  return success();
}

/// How long something is held, as a map of the loop says it.
static LogicalResult checkHold(step::HoldStepsOp hold, step::LoopOp loop, function_ref<bool(StringAttr)> depends) {
  SmallVector<Value> open = {hold.getDuration()};
  DenseSet<Value> seen;
  bool found = false;
  while (!open.empty() && !found) {
    Value value = open.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      auto map = dyn_cast<step::MapOp>(argument.getOwner()->getParentOp());
      Value input = map ? map.getInputs()[argument.getArgNumber()] : Value();
      auto state = input ? dyn_cast<BlockArgument>(input) : BlockArgument();
      found = state && depends(cast<FlatSymbolRefAttr>(loop.getStates()[state.getArgNumber()]).getAttr());
    } else if (auto read = value.getDefiningOp<step::ReadOp>()) {
      found = depends(read.getScalarAttr().getAttr());
    } else {
      llvm::append_range(open, value.getDefiningOp()->getOperands());
    }
  }
  if (found)
    return hold.emitOpError() << "how long something is held is a whole number of steps, and has no derivative";
  return success();
}

LogicalResult checkJumps(step::ProgramOp program, step::LoopOp loop, function_ref<bool(StringAttr)> depends) {
  for (auto graph : program.getOps<step::GraphOp>())
    if (failed(checkGraph(graph, depends)))
      return failure();
  bool held = true;
  loop.walk([&](step::HoldStepsOp hold) { held &= succeeded(checkHold(hold, loop, depends)); });
  return success(held);
}

} // namespace bdc::compiler
