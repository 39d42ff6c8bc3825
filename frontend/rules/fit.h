// Checking `fit`: which parameters move within which bounds, and how they are searched for.
#pragma once

#include "frontend/rules/network.h"

namespace bdc::rules {

/// Adds the statement to the program's experiment. `scope` knows the names that its numbers may read.
/// `objective`: what becomes small; null where it is in error.
void checkFit(Context &context, NetworkBuilder &network, Scope &scope, const syntax::FitStmt &stmt, const Expr *objective);

/// Reports what reads the one number of a param that a fit gives a value for each element: it would keep that number. Called when the
/// whole program has been read.
void checkFittedElements(Context &context);

} // namespace bdc::rules
