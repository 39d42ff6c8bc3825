// The progress line and the numbers of drawings.
#include "runtime/progress/progress.h"
#include "runtime/report/svg.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

using namespace bdc::runtime;

TEST(Progress, SaysTimeFactorAndWhatIsLeft) {
  Progress p{2000, 10000, 200, 0.1, 0.05, false};
  EXPECT_EQ(progressText(p, 0), " 20 %  200 ms of 1 s  0.25 × real time  0.2 s left");
  EXPECT_EQ(progressText(p, 10).substr(0, 12), "▕██   "); // two of ten cells
  p.wall_s = 1000;
  EXPECT_NE(progressText(p, 0).find("1 h 06 min left"), std::string::npos);
}

TEST(Progress, PlainLinesComeEveryTenth) {
  char *text = nullptr;
  size_t size = 0;
  std::FILE *stream = open_memstream(&text, &size);
  ProgressLine line(stream, ProgressStyle::plain);
  for (int64_t step = 0; step <= 1000; step += 7)
    line.show({step, 1000, static_cast<double>(step) * 0.1, 0.1, 1, false});
  line.show({1000, 1000, 100, 0.1, 1, true});
  std::fclose(stream);
  EXPECT_EQ(std::count(text, text + size, '\n'), 10);
  free(text);
}

TEST(Progress, QuietSaysNothing) {
  char *text = nullptr;
  size_t size = 0;
  std::FILE *stream = open_memstream(&text, &size);
  ProgressLine(stream, ProgressStyle::quiet).show({500, 1000, 50, 0.1, 10, false});
  EXPECT_EQ(progressStyle(stderr, true), ProgressStyle::quiet);
  std::fclose(stream);
  EXPECT_EQ(size, 0u);
  free(text);
}

TEST(Svg, TicksAreNice) {
  EXPECT_EQ(svg::niceTicks(0, 1, 5), (std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1}));
  EXPECT_EQ(svg::niceTicks(-63, -48, 4), (std::vector<double>{-60, -55, -50}));
  EXPECT_EQ(svg::tickText(0.6000000000000001, 0.2), "0.6");
  EXPECT_EQ(svg::tickText(-55, 5), "−55");
  EXPECT_EQ(svg::tickText(0, 0.01), "0");
  EXPECT_EQ(svg::tickText(2e7, 1e7), "2e+07");
  EXPECT_EQ(svg::numberText(0.0 / 0.0), "–");
  EXPECT_EQ(svg::escape("a < b & \"c\""), "a &lt; b &amp; &quot;c&quot;");
}

TEST(Progress, OfAFitSaysTheLoss) {
  FitProgress p{50, 200, 0.25, 0.125, "", 1, 0, false};
  EXPECT_EQ(progressText(p, 0), "step 50 of 200  loss 0.25  best 0.125  3.0 s left");
  EXPECT_EQ(progressText(p, 8), "▕██      ▏ step 50 of 200  loss 0.25  best 0.125  3.0 s left");
  p.stepsBefore = 40; // continued: 10 steps took a second
  p.unit = "mV";
  EXPECT_EQ(progressText(p, 0), "step 50 of 200  loss 0.25 mV  best 0.125 mV  15 s left");
  p = {50, 0, 0.0 / 0.0, 0.125, "", 1, 0, false};
  EXPECT_EQ(progressText(p, 8), "step 50  loss –  best 0.125") << "without a limit there is no end to show";
  p = {50, 200, 0.25, 0.125, "", 1, 0, true};
  EXPECT_EQ(progressText(p, 4), "▕████▏ step 50 of 200  loss 0.25  best 0.125") << "it ended by itself";
}

TEST(Progress, PlainLinesOfAFitEndWithTheLast) {
  char *text = nullptr;
  size_t size = 0;
  std::FILE *stream = open_memstream(&text, &size);
  ProgressLine line(stream, ProgressStyle::plain);
  for (int64_t step = 1; step <= 30; ++step)
    line.show(FitProgress{step, 100, 1, 1, "", 1, 0, step == 30});
  std::fclose(stream);
  EXPECT_EQ(std::string(text), "step 10 of 100  loss 1  best 1  9.0 s left\nstep 20 of 100  loss 1  best 1  4.0 s left\n"
                               "step 30 of 100  loss 1  best 1\n");
  free(text);
}
