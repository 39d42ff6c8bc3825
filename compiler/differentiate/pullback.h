/// Reverse-mode differentiation of a region.
#ifndef BDC_COMPILER_DIFFERENTIATE_PULLBACK_H
#define BDC_COMPILER_DIFFERENTIATE_PULLBACK_H

#include "dialects/bd/scalar_builder.h"
#include "llvm/ADT/DenseSet.h"

namespace bdc::compiler {

/// Adjoints of the values of one block, from those of its results. A value's adjoint has the unit of the objective per unit of the value.
///
/// The transpose of a scalar operation's tangent is the same multiplication, so one table (rules.h) serves both directions.
class Pullback {
public:
  /// Over the operations that are in `block` now; `build` stands at its end.
  Pullback(mlir::Block &block, bd::ScalarBuilder &build) : build(build) {
    for (mlir::Operation &op : block)
      operations.push_back(&op);
  }

  /// An argument of the block, or a result without operands, whose adjoint is wanted.
  void want(mlir::Value leaf) { reaching.insert(leaf); }
  /// Adds to the adjoint of a value.
  void add(mlir::Value value, mlir::Value adjoint);
  /// Failure where an operation has no derivative: `obstacle`.
  mlir::LogicalResult run();
  /// After `run`; null: zero.
  mlir::Value adjoint(mlir::Value leaf) const { return adjoints.lookup(leaf); }

  mlir::Operation *obstacle = nullptr;

private:
  bool reaches(mlir::Value value) const { return reaching.contains(value); }

  bd::ScalarBuilder &build;
  llvm::SmallVector<mlir::Operation *> operations;
  llvm::DenseSet<mlir::Value> reaching; ///< depend on what is wanted
  llvm::DenseMap<mlir::Value, mlir::Value> adjoints;
};

} // namespace bdc::compiler

#endif
