#include "runtime/objective/lines.h"
#include "runtime/objective/spike_trains.h"

#include <fmt/format.h>

#include <limits>

namespace bdc::runtime::objective {

template <class T>
Rate<T>::Rate(const Setup &setup)
    : operand(setup.operands[0]),
      counts(static_cast<size_t>(setup.options.overRows != 0 ? operand.columns : 1)) {}

template <class T> Result<Operand> Rate<T>::check(const Setup &setup) {
  return tableOf(1, setup.options.overRows != 0 ? setup.operands[0].columns : 1);
}

template <class T> void Rate<T>::begin(Tables<T>) {
  steps = 0;
  counts.assign(counts.size(), T(0));
}

template <class T> void Rate<T>::hear(int, const Spikes<T> &batch) {
  eachSpike(batch, [&](int64_t, int64_t element, T indicator) { counts[counts.size() == 1 ? 0 : element] += indicator; });
  steps += batch.steps;
}

template <class T> double Rate<T>::spikesPerRate(double measured_ms) const {
  const double elements = counts.size() == 1 ? static_cast<double>(operand.columns) : 1;
  return measured_ms > 0 ? elements * measured_ms : std::numeric_limits<double>::quiet_NaN();
}

template <class T> Result<Matrix<T>> Rate<T>::evaluate(Tables<T>) {
  if (steps == 0)
    return noValue(fmt::format("no time was measured of `{}`", operand.text));
  Matrix<T> out(1, static_cast<int64_t>(counts.size()));
  for (int64_t i = 0; i < out.columns; ++i)
    out.values[i] = value(measured_ms(), i);
  return out;
}

template <class T> void Rate<T>::pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) {
  slopes = adjoint.values;
  for (T &slope : slopes)
    slope /= T(spikesPerRate(measured_ms()));
}

template <class T> void Rate<T>::adjoint(int, const Spikes<T> &again, T *out) {
  for (int64_t k = 0; k < again.steps * again.elements; ++k)
    out[k] += slopes[slopes.size() == 1 ? 0 : k % again.elements];
}

template class Rate<double>;
template class Rate<Dual>;

void addRate(std::vector<Function> &table) {
  table.push_back(line<Rate>("rate", {Operand::Kind::spikes}, {0, -1}, {"over_rows"}));
}

} // namespace bdc::runtime::objective
