// Checking `sweep`: which parameters take which values, with what units.
#pragma once

#include "frontend/rules/network.h"

namespace bdc::rules {

/// Adds the statement to the program's experiment. `scope` knows the names that its values may read.
void checkSweep(Context &context, NetworkBuilder &network, Scope &scope, const syntax::SweepStmt &stmt);

/// `y against x`, or null.
const syntax::BinaryExpr *againstOf(const syntax::Expr &expr);

} // namespace bdc::rules
