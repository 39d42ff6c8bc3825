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

/// Whether a value of a map in the loop depends on what is asked for.
static bool moves(Value of, const Activity &activity, Depends on) {
  SmallVector<Value> open = {of};
  DenseSet<Value> seen;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      auto map = dyn_cast<step::MapOp>(argument.getOwner()->getParentOp());
      if (map && activity.varies(map.getInputs()[argument.getArgNumber()]))
        return true;
    } else if (auto read = value.getDefiningOp<step::ReadOp>()) {
      if (on(read.getScalarAttr().getAttr()))
        return true;
    } else {
      llvm::append_range(open, value.getDefiningOp()->getOperands());
    }
  }
  return false;
}

/// How long something is held, as a map of the loop says it.
static LogicalResult checkHold(step::HoldStepsOp hold, const Activity &activity, Depends on) {
  if (moves(hold.getDuration(), activity, on))
    return emitError(hold.getLoc()) << "how long something is held is a whole number of steps, and has no derivative";
  return success();
}

/// In which steps a drive acts: a comparison with the time that flattening marks.
static LogicalResult checkDrive(bd::CmpOp window, const Activity &activity, Depends on) {
  if (window->hasAttr("step.window") && moves(window.getRhs(), activity, on))
    return emitError(window.getLoc()) << "a drive begins and ends with whole steps: when has no derivative";
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

/// Whether something that the objective feels is made of the events of a queue.
static bool isHeard(step::ProgramOp program, step::LoopOp loop, const Activity &activity, FlatSymbolRefAttr queue) {
  auto ops = [&](auto of) {
    return llvm::any_of(loop.getBody().front().getOps<decltype(of)>(), [&](auto op) {
      return op.getQueueAttr() == queue && llvm::any_of(op->getResults(), [&](Value result) { return activity.isUseful(result); });
    });
  };
  return ops(step::DeliverOp()) || ops(step::CountOp()) ||
         llvm::any_of(program.getOps<step::RecordOp>(), [&](step::RecordOp record) { return record.getObserved() && record.getSourceAttr() == queue; });
}

void noteUnseenEvents(step::ProgramOp program, step::LoopOp loop, const Activity &activity) {
  SmallVector<Attribute> unseen;
  for (auto emit : loop.getBody().front().getOps<step::EmitOp>()) {
    auto map = emit.getMask().getDefiningOp<step::MapOp>();
    const bool moves = map && (activity.readsWanted(map.getBody()) || llvm::any_of(map.getInputs(), [&](Value input) { return activity.varies(input); }));
    if (moves && !emit.getIndicator() && isHeard(program, loop, activity, emit.getQueueAttr()))
      unseen.push_back(emit.getQueueAttr().getAttr());
  }
  if (!unseen.empty())
    program->setAttr("step.unseen", ArrayAttr::get(program.getContext(), unseen));
}

LogicalResult noInfluence(step::ProgramOp program, step::GradientOp gradient) {
  InFlightDiagnostic error = emitError(gradient.getLoc()) << "`" << gradient.getOf() << "` cannot change the objective";
  if (auto unseen = program->getAttrOfType<ArrayAttr>("step.unseen"))
    error << ", as far as derivatives see: " << cast<StringAttr>(unseen[0]).getValue()
          << " have none where the population names no surrogate, as in { surrogate = relu }";
  return error;
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
  loop.walk([&](bd::CmpOp compare) { good &= succeeded(checkDrive(compare, activity, on)); });
  loop.walk([&](step::PushOp push) { good &= succeeded(checkWindow(push, program, loop, on)); });
  return success(good);
}

} // namespace bdc::compiler
