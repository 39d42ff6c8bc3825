/// Computes regions of scalar operations in double precision, for tests: an independent reading of what the operations mean.
#ifndef BDC_TEST_COMPILER_INTERPRETER_H
#define BDC_TEST_COMPILER_INTERPRETER_H

#include "dialects/bd/scalar_builder.h"
#include "dialects/step/Step.h"

#include <cmath>
#include <map>

namespace bdc::test {

inline double function(bd::Fn f, double x, double y) {
  using bd::Fn;
  switch (f) {
  case Fn::Exp: return std::exp(x);
  case Fn::Expm1: return std::expm1(x);
  case Fn::Exprel: return x == 0 ? 1 : std::expm1(x) / x;
  case Fn::Rexprel: return x == 0 ? 1 : x / std::expm1(x);
  case Fn::Dexprel: return std::abs(x) < 1e-3 ? 0.5 + x / 3 + x * x / 8 : (std::exp(x) * (x - 1) + 1) / (x * x);
  case Fn::Log: return std::log(x);
  case Fn::Log1p: return std::log1p(x);
  case Fn::Log2: return std::log2(x);
  case Fn::Log10: return std::log10(x);
  case Fn::Sqrt: return std::sqrt(x);
  case Fn::Sin: return std::sin(x);
  case Fn::Cos: return std::cos(x);
  case Fn::Tan: return std::tan(x);
  case Fn::Asin: return std::asin(x);
  case Fn::Acos: return std::acos(x);
  case Fn::Atan: return std::atan(x);
  case Fn::Atan2: return std::atan2(x, y);
  case Fn::Sinh: return std::sinh(x);
  case Fn::Cosh: return std::cosh(x);
  case Fn::Tanh: return std::tanh(x);
  case Fn::Sigmoid: return 1 / (1 + std::exp(-x));
  case Fn::Abs: return std::abs(x);
  case Fn::Sign: return double(x > 0) - double(x < 0);
  case Fn::Min: return std::min(x, y);
  case Fn::Max: return std::max(x, y);
  case Fn::Floor: return std::floor(x);
  case Fn::Ceil: return std::ceil(x);
  case Fn::Round: return std::round(x);
  case Fn::Mod: return x - y * std::floor(x / y);
  case Fn::Pow: return std::pow(x, y);
  case Fn::Erf: return std::erf(x);
  }
  return NAN;
}

/// Values of one evaluation. What is not given is computed from its operands; NaN for what the interpreter does not know.
struct Interpreter {
  llvm::DenseMap<mlir::Value, double> known;
  std::map<std::string, double> scalars; ///< what step.read gives
  double t = 0, dt = 1;

  double operator()(mlir::Value value) {
    if (auto it = known.find(value); it != known.end())
      return it->second;
    double result = value.getDefiningOp() ? compute(value.getDefiningOp()) : NAN;
    return known[value] = result;
  }

private:
  double compute(mlir::Operation *op) {
    auto in = [&](unsigned i) { return (*this)(op->getOperand(i)); };
    if (auto constant = mlir::dyn_cast<bd::ConstOp>(op))
      return constant.getValue().convertToDouble();
    if (auto read = mlir::dyn_cast<step::ReadOp>(op))
      return scalars.at(read.getScalar().str());
    if (mlir::isa<bd::TimeOp>(op)) return t;
    if (mlir::isa<bd::StepSizeOp>(op)) return dt;
    if (mlir::isa<bd::AddOp>(op)) return in(0) + in(1);
    if (mlir::isa<bd::SubOp>(op)) return in(0) - in(1);
    if (mlir::isa<bd::MulOp>(op)) return in(0) * in(1);
    if (mlir::isa<bd::DivOp>(op)) return in(0) / in(1);
    if (mlir::isa<bd::NegOp>(op)) return -in(0);
    if (mlir::isa<bd::SelectOp>(op)) return in(0) != 0 ? in(1) : in(2);
    if (auto power = mlir::dyn_cast<bd::PowerOp>(op))
      return std::pow(in(0), double(int64_t(power.getNumerator())) / double(int64_t(power.getDenominator())));
    if (auto fn = mlir::dyn_cast<bd::FnOp>(op))
      return function(fn.getFunction(), in(0), op->getNumOperands() == 2 ? in(1) : 0);
    if (auto cmp = mlir::dyn_cast<bd::CmpOp>(op))
      switch (cmp.getPredicate()) {
      case bd::Comparison::LT: return in(0) < in(1);
      case bd::Comparison::GT: return in(0) > in(1);
      case bd::Comparison::EQ: return in(0) == in(1);
      default: return NAN;
      }
    if (mlir::isa<mlir::arith::AndIOp>(op))
      return in(0) != 0 && in(1) != 0;
    return NAN;
  }
};

} // namespace bdc::test

#endif
