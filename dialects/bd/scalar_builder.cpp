// Scalar operations with the units they come to.
#include "dialects/bd/scalar_builder.h"

using namespace mlir;
using bdc::units::Dimension;

namespace bdc::bd {

Dimension dimensionOf(Value value) { return cast<QuantityType>(value.getType()).getDimension(); }
static Type precisionOf(Value value) { return cast<QuantityType>(value.getType()).getPrecision(); }

QuantityType quantityType(MLIRContext *context, const Dimension &dimension) {
  return QuantityType::get(context, units::format(dimension));
}

std::optional<double> constantOf(Value value) {
  auto op = value.getDefiningOp<ConstOp>();
  if (!op)
    return std::nullopt;
  StringRef text = cast<QuantityType>(op.getType()).getUnit();
  return units::unit(std::string_view(text.data(), text.size())).toCoherent(op.getValue().convertToDouble());
}

static bool isPureNumber(Value value, double number) {
  auto constant = constantOf(value);
  return constant && *constant == number && dimensionOf(value).isNone();
}
static bool isZero(Value value) { return constantOf(value) == 0.0; }
static Value negated(Value value) {
  auto op = value.getDefiningOp<NegOp>();
  return op ? op.getOperand() : Value();
}

QuantityType ScalarBuilder::type(const Dimension &dimension, ValueRange operands) {
  QuantityType type = quantityType(builder.getContext(), dimension);
  for (Value operand : operands)
    if (Type precision = precisionOf(operand); precision && precision.isF64())
      return QuantityType::get(builder.getContext(), type.getUnit(), precision);
  return type;
}

Value ScalarBuilder::constant(double value, const Dimension &dimension) {
  return ConstOp::create(builder, loc, type(dimension), builder.getF64FloatAttr(value));
}

Value ScalarBuilder::add(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y)
    return constant(*x + *y, dimensionOf(a));
  if (Value minus = negated(b))
    return sub(a, minus);
  if (Value minus = negated(a))
    return sub(b, minus);
  if (isZero(a))
    return b;
  if (isZero(b))
    return a;
  return AddOp::create(builder, loc, type(dimensionOf(a), {a, b}), a, b);
}

Value ScalarBuilder::sub(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y)
    return constant(*x - *y, dimensionOf(a));
  if (Value minus = negated(b))
    return add(a, minus);
  if (isZero(a))
    return neg(b);
  if (isZero(b))
    return a;
  return SubOp::create(builder, loc, type(dimensionOf(a), {a, b}), a, b);
}

Value ScalarBuilder::mul(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y)
    return constant(*x * *y, dimensionOf(a) * dimensionOf(b));
  if (isPureNumber(a, 1))
    return b;
  if (isPureNumber(b, 1))
    return a;
  if (isPureNumber(a, -1))
    return neg(b);
  if (isPureNumber(b, -1))
    return neg(a);
  if (Value minus = negated(a))
    return neg(mul(minus, b));
  if (Value minus = negated(b))
    return neg(mul(a, minus));
  return MulOp::create(builder, loc, type(dimensionOf(a) * dimensionOf(b), {a, b}), a, b);
}

Value ScalarBuilder::div(Value a, Value b) {
  auto x = constantOf(a), y = constantOf(b);
  if (x && y)
    return constant(*x / *y, dimensionOf(a) / dimensionOf(b));
  if (isPureNumber(b, 1))
    return a;
  if (Value minus = negated(a))
    return neg(div(minus, b));
  if (Value minus = negated(b))
    return neg(div(a, minus));
  return DivOp::create(builder, loc, type(dimensionOf(a) / dimensionOf(b), {a, b}), a, b);
}

Value ScalarBuilder::neg(Value a) {
  if (auto x = constantOf(a))
    return constant(-*x, dimensionOf(a));
  if (Value minus = negated(a))
    return minus;
  return NegOp::create(builder, loc, type(dimensionOf(a), a), a);
}

Value ScalarBuilder::power(Value base, units::Rational exponent) {
  if (exponent == units::Rational(1))
    return base;
  if (exponent.isZero())
    return constant(1);
  return PowerOp::create(builder, loc, type(dimensionOf(base).pow(exponent), base), base, exponent.numerator(), exponent.denominator());
}

Value ScalarBuilder::fn(Fn function, ValueRange operands) {
  return FnOp::create(builder, loc, type(resultDimension(function, operands), operands), function, operands);
}

Value ScalarBuilder::select(Value condition, Value then, Value otherwise) {
  if (then == otherwise)
    return then;
  return SelectOp::create(builder, loc, type(dimensionOf(then), {then, otherwise}), condition, then, otherwise);
}

Value ScalarBuilder::compare(Comparison predicate, Value a, Value b) {
  return CmpOp::create(builder, loc, builder.getI1Type(), predicate, a, b);
}

Value ScalarBuilder::truth(bool value) { return arith::ConstantOp::create(builder, loc, builder.getBoolAttr(value)); }
Value ScalarBuilder::both(Value a, Value b) { return arith::AndIOp::create(builder, loc, a, b); }
Value ScalarBuilder::either(Value a, Value b) { return arith::OrIOp::create(builder, loc, a, b); }
Value ScalarBuilder::negation(Value a) { return arith::XOrIOp::create(builder, loc, a, truth(true)); }
Value ScalarBuilder::time(bool held) { return TimeOp::create(builder, loc, type(units::dim::time), held); }
Value ScalarBuilder::stepSize() { return StepSizeOp::create(builder, loc, type(units::dim::time)); }
Value ScalarBuilder::index() { return IndexOp::create(builder, loc, type(Dimension())); }
void ScalarBuilder::yield(ValueRange values) { YieldOp::create(builder, loc, values); }

} // namespace bdc::bd
