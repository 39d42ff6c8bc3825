// What is said of units in more places than one.
#pragma once

#include "frontend/rules/expressions.h"

namespace bdc::rules {

/// What `Context::expect` does. Of a bare number in a list or a bracket in which all are bare, `of`, the way out is one unit for all
/// of them: `[1, 2] ms`.
bool expectOf(Context &context, const syntax::Expr &of, const Expr &value, const Expected &expected, const std::string &place);

/// `Context::expect` with a way out of its own for a number without a unit.
bool expectOr(Context &context, const Expr &value, const Expected &expected, const std::string &place, std::string help);

/// Reports a lognormal value in an affine unit.
void reportLogarithm(Context &context, Range range, std::string_view scale, std::string_view place);

} // namespace bdc::rules
