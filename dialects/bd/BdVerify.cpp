// What the operations of bd must satisfy: dimensions agree.
#include "dialects/bd/Bd.h"

using namespace mlir;
using bdc::units::Dimension;

namespace bdc::bd {

static Dimension dimensionOf(Value value) { return cast<QuantityType>(value.getType()).getDimension(); }
static StringRef unitOf(Value value) { return cast<QuantityType>(value.getType()).getUnit(); }

/// Complains unless `a` and `b` have one dimension.
static LogicalResult same(Operation *op, Value a, Value b) {
  if (dimensionOf(a) == dimensionOf(b))
    return success();
  return op->emitOpError() << "units do not agree: \"" << unitOf(a) << "\" and \"" << unitOf(b) << "\"";
}

static LogicalResult resultIs(Operation *op, const Dimension &expected) {
  if (dimensionOf(op->getResult(0)) == expected)
    return success();
  return op->emitOpError() << "result has unit \"" << unitOf(op->getResult(0)) << "\", expected one like \"" << units::format(expected) << "\"";
}

LogicalResult AddOp::verify() { return failed(same(*this, getLhs(), getRhs())) ? failure() : resultIs(*this, dimensionOf(getLhs())); }
LogicalResult SubOp::verify() { return failed(same(*this, getLhs(), getRhs())) ? failure() : resultIs(*this, dimensionOf(getLhs())); }
LogicalResult MulOp::verify() { return resultIs(*this, dimensionOf(getLhs()) * dimensionOf(getRhs())); }
LogicalResult DivOp::verify() { return resultIs(*this, dimensionOf(getLhs()) / dimensionOf(getRhs())); }
LogicalResult NegOp::verify() { return resultIs(*this, dimensionOf(getOperand())); }

LogicalResult PowerOp::verify() {
  if (getDenominator() <= 0)
    return emitOpError() << "the denominator of an exponent is positive";
  return resultIs(*this, dimensionOf(getBase()).pow(units::Rational(getNumerator(), getDenominator())));
}

LogicalResult CmpOp::verify() { return same(*this, getLhs(), getRhs()); }

LogicalResult SelectOp::verify() {
  return failed(same(*this, getThen(), getOtherwise())) ? failure() : resultIs(*this, dimensionOf(getThen()));
}

LogicalResult FnOp::verify() {
  size_t wanted = 1;
  bool keeps = false, common = false;
  switch (getFunction()) {
  case Fn::Abs: keeps = true; break;
  case Fn::Min: case Fn::Max: case Fn::Mod: wanted = 2; keeps = common = true; break;
  case Fn::Atan2: wanted = 2; common = true; break;
  case Fn::Pow: wanted = 2; break;
  default: break;
  }
  if (getOperands().size() != wanted)
    return emitOpError() << "takes " << wanted << " operand(s), not " << getOperands().size();
  Dimension first = dimensionOf(getOperands()[0]);
  if (common && failed(same(*this, getOperands()[0], getOperands()[1])))
    return failure();
  if (getFunction() == Fn::Sqrt)
    return resultIs(*this, first.pow(units::Rational(1, 2)));
  bool anyDimension = keeps || common || getFunction() == Fn::Sign;
  if (!anyDimension)
    for (Value operand : getOperands())
      if (!dimensionOf(operand).isNone())
        return emitOpError() << stringifyFn(getFunction()) << " takes pure numbers, not \"" << unitOf(operand) << "\"";
  return resultIs(*this, keeps ? first : Dimension());
}

LogicalResult RandomOp::verify() {
  Distribution d = getDistribution();
  size_t wanted = d == Distribution::Exponential || d == Distribution::Poisson || d == Distribution::Bernoulli ? 1 : 2;
  if (getOperands().size() != wanted)
    return emitOpError() << stringifyDistribution(d) << " takes " << wanted << " operand(s), not " << getOperands().size();
  switch (d) {
  case Distribution::Uniform: case Distribution::Normal:
    return failed(same(*this, getOperands()[0], getOperands()[1])) ? failure() : resultIs(*this, dimensionOf(getOperands()[0]));
  case Distribution::Exponential: return resultIs(*this, dimensionOf(getOperands()[0]));
  case Distribution::Gamma: return resultIs(*this, dimensionOf(getOperands()[1]));
  default: return resultIs(*this, Dimension());
  }
}

LogicalResult HoldOp::verify() {
  if (dimensionOf(getDuration()) == units::dim::time)
    return success();
  return emitOpError() << "holds for a time, not \"" << unitOf(getDuration()) << "\"";
}

LogicalResult OdeOp::verify() {
  auto *table = SymbolTable::getNearestSymbolTable(*this);
  auto state = table ? dyn_cast_or_null<StateOp>(SymbolTable::lookupSymbolIn(table, getStateAttr())) : StateOp();
  if (!state)
    return emitOpError() << "derivative of " << getStateAttr() << ", which is not a state of this model";
  auto type = cast<QuantityType>(cast<StateType>(state.getType()).getValue());
  auto yield = dyn_cast<YieldOp>(getDerivative().front().getTerminator());
  if (!yield || yield.getValues().size() != 1)
    return emitOpError() << "yields one value";
  Value rate = yield.getValues()[0];
  if (dimensionOf(rate) == type.getDimension() / units::dim::time)
    return success();
  return emitOpError() << "derivative of " << getStateAttr() << " (" << type.getUnit() << ") is in \"" << unitOf(rate) << "\"";
}

} // namespace bdc::bd
