// Makes a program carry tangents: forward mode.
#include "compiler/differentiate/tangent.h"
#include "compiler/passes.h"

#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_TANGENT
#include "compiler/Passes.h.inc"

namespace {

struct TangentPass : impl::TangentBase<TangentPass> {
  using TangentBase::TangentBase;

  void runOnOperation() override {
    for (auto program : llvm::to_vector(getOperation().getOps<step::ProgramOp>())) {
      if (program.getOps<step::GradientOp>().empty())
        continue;
      if (failed(Tangent(program, keep).build()))
        return signalPassFailure();
      IRRewriter rewriter(&getContext());
      DominanceInfo dominance;
      eliminateCommonSubExpressions(rewriter, dominance, program);
    }
  }
};

} // namespace
} // namespace bdc::compiler
