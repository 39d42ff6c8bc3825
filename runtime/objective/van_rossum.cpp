/// Van Rossum's distance of spike trains (2001, Neural Comput. 13:751-763): every spike becomes exp(-(t - t_spike) / tau), and
/// the distance is 1 / tau * the integral over all time of the squared difference. Of many elements it is the mean over elements,
/// each with its partner. One spike more or less is 1/2, two that are far apart are 1.
///
/// Everything is exact: between spikes, the difference h decays as exp(-t / tau), so an interval from a to b adds
/// h(a)^2 (1 - exp(-2 (b - a) / tau)) / 2, and the time after the last spike h^2 / 2.
#include "runtime/objective/lines.h"
#include "runtime/objective/spike_trains.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime::objective {
namespace {

template <class T> class VanRossum : public Functional<T> {
public:
  explicit VanRossum(const Setup &setup)
      : operands(setup.operands),
        elements(operands[0].columns),
        rate(operands[0].interval_ms / setup.options.tau_ms) {}

  static Result<Operand> check(const Setup &setup) {
    const Operand &a = setup.operands[0], &b = setup.operands[1];
    if (!(setup.options.tau_ms > 0))
      return inputError("it needs `tau`, the time for which a spike is remembered");
    if (a.columns != b.columns)
      return inputError(fmt::format("`{}` has {} elements, and `{}` has {}: each is compared with its partner", a.text, a.columns,
                                    b.text, b.columns));
    if (a.interval_ms != b.interval_ms || a.rows != b.rows)
      return inputError(fmt::format("`{}` has {} steps of {:.6g} ms, and `{}` has {} of {:.6g} ms", a.text, a.rows, a.interval_ms,
                                    b.text, b.rows, b.interval_ms));
    return tableOf(1, 1);
  }

  void begin(Tables<T>) override {
    heard.clear();
    for (auto steps = static_cast<int64_t>(decays.size()); steps < knownDecays; ++steps)
      decays.push_back(decay(steps));
  }

  using Functional<T>::hear;
  void hear(int operand, const Spikes<T> &batch) override {
    eachSpike(batch, [&](int64_t step, int64_t element, T indicator) {
      heard.push_back({step, element, operand, operand == 0 ? indicator : -indicator});
    });
  }

  Result<Matrix<T>> evaluate(Tables<T>) override {
    sortByElement();
    T sum = 0;
    for (int64_t e = 0; e < elements; ++e) {
      T h = 0;
      for (int64_t i = offsets[e]; i < offsets[e + 1]; ++i) {
        h += spikes[i].sign;
        spikes[i].after = h;
        const T left = T(remains(lengthAfter(e, i)));
        sum += h * h * (T(1) - left * left) / T(2);
        h *= left;
      }
    }
    return Matrix<T>(1, 1, sum / T(static_cast<double>(elements)));
  }

  /// d(distance)/d(indicator at t) = 2 / tau * integral from t on of h(s) exp(-(s - t) / tau), from behind.
  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) override {
    factor = adjoint.values[0] / T(static_cast<double>(elements));
    for (int64_t e = 0; e < elements; ++e) {
      T slope = 0;
      for (int64_t i = offsets[e + 1]; i-- > offsets[e];)
        spikes[i].slope = slope = slopeBefore(lengthAfter(e, i), spikes[i].after, slope);
    }
  }

  using Functional<T>::adjoint;
  void adjoint(int operand, const Spikes<T> &again, T *out) override {
    const T sign = operand == 0 ? factor : -factor;
    for (int64_t e = 0; e < elements; ++e) {
      // The last spike of the element that is not after the step; going back, it is found once and then left behind.
      int64_t i = lastUntil(e, again.first + again.steps - 1);
      for (int64_t row = again.steps; row-- > 0;) {
        const int64_t step = again.first + row;
        while (i >= offsets[e] && spikes[i].step > step)
          --i;
        out[row * elements + e] += sign * slopeAt(e, i, step);
      }
    }
  }

  /// A tenth of a spike per element and ms is more than most networks fire.
  int64_t bytes() const override {
    const double spikesExpected = 0.1 * static_cast<double>(operands[0].rows * elements) * operands[0].interval_ms;
    return static_cast<int64_t>(2 * spikesExpected * static_cast<double>(sizeof(Heard) + sizeof(Spike)));
  }

private:
  struct Heard {
    int64_t step, element;
    int operand;
    T sign; ///< its indicator, negative in the second operand
  };
  struct Spike {
    int64_t step;
    int operand;
    T sign, after, slope; ///< h just after it; d(distance)/d(its indicator), times `elements`
  };
  static constexpr int64_t forever = -1, knownDecays = 8192;

  /// Counting, so that all are in the order of elements, and of time within one.
  void sortByElement() {
    offsets.assign(static_cast<size_t>(elements + 1), 0);
    for (const Heard &h : heard)
      ++offsets[h.element + 1];
    for (int64_t e = 0; e < elements; ++e)
      offsets[e + 1] += offsets[e];
    std::vector<int64_t> next(offsets.begin(), offsets.end() - 1);
    spikes.resize(heard.size());
    for (const Heard &h : heard)
      spikes[next[h.element]++] = {h.step, h.operand, h.sign, T(0), T(0)};
    for (int64_t e = 0; e < elements; ++e)
      std::sort(spikes.begin() + offsets[e], spikes.begin() + offsets[e + 1],
                [](const Spike &a, const Spike &b) { return std::pair(a.step, a.operand) < std::pair(b.step, b.operand); });
  }

  /// Steps until the next spike.
  int64_t lengthAfter(int64_t element, int64_t i) const {
    return i + 1 < offsets[element + 1] ? spikes[i + 1].step - spikes[i].step : forever;
  }
  double decay(int64_t steps) const { return exp(-static_cast<double>(steps) * rate); }
  double remains(int64_t steps) const {
    if (steps == forever)
      return 0;
    return steps < static_cast<int64_t>(decays.size()) ? decays[steps] : decay(steps);
  }

  /// The slope at the beginning of an interval, from h there and the slope at its end.
  T slopeBefore(int64_t steps, T h, T slopeAfter) const {
    const T left = T(remains(steps));
    return h * (T(1) - left * left) + left * slopeAfter;
  }

  T slopeAt(int64_t element, int64_t i, int64_t step) const {
    const bool isLast = i + 1 == offsets[element + 1];
    const int64_t steps = isLast ? forever : spikes[i + 1].step - step;
    const T h = i < offsets[element] ? T(0) : spikes[i].after * T(remains(step - spikes[i].step));
    return slopeBefore(steps, h, isLast ? T(0) : spikes[i + 1].slope);
  }

  int64_t lastUntil(int64_t element, int64_t step) const {
    const auto after = std::upper_bound(spikes.begin() + offsets[element], spikes.begin() + offsets[element + 1], step,
                                        [](int64_t wanted, const Spike &spike) { return wanted < spike.step; });
    return after - spikes.begin() - 1;
  }

  std::vector<Operand> operands;
  int64_t elements;
  double rate;                ///< dt / tau
  std::vector<double> decays; ///< exp(-steps * rate) of the first so many steps
  std::vector<Heard> heard;
  std::vector<Spike> spikes;    ///< by element
  std::vector<int64_t> offsets; ///< [elements + 1] of these
  T factor;
};

} // namespace

void addVanRossum(std::vector<Function> &table) {
  table.push_back(line<VanRossum>("van_rossum", {Operand::Kind::spikes, Operand::Kind::spikes}, {}, {"tau"}));
}

} // namespace bdc::runtime::objective
