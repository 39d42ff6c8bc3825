// Gives every value of a loop a state to lie in, in place where nothing is lost, and says what threads wait for.
#include "compiler/allocate/waits.h"
#include "compiler/counter.h"
#include "compiler/passes.h"
#include "dialects/step/Step.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_ALLOCATE
#include "compiler/Passes.h.inc"

namespace {

/// What a value is in the steps in which its phase does not happen.
Value beforePhase(Value value) {
  auto map = value.getDefiningOp<step::MapOp>();
  if (!map || !map.getEvery() || !isa<step::PhaseOp>(map->getParentOp()))
    return value;
  return beforePhase(map.getInputs()[cast<OpResult>(value).getResultNumber()]);
}

/// An operation's pairs (operand, result) that must share storage, because it changes the operand in place, or leaves it in the steps in which
/// it does not happen.
SmallVector<std::pair<Value, Value>> tiedValues(Operation *op) {
  SmallVector<std::pair<Value, Value>> tied;
  if (auto deliver = dyn_cast<step::DeliverOp>(op))
    for (auto [operand, result] : llvm::zip(deliver.getStates(), deliver.getNext()))
      tied.push_back({operand, result});
  if (auto take = dyn_cast<step::TakeOp>(op))
    tied.push_back({take.getRing(), take.getRest()});
  if (auto push = dyn_cast<step::PushOp>(op))
    tied.push_back({push.getRing(), push.getNext()});
  if (auto contract = dyn_cast<step::ContractOp>(op); contract && contract.getBefore())
    tied.push_back({contract.getBefore(), contract.getSum()});
  if (auto contract = dyn_cast<step::ContractOp>(op); contract && contract.getParts())
    tied.push_back({contract.getParts(), contract.getSum()});
  if (auto map = dyn_cast<step::MapOp>(op); map && map.getEvery())
    for (auto [operand, result] : llvm::zip(map.getInputs(), map.getOutputs()))
      tied.push_back({beforePhase(operand), result});
  return tied;
}

struct Allocator {
  step::LoopOp loop;
  step::ProgramOp program;
  llvm::StringMap<step::StateOp> states;
  DenseMap<Value, StringAttr> slot, preferred;
  DenseMap<StringAttr, Value> current;
  unsigned workStates = 0, inPlace = 0, waits = 0;

  Allocator(step::LoopOp loop) : loop(loop), program(loop->getParentOfType<step::ProgramOp>()) {
    for (auto state : program.getOps<step::StateOp>())
      states[state.getSymName()] = state;
  }

  Block &body() { return loop.getBody().front(); }
  SmallVector<step::PhaseOp> phases() { return llvm::to_vector(body().getOps<step::PhaseOp>()); }
  bool isRing(StringAttr name) { return states.lookup(name).getRows().has_value(); }

  /// The value outside of the phase for one inside: the phase's result for what it yields.
  static Value outer(step::PhaseOp phase, Value value) {
    auto yield = phase.getBody().front().getTerminator();
    for (auto [yielded, result] : llvm::zip(yield->getOperands(), phase.getOutputs()))
      if (yielded == value)
        return result;
    return value;
  }

  void prefer() {
    auto next = cast<step::NextOp>(body().getTerminator());
    for (auto [name, final] : llvm::zip(loop.getStates().getAsRange<FlatSymbolRefAttr>(), next.getStates()))
      if (!isa<BlockArgument>(final))
        preferred[final] = name.getAttr();
    SmallVector<step::PhaseOp> order = phases();
    for (step::PhaseOp phase : llvm::reverse(order))
      for (Operation &op : llvm::reverse(phase.getBody().front()))
        for (auto [operand, result] : tiedValues(&op))
          if (StringAttr name = preferred.lookup(outer(phase, result)))
            preferred.try_emplace(operand, name);
  }

  /// True when nothing after `phase` reads `value`. The phase itself may, element by element.
  bool isDead(Value value, step::PhaseOp phase) {
    for (Operation *user : value.getUsers()) {
      Operation *top = body().findAncestorOpInBlock(*user);
      if (top == phase.getOperation()) {
        auto contract = dyn_cast<step::ContractOp>(user);
        if (isa<step::ReduceOp>(user) || (contract && llvm::is_contained(contract.getSources(), value)))
          return false;
      } else if (!top->isBeforeInBlock(phase)) {
        return false;
      }
    }
    return true;
  }

  /// The slot of the value that is changed in place into `result`, or null.
  StringAttr slotOfTied(step::PhaseOp phase, Value result) {
    for (Operation &op : phase.getBody().front())
      for (auto [operand, changed] : tiedValues(&op))
        if (outer(phase, changed) == result)
          return slot.lookup(operand);
    return {};
  }

  StringAttr makeWork(Value value) {
    auto type = cast<step::ArrayType>(value.getType());
    std::string name;
    do
      name = "work." + std::to_string(workStates++);
    while (program.lookupSymbol(name));
    OpBuilder builder(loop);
    auto state = step::StateOp::create(builder, loop.getLoc(), name, type, bd::StateKind::Work, StringAttr(), FlatSymbolRefAttr());
    states[name] = state;
    return state.getSymNameAttr();
  }

  void assign() {
    for (auto [name, value] : llvm::zip(loop.getStates().getAsRange<FlatSymbolRefAttr>(), body().getArguments())) {
      slot[value] = name.getAttr();
      current[name.getAttr()] = value;
    }
    for (step::PhaseOp phase : phases()) {
      SmallVector<Attribute> slots;
      for (Value result : phase.getOutputs()) {
        StringAttr name = preferred.lookup(result);
        if (!name)
          name = slotOfTied(phase, result); // a value on the way: where the value that it changes lies
        if (name && (isRing(name) || isDead(current[name], phase)))
          ++inPlace;
        else
          name = makeWork(result);
        current[name] = result;
        slot[result] = name;
        slots.push_back(FlatSymbolRefAttr::get(name));
      }
      phase.setSlotsAttr(ArrayAttr::get(loop.getContext(), slots));
    }
  }

  /// A phase at the builder's place that copies `value` into the state `name`.
  Value copy(OpBuilder &builder, Value value, StringAttr name) {
    auto type = cast<step::ArrayType>(value.getType());
    Location loc = value.getLoc();
    auto slots = ArrayAttr::get(loop.getContext(), {FlatSymbolRefAttr::get(name)});
    auto phase = step::PhaseOp::create(builder, loc, TypeRange(type), type.getSpace(), ArrayAttr(), slots, ArrayAttr(), ArrayAttr(),
                                       FlatSymbolRefAttr());
    auto inner = OpBuilder::atBlockEnd(&phase.getBody().emplaceBlock());
    auto map = step::MapOp::create(inner, loc, TypeRange(type), type.getSpace(), ValueRange(value));
    Block &block = map.getBody().emplaceBlock();
    block.addArgument(type.getElement(), loc);
    bd::YieldOp::create(inner, loc, map.getResults());
    inner.setInsertionPointToEnd(&block);
    bd::YieldOp::create(inner, loc, block.getArguments());
    slot[phase.getResult(0)] = name;
    return phase.getResult(0);
  }

  /// Copies where a value that is changed in place is needed again, or where a state's last value lies elsewhere.
  LogicalResult repair() {
    for (step::PhaseOp phase : phases())
      for (Operation &op : phase.getBody().front())
        for (auto [operand, result] : tiedValues(&op)) {
          StringAttr from = slot.lookup(operand), to = slot.lookup(outer(phase, result));
          if (!from || !to || from == to)
            continue;
          if (isRing(from) || isRing(to))
            return op.emitOpError() << "would need two versions of the ring @" << from.getValue() << " at once";
          OpBuilder builder(phase);
          Value copied = copy(builder, operand, to);
          op.replaceUsesOfWith(operand, copied);
        }
    auto next = cast<step::NextOp>(body().getTerminator());
    for (auto [position, name] : llvm::enumerate(loop.getStates().getAsRange<FlatSymbolRefAttr>())) {
      Value final = next->getOperand(position);
      if (slot[final] == name.getAttr())
        continue;
      if (isRing(name.getAttr()))
        return next.emitOpError() << "would need two versions of the ring " << name << " at once";
      OpBuilder builder(next);
      next->setOperand(position, copy(builder, final, name.getAttr()));
    }
    return success();
  }

  StringAttr slotInside(step::PhaseOp phase, Value value) { return slot.lookup(outer(phase, value)); }

  /// What all events of a delivery are late, where they are not sorted into slots by their own delays.
  FlatSymbolRefAttr commonDelay(step::DeliverOp deliver) {
    return deliver.getSlots() || loop.getReverse() ? FlatSymbolRefAttr() : program.lookupSymbol<step::GraphOp>(deliver.getGraph()).getDelayAttr();
  }

  SmallVector<Access> accesses(step::PhaseOp phase) {
    SmallVector<Access> list;
    auto add = [&](StringAttr what, bool write, bool all, bool past = false, FlatSymbolRefAttr delay = {}) {
      if (what)
        list.push_back({what, write, all, past, delay});
    };
    for (Operation &op : phase.getBody().front().without_terminator()) {
      auto contract = dyn_cast<step::ContractOp>(op);
      for (Value operand : op.getOperands()) {
        StringAttr name = slotInside(phase, operand);
        bool isAlone = isa<step::MapOp>(op) && cast<step::ArrayType>(operand.getType()).getSpace() != phase.getSpaceAttr();
        bool all = isa<step::ReduceOp>(op) || isAlone || (contract && llvm::is_contained(contract.getSources(), operand));
        add(name, false, all, all && name && isRing(name));
      }
      for (Value result : op.getResults())
        add(slotInside(phase, result), true, false);
      for (auto [operand, result] : tiedValues(&op))
        add(slotInside(phase, operand), true, false);
      if (auto deliver = dyn_cast<step::DeliverOp>(op))
        add(deliver.getQueueAttr().getAttr(), false, true, true, commonDelay(deliver));
      if (auto count = dyn_cast<step::CountOp>(op))
        add(count.getQueueAttr().getAttr(), false, true);
      if (auto emit = dyn_cast<step::EmitOp>(op))
        add(emit.getQueueAttr().getAttr(), true, false);
      if (auto save = dyn_cast<step::SaveOp>(op))
        add(save.getStoreAttr().getAttr(), true, false);
      if (auto restore = dyn_cast<step::RestoreOp>(op))
        add(restore.getStoreAttr().getAttr(), false, false);
      if (auto given = dyn_cast<step::GivenOp>(op))
        add(given.getTableAttr().getAttr(), false, false);
    }
    return list;
  }

  /// What recordings read that may be another thread's: the one value that is the same for all elements.
  SmallVector<Access> sampled() {
    SmallVector<Access> list;
    if (!loop.getReverse())
      for (auto record : program.getOps<step::RecordOp>())
        record.walk([&](step::ElementOp element) {
          StringAttr name = element.getStateAttr().getAttr();
          auto state = program.lookupSymbol<step::StateOp>(name);
          if (cast<step::ArrayType>(state.getType()).getSpace() != record.getSpaceAttr())
            list.push_back({name, /*write=*/false, /*all=*/true, {}, {}});
        });
    return list;
  }

  void waitForOthers() {
    SmallVector<step::PhaseOp> order = phases();
    SmallVector<SmallVector<Access>> all = llvm::map_to_vector(order, [&](step::PhaseOp phase) { return accesses(phase); });
    all.push_back(sampled()); // as a phase behind the last
    llvm::BitVector seldom(all.size());
    for (auto [position, phase] : llvm::enumerate(order))
      seldom[position] = phase.getEvery().has_value();
    auto needed = placeWaits(all, seldom, loop.getContext());
    auto next = cast<step::NextOp>(loop.getBody().front().getTerminator());
    auto set = [&](auto op, ArrayRef<step::WaitAttr> list) {
      op.removeAfterAttr();
      if (!list.empty())
        op.setAfterAttr(ArrayAttr::get(loop.getContext(), SmallVector<Attribute>(list.begin(), list.end())));
      waits += list.size();
    };
    for (auto [phase, list] : llvm::zip(order, needed))
      set(phase, list);
    set(next, needed.back());
  }

  void listAccesses() {
    for (step::PhaseOp phase : phases()) {
      SmallVector<Attribute> reads, writes;
      for (const Access &a : accesses(phase)) {
        auto &list = a.write ? writes : reads;
        Attribute name = FlatSymbolRefAttr::get(a.what);
        if (!llvm::is_contained(list, name))
          list.push_back(name);
      }
      phase.setReadsAttr(ArrayAttr::get(loop.getContext(), reads));
      phase.setWritesAttr(ArrayAttr::get(loop.getContext(), writes));
    }
  }
};

struct Allocate : impl::AllocateBase<Allocate> {
  using AllocateBase::AllocateBase;

  Counter workStates{"step-allocate", "work-states", "Arrays added for values between phases"};
  Counter inPlace{"step-allocate", "in-place", "Results that overwrite the value before them"};
  Counter waits{"step-allocate", "waits", "Times in a step that a thread waits for others"};

  void runOnOperation() override {
    SmallVector<step::LoopOp> loops;
    getOperation()->walk([&](step::LoopOp loop) { loops.push_back(loop); });
    for (step::LoopOp loop : loops) {
      Allocator allocator(loop);
      allocator.prefer();
      allocator.assign();
      if (failed(allocator.repair()))
        return signalPassFailure();
      allocator.waitForOthers();
      allocator.listAccesses();
      workStates += allocator.workStates;
      inPlace += allocator.inPlace;
      waits += allocator.waits;
    }
  }
};

} // namespace
} // namespace bdc::compiler
