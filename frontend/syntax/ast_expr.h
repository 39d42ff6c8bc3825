#pragma once

#include "frontend/diagnostics/source.h"

#include <cassert>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The syntax tree's expressions, and the names and units in them.
namespace bdc::syntax {

using diag::Range;

struct Name {
  std::string_view text;
  Range range;

  explicit operator bool() const { return !text.empty(); }
};

/// A unit as written (`mS/cm^2`, `/s^(1/2)`, `%`), without the blanks around it.
struct UnitText {
  std::string_view text;
  Range range;

  explicit operator bool() const { return !text.empty(); }
};

enum class ExprKind : uint8_t { Number, String, Name, Member, Index, Call, Unary, Binary, If, List, Every, Error };

struct Expr {
  const ExprKind kind;
  Range range;

  explicit Expr(ExprKind kind) : kind(kind) {}
  virtual ~Expr() = default;
};
using ExprPtr = std::unique_ptr<Expr>;

/// A node of a kind, or null: `if (auto *call = dynAs<CallExpr>(expr))`. Takes pointers, smart or not.
template <typename T, typename P>
const T *dynAs(const P &node) {
  return node && node->kind == T::Kind ? static_cast<const T *>(&*node) : nullptr;
}
/// A node that is known to be of a kind.
template <typename T, typename N>
const T &as(const N &node) {
  assert(node.kind == T::Kind);
  return static_cast<const T &>(node);
}

template <ExprKind K>
struct ExprOf : Expr {
  static constexpr ExprKind Kind = K;
  ExprOf() : Expr(K) {}
};

/// `5`, `5 ms`, `-60 mV` (a sign right before the digits belongs to the number), `0.02 /s^(1/2)`.
struct NumberExpr : ExprOf<ExprKind::Number> {
  double value = 0;
  std::string_view text; ///< sign and digits as written, without the unit
  UnitText unit;         ///< empty for a bare number
};

/// `"connectome.h5"`: the text between the quotes.
struct StringExpr : ExprOf<ExprKind::String> {
  std::string_view text;
};

struct NameExpr : ExprOf<ExprKind::Name> {
  Name name;
};

/// `E.v`, `target.v`.
struct MemberExpr : ExprOf<ExprKind::Member> {
  ExprPtr base;
  Name member;
};

/// What stands between `[` and `]`: one index (`index`), or a slice of Python (`start:stop:step`, each may
/// be absent). `SC except "lV1"` has both `index` and `except`.
struct Subscript {
  bool isSlice = false;
  ExprPtr index;
  ExprPtr start, stop, step;
  ExprPtr except;
  Range range;
};

/// `E.v[0:10]`, `x[t - d]`, `cells[0]`.
struct IndexExpr : ExprOf<ExprKind::Index> {
  ExprPtr base;
  std::vector<Subscript> subscripts;
};

/// An argument of a call, or an option of a statement (`dt = 0.1 ms`); `name` is empty for one by position.
struct Argument {
  Name name;
  ExprPtr value;
  Range range;
};

/// `exp(x)`, `random(p = 0.1)`, `cells.v(soma)`, `normal(-0.02, 0.01) Hz`.
struct CallExpr : ExprOf<ExprKind::Call> {
  ExprPtr callee; ///< a NameExpr or a MemberExpr
  std::vector<Argument> arguments;
  UnitText unit; ///< after the closing bracket: the unit of all its bare numbers; only distributions may have one
};

enum class UnaryOp : uint8_t { Negate, Not };

struct UnaryExpr : ExprOf<ExprKind::Unary> {
  UnaryOp op = UnaryOp::Negate;
  ExprPtr operand;
};

/// `Against` is a plot's `y against x`.
enum class BinaryOp : uint8_t { Add, Sub, Mul, Div, Pow, Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual, And, Or, Against };

struct BinaryExpr : ExprOf<ExprKind::Binary> {
  BinaryOp op = BinaryOp::Add;
  ExprPtr left, right;
  Range opRange;
};

/// `if condition then yes else no`.
struct IfExpr : ExprOf<ExprKind::If> {
  ExprPtr condition, yes, no;
};

/// `[0, 3] Hz`: a range, or a list of values.
struct ListExpr : ExprOf<ExprKind::List> {
  std::vector<ExprPtr> items;
  UnitText unit; ///< the unit of all its bare numbers
};

/// `area.x every 700 ms`, inside a call.
struct EveryExpr : ExprOf<ExprKind::Every> {
  ExprPtr value, interval;
};

/// Stands where an expression was expected and none could be read; it has been reported.
struct ErrorExpr : ExprOf<ExprKind::Error> {};

/// `name` of `name(…)`; empty for anything else, and for null.
std::string_view calleeOf(const Expr *expr);

std::string_view symbol(BinaryOp op);

} // namespace bdc::syntax
