// Summaries against closed forms.
#include "runtime/summarise/summarise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

using namespace bdc::runtime;

namespace {

std::shared_ptr<Accumulator> make(const char *name, int64_t elements) {
  Stream stream;
  stream.elements = elements;
  SummaryInput input;
  input.streams = {&stream, 1};
  return *findSummary(name)->make(input);
}

void hear(Accumulator &a, const std::vector<int64_t> &steps, const std::vector<uint32_t> &elements) {
  ASSERT_TRUE(a.hear(SpikeBatch{steps, elements}));
}

void hear(Accumulator &a, const std::vector<double> &values) {
  RowBatch batch;
  batch.rows = 1;
  batch.columns = static_cast<int64_t>(values.size());
  batch.values = values.data();
  ASSERT_TRUE(a.hear(batch));
}

} // namespace

TEST(Summarise, RateIsSpikesPerElementAndTime) {
  auto rate = make("rate", 5);
  hear(*rate, {1, 2, 3}, {0, 0, 4});
  hear(*rate, {4}, {1});
  EXPECT_DOUBLE_EQ(rate->value(200) * findSummary("rate")->display.factor, 4.0); // 4 spikes / 5 / 0.2 s
  EXPECT_TRUE(std::isnan(rate->value(0)));
}

/// Intervals a, b, a, b, …: mean (a + b) / 2, standard deviation |a - b| / 2. Elements with two spikes do not count.
TEST(Summarise, CvOfAlternatingIntervals) {
  auto cv = make("cv_isi", 3);
  std::vector<int64_t> steps;
  std::vector<uint32_t> elements;
  int64_t at = 5;
  for (int i = 0; i < 21; ++i) {
    steps.push_back(at);
    elements.push_back(1);
    at += i % 2 ? 30 : 10;
  }
  hear(*cv, steps, elements);
  EXPECT_DOUBLE_EQ(cv->value(0), 0.5);
  hear(*cv, {1000, 1010}, {0, 0});
  EXPECT_DOUBLE_EQ(cv->value(0), 0.5);
  hear(*cv, {1000, 1010, 1020}, {2, 2, 2}); // a regular one: CV 0
  EXPECT_DOUBLE_EQ(cv->value(0), 0.25);
}

TEST(Summarise, CvWithoutIntervalsIsNothing) { EXPECT_TRUE(std::isnan(make("cv_isi", 3)->value(100))); }

/// As a mean of them is: wherever it stands among the samples.
TEST(Summarise, WhatIsNotANumberHasNeitherLeastNorLargest) {
  for (const char *name : {"min", "max", "mean"})
    for (const std::vector<double> &values : {std::vector<double>{NAN, 1, 2}, {1, NAN, 2}, {2, 1, NAN}}) {
      auto summary = make(name, 3);
      hear(*summary, values);
      hear(*summary, {1, 2, 3});
      EXPECT_TRUE(std::isnan(summary->value(1))) << name;
    }
}

/// 0, 1, … n - 1 on a large pedestal: mean (n - 1) / 2, variance (n^2 - 1) / 12.
TEST(Summarise, MomentsOfARamp) {
  std::vector<double> ramp(1001);
  std::iota(ramp.begin(), ramp.end(), 1e9);
  auto mean = make("mean", 1), deviation = make("std", 1), low = make("min", 1), high = make("max", 1);
  for (auto *a : {mean.get(), deviation.get(), low.get(), high.get()}) {
    EXPECT_TRUE(std::isnan(a->value(0)));
    hear(*a, {ramp.begin(), ramp.begin() + 300});
    hear(*a, {ramp.begin() + 300, ramp.end()});
  }
  EXPECT_DOUBLE_EQ(mean->value(0), 1e9 + 500);
  EXPECT_NEAR(deviation->value(0), std::sqrt((1001.0 * 1001 - 1) / 12), 1e-9);
  EXPECT_DOUBLE_EQ(low->value(0), 1e9);
  EXPECT_DOUBLE_EQ(high->value(0), 1e9 + 1000);
}
