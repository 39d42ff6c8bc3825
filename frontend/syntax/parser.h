#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/syntax/ast.h"

namespace bdc::syntax {

/// Reads a file into a tree. Every syntax error goes to `engine`; the tree holds all that could be read, with
/// ErrorExpr where an expression could not, so that later rules can go on without reporting it twice.
File parse(const diag::Sources &sources, diag::SourceId source, diag::Engine &engine);

/// Reads a text that is one expression, such as the value of `--set E.tau="10 ms"`. Never null.
ExprPtr parseExpressionText(const diag::Sources &sources, diag::SourceId source, diag::Engine &engine);

/// The tree as an indented, bracketed text that changes only when the tree does.
std::string dumpTree(const File &file);
std::string dumpTree(const Expr &expr);

} // namespace bdc::syntax
