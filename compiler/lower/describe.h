/// Parts of the descriptor. Private to this folder.
#ifndef BDC_COMPILER_LOWER_DESCRIBE_H
#define BDC_COMPILER_LOWER_DESCRIBE_H

#include "compiler/lower/lower.h"
#include "llvm/Support/JSON.h"

namespace bdc::compiler::lower {

/// Adds unit, factor and offset of a type, or of the unit that is shown for it.
void describeUnit(llvm::json::Object &object, Type type, std::optional<StringRef> shown = {});

/// First, last and stride of a slice.
llvm::json::Object describeSlice(Tables &tables, ArrayAttr symbols);

/// Objective, gradient and fit. `record` describes what is observed.
void describeObjective(Tables &tables, llvm::json::Object &root, llvm::function_ref<llvm::json::Object(step::RecordOp, unsigned)> record);

/// Whether a scalar gets its value from the host alone: sizes of what loops of gradients keep, and what it has given values of.
bool isOfHost(Tables &tables, step::ScalarOp scalar);

} // namespace bdc::compiler::lower

#endif
