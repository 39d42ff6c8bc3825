/// Private to this folder: the passes in front of LLVM.
#ifndef BDC_COMPILER_TARGET_PIPELINE_H
#define BDC_COMPILER_TARGET_PIPELINE_H

#include "compiler/target/codegen.h"
#include "mlir/IR/BuiltinOps.h"

namespace bdc::compiler {

/// Loops to LLVM's dialect and nothing else.
mlir::LogicalResult lowerToLLVMDialect(mlir::ModuleOp module);

} // namespace bdc::compiler

#endif
