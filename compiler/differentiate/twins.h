/// Graphs beside those of the program, with other weights. Private to this folder.
#ifndef BDC_COMPILER_DIFFERENTIATE_TWINS_H
#define BDC_COMPILER_DIFFERENTIATE_TWINS_H

#include "dialects/step/Step.h"

#include <memory>
#include <string>

namespace bdc::compiler {

/// The name, or one like it that nothing in the program has.
std::string freeName(step::ProgramOp program, const llvm::Twine &name);

/// A graph with the same edges, each with the weight that a block of an edge's region yields.
mlir::FlatSymbolRefAttr graphLike(step::GraphOp graph, const llvm::Twine &name, std::unique_ptr<mlir::Block> weight);

/// What a change of an edge's delay changes its sum by, per rate of the source: from the change of the delay, which a block of an edge's region
/// yields, to minus the edge's weight times that.
void weighDelay(mlir::Block &change, step::GraphOp graph);

/// Whether the term of a sum is proportional to the weight as far as it reads its sources: then what a change of a delay does counts with it.
bool isProportional(step::ContractOp contract);

} // namespace bdc::compiler

#endif
