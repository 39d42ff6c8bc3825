// The derivative table.
//
// A rule never multiplies by a tangent that is zero and never touches the branch of a select that is not taken, so that a NaN or an
// infinity there stays there. Where a function has a value and an infinite slope (the root of 0) it counts only for what moves. At the kinks
// of abs, min and max it takes a one-sided derivative.
#include "compiler/differentiate/rules.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/TypeSwitch.h"

#include <numbers>

using namespace mlir;
using namespace bdc::bd;
using bdc::units::Rational;

namespace bdc::compiler {

namespace {

using Build = ScalarBuilder;

// Arithmetic of tangents, where null is zero.
Value plus(Build &b, Value x, Value y) { return !x ? y : !y ? x : b.add(x, y); }
Value minus(Build &b, Value x, Value y) { return !y ? x : !x ? b.neg(y) : b.sub(x, y); }
Value times(Build &b, Value x, Value dx) { return dx ? b.mul(x, dx) : Value(); }
Value over(Build &b, Value dx, Value x) { return dx ? b.div(dx, x) : Value(); }
Value choose(Build &b, Value condition, Value dx, Value dy) {
  if (!dx && !dy)
    return Value();
  auto zero = [&](Value like) { return b.constant(0, dimensionOf(like)); };
  return b.select(condition, dx ? dx : zero(dy), dy ? dy : zero(dx));
}

/// dx times a slope that is infinite where `root` is 0: where dx is 0, too, there is no change. That the slope is asked as well, leaves what is
/// differentiated once more as it is wherever there is a slope.
Value timesUnlessStill(Build &b, Value slope, Value dx, Value root) {
  if (!dx)
    return Value();
  Value product = b.mul(slope, dx);
  if (constantOf(dx).value_or(0) != 0)
    return product;
  auto isZero = [&](Value value) { return b.compare(Comparison::EQ, value, b.constant(0, dimensionOf(value))); };
  return b.select(b.both(isZero(root), isZero(dx)), b.constant(0, dimensionOf(product)), product);
}

/// f'(x) from x and y = f(x); null where f is flat.
using Slope = Value (*)(Build &b, Value x, Value y);
struct Function {
  Fn function;
  Slope slope;
  Slope root = nullptr; ///< of functions whose slope may be infinite: what is 0 there
};

Value square(Build &b, Value x) { return b.mul(x, x); }
Value inverse(Build &b, Value x) { return b.div(b.constant(1), x); }
Value oneMinus(Build &b, Value x) { return b.sub(b.constant(1), x); }
Value onePlus(Build &b, Value x) { return b.add(b.constant(1), x); }
/// Of the angle whose sine is x.
Value cosineOf(Build &b, Value x, Value) { return b.fn(Fn::Sqrt, oneMinus(b, square(b, x))); }

/// exprel'' from exprel' = y: (e^x - 2 y) / x, and near 0, where that is 0 / 0, the first terms of its series Σ x^k / (k! (k + 3)).
Value secondExprel(Build &b, Value x, Value y) {
  constexpr int terms = 17;
  double coefficients[terms], factorial = 1;
  for (int k = 0; k < terms; factorial *= ++k)
    coefficients[k] = 1 / (factorial * (k + 3));
  Value series = b.constant(coefficients[terms - 1]);
  for (int k = terms - 2; k >= 0; --k)
    series = b.add(b.mul(series, x), b.constant(coefficients[k]));
  Value closed = b.div(b.sub(b.fn(Fn::Exp, x), b.mul(b.constant(2), y)), x);
  return b.select(b.compare(Comparison::LT, b.fn(Fn::Abs, x), b.constant(1)), series, closed);
}

const Function functions[] = {
    {Fn::Exp, [](Build &b, Value x, Value y) { return y; }},
    {Fn::Expm1, [](Build &b, Value x, Value y) { return onePlus(b, y); }},
    {Fn::Exprel, [](Build &b, Value x, Value y) { return b.fn(Fn::Dexprel, x); }},
    {Fn::Dexprel, secondExprel},
    {Fn::Rexprel, [](Build &b, Value x, Value y) { return b.neg(b.mul(b.fn(Fn::Dexprel, x), square(b, y))); }},
    {Fn::Log, [](Build &b, Value x, Value y) { return inverse(b, x); }},
    {Fn::Log1p, [](Build &b, Value x, Value y) { return inverse(b, onePlus(b, x)); }},
    {Fn::Log2, [](Build &b, Value x, Value y) { return b.div(b.constant(std::numbers::log2e), x); }},
    {Fn::Log10, [](Build &b, Value x, Value y) { return b.div(b.constant(std::numbers::log10e), x); }},
    {Fn::Sqrt, [](Build &b, Value x, Value y) { return b.div(b.constant(0.5), y); }, [](Build &, Value x, Value y) { return y; }},
    {Fn::Sin, [](Build &b, Value x, Value y) { return b.fn(Fn::Cos, x); }},
    {Fn::Cos, [](Build &b, Value x, Value y) { return b.neg(b.fn(Fn::Sin, x)); }},
    {Fn::Tan, [](Build &b, Value x, Value y) { return onePlus(b, square(b, y)); }},
    {Fn::Asin, [](Build &b, Value x, Value y) { return inverse(b, cosineOf(b, x, y)); }, cosineOf},
    {Fn::Acos, [](Build &b, Value x, Value y) { return b.neg(inverse(b, cosineOf(b, x, y))); }, cosineOf},
    {Fn::Atan, [](Build &b, Value x, Value y) { return inverse(b, onePlus(b, square(b, x))); }},
    {Fn::Sinh, [](Build &b, Value x, Value y) { return b.fn(Fn::Cosh, x); }},
    {Fn::Cosh, [](Build &b, Value x, Value y) { return b.fn(Fn::Sinh, x); }},
    {Fn::Tanh, [](Build &b, Value x, Value y) { return oneMinus(b, square(b, y)); }},
    {Fn::Sigmoid, [](Build &b, Value x, Value y) { return b.mul(y, oneMinus(b, y)); }},
    {Fn::Abs, [](Build &b, Value x, Value y) { return b.fn(Fn::Sign, x); }},
    {Fn::Sign, nullptr},
    {Fn::Floor, nullptr},
    {Fn::Ceil, nullptr},
    {Fn::Round, nullptr},
    {Fn::Erf,
     [](Build &b, Value x, Value y) {
       return b.mul(b.constant(2 * std::numbers::inv_sqrtpi), b.fn(Fn::Exp, b.neg(square(b, x))));
     }},
};

/// The tangent of a function of two arguments from theirs.
using Pair = Value (*)(Build &b, Value x, Value y, Value result, Value dx, Value dy);
struct PairFunction {
  Fn function;
  Pair tangent;
};

const PairFunction pairFunctions[] = {
    {Fn::Min, [](Build &b, Value x, Value y, Value, Value dx, Value dy) { return choose(b, b.compare(Comparison::LT, x, y), dx, dy); }},
    {Fn::Max, [](Build &b, Value x, Value y, Value, Value dx, Value dy) { return choose(b, b.compare(Comparison::GT, x, y), dx, dy); }},
    {Fn::Mod, // x − y·floor(x / y)
     [](Build &b, Value x, Value y, Value, Value dx, Value dy) {
       return dy ? minus(b, dx, b.mul(b.fn(Fn::Floor, b.div(x, y)), dy)) : dx;
     }},
    {Fn::Atan2, // of (x, y): the angle of the point (y, x)
     [](Build &b, Value x, Value y, Value, Value dx, Value dy) {
       return b.div(minus(b, times(b, y, dx), times(b, x, dy)), b.add(square(b, x), square(b, y)));
     }},
    {Fn::Pow,
     [](Build &b, Value x, Value y, Value result, Value dx, Value dy) {
       Value base = dx ? timesUnlessStill(b, b.mul(y, b.fn(Fn::Pow, {x, b.sub(y, b.constant(1))})), dx, x) : Value();
       if (!dy)
         return base;
       Value slope = b.mul(result, b.fn(Fn::Log, x)), zero = b.constant(0);
       return plus(b, base, b.mul(b.select(b.compare(Comparison::EQ, result, zero), zero, slope), dy)); // 0^y stays 0
     }},
};

template <typename Table> auto *rowOf(const Table &table, Fn function) {
  auto row = llvm::find_if(table, [&](const auto &row) { return row.function == function; });
  return row == std::end(table) ? nullptr : &*row;
}

FailureOr<Value> functionTangent(FnOp op, ArrayRef<Value> d, Build &b) {
  if (auto *row = rowOf(functions, op.getFunction())) {
    Value x = op.getOperands()[0], y = op.getResult();
    if (!row->slope)
      return Value();
    return row->root ? timesUnlessStill(b, row->slope(b, x, y), d[0], row->root(b, x, y)) : times(b, row->slope(b, x, y), d[0]);
  }
  if (auto *row = rowOf(pairFunctions, op.getFunction()))
    return row->tangent(b, op.getOperands()[0], op.getOperands()[1], op.getResult(), d[0], d[1]);
  return failure();
}

/// k·x^(k−1)·dx
Value powerTangent(PowerOp op, Value dx, Build &b) {
  Rational k(op.getNumerator(), op.getDenominator());
  Value slope = b.mul(b.constant(k.toDouble()), b.power(op.getBase(), k - Rational(1)));
  return Rational(0) < k && k < Rational(1) ? timesUnlessStill(b, slope, dx, op.getBase()) : b.mul(slope, dx);
}

/// A draw moves with its parameters as it would with the same random bits (reparameterisation).
FailureOr<Value> drawTangent(RandomOp op, ArrayRef<Value> d, Build &b) {
  Value x = op.getResult();
  auto standard = [&](Distribution distribution, double first, double second) -> Value {
    SmallVector<Value> operands = {b.constant(first), b.constant(second)};
    return RandomOp::create(b.builder, b.loc, quantityType(op.getContext(), {}), distribution, operands, op.getPurpose(), op.getDraw());
  };
  auto operand = [&](unsigned i) { return op.getOperands()[i]; };
  switch (op.getDistribution()) {
  case Distribution::Normal: return plus(b, d[0], d[1] ? b.mul(standard(Distribution::Normal, 0, 1), d[1]) : Value());
  case Distribution::Uniform: {
    Value part = standard(Distribution::Uniform, 0, 1);
    return plus(b, d[0] ? b.mul(oneMinus(b, part), d[0]) : Value(), times(b, part, d[1]));
  }
  case Distribution::LogNormal:
    return times(b, x, plus(b, d[0], d[1] ? b.mul(standard(Distribution::Normal, 0, 1), d[1]) : Value()));
  case Distribution::Exponential: return b.mul(b.div(x, operand(0)), d[0]);
  case Distribution::Gamma:
    if (d[0])
      return failure();
    return b.mul(b.div(x, operand(1)), d[1]);
  case Distribution::Poisson:
  case Distribution::Bernoulli: return failure(); // whole numbers jump
  }
  llvm_unreachable("every distribution");
}

/// The given slope, at the argument.
Value indicatorTangent(IndicatorOp op, Value d, Build &b) {
  IRMapping mapping;
  Block &slope = op.getSlope().front();
  mapping.map(slope.getArgument(0), op.getArgument());
  for (Operation &each : slope.without_terminator())
    b.builder.clone(each, mapping);
  return b.mul(mapping.lookupOrDefault(slope.getTerminator()->getOperand(0)), d);
}

} // namespace

FailureOr<Value> tangentOf(Operation *op, ArrayRef<Value> d, ScalarBuilder &b) {
  if (llvm::none_of(d, [](Value tangent) { return bool(tangent); }))
    return Value();
  return llvm::TypeSwitch<Operation *, FailureOr<Value>>(op)
      .Case([&](AddOp) { return plus(b, d[0], d[1]); })
      .Case([&](SubOp) { return minus(b, d[0], d[1]); })
      .Case([&](MulOp op) { return plus(b, times(b, op.getRhs(), d[0]), times(b, op.getLhs(), d[1])); })
      .Case([&](DivOp op) { // (dx − (x/y)·dy) / y
        return over(b, minus(b, d[0], times(b, op.getResult(), d[1])), op.getRhs());
      })
      .Case([&](NegOp) { return b.neg(d[0]); })
      .Case([&](PowerOp op) { return powerTangent(op, d[0], b); })
      .Case([&](SelectOp op) { return choose(b, op.getCondition(), d[1], d[2]); })
      .Case([&](FnOp op) { return functionTangent(op, d, b); })
      .Case([&](IndicatorOp op) { return indicatorTangent(op, d[1], b); })
      .Case([&](RandomOp op) { return drawTangent(op, d, b); })
      .Default([](Operation *) { return failure(); });
}

LogicalResult noDerivative(Operation *op) {
  auto draw = dyn_cast<RandomOp>(op);
  if (!draw)
    return op->emitOpError() << "has no derivative";
  InFlightDiagnostic error = op->emitOpError() << stringifyDistribution(draw.getDistribution()) << "() ";
  if (draw.getDistribution() == Distribution::Gamma)
    return error << "has a derivative by its scale, and none by its shape";
  return error << "draws whole numbers, which jump: they have no derivative";
}

} // namespace bdc::compiler
