// Expressions: one operation per node.
#include "frontend/translate/translator.h"

namespace bdc::translate {

using rules::Op;

Value Translator::expression(const Expr &expr) {
  if (Value known = done.lookup(&expr))
    return known;
  Value value = build(expr);
  done[&expr] = value;
  return value;
}

Value Translator::build(const Expr &expr) {
  switch (expr.op) {
  case Op::Less: case Op::LessEqual: case Op::Greater: case Op::GreaterEqual: case Op::Equal: case Op::NotEqual:
  case Op::And: case Op::Or: case Op::Not:
    return condition(expr);
  case Op::Negate: case Op::Add: case Op::Sub: case Op::Mul: case Op::Div: case Op::Power: case Op::Call: case Op::Select: case Op::Random:
    return arithmetic(expr);
  default:
    return leaf(expr);
  }
}

Value Translator::constant(double coherent, const units::Dimension &dimension, StringRef unit, Location loc) {
  bd::QuantityType type = quantity(dimension, unit);
  double shown = units::unit(std::string_view(type.getUnit().data(), type.getUnit().size())).fromCoherent(coherent);
  return bd::ConstOp::create(builder, loc, type, builder.getF64FloatAttr(shown));
}

Value Translator::readScalar(int scalar, Location loc) {
  const rules::Scalar &s = program.scalars[scalar];
  return bd::ReadOp::create(builder, loc, quantity(s.dimension, s.unit), symbol(s.path));
}

Value Translator::leaf(const Expr &expr) {
  Location loc = location(expr.range);
  bd::QuantityType type = quantity(expr.dimension, expr.unit);
  switch (expr.op) {
  case Op::Number: return constant(expr.value, expr.dimension, expr.unit, loc);
  case Op::Variable: case Op::Element: return bd::GetOp::create(builder, loc, type, symbol(variableName(expr.index)));
  case Op::Past: return past(expr, type);
  case Op::Target: return bd::TargetOp::create(builder, loc, type, symbol(expr.name));
  case Op::Received: return bd::SourceOutputOp::create(builder, loc, type, builder.getStringAttr(expr.name));
  case Op::Weight: return bd::WeightOp::create(builder, loc, type);
  case Op::Source: return bd::CoupledOp::create(builder, loc, type, "source");
  case Op::Sink: return bd::CoupledOp::create(builder, loc, type, "target");
  case Op::Total: return bd::CoupledOp::create(builder, loc, type, "total");
  case Op::White: return bd::WhiteOp::create(builder, loc, type, StringAttr(), expr.index);
  case Op::Rate: return bd::RateOp::create(builder, loc, type);
  case Op::Edge: return bd::EdgeOp::create(builder, loc, type, symbol(program.connectomes[expr.index].name), builder.getStringAttr(expr.name));
  case Op::Term:
    if (surrogateOf)
      return surrogateOf;
    return bd::TermOp::create(builder, loc, type, expr.index);
  case Op::Scalar: return readScalar(expr.index, loc);
  case Op::Index: return bd::IndexOp::create(builder, loc, type);
  case Op::Time: return bd::TimeOp::create(builder, loc, type);
  case Op::Step: return bd::StepSizeOp::create(builder, loc, type);
  default: llvm_unreachable("not a leaf");
  }
}

Value Translator::past(const Expr &expr, bd::QuantityType type) {
  auto op = bd::PastOp::create(builder, location(expr.range), type, symbol(variableName(expr.index)));
  fillExpression(op.getAgo(), expr.operands[0]);
  return op;
}

static bd::Fn function(rules::Function f) { return *bd::symbolizeFn(StringRef(rules::name(f).data(), rules::name(f).size())); }

Value Translator::arithmetic(const Expr &expr) {
  Location loc = location(expr.range);
  bd::QuantityType type = quantity(expr.dimension, expr.unit);
  SmallVector<Value> in;
  for (const Expr *operand : expr.operands)
    in.push_back(expression(*operand));
  switch (expr.op) {
  case Op::Negate: return bd::NegOp::create(builder, loc, type, in[0]);
  case Op::Add: return bd::AddOp::create(builder, loc, type, in[0], in[1]);
  case Op::Sub: return bd::SubOp::create(builder, loc, type, in[0], in[1]);
  case Op::Mul: return bd::MulOp::create(builder, loc, type, in[0], in[1]);
  case Op::Div: return bd::DivOp::create(builder, loc, type, in[0], in[1]);
  case Op::Power:
    return bd::PowerOp::create(builder, loc, type, in[0], expr.power.numerator(), expr.power.denominator());
  case Op::Call: return bd::FnOp::create(builder, loc, type, function(expr.function), in);
  case Op::Select: return bd::SelectOp::create(builder, loc, type, in[0], in[1], in[2]);
  case Op::Random: {
    StringRef word(rules::name(expr.distribution).data(), rules::name(expr.distribution).size());
    StringRef stream = expr.name.empty() ? StringRef(purpose) : StringRef(expr.name);
    int64_t number = expr.name.empty() ? draws : expr.index;
    draws += expr.name.empty() ? rules::drawNumbers(expr.distribution) : 0;
    return bd::RandomOp::create(builder, loc, type, *bd::symbolizeDistribution(word), in, stream, number);
  }
  default: llvm_unreachable("not arithmetic");
  }
}

Value Translator::condition(const Expr &expr) {
  Location loc = location(expr.range);
  SmallVector<Value> in;
  for (const Expr *operand : expr.operands)
    in.push_back(expression(*operand));
  auto compare = [&](bd::Comparison c) -> Value { return bd::CmpOp::create(builder, loc, builder.getI1Type(), c, in[0], in[1]); };
  switch (expr.op) {
  case Op::Less: return compare(bd::Comparison::LT);
  case Op::LessEqual: return compare(bd::Comparison::LE);
  case Op::Greater: return compare(bd::Comparison::GT);
  case Op::GreaterEqual: return compare(bd::Comparison::GE);
  case Op::Equal: return compare(bd::Comparison::EQ);
  case Op::NotEqual: return compare(bd::Comparison::NE);
  case Op::And: return arith::AndIOp::create(builder, loc, in[0], in[1]);
  case Op::Or: return arith::OrIOp::create(builder, loc, in[0], in[1]);
  case Op::Not: {
    Value yes = arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true));
    return arith::XOrIOp::create(builder, loc, in[0], yes);
  }
  default: llvm_unreachable("not a condition");
  }
}

} // namespace bdc::translate
