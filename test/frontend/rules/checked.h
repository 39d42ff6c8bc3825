// Shorthands of the tests of the rules.
#pragma once

#include "frontend/rules/check.h"
#include "frontend/syntax/parser.h"

#include <cmath>
#include <gtest/gtest.h>

namespace bdc::rules::testing {

/// A text and the programs that it comes to.
struct CheckedText {
  explicit CheckedText(std::string text) {
    syntax::File file = syntax::parse(sources, sources.add("test.bd", std::move(text)), engine);
    checked = check(sources, file, engine);
  }

  std::string errors() const { return diag::render(engine, sources); }
  const Program &program() const { return *checked.programs.at(0); }

  const Scalar &scalar(std::string_view path) const {
    for (const Scalar &s : program().scalars)
      if (s.path == path)
        return s;
    ADD_FAILURE() << "no scalar " << path;
    return program().scalars.at(0);
  }
  const Model &model(std::string_view name) const {
    for (const Model &m : program().models)
      if (m.name == name)
        return m;
    ADD_FAILURE() << "no model " << name;
    return program().models.at(0);
  }
  /// The value of an expression over scalars with their defaults; NaN where it draws.
  double value(const Expr *expr) const {
    if (!expr)
      return std::nan("");
    if (expr->op == Op::Scalar)
      return value(program().scalars[expr->index].value);
    Expr copy = *expr;
    std::deque<Expr> parts;
    for (const Expr *&operand : copy.operands) {
      Expr number;
      number.value = value(operand);
      operand = &parts.emplace_back(number);
    }
    return evaluate(copy);
  }
  double valueOf(std::string_view path) const { return value(scalar(path).value); }

  diag::Sources sources;
  diag::Engine engine;
  Checked checked;
};

} // namespace bdc::rules::testing
