// Kernels to PTX: gpu -> NVVM -> LLVM with the NVPTX kernels linked and inlined -> text. No CUDA is needed.
#include "compiler/target/link.h"
#include "compiler/target/pipeline.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMPass.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"

#include <mutex>

using namespace llvm;

namespace bdc::compiler {

namespace {

using runtime::internalError;

/// The functions of the GPU module, in LLVM's and NVVM's dialects, in a module of their own.
mlir::OwningOpRef<mlir::ModuleOp> lowerKernels(mlir::ModuleOp module) {
  mlir::DialectRegistry registry;
  registerCodegenDialects(registry);
  mlir::registerNVVMDialectTranslation(registry);
  module.getContext()->appendDialectRegistry(registry);
  mlir::PassManager passes(module.getContext());
  auto &kernels = passes.nest<mlir::gpu::GPUModuleOp>();
  kernels.addPass(mlir::createSCFToControlFlowPass());
  // Before the next one makes calls of libdevice out of mathematics, and wrappers out of functions.
  mlir::ConvertToLLVMPassOptions early;
  early.filterDialects = {"func", "math"};
  kernels.addPass(mlir::createConvertToLLVMPass(early));
  kernels.addPass(mlir::createConvertGpuOpsToNVVMOps());
  kernels.addPass(mlir::createReconcileUnrealizedCastsPass());
  if (mlir::failed(passes.run(module)))
    return nullptr;
  auto containers = llvm::to_vector(module.getOps<mlir::gpu::GPUModuleOp>());
  if (containers.size() != 1)
    return nullptr;
  mlir::OwningOpRef<mlir::ModuleOp> plain = mlir::ModuleOp::create(module.getLoc());
  plain->getBody()->getOperations().splice(plain->getBody()->end(), containers[0].getBody()->getOperations());
  return plain;
}

runtime::Result<std::unique_ptr<TargetMachine>> makeGpu(const std::string &chip) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
  Triple triple("nvptx64-nvidia-cuda");
  std::string error;
  const llvm::Target *found = TargetRegistry::lookupTarget(triple, error);
  if (!found)
    return internalError(error);
  std::unique_ptr<MCSubtargetInfo> known(found->createMCSubtargetInfo(triple, "", ""));
  if (!known->isCPUStringValid(chip))
    return runtime::inputError(fmt::format("there is no GPU `{}`", chip), "they are called after their architecture: sm_80, sm_90");
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict;
  return std::unique_ptr<TargetMachine>(found->createTargetMachine(triple, chip, "", options, std::nullopt));
}

} // namespace

runtime::Result<std::string> emitPtx(mlir::ModuleOp module, const std::string &chip) {
  mlir::OwningOpRef<mlir::ModuleOp> kernels = lowerKernels(module);
  if (!kernels)
    return internalError("the kernels have no lowering to NVVM");
  LLVMContext context;
  std::unique_ptr<Module> code = mlir::translateModuleToLLVMIR(*kernels, context, "bdc");
  if (!code)
    return internalError("NVVM's dialect does not translate");
  runtime::Result<std::unique_ptr<TargetMachine>> made = makeGpu(chip);
  if (!made)
    return made.error();
  TargetMachine *machine = made->get();
  code->setTargetTriple(machine->getTargetTriple());
  code->setDataLayout(machine->createDataLayout());
  if (Error error = linkGpuKernels(*code))
    return internalError(toString(std::move(error)));
  for (Function &function : *code) {
    function.removeFnAttr("target-cpu");
    function.removeFnAttr("target-features");
    if (!function.isDeclaration() && function.getCallingConv() != CallingConv::PTX_Kernel)
      function.setLinkage(GlobalValue::InternalLinkage);
  }
  if (Error error = optimise(*code, *machine))
    return internalError(toString(std::move(error)));
  return emitFile(*code, *machine, CodeGenFileType::AssemblyFile);
}

} // namespace bdc::compiler
