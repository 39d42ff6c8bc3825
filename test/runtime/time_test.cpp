// Functionals of time: spectra, phases, spikes, and classes over time, against sums written out, and their derivatives.
#include "functional_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

using namespace bdc::runtime;
using namespace bdc::runtime::objective;

namespace {

constexpr double turn = 2 * std::numbers::pi;
const Options overRows{.overRows = 1};

/// 0 and 1, about one in ten.
std::vector<double> indicators(int64_t count, uint64_t seed, double above = 1.3) {
  std::vector<double> out = normal(count, 0, 1, seed);
  for (double &x : out)
    x = x > above ? 1 : 0;
  return out;
}

/// Sum over pairs of spikes of two trains of exp(-|t - s| / tau) / 2: the product of the two after their filters.
double filtered(const std::vector<double> &a, const std::vector<double> &b, int64_t element, int64_t elements, double rate) {
  double sum = 0;
  const auto steps = static_cast<int64_t>(a.size()) / elements;
  for (int64_t i = 0; i < steps; ++i)
    for (int64_t j = 0; j < steps; ++j)
      sum += a[i * elements + element] * b[j * elements + element] * std::exp(-rate * static_cast<double>(std::abs(i - j))) / 2;
  return sum;
}

} // namespace

/// One segment of a sine on its third frequency: all of its power, A^2 / 2, within a bin of there.
TEST(Spectrum, OfASine) {
  std::vector<double> x;
  for (int k = 0; k < 64; ++k)
    x.insert(x.end(), {5 + 2 * std::sin(turn * 3 * k / 64), std::cos(turn * 10 * k / 64)});
  const Matrix<double> p = evaluate({"spectrum", {series(64, 2, x, 0.5)}, {.segment_ms = 32}});
  ASSERT_EQ(p.columns, 33);
  double power = 0, other = 0;
  for (int64_t k = 0; k < 33; ++k) {
    power += p.row(0)[k] / 32; // per ms apart
    other += p.row(1)[k] / 32;
    if (std::abs(k - 3) > 1)
      EXPECT_NEAR(p.row(0)[k], 0, 1e-28) << k;
  }
  EXPECT_NEAR(power, 2, 1e-13);
  EXPECT_NEAR(other, 0.5, 1e-13);
}

TEST(Spectrum, Derivatives) {
  // Even, a power of two, odd: two elements at once, and one left over.
  for (double samples : {20, 16, 13})
    expectDerivatives({"spectrum", {series(75, 3, normal(225, 4))}, {.segment_ms = 2 * samples}});
  Case ofTable{"spectrum", {table(40, 2, normal(80))}, {.segment_ms = 30}};
  ofTable.inputs[0].operand.interval_ms = 3;
  expectDerivatives(ofTable);
}

TEST(Spectrum, WhatHasNoValue) {
  EXPECT_EQ(errorOf({"spectrum", {series(9, 2, normal(18))}, {.segment_ms = 20}}),
            "what is measured is shorter than a segment of 20 ms");
  EXPECT_EQ(errorOf({"spectrum", {table(9, 2, normal(18))}}), "it is not known how much time lies between the rows of `target`");
}

namespace {

/// Frequencies 10 Hz apart.
Input density(int64_t rows, std::vector<double> values) {
  const auto columns = static_cast<int64_t>(values.size()) / rows;
  Input out = table(rows, columns, std::move(values));
  out.operand.frequencyStep = 0.01;
  return out;
}

std::vector<double> positive(int64_t count, uint64_t seed) {
  std::vector<double> out = normal(count, 0, 0.5, seed);
  for (double &x : out)
    x = std::exp(x);
  return out;
}

} // namespace

TEST(SpectrumDistance, InABand) {
  const std::vector<double> p{9, 1, 2, 4, 8}, q{1, 1, 1, 1, 1};
  const double l = std::log(2) * std::log(2);
  const auto of = [&](double from, double to) {
    return scalar({"spectrum_distance", {density(1, p), table(1, 5, q)}, {.from_per_ms = from, .to_per_ms = to}});
  };
  EXPECT_NEAR(of(0, 0), (1 + 4 + 9) * l / 4, 1e-15);
  EXPECT_NEAR(of(0.02, 0.03), (1 + 4) * l / 2, 1e-15);
  EXPECT_NEAR(of(0.015, 0.0399), (1 + 4) * l / 2, 1e-15);
}

TEST(SpectrumDistance, Derivatives) {
  expectDerivatives({"spectrum_distance", {density(3, positive(30, 1)), density(3, positive(30, 2))}, {.from_per_ms = 0.02}});
  expectDerivatives({"spectrum_distance", {density(3, positive(30, 1)), density(1, positive(10, 2))}, {.to_per_ms = 0.06}});
}

TEST(SpectrumDistance, WhatDoesNotFit) {
  const Input p = density(2, positive(10, 1));
  EXPECT_EQ(errorOf({"spectrum_distance", {p, density(2, positive(8, 1))}}),
            "`target` has 2 spectra of 5 frequencies, and `target` has 2 of 4");
  EXPECT_EQ(errorOf({"spectrum_distance", {table(1, 5, positive(5, 1)), table(1, 5, positive(5, 1))}}),
            "neither `target` nor `target` is a spectrum");
  EXPECT_EQ(errorOf({"spectrum_distance", {p, p}, {.from_per_ms = 0.011, .to_per_ms = 0.019}}),
            "no frequency of `target` lies within the band: they are 10 Hz apart, up to 40 Hz");
  Input other = p;
  other.operand.frequencyStep = 0.02;
  EXPECT_EQ(errorOf({"spectrum_distance", {p, other}}), "the frequencies of `target` are 10 Hz apart, those of `target` 20 Hz");
  Input silent = p;
  silent.values[7] = 0;
  EXPECT_EQ(errorOf({"spectrum_distance", {p, silent}}), "row 1 of `target` is 0 at 20 Hz, which has no logarithm");
}

TEST(Phases, Derivatives) {
  for (const char *name : {"order", "metastability", "plv"}) {
    expectDerivatives({name, {series(53, 4, normal(212, 3, 0.8))}});
    expectDerivatives({name, {table(12, 3, normal(36))}});
  }
}

/// Opposite phases: R and the modulus are 0, where they are least.
TEST(Phases, SlopeOfNothing) {
  std::vector<double> x;
  for (int k = 0; k < 4; ++k)
    x.insert(x.end(), {0.0, k * std::numbers::pi / 2});
  const Outcome<double> locking = runCase({"plv", {series(4, 2, x)}}, {0, 1, 0, 0});
  EXPECT_NEAR(locking.table.values[1], 0, 1e-15);
  for (double slope : locking.adjoints[0])
    EXPECT_TRUE(std::isfinite(slope));
  const Outcome<double> still = runCase({"metastability", {series(3, 2, {0, 1, 0, 1, 0, 1})}}, {1.0});
  EXPECT_EQ(still.adjoints[0], std::vector<double>(6, 0.0));
  EXPECT_EQ(errorOf({"metastability", {series(1, 2, {0, 1})}}), "one sample has no spread: it takes two");
}

TEST(CrossEntropy, OfClassesAndProbabilities) {
  const std::vector<double> x{1, 2, 0.5, -1, 0, 3};
  const auto logSum = [](double a, double b, double c) { return std::log(std::exp(a) + std::exp(b) + std::exp(c)); };
  const double first = logSum(1, 2, 0.5), second = logSum(-1, 0, 3);
  EXPECT_NEAR(scalar({"cross_entropy", {series(2, 3, x), constant(table(2, 1, {1, 0}))}}), (first - 2 + second + 1) / 2, 1e-15);
  EXPECT_NEAR(scalar({"cross_entropy", {series(2, 3, x), constant(table(1, 3, {0.25, 0, 0.75}))}}),
              (first + second - 0.25 * 1 - 0.75 * 0.5 + 0.25 - 0.75 * 3) / 2, 1e-15);
  const Options probabilities{.ofProbabilities = 1};
  EXPECT_NEAR(scalar({"cross_entropy", {table(2, 2, {0.2, 0.8, 0.5, 0.5}), constant(table(1, 1, {1}))}, probabilities}),
              -(std::log(0.8) + std::log(0.5)) / 2, 1e-15);
  EXPECT_NEAR(scalar({"cross_entropy", {series(1, 2, {1000, -1000}), constant(table(1, 1, {1}))}}), 2000, 1e-12);
}

TEST(CrossEntropy, Derivatives) {
  std::vector<double> labels;
  for (int k = 0; k < 23; ++k)
    labels.push_back(k * 7 % 4);
  expectDerivatives({"cross_entropy", {series(23, 4, normal(92)), constant(table(23, 1, labels))}});
  expectDerivatives({"cross_entropy", {table(23, 4, normal(92)), constant(table(1, 4, {0.1, 0.2, 0.3, 0.4}))}});
  expectDerivatives(
      {"cross_entropy", {table(23, 4, normal(92)), constant(table(1, 4, {0.1, 0.2, 0.3, 0.4000009}))}}); // of rounded files
  expectDerivatives({"cross_entropy", {series(23, 4, positive(92, 3)), constant(table(23, 1, labels))}, {.ofProbabilities = 1}});
}

TEST(CrossEntropy, WhatDoesNotFit) {
  const Input x = series(3, 2, {0.1, 0.9, 0, 1, 0.5, 0.5});
  const auto of = [&](Input labels, double probabilities = 0) {
    return errorOf({"cross_entropy", {x, constant(std::move(labels))}, {.ofProbabilities = probabilities}});
  };
  EXPECT_EQ(of(table(3, 1, {0, 2, 1})), "row 1 of `target` is 2; the classes are 0 to 1");
  EXPECT_EQ(of(table(3, 1, {0, 0.5, 1})), "row 1 of `target` is 0.5; the classes are 0 to 1");
  EXPECT_EQ(of(table(1, 2, {0.5, 0.6})), "row 0 of `target` holds no probabilities: none is negative, and together they are 1");
  EXPECT_EQ(of(table(3, 3, std::vector<double>(9, 0))), "the labels `target` are 3 by 3, and `x` is 3 by 2");
  EXPECT_EQ(of(table(1, 1, {0}), 1), "element 0 of `x` is 0 in row 1: a class that comes true needs a probability above 0");
  EXPECT_EQ(errorOf({"cross_entropy", {x, table(1, 1, {0})}}), "the labels `target` are not data");
}

TEST(Rate, OfAllAndOfEach) {
  const std::vector<double> s{1, 0, 0, 1, 1, 0, 1, 0}; // 4 steps of 0.5 ms, two elements
  EXPECT_DOUBLE_EQ(scalar({"rate", {spikes(4, 2, s)}}), 4 / 2.0 / 2.0);
  EXPECT_EQ(evaluate({"rate", {spikes(4, 2, s)}, overRows}).values, (std::vector<double>{1.5, 0.5}));
  EXPECT_EQ(errorOf({"rate", {spikes(0, 2, {})}}), "no time was measured of `E.spikes`");
}

TEST(Rate, Derivatives) {
  expectDerivatives({"rate", {spikes(31, 3, indicators(93, 1))}});
  expectDerivatives({"rate", {spikes(31, 3, indicators(93, 1))}, overRows});
}

TEST(VanRossum, IsItsSumOverPairs) {
  const std::vector<double> a = indicators(200 * 3, 1), b = indicators(200 * 3, 2);
  const double rate = 0.5 / 7;
  double expected = 0;
  for (int64_t e = 0; e < 3; ++e)
    expected += (filtered(a, a, e, 3, rate) + filtered(b, b, e, 3, rate) - 2 * filtered(a, b, e, 3, rate)) / 3;
  EXPECT_NEAR(scalar({"van_rossum", {spikes(200, 3, a), constant(spikes(200, 3, b))}, {.tau_ms = 7}}), expected,
              1e-12 * expected);
}

/// One spike too many is 1/2; two that are far apart are 1; the same trains are nothing.
TEST(VanRossum, OfFewSpikes) {
  std::vector<double> a(1000, 0.0), b = a;
  a[100] = 1;
  const auto distance = [&] { return scalar({"van_rossum", {spikes(1000, 1, a), spikes(1000, 1, b)}, {.tau_ms = 2}}); };
  EXPECT_NEAR(distance(), 0.5, 1e-15);
  b[900] = 1;
  EXPECT_NEAR(distance(), 1, 1e-15);
  b[900] = 0, b[100] = 1;
  EXPECT_EQ(distance(), 0);
}

TEST(VanRossum, Derivatives) {
  const Input a = spikes(60, 2, indicators(120, 1)), b = spikes(60, 2, indicators(120, 2)),
              none = spikes(60, 2, std::vector<double>(120, 0.0));
  expectDerivatives({"van_rossum", {a, b}, {.tau_ms = 5}});
  expectDerivatives({"van_rossum", {a, constant(b)}, {.tau_ms = 0.7}});
  expectDerivatives({"van_rossum", {none, constant(b)}, {.tau_ms = 5}});
}

namespace {

/// The distance and its slopes, of trains heard in pieces, in turn.
std::vector<double> heardInTurn(const std::vector<double> &a, const std::vector<double> &b, int64_t piece, bool asList,
                                bool secondFirst) {
  constexpr int64_t elements = 4;
  const auto steps = static_cast<int64_t>(a.size()) / elements;
  objective::Setup setup{{spikes(steps, elements, {}).operand, spikes(steps, elements, {}).operand}, {.tau_ms = 3}};
  const auto functional = (*findFunction("van_rossum", setup.operands))->make<double>(setup);
  functional->begin({});
  for (int64_t first = 0; first < steps; first += piece)
    for (int turn = 0; turn < 2; ++turn) {
      const int operand = secondFirst ? 1 - turn : turn;
      const std::vector<double> &train = operand == 0 ? a : b;
      std::vector<int64_t> times;
      std::vector<uint32_t> sources;
      const int64_t count = std::min(piece, steps - first);
      for (int64_t k = first * elements; k < (first + count) * elements; ++k)
        if (train[k] != 0) {
          times.push_back(k / elements);
          sources.push_back(static_cast<uint32_t>(k % elements));
        }
      functional->hear(operand, asList ? Spikes<double>{first, count, elements, times, sources}
                                       : Spikes<double>{first, count, elements, {}, {}, train.data() + first * elements});
    }
  std::vector<double> out = functional->evaluate({})->values;
  functional->pullback(Matrix<double>(1, 1, 1), {}, {});
  out.resize(static_cast<size_t>(1 + steps * elements));
  functional->adjoint(0, Spikes<double>{0, steps, elements}, out.data() + 1);
  return out;
}

} // namespace

/// A list of spikes says what their indicators say, whoever is heard first.
TEST(VanRossum, OfListsOfSpikes) {
  const std::vector<double> a = indicators(90 * 4, 1, 0), b = indicators(90 * 4, 2, 0); // many at once
  const std::vector<double> whole = heardInTurn(a, b, 90, false, false);
  EXPECT_EQ(heardInTurn(a, b, 90, true, false), whole);
  EXPECT_EQ(heardInTurn(a, b, 1, true, true), whole);
}

TEST(VanRossum, WhatDoesNotFit) {
  const Input a = spikes(4, 2, std::vector<double>(8, 1.0));
  EXPECT_EQ(errorOf({"van_rossum", {a, a}}), "it needs `tau`, the time for which a spike is remembered");
  EXPECT_EQ(errorOf({"van_rossum", {a, spikes(4, 3, std::vector<double>(12, 1.0))}, {.tau_ms = 1}}),
            "`E.spikes` has 2 elements, and `E.spikes` has 3: each is compared with its partner");
  EXPECT_EQ(errorOf({"van_rossum", {a, spikes(5, 2, std::vector<double>(10, 1.0))}, {.tau_ms = 1}}),
            "`E.spikes` has 4 steps of 0.5 ms, and `E.spikes` has 5 of 0.5 ms");
}
