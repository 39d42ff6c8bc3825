#include "runtime/summarise/summarise.h"

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

protected:
  int64_t spikes = 0;
};

class Rate : public Count {
public:
  explicit Rate(int64_t elements) : elements(elements) {}
  double value(double measured_ms) const override {
    return measured_ms > 0 ? static_cast<double>(spikes) / (static_cast<double>(elements) * measured_ms) : nothing;
  }

private:
  int64_t elements;
};

/// Intervals are whole numbers of steps, so their sums are exact and dt cancels.
class CvIsi : public Accumulator {
public:
  explicit CvIsi(int64_t highest) : cells(static_cast<size_t>(highest)) {}

  Status hear(const SpikeBatch &batch) override {
    for (size_t i = 0; i < batch.steps.size(); ++i) {
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

/// Sums of deviations from the first sample, which is near the others. Added one by one: how a run is cut into batches shows in
/// no bit.
class Moments : public Accumulator {
public:
  Status hear(const RowBatch &batch) override {
    const int64_t size = batch.rows * batch.columns;
    if (count == 0 && size > 0)
      shift = low = high = batch.values[0];
    for (int64_t i = 0; i < size; ++i) {
      const double d = batch.values[i] - shift;
      sum += d;
      squares += d * d;
      low = std::min(low, batch.values[i]);
      high = std::max(high, batch.values[i]);
    }
    count += size;
    return {};
  }

protected:
  double n() const { return static_cast<double>(count); }
  int64_t count = 0;
  double shift = 0, sum = 0, squares = 0, low = nothing, high = nothing;
};

class Mean : public Moments {
  double value(double) const override { return count ? shift + sum / n() : nothing; }
};
class Deviation : public Moments {
  double value(double) const override {
    return count ? std::sqrt(std::max(0.0, squares / n() - (sum / n()) * (sum / n()))) : nothing;
  }
};
class Least : public Moments {
  double value(double) const override { return low; }
};
class Most : public Moments {
  double value(double) const override { return high; }
};

template <class T> Made plain(const SummaryInput &) { return std::shared_ptr<Accumulator>(std::make_shared<T>()); }
Made makeRate(const SummaryInput &input) {
  return std::shared_ptr<Accumulator>(std::make_shared<Rate>(input.streams[0].elements));
}
Made makeCvIsi(const SummaryInput &input) {
  const Stream &s = input.streams[0];
  return std::shared_ptr<Accumulator>(std::make_shared<CvIsi>(s.ids.empty() ? s.elements : int64_t(s.ids.back()) + 1));
}

const SummaryFunction table[] = {
    {"rate", true, {"Hz", 1000, 0}, false, makeRate},
    {"count", true, {"", 1, 0}, false, plain<Count>},
    {"cv_isi", true, {"", 1, 0}, false, makeCvIsi},
    {"mean", false, {"", 0, 0}, true, plain<Mean>},
    {"std", false, {"", 0, 0}, false, plain<Deviation>},
    {"min", false, {"", 0, 0}, true, plain<Least>},
    {"max", false, {"", 0, 0}, true, plain<Most>},
    {"correlation", false, {"", 1, 0}, false, makeCorrelation},
    {"fcd", false, {"", 1, 0}, false, makeFcd},
    {"ks", false, {"", 1, 0}, false, makeKolmogorovSmirnov, 2},
    {"wasserstein", false, {"", 1, 0}, false, makeWasserstein, 2},
    {"spectrum", false, {"Hz", 1000, 0}, false, makeSpectrum},
    {"order", false, {"", 1, 0}, false, makeOrder},
    {"metastability", false, {"", 1, 0}, false, makeMetastability},
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

Result<int64_t> wholeSamples(const SummaryInput &input, double time_ms, const char *option, int64_t least) {
  const double samples = std::round(time_ms / input.interval_ms());
  if (!(samples >= static_cast<double>(least) && samples < 1e15))
    return inputError(fmt::format("`{}` = {:.6g} ms is {:.6g} samples of {}, one every {:.6g} ms; it needs {} or more", option,
                                  time_ms, samples, input.streams[0].text, input.interval_ms(), least));
  return static_cast<int64_t>(samples);
}

Status needsTwoElements(const SummaryInput &input, const char *function) {
  for (const Stream &s : input.streams)
    if (s.elements < 2)
      return inputError(fmt::format("`{}` is a matter of two elements or more; `{}` has {}", function, s.text, s.elements));
  return {};
}

} // namespace bdc::runtime
