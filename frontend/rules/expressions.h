// Checking expressions: syntax in, checked nodes out.
#pragma once

#include "frontend/rules/builtins.h"
#include "frontend/rules/context.h"

#include <map>
#include <utility>

namespace bdc::rules {

/// What names mean at some place.
class Scope {
public:
  /// A name that is known but in error gives no expression: it has been reported.
  struct Answer {
    bool known = false;
    const Expr *expr = nullptr;
  };

  virtual ~Scope() = default;
  virtual Answer name(const syntax::Name &name) = 0;
  /// `E.tau`, `target.v`.
  virtual Answer member(const syntax::MemberExpr &) { return {}; }
  /// `E.v[0:10]`, where slices have a meaning.
  virtual Answer index(const syntax::IndexExpr &) { return {}; }
  /// `rate(E, window = 2 ms)`, where it has a meaning.
  virtual Answer call(const syntax::CallExpr &) { return {}; }
  /// The names that `name` knows, for suggestions.
  virtual void candidates(std::vector<std::string_view> &names) const = 0;
  /// What is meant by a name that it does not know, where that is something it knows under another; empty otherwise.
  virtual std::string meantBy(std::string_view) const { return ""; }

  const FileScope *file = nullptr; ///< where user functions are looked up
  Range extent;                    ///< of the definition that declares the names
  Range missedIn;                  ///< the one in which a missing name is missed, where that is another
  bool allowsDraws = false;
  bool allowsTime = false; ///< `t`
  bool allowsIndex = false; ///< `index`
  bool knowsValuesAlone = false; ///< no name is one of a population
};

/// One expression tree being checked. A null result stands for "in error, and reported"; nothing that depends on it is
/// reported again.
class ExprChecker {
public:
  /// `place` completes "units do not agree in …": "the derivative of v".
  ExprChecker(Context &context, Scope &scope, std::string place) : context(context), scope(&scope), place(std::move(place)) {}

  const Expr *number(const syntax::Expr &expr);
  const Expr *condition(const syntax::Expr &expr);
  const Expr *numberOrCondition(const syntax::Expr &expr) { return check(expr); }
  /// A number with a unit that its declaration gives: a bare number, or a distribution of bare numbers, is in it.
  const Expr *declared(const syntax::Expr &expr, const units::Unit &unit);
  /// What a surrogate is at `x`.
  const Expr *surrogate(const syntax::CallExpr &expr, const Definition &definition, const Expr *x) { return userFunction(expr, definition, x); }
  /// A number that is added to something: never a point on an affine scale.
  const Expr *increment(const syntax::Expr &expr, std::string_view what);

private:
  const Expr *check(const syntax::Expr &expr);
  bool takesInName(const syntax::NumberExpr &expr);
  const Expr *literal(const syntax::NumberExpr &expr, Range range, bool negative);
  const Expr *name(const syntax::NameExpr &expr);
  const Expr *member(const syntax::MemberExpr &expr);
  const Expr *unary(const syntax::UnaryExpr &expr);
  const Expr *binary(const syntax::BinaryExpr &expr);
  const Expr *power(const syntax::BinaryExpr &expr);
  const Expr *sum(const syntax::BinaryExpr &expr, Op op, const Expr *left, const Expr *right);
  bool hasPlainUnit(const Expr &expr);
  const Expr *conditional(const syntax::IfExpr &expr);
  const Expr *call(const syntax::CallExpr &expr);
  const Expr *builtin(const syntax::CallExpr &expr, const BuiltinFunction &function);
  const Expr *clip(const syntax::CallExpr &expr);
  const Expr *draw(const syntax::CallExpr &expr, const BuiltinDistribution &distribution, const units::Unit *unit);
  /// `first`: the value of the first parameter, where the call does not give it.
  const Expr *userFunction(const syntax::CallExpr &expr, const Definition &definition, const Expr *first = nullptr);
  size_t parameter(const syntax::FunctionDecl &function, const syntax::Name &name);
  const Expr *misplaced(const syntax::Expr &expr);

  const Expr *judgeArguments(const syntax::CallExpr &expr);
  bool hasNoUnit(const syntax::CallExpr &expr);
  bool countArguments(const syntax::CallExpr &expr, std::string_view name, size_t least, size_t most);
  bool isUnit(const syntax::Expr &expr) const;
  bool reportUnit(const syntax::Expr &expr);
  bool reportSplitUnit(const syntax::BinaryExpr &expr);
  std::string splitUnit(const syntax::Expr &expr, Range &rest) const;
  bool agree(const Expr &left, const Expr &right);

  // affine.cpp
  const Expr *misusedPoint(const Expr &point, Range range, std::string_view message);
  const Expr *movePoint(Expr *result, const Expr &left, const Expr &right);
  const Expr *scalePoint(Expr *result, const Expr &left, const Expr &right);
  bool samePoints(const Expr &left, const Expr &right);
  bool noPoint(const Expr &expr, std::string_view what);

  bool pure(const Expr &expr, std::string_view what);
  const Expr *join(Op op, Range range, const Expr *left, const Expr *right, Function function = Function::Min);

  Context &context;
  Scope *scope;
  std::string place;
  /// Of sums that do not agree: the two terms that do not. What is added behind must agree with one of them.
  std::map<const syntax::Expr *, std::pair<const Expr *, const Expr *>> torn;
  bool hasBareUnit = false; ///< a unit without its number has been reported
};

/// Whether a value is a point on an affine scale.
bool isPoint(const Expr &expr);
/// Whether a value is a 0 without a unit, which takes any but is no point on such a scale.
bool isBareZero(const Expr &expr);
void reportBareZero(Context &context, Range zero, std::string_view scale, std::string_view place);
/// Reports one where it has no meaning.
void reportPoint(Context &context, const Expr &point, Range range, std::string_view message, std::string_view place);

/// A number that is written out: an exact fraction of whole numbers and decimals, without names and units.
std::optional<units::Rational> rationalOf(const syntax::Expr &expr);
/// Whether an expression is made of numbers without units alone.
bool isBare(const syntax::Expr &expr);

} // namespace bdc::rules
