// Kernels linked into generated code, and the passes and the writer that every target shares.
#include "compiler/target/link.h"
#include "compiler/target/parts.h"
#include "kernels/bitcode.h"

#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace bdc::compiler {

using runtime::internalError;

/// A bitcode library, whose functions are read when they are asked for.
static Expected<std::unique_ptr<Module>> openLibrary(Module &module, ArrayRef<unsigned char> bytes, StringRef name) {
  MemoryBufferRef buffer(StringRef(reinterpret_cast<const char *>(bytes.data()), bytes.size()), name);
  return getLazyBitcodeModule(buffer, module.getContext(), /*ShouldLazyLoadMetadata=*/true);
}

/// Links the functions that `module` declares out of a bitcode library.
static Error linkNeeded(Module &module, ArrayRef<unsigned char> bytes, StringRef name) {
  auto library = openLibrary(module, bytes, name);
  if (!library)
    return library.takeError();
  // Pointers to functions are untyped, so the linker would join a call to a function of other arguments without a word.
  for (const Function &wanted : module)
    if (const Function *found = wanted.isDeclaration() ? (*library)->getFunction(wanted.getName()) : nullptr)
      if (found->getFunctionType() != wanted.getFunctionType())
        return createStringError(wanted.getName() + " is called with other arguments than it takes");
  (*library)->setDataLayout(module.getDataLayout());
  (*library)->setTargetTriple(module.getTargetTriple());
  if (Linker::linkModules(module, std::move(*library), Linker::Flags::LinkOnlyNeeded))
    return createStringError(name + " do not link");
  return Error::success();
}

/// What callers may know of the functions of a part that another module has: what they read and write.
static Error describeFunctions(Module &module, const StepPart &part) {
  auto library = openLibrary(module, part.bitcode, "the parts of a step");
  if (!library)
    return library.takeError();
  for (StringRef name : part.functions)
    if (Function *declared = module.getFunction(name))
      declared->setAttributes((*library)->getFunction(name)->getAttributes());
  return Error::success();
}

/// A kernel that is called and does not exist. `hasParts`: another module may have parts of the step.
static Error missingKernel(const Module &module, bool hasParts) {
  for (const Function &function : module)
    if (function.isDeclaration() && function.getName().starts_with("bdc_") && !function.use_empty() &&
        !(hasParts && findStepPart(function.getName())))
      return createStringError("there is no kernel " + function.getName());
  return Error::success();
}

Error linkHostKernels(Module &module, ArrayRef<const StepPart *> parts) {
  for (const StepPart &part : stepParts())
    if (any_of(part.functions, [&](StringRef name) { return module.getFunction(name); }))
      if (Error error = is_contained(parts, &part) ? linkNeeded(module, part.bitcode, "the parts of a step") : describeFunctions(module, part))
        return error;
  if (Error error = linkNeeded(module, kernels::hostBitcode(), "the kernels"))
    return error;
  return missingKernel(module, /*hasParts=*/true);
}

Error linkGpuKernels(Module &module) {
  if (Error error = linkNeeded(module, kernels::nvptxBitcode(), "the kernels"))
    return error;
  return missingKernel(module, /*hasParts=*/false);
}

/// Everything is in vectors already: what is left is to inline, to clean up, and to move what does not change out of loops.
static constexpr const char *passes =
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

/// Whether a loop of one block has more operations on vectors than a processor looks ahead.
static bool hasLongLoop(const Module &module) {
  constexpr ptrdiff_t many = 160;
  auto isLong = [](const BasicBlock &block) {
    auto isVector = [](const Instruction &instruction) { return instruction.getType()->isVectorTy(); };
    return is_contained(successors(&block), &block) && count_if(block, isVector) > many;
  };
  return any_of(module, [&](const Function &function) { return any_of(function, isLong); });
}

/// What addPassesToEmitFile adds. In long loops less the machine scheduler: to save registers it gathers each chain of dependent
/// operations, and what a processor looks ahead is then one or two chains. In the order of the IR independent ones alternate
/// (docs/benchmarks.md has figures).
static bool addCodegenPasses(legacy::PassManager &manager, TargetMachine &machine, raw_pwrite_stream &stream, CodeGenFileType type, bool hasLongLoop) {
  auto *information = new MachineModuleInfoWrapperPass(&machine);
  TargetPassConfig *config = machine.createPassConfig(manager);
  config->setDisableVerify(true);
  if (hasLongLoop)
    config->disablePass(&MachineSchedulerID);
  manager.add(config);
  manager.add(information);
  if (config->addISelPasses())
    return false;
  config->addMachinePasses();
  config->setInitialized();
  if (machine.addAsmPrinter(manager, stream, nullptr, type, information->getMMI().getContext()))
    return false;
  manager.add(createFreeMachineFunctionPass());
  return true;
}

runtime::Result<std::string> emitFile(Module &module, TargetMachine &machine, CodeGenFileType type) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream stream(bytes);
  legacy::PassManager manager;
  if (!addCodegenPasses(manager, machine, stream, type, hasLongLoop(module)))
    return internalError("this target cannot write machine code");
  manager.run(module);
  return std::string(bytes.data(), bytes.size());
}

} // namespace bdc::compiler
