/// What jumps where parameters move, and has no derivative.
#ifndef BDC_COMPILER_DIFFERENTIATE_JUMPS_H
#define BDC_COMPILER_DIFFERENTIATE_JUMPS_H

#include "compiler/differentiate/activity.h"

namespace bdc::compiler {

/// How many elements and which connections there are, delays in whole steps, windows of rates, how long something is held, what samples are taken
/// and when the run ends: an error with its place where one of them is made of a scalar or a state that `depends` on what is asked for.
mlir::LogicalResult checkJumps(step::ProgramOp program, step::LoopOp loop, const Activity &activity, llvm::function_ref<bool(mlir::StringAttr)> depends);

/// Notes in the program (`step.unseen`) whose events depend on what is asked for and reach the objective, but have no surrogate to be seen by.
void noteUnseenEvents(step::ProgramOp program, step::LoopOp loop, const Activity &activity);

/// The error that a parameter cannot change the objective.
mlir::LogicalResult noInfluence(step::ProgramOp program, step::GradientOp gradient);

} // namespace bdc::compiler

#endif
