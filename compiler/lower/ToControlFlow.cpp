// Structured loops and branches as blocks.
#include "compiler/counter.h"
#include "compiler/passes.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Rewrite/PatternApplicator.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_TOCONTROLFLOW
#include "compiler/Passes.h.inc"

namespace {

struct ToControlFlow : impl::ToControlFlowBase<ToControlFlow> {
  using ToControlFlowBase::ToControlFlowBase;

  Counter lowered{"bdc-to-control-flow", "lowered", "Loops and branches lowered"};

  void runOnOperation() override {
    RewritePatternSet list(&getContext());
    populateSCFToControlFlowConversionPatterns(list);
    FrozenRewritePatternSet patterns(std::move(list));
    PatternApplicator applicator(patterns);
    applicator.applyDefaultCostModel();
    SmallVector<Operation *> structured;
    getOperation().walk([&](Operation *op) {
      if (isa<scf::SCFDialect>(op->getDialect()) && !op->hasTrait<OpTrait::IsTerminator>())
        structured.push_back(op);
    });
    PatternRewriter rewriter(&getContext());
    for (Operation *op : llvm::reverse(structured)) {
      rewriter.setInsertionPoint(op);
      if (failed(applicator.matchAndRewrite(op, rewriter))) {
        op->emitError() << "has no lowering to blocks";
        return signalPassFailure();
      }
      ++lowered;
    }
  }
};

} // namespace
} // namespace bdc::compiler
