/// Welch's power spectral density, runtime/objective/spectrum.h. The number is the frequency above 0 where the mean over the
/// elements is largest.
#include "runtime/objective/spectrum.h"

#include "runtime/objective/functions.h"
#include "runtime/summarise/summarise.h"

#include <algorithm>
#include <limits>

namespace bdc::runtime {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

class Spectrum : public Accumulator {
public:
  Spectrum(const objective::Setup &setup, const Display &display)
      : elements(setup.operands[0].columns),
        display(display),
        functional(setup) {
    functional.begin({});
  }

  Status hear(const RowBatch &batch) override {
    functional.hear(0, samplesOf(batch));
    return {};
  }

  double value(double) const override {
    if (functional.done() == 0)
      return nothing;
    const std::vector<double> mean = meanDensity();
    const auto peak = std::max_element(mean.begin() + 1, mean.end());
    return *peak > 0 ? static_cast<double>(peak - mean.begin()) / functional.segment_ms() : nothing;
  }

  Detail detail() const override {
    Detail d{Picture::spectrum,
             "Welch's power spectral density: Hann windows, half overlap, one-sided; the value is the frequency of the largest "
             "mean density"};
    // The samples are coherent, the density is the user's.
    const Display shown = objective::displayOf({2, 1}, display);
    const int64_t bins = functional.frequencies();
    Table frequency{"frequency", "Hz", bins, 0, {}};
    for (int64_t k = 0; k < bins; ++k)
      frequency.values.push_back(static_cast<double>(k) * 1000 / functional.segment_ms());
    Table density{"density", shown.unit, elements, bins, {}}, mean{"mean", shown.unit, bins, 0, meanDensity()};
    density.values.assign(static_cast<size_t>(elements * bins), nothing);
    for (int64_t i = 0; functional.done() && i < elements * bins; ++i)
      density.values[i] = functional.density(i / bins, i % bins) * shown.factor;
    for (double &value : mean.values)
      value *= shown.factor;
    d.tables = {std::move(frequency), std::move(density), std::move(mean)};
    d.facts = {{"segment_ms", functional.segment_ms()}, {"segments", static_cast<double>(functional.done())}};
    return d;
  }

  std::string missing() const override { return functional.done() == 0 ? functional.missing() : Accumulator::missing(); }

  int64_t bytes() const override { return functional.bytes(); }

private:
  std::vector<double> meanDensity() const {
    const int64_t bins = functional.frequencies();
    std::vector<double> mean(static_cast<size_t>(bins), functional.done() ? 0 : nothing);
    for (int64_t e = 0; functional.done() && e < elements; ++e)
      for (int64_t k = 0; k < bins; ++k)
        mean[k] += functional.density(e, k);
    for (int64_t k = 0; k < bins; ++k)
      mean[k] /= static_cast<double>(elements);
    return mean;
  }

  int64_t elements;
  Display display;
  objective::Spectrum<double> functional;
};

} // namespace

Made makeSpectrum(const SummaryInput &input) {
  const objective::Setup setup = setupOf(input);
  if (const auto shape = objective::Spectrum<double>::check(setup); !shape)
    return shape.error();
  return std::shared_ptr<Accumulator>(std::make_shared<Spectrum>(setup, input.display));
}

} // namespace bdc::runtime
