// What an expression of a model reads, itself or through plain values (lets).
#pragma once

#include "frontend/rules/program.h"

#include <set>

namespace bdc::rules {

/// As findRead, but passes over the plain values in `seen`, in which nothing was found.
template <typename Predicate>
const Expr *findRead(const Model &model, const Expr *expr, const Predicate &predicate, std::set<int> &seen) {
  const Expr *found = nullptr;
  anyNode(expr, [&](const Expr &e) {
    bool isLet = (e.op == Op::Variable || e.op == Op::Element) && model.variables[e.index].role == VariableRole::Let;
    if (predicate(e) || (isLet && seen.insert(e.index).second && findRead(model, model.variables[e.index].value, predicate, seen)))
      found = &e;
    return found != nullptr;
  });
  return found;
}

/// The first node of `expr` that fulfils `predicate`, or that reads a plain value in which there is one; null where there is none.
template <typename Predicate> const Expr *findRead(const Model &model, const Expr *expr, const Predicate &predicate) {
  std::set<int> seen;
  return findRead(model, expr, predicate, seen);
}

/// Where `white` is read in an expression, be it in another that it reads; null where it is not.
const Expr *whiteIn(const Model &model, const Expr *expr);

/// Whether the output of a noise is white itself.
bool isWhite(const Model &noise);

bool readsInput(const Model &model, const Expr *expr, int input);

} // namespace bdc::rules
