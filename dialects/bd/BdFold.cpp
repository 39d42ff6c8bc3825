// Folding of scalar operations, where the result is the same to the last bit whatever computes it.
//
// Numbers fold only in the coherent system (after bd-fold-units). exp and the like are left to the kernels.
#include "dialects/bd/scalar_builder.h"

#include "mlir/Interfaces/FoldInterfaces.h"

#include <cmath>

using namespace mlir;

namespace bdc::bd {

namespace {
/// Constants stay in the region they are made for: a region of a declaration or a step is read and moved as a whole.
struct KeepConstants : DialectFoldInterface {
  using DialectFoldInterface::DialectFoldInterface;
  bool shouldMaterializeInto(Region *) const override { return true; }
};
} // namespace

void BdDialect::addFoldInterface() { addInterfaces<KeepConstants>(); }

Operation *BdDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  if (auto number = dyn_cast<FloatAttr>(value); number && isa<QuantityType>(type))
    return ConstOp::create(builder, loc, type, number);
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

static bool isCoherent(Operation *op) {
  auto coherent = [](Type type) {
    auto quantity = dyn_cast<QuantityType>(type);
    return !quantity || quantity.isCoherent();
  };
  return llvm::all_of(op->getOperandTypes(), coherent) && llvm::all_of(op->getResultTypes(), coherent);
}

static std::optional<double> number(Attribute value) {
  auto constant = dyn_cast_or_null<FloatAttr>(value);
  return constant ? std::optional(constant.getValueAsDouble()) : std::nullopt;
}

static OpFoldResult constant(Operation *op, double value) { return Builder(op->getContext()).getF64FloatAttr(value); }

/// `value` where it has the type of the result, for identities such as 1 · x.
static OpFoldResult same(Operation *op, Value value) { return value.getType() == op->getResult(0).getType() ? OpFoldResult(value) : OpFoldResult(); }

static OpFoldResult binary(Operation *op, ArrayRef<Attribute> operands, double (*compute)(double, double)) {
  auto a = number(operands[0]), b = number(operands[1]);
  return a && b && isCoherent(op) ? constant(op, compute(*a, *b)) : OpFoldResult();
}

OpFoldResult ConstOp::fold(FoldAdaptor) { return getValueAttr(); }

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  return binary(*this, adaptor.getOperands(), [](double a, double b) { return a + b; });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (number(adaptor.getRhs()) == 0.0 && isCoherent(*this))
    return same(*this, getLhs());
  return binary(*this, adaptor.getOperands(), [](double a, double b) { return a - b; });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isCoherent(*this) && number(adaptor.getLhs()) == 1.0 && dimensionOf(getLhs()).isNone())
    return same(*this, getRhs());
  if (isCoherent(*this) && number(adaptor.getRhs()) == 1.0 && dimensionOf(getRhs()).isNone())
    return same(*this, getLhs());
  return binary(*this, adaptor.getOperands(), [](double a, double b) { return a * b; });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isCoherent(*this) && number(adaptor.getRhs()) == 1.0 && dimensionOf(getRhs()).isNone())
    return same(*this, getLhs());
  return binary(*this, adaptor.getOperands(), [](double a, double b) { return a / b; });
}

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getOperand().getDefiningOp<NegOp>())
    return same(*this, inner.getOperand());
  auto a = number(adaptor.getOperand());
  return a && isCoherent(*this) ? constant(*this, -*a) : OpFoldResult();
}

OpFoldResult PowerOp::fold(FoldAdaptor adaptor) {
  units::Rational power(getNumerator(), getDenominator());
  if (power == units::Rational(1))
    return same(*this, getBase());
  auto base = number(adaptor.getBase());
  if (!base || !isCoherent(*this))
    return {};
  if (power == units::Rational(2))
    return constant(*this, *base * *base);
  if (power == units::Rational(-1))
    return constant(*this, 1 / *base);
  if (power == units::Rational(1, 2))
    return constant(*this, std::sqrt(*base));
  return {};
}

OpFoldResult FnOp::fold(FoldAdaptor adaptor) {
  auto a = number(adaptor.getOperands()[0]);
  auto b = getOperands().size() == 2 ? number(adaptor.getOperands()[1]) : a;
  if (!a || !b || !isCoherent(*this))
    return {};
  switch (getFunction()) {
  case Fn::Sqrt: return constant(*this, std::sqrt(*a));
  case Fn::Abs: return constant(*this, std::abs(*a));
  case Fn::Floor: return constant(*this, std::floor(*a));
  case Fn::Ceil: return constant(*this, std::ceil(*a));
  case Fn::Min: return constant(*this, std::min(*a, *b));
  case Fn::Max: return constant(*this, std::max(*a, *b));
  default: return {};
  }
}

OpFoldResult CmpOp::fold(FoldAdaptor adaptor) {
  auto a = number(adaptor.getLhs()), b = number(adaptor.getRhs());
  if (!a || !b || !isCoherent(*this))
    return {};
  auto answer = [&](bool value) -> OpFoldResult { return BoolAttr::get(getContext(), value); };
  switch (getPredicate()) {
  case Comparison::LT: return answer(*a < *b);
  case Comparison::LE: return answer(*a <= *b);
  case Comparison::GT: return answer(*a > *b);
  case Comparison::GE: return answer(*a >= *b);
  case Comparison::EQ: return answer(*a == *b);
  case Comparison::NE: return answer(*a != *b);
  }
  llvm_unreachable("every comparison");
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (getThen() == getOtherwise())
    return same(*this, getThen());
  auto condition = dyn_cast_or_null<IntegerAttr>(adaptor.getCondition());
  return condition ? same(*this, condition.getValue().isZero() ? getOtherwise() : getThen()) : OpFoldResult();
}

} // namespace bdc::bd
