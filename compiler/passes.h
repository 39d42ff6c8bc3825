/// All passes of the compiler; see Passes.td for what each does.
#ifndef BDC_COMPILER_PASSES_H
#define BDC_COMPILER_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace bdc::compiler {

#define GEN_PASS_DECL
#include "compiler/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/Passes.h.inc"

} // namespace bdc::compiler

#endif
