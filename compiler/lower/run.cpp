// The time loop.
#include "compiler/lower/lower.h"
#include "runtime/abi.h"
#include "llvm/ADT/BitVector.h"

namespace bdc::compiler::lower {

namespace {

/// Memory for the words of one phase, filled before the loop.
Value makePack(Loops &b, Access &access, ArrayRef<Word> words) {
  Value pack = LLVM::AllocaOp::create(b, b.loc, b.pointerType(), b.getI64Type(), b.integer(std::max<size_t>(words.size(), 1)), 8);
  for (auto [position, word] : llvm::enumerate(words))
    b.store(access.get(word), b.field(pack, position * 8));
  return pack;
}

/// What keeps the threads together. A thread that has finished phase p (of n, the sampling of recordings included) of the i-th step of this call
/// has come to i n + p + 1.
/// Also where it does not happen in this step, so that nobody waits for what does not come.
struct Pace {
  Pace(Loops &b, Access &access, Tables &tables, ArrayRef<PhaseCall> calls, ArrayRef<step::WaitAttr> sampled, Value thread32)
      : b(b), context(access.contextPointer()), thread(thread32), phases(calls.size() + 1), waitedFor(phases) {
    together = b.less(b.integer(1), access.threads());
    auto note = [&](ArrayRef<step::WaitAttr> after) {
      for (step::WaitAttr wait : after) {
        waitedFor.set(wait.getPhase());
        if (FlatSymbolRefAttr delay = wait.getDelay(); delay && !delays.count(delay))
          delays[delay] = b.wholeNumber(access.get({Word::Scalar, tables.at(delay)}));
      }
    };
    for (const PhaseCall &call : calls)
      note(call.after);
    note(sampled);
  }

  Value come(Value step, unsigned phase) { return b.add(b.mul(step, b.integer(phases)), b.integer(phase + 1)); }

  /// `happened`: whether a phase did, some steps ago; null where it always does, or that is not known.
  void wait(Value step, ArrayRef<step::WaitAttr> waits, llvm::function_ref<Value(step::WaitAttr)> happened) {
    for (step::WaitAttr wait : waits) {
      if (Value happens = happened(wait))
        b.when(happens, [&] { waitFor(step, wait); });
      else
        waitFor(step, wait);
    }
  }

  void waitFor(Value step, step::WaitAttr wait) {
    Value then = b.sub(step, b.integer(wait.getSteps()));
    if (wait.getDelay())
      then = b.sub(then, delays.lookup(wait.getDelay()));
    call(offsetof(bdc_ctx, wait), come(then, wait.getPhase()));
  }

  void signal(Value step, unsigned phase) {
    if (waitedFor[phase])
      call(offsetof(bdc_ctx, signal), come(step, phase));
  }

private:
  void call(size_t field, Value done) {
    b.when(together, [&] {
      Value function = b.load(b.pointerType(), b.field(context, field));
      auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), {b.pointerType(), b.getI32Type(), b.getI64Type()});
      LLVM::CallOp::create(b, b.loc, type, ValueRange{function, context, thread, done});
    });
  }

  Loops &b;
  Value context, thread, together;
  unsigned phases;
  llvm::BitVector waitedFor;
  DenseMap<Attribute, Value> delays;
};

/// Phases that happen in every n-th step alone: where (step + 1) mod n is 0.
struct Seldom {
  Seldom(Loops &b, Access &access, Tables &tables, ArrayRef<PhaseCall> calls) : b(b) {
    for (const PhaseCall &call : calls)
      if (call.every && !intervals.count(call.every))
        intervals[call.every] = b.wholeNumber(access.get({Word::Scalar, tables.at(call.every)}));
  }

  void begin(Value step) {
    rests.clear();
    for (auto [every, steps] : intervals)
      rests[every] = b.remainder(b.add(step, b.integer(1)), steps);
  }

  Value happened(FlatSymbolRefAttr every, unsigned stepsAgo = 0) {
    Value then = stepsAgo ? b.remainder(b.integer(stepsAgo), intervals[every]) : b.integer(0);
    return arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::eq, rests[every], then);
  }

private:
  Loops &b;
  llvm::SmallMapVector<Attribute, Value, 4> intervals, rests;
};

} // namespace

static FailureOr<SmallVector<PhaseCall>> lowerPhases(Lowering &lowering, step::LoopOp loop, llvm::StringMap<std::string> &known) {
  SmallVector<PhaseCall> calls;
  for (Operation &op : loop.getBody().front().without_terminator()) {
    auto phase = dyn_cast<step::PhaseOp>(op);
    if (!phase)
      return op.emitOpError() << "must be scheduled and allocated first (step-schedule, step-allocate)";
    FailureOr<PhaseCall> call = lowerPhase(lowering, phase, known);
    if (failed(call))
      return failure();
    calls.push_back(std::move(*call));
  }
  return calls;
}

LogicalResult lowerRun(Lowering &lowering, step::LoopOp loop, llvm::StringMap<std::string> &known) {
  FailureOr<SmallVector<PhaseCall>> lowered = lowerPhases(lowering, loop, known);
  if (failed(lowered))
    return failure();
  ArrayRef<PhaseCall> calls = *lowered;
  Loops b = lowering.builder(loop.getLoc());
  Type i64 = b.getI64Type(), i32 = b.getI32Type(), pointer = b.pointerType();
  StringRef role = loop.getRole().value_or("run");
  auto function = lowering.function(b, ("bdc_" + role).str(), {pointer, i32, i64, i64}, {i32}, false);
  Value context = function.getArgument(0), thread32 = function.getArgument(1), first = function.getArgument(2);
  Value steps = function.getArgument(3);
  Access access(b, context);
  SmallVector<Value> packs;
  for (const PhaseCall &call : calls)
    packs.push_back(makePack(b, access, call.words));
  Value thread = b.fromI32(thread32), one = b.integer(1);
  SmallVector<step::WaitAttr> sampled;
  if (ArrayAttr after = cast<step::NextOp>(loop.getBody().front().getTerminator()).getAfterAttr())
    sampled = llvm::to_vector(after.getAsRange<step::WaitAttr>());
  Pace pace(b, access, lowering.tables, calls, sampled, thread32);
  Seldom seldom(b, access, lowering.tables, calls);
  Value last = b.sub(b.add(first, steps), one);
  b.loop(b.integer(0), steps, [&](Value i) {
    Value step = loop.getReverse() ? b.sub(last, i) : b.add(first, i);
    seldom.begin(step);
    auto wait = [&](ArrayRef<step::WaitAttr> after, bool isSeldom) {
      pace.wait(i, after, [&](step::WaitAttr wait) {
        FlatSymbolRefAttr other = wait.getPhase() < calls.size() ? calls[wait.getPhase()].every : FlatSymbolRefAttr();
        bool isRare = other && !isSeldom && !wait.getDelay() && !loop.getReverse();
        return isRare ? seldom.happened(other, wait.getSteps()) : Value();
      });
    };
    for (auto [phase, call, pack] : llvm::enumerate(calls, packs)) {
      auto run = [&, &call = call, &pack = pack] {
        wait(call.after, bool(call.every));
        func::CallOp::create(b, b.loc, call.function, TypeRange(), ValueRange{context, pack, step, thread});
      };
      if (call.every)
        b.when(seldom.happened(call.every), run);
      else
        run();
      pace.signal(i, phase);
    }
    wait(sampled, /*isSeldom=*/false);
    if (!loop.getReverse())
      b.callKernel("bdc_sample", Type(), {context, thread32, b.add(step, one)});
    pace.signal(i, calls.size());
  });
  func::ReturnOp::create(b, b.loc, ValueRange(arith::ConstantOp::create(b, b.loc, b.getI32IntegerAttr(BDC_OK))));
  return success();
}

namespace {

/// The words of a phase for each of some lanes: lane by lane, as its function reads them, and word by word, as vectors.
struct LanePacks {
  Value apart, together;
};

StringRef nameOf(Word::Kind kind) {
  static constexpr StringRef names[] = {"array", "stride", "scalar", "key", "graph", "queue", "bounds", "size", "data"};
  return names[kind];
}

/// The function that does a phase for all lanes; `bdc-vectorise-lanes` gives it a body, made of that of one element at a time.
StringRef declareOfLanes(Lowering &lowering, const PhaseCall &call, const PhaseCall &single, unsigned lanes) {
  std::string name = "lanes_" + call.function;
  if (auto known = lowering.module.lookupSymbol<func::FuncOp>(name))
    return known.getSymName();
  Loops b = lowering.builder(lowering.module.getLoc());
  auto function = func::FuncOp::create(b, b.loc, name, b.getFunctionType({b.pointerType(), b.pointerType(), b.pointerType(), b.getI64Type()}, {}));
  function.setPrivate();
  auto words = llvm::map_to_vector(call.words, [](const Word &word) { return nameOf(word.kind); });
  function->setAttr("bdc.lanes", b.getI64IntegerAttr(lanes));
  function->setAttr("bdc.words", b.getStrArrayAttr(words));
  function->setAttr("bdc.single", FlatSymbolRefAttr::get(b.getContext(), single.function));
  function->setAttr("bdc.phase", FlatSymbolRefAttr::get(b.getContext(), call.function));
  return function.getSymName();
}

} // namespace

LogicalResult lowerRunLanes(Lowering &lowering, step::LoopOp loop, llvm::StringMap<std::string> &known, unsigned lanes) {
  Lowering single{lowering.tables, lowering.module, 1, "single_", /*isAlone=*/true};
  llvm::StringMap<std::string> singles;
  FailureOr<SmallVector<PhaseCall>> calls = lowerPhases(lowering, loop, known), ones = lowerPhases(single, loop, singles);
  if (failed(calls) || failed(ones))
    return failure();
  SmallVector<StringRef> names;
  for (auto [call, one] : llvm::zip(*calls, *ones))
    names.push_back(declareOfLanes(lowering, call, one, lanes));
  Loops b = lowering.builder(loop.getLoc());
  Type i64 = b.getI64Type(), pointer = b.pointerType();
  auto function = lowering.function(b, "bdc_run_lanes", {pointer, i64, i64}, {b.getI32Type()}, false);
  Value contexts = function.getArgument(0), first = function.getArgument(1), steps = function.getArgument(2), one = b.integer(1);
  auto room = [&](size_t words) { return LLVM::AllocaOp::create(b, b.loc, pointer, i64, b.integer(std::max<size_t>(words, 1) * lanes), 64); };
  SmallVector<LanePacks> packs;
  for (const PhaseCall &call : *calls)
    packs.push_back({room(call.words.size()), room(call.words.size())});
  b.loop(b.integer(0), b.integer(lanes), [&](Value lane) {
    Access access(b, b.load(pointer, b.address(contexts, pointer, lane)));
    for (auto [call, pack] : llvm::zip(*calls, packs))
      for (auto [position, word] : llvm::enumerate(call.words)) {
        Value value = access.get(word);
        b.store(value, b.address(pack.apart, i64, b.add(b.mul(lane, b.integer(call.words.size())), b.integer(position))));
        b.store(value, b.address(pack.together, i64, b.add(lane, b.integer(position * lanes))));
      }
  });
  Access common(b, b.load(pointer, contexts));
  Seldom seldom(b, common, lowering.tables, *calls);
  b.loop(b.integer(0), steps, [&](Value i) {
    Value step = b.add(first, i);
    seldom.begin(step);
    for (auto [call, pack, name] : llvm::zip(*calls, packs, names)) {
      auto run = [&, &pack = pack, name = name] {
        func::CallOp::create(b, b.loc, name, TypeRange(), ValueRange{contexts, pack.together, pack.apart, step});
      };
      if (call.every)
        b.when(seldom.happened(call.every), run);
      else
        run();
    }
    b.callKernel("bdc_sample_lanes", Type(), {contexts, arith::ConstantOp::create(b, b.loc, b.getI32IntegerAttr(lanes)), b.add(step, one)});
  });
  func::ReturnOp::create(b, b.loc, ValueRange(arith::ConstantOp::create(b, b.loc, b.getI32IntegerAttr(BDC_OK))));
  return success();
}

} // namespace bdc::compiler::lower
