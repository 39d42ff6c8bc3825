// Derivatives with respect to what terms, weights and delays of a sum's edges are made of: sums beside it, made by the taping loop.
#include "compiler/differentiate/reversal.h"
#include "compiler/differentiate/twins.h"

using namespace mlir;

namespace bdc::compiler {

SmallVector<Value> readsOf(Block &block, StringAttr scalar) {
  SmallVector<Value> reads;
  for (auto read : block.getOps<step::ReadOp>())
    if (read.getScalarAttr().getAttr() == scalar)
      reads.push_back(read.getResult());
  return reads;
}

/// Derivatives of what edges are made of go to scalars alone.
LogicalResult Reversal::checkEdges(Operation *op, step::GraphOp graph) {
  if (activity.readsVariedElements(graph.getEdgeWeight()) || activity.readsVariedElements(graph.getEdgeDelay()))
    return emitError(op->getLoc()) << "weights and delays that are made of params of elements have no derivative backwards; bdc grad --forward has it";
  return success();
}

void Reversal::collectSum(StringAttr scalar, Value adjoint, Value sum, Location loc) {
  collect(scalar, product(adjoint, sum, loc), loc);
}

LogicalResult Reversal::reverseEdges(step::ContractOp contract, Value adjoint) {
  if (failed(checkEdges(contract, program.lookupSymbol<step::GraphOp>(contract.getGraph()))))
    return failure();
  for (StringAttr scalar : wanted.ordered) {
    FailureOr<std::unique_ptr<Block>> slope = slopeOf(contract.getBody(), [&](Block &block) { return readsOf(block, scalar); });
    if (failed(slope))
      return failure();
    if (*slope)
      collectSum(scalar, adjoint, sumBeside(contract, contract.getGraphAttr(), std::move(*slope), false, scalar.getValue()), contract.getLoc());
    if (failed(reverseWeights(contract, scalar, adjoint)) || failed(reverseDelays(contract, scalar, adjoint)))
      return failure();
  }
  return success();
}

/// The derivative of the term with respect to its weight, times that of the weight.
LogicalResult Reversal::reverseWeights(step::ContractOp contract, StringAttr scalar, Value adjoint) {
  auto graph = program.lookupSymbol<step::GraphOp>(contract.getGraph());
  bool isWeight = graph.getWeightAttr() && graph.getWeightAttr().getAttr() == scalar;
  bool isInWeight = !graph.getEdgeWeight().empty() && !readsOf(graph.getEdgeWeight().front(), scalar).empty();
  if (!isWeight && !isInWeight)
    return success();
  FailureOr<std::unique_ptr<Block>> slope = slopeOf(contract.getBody(), [](Block &block) { return SmallVector<Value>{block.getArgument(0)}; });
  if (failed(slope) || !*slope)
    return success(succeeded(slope));
  if (isWeight) {
    collectSum(scalar, adjoint, sumBeside(contract, contract.getGraphAttr(), std::move(*slope), false, scalar.getValue()), contract.getLoc());
    return success();
  }
  FailureOr<std::unique_ptr<Block>> ofWeight = slopeOf(graph.getEdgeWeight(), [&](Block &block) { return readsOf(block, scalar); });
  if (failed(ofWeight) || !*ofWeight)
    return success(succeeded(ofWeight));
  Block &term = **slope;
  if (!term.getArgument(0).use_empty())
    return contract.emitOpError() << "the derivative with respect to " << scalar << ", which makes the weights, needs a term that is linear in the weight";
  // The twin's weights are the derivatives; its term is what the weight was multiplied by.
  term.getArgument(0).setType((*ofWeight)->getTerminator()->getOperand(0).getType());
  OpBuilder builder(term.getTerminator());
  bd::ScalarBuilder build(builder, contract.getLoc());
  term.getTerminator()->setOperand(0, build.mul(term.getArgument(0), term.getTerminator()->getOperand(0)));
  FlatSymbolRefAttr twin = graphLike(graph, graph.getSymName() + " by " + scalar.getValue(), std::move(*ofWeight));
  collectSum(scalar, adjoint, sumBeside(contract, twin, std::move(*slope), false, scalar.getValue()), contract.getLoc());
  return success();
}

/// x(t − d) changes by −x'(t − d) with d.
LogicalResult Reversal::reverseDelays(step::ContractOp contract, StringAttr scalar, Value adjoint) {
  auto graph = program.lookupSymbol<step::GraphOp>(contract.getGraph());
  if (graph.getEdgeDelay().empty() || readsOf(graph.getEdgeDelay().front(), scalar).empty())
    return success();
  FailureOr<std::unique_ptr<Block>> ofDelay = slopeOf(graph.getEdgeDelay(), [&](Block &block) { return readsOf(block, scalar); });
  FailureOr<std::unique_ptr<Block>> slope = slopeOf(contract.getBody(), [](Block &block) { return SmallVector<Value>{block.getArgument(1)}; });
  if (failed(ofDelay) || failed(slope) || !*ofDelay || !*slope)
    return success(succeeded(ofDelay) && succeeded(slope));
  if (contract.getSources().size() != 1)
    return contract.emitOpError() << "a sum over edges of several sources has no derivative with respect to its delays";
  // term = weight · rest(source, target): the twin's weights are −weight · ∂delay.
  FailureOr<std::unique_ptr<Block>> rest = slopeOf(contract.getBody(), [](Block &block) { return SmallVector<Value>{block.getArgument(0)}; });
  if (failed(rest))
    return failure();
  if (!*rest || !(*rest)->getArgument(0).use_empty() || !isProportional(contract))
    return emitError(contract.getLoc()) << "the derivative with respect to " << scalar << ", which makes the delays, needs a term that is proportional to the weight";
  Block &weight = **ofDelay;
  weighDelay(weight, graph);
  Type twinWeight = weight.getTerminator()->getOperand(0).getType();
  // (weight, source, target…) of the slope becomes (twin's weight, source, rate, target…): ∂term/∂source with weight 1, times both.
  Block &term = **slope;
  OpBuilder builder(context());
  builder.setInsertionPointToStart(&term);
  bd::ScalarBuilder build(builder, contract.getLoc());
  Value one = build.constant(1, bd::dimensionOf(term.getArgument(0)));
  term.getArgument(0).replaceAllUsesWith(one);
  term.getArgument(0).setType(twinWeight);
  Value source = term.getArgument(1);
  auto rateType = bd::quantityType(context(), bd::dimensionOf(source) / units::dim::time);
  BlockArgument rate = term.insertArgument(2, rateType, contract.getLoc());
  builder.setInsertionPoint(term.getTerminator());
  // The twin's weight has the weight's unit: divide by the unit weight that stood in for it.
  Value scaled = build.div(build.mul(term.getArgument(0), rate), build.constant(1, bd::dimensionOf(one)));
  term.getTerminator()->setOperand(0, build.mul(scaled, term.getTerminator()->getOperand(0)));
  FlatSymbolRefAttr twin = graphLike(graph, graph.getSymName() + " by the delay by " + scalar.getValue(), std::move(*ofDelay));
  collectSum(scalar, adjoint, sumBeside(contract, twin, std::move(*slope), true, scalar.getValue()), contract.getLoc());
  return success();
}

} // namespace bdc::compiler
