// Groups the operations of a loop into phases: crossing operations alone, operations on single elements fused per space.
#include "compiler/counter.h"
#include "compiler/passes.h"
#include "dialects/step/Step.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_SCHEDULE
#include "compiler/Passes.h.inc"

namespace {

/// Follows edges or sums over elements: a phase of its own.
bool isCrossing(Operation *op) { return isa<step::DeliverOp, step::ContractOp, step::ReduceOp, step::CountOp>(op); }

/// The space over which an operation runs; null for what cannot stand in a loop.
FlatSymbolRefAttr spaceOf(Operation *op) {
  auto spaceOfValue = [](Value value) { return cast<step::ArrayType>(value.getType()).getSpace(); };
  if (auto map = dyn_cast<step::MapOp>(op))
    return map.getSpaceAttr();
  if (auto deliver = dyn_cast<step::DeliverOp>(op))
    return deliver.getNext().empty() ? FlatSymbolRefAttr() : spaceOfValue(deliver.getNext()[0]);
  if (isa<step::EmitOp, step::SaveOp>(op))
    return spaceOfValue(op->getOperand(0));
  if (auto contract = dyn_cast<step::ContractOp>(op); contract && contract.getParts()) // numbers of edges belong to the thread of their source
    return contract->getParentOfType<step::ProgramOp>().lookupSymbol<step::GraphOp>(contract.getGraph()).getSourceAttr();
  if (isa<step::ContractOp, step::CountOp, step::ReduceOp, step::TakeOp, step::PushOp, step::RestoreOp, step::GivenOp>(op))
    return spaceOfValue(op->getResult(0));
  return {};
}

/// In which steps an operation happens: every n-th, or (null) all.
FlatSymbolRefAttr everyOf(Operation *op) { return op->getAttrOfType<FlatSymbolRefAttr>("every"); }

struct Schedule : impl::ScheduleBase<Schedule> {
  using ScheduleBase::ScheduleBase;

  Counter phases{"step-schedule", "phases", "Phases made"};
  Counter operationsFused{"step-schedule", "fused", "Operations that share another's pass over the elements"};

  void runOnOperation() override {
    WalkResult result = getOperation()->walk([&](step::LoopOp loop) { return WalkResult(schedule(loop)); });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  /// A state whose final value is another state's value gets a map of its own, so that every state has one writer.
  void separate(step::LoopOp loop) {
    auto next = cast<step::NextOp>(loop.getBody().front().getTerminator());
    OpBuilder builder(next);
    DenseSet<Value> seen;
    for (auto [position, value] : llvm::enumerate(llvm::to_vector(next.getStates()))) {
      bool unchanged = value == loop.getBody().getArgument(position);
      if (unchanged || (!isa<BlockArgument>(value) && seen.insert(value).second))
        continue;
      auto type = cast<step::ArrayType>(value.getType());
      auto copy = step::MapOp::create(builder, next.getLoc(), TypeRange(type), type.getSpace(), ValueRange(value));
      Block &block = copy.getBody().emplaceBlock();
      block.addArgument(type.getElement(), next.getLoc());
      auto inner = OpBuilder::atBlockEnd(&block);
      bd::YieldOp::create(inner, next.getLoc(), block.getArguments());
      next->setOperand(position, copy.getResult(0));
    }
  }

  LogicalResult schedule(step::LoopOp loop) {
    separate(loop);
    std::vector<Operation *> waiting;
    for (Operation &op : loop.getBody().front().without_terminator()) {
      if (isa<step::OdeOp>(op))
        return op.emitOpError() << "must be integrated first (step-integrate)";
      if (!spaceOf(&op))
        return op.emitOpError() << "cannot be scheduled";
      waiting.push_back(&op);
    }
    DenseSet<Operation *> placed;
    auto ready = [&](Operation *op, const DenseSet<Operation *> &group) {
      if (auto count = dyn_cast<step::CountOp>(op)) // which counts what was listed before it
        for (Operation *other : waiting)
          if (auto emit = dyn_cast<step::EmitOp>(other); emit && emit.getQueue() == count.getQueue() && emit->isBeforeInBlock(count))
            return false;
      return llvm::all_of(op->getOperands(), [&](Value operand) {
        Operation *source = operand.getDefiningOp();
        return !source || isa<step::PhaseOp>(source) || placed.contains(source) || group.contains(source);
      });
    };
    while (!waiting.empty()) {
      std::vector<Operation *> members = pick(waiting, ready);
      for (Operation *op : members)
        placed.insert(op);
      llvm::erase_if(waiting, [&](Operation *op) { return placed.contains(op); });
      makePhase(loop, members);
      ++phases;
      operationsFused += members.size() - 1;
    }
    return success();
  }

  /// The next phase: a crossing operation where one is ready, else all operations that can run over the space of the first, in the same steps.
  template <typename Ready> std::vector<Operation *> pick(const std::vector<Operation *> &waiting, Ready ready) {
    for (Operation *op : waiting)
      if (isCrossing(op) && ready(op, {}))
        return {op};
    std::vector<Operation *> members;
    DenseSet<Operation *> group;
    FlatSymbolRefAttr space, every;
    for (Operation *op : waiting) {
      if (isCrossing(op) || (space && (spaceOf(op) != space || everyOf(op) != every)) || !ready(op, group))
        continue;
      space = spaceOf(op);
      every = everyOf(op);
      members.push_back(op);
      group.insert(op);
    }
    return members;
  }

  /// Moves the members into a phase in front of the terminator; what others use of them becomes its results.
  void makePhase(step::LoopOp loop, const std::vector<Operation *> &members) {
    Operation *end = loop.getBody().front().getTerminator();
    DenseSet<Operation *> inside(members.begin(), members.end());
    SmallVector<Value> outputs;
    for (Operation *op : members)
      for (Value result : op->getResults())
        if (llvm::any_of(result.getUsers(), [&](Operation *user) { return !inside.contains(user); }))
          outputs.push_back(result);
    OpBuilder builder(end);
    Location loc = members.front()->getLoc();
    auto phase = step::PhaseOp::create(builder, loc, TypeRange(ValueRange(outputs)), spaceOf(members.front()), ArrayAttr(), ArrayAttr(),
                                       ArrayAttr(), ArrayAttr(), everyOf(members.front()));
    Block &block = phase.getBody().emplaceBlock();
    for (Operation *op : members)
      op->moveBefore(&block, block.end());
    for (auto [output, result] : llvm::zip(outputs, phase.getOutputs()))
      output.replaceUsesWithIf(result, [&](OpOperand &use) { return !inside.contains(use.getOwner()); });
    auto inner = OpBuilder::atBlockEnd(&block);
    bd::YieldOp::create(inner, loc, outputs);
  }
};

} // namespace
} // namespace bdc::compiler
