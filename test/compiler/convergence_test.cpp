// The order with which each integrator converges, measured; and that exponential Euler is exact where it should be.
#include "compiler/passes.h"
#include "interpreter.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace mlir;
using namespace bdc;

namespace {

/// One state x with x' = `body`, which yields %f (in /ms) from %x, step.read @a (1) and step.read @tau (ms).
std::string program(const std::string &method, const std::string &body) {
  return fmt::format(R"(
step.program @p {{
  step.scalar @n : !bd.q<"1"> {{ %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }}
  step.scalar @a : !bd.q<"1"> {{ %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }}
  step.scalar @tau : !bd.q<"ms"> {{ %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }}
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"1">, @E> hidden
  step.loop [@x] {{
  ^bb0(%s: !step.array<!bd.q<"1">, @E>):
    %y = step.ode "{}" @E [%s : !step.array<!bd.q<"1">, @E>] {{
    ^bb0(%x: !bd.q<"1">):
      %a = step.read @a : !bd.q<"1">
      %tau = step.read @tau : !bd.q<"ms">
      {}
      bd.yield %f : !bd.q<"/ms">
    }} -> !step.array<!bd.q<"1">, @E>
    step.next %y : !step.array<!bd.q<"1">, @E>
  }}
}})",
                     method, body);
}

const char *linear = R"(
      %d = bd.sub %a, %x : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %f = bd.div %d, %tau : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">)";

/// x' = (x·cos(t/tau) − a·x²)/tau: neither linear nor autonomous.
const char *nonlinear = R"(
      %t = bd.time : !bd.q<"ms">
      %r = bd.div %t, %tau : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"1">
      %c = bd.fn cos(%r) : (!bd.q<"1">) -> !bd.q<"1">
      %g = bd.mul %x, %c : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %q = bd.power %x to 2 over 1 : (!bd.q<"1">) -> !bd.q<"1">
      %l = bd.mul %a, %q : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %d = bd.sub %g, %l : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %f = bd.div %d, %tau : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">)";

/// x at `end` ms after steps of dt, by the map that step-integrate makes.
double solve(const std::string &method, const char *body, double x, double end, int steps) {
  MLIRContext context;
  context.loadDialect<bd::BdDialect, step::StepDialect, arith::ArithDialect>();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(program(method, body), &context);
  PassManager passes(&context);
  passes.addPass(compiler::createIntegrate());
  if (!module || failed(passes.run(*module)))
    return NAN;
  step::MapOp map;
  module->walk([&](step::MapOp op) { map = op; });
  Block &block = map.getBody().front();
  for (int i = 0; i < steps; ++i) {
    test::Interpreter eval;
    eval.scalars = {{"a", 0.7}, {"tau", 2.0}};
    eval.dt = end / steps;
    eval.t = i * eval.dt;
    eval.known[block.getArgument(0)] = x;
    x = eval(block.getTerminator()->getOperand(0));
  }
  return x;
}

double order(const std::string &method) {
  double exact = solve("rk4", nonlinear, 0.5, 4, 4096);
  double coarse = std::abs(solve(method, nonlinear, 0.5, 4, 64) - exact), fine = std::abs(solve(method, nonlinear, 0.5, 4, 128) - exact);
  return std::log2(coarse / fine);
}

TEST(Convergence, Orders) {
  EXPECT_NEAR(order("euler"), 1, 0.1);
  EXPECT_NEAR(order("exponential_euler"), 1, 0.1);
  EXPECT_NEAR(order("midpoint"), 2, 0.1);
  EXPECT_NEAR(order("heun"), 2, 0.1);
  EXPECT_NEAR(order("rk4"), 4, 0.2);
}

/// x' = (a − x)/tau: a + (x0 − a)·exp(−t/tau), to rounding, whatever the step.
TEST(Convergence, ExponentialEulerIsExactForLinearEquations) {
  double expected = 0.7 + (5 - 0.7) * std::exp(-3.0 / 2);
  for (int steps : {1, 7, 100})
    EXPECT_NEAR(solve("exponential_euler", linear, 5, 3, steps), expected, 1e-14 * steps);
}

} // namespace
