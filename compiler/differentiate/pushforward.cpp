// Forward-mode differentiation of a region.
#include "compiler/differentiate/pushforward.h"

#include "compiler/differentiate/activity.h"
#include "compiler/differentiate/rules.h"

using namespace mlir;

namespace bdc::compiler {

Pushforward::Pushforward(Block &block) {
  for (Operation &op : block)
    operations.push_back(&op);
}

void Pushforward::seed(Value leaf, Value tangent) {
  if (tangent)
    tangents[leaf] = tangent;
}

LogicalResult Pushforward::run() {
  for (Operation *op : operations) {
    if (op->getNumResults() != 1 || !isDifferentiable(op->getResult(0).getType()) || tangents.contains(op->getResult(0)))
      continue;
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(tangents.lookup(operand));
    OpBuilder builder(op->getContext());
    builder.setInsertionPointAfter(op);
    bd::ScalarBuilder build(builder, op->getLoc());
    FailureOr<Value> tangent = tangentOf(op, operands, build);
    if (failed(tangent)) {
      obstacle = op;
      return failure();
    }
    seed(op->getResult(0), *tangent);
  }
  return success();
}

} // namespace bdc::compiler
