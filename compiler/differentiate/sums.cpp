// Adjoints of sums over connections: to the targets through sums made on the way, to the sources through sums over outgoing edges.
#include "compiler/differentiate/pullback.h"
#include "compiler/differentiate/reversal.h"
#include "compiler/differentiate/rules.h"

using namespace mlir;

namespace bdc::compiler {

FailureOr<std::unique_ptr<Block>> slopeOf(Region &region, function_ref<SmallVector<Value>(Block &)> leaves, unsigned result) {
  Block &from = region.front();
  IRMapping mapping;
  std::unique_ptr<Block> block = copyOf(from, /*withTerminator=*/false, region.getContext(), mapping);
  OpBuilder inner = atEnd(*block, region.getContext());
  bd::ScalarBuilder build(inner, region.getLoc());
  Pullback pullback(*block, build);
  SmallVector<Value> wanted = leaves(*block);
  for (Value leaf : wanted)
    pullback.want(leaf);
  pullback.add(mapping.lookupOrDefault(from.getTerminator()->getOperand(result)), build.constant(1));
  if (failed(pullback.run()))
    return noDerivative(pullback.obstacle);
  Value slope;
  for (Value leaf : wanted)
    if (Value part = pullback.adjoint(leaf))
      slope = slope ? build.add(slope, part) : part;
  if (!slope)
    return std::unique_ptr<Block>();
  build.yield(slope);
  removeDead(*block);
  return block;
}

LogicalResult Reversal::reverse(step::ContractOp contract) {
  if (contract.getTransposed())
    return contract.emitOpError() << "sums over outgoing edges already";
  Value adjoint = total(contract.getSum());
  if (!adjoint)
    return success();
  auto graph = program.lookupSymbol<step::GraphOp>(contract.getGraph());
  if (wanted.readsWeights(graph.getEdgeDelay()))
    return emitError(contract.getLoc()) << "a delay that is made of the weights of connections has no derivative by these";
  if (FlatSymbolRefAttr every = contract.getEveryAttr()) { // in other steps it is what it was
    auto part = [&](bool isNow) {
      return map({adjoint}, [&](bd::ScalarBuilder &build, ValueRange x) {
        Value zero = build.constant(0, bd::dimensionOf(x[0])), due = isDue(build, every);
        Value value = build.select(due, isNow ? x[0] : zero, isNow ? zero : x[0]);
        return inPrecisionOf(x[0].getType(), value, build);
      }, contract.getLoc());
    };
    add(contract.getBefore(), part(false));
    adjoint = part(true);
  }
  if (failed(reverseTargets(contract, adjoint)) || failed(reverseEdges(contract, adjoint)))
    return failure();
  if (failed(reverseConnections(contract, adjoint)) || failed(remember(contract, adjoint)))
    return failure();
  for (unsigned position = 0; position < contract.getSources().size(); ++position)
    if (activity.isActive(contract.getSources()[position]) && failed(reverseSource(contract, position, adjoint)))
      return failure();
  return success();
}

/// A sum of another term over the edges of the same graph (or of one like it), at the same place of the taping loop; as a value of the
/// loop that is being written. `withRates`: the term takes the sources' changes per time behind the sources.
Value Reversal::sumBeside(step::ContractOp like, FlatSymbolRefAttr graph, std::unique_ptr<Block> term, bool withRates, const Twine &what) {
  auto twin = cast<step::ContractOp>(inTape.lookup(like.getSum()).getDefiningOp());
  OpBuilder builder(twin);
  builder.setInsertionPointAfter(twin);
  SmallVector<Value> sources(twin.getSources());
  SmallVector<int64_t> rates;
  for (unsigned position = 0; withRates && position < twin.getSources().size(); ++position) {
    rates.push_back(int64_t(sources.size()));
    sources.push_back(twin.getSources()[position]);
  }
  auto type = step::ArrayType::get(context(), term->getTerminator()->getOperand(0).getType(), arrayOf(like.getSum()).getSpace());
  auto sum = step::ContractOp::create(builder, like.getLoc(), type, graph, sources, twin.getTargets(), UnitAttr(), FlatSymbolRefAttr(),
                                      builder.getDenseI64ArrayAttr(rates));
  sum.getBody().push_back(term.release());
  StringAttr store = keep(sum.getSum(), "tape of the derivative of " + like.getGraph() + " with respect to " + what);
  return step::RestoreOp::create(draft->builder, like.getLoc(), type, FlatSymbolRefAttr::get(store));
}

LogicalResult Reversal::reverseTargets(step::ContractOp contract, Value adjoint) {
  for (auto [position, target] : llvm::enumerate(contract.getTargets())) {
    if (!activity.isActive(target))
      continue;
    unsigned argument = 1 + contract.getSources().size() + position;
    FailureOr<std::unique_ptr<Block>> slope = slopeOf(contract.getBody(), [&](Block &block) { return SmallVector<Value>{block.getArgument(argument)}; });
    if (failed(slope))
      return failure();
    if (!*slope)
      continue;
    Value sum = sumBeside(contract, contract.getGraphAttr(), std::move(*slope), /*withRates=*/false, "its target");
    add(target, product(adjoint, sum, contract.getLoc()));
  }
  return success();
}

/// What one outgoing edge adds to the adjoint of its weight (leaf 0) or of a source (leaf 1 + its position).
FailureOr<OutgoingTerm> Reversal::outgoingTerm(step::ContractOp contract, unsigned leaf) {
  Block &term = contract.getBody().front();
  Location loc = contract.getLoc();
  const unsigned sources = contract.getSources().size(), targets = contract.getTargets().size();
  OutgoingTerm out;
  auto block = std::make_unique<Block>();
  OpBuilder inner = atEnd(*block, context());
  bd::ScalarBuilder build(inner, loc);
  IRMapping mapping;
  auto argument = [&](unsigned of) { mapping.map(term.getArgument(of), block->addArgument(term.getArgument(of).getType(), loc)); };
  argument(0);
  Value adjoint = block->addArgument(adjointElement(arrayOf(contract.getSum()).getElement()), loc);
  for (unsigned target = 0; target < targets; ++target)
    argument(1 + sources + target);
  for (unsigned source = 0; source < sources; ++source)
    argument(1 + source);
  for (Operation &op : term.without_terminator())
    inner.clone(op, mapping);
  Pullback pullback(*block, build);
  Value wanted = mapping.lookup(term.getArgument(leaf));
  pullback.want(wanted);
  pullback.add(mapping.lookupOrDefault(term.getTerminator()->getOperand(0)), adjoint);
  if (failed(pullback.run()))
    return noDerivative(pullback.obstacle);
  Value result = pullback.adjoint(wanted);
  if (!result)
    return out;
  build.yield(result);
  removeDead(*block);
  unsigned next = 2;
  for (unsigned other = 0; other < targets + sources; ++other) {
    if (block->getArgument(next).use_empty()) {
      block->eraseArgument(next);
      continue;
    }
    ++next;
    if (other < targets)
      out.targets.push_back(other);
    else
      out.sources.push_back(other - targets);
  }
  out.block = std::move(block);
  return out;
}

/// What is read now is changed now; what was read from the past changes the past, when the reverse loop comes there.
LogicalResult Reversal::reverseSource(step::ContractOp contract, unsigned position, Value adjoint) {
  Value source = contract.getSources()[position];
  auto ring = dyn_cast<BlockArgument>(source);
  if (ring && stateOf(nameOf(ring)).getRows())
    return success();
  FailureOr<OutgoingTerm> term = outgoingTerm(contract, 1 + position);
  if (failed(term))
    return failure();
  if (!term->block)
    return success();
  SmallVector<Value> sources = {adjoint}, own;
  for (unsigned target : term->targets) {
    FailureOr<Value> now = forward(contract.getTargets()[target]);
    if (failed(now))
      return failure();
    sources.push_back(*now);
  }
  for (unsigned read : term->sources) {
    FailureOr<Value> now = forward(contract.getSources()[read]);
    if (failed(now))
      return failure();
    own.push_back(*now);
  }
  auto type = step::ArrayType::get(context(), term->block->getTerminator()->getOperand(0).getType(), arrayOf(source).getSpace());
  auto sum = step::ContractOp::create(draft->builder, contract.getLoc(), type, contract.getGraphAttr(), sources, own,
                                      draft->builder.getUnitAttr(), FlatSymbolRefAttr());
  sum.getBody().push_back(term->block.release());
  add(source, sum.getSum());
  return success();
}

} // namespace bdc::compiler
