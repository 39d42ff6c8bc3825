#include "runtime/objective/correlation.h"

#include "runtime/objective/lines.h"

#include <fmt/format.h>

#include <limits>

namespace bdc::runtime::objective {

template <class T>
Correlation<T>::Correlation(const Setup &setup)
    : operand(setup.operands[0]),
      reverse(setup.reverse),
      size(operand.columns),
      sums(size) {}

template <class T> Result<Operand> Correlation<T>::check(const Setup &setup) {
  if (Status s = needsTwoElements(setup.operands[0], "correlation"); !s)
    return s.error();
  const Operand &of = setup.operands[0];
  return tableOf(of.columns, of.columns, of.names);
}

template <class T> void Correlation<T>::hear(int, const Samples<T> &batch) {
  for (int64_t row = 0; row < batch.rows; ++row)
    sums.add(batch.row(row));
}

template <class T> std::vector<T> Correlation<T>::matrix() const {
  if (sums.count() < 2)
    return std::vector<T>(static_cast<size_t>(size * size), T(std::numeric_limits<double>::quiet_NaN()));
  return correlationOf(sums.centred().products, size);
}

template <class T> Result<Matrix<T>> Correlation<T>::evaluate(Tables<T>) {
  if (sums.count() < 2)
    return noValue(fmt::format("`{}` has {} sample{}, and a correlation takes two", operand.text, sums.count(),
                               sums.count() == 1 ? "" : "s"));
  const auto centred = sums.centred();
  if (const int64_t flat = findFlat(centred.products.data(), centred.means.data(), size, sums.count()); flat >= 0)
    return noValue(fmt::format("{} of `{}` does not change, so it correlates with nothing", operand.element(flat), operand.text),
                   "leave it out, or let it start elsewhere");
  Matrix<T> out(size, size);
  out.values = correlationOf(centred.products, size);
  return out;
}

template <class T> void Correlation<T>::pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) {
  std::vector<T> g(adjoint.values.size(), T(0));
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = i + 1; j < size; ++j)
      g[i * size + j] = adjoint.values[i * size + j] + adjoint.values[j * size + i];
  auto centred = sums.centred();
  slopes = correlationSlopes(centred.products, g, size);
  means = std::move(centred.means);
}

template <class T> void Correlation<T>::adjoint(int, const Samples<T> &again, T *out) {
  addSymmetric(slopes.data(), size, again.values, again.rows, means.data(), out);
}

template <class T> int64_t Correlation<T>::bytes() const {
  return PairSums<T>::bytes(size) + (reverse ? 2 : 1) * size * (size + 1) * static_cast<int64_t>(sizeof(T));
}

template class Correlation<double>;
template class Correlation<Dual>;

void addCorrelation(std::vector<Function> &table) { addBoth<Correlation>(table, "correlation", {}); }

} // namespace bdc::runtime::objective
