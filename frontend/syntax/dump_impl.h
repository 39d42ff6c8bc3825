#pragma once

#include "frontend/syntax/parser.h"

#include <fmt/format.h>

/// What the dumps of expressions and statements share.
namespace bdc::syntax {

/// `5{mV}`: a unit in braces, right behind what it belongs to.
std::string withUnit(std::string text, const UnitText &unit);
/// `value` or `name=value`.
std::string dumpArgument(const Argument &argument);
/// Each expression with a blank before it.
std::string dumpEach(const std::vector<ExprPtr> &list);

template <typename List, typename Dump>
std::string joined(const List &list, Dump dump, std::string_view before = " ") {
  std::string result;
  for (const auto &item : list)
    result += fmt::format("{}{}", before, dump(item));
  return result;
}

} // namespace bdc::syntax
