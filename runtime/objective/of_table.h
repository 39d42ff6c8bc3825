/// Functionals of series, applied to tables.
#pragma once

#include "runtime/objective/functional.h"

namespace bdc::runtime::objective {

/// F of a table whose rows count as samples. Its other operands are tables, known when it is evaluated.
template <template <class> class F> struct OfTable {
  static Setup asSeries(Setup setup) {
    setup.operands[0].kind = Operand::Kind::series;
    for (size_t i = 1; i < setup.operands.size(); ++i)
      setup.operands[i].isConstant = true;
    return setup;
  }

  template <class T> class Of : public Functional<T> {
  public:
    explicit Of(const Setup &setup) : inner(asSeries(setup)) {}

    static Result<Operand> check(const Setup &setup) { return F<double>::check(asSeries(setup)); }

    Result<Matrix<T>> evaluate(Tables<T> tables) override {
      inner.begin(tables);
      inner.hear(0, rowsOf(*tables[0]));
      return inner.evaluate(tables);
    }

    void pullback(const Matrix<T> &adjoint, Tables<T> tables, Adjoints<T> adjoints) override {
      inner.pullback(adjoint, tables, adjoints);
      if (adjoints[0])
        inner.adjoint(0, rowsOf(*tables[0]), adjoints[0]->values.data());
    }

    int64_t bytes() const override { return inner.bytes(); }

  private:
    static Samples<T> rowsOf(const Matrix<T> &table) { return {0, table.rows, table.columns, table.values.data()}; }

    F<T> inner;
  };
};

} // namespace bdc::runtime::objective
