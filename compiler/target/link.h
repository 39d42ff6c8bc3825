/// Private to this folder: what the code generators of host and GPU share.
#ifndef BDC_COMPILER_TARGET_LINK_H
#define BDC_COMPILER_TARGET_LINK_H

#include "runtime/error.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"

namespace llvm {
class TargetMachine;
}

namespace bdc::compiler {

struct StepPart;

/// Links the kernels that the module declares, and on the host these parts of a step (others are declared); an error names a
/// kernel that does not exist.
llvm::Error linkHostKernels(llvm::Module &module, llvm::ArrayRef<const StepPart *> parts);
llvm::Error linkGpuKernels(llvm::Module &module);

/// Inlines and cleans up.
llvm::Error optimise(llvm::Module &module, llvm::TargetMachine &machine);

/// Does the logic of masks in whole lanes: for processors without registers for masks (masks.cpp).
void widenMasks(llvm::Module &module);

/// Assembly or an object.
runtime::Result<std::string> emitFile(llvm::Module &module, llvm::TargetMachine &machine, llvm::CodeGenFileType type);

} // namespace bdc::compiler

#endif
