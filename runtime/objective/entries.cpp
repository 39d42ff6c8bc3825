#include "runtime/objective/entries.h"

#include "runtime/objective/lines.h"

#include <fmt/format.h>

#include <cmath>

namespace bdc::runtime::objective {
namespace {

/// use(place in the table), entry by entry.
template <class Use> void eachEntry(int64_t rows, int64_t columns, Use &&use) {
  const bool isList = rows == 1 || columns == 1;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = isList ? 0 : i + 1; j < columns; ++j)
      use(i * columns + j);
}

} // namespace

Result<int64_t> entryCount(const Operand &operand, int64_t least) {
  const bool isList = operand.rows == 1 || operand.columns == 1;
  if (!isList && operand.rows != operand.columns)
    return inputError(fmt::format("`{}` is {} by {}; it takes a square matrix, whose upper triangle counts, or a list",
                                  operand.text, operand.rows, operand.columns));
  const int64_t count = isList ? operand.rows * operand.columns : operand.rows * (operand.rows - 1) / 2;
  if (count < least)
    return inputError(fmt::format("`{}` is {} by {}, which is {} number{} to compare; it takes {}", operand.text, operand.rows,
                                  operand.columns, count, count == 1 ? "" : "s", least));
  return count;
}

template <class T> std::vector<T> entriesOf(const Matrix<T> &table) {
  std::vector<T> out;
  eachEntry(table.rows, table.columns, [&](int64_t at) { out.push_back(table.values[at]); });
  return out;
}

template <class T> void addToEntries(const std::vector<T> &values, Matrix<T> &table) {
  size_t next = 0;
  eachEntry(table.rows, table.columns, [&](int64_t at) { table.values[at] += values[next++]; });
}

template <class T> Status checkSymmetric(const Operand &operand, const Matrix<T> &table) {
  if (!operand.isConstant || table.rows != table.columns)
    return {};
  constexpr double digits = 1e-6; // what a text file may have lost
  for (int64_t i = 0; i < table.rows; ++i)
    for (int64_t j = i + 1; j < table.columns; ++j) {
      const double a = valueOf(table.row(i)[j]), b = valueOf(table.row(j)[i]);
      if (std::abs(a - b) > digits * std::max(std::abs(a), std::abs(b)))
        return inputError(
            fmt::format("`{}` is not symmetric: [{}][{}] is {:.6g}, [{}][{}] is {:.6g}", operand.text, i, j, a, j, i, b),
            "only the upper triangle would count");
    }
  return {};
}

namespace {

/// The upper triangle of a square table, row by row, as a list.
template <class T> class UpperTriangle : public Functional<T> {
public:
  explicit UpperTriangle(const Setup &setup) : operand(setup.operands[0]) {}

  static Result<Operand> check(const Setup &setup) {
    const Operand &of = setup.operands[0];
    if (of.rows != of.columns || of.rows < 2)
      return inputError(fmt::format("`{}` is {} by {}; it takes a square matrix", of.text, of.rows, of.columns));
    return tableOf(1, of.rows * (of.rows - 1) / 2);
  }

  Result<Matrix<T>> evaluate(Tables<T> tables) override {
    if (Status s = checkSymmetric(operand, *tables[0]); !s)
      return s.error();
    Matrix<T> out;
    out.values = entriesOf(*tables[0]);
    out.rows = 1;
    out.columns = static_cast<int64_t>(out.values.size());
    return out;
  }

  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T> adjoints) override {
    if (adjoints[0])
      addToEntries(adjoint.values, *adjoints[0]);
  }

private:
  Operand operand;
};

} // namespace

void addTriangle(std::vector<Function> &table) {
  table.push_back(line<UpperTriangle>("triangle", {Operand::Kind::table}, {1, 0, UnitRule::Operands::any, true}));
}

#define INSTANTIATE(T)                                                                                                           \
  template std::vector<T> entriesOf(const Matrix<T> &);                                                                          \
  template void addToEntries(const std::vector<T> &, Matrix<T> &);                                                               \
  template Status checkSymmetric(const Operand &, const Matrix<T> &);
INSTANTIATE(double)
INSTANTIATE(Dual)

} // namespace bdc::runtime::objective
