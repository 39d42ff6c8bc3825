/// The derivative of every scalar operation: the one table from which all gradients are made.
#ifndef BDC_COMPILER_DIFFERENTIATE_RULES_H
#define BDC_COMPILER_DIFFERENTIATE_RULES_H

#include "dialects/bd/scalar_builder.h"

namespace bdc::compiler {

/// The tangent of the result of `op` from the tangents of its operands; null stands for zero, in and out. The tangent of a
/// value x with respect to p has the unit of x/p. Failure where the operation has no derivative.
mlir::FailureOr<mlir::Value> tangentOf(mlir::Operation *op, llvm::ArrayRef<mlir::Value> tangents, bd::ScalarBuilder &build);

/// Says of an operation for which `tangentOf` failed that, and why.
mlir::LogicalResult noDerivative(mlir::Operation *op);

} // namespace bdc::compiler

#endif
