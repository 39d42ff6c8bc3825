// Functionals of objectives against formulas written out, and their derivatives against each other and differences.
#include "functional_check.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace bdc::runtime;
using namespace bdc::runtime::objective;

namespace {

const Options overRows{.overRows = 1};

} // namespace

TEST(Reductions, OfAllNumbers) {
  const std::vector<double> x{3, -1, 4, 1, -5, 9};
  const auto of = [&](const char *name) { return scalar({name, {series(3, 2, x)}}); };
  EXPECT_DOUBLE_EQ(of("sum"), 11);
  EXPECT_DOUBLE_EQ(of("mean"), 11.0 / 6);
  const double variance = (9 + 1 + 16 + 1 + 25 + 81) / 6.0 - 121 / 36.0;
  EXPECT_DOUBLE_EQ(of("variance"), variance);
  EXPECT_DOUBLE_EQ(of("std"), std::sqrt(variance));
  EXPECT_DOUBLE_EQ(of("min"), -5);
  EXPECT_DOUBLE_EQ(of("max"), 9);
}

TEST(Reductions, OverTime) {
  const std::vector<double> x{3, -1, 4, 1, -5, 9};
  const auto of = [&](const char *name) { return evaluate({name, {table(3, 2, x)}, overRows}).values; };
  EXPECT_EQ(of("sum"), (std::vector<double>{2, 9}));
  EXPECT_DOUBLE_EQ(of("mean")[0], 2.0 / 3);
  EXPECT_DOUBLE_EQ(of("mean")[1], 3);
  EXPECT_DOUBLE_EQ(of("variance")[1], (16 + 4 + 36) / 3.0);
  EXPECT_EQ(of("min"), (std::vector<double>{-5, -1}));
  EXPECT_EQ(of("max"), (std::vector<double>{4, 9}));
}

TEST(Reductions, Derivatives) {
  for (const char *name : {"sum", "mean", "variance", "std", "min", "max"})
    for (const Options &options : {Options{}, overRows}) {
      expectDerivatives({name, {series(97, 5, normal(97 * 5, 20, 3))}, options});
      expectDerivatives({name, {table(13, 4, normal(13 * 4, -2))}, options});
    }
}

/// Where a number is the least that it can be, or several are the largest: the subgradients that functional.h promises.
TEST(Reductions, Subgradients) {
  const Outcome<double> flat = runCase({"std", {series(4, 1, {7, 7, 7, 7})}}, {1.0});
  EXPECT_EQ(flat.table.values[0], 0);
  EXPECT_EQ(flat.adjoints[0], (std::vector<double>{0, 0, 0, 0}));
  const Outcome<double> top = runCase({"max", {series(4, 1, {1, 5, 5, 2})}}, {2.0});
  EXPECT_EQ(top.adjoints[0], (std::vector<double>{0, 2, 0, 0}));
}

TEST(Reductions, WhatHasNoValue) {
  EXPECT_EQ(errorOf({"mean", {series(0, 3, {})}}), "there are no samples");
  EXPECT_EQ(errorOf({"std", {series(1, 3, {1, 2, 3})}, overRows}), "one number has no spread: it takes two samples");
  EXPECT_EQ(errorOf({"mean", {spikes(2, 1, {0, 1})}}), "`mean` takes (a series) or (a table), here it is given (spikes)");
}

/// Elements of one, two and three parts that are orthogonal: r = 1 / sqrt(2), and so on.
TEST(Correlation, OfSumsOfSquareWaves) {
  const double a[] = {1, 1, 1, 1, -1, -1, -1, -1}, b[] = {1, 1, -1, -1, 1, 1, -1, -1}, c[] = {1, -1, 1, -1, 1, -1, 1, -1};
  std::vector<double> x;
  for (int k = 0; k < 8; ++k)
    x.insert(x.end(), {5 + a[k], a[k] + b[k], 1e3 - 2 * (a[k] + b[k] + c[k])});
  const Matrix<double> r = evaluate({"correlation", {series(8, 3, x)}});
  EXPECT_NEAR(r.values[1], std::sqrt(0.5), 1e-15);
  EXPECT_NEAR(r.values[2], -std::sqrt(1.0 / 3), 1e-15);
  EXPECT_NEAR(r.values[5], -std::sqrt(2.0 / 3), 1e-15);
  EXPECT_EQ(r.values[4], 1);
  EXPECT_EQ(r.values[6], r.values[2]);
}

TEST(Correlation, Derivatives) {
  expectDerivatives({"correlation", {series(103, 6, normal(103 * 6, 40, 3))}});
  expectDerivatives({"correlation", {table(20, 3, normal(60))}});
}

TEST(Correlation, WhatHasNoValue) {
  std::vector<double> x = normal(30);
  EXPECT_EQ(errorOf({"correlation", {series(1, 30, x)}}), "`x` has 1 sample, and a correlation takes two");
  EXPECT_EQ(errorOf({"correlation", {series(30, 1, x)}}), "`correlation` is a matter of two elements or more; `x` has 1");
  for (size_t k = 1; k < x.size(); k += 3)
    x[k] = 0.1 + (k % 2 ? 1e-17 : 0);
  EXPECT_EQ(errorOf({"correlation", {series(10, 3, x)}}), "element 1 of `x` does not change, so it correlates with nothing");
  Case named{"correlation", {series(10, 3, x)}};
  named.inputs[0].operand.names = {"rA1", "rPFC", "rV1"};
  EXPECT_EQ(errorOf(named), "rPFC of `x` does not change, so it correlates with nothing");
}
