/// Reverse-mode differentiation of a region.
#ifndef BDC_COMPILER_DIFFERENTIATE_PULLBACK_H
#define BDC_COMPILER_DIFFERENTIATE_PULLBACK_H

#include "dialects/bd/scalar_builder.h"
#include "llvm/ADT/DenseSet.h"

namespace bdc::compiler {

/// Adjoints of the values of one block, from those of its results. A value's adjoint has the unit of the objective per unit of the value.
///
/// The transpose of a scalar operation's tangent is the same multiplication, so one table (rules.h) serves both directions.
///
/// To a branch that is not taken comes the adjoint 0, and what stands in the branch may have no number there, such as a root of what is negative.
/// So adjoints that a choice has let through are followed (`guarded`), and where one is 0 nothing goes on, whatever it would be multiplied with.
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
  bool isGuarded(mlir::Value adjoint) const { return guarded.contains(adjoint); }
  /// Whether it is a number where all that it is made of are, and no adjoint is infinite.
  bool isFinite(mlir::Value value);
  /// What `op` hands to one of its operands: nothing where its adjoint is 0 because it is not chosen.
  mlir::Value guard(mlir::Operation *op, mlir::Value adjoint, mlir::Value part);

  bd::ScalarBuilder &build;
  llvm::SmallVector<mlir::Operation *> operations;
  llvm::DenseSet<mlir::Value> reaching; ///< depend on what is wanted
  llvm::DenseMap<mlir::Value, mlir::Value> adjoints;
  llvm::DenseSet<mlir::Value> guarded; ///< adjoints that are 0 where a choice takes something else
  llvm::DenseMap<mlir::Value, bool> finite;
};

} // namespace bdc::compiler

#endif
