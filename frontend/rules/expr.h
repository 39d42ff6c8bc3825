// Checked expressions: every name resolved, every unit known, every number in the coherent system.
#pragma once

#include "dialects/units/unit.h"
#include "frontend/diagnostics/source.h"

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

namespace bdc::rules {

using diag::Range;

enum class Op : uint8_t {
  // leaves
  Number,   ///< `value`, coherent
  Variable, ///< a param, state, let or input of the model that the expression belongs to: `index` into Model::variables
  Past,     ///< what a state or let was: `index` into Model::variables, and as operand how long ago, over what is constant
  Target,   ///< in an effect: a variable of the target's model, by `name`; see `Projection::target`
  Received, ///< in an effect: the synapse's output called `name`
  Weight,   ///< in a synapse's `on spike`: the weight of the event; in a coupling's `term`: of the connection
  Source,   ///< in a coupling's `term`: the source's quantity, as long ago as the connection's delay
  Sink,     ///< in a coupling's `term`: the target's quantity now (`target`)
  Total,    ///< in a coupling's `output`: the sum of `term` over all connections of a target
  White,    ///< unit white noise (time^(-1/2)), in derivatives and in the output of a noise; each `index` is a process of its own
  Rate,     ///< in a coupling: events of the source per element and time, in the window of the coupling
  Edge,     ///< the weight (`name` "weights") or the length ("lengths") of a connection of Program::connectomes[index]
  Term,     ///< in an objective: the number that Objective::functionals[index] gives
  Scalar,   ///< outside models: `index` into Program::scalars
  Element,  ///< in recordings and summaries: a variable of the recorded population's model: `index` into its Model::variables
  Index,    ///< the number of the element, from 0: where a value is made for each element
  Time,     ///< `t`
  Step,     ///< `dt`
  // arithmetic; Add, Sub, Less … have operands of one dimension
  Negate,
  Add,
  Sub,
  Mul,
  Div,
  Power, ///< one operand to the constant `power`
  Call,  ///< `function` of one or two operands
  // conditions (`isCondition`)
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  And,
  Or,
  Not,
  Select, ///< condition, value where it holds, value where not
  Random, ///< a draw from `distribution`; `name` and `index`, where set, are its stream (purpose and number)
};

/// The functions of one or two operands. `clip` has become Min of Max.
enum class Function : uint8_t {
  Exp,
  Expm1,
  Exprel,
  Log,
  Log1p,
  Log2,
  Log10,
  Sqrt,
  Sin,
  Cos,
  Tan,
  Asin,
  Acos,
  Atan,
  Atan2,
  Sinh,
  Cosh,
  Tanh,
  Sigmoid,
  Abs,
  Sign,
  Min,
  Max,
  Floor,
  Ceil,
  Round,
  Mod,
  Pow,
  Erf,
};

/// uniform(low, high), normal(mean, sd), lognormal(mu, sigma of the logarithm), gamma(shape, scale),
/// exponential(mean), poisson(mean), bernoulli(p).
enum class Distribution : uint8_t { Uniform, Normal, LogNormal, Gamma, Exponential, Poisson, Bernoulli };

/// How many draw numbers one draw owns: rejection methods take one for each try (`tries` in kernels/distributions.h).
constexpr int drawNumbers(Distribution distribution) {
  return distribution == Distribution::Gamma || distribution == Distribution::Poisson ? 64 : 1;
}

std::string_view name(Function function);
std::string_view name(Distribution distribution);

/// One node. Nodes belong to their Program and never move; user functions have been inlined, so a node that an
/// argument became may have several users (a graph without cycles).
struct Expr {
  Op op = Op::Number;
  Function function = Function::Exp;
  Distribution distribution = Distribution::Normal;
  bool isCondition = false;
  double value = 0;
  int index = -1;
  uint32_t id = 0; ///< number of the node in Program::nodes
  units::Rational power;
  std::string name;
  std::vector<const Expr *> operands;
  units::Dimension dimension; ///< none for conditions
  std::string unit;           ///< for display, as the user wrote it where written: "mV", "/ms", "1"; an affine one is a point's
  bool isDifference = false;  ///< of two points on an affine scale: 37 degC - 27 degC
  Range range;
};

/// The value of an expression without names and draws; NaN where it has one.
double evaluate(const Expr &expr);
/// The same with `leaf` for the value of each name and draw.
double evaluate(const Expr &expr, const std::function<double(const Expr &)> &leaf);
/// Nodes that were visited. What an inlined function does with its argument makes graphs with more paths than one can walk.
class Visited {
public:
  /// Whether a node has to be visited: one without operands always, another the first time.
  bool isNew(const Expr &expr) { return expr.operands.empty() || nodes.insert(&expr).second; }

private:
  std::unordered_set<const Expr *> nodes;
};

/// Whether any node of the expression satisfies the predicate.
template <typename Predicate> bool anyNode(const Expr *expr, const Predicate &predicate) {
  Visited visited;
  auto visit = [&](const auto &self, const Expr *at) -> bool {
    if (!at || !visited.isNew(*at))
      return false;
    return predicate(*at) || std::any_of(at->operands.begin(), at->operands.end(), [&](const Expr *operand) { return self(self, operand); });
  };
  return visit(visit, expr);
}

/// Whether a value is made for each element: it draws, or reads the element's number.
inline bool isPerElement(const Expr *expr) {
  return anyNode(expr, [](const Expr &e) { return e.op == Op::Random || e.op == Op::Index; });
}

} // namespace bdc::rules
