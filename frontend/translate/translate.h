/// From a checked program to the bd dialect.
#ifndef BDC_FRONTEND_TRANSLATE_TRANSLATE_H
#define BDC_FRONTEND_TRANSLATE_TRANSLATE_H

#include "frontend/rules/program.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace bdc::translate {

/// A module with one bd.model per model, one bd.network and one bd.experiment. Every operation's location is its place in the
/// text, so that what a pass finds wrong can be shown there. `context` must have the bd and arith dialects loaded.
/// `withSensitivities`: what the experiment asks of them too; a run without tangents has nothing of it.
mlir::OwningOpRef<mlir::ModuleOp> translate(const rules::Program &program, const diag::Sources &sources, mlir::MLIRContext &context, bool withSensitivities = false);

} // namespace bdc::translate

#endif
