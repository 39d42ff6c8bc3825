/// Functionals of spikes.
#pragma once

#include "runtime/objective/functional.h"

namespace bdc::runtime::objective {

/// use(step, element, indicator) of all spikes, in the order of steps and elements; of indicators, of all that are not 0 or have
/// a derivative that is not.
template <class T, class Use> void eachSpike(const Spikes<T> &batch, Use &&use) {
  if (!batch.indicators) {
    for (size_t i = 0; i < batch.times.size(); ++i)
      use(batch.times[i], static_cast<int64_t>(batch.sources[i]), T(1));
    return;
  }
  for (int64_t k = 0; k < batch.steps * batch.elements; ++k)
    if (!isZero(batch.indicators[k]))
      use(batch.first + k / batch.elements, k % batch.elements, batch.indicators[k]);
}

/// Spikes per time: of the mean element, or of each.
template <class T> class Rate : public Functional<T> {
public:
  explicit Rate(const Setup &setup);
  static Result<Operand> check(const Setup &setup);

  using Functional<T>::hear;
  using Functional<T>::adjoint;
  void begin(Tables<T>) override;
  void hear(int, const Spikes<T> &batch) override;
  Result<Matrix<T>> evaluate(Tables<T>) override;
  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) override;
  void adjoint(int, const Spikes<T> &again, T *out) override;

  /// Per ms, where this much time was measured; NaN where none was.
  T value(double measured_ms, int64_t group = 0) const { return counts[group] / T(spikesPerRate(measured_ms)); }

private:
  /// Elements times time; NaN where none was measured.
  double spikesPerRate(double measured_ms) const;
  double measured_ms() const { return static_cast<double>(steps) * operand.interval_ms; }

  Operand operand;
  int64_t steps = 0;
  std::vector<T> counts, slopes; ///< one for all elements, or one each
};

} // namespace bdc::runtime::objective
