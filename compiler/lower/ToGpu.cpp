// Phases on single elements as kernels, from the same emission as the loops of the host.
#include "compiler/lower/lower.h"
#include "compiler/counter.h"
#include "compiler/passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_TOGPU
#include "compiler/Passes.h.inc"

namespace {

struct ToGpu : impl::ToGpuBase<ToGpu> {
  using ToGpuBase::ToGpuBase;

  Counter kernels{"step-to-gpu", "kernels", "Kernels made"};

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<gpu::GPUDialect, func::FuncDialect, scf::SCFDialect, LLVM::LLVMDialect, arith::ArithDialect>();
  }

  void runOnOperation() override {
    if (failed(lower()))
      signalPassFailure();
  }

  LogicalResult lower() {
    ModuleOp module = getOperation();
    FailureOr<step::ProgramOp> program = lower::onlyProgram(module);
    FailureOr<Type> real = lower::realType(module, precision);
    if (failed(program) || failed(real))
      return failure();
    lower::Tables tables(*program, *real);
    OpBuilder top = OpBuilder::atBlockEnd(module.getBody());
    auto container = gpu::GPUModuleOp::create(top, program->getLoc(), "bdc");
    lower::Lowering lowering{tables, module, 1};
    llvm::StringSet<> known;
    for (step::LoopOp loop : tables.loops)
      for (Operation &op : loop.getBody().front().without_terminator()) {
        auto phase = dyn_cast<step::PhaseOp>(op);
        if (!phase)
          return op.emitOpError() << "must be scheduled and allocated first (step-schedule, step-allocate)";
        if (failed(lowerPhase(lowering, container, phase, known)))
          return failure();
      }
    program->erase();
    return success();
  }

  LogicalResult lowerPhase(lower::Lowering &lowering, gpu::GPUModuleOp container, step::PhaseOp phase, llvm::StringSet<> &known) {
    for (Operation &op : phase.getBody().front())
      if (isa<step::DeliverOp, step::ContractOp, step::ReduceOp, step::CountOp>(op))
        return emitError(op.getLoc(), "events and sums over connections do not run on a GPU yet: only models without projections become PTX");
    SmallVector<lower::Word> words;
    if (!known.insert(lower::describePhase(lowering.tables, phase, words)).second)
      return success();
    // Kernels get elements, not the shares of threads; queues become masks.
    llvm::erase_if(words, [](const lower::Word &w) {
      return w.kind == lower::Word::Bounds || w.kind == lower::Word::Size || w.kind == lower::Word::Queue || w.kind == lower::Word::Graph;
    });
    lower::Loops b(phase.getLoc());
    b.setInsertionPointToEnd(container.getBody());
    SmallVector<Type> inputs = {b.getI64Type(), b.getI64Type()};
    for (const lower::Word &word : words)
      inputs.push_back(lower::typeOf(b, word));
    for ([[maybe_unused]] auto emit : phase.getBody().front().getOps<step::EmitOp>())
      inputs.push_back(b.pointerType());
    std::string name = "phase_" + std::to_string(lowering.phaseFunctions++);
    ++kernels;
    auto function = gpu::GPUFuncOp::create(b, b.loc, name, b.getFunctionType(inputs, {}));
    function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), b.getUnitAttr());
    b.setInsertionPointToStart(&function.getBody().front());
    Operation *end = gpu::ReturnOp::create(b, b.loc);
    b.setInsertionPoint(end);
    lower::Access access(b, {});
    for (auto [position, word] : llvm::enumerate(words))
      access.give(word, function.getArgument(2 + position));
    lower::PhaseFrame frame{lowering, b, access, phase, function.getArgument(0), {}, cast<step::LoopOp>(phase->getParentOp()).getReverse()};
    return lower::lowerElement(frame, element(b), function.getArgument(1), function.getArguments().drop_front(2 + words.size()));
  }

  /// block * threads per block + thread.
  static Value element(lower::Loops &b) {
    auto whole = [&](Value index) -> Value { return arith::IndexCastOp::create(b, b.loc, b.getI64Type(), index); };
    Value block = whole(gpu::BlockIdOp::create(b, b.loc, gpu::Dimension::x));
    Value size = whole(gpu::BlockDimOp::create(b, b.loc, gpu::Dimension::x));
    return b.add(b.mul(block, size), whole(gpu::ThreadIdOp::create(b, b.loc, gpu::Dimension::x)));
  }
};

} // namespace
} // namespace bdc::compiler
