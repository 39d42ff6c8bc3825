// LLVM's part: kernels linked and inlined, a short pipeline, machine code.
#include "compiler/target/pipeline.h"
#include "compiler/target/sample.h"
#include "kernels/bitcode.h"

#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "mlir/Target/LLVMIR/Export.h"

#include <fmt/format.h>
#include <mutex>

using namespace llvm;

namespace bdc::compiler {

namespace {

using runtime::internalError;

struct Target {
  std::string cpu, features;
  bool has(StringRef feature) const { return StringRef("," + features + ",").contains(("," + feature + ",").str()); }
};

Target targetOf(const CodegenOptions &options) {
  if (!options.cpu.empty())
    return {options.cpu, ""};
  Target target{sys::getHostCPUName().str(), ""};
  for (const auto &feature : sys::getHostCPUFeatures())
    target.features += (target.features.empty() ? "" : ",") + std::string(feature.second ? "+" : "-") + feature.first().str();
  return target;
}

std::unique_ptr<TargetMachine> makeMachine(const Target &target, std::string &error) {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
  });
  Triple triple(sys::getProcessTriple());
  const llvm::Target *found = TargetRegistry::lookupTarget(triple, error);
  if (!found)
    return nullptr;
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict; // the IR says what fuses
  return std::unique_ptr<TargetMachine>(
      found->createTargetMachine(triple, target.cpu, target.features, options, Reloc::PIC_, CodeModel::Small, CodeGenOptLevel::Default));
}

bool isExported(StringRef name) {
  return name == "bdc_derive" || name == "bdc_init" || name == "bdc_run" || name == "bdc_adjoint" || name == "bdc_descriptor" ||
         name == "bdc_descriptor_size" || name.starts_with("bdc_edges_") || name.starts_with("bdc_probe_");
}

/// Links the functions that `module` declares out of a bitcode library.
Error linkNeeded(Module &module, ArrayRef<unsigned char> bytes, StringRef name) {
  MemoryBufferRef buffer(StringRef(reinterpret_cast<const char *>(bytes.data()), bytes.size()), name);
  auto library = getLazyBitcodeModule(buffer, module.getContext(), /*ShouldLazyLoadMetadata=*/true);
  if (!library)
    return library.takeError();
  (*library)->setDataLayout(module.getDataLayout());
  (*library)->setTargetTriple(module.getTargetTriple());
  if (Linker::linkModules(module, std::move(*library), Linker::Flags::LinkOnlyNeeded))
    return createStringError(name + " do not link");
  return Error::success();
}

Error linkKernels(Module &module) {
  if (module.getFunction("bdc_sample"))
    if (Error error = linkNeeded(module, sampleBitcode(), "the recorder's code"))
      return error;
  auto kernels = kernels::hostBitcode();
  if (Error error = linkNeeded(module, {kernels.data(), kernels.size()}, "the kernels"))
    return error;
  for (const Function &function : module)
    if (function.isDeclaration() && function.getName().starts_with("bdc_") && !function.use_empty())
      return createStringError("there is no kernel " + function.getName());
  return Error::success();
}

void setAttributes(Module &module, const Target &target) {
  for (Function &function : module) {
    if (function.isIntrinsic())
      continue;
    for (StringRef name : {"target-cpu", "target-features", "tune-cpu", "min-legal-vector-width"})
      function.removeFnAttr(name);
    function.addFnAttr("target-cpu", target.cpu);
    if (!target.features.empty())
      function.addFnAttr("target-features", target.features);
    if (target.has("+avx512f"))
      function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr(Attribute::NoUnwind);
    if (!function.isDeclaration() && !isExported(function.getName()))
      function.setLinkage(GlobalValue::InternalLinkage);
  }
}

/// Outside of the time loop kernels are called, not inlined: one copy of each is enough, and halves the machine code.
void keepCallsOutsideTheLoop(Module &module) {
  for (Function &function : module) {
    if (!isExported(function.getName()) || function.getName() == "bdc_run" || function.getName() == "bdc_adjoint")
      continue;
    for (Instruction &instruction : instructions(function))
      if (auto *call = dyn_cast<CallInst>(&instruction); call && call->getCalledFunction() && !call->getCalledFunction()->isIntrinsic())
        call->setIsNoInline();
  }
}

/// Everything is in vectors already: what is left is to inline, to clean up, and to move what does not change out of loops.
constexpr const char *passes =
    "always-inline,globaldce,function(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-simplify,lcssa,loop(loop-rotate),loop-mssa(licm),gvn,instcombine<no-verify-fixpoint>,loop-mssa(licm),dse,adce,"
    "simplifycfg<sink-common-insts>)";

Error optimise(Module &module, TargetMachine &machine) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  ModulePassManager manager;
  if (Error error = builder.parsePassPipeline(manager, passes))
    return error;
  manager.run(module, modules);
  return Error::success();
}

runtime::Result<std::string> emitFile(Module &module, TargetMachine &machine, CodeGenFileType type) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream stream(bytes);
  legacy::PassManager manager;
  if (machine.addPassesToEmitFile(manager, stream, nullptr, type, /*DisableVerify=*/true))
    return internalError("this target cannot write machine code");
  manager.run(module);
  return std::string(bytes.data(), bytes.size());
}

} // namespace

unsigned widthFor(const CodegenOptions &options) {
  if (options.width)
    return options.width;
  // One vector of 64 bytes, or two of 32: two independent chains keep the units of a processor without AVX-512 busier (measured:
  // 10 to 15 % on the balanced network).
  unsigned bytes = 64;
  if (options.cpu.empty() && !targetOf(options).has("+avx2"))
    bytes = 16;
  return bytes / (options.precision == "f32" ? 4 : 8);
}

runtime::Result<std::string> emitMachineCode(mlir::ModuleOp loops, MachineStage stage, const CodegenOptions &options) {
  if (mlir::failed(lowerToLLVMDialect(loops)))
    return internalError("the loops have no lowering to LLVM");
  LLVMContext context;
  std::unique_ptr<Module> module = mlir::translateModuleToLLVMIR(loops, context, "bdc");
  if (!module)
    return internalError("LLVM's dialect does not translate");
  Target target = targetOf(options);
  std::string problem;
  std::unique_ptr<TargetMachine> machine = makeMachine(target, problem);
  if (!machine)
    return internalError(problem);
  module->setTargetTriple(machine->getTargetTriple());
  module->setDataLayout(machine->createDataLayout());
  if (Error error = linkKernels(*module))
    return internalError(toString(std::move(error)));
  setAttributes(*module, target);
  keepCallsOutsideTheLoop(*module);
  if (Error error = optimise(*module, *machine))
    return internalError(toString(std::move(error)));
  if (stage == MachineStage::LLVM) {
    std::string text;
    raw_string_ostream(text) << *module;
    return text;
  }
  return emitFile(*module, *machine, stage == MachineStage::Object ? CodeGenFileType::ObjectFile : CodeGenFileType::AssemblyFile);
}

} // namespace bdc::compiler
