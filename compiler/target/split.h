/// Private to this folder: one module as several that can be compiled side by side.
#ifndef BDC_COMPILER_TARGET_SPLIT_H
#define BDC_COMPILER_TARGET_SPLIT_H

#include "compiler/target/parts.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <vector>

namespace bdc::compiler {

/// A share of a module's definitions, with the declarations that they need.
struct ModuleShare {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<const StepPart *> stepParts; ///< to be linked into this module
};

/// Deals the definitions of a module of LLVM's dialect out to at most `most` shares, none much smaller than another. Definitions that name
/// one another stay together: the parts of a step written in C++ are all that a share calls in another. The module is left without
/// definitions.
std::vector<ModuleShare> splitModule(mlir::ModuleOp module, unsigned most);

} // namespace bdc::compiler

#endif
