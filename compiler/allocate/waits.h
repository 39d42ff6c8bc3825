/// What the threads of a loop must wait for.
#ifndef BDC_COMPILER_ALLOCATE_WAITS_H
#define BDC_COMPILER_ALLOCATE_WAITS_H

#include "dialects/step/Step.h"
#include "llvm/ADT/BitVector.h"

namespace bdc::compiler {

/// How a phase touches storage that other threads may touch as well.
struct Access {
  mlir::StringAttr what;
  bool write, all;               ///< all: elements of other threads too
  bool past = false;             ///< rows of earlier steps only (rings, queues): a later write of this step's row does not disturb it
  mlir::FlatSymbolRefAttr delay; ///< a scalar: the past is at least this many steps longer ago
};

/// For each phase, in the order of a step, what all other threads must have done before a thread begins it, less what
/// its earlier waits, of this step or the one before, have made sure of.
/// `seldom`: phases that do not happen in every step.
mlir::SmallVector<mlir::SmallVector<step::WaitAttr>> placeWaits(mlir::ArrayRef<mlir::SmallVector<Access>> phases, const llvm::BitVector &seldom,
                                                                mlir::MLIRContext *context);

} // namespace bdc::compiler

#endif
