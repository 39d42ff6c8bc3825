// Forward-mode differentiation of scalar regions.
#include "compiler/differentiate/derivative.h"

#include "compiler/differentiate/rules.h"
#include "dialects/step/Step.h"

using namespace mlir;

namespace bdc::compiler {

static bool varies(Operation *op) {
  if (isa<bd::TimeOp, bd::IndexOp, bd::RandomOp, step::ElementOp>(op))
    return true;
  return !isa<step::ReadOp>(op) && !isPure(op);
}

bool Dependence::isInvariant(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (auto it = known.find(value); it != known.end())
    return it->second;
  bool invariant = !varies(op) && llvm::all_of(op->getOperands(), [&](Value operand) { return isInvariant(operand); });
  known[value] = invariant;
  return invariant;
}

namespace {
/// One sweep: tangents of everything between input and output, each made once.
struct Sweep {
  Sweep(Value input, bd::ScalarBuilder &build) : input(input), build(build) {}
  Value input;
  bd::ScalarBuilder &build;
  llvm::DenseMap<Value, Value> tangents;
  Operation *obstacle = nullptr;

  Value tangent(Value value) {
    if (value == input)
      return seed();
    Operation *op = value.getDefiningOp();
    if (!op || obstacle || !isa<bd::QuantityType>(value.getType()))
      return Value();
    if (auto it = tangents.find(value); it != tangents.end())
      return it->second;
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(tangent(operand));
    if (obstacle)
      return Value();
    FailureOr<Value> result = tangentOf(op, operands, build);
    if (failed(result))
      obstacle = op;
    return tangents[value] = failed(result) ? Value() : *result;
  }

  Value seed() {
    Value &one = tangents[input];
    if (!one)
      one = build.constant(1);
    return one;
  }
};
} // namespace

Derivative derivative(Value output, Value input, bd::ScalarBuilder &build) {
  Sweep sweep(input, build);
  Value value = sweep.tangent(output);
  return {sweep.obstacle ? Value() : value, sweep.obstacle};
}

} // namespace bdc::compiler
