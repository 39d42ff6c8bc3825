// What the operations of bd must satisfy: dimensions agree.
#include "dialects/bd/scalar_builder.h"

using namespace mlir;
using bdc::units::Dimension;

namespace bdc::bd {

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
  if (int64_t(getDenominator()) <= 0)
    return emitOpError() << "the denominator of an exponent is positive";
  return resultIs(*this, dimensionOf(getBase()).pow(units::Rational(getNumerator(), getDenominator())));
}

LogicalResult CmpOp::verify() { return same(*this, getLhs(), getRhs()); }

LogicalResult SelectOp::verify() {
  return failed(same(*this, getThen(), getOtherwise())) ? failure() : resultIs(*this, dimensionOf(getThen()));
}

namespace {
/// What a function asks of its operands and makes of their dimension.
struct Signature {
  size_t operands = 1;
  bool any = false;    ///< takes any dimension; otherwise pure numbers
  bool common = false; ///< both operands have one dimension
  units::Rational power = 0; ///< the result's dimension is the operand's to this power
};
} // namespace

static Signature signatureOf(Fn function) {
  switch (function) {
  case Fn::Abs: return {1, true, false, 1};
  case Fn::Sign: return {1, true, false, 0};
  case Fn::Sqrt: return {1, true, false, {1, 2}};
  case Fn::Min: case Fn::Max: case Fn::Mod: return {2, true, true, 1};
  case Fn::Atan2: return {2, true, true, 0};
  case Fn::Pow: return {2, false, false, 0};
  default: return {};
  }
}

Dimension resultDimension(Fn function, ValueRange operands) {
  return dimensionOf(operands[0]).pow(signatureOf(function).power);
}

LogicalResult FnOp::verify() {
  Signature signature = signatureOf(getFunction());
  if (getOperands().size() != signature.operands)
    return emitOpError() << stringifyFn(getFunction()) << " takes " << signature.operands << " operand(s), not " << getOperands().size();
  if (signature.common && failed(same(*this, getOperands()[0], getOperands()[1])))
    return failure();
  if (!signature.any)
    for (Value operand : getOperands())
      if (!dimensionOf(operand).isNone())
        return emitOpError() << stringifyFn(getFunction()) << " takes pure numbers, not \"" << unitOf(operand) << "\"";
  return resultIs(*this, resultDimension(getFunction(), getOperands()));
}

LogicalResult IndicatorOp::verify() {
  Block &block = getSlope().front();
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  bool isFunction = block.getNumArguments() == 1 && isa<QuantityType>(block.getArgument(0).getType()) && yield && yield.getValues().size() == 1 &&
                    isa<QuantityType>(yield.getValues()[0].getType());
  if (!isFunction)
    return emitOpError() << "has a slope that is a function of one number";
  if (!dimensionOf(getArgument()).isNone() || !dimensionOf(block.getArgument(0)).isNone() || !dimensionOf(yield.getValues()[0]).isNone())
    return emitOpError() << "and its slope are of pure numbers";
  return resultIs(*this, Dimension());
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

LogicalResult TimeOp::verify() { return resultIs(*this, units::dim::time); }
LogicalResult StepSizeOp::verify() { return resultIs(*this, units::dim::time); }
LogicalResult WhiteOp::verify() { return resultIs(*this, units::dim::time.pow(units::Rational(-1, 2))); }
LogicalResult IndexOp::verify() { return resultIs(*this, Dimension()); }

} // namespace bdc::bd
