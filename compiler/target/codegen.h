/// From the integrated step form to machine code. No LLVM headers here.
#ifndef BDC_COMPILER_TARGET_CODEGEN_H
#define BDC_COMPILER_TARGET_CODEGEN_H

#include "runtime/error.h"

#include <string>

namespace mlir {
class ModuleOp;
class OpPassManager;
class DialectRegistry;
} // namespace mlir

namespace bdc::compiler {

struct CodegenOptions {
  std::string precision = "f64"; ///< number type of quantities: "f32" or "f64"
  unsigned width = 0;            ///< elements per vector: 1, 2, 4, 8, 16; 0: what the processor likes
  bool sideBySide = false;       ///< also the time loop of several lanes
  std::string cpu;               ///< as LLVM names it; empty: the processor at hand
};

enum class MachineStage { LLVM, Assembly, Object };

/// The width that is used: the one asked for, or what the processor likes.
unsigned widthFor(const CodegenOptions &options);

/// Registers what a context needs to lower to LLVM. `emitMachineCode` does it by itself.
void registerCodegenDialects(mlir::DialectRegistry &registry);

/// The passes from an integrated step program to loops: derive, schedule, allocate, loops, fused multiply-adds.
void addLoopPasses(mlir::OpPassManager &passes, const CodegenOptions &options);

/// Turns a module of loops into LLVM's text, assembly or an object file (the module is consumed: what is left in it is LLVM's
/// dialect). Kernels are linked and inlined; what is made exports what runtime/abi.h lists and needs at most memset and libm.
runtime::Result<std::string> emitMachineCode(mlir::ModuleOp loops, MachineStage stage, const CodegenOptions &options);

/// The same machine code as an archive of object files, which are made side by side: what is independent is a file of its own.
runtime::Result<std::string> emitObjects(mlir::ModuleOp loops, const CodegenOptions &options);

/// The passes from an integrated step program to kernels, one thread per element; programs with projections are refused.
void addGpuPasses(mlir::OpPassManager &passes, const CodegenOptions &options);

/// Turns a module of kernels into PTX for a GPU such as "sm_80". The module is consumed.
runtime::Result<std::string> emitPtx(mlir::ModuleOp kernels, const std::string &chip);

} // namespace bdc::compiler

#endif
