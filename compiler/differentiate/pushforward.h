/// Forward-mode differentiation of a region.
#ifndef BDC_COMPILER_DIFFERENTIATE_PUSHFORWARD_H
#define BDC_COMPILER_DIFFERENTIATE_PUSHFORWARD_H

#include "dialects/bd/scalar_builder.h"

namespace bdc::compiler {

/// Tangents of the values of one block, from those of some of them. Each stands right behind its value, and has its unit.
class Pushforward {
public:
  /// Over the operations that are in `block` now.
  explicit Pushforward(mlir::Block &block);

  /// An argument, or a result without operands; null: zero.
  void seed(mlir::Value leaf, mlir::Value tangent);
  /// Failure where an operation has no derivative: `obstacle`.
  mlir::LogicalResult run();
  /// After `run`; null: zero.
  mlir::Value tangent(mlir::Value value) const { return tangents.lookup(value); }

  mlir::Operation *obstacle = nullptr;

private:
  llvm::SmallVector<mlir::Operation *> operations;
  llvm::DenseMap<mlir::Value, mlir::Value> tangents;
};

} // namespace bdc::compiler

#endif
