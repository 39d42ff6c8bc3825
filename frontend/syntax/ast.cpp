#include "frontend/syntax/ast.h"

namespace bdc::syntax {

std::string_view calleeOf(const Expr *expr) {
  auto *call = dynAs<CallExpr>(expr);
  auto *callee = call ? dynAs<NameExpr>(call->callee) : nullptr;
  return callee ? callee->name.text : std::string_view();
}

std::string_view symbol(BinaryOp op) {
  switch (op) {
  case BinaryOp::Add: return "+";
  case BinaryOp::Sub: return "-";
  case BinaryOp::Mul: return "*";
  case BinaryOp::Div: return "/";
  case BinaryOp::Pow: return "^";
  case BinaryOp::Less: return "<";
  case BinaryOp::LessEqual: return "<=";
  case BinaryOp::Greater: return ">";
  case BinaryOp::GreaterEqual: return ">=";
  case BinaryOp::Equal: return "==";
  case BinaryOp::NotEqual: return "!=";
  case BinaryOp::And: return "and";
  case BinaryOp::Or: return "or";
  case BinaryOp::Against: return "against";
  }
  return "";
}

std::string_view symbol(UpdateOp op) {
  switch (op) {
  case UpdateOp::Set: return "=";
  case UpdateOp::Add: return "+=";
  case UpdateOp::Sub: return "-=";
  case UpdateOp::Mul: return "*=";
  case UpdateOp::Div: return "/=";
  }
  return "";
}

} // namespace bdc::syntax
