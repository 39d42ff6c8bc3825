// Reverse-mode differentiation of a region.
#include "compiler/differentiate/pullback.h"

#include "compiler/differentiate/rules.h"

using namespace mlir;

namespace bdc::compiler {

void Pullback::add(Value value, Value adjoint) {
  if (!adjoint)
    return;
  Value &sum = adjoints[value];
  sum = sum ? build.add(sum, adjoint) : adjoint;
}

LogicalResult Pullback::run() {
  for (Operation *op : operations)
    if (op->getNumResults() == 1 && isa<bd::QuantityType>(op->getResult(0).getType()) &&
        llvm::any_of(op->getOperands(), [&](Value operand) { return reaches(operand); }))
      reaching.insert(op->getResult(0));
  for (Operation *op : llvm::reverse(operations)) {
    Value adjoint = op->getNumResults() == 1 ? adjoints.lookup(op->getResult(0)) : Value();
    if (!adjoint || !reaches(op->getResult(0)))
      continue;
    for (auto [position, operand] : llvm::enumerate(op->getOperands())) {
      if (!reaches(operand))
        continue;
      SmallVector<Value> seeds(op->getNumOperands());
      seeds[position] = adjoint;
      FailureOr<Value> part = tangentOf(op, seeds, build);
      if (failed(part)) {
        obstacle = op;
        return failure();
      }
      add(operand, *part);
    }
  }
  return success();
}

} // namespace bdc::compiler
