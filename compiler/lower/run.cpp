// The time loop.
#include "compiler/lower/lower.h"
#include "runtime/abi.h"

namespace bdc::compiler::lower {

namespace {

/// Memory for the words of one phase, filled before the loop.
Value makePack(Loops &b, Access &access, ArrayRef<Word> words) {
  Value pack = LLVM::AllocaOp::create(b, b.loc, b.pointerType(), b.getI64Type(), b.integer(std::max<size_t>(words.size(), 1)), 8);
  for (auto [position, word] : llvm::enumerate(words))
    b.store(access.get(word), b.field(pack, position * 8));
  return pack;
}

void wait(Loops &b, Value context, Value thread) {
  Value function = b.load(b.pointerType(), b.field(context, offsetof(bdc_ctx, wait)));
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), {b.pointerType(), b.getI32Type()});
  LLVM::CallOp::create(b, b.loc, type, ValueRange{function, context, thread});
}

} // namespace

LogicalResult lowerRun(Lowering &lowering, step::LoopOp loop, llvm::StringMap<std::string> &known) {
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
  Loops b = lowering.builder(loop.getLoc());
  Type i64 = b.getI64Type(), i32 = b.getI32Type(), pointer = b.pointerType();
  auto function = lowering.function(b, loop.getReverse() ? "bdc_adjoint" : "bdc_run", {pointer, i32, i64, i64}, {i32}, false);
  Value context = function.getArgument(0), thread32 = function.getArgument(1), first = function.getArgument(2);
  Value steps = function.getArgument(3);
  Access access(b, context);
  SmallVector<Value> packs;
  for (const PhaseCall &call : calls)
    packs.push_back(makePack(b, access, call.words));
  Value thread = b.fromI32(thread32), one = b.integer(1);
  Value together = b.less(one, access.threads()), last = b.sub(b.add(first, steps), one);
  b.loop(b.integer(0), steps, [&](Value i) {
    Value step = loop.getReverse() ? b.sub(last, i) : b.add(first, i);
    for (auto [call, pack] : llvm::zip(calls, packs)) {
      if (call.barrier)
        b.when(together, [&] { wait(b, context, thread32); });
      func::CallOp::create(b, b.loc, call.function, TypeRange(), ValueRange{context, pack, step, thread});
    }
    if (!loop.getReverse())
      b.callKernel("bdc_sample", Type(), {context, thread32, b.add(step, one)});
  });
  func::ReturnOp::create(b, b.loc, ValueRange(arith::ConstantOp::create(b, b.loc, b.getI32IntegerAttr(BDC_OK))));
  return success();
}

} // namespace bdc::compiler::lower
