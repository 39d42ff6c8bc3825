#include "runtime/objective/reductions.h"

#include "runtime/objective/lines.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace bdc::runtime::objective {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

int64_t groupsOf(const Setup &setup) { return setup.options.overRows != 0 ? setup.operands[0].columns : 1; }

Result<Operand> shapeOf(const Setup &setup) {
  Operand out = tableOf(1, groupsOf(setup));
  if (setup.options.overRows != 0) {
    out.names = setup.operands[0].names;
    out.frequencyStep = setup.operands[0].frequencyStep;
  }
  return out;
}

} // namespace

template <class T> Moments<T>::Moments(const Setup &setup, Moment moment) : moment(moment), groups(groupsOf(setup)) {}

template <class T> Result<Operand> Moments<T>::check(const Setup &setup) { return shapeOf(setup); }

template <class T> void Moments<T>::begin(Tables<T>) { heard = 0; }

template <class T> void Moments<T>::hear(int, const Samples<T> &batch) {
  if (heard == 0 && batch.rows > 0) {
    shift.assign(batch.values, batch.values + groups);
    sums.assign(static_cast<size_t>(groups), T(0));
    squares = sums;
  }
  for (int64_t row = 0; row < batch.rows; ++row)
    for (int64_t i = 0; i < batch.columns; ++i) {
      const int64_t group = groups == 1 ? 0 : i;
      const T d = batch.row(row)[i] - shift[group];
      sums[group] += d;
      squares[group] += d * d;
    }
  heard += batch.rows * batch.columns / groups;
}

template <class T> T Moments<T>::variance(int64_t group) const {
  const T mean = sums[group] / count();
  const T variance = squares[group] / count() - mean * mean;
  return valueOf(variance) < 0 ? T(0) : variance;
}

template <class T> T Moments<T>::value(int64_t group) const {
  if (heard == 0)
    return nothing;
  switch (moment) {
  case Moment::mean: return shift[group] + sums[group] / count();
  case Moment::sum: return count() * shift[group] + sums[group];
  case Moment::variance: return variance(group);
  case Moment::std: return root(variance(group));
  }
}

template <class T> Result<Matrix<T>> Moments<T>::evaluate(Tables<T>) {
  if (heard == 0)
    return noValue("there are no samples");
  const bool isSpread = moment == Moment::variance || moment == Moment::std;
  if (isSpread && heard < 2)
    return noValue("one number has no spread: it takes two samples");
  Matrix<T> out(1, groups);
  for (int64_t g = 0; g < groups; ++g)
    out.values[g] = value(g);
  return out;
}

template <class T> void Moments<T>::pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) {
  slope.assign(static_cast<size_t>(groups), T(0));
  growth = slope;
  for (int64_t g = 0; g < groups; ++g) {
    const T a = adjoint.values[g];
    switch (moment) {
    case Moment::mean: slope[g] = a / count(); break;
    case Moment::sum: slope[g] = a; break;
    case Moment::variance: growth[g] = T(2) * a / count(); break;
    case Moment::std:
      if (const T std = value(g); valueOf(std) > 0)
        growth[g] = a / (count() * std);
      break;
    }
    slope[g] -= growth[g] * sums[g] / count();
  }
}

template <class T> void Moments<T>::adjoint(int, const Samples<T> &again, T *out) {
  for (int64_t row = 0; row < again.rows; ++row)
    for (int64_t i = 0; i < again.columns; ++i) {
      const int64_t group = groups == 1 ? 0 : i;
      out[row * again.columns + i] += slope[group] + growth[group] * (again.row(row)[i] - shift[group]);
    }
}

template <class T>
Extremes<T>::Extremes(const Setup &setup, double sign) : sign(sign),
                                                         found(static_cast<size_t>(groupsOf(setup))) {}

template <class T> Result<Operand> Extremes<T>::check(const Setup &setup) { return shapeOf(setup); }

template <class T> void Extremes<T>::begin(Tables<T>) {
  rows = 0;
  found.assign(found.size(), {});
}

template <class T> void Extremes<T>::hear(int, const Samples<T> &batch) {
  for (int64_t row = 0; row < batch.rows; ++row)
    for (int64_t i = 0; i < batch.columns; ++i) {
      const T x = batch.row(row)[i];
      Found &best = found[found.size() == 1 ? 0 : i];
      // What is not a number is neither less nor more, and stays.
      if (best.row < 0 || sign * valueOf(x) > sign * valueOf(best.value) || (std::isnan(valueOf(x)) && !std::isnan(valueOf(best.value))))
        best = {x, rows + row, i, T(0)};
    }
  rows += batch.rows;
}

template <class T> T Extremes<T>::value(int64_t group) const { return found[group].row < 0 ? T(nothing) : found[group].value; }

template <class T> Result<Matrix<T>> Extremes<T>::evaluate(Tables<T>) {
  if (rows == 0)
    return noValue("there are no samples");
  Matrix<T> out(1, static_cast<int64_t>(found.size()));
  for (size_t g = 0; g < found.size(); ++g)
    out.values[g] = found[g].value;
  return out;
}

template <class T> void Extremes<T>::pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) {
  for (size_t g = 0; g < found.size(); ++g)
    found[g].adjoint = adjoint.values[g];
}

template <class T> void Extremes<T>::adjoint(int, const Samples<T> &again, T *out) {
  for (const Found &f : found)
    if (f.row >= again.first && f.row < again.first + again.rows)
      out[(f.row - again.first) * again.columns + f.column] += f.adjoint;
}

template class Moments<double>;
template class Moments<Dual>;
template class Extremes<double>;
template class Extremes<Dual>;

void addReductions(std::vector<Function> &table) {
  const UnitRule value{1, 0, UnitRule::Operands::any, true}, difference{1}, square{2};
  addBoth<Mean>(table, "mean", value, {"over_rows"});
  addBoth<Sum>(table, "sum", difference, {"over_rows"});
  addBoth<Variance>(table, "variance", square, {"over_rows"});
  addBoth<Deviation>(table, "std", difference, {"over_rows"});
  addBoth<Least>(table, "min", value, {"over_rows"});
  addBoth<Greatest>(table, "max", value, {"over_rows"});
}

} // namespace bdc::runtime::objective
