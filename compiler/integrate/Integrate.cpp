// Replaces every step.ode by the map of its method.
#include "compiler/integrate/methods.h"
#include "compiler/counter.h"
#include "compiler/passes.h"

#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_INTEGRATE
#include "compiler/Passes.h.inc"

/// Drops operations of the block whose results nobody uses.
static void removeDead(RewriterBase &rewriter, Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      rewriter.eraseOp(&op);
}

/// White noise needs a stochastic method.
static LogicalResult checkNoise(step::OdeOp ode) {
  auto noises = ode.getBody().front().getOps<bd::WhiteOp>();
  if (noises.empty() || isStochastic(ode.getMethod()))
    return success();
  InFlightDiagnostic error = ode.emitOpError() << ode.getMethod() << " is a method for equations without noise, and these have white noise; use "
                                               << llvm::join(methodNames(/*stochastic=*/true), ", ");
  error.attachNote((*noises.begin()).getLoc()) << "the noise";
  return error;
}

/// The map that does one step of `method`; failure after an error.
static FailureOr<step::MapOp> expand(IRRewriter &rewriter, step::OdeOp ode, Method method) {
  rewriter.setInsertionPoint(ode);
  SmallVector<Value> inputs(ode.getStates());
  llvm::append_range(inputs, ode.getHeld());
  auto map = step::MapOp::create(rewriter, ode.getLoc(), ode.getNext().getTypes(), ode.getSpaceAttr(), inputs, ode.getEveryAttr());
  Block *block = rewriter.createBlock(&map.getBody());
  for (BlockArgument argument : ode.getBody().getArguments())
    block->addArgument(argument.getType(), argument.getLoc());
  unsigned count = ode.getStates().size();
  if (failed(checkNoise(ode)))
    return failure();
  Stages stages(rewriter, ode, block->getArguments().take_front(count), block->getArguments().drop_front(count));
  if (!stages.noises().empty() && failed(stages.diffusion())) // linear in every noise, whatever the method makes of it
    return failure();
  FailureOr<SmallVector<Value>> next = method(stages);
  if (failed(next))
    return failure();
  stages.build.yield(*next);
  DominanceInfo dominance;
  eliminateCommonSubExpressions(rewriter, dominance, map);
  removeDead(rewriter, *block);
  rewriter.setInsertionPoint(ode);
  return map;
}

namespace {
struct Integrate : impl::IntegrateBase<Integrate> {
  Counter equationsExpanded{"step-integrate", "equations-expanded", "Systems of equations expanded"};
  Counter statesIntegrated{"step-integrate", "states-integrated", "States that they advance"};

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<step::OdeOp> odes;
    getOperation().walk([&](step::OdeOp ode) { odes.push_back(ode); });
    for (step::OdeOp ode : odes) {
      Method method = findMethod(ode.getMethod());
      if (!method) {
        ode.emitOpError() << "there is no method \"" << ode.getMethod() << "\"; the methods are "
                          << llvm::join(methodNames(), ", ");
        return signalPassFailure();
      }
      FailureOr<step::MapOp> map = expand(rewriter, ode, method);
      if (failed(map))
        return signalPassFailure();
      ++equationsExpanded;
      statesIntegrated += ode.getStates().size();
      rewriter.replaceOp(ode, *map);
    }
  }
};
} // namespace

} // namespace bdc::compiler
