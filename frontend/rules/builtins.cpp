#include "frontend/rules/builtins.h"

#include <cmath>
#include <numbers>
#include <unordered_map>

namespace bdc::rules {

static constexpr BuiltinFunction functionTable[] = {
    {"exp", Function::Exp, 1, UnitRule::Pure},           {"expm1", Function::Expm1, 1, UnitRule::Pure},
    {"exprel", Function::Exprel, 1, UnitRule::Pure},     {"log", Function::Log, 1, UnitRule::Pure},
    {"log1p", Function::Log1p, 1, UnitRule::Pure},       {"log2", Function::Log2, 1, UnitRule::Pure},
    {"log10", Function::Log10, 1, UnitRule::Pure},       {"sqrt", Function::Sqrt, 1, UnitRule::Root},
    {"sin", Function::Sin, 1, UnitRule::Pure},           {"cos", Function::Cos, 1, UnitRule::Pure},
    {"tan", Function::Tan, 1, UnitRule::Pure},           {"asin", Function::Asin, 1, UnitRule::Pure},
    {"acos", Function::Acos, 1, UnitRule::Pure},         {"atan", Function::Atan, 1, UnitRule::Pure},
    {"atan2", Function::Atan2, 2, UnitRule::SameToPure}, {"sinh", Function::Sinh, 1, UnitRule::Pure},
    {"cosh", Function::Cosh, 1, UnitRule::Pure},         {"tanh", Function::Tanh, 1, UnitRule::Pure},
    {"sigmoid", Function::Sigmoid, 1, UnitRule::Pure},   {"abs", Function::Abs, 1, UnitRule::Same},
    {"sign", Function::Sign, 1, UnitRule::SameToPure},   {"min", Function::Min, 2, UnitRule::Same, true},
    {"max", Function::Max, 2, UnitRule::Same, true},     {"floor", Function::Floor, 1, UnitRule::Pure},
    {"ceil", Function::Ceil, 1, UnitRule::Pure},         {"round", Function::Round, 1, UnitRule::Pure},
    {"mod", Function::Mod, 2, UnitRule::Same},           {"erf", Function::Erf, 1, UnitRule::Pure},
};

static constexpr BuiltinDistribution distributionTable[] = {
    {"uniform", Distribution::Uniform, {"low", "high"}, 2, UnitRule::Same},
    {"normal", Distribution::Normal, {"mean", "sd"}, 2, UnitRule::Same},
    {"lognormal", Distribution::LogNormal, {"mu", "sigma"}, 2, UnitRule::Pure},
    {"gamma", Distribution::Gamma, {"shape", "scale"}, 2, UnitRule::Same, true},
    {"exponential", Distribution::Exponential, {"mean", ""}, 1, UnitRule::Same},
    {"poisson", Distribution::Poisson, {"mean", ""}, 1, UnitRule::Pure},
    {"bernoulli", Distribution::Bernoulli, {"p", ""}, 1, UnitRule::Pure},
};

// CODATA 2018; exact except where the SI leaves a measured value.
static constexpr BuiltinConstant constantTable[] = {
    {"pi", std::numbers::pi, "1"},      {"e", std::numbers::e, "1"},  {"F", 96485.33212331001, "C/mol"},
    {"R", 8.31446261815324, "J/mol/K"}, {"k_B", 1.380649e-23, "J/K"}, {"N_A", 6.02214076e23, "/mol"},
    {"q_e", 1.602176634e-19, "C"},
};

struct Elsewhere {
  std::string_view name, here;
};

static constexpr Elsewhere elsewhereTable[] = {
    {"pow", "a power is written `x^y`"},
    {"power", "a power is written `x^y`"},
    {"square", "a square is written `x^2`"},
    {"cbrt", "a root is written `x^(1/3)`"},
    {"ln", "`log` is the natural logarithm"},
    {"sgn", "did you mean `sign`?"},
    {"signum", "did you mean `sign`?"},
    {"fabs", "did you mean `abs`?"},
    {"fmod", "did you mean `mod`?"},
    {"minimum", "did you mean `min`?"},
    {"maximum", "did you mean `max`?"},
    {"clamp", "did you mean `clip`?"},
    {"logistic", "did you mean `sigmoid`?"},
    {"expit", "did you mean `sigmoid`?"},
    {"int", "`floor`, `ceil` and `round` make whole numbers"},
    {"trunc", "`floor`, `ceil` and `round` make whole numbers"},
    {"heaviside", "`if x > 0 then 1 else 0`"},
    {"step", "`if t > 10 ms then 1 else 0`, or `drive … from 10 ms`"},
    {"where", "`if condition then a else b`"},
    {"ifelse", "`if condition then a else b`"},
    {"piecewise", "`if condition then a else b`"},
    {"rand", "`uniform(0, 1)`"},
    {"random", "`uniform(0, 1)`"},
    {"randn", "`normal(0, 1)`"},
    {"gauss", "`normal(mean, sd)`"},
    {"gaussian", "`normal(mean, sd)`"},
    {"binomial", "`bernoulli(p)` is one trial"},
    {"vtrap", "`vtrap(x, y)` is `y / exprel(x / y)`"}, // of many NMODL files: x / (e^(x/y) - 1)
};

template <typename T> static const T *find(std::span<const T> table, std::string_view name) {
  for (const T &entry : table)
    if (entry.name == name)
      return &entry;
  return nullptr;
}

std::span<const BuiltinFunction> builtinFunctions() { return functionTable; }
std::span<const BuiltinDistribution> builtinDistributions() { return distributionTable; }
std::span<const BuiltinConstant> builtinConstants() { return constantTable; }
const BuiltinFunction *findFunction(std::string_view name) { return find(builtinFunctions(), name); }
const BuiltinDistribution *findDistribution(std::string_view name) { return find(builtinDistributions(), name); }
const BuiltinConstant *findConstant(std::string_view name) { return find(builtinConstants(), name); }

std::string_view insteadOf(std::string_view name) {
  const Elsewhere *known = find(std::span<const Elsewhere>(elsewhereTable), name);
  return known ? known->here : std::string_view();
}

std::string_view name(Function function) {
  if (function == Function::Pow)
    return "pow";
  for (const BuiltinFunction &entry : functionTable)
    if (entry.function == function)
      return entry.name;
  return "";
}

std::string_view name(Distribution distribution) {
  for (const BuiltinDistribution &entry : distributionTable)
    if (entry.distribution == distribution)
      return entry.name;
  return "";
}

static double call(Function function, double x, double y) {
  switch (function) {
  case Function::Exp: return std::exp(x);
  case Function::Expm1: return std::expm1(x);
  case Function::Exprel: return x == 0 ? 1 : std::expm1(x) / x;
  case Function::Log: return std::log(x);
  case Function::Log1p: return std::log1p(x);
  case Function::Log2: return std::log2(x);
  case Function::Log10: return std::log10(x);
  case Function::Sqrt: return std::sqrt(x);
  case Function::Sin: return std::sin(x);
  case Function::Cos: return std::cos(x);
  case Function::Tan: return std::tan(x);
  case Function::Asin: return std::asin(x);
  case Function::Acos: return std::acos(x);
  case Function::Atan: return std::atan(x);
  case Function::Atan2: return std::atan2(x, y);
  case Function::Sinh: return std::sinh(x);
  case Function::Cosh: return std::cosh(x);
  case Function::Tanh: return std::tanh(x);
  case Function::Sigmoid: return 1 / (1 + std::exp(-x));
  case Function::Abs: return std::fabs(x);
  case Function::Sign: return double(x > 0) - double(x < 0);
  case Function::Min: return std::fmin(x, y);
  case Function::Max: return std::fmax(x, y);
  case Function::Floor: return std::floor(x);
  case Function::Ceil: return std::ceil(x);
  case Function::Round: return std::round(x);
  case Function::Mod: return x - y * std::floor(x / y);
  case Function::Pow: return std::pow(x, y);
  case Function::Erf: return std::erf(x);
  }
  return std::nan("");
}

namespace {

/// One evaluation. Nodes may be shared (the arguments of inlined functions), so each is evaluated once.
struct Evaluation {
  const std::function<double(const Expr &)> &leaf;
  std::unordered_map<const Expr *, double> known = {};

  double of(const Expr &expr) {
    if (expr.operands.empty() && expr.op != Op::Random)
      return expr.op == Op::Number ? expr.value : leaf(expr);
    auto [found, isNew] = known.try_emplace(&expr, 0);
    return isNew ? known[&expr] = compute(expr) : found->second;
  }

  double compute(const Expr &expr) {
    auto operand = [&](size_t i) { return i < expr.operands.size() ? of(*expr.operands[i]) : 0.0; };
    switch (expr.op) {
    case Op::Negate: return -operand(0);
    case Op::Add: return operand(0) + operand(1);
    case Op::Sub: return operand(0) - operand(1);
    case Op::Mul: return operand(0) * operand(1);
    case Op::Div: return operand(0) / operand(1);
    case Op::Power: return std::pow(operand(0), expr.power.toDouble());
    case Op::Call: return call(expr.function, operand(0), operand(1));
    case Op::Less: return operand(0) < operand(1);
    case Op::LessEqual: return operand(0) <= operand(1);
    case Op::Greater: return operand(0) > operand(1);
    case Op::GreaterEqual: return operand(0) >= operand(1);
    case Op::Equal: return operand(0) == operand(1);
    case Op::NotEqual: return operand(0) != operand(1);
    case Op::And: return operand(0) != 0 && operand(1) != 0;
    case Op::Or: return operand(0) != 0 || operand(1) != 0;
    case Op::Not: return operand(0) == 0;
    case Op::Select: return operand(0) != 0 ? operand(1) : operand(2);
    default: return leaf(expr);
    }
  }
};

} // namespace

double evaluate(const Expr &expr) {
  return evaluate(expr, [](const Expr &) { return std::nan(""); });
}

double evaluate(const Expr &expr, const std::function<double(const Expr &)> &leaf) { return Evaluation{leaf}.of(expr); }

} // namespace bdc::rules
