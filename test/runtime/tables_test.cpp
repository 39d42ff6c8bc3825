// Summaries with tables: against brainmass's numbers, closed forms, and transforms written out; the cut into batches shows
// nowhere.
#include "runtime/summarise/summarise.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <complex>
#include <cstring>
#include <fstream>
#include <numbers>
#include <random>

using namespace bdc::runtime;

namespace {

using Rows = std::vector<std::vector<double>>;
constexpr double dt_ms = 2;

struct Options {
  double window_ms = 0, step_ms = 0, segment_ms = 0;
  Display display = {};
};

std::shared_ptr<Accumulator> make(const char *name, const Rows &rows, const Options &options = {}) {
  std::vector<Stream> streams(2);
  for (Stream &stream : streams) {
    stream.elements = static_cast<int64_t>(rows[0].size());
    stream.text = "x";
  }
  SummaryInput input;
  input.streams = {streams.data(), static_cast<size_t>(findSummary(name)->arguments)};
  input.dt_ms = dt_ms;
  input.steps = static_cast<int64_t>(rows.size());
  input.window_ms = options.window_ms;
  input.step_ms = options.step_ms;
  input.segment_ms = options.segment_ms;
  input.display = options.display;
  Result<std::shared_ptr<Accumulator>> made = findSummary(name)->make(input);
  EXPECT_TRUE(made) << made.error().message;
  return *made;
}

/// In batches of the given sizes, over and over.
void hear(Listener &listener, const Rows &rows, const std::vector<int64_t> &batches) {
  int64_t at = 0;
  for (size_t b = 0; at < static_cast<int64_t>(rows.size()); ++b) {
    RowBatch batch;
    batch.rows = std::min<int64_t>(batches[b % batches.size()], static_cast<int64_t>(rows.size()) - at);
    batch.columns = static_cast<int64_t>(rows[0].size());
    std::vector<double> values;
    for (int64_t row = 0; row < batch.rows; ++row)
      values.insert(values.end(), rows[at + row].begin(), rows[at + row].end());
    batch.values = values.data();
    ASSERT_TRUE(listener.hear(batch));
    at += batch.rows;
  }
}

nlohmann::json golden() {
  std::ifstream file(BDC_GOLDEN "/fc_fcd.json");
  return nlohmann::json::parse(file);
}

void expectMatrix(const Table &table, const Rows &expected) {
  ASSERT_EQ(table.rows, static_cast<int64_t>(expected.size()));
  ASSERT_EQ(table.columns, table.rows);
  for (int64_t i = 0; i < table.rows; ++i)
    for (int64_t j = 0; j < table.columns; ++j)
      EXPECT_NEAR(table.values[i * table.columns + j], expected[i][j], 1e-13) << i << " " << j;
}

double meanAboveDiagonal(const Rows &matrix) {
  double sum = 0, count = 0;
  for (size_t i = 0; i < matrix.size(); ++i)
    for (size_t j = i + 1; j < matrix.size(); ++j, ++count)
      sum += matrix[i][j];
  return sum / count;
}

Rows noise(size_t rows, size_t elements) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal(3, 2);
  Rows out(rows, std::vector<double>(elements));
  for (auto &row : out)
    for (double &value : row)
      value = normal(random);
  return out;
}

template <class X, class Y> double pearson(size_t n, X x, Y y) {
  long double meanX = 0, meanY = 0, xx = 0, yy = 0, xy = 0;
  for (size_t k = 0; k < n; ++k) {
    meanX += static_cast<long double>(x(k)) / static_cast<long double>(n);
    meanY += static_cast<long double>(y(k)) / static_cast<long double>(n);
  }
  for (size_t k = 0; k < n; ++k) {
    xx += (x(k) - meanX) * (x(k) - meanX);
    yy += (y(k) - meanY) * (y(k) - meanY);
    xy += (x(k) - meanX) * (y(k) - meanY);
  }
  return static_cast<double>(xy / std::sqrt(xx * yy));
}

/// Welch's estimate in the words of its definition: every frequency of every segment as a sum.
std::vector<double> welch(const Rows &rows, size_t element, size_t length) {
  const size_t hop = length - length / 2;
  std::vector<double> density(length / 2 + 1), window(length);
  double squares = 0, segments = 0;
  for (size_t k = 0; k < length; ++k) {
    window[k] = std::pow(std::sin(std::numbers::pi * static_cast<double>(k) / static_cast<double>(length)), 2);
    squares += window[k] * window[k];
  }
  for (size_t start = 0; start + length <= rows.size(); start += hop, ++segments) {
    double mean = 0;
    for (size_t k = 0; k < length; ++k)
      mean += rows[start + k][element] / static_cast<double>(length);
    for (size_t f = 0; f < density.size(); ++f) {
      std::complex<double> sum = 0;
      for (size_t k = 0; k < length; ++k)
        sum += (rows[start + k][element] - mean) * window[k] *
               std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(f * k % length) / static_cast<double>(length));
      const bool once = f == 0 || 2 * f == length;
      density[f] += std::norm(sum) * (once ? 1 : 2);
    }
  }
  for (double &value : density)
    value *= dt_ms * 1e-3 / squares / segments; // per Hz
  return density;
}

double fact(const Detail &detail, const char *name) {
  for (const Fact &f : detail.facts)
    if (f.name == name)
      return f.value;
  ADD_FAILURE() << "no " << name;
  return 0;
}

} // namespace

TEST(Tables, CorrelationIsBrainmass) {
  const nlohmann::json data = golden();
  const Rows x = data["X"], expected = data["fc_X"];
  auto fc = make("correlation", x);
  hear(*fc, x, {7});
  expectMatrix(*fc->detail().find("matrix"), expected);
  EXPECT_NEAR(fc->value(0), meanAboveDiagonal(expected), 1e-14);
}

TEST(Tables, FcdIsBrainmass) {
  const nlohmann::json data = golden();
  const Rows x = data["X"], expected = data["fcd_X"];
  const double window = data["window_size"], step = data["step_size"];
  auto fcd = make("fcd", x, {window * dt_ms, step * dt_ms});
  hear(*fcd, x, {7});
  const Detail detail = fcd->detail();
  expectMatrix(*detail.find("matrix"), expected);
  EXPECT_NEAR(fcd->value(0), meanAboveDiagonal(expected), 1e-13);
  EXPECT_EQ(fact(detail, "windows"), 13);
  EXPECT_EQ(fact(detail, "window_ms"), 40);
  // The samples 1 to 20 lie at 2 to 40 ms; the next window is five samples later.
  EXPECT_DOUBLE_EQ(detail.find("time")->values[0], 21);
  EXPECT_DOUBLE_EQ(detail.find("time")->values[1], 31);
}

/// Every window by itself, where blocks are of one sample (a step of 7 for 5 elements and windows of 40) and of eight, on a trend
/// much larger than what correlates.
TEST(Tables, FcdOfEveryWindowByItself) {
  Rows rows = noise(200, 5);
  for (size_t k = 0; k < rows.size(); ++k) {
    rows[k][1] += 0.5 * rows[k][0] + 3 * std::sin(0.1 * static_cast<double>(k));
    rows[k][2] += 1e4 + 10 * static_cast<double>(k);
  }
  for (int64_t step : {7, 16}) {
    auto fcd = make("fcd", rows, {40 * dt_ms, static_cast<double>(step) * dt_ms});
    hear(*fcd, rows, {23});
    const Detail detail = fcd->detail();
    const Table &matrix = *detail.find("matrix");
    Rows triangles;
    for (size_t start = 0; start + 40 <= rows.size(); start += static_cast<size_t>(step)) {
      const Rows part(rows.begin() + static_cast<int64_t>(start), rows.begin() + static_cast<int64_t>(start) + 40);
      triangles.emplace_back();
      for (size_t i = 0; i < 5; ++i)
        for (size_t j = i + 1; j < 5; ++j)
          triangles.back().push_back(pearson(
              40, [&](size_t k) { return part[k][i]; }, [&](size_t k) { return part[k][j]; }));
    }
    ASSERT_EQ(matrix.rows, static_cast<int64_t>(triangles.size()));
    for (size_t a = 0; a < triangles.size(); ++a)
      for (size_t b = 0; b < triangles.size(); ++b)
        EXPECT_NEAR(matrix.values[a * triangles.size() + b],
                    pearson(
                        10, [&](size_t k) { return triangles[a][k]; }, [&](size_t k) { return triangles[b][k]; }),
                    1e-11);
  }
}

TEST(Tables, DistancesOfFcdAreBrainmass) {
  const nlohmann::json data = golden();
  const Rows x = data["X"], y = data["Y"];
  for (auto [name, key] : {std::pair("ks", "fcd_ks"), {"wasserstein", "fcd_wasserstein"}}) {
    auto distance = make(name, x, {40, 10});
    hear(*distance, x, {7});
    hear(*distance->second(), y, {11, 3});
    EXPECT_NEAR(distance->value(0), data[key].get<double>(), 1e-12) << name;
  }
}

/// sin(k w) and sin(k w + phase) over whole periods correlate with cos(phase); a multiple of one with 1 or -1.
TEST(Tables, CorrelationOfSines) {
  Rows rows;
  for (int k = 0; k < 1000; ++k) {
    const double angle = 2 * std::numbers::pi * k / 50;
    rows.push_back({1e6 + std::sin(angle), std::sin(angle + 1), 5 - 3 * std::sin(angle), 42});
  }
  auto fc = make("correlation", rows);
  hear(*fc, rows, {1000});
  const std::vector<double> m = fc->detail().find("matrix")->values;
  EXPECT_NEAR(m[1], std::cos(1.0), 1e-9);
  EXPECT_NEAR(m[2], -1, 1e-9);
  EXPECT_NEAR(m[6], -std::cos(1.0), 1e-12);
  for (int i = 0; i < 4; ++i)
    EXPECT_TRUE(std::isnan(m[12 + i])) << "a constant correlates with nothing, itself included";
  EXPECT_NEAR(fc->value(0), -1.0 / 3, 1e-9) << "of the pairs that have a correlation";
}

TEST(Tables, SpectrumIsWelchs) {
  const Rows rows = noise(400, 3);
  for (int64_t length : {64, 50, 83}) {
    auto spectrum = make("spectrum", rows, {0, 0, static_cast<double>(length) * dt_ms, {"mV", 10, 0}});
    hear(*spectrum, rows, {17});
    const Detail detail = spectrum->detail();
    const Table &density = *detail.find("density"), &frequency = *detail.find("frequency");
    EXPECT_EQ(density.unit, "mV^2/Hz");
    ASSERT_EQ(density.columns, length / 2 + 1);
    for (size_t e = 0; e < 3; ++e) {
      const std::vector<double> expected = welch(rows, e, static_cast<size_t>(length));
      for (int64_t k = 1; k < density.columns; ++k) // a display of 10 per unit: a density of 100
        EXPECT_NEAR(density.values[e * density.columns + k], 100 * expected[k], 1e-11 * 100 * expected[k] + 1e-13);
    }
    EXPECT_DOUBLE_EQ(frequency.values[1], 1000 / (static_cast<double>(length) * dt_ms));
  }
}

/// A sine of amplitude A on the fifth frequency of a segment: a peak there, and a power of A^2 / 2 in all.
TEST(Tables, SpectrumOfASine) {
  Rows rows;
  for (int k = 0; k < 1000; ++k)
    rows.push_back({1 + 3 * std::sin(2 * std::numbers::pi * k * 5 / 100)});
  auto spectrum = make("spectrum", rows, {0, 0, 200, {}});
  hear(*spectrum, rows, {33});
  EXPECT_DOUBLE_EQ(spectrum->value(0) * findSummary("spectrum")->display.factor, 25); // 5 / 200 ms
  const Detail detail = spectrum->detail();
  double power = 0;
  for (double value : detail.find("mean")->values)
    power += value * 5; // Hz apart
  EXPECT_NEAR(power, 4.5, 1e-11);
  EXPECT_EQ(fact(detail, "segments"), 19);
}

/// White noise of variance s^2, sampled every dt: 2 s^2 dt at every frequency, within four standard errors of the mean.
TEST(Tables, SpectrumOfWhiteNoise) {
  const Rows rows = noise(20000, 4);
  auto spectrum = make("spectrum", rows, {0, 0, 400, {}});
  hear(*spectrum, rows, {997});
  const std::vector<double> mean = spectrum->detail().find("mean")->values;
  double level = 0;
  for (size_t k = 2; k + 2 < mean.size(); ++k)
    level += mean[k];
  level /= static_cast<double>(mean.size()) - 4;
  EXPECT_NEAR(level, 2 * 4 * 2e-3, 4 * 0.016 * std::sqrt(2.0 / 80000));
}

/// Three phases, two of them equal, the third turning against them: R = |2 + exp(i a)| / 3 over whole turns.
TEST(Tables, PhasesThatTurn) {
  Rows rows;
  double mean = 0, squares = 0;
  for (int k = 0; k < 360; ++k) {
    const double a = 2 * std::numbers::pi * k / 360;
    rows.push_back({0.7 * k, 0.7 * k, 0.7 * k + a});
    const double r = std::sqrt(5 + 4 * std::cos(a)) / 3;
    mean += r / 360;
    squares += r * r / 360;
  }
  auto order = make("order", rows), metastability = make("metastability", rows), locking = make("plv", rows);
  for (auto *a : {order.get(), metastability.get(), locking.get()})
    hear(*a, rows, {19});
  EXPECT_NEAR(order->value(0), mean, 1e-12);
  EXPECT_NEAR(squares, 5.0 / 9, 1e-12);
  EXPECT_NEAR(metastability->value(0), std::sqrt(5.0 / 9 - mean * mean), 1e-12);
  const std::vector<double> m = locking->detail().find("matrix")->values;
  EXPECT_NEAR(m[1], 1, 1e-12);
  EXPECT_NEAR(m[2], 0, 1e-12);
  EXPECT_NEAR(locking->value(0), 1.0 / 3, 1e-12);
}

TEST(Tables, BatchesShowInNoBit) {
  const Rows rows = noise(301, 5);
  for (const char *name : {"correlation", "fcd", "spectrum", "order", "metastability", "plv", "ks"}) {
    std::vector<std::vector<double>> seen;
    for (const std::vector<int64_t> &batches : {std::vector<int64_t>{301}, {1}, {31, 2, 64}}) {
      auto a = make(name, rows, {60, 14, 44, {}});
      hear(*a, rows, batches);
      if (auto second = a->second()) {
        Rows other = rows;
        for (auto &row : other)
          row[2] *= 1.5, row[1] += row[0];
        hear(*second, other, batches);
      }
      std::vector<double> numbers{a->value(602)};
      for (const Table &table : a->detail().tables)
        numbers.insert(numbers.end(), table.values.begin(), table.values.end());
      EXPECT_FALSE(std::isnan(numbers[0])) << name;
      seen.push_back(numbers);
    }
    for (const auto &numbers : seen)
      EXPECT_EQ(0, std::memcmp(numbers.data(), seen[0].data(), seen[0].size() * sizeof(double))) << name;
  }
}

TEST(Tables, WhatIsMissingIsSaid) {
  const Rows rows = noise(20, 3), one = noise(20, 1);
  auto fcd = make("fcd", rows, {40, 2});
  hear(*fcd, rows, {20});
  EXPECT_TRUE(std::isnan(fcd->value(0)));
  EXPECT_EQ(fcd->missing(), "40 ms hold 1 window of 40 ms; it takes two");
  EXPECT_EQ(fcd->detail().find("matrix")->rows, 1);
  auto spectrum = make("spectrum", rows, {0, 0, 100, {}});
  hear(*spectrum, rows, {20});
  EXPECT_TRUE(std::isnan(spectrum->value(0)));
  EXPECT_EQ(spectrum->missing(), "what is measured is shorter than a segment of 100 ms");

  Stream stream;
  stream.text = "E.v";
  stream.elements = 1;
  SummaryInput input;
  input.streams = {&stream, 1};
  input.dt_ms = 1;
  input.steps = 100;
  EXPECT_EQ(findSummary("correlation")->make(input).error().message,
            "`correlation` is a matter of two elements or more; `E.v` has 1");
  stream.elements = 2;
  input.window_ms = 2;
  EXPECT_EQ(findSummary("fcd")->make(input).error().message,
            "`window` = 2 ms is 2 samples of E.v, one every 1 ms; it needs 3 or more");
}
