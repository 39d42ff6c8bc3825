// Every row of the derivative table against central differences.
#include "compiler/differentiate/derivative.h"
#include "compiler/differentiate/pullback.h"
#include "interpreter.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace bdc;

namespace {

/// A block with two pure numbers as arguments, in which expressions are built.
struct Scene {
  Scene() : builder(&context) {
    context.loadDialect<bd::BdDialect, step::StepDialect, arith::ArithDialect>();
    auto type = bd::quantityType(&context, {});
    x = block.addArgument(type, builder.getUnknownLoc());
    y = block.addArgument(type, builder.getUnknownLoc());
    builder.setInsertionPointToEnd(&block);
  }
  bd::ScalarBuilder make() { return {builder, builder.getUnknownLoc()}; }

  double at(Value value, double px, double py) {
    test::Interpreter eval;
    eval.known[x] = px;
    eval.known[y] = py;
    return eval(value);
  }

  /// ∂f/∂x and ∂f/∂y at a point, against differences of f itself.
  void check(Value f, double px, double py, const std::string &name) {
    constexpr double h = 1e-6;
    bd::ScalarBuilder build = make();
    for (Value argument : {x, y}) {
      compiler::Derivative d = compiler::derivative(f, argument, build);
      ASSERT_EQ(d.obstacle, nullptr) << name;
      double hx = argument == x ? h : 0, hy = h - hx;
      double expected = (at(f, px + hx, py + hy) - at(f, px - hx, py - hy)) / (2 * h);
      double found = d.value ? at(d.value, px, py) : 0;
      EXPECT_NEAR(found, expected, 1e-7 * (1 + std::abs(expected))) << name << " at " << px << ", " << py;
    }
  }

  MLIRContext context;
  OpBuilder builder;
  Block block;
  Value x, y;
};

TEST(Derivatives, Functions) {
  for (uint32_t i = 0; i <= bd::getMaxEnumValForFn(); ++i) {
    bd::Fn f = *bd::symbolizeFn(i);
    bool pair = f == bd::Fn::Min || f == bd::Fn::Max || f == bd::Fn::Mod || f == bd::Fn::Atan2 || f == bd::Fn::Pow;
    Scene scene;
    Value result = pair ? scene.make().fn(f, {scene.x, scene.y}) : scene.make().fn(f, scene.x);
    for (double px : {0.2, 0.7})
      for (double py : {0.3, 1.4})
        scene.check(result, px, py, bd::stringifyFn(f).str());
  }
}

/// Near 0, where the closed form is 0 / 0, and on both sides of where the series ends.
TEST(Derivatives, SecondOfExprel) {
  Scene scene;
  Value result = scene.make().fn(bd::Fn::Dexprel, scene.x);
  auto build = scene.make();
  Value slope = compiler::derivative(result, scene.x, build).value;
  for (double x : {0.0, 1e-9, -1e-3, 0.999, 1.001, -0.999, -1.001, 5.0}) {
    long double sum = 0, term = 1; // Σ x^k / (k! (k + 3))
    for (int k = 0; k < 80; ++k) {
      sum += term / (k + 3);
      term *= static_cast<long double>(x) / (k + 1);
    }
    EXPECT_NEAR(scene.at(slope, x, 0), static_cast<double>(sum), 1e-12 * static_cast<double>(sum)) << x;
  }
}

/// Backwards, the same table gives the same numbers for all arguments at once.
TEST(Derivatives, Pullback) {
  Scene s;
  auto b = s.make();
  Value f = b.div(b.fn(bd::Fn::Exp, b.mul(s.x, b.fn(bd::Fn::Sin, s.y))), b.add(b.mul(s.x, s.x), b.fn(bd::Fn::Max, {s.x, s.y})));
  compiler::Pullback pullback(s.block, b);
  pullback.want(s.x);
  pullback.want(s.y);
  pullback.add(f, b.constant(1));
  ASSERT_TRUE(succeeded(pullback.run()));
  for (Value argument : {s.x, s.y})
    for (double px : {0.2, 0.7})
      for (double py : {0.3, 1.4}) {
        double forward = s.at(compiler::derivative(f, argument, b).value, px, py);
        EXPECT_NEAR(s.at(pullback.adjoint(argument), px, py), forward, 1e-14 * (1 + std::abs(forward)));
      }
}

TEST(Derivatives, Arithmetic) {
  Scene s;
  auto b = s.make();
  s.check(b.add(b.mul(s.x, s.y), s.x), 2, 3, "x*y + x");
  s.check(b.sub(b.neg(s.x), b.mul(s.y, s.y)), 2, 3, "-x - y*y");
  s.check(b.div(b.mul(s.x, s.x), s.y), 2, 3, "x*x/y");
  s.check(b.power(s.x, {3, 2}), 2, 3, "x^(3/2)");
  s.check(b.power(b.add(s.x, s.y), {-2, 1}), 2, 3, "(x+y)^-2");
  s.check(b.fn(bd::Fn::Exp, b.div(b.mul(s.x, s.y), b.constant(4))), 2, 3, "exp(x*y/4)");
  s.check(b.select(b.compare(bd::Comparison::LT, s.x, s.y), b.mul(s.x, s.y), s.y), 2, 3, "x < y");
  s.check(b.select(b.compare(bd::Comparison::LT, s.y, s.x), b.mul(s.x, s.y), s.y), 2, 3, "y < x");
}

TEST(Derivatives, ZeroIsNoValue) {
  Scene s;
  auto b = s.make();
  EXPECT_FALSE(compiler::derivative(b.mul(s.y, b.constant(2)), s.x, b).value);
  EXPECT_FALSE(compiler::derivative(b.fn(bd::Fn::Floor, s.x), s.x, b).value);
  // d/dx (3 - x) is the constant -1, not an expression.
  EXPECT_EQ(bd::constantOf(compiler::derivative(b.sub(b.constant(3), s.x), s.x, b).value), -1.0);
}

/// The branch that is not taken does not count, not even as NaN: d/dx of (x > 0 ? sqrt(x) : 0) at -1 is 0.
TEST(Derivatives, BranchNotTaken) {
  Scene s;
  auto b = s.make();
  Value f = b.select(b.compare(bd::Comparison::GT, s.x, b.constant(0)), b.fn(bd::Fn::Sqrt, s.x), b.constant(0));
  EXPECT_EQ(s.at(compiler::derivative(f, s.x, b).value, -1, 0), 0);
}

/// Backwards the same: its adjoint is 0, its slope no number.
TEST(Derivatives, BranchNotTakenPullback) {
  Scene s;
  auto b = s.make();
  Value negative = b.compare(bd::Comparison::LT, s.x, b.constant(0));
  Value f = b.select(negative, b.mul(b.constant(3), s.x), b.mul(s.y, b.fn(bd::Fn::Sqrt, b.div(s.x, s.y))));
  compiler::Pullback pullback(s.block, b);
  pullback.want(s.x);
  pullback.want(s.y);
  pullback.add(f, b.constant(1));
  ASSERT_TRUE(succeeded(pullback.run()));
  EXPECT_EQ(s.at(pullback.adjoint(s.x), -1, 1), 3);
  EXPECT_EQ(s.at(pullback.adjoint(s.y), -1, 1), 0);
  EXPECT_EQ(s.at(pullback.adjoint(s.x), -1, 0), 3);
  EXPECT_EQ(s.at(pullback.adjoint(s.y), -1, 0), 0);
  EXPECT_EQ(s.at(pullback.adjoint(s.x), 4, 1), 0.25);
  EXPECT_EQ(s.at(pullback.adjoint(s.y), 4, 1), 1);
}

/// An infinite slope counts for what moves, and not for what stays.
TEST(Derivatives, InfiniteSlope) {
  Scene s;
  auto b = s.make();
  Value positive = b.fn(bd::Fn::Max, {s.x, b.constant(0)}), bounded = b.fn(bd::Fn::Min, {b.sub(b.constant(1), s.x), b.constant(1)});
  Value stays[] = {b.fn(bd::Fn::Sqrt, positive), b.power(positive, {1, 3}), b.fn(bd::Fn::Pow, {positive, s.y}), b.fn(bd::Fn::Asin, bounded),
                   b.fn(bd::Fn::Acos, bounded)};
  for (Value f : stays)
    for (Value by : {s.x, s.y})
      if (Value slope = compiler::derivative(f, by, b).value)
        EXPECT_EQ(s.at(slope, -1, 0.5), 0);
  EXPECT_TRUE(std::isinf(s.at(compiler::derivative(b.fn(bd::Fn::Sqrt, s.x), s.x, b).value, 0, 0)));
}

TEST(Derivatives, NoDerivative) {
  Scene s;
  auto b = s.make();
  Value inner = bd::RandomOp::create(s.builder, b.loc, s.x.getType(), bd::Distribution::Poisson, ValueRange(s.x), "draws", 0);
  compiler::Derivative d = compiler::derivative(b.mul(inner, s.y), s.x, b);
  EXPECT_EQ(d.obstacle, inner.getDefiningOp());
  EXPECT_EQ(compiler::derivative(b.mul(inner, s.y), s.y, b).obstacle, nullptr);
}

} // namespace
