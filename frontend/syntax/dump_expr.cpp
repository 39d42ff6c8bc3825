#include "frontend/syntax/dump_impl.h"

#include <fmt/format.h>

namespace bdc::syntax {

std::string withUnit(std::string text, const UnitText &unit) {
  return unit ? fmt::format("{}{{{}}}", text, unit.text) : text;
}

std::string dumpArgument(const Argument &argument) {
  std::string value = dumpTree(*argument.value);
  return argument.name ? fmt::format("{}={}", argument.name.text, value) : value;
}

std::string dumpEach(const std::vector<ExprPtr> &list) {
  return joined(list, [](const ExprPtr &item) { return dumpTree(*item); });
}

namespace {

std::string optional(const ExprPtr &expr) { return expr ? dumpTree(*expr) : std::string(); }

std::string dumpSubscript(const Subscript &subscript) {
  if (subscript.isSlice) {
    std::string step = subscript.step ? ":" + dumpTree(*subscript.step) : "";
    return fmt::format("{}:{}{}", optional(subscript.start), optional(subscript.stop), step);
  }
  if (subscript.except)
    return fmt::format("(except {} {})", dumpTree(*subscript.index), dumpTree(*subscript.except));
  return optional(subscript.index);
}

} // namespace

std::string dumpTree(const Expr &expr) {
  switch (expr.kind) {
  case ExprKind::Number: {
    const auto &number = as<NumberExpr>(expr);
    return withUnit(std::string(number.text), number.unit);
  }
  case ExprKind::String: return fmt::format("\"{}\"", as<StringExpr>(expr).text);
  case ExprKind::Name: return std::string(as<NameExpr>(expr).name.text);
  case ExprKind::Member: {
    const auto &member = as<MemberExpr>(expr);
    return fmt::format("{}.{}", dumpTree(*member.base), member.member.text);
  }
  case ExprKind::Index: {
    const auto &index = as<IndexExpr>(expr);
    return fmt::format("(index {}{})", dumpTree(*index.base), joined(index.subscripts, dumpSubscript));
  }
  case ExprKind::Call: {
    const auto &call = as<CallExpr>(expr);
    return withUnit(fmt::format("(call {}{})", dumpTree(*call.callee), joined(call.arguments, dumpArgument)), call.unit);
  }
  case ExprKind::Unary: {
    const auto &unary = as<UnaryExpr>(expr);
    return fmt::format("({} {})", unary.op == UnaryOp::Not ? "not" : "-", dumpTree(*unary.operand));
  }
  case ExprKind::Binary: {
    const auto &binary = as<BinaryExpr>(expr);
    return fmt::format("({} {} {})", symbol(binary.op), dumpTree(*binary.left), dumpTree(*binary.right));
  }
  case ExprKind::If: {
    const auto &choice = as<IfExpr>(expr);
    return fmt::format("(if {} {} {})", dumpTree(*choice.condition), dumpTree(*choice.yes), dumpTree(*choice.no));
  }
  case ExprKind::List: {
    const auto &list = as<ListExpr>(expr);
    return withUnit(fmt::format("(list{})", dumpEach(list.items)), list.unit);
  }
  case ExprKind::Every: {
    const auto &every = as<EveryExpr>(expr);
    return fmt::format("(every {} {})", dumpTree(*every.value), dumpTree(*every.interval));
  }
  case ExprKind::Error: return "(error)";
  }
  return "";
}

} // namespace bdc::syntax
