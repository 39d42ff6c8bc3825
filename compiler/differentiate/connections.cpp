// The derivative with respect to the weight of each connection. A sum's term changes with its edge's weight at each step: where time runs
// backwards, what each outgoing edge of a source says of the sum's adjoint is added to the edge's own number. A delayed source says it when
// the reverse loop comes to the step whose value was felt, as its echo does. What the weights are made of the table's entries by does not
// change in a run; it counts in the end.
#include "compiler/differentiate/reversal.h"
#include "compiler/differentiate/twins.h"

using namespace mlir;

namespace bdc::compiler {

LogicalResult Reversal::findCredits() {
  for (auto contract : body().getOps<step::ContractOp>()) {
    auto graph = program.lookupSymbol<step::GraphOp>(contract.getGraph());
    if (activity.isActive(contract.getSum()) && wanted.readsWeights(graph.getEdgeWeight()) && failed(findCredit(contract)))
      return failure();
  }
  return success();
}

LogicalResult Reversal::findCredit(step::ContractOp contract) {
  auto graph = program.lookupSymbol<step::GraphOp>(contract.getGraph());
  Credit credit;
  credit.contract = contract;
  for (Operation &op : graph.getEdgeWeight().front())
    if (StringAttr weights = wanted.weightsAt(op))
      credit.weights = weights;
  FailureOr<OutgoingTerm> term = outgoingTerm(contract, 0);
  bool isNothing = false;
  FailureOr<FlatSymbolRefAttr> factor = weightFactor(graph, isNothing);
  if (failed(term) || failed(factor))
    return failure();
  if (!term->block || isNothing)
    return success();
  credit.term = std::move(*term);
  credit.factor = *factor;
  auto part = cast<bd::QuantityType>(credit.term.block->getTerminator()->getOperand(0).getType());
  credit.collector = declare("gradient of the weights of " + contract.getGraph(), inDouble(part), entriesOf(graph), bd::StateKind::Adjoint);
  auto ring = dyn_cast<BlockArgument>(contract.getSources()[0]);
  if (ring && stateOf(nameOf(ring)).getRows()) {
    FailureOr<SmallVector<StringAttr>> rings = later(contract, credit.term);
    FailureOr<SmallVector<Felt>> felt = feltOf(contract, credit.term, /*isBetween=*/graph.getSteps() == "interpolated");
    if (failed(rings) || failed(felt))
      return failure();
    credit.isDelayed = true;
    credit.rings = std::move(*rings);
    credit.felt = std::move(*felt);
    llvm::find_if(laters, [&](const Later &each) { return each.contract == contract; })->isHeardBefore = true;
  }
  credits.push_back(std::move(credit));
  return success();
}

/// The graph whose weights are the derivatives of a graph's by the entries of its table; null where these are 1.
FailureOr<FlatSymbolRefAttr> Reversal::weightFactor(step::GraphOp graph, bool &isNothing) {
  FailureOr<std::unique_ptr<Block>> slope = slopeOf(graph.getEdgeWeight(), [&](Block &block) {
    SmallVector<Value> reads;
    for (Operation &op : block)
      if (wanted.weightsAt(op))
        reads.push_back(op.getResult(0));
    return reads;
  });
  if (failed(slope))
    return failure();
  isNothing = !*slope;
  if (isNothing)
    return FlatSymbolRefAttr();
  auto constant = (*slope)->getTerminator()->getOperand(0).getDefiningOp<bd::ConstOp>();
  if (constant && constant.getValueAttr().getValueAsDouble() == 1)
    return FlatSymbolRefAttr();
  return graphLike(graph, graph.getSymName() + " by the entries of " + *graph.getData(), std::move(*slope));
}

/// A space with an element for each connection of a graph.
FlatSymbolRefAttr Reversal::entriesOf(step::GraphOp graph) {
  auto data = program.lookupSymbol<step::DataOp>(*graph.getData());
  if (!data.getEntries()) { // a part of the table
    FlatSymbolRefAttr count = scalar(data.getSymName() + ".count", [](bd::ScalarBuilder &build) { return build.constant(1); }, /*settable=*/true);
    auto space = step::SpaceOp::create(declarations, data.getLoc(), StringAttr::get(context(), data.getSymName() + ".connections"), count);
    space.setApart(true);
    data.setEntriesAttr(FlatSymbolRefAttr::get(space));
  }
  return data.getEntriesAttr();
}

/// Adds to the numbers of all edges what `sources`, at their targets, and `values` of their own sources say.
void Reversal::give(Credit &credit, ValueRange sources, ValueRange values) {
  IRMapping mapping;
  std::unique_ptr<Block> block = copyOf(*credit.term.block, /*withTerminator=*/true, context(), mapping);
  Value parts = draft->now(credit.collector);
  bool isBetween = !credit.felt.empty() && credit.felt.front().last;
  auto more = step::ContractOp::create(draft->builder, credit.contract.getLoc(), parts.getType(), credit.contract.getGraphAttr(), sources, values,
                                       draft->builder.getUnitAttr(), FlatSymbolRefAttr(), draft->builder.getDenseI64ArrayAttr({}),
                                       draft->builder.getI64IntegerAttr(isBetween ? int64_t(credit.felt.size()) : 0), Value(), FlatSymbolRefAttr(), parts);
  more.getBody().push_back(block.release());
  draft->set(credit.collector, more.getSum());
}

/// What later steps have felt of what is pushed in this one.
LogicalResult Reversal::hear(Credit &credit) {
  if (!credit.isDelayed)
    return success();
  SmallVector<Value> sources;
  for (StringAttr ring : credit.rings)
    sources.push_back(draft->now(ring));
  FailureOr<SmallVector<Value>> values = valuesOf(credit.felt);
  if (failed(values))
    return failure();
  give(credit, sources, *values);
  return success();
}

/// In steps before the first one, in which nothing has changed.
void Reversal::hearBefore(Credit &credit) {
  if (!credit.isDelayed)
    return;
  SmallVector<Value> sources, values;
  for (StringAttr ring : credit.rings)
    sources.push_back(draft->now(ring));
  for (const Felt &felt : credit.felt)
    values.append(felt.last ? 2 : 1, draft->now(historyOf(felt.ring)));
  give(credit, sources, values);
}

/// What is felt of the present.
LogicalResult Reversal::reverseConnections(step::ContractOp contract, Value adjoint) {
  for (Credit &credit : credits) {
    if (credit.contract != contract || credit.isDelayed)
      continue;
    SmallVector<Value> sources = {adjoint}, values;
    for (unsigned target : credit.term.targets) {
      FailureOr<Value> now = forward(contract.getTargets()[target]);
      if (failed(now))
        return failure();
      sources.push_back(*now);
    }
    for (unsigned source : credit.term.sources) {
      FailureOr<Value> now = forward(contract.getSources()[source]);
      if (failed(now))
        return failure();
      values.push_back(*now);
    }
    give(credit, sources, values);
  }
  return success();
}

} // namespace bdc::compiler
