#include "runtime/summarise/summarise.h"

#include "runtime/objective/phases.h"
#include "runtime/objective/reductions.h"
#include "runtime/objective/spike_trains.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

class Count : public Accumulator {
public:
  Status hear(const SpikeBatch &batch) override {
    spikes += static_cast<int64_t>(batch.steps.size());
    return {};
  }
  double value(double) const override { return static_cast<double>(spikes); }

private:
  int64_t spikes = 0;
};

class Rate : public Accumulator {
public:
  explicit Rate(const objective::Setup &setup) : functional(setup) { functional.begin({}); }
  Status hear(const SpikeBatch &batch) override {
    functional.hear(0, objective::Spikes<double>{.times = batch.steps, .sources = batch.elements});
    return {};
  }
  double value(double measured_ms) const override { return functional.value(measured_ms); }

private:
  objective::Rate<double> functional;
};

/// Intervals are whole numbers of steps, so their sums are exact and dt cancels.
class CvIsi : public Accumulator {
public:
  explicit CvIsi(int64_t highest) : cells(static_cast<size_t>(highest)) {}

  Status hear(const SpikeBatch &batch) override {
    const size_t size = batch.steps.size();
    for (size_t i = 0; i < size; ++i) {
      __builtin_prefetch(&cells[batch.elements[std::min(i + 16, size - 1)]], 1); // they lie anywhere
      Cell &cell = cells[batch.elements[i]];
      if (cell.spikes++ > 0) {
        const auto interval = static_cast<double>(batch.steps[i] - cell.last);
        cell.sum += interval;
        cell.squares += interval * interval;
      }
      cell.last = batch.steps[i];
    }
    return {};
  }

  double value(double) const override {
    double sum = 0;
    int64_t counted = 0;
    for (const Cell &cell : cells) {
      if (cell.spikes < 3)
        continue;
      const auto n = static_cast<double>(cell.spikes - 1);
      const double mean = cell.sum / n;
      sum += std::sqrt(std::max(0.0, cell.squares / n - mean * mean)) / mean;
      ++counted;
    }
    return counted ? sum / static_cast<double>(counted) : nothing;
  }

private:
  struct Cell {
    int64_t last = 0, spikes = 0;
    double sum = 0, squares = 0;
  };
  std::vector<Cell> cells;
};

/// A number that is the value of a functional.
template <template <class> class F> class Shown : public Accumulator {
public:
  explicit Shown(const objective::Setup &setup) : functional(setup) { functional.begin({}); }
  Status hear(const RowBatch &batch) override {
    functional.hear(0, samplesOf(batch));
    return {};
  }
  double value(double) const override { return functional.value(); }

private:
  F<double> functional;
};

template <class T> Made plain(const SummaryInput &) { return std::shared_ptr<Accumulator>(std::make_shared<T>()); }
template <template <class> class F> Made shown(const SummaryInput &input) {
  return std::shared_ptr<Accumulator>(std::make_shared<Shown<F>>(setupOf(input)));
}
Made makeRate(const SummaryInput &input) { return std::shared_ptr<Accumulator>(std::make_shared<Rate>(setupOf(input))); }
Made makeCvIsi(const SummaryInput &input) {
  const Stream &s = input.streams[0];
  return std::shared_ptr<Accumulator>(std::make_shared<CvIsi>(s.ids.empty() ? s.elements : int64_t(s.ids.back()) + 1));
}

const SummaryFunction table[] = {
    {"rate", true, {"Hz", 1000, 0}, false, makeRate},
    {"count", true, {"", 1, 0}, false, plain<Count>},
    {"cv_isi", true, {"", 1, 0}, false, makeCvIsi},
    {"mean", false, {"", 0, 0}, true, shown<objective::Mean>},
    {"std", false, {"", 0, 0}, false, shown<objective::Deviation>},
    {"min", false, {"", 0, 0}, true, shown<objective::Least>},
    {"max", false, {"", 0, 0}, true, shown<objective::Greatest>},
    {"correlation", false, {"", 1, 0}, false, makeCorrelation},
    {"fcd", false, {"", 1, 0}, false, makeFcd},
    {"ks", false, {"", 1, 0}, false, makeKolmogorovSmirnov, 2},
    {"wasserstein", false, {"", 1, 0}, false, makeWasserstein, 2},
    {"spectrum", false, {"Hz", 1000, 0}, false, makeSpectrum},
    {"order", false, {"", 1, 0}, false, shown<objective::Order>},
    {"metastability", false, {"", 1, 0}, false, shown<objective::Metastability>},
    {"plv", false, {"", 1, 0}, false, makePhaseLocking},
};

} // namespace

std::span<const SummaryFunction> summaryFunctions() { return table; }

const SummaryFunction *findSummary(std::string_view name) {
  for (const SummaryFunction &f : table)
    if (name == f.name)
      return &f;
  return nullptr;
}

objective::Setup setupOf(const SummaryInput &input) {
  objective::Setup setup;
  for (const Stream &s : input.streams)
    setup.operands.push_back(
        {.text = s.text, .rows = input.samples(), .columns = s.elements, .interval_ms = input.interval_ms()});
  setup.options.window_ms = input.window_ms;
  setup.options.step_ms = input.step_ms;
  setup.options.segment_ms = input.segment_ms;
  setup.reverse = false;
  return setup;
}

} // namespace bdc::runtime
