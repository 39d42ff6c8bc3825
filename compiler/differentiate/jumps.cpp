// What is a whole number, and so has no derivative, must not be made of what is asked for.
#include "compiler/differentiate/jumps.h"

using namespace mlir;

namespace bdc::compiler {

using Depends = function_ref<bool(StringAttr)>;

static bool depends(Attribute scalar, Depends on) { return scalar && on(cast<FlatSymbolRefAttr>(scalar).getAttr()); }

/// Which edges there are, and delays in whole steps.
static LogicalResult checkGraph(step::GraphOp graph, const Activity &activity, Depends on) {
  SmallVector<Attribute> fixed(graph.getArguments().begin(), graph.getArguments().end());
  for (std::optional<ArrayAttr> slice : {graph.getSourceSlice(), graph.getTargetSlice()})
    if (slice)
      llvm::append_range(fixed, *slice);
  if (llvm::any_of(fixed, [&](Attribute scalar) { return depends(scalar, on); }))
    return emitError(graph.getLoc()) << "which connections there are has no derivative";
  bool isWhole = depends(graph.getDelayAttr(), on);
  if (graph.getSteps() != "interpolated")
    isWhole |= readsScalar(graph.getEdgeDelay(), on) || activity.readsWeights(graph.getEdgeDelay());
  if (isWhole && !graph.getData())
    return emitError(graph.getLoc()) << "delays of events have no derivative";
  if (isWhole)
    return emitError(graph.getLoc()) << "delays in whole steps have no derivative; use steps = interpolated";
  return success();
}

/// How long something is held, as a map of the loop says it.
static LogicalResult checkHold(step::HoldStepsOp hold, const Activity &activity, Depends on) {
  SmallVector<Value> open = {hold.getDuration()};
  DenseSet<Value> seen;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    bool moves = false;
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      auto map = dyn_cast<step::MapOp>(argument.getOwner()->getParentOp());
      moves = map && activity.varies(map.getInputs()[argument.getArgNumber()]);
    } else if (auto read = value.getDefiningOp<step::ReadOp>()) {
      moves = on(read.getScalarAttr().getAttr());
    } else {
      llvm::append_range(open, value.getDefiningOp()->getOperands());
    }
    if (moves)
      return emitError(hold.getLoc()) << "how long something is held is a whole number of steps, and has no derivative";
  }
  return success();
}

/// How many steps the window of a rate has: the rows of the ring that this step's count is pushed into.
static LogicalResult checkWindow(step::PushOp push, step::ProgramOp program, step::LoopOp loop, Depends on) {
  auto take = push.getRing().getDefiningOp<step::TakeOp>();
  auto ring = take ? dyn_cast<BlockArgument>(take.getRing()) : BlockArgument();
  if (!ring || !push.getValue().getDefiningOp<step::CountOp>())
    return success();
  auto state = program.lookupSymbol<step::StateOp>(cast<FlatSymbolRefAttr>(loop.getStates()[ring.getArgNumber()]).getAttr());
  if (depends(state.getRowsAttr(), on))
    return emitError(take.getLoc()) << "the window of a rate has no derivative";
  return success();
}

/// What samples are taken, and how functions of them go about it.
static LogicalResult checkObjective(step::ProgramOp program, Depends on) {
  for (auto objective : program.getOps<step::ObjectiveOp>())
    for (auto functional : objective.getFunctionals().getAsRange<DictionaryAttr>())
      if (auto options = functional.getAs<DictionaryAttr>("options"))
        for (NamedAttribute option : options)
          if (depends(dyn_cast<FlatSymbolRefAttr>(option.getValue()), on))
            return emitError(objective.getLoc()) << "the option " << option.getName().getValue() << " of "
                                                 << functional.getAs<StringAttr>("function").getValue() << "() has no derivative";
  for (auto record : program.getOps<step::RecordOp>()) {
    SmallVector<Attribute> scalars = {record.getEveryAttr()};
    if (record.getSlice())
      llvm::append_range(scalars, *record.getSlice());
    if (record.getObserved() && llvm::any_of(scalars, [&](Attribute scalar) { return depends(scalar, on); }))
      return emitError(record.getLoc()) << "when and of which elements an objective has samples has no derivative";
  }
  if (depends(program.getDurationAttr(), on) || depends(program.getDiscardAttr(), on))
    return emitError(program.getLoc()) << "the duration of a run has no derivative";
  return success();
}

LogicalResult checkJumps(step::ProgramOp program, step::LoopOp loop, const Activity &activity, Depends on) {
  if (failed(checkObjective(program, on)))
    return failure();
  for (auto space : program.getOps<step::SpaceOp>())
    if (depends(space.getSizeAttr(), on))
      return emitError(space.getLoc()) << "the number of elements has no derivative";
  for (auto graph : program.getOps<step::GraphOp>())
    if (failed(checkGraph(graph, activity, on)))
      return failure();
  bool good = true;
  loop.walk([&](step::HoldStepsOp hold) { good &= succeeded(checkHold(hold, activity, on)); });
  loop.walk([&](step::PushOp push) { good &= succeeded(checkWindow(push, program, loop, on)); });
  return success(good);
}

} // namespace bdc::compiler
