/// Functional connectivity dynamics (Hansen et al. 2015, NeuroImage 105:525-535): the samples are cut into windows of `window`,
/// one every `step`; of each the correlations of all pairs are a vector (the upper triangle); the matrix holds Pearson's
/// correlations of these vectors. The number is the mean of the upper triangle, without the diagonal.
///
/// `ks` and `wasserstein` compare the distributions of the upper triangles of two such matrices. Both are smoothed by Gaussian
/// kernels of Scott's width (n^(-1/5) times the standard deviation that divides by n - 1) on 100 points from -0.99 to 0.99 and
/// sum to 1. ks: the largest distance of their cumulative sums. wasserstein: the sum of these distances times the points'
/// distance.
#include "runtime/summarise/moments.h"
#include "runtime/summarise/summarise.h"
#include "runtime/summarise/window_sums.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

struct Windows {
  int64_t length = 0, step = 0, count = 0; ///< samples, samples, windows of the whole run
  double interval_ms = 0, start_ms = 0;    ///< of the samples; the time before the first one
};

/// In eight sums, which the processor adds at once.
double product(const double *a, const double *b, int64_t count) {
  constexpr int64_t lanes = 8;
  double sums[lanes] = {};
  int64_t at = 0;
  for (; at + lanes <= count; at += lanes)
    for (int64_t k = 0; k < lanes; ++k)
      sums[k] += a[at + k] * b[at + k];
  for (; at < count; ++at)
    sums[at % lanes] += a[at] * b[at];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

class Fcd : public Accumulator {
public:
  Fcd(int64_t elements, const Windows &windows)
      : elements(elements),
        windows(windows),
        pairs(elements * (elements - 1) / 2),
        sums(elements, windows.length, windows.step) {}

  Status hear(const RowBatch &batch) override {
    for (int64_t row = 0; row < batch.rows; ++row)
      if (sums.add(batch.values + row * batch.columns))
        addWindow();
    samples += batch.rows;
    return {};
  }

  /// Fewer than two windows have no correlation.
  double value(double) const override { return upperTriangle(matrix(done), done).mean; }

  Detail detail() const override {
    Detail d{
        Picture::windows,
        "Pearson's correlation of the upper triangles of the correlation matrices of every two windows; the value is the mean "
        "of the upper triangle"};
    const int64_t size = windows.count;
    d.tables.push_back({"matrix", "", size, size, matrix(size)});
    Table time{"time", "ms", size, 0, {}};
    for (int64_t w = 0; w < size; ++w)
      time.values.push_back(windows.start_ms +
                            (static_cast<double>(w * windows.step) + (static_cast<double>(windows.length) + 1) / 2) *
                                windows.interval_ms);
    d.tables.push_back(std::move(time));
    const Triangle t = upperTriangle(d.tables[0].values, size);
    d.facts = {{"std", t.std},
               {"min", t.min},
               {"max", t.max},
               {"windows", static_cast<double>(std::min(done, size))},
               {"window_ms", static_cast<double>(windows.length) * windows.interval_ms},
               {"step_ms", static_cast<double>(windows.step) * windows.interval_ms}};
    return d;
  }

  std::string missing() const override {
    return done < 2       ? fmt::format("{:.6g} ms hold {} window{} of {:.6g} ms; it takes two",
                                        static_cast<double>(samples) * windows.interval_ms, done, done == 1 ? "" : "s",
                                        static_cast<double>(windows.length) * windows.interval_ms)
           : elements < 3 ? "two elements have one correlation, which cannot be correlated"
                          : Accumulator::missing();
  }

  int64_t bytes() const override { return sums.bytes() + windows.count * (pairs + windows.count) * 8; }

  /// The upper triangle.
  std::vector<double> distribution() const {
    std::vector<double> out;
    const std::vector<double> all = matrix(done);
    for (int64_t a = 0; a < done; ++a)
      for (int64_t b = a + 1; b < done; ++b)
        if (std::isfinite(all[a * done + b]))
          out.push_back(all[a * done + b]);
    return out;
  }

private:
  /// Its correlations, less their mean and of length 1, so that a product of two windows is their correlation.
  void addWindow() {
    const std::vector<double> &products = sums.products();
    std::vector<double> window;
    window.reserve(static_cast<size_t>(pairs));
    for (int64_t i = 0; i < elements; ++i)
      for (int64_t j = i + 1; j < elements; ++j) {
        const double scale = std::sqrt(products[i * elements + i] * products[j * elements + j]);
        window.push_back(scale > 0 ? std::clamp(products[i * elements + j] / scale, -1.0, 1.0) : nothing);
      }
    standardise(window);
    triangles.insert(triangles.end(), window.begin(), window.end());
    ++done;
  }

  static void standardise(std::vector<double> &values) {
    const double mean = meanOf(values.data(), static_cast<int64_t>(values.size()));
    double squares = 0;
    for (double &value : values) {
      value -= mean;
      squares += value * value;
    }
    for (double &value : values)
      value = squares > 0 ? value / std::sqrt(squares) : nothing;
  }

  /// Of the first `size` windows; NaN for those that are not there.
  std::vector<double> matrix(int64_t size) const {
    std::vector<double> out(static_cast<size_t>(size * size), nothing);
    const int64_t known = std::min(size, done);
    for (int64_t a = 0; a < known; ++a) {
      for (int64_t b = a; b < known; ++b) {
        const double sum = product(&triangles[a * pairs], &triangles[b * pairs], pairs);
        out[a * size + b] = out[b * size + a] = std::isfinite(sum) ? (a == b ? 1 : std::clamp(sum, -1.0, 1.0)) : nothing;
      }
    }
    return out;
  }

  int64_t elements;
  Windows windows;
  int64_t pairs;
  int64_t samples = 0, done = 0; ///< heard; windows
  WindowSums sums;
  std::vector<double> triangles; ///< [done][pairs]
};

constexpr int64_t points = 100;
constexpr double firstPoint = -0.99, lastPoint = 0.99, spacing = (lastPoint - firstPoint) / (points - 1);

/// Empty where there is nothing to smooth.
std::vector<double> density(const std::vector<double> &values) {
  const auto n = static_cast<double>(values.size());
  if (values.size() < 2)
    return {};
  const double mean = meanOf(values.data(), static_cast<int64_t>(values.size()));
  double squares = 0;
  for (double value : values)
    squares += (value - mean) * (value - mean);
  const double width = std::sqrt(squares / (n - 1)) * std::pow(n, -0.2);
  std::vector<double> out(points);
  double total = 0;
  for (int64_t k = 0; k < points; ++k) {
    for (double value : values) {
      const double z = (firstPoint + static_cast<double>(k) * spacing - value) / width;
      out[k] += std::exp(-z * z / 2);
    }
    total += out[k];
  }
  if (!(width > 0) || !(total > 0))
    return {};
  for (double &value : out)
    value /= total;
  return out;
}

class Distance : public Accumulator {
public:
  enum class Measure { largest, area };
  Distance(Measure measure, const std::array<int64_t, 2> &elements, const Windows &windows) : measure(measure) {
    for (int i = 0; i < 2; ++i)
      sides[i] = std::make_shared<Fcd>(elements[i], windows);
  }

  Status hear(const RowBatch &batch) override { return sides[0]->hear(batch); }
  std::shared_ptr<Listener> second() override { return sides[1]; }
  int64_t bytes() const override { return sides[0]->bytes() + sides[1]->bytes(); }

  std::string missing() const override { return std::isnan(sides[0]->value(0)) ? sides[0]->missing() : sides[1]->missing(); }

  double value(double) const override {
    const std::vector<double> a = density(sides[0]->distribution()), b = density(sides[1]->distribution());
    if (a.empty() || b.empty())
      return nothing;
    double difference = 0, largest = 0, area = 0;
    for (int64_t k = 0; k < points; ++k) {
      difference += a[k] - b[k];
      largest = std::max(largest, std::abs(difference));
      area += std::abs(difference) * spacing;
    }
    return measure == Measure::largest ? largest : area;
  }

  Detail detail() const override {
    Detail d;
    d.definition =
        measure == Measure::largest
            ? "the largest distance of the cumulative distributions of two recordings' functional connectivity dynamics"
            : "the area between the cumulative distributions of two recordings' functional connectivity dynamics";
    Table at{"points", "", points, 0, {}}, densities{"density", "", 2, points, {}};
    for (int64_t k = 0; k < points; ++k)
      at.values.push_back(firstPoint + static_cast<double>(k) * spacing);
    for (const auto &side : sides) {
      std::vector<double> smooth = density(side->distribution());
      smooth.resize(points, nothing);
      densities.values.insert(densities.values.end(), smooth.begin(), smooth.end());
    }
    d.tables = {std::move(at), std::move(densities)};
    for (const Fact &fact : sides[0]->detail().facts)
      if (fact.name.ends_with("_ms"))
        d.facts.push_back(fact);
    return d;
  }

private:
  Measure measure;
  std::array<std::shared_ptr<Fcd>, 2> sides;
};

Result<Windows> windowsOf(const SummaryInput &input, const char *function) {
  if (Status s = needsTwoElements(input, function); !s)
    return s.error();
  const Result<int64_t> length = wholeSamples(input, input.window_ms > 0 ? input.window_ms : 60'000, "window", 3);
  if (!length)
    return length.error();
  const Result<int64_t> step = wholeSamples(input, input.step_ms > 0 ? input.step_ms : 2'000, "step", 1);
  if (!step)
    return step.error();
  Windows w{*length, *step, 1, input.interval_ms(), 0};
  w.start_ms = static_cast<double>(input.discard / input.streams[0].interval) * w.interval_ms;
  if (const int64_t rest = input.samples() - w.length; rest > 0)
    w.count += rest / w.step;
  return w;
}

Made makeDistance(const SummaryInput &input, Distance::Measure measure, const char *function) {
  const Result<Windows> windows = windowsOf(input, function);
  if (!windows)
    return windows.error();
  if (input.streams[1].interval != input.streams[0].interval)
    return inputError(
        fmt::format("`{}` and `{}` are not sampled at the same times", input.streams[0].text, input.streams[1].text));
  return std::shared_ptr<Accumulator>(
      std::make_shared<Distance>(measure, std::array{input.streams[0].elements, input.streams[1].elements}, *windows));
}

} // namespace

Made makeFcd(const SummaryInput &input) {
  const Result<Windows> windows = windowsOf(input, "fcd");
  if (!windows)
    return windows.error();
  return std::shared_ptr<Accumulator>(std::make_shared<Fcd>(input.streams[0].elements, *windows));
}

Made makeKolmogorovSmirnov(const SummaryInput &input) { return makeDistance(input, Distance::Measure::largest, "ks"); }
Made makeWasserstein(const SummaryInput &input) { return makeDistance(input, Distance::Measure::area, "wasserstein"); }

} // namespace bdc::runtime
