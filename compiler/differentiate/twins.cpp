// Graphs beside those of the program.
#include "compiler/differentiate/twins.h"

#include "compiler/differentiate/reversal.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace bdc::compiler {

std::string freeName(step::ProgramOp program, const Twine &name) {
  std::string free = name.str();
  while (program.lookupSymbol(free))
    free += "'";
  return free;
}

FlatSymbolRefAttr graphLike(step::GraphOp graph, const Twine &name, std::unique_ptr<Block> weight) {
  OpBuilder builder(graph->getContext());
  builder.setInsertionPointAfter(graph);
  auto copy = cast<step::GraphOp>(builder.clone(*graph));
  copy.setSymName(freeName(graph->getParentOfType<step::ProgramOp>(), name));
  copy->setAttr("step.beside", builder.getUnitAttr());
  copy.removeWeightAttr();
  copy.setWeightType(weight->getTerminator()->getOperand(0).getType());
  copy.getEdgeWeight().getBlocks().clear();
  copy.getEdgeWeight().push_back(weight.release());
  return FlatSymbolRefAttr::get(copy.getSymNameAttr());
}

void weighDelay(Block &change, step::GraphOp graph) {
  Operation *end = change.getTerminator();
  OpBuilder builder(end);
  bd::ScalarBuilder build(builder, graph.getLoc());
  Value weight;
  if (FlatSymbolRefAttr common = graph.getWeightAttr()) {
    auto scalar = graph->getParentOfType<step::ProgramOp>().lookupSymbol<step::ScalarOp>(common.getAttr());
    weight = step::ReadOp::create(builder, graph.getLoc(), scalar.getType(), common);
  } else {
    IRMapping mapping;
    for (Operation &op : graph.getEdgeWeight().front().without_terminator())
      builder.clone(op, mapping);
    weight = mapping.lookupOrDefault(graph.getEdgeWeight().front().getTerminator()->getOperand(0));
  }
  end->setOperand(0, build.neg(build.mul(weight, end->getOperand(0))));
}

/// Whether a value is 0 where another is, for all that else is read.
static bool vanishesWith(Value value, Value zero) {
  if (value == zero)
    return true;
  auto operand = [&](unsigned position) { return vanishesWith(value.getDefiningOp()->getOperand(position), zero); };
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (isa<bd::MulOp>(op))
    return operand(0) || operand(1);
  if (isa<bd::DivOp, bd::NegOp>(op))
    return operand(0);
  if (isa<bd::AddOp, bd::SubOp>(op))
    return operand(0) && operand(1);
  if (isa<bd::SelectOp>(op))
    return operand(1) && operand(2);
  return bd::constantOf(value) == 0.0;
}

bool isProportional(step::ContractOp contract) {
  for (unsigned position = 0; position < contract.getSources().size(); ++position) {
    FailureOr<std::unique_ptr<Block>> slope =
        slopeOf(contract.getBody(), [&](Block &block) { return SmallVector<Value>{block.getArgument(1 + position)}; });
    if (failed(slope) || (*slope && !vanishesWith((*slope)->getTerminator()->getOperand(0), (*slope)->getArgument(0))))
      return false;
  }
  return true;
}

} // namespace bdc::compiler
