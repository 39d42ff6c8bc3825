/// Forward-mode differentiation of scalar regions.
#ifndef BDC_COMPILER_DIFFERENTIATE_DERIVATIVE_H
#define BDC_COMPILER_DIFFERENTIATE_DERIVATIVE_H

#include "dialects/bd/scalar_builder.h"
#include "llvm/ADT/DenseMap.h"

namespace bdc::compiler {

/// What values depend on. A value is invariant when it is made of constants, scalars of the program and dt alone: the same for all
/// elements and all steps, so that `step-derive` moves it out of the loop.
class Dependence {
public:
  bool isInvariant(mlir::Value value);

private:
  llvm::DenseMap<mlir::Value, bool> known;
};

/// The derivative of one value with respect to one other, both of one block.
struct Derivative {
  mlir::Value value;             ///< null: zero
  mlir::Operation *obstacle = nullptr; ///< the operation without a derivative, where there is one
};

/// ∂output/∂input, the operations inserted where `build` stands, which must come after `output`. `output` reaches `input` through
/// operations of one block.
Derivative derivative(mlir::Value output, mlir::Value input, bd::ScalarBuilder &build);

} // namespace bdc::compiler

#endif
