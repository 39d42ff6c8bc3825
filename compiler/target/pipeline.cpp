// The passes between the integrated step form and LLVM's dialect.
#include "compiler/passes.h"
#include "compiler/target/pipeline.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMPass.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace bdc::compiler {

void registerCodegenDialects(DialectRegistry &registry) {
  registerConvertFuncToLLVMInterface(registry);
  registerConvertMathToLLVMInterface(registry);
  arith::registerConvertArithToLLVMInterface(registry);
  cf::registerConvertControlFlowToLLVMInterface(registry);
  vector::registerConvertVectorToLLVMInterface(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerConvertToLLVMDependentDialectLoading(registry);
}

void addLoopPasses(OpPassManager &passes, const CodegenOptions &options) {
  passes.addPass(createCSEPass());
  passes.addPass(createDerive());
  passes.addPass(createSchedule());
  passes.addPass(createAllocate());
  ToLoopsOptions loops;
  loops.precision = options.precision;
  loops.width = widthFor(options);
  loops.sideBySide = options.sideBySide;
  passes.addPass(createToLoops(loops));
  passes.addPass(createFuseMultiplyAdd());
  if (options.sideBySide)
    passes.addPass(createVectoriseLanes());
}

void addGpuPasses(OpPassManager &passes, const CodegenOptions &options) {
  passes.addPass(createCSEPass());
  passes.addPass(createDerive());
  passes.addPass(createSchedule());
  passes.addPass(createAllocate());
  ToGpuOptions kernels;
  kernels.precision = options.precision;
  passes.addPass(createToGpu(kernels));
  passes.addPass(createFuseMultiplyAdd());
}

LogicalResult lowerToLLVMDialect(ModuleOp module) {
  DialectRegistry registry;
  registerCodegenDialects(registry);
  module.getContext()->appendDialectRegistry(registry);
  PassManager passes(module.getContext());
  passes.enableVerifier(false);
  passes.addPass(createToControlFlow());
  passes.addPass(createConvertToLLVMPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
  if (failed(passes.run(module)))
    return failure();
  // The conversion is partial: what it does not know stays without a word.
  WalkResult rest = module.walk([](Operation *op) {
    if (isa<ModuleOp>(op) || isa<LLVM::LLVMDialect>(op->getDialect()))
      return WalkResult::advance();
    op->emitError() << "has no lowering to LLVM";
    return WalkResult::interrupt();
  });
  return failure(rest.wasInterrupted());
}

} // namespace bdc::compiler
