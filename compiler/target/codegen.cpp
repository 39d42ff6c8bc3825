// LLVM's part: kernels linked and inlined, a short pipeline, machine code.
#include "compiler/target/pipeline.h"
#include "compiler/target/link.h"
#include "compiler/target/native.h"
#include "compiler/target/parts.h"
#include "compiler/target/split.h"
#include "runtime/threads/barrier.h"
#include "runtime/threads/in_threads.h"

#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "mlir/Target/LLVMIR/Export.h"

#include <fmt/format.h>

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
  knowNativeTarget();
  Triple triple(sys::getProcessTriple());
  const llvm::Target *found = TargetRegistry::lookupTarget(triple, error);
  if (!found)
    return nullptr;
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict; // the IR says what fuses
  return std::unique_ptr<TargetMachine>(
      found->createTargetMachine(triple, target.cpu, target.features, options, Reloc::PIC_, CodeModel::Small, CodeGenOptLevel::Default));
}

constexpr const char *noLowering = "the loops have no lowering to LLVM";

constexpr StringRef timeLoops[] = {"bdc_run", "bdc_run_lanes", "bdc_tape", "bdc_adjoint"};
constexpr StringRef others[] = {"bdc_derive",    "bdc_init",      "bdc_adjoint_past", "bdc_adjoint_start",
                                "bdc_objective", "bdc_descriptor", "bdc_descriptor_size"};

bool isTimeLoop(StringRef name) { return is_contained(timeLoops, name); }
bool isExported(StringRef name) {
  return isTimeLoop(name) || is_contained(others, name) || name.starts_with("bdc_edges_") || name.starts_with("bdc_probe_");
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
    if (!function.isDeclaration() && !isExported(function.getName()) && !findStepPart(function.getName()))
      function.setLinkage(GlobalValue::InternalLinkage);
  }
}

/// The time loops, and what is drawn for every edge.
bool makesManyNumbers(StringRef function) {
  return isTimeLoop(function) || function.starts_with("bdc_edges_");
}

/// Where not many numbers are made kernels are called, not inlined: one copy of each is enough, and halves the machine code.
void keepCallsOutsideTheLoop(Module &module) {
  for (Function &function : module) {
    if (!isExported(function.getName()) || makesManyNumbers(function.getName()))
      continue;
    for (Instruction &instruction : instructions(function))
      if (auto *call = dyn_cast<CallInst>(&instruction); call && call->getCalledFunction() && !call->getCalledFunction()->isIntrinsic())
        call->setIsNoInline();
  }
}

/// A module of LLVM on its way to machine code, with what it belongs to.
struct Job {
  LLVMContext context;
  std::unique_ptr<Module> module;
  std::vector<const StepPart *> parts; ///< to be linked into it
  runtime::Result<std::string> code = std::string();
};

runtime::Status translate(mlir::ModuleOp module, Job &job) {
  job.module = mlir::translateModuleToLLVMIR(module, job.context, "bdc");
  return job.module ? runtime::Status() : internalError("LLVM's dialect does not translate");
}

runtime::Result<std::string> emit(Job &job, MachineStage stage, const CodegenOptions &options) {
  Module &module = *job.module;
  Target target = targetOf(options);
  std::string problem;
  std::unique_ptr<TargetMachine> machine = makeMachine(target, problem);
  if (!machine)
    return internalError(problem);
  module.setTargetTriple(machine->getTargetTriple());
  module.setDataLayout(machine->createDataLayout());
  if (Error error = linkHostKernels(module, job.parts))
    return internalError(toString(std::move(error)));
  setAttributes(module, target);
  keepCallsOutsideTheLoop(module);
  if (Error error = optimise(module, *machine))
    return internalError(toString(std::move(error)));
  if (!target.has("+avx512f"))
    widenMasks(module);
  if (stage == MachineStage::LLVM) {
    std::string text;
    raw_string_ostream(text) << module;
    return text;
  }
  return emitFile(module, *machine, stage == MachineStage::Object ? CodeGenFileType::ObjectFile : CodeGenFileType::AssemblyFile);
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
    return internalError(noLowering);
  Job job;
  if (runtime::Status translated = translate(loops, job); !translated)
    return translated.error();
  for (const StepPart &part : stepParts())
    job.parts.push_back(&part);
  return emit(job, stage, options);
}

runtime::Result<std::string> emitObjects(mlir::ModuleOp loops, const CodegenOptions &options) {
  if (mlir::failed(lowerToLLVMDialect(loops)))
    return internalError(noLowering);
  std::vector<ModuleShare> shares = splitModule(loops, static_cast<unsigned>(runtime::availableCores()));
  std::vector<Job> jobs(shares.size());
  for (auto [job, share] : zip_equal(jobs, shares)) {
    job.parts = std::move(share.stepParts);
    if (runtime::Status translated = translate(*share.module, job); !translated)
      return translated.error();
  }
  runtime::inThreads(jobs.size(), [&](size_t i) { jobs[i].code = emit(jobs[i], MachineStage::Object, options); });
  std::vector<NewArchiveMember> members;
  for (Job &job : jobs) {
    if (!job.code)
      return job.code.error();
    members.emplace_back(MemoryBufferRef(*job.code, "bdc.o"));
  }
  auto archive = writeArchiveToBuffer(members, SymtabWritingMode::NoSymtab, object::Archive::K_GNU, /*Deterministic=*/true, /*Thin=*/false);
  if (!archive)
    return internalError(toString(archive.takeError()));
  return (*archive)->getBuffer().str();
}

} // namespace bdc::compiler
