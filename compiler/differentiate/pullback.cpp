// Reverse-mode differentiation of a region.
#include "compiler/differentiate/pullback.h"

#include "compiler/differentiate/rules.h"

using namespace mlir;

namespace bdc::compiler {

/// Whether it hands its adjoint to one of several operands, and 0 to the others.
static bool chooses(Operation *op) {
  auto function = dyn_cast<bd::FnOp>(op);
  return isa<bd::SelectOp>(op) || (function && (function.getFunction() == bd::Fn::Min || function.getFunction() == bd::Fn::Max));
}

/// Whether it makes a number of whatever numbers it is given.
static bool keepsFinite(Operation *op) {
  if (op->getNumOperands() == 0 || !isa<bd::BdDialect>(op->getDialect()) || isa<bd::AddOp, bd::SubOp, bd::MulOp, bd::NegOp, bd::SelectOp, bd::CmpOp>(op))
    return true;
  if (auto div = dyn_cast<bd::DivOp>(op))
    return bd::constantOf(div.getRhs()).value_or(0) != 0;
  if (auto power = dyn_cast<bd::PowerOp>(op))
    return power.getNumerator() > 0 && power.getDenominator() == 1;
  auto function = dyn_cast<bd::FnOp>(op);
  if (!function)
    return false;
  switch (function.getFunction()) {
  case bd::Fn::Sin:
  case bd::Fn::Cos:
  case bd::Fn::Atan:
  case bd::Fn::Tanh:
  case bd::Fn::Sigmoid:
  case bd::Fn::Erf:
  case bd::Fn::Abs:
  case bd::Fn::Sign:
  case bd::Fn::Floor:
  case bd::Fn::Ceil:
  case bd::Fn::Round:
  case bd::Fn::Min:
  case bd::Fn::Max: return true;
  default: return false;
  }
}

void Pullback::add(Value value, Value adjoint) {
  if (!adjoint)
    return;
  Value &sum = adjoints[value];
  const bool stays = isGuarded(adjoint) && (!sum || isGuarded(sum));
  sum = sum ? build.add(sum, adjoint) : adjoint;
  if (stays)
    guarded.insert(sum);
}

bool Pullback::isFinite(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return true;
  if (auto it = finite.find(value); it != finite.end())
    return it->second;
  const bool result = keepsFinite(op) && llvm::all_of(op->getOperands(), [&](Value operand) { return isFinite(operand); });
  return finite[value] = result;
}

Value Pullback::guard(Operation *op, Value adjoint, Value part) {
  if (chooses(op)) {
    finite[part] = true;
  } else if (!isGuarded(adjoint)) {
    return part;
  } else if (!isFinite(part)) {
    Value isNothing = build.compare(bd::Comparison::EQ, adjoint, build.constant(0, bd::dimensionOf(adjoint)));
    part = build.select(isNothing, build.constant(0, bd::dimensionOf(part)), part);
    finite[part] = true;
  }
  guarded.insert(part);
  return part;
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
      add(operand, *part ? guard(op, adjoint, *part) : Value());
    }
  }
  return success();
}

} // namespace bdc::compiler
