// Pictures of tables: the pixels that are in them, and what is written at their axes.
#include "runtime/report/details.h"
#include "runtime/report/fit_plots.h"
#include "runtime/report/plots.h"
#include "runtime/report/png.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <numbers>

using namespace bdc::runtime;

namespace {

std::string decoded(const std::string &address) {
  const std::string start = "data:image/png;base64,",
                    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  EXPECT_EQ(address.substr(0, start.size()), start);
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (char c : address.substr(start.size())) {
    if (c == '=')
      break;
    bits = bits << 6 | static_cast<uint32_t>(letters.find(c));
    if ((count += 6) >= 8)
      out += static_cast<char>(bits >> (count -= 8) & 0xff);
  }
  return out;
}

uint32_t big(const std::string &text, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i)
    value = value << 8 | static_cast<uint8_t>(text[at + i]);
  return value;
}

/// The data of the chunk; every chunk's sum must be right.
std::string chunk(const std::string &file, const std::string &type) {
  std::string found;
  for (size_t at = 8; at < file.size();) {
    const uint32_t length = big(file, at);
    const std::string body = file.substr(at + 4, length + 4);
    EXPECT_EQ(big(file, at + 8 + length), crc32(0, reinterpret_cast<const Bytef *>(body.data()), static_cast<uInt>(body.size())));
    if (body.substr(0, 4) == type)
      found = body.substr(4);
    at += length + 12;
  }
  return found;
}

std::string pixels(const std::string &file) {
  const std::string packed = chunk(file, "IDAT");
  std::string lines(1 << 20, '\0');
  uLongf size = lines.size();
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef *>(lines.data()), &size, reinterpret_cast<const Bytef *>(packed.data()),
                       static_cast<uLong>(packed.size())),
            Z_OK);
  lines.resize(size);
  return lines;
}

} // namespace

TEST(Pictures, PngHoldsThePixels) {
  const std::string file = decoded(png::dataAddress({0, 1, 2, 253, 254, 255}, 3, 2, png::diverging()));
  EXPECT_EQ(file.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(big(chunk(file, "IHDR"), 0), 3u);
  EXPECT_EQ(big(chunk(file, "IHDR"), 4), 2u);
  EXPECT_EQ(pixels(file), std::string("\0\0\1\2\0\xfd\xfe\xff", 8)); // each row behind its filter, 0
  const std::string colours = chunk(file, "PLTE");
  EXPECT_EQ(colours.substr(0, 3), "\x05\x30\x61");
  EXPECT_EQ(colours.substr(127 * 3, 3), "\xf7\xf7\xf7") << "0 is white";
  EXPECT_EQ(colours.substr(254 * 3, 3), std::string("\x67\x00\x1f", 3));
  EXPECT_EQ(static_cast<uint8_t>(chunk(file, "tRNS")[255]), 0);
}

/// Colours go from -0.5 to 0.5, as far as the largest entry that is not on the diagonal, rounded up to one digit.
TEST(Pictures, MatrixShowsItsEntries) {
  Detail detail;
  detail.tables.push_back({"matrix", "", 3, 3, {1, -0.25, 0.42, -0.25, 1, NAN, 0.42, NAN, 1}});
  const std::string svg = drawMatrix(detail, {"left <V1>", "right", "third"});
  const size_t at = svg.find("data:"), end = svg.find('"', at);
  const std::string rows = pixels(decoded(svg.substr(at, end - at)));
  auto shade = [](double value) { return static_cast<char>(std::lround((value + 0.5) * 254)); };
  EXPECT_EQ(rows,
            (std::string{0, '\xfe', shade(-0.25), shade(0.42), 0, shade(-0.25), '\xfe', '\xff', 0, shade(0.42), '\xff', '\xfe'}));
  EXPECT_NE(svg.find("left &lt;V1&gt;"), std::string::npos);
  EXPECT_NE(svg.find(">−0.4<"), std::string::npos) << "the bar's ticks";
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(Pictures, LargeMatricesAreMeans) {
  constexpr int64_t size = 2000; // three by three entries in a pixel
  Detail detail;
  detail.tables.push_back({"matrix", "", size, size, std::vector<double>(size * size, 0.5)});
  for (int64_t i = 0; i < size; ++i)
    detail.tables[0].values[i] = 1;
  const std::string svg = drawMatrix(detail, std::vector<std::string>(size, "x"));
  const size_t at = svg.find("data:"), end = svg.find('"', at);
  const std::string file = decoded(svg.substr(at, end - at));
  EXPECT_EQ(big(chunk(file, "IHDR"), 0), 667u);
  EXPECT_EQ(static_cast<uint8_t>(pixels(file)[1]), std::lround(254 * 2.0 / 3));
  EXPECT_EQ(static_cast<uint8_t>(pixels(file)[668 + 1]), 127);
}

TEST(Pictures, SpectrumHasDecades) {
  Detail detail;
  Table frequency{"frequency", "Hz", 501, 0, {}}, density{"density", "mV^2/Hz", 2, 501, {}}, mean{"mean", "mV^2/Hz", 501, 0, {}};
  for (int k = 0; k <= 500; ++k) {
    frequency.values.push_back(k);
    mean.values.push_back(k ? 1.0 / k / k : 0);
  }
  for (double scale : {0.5, 1.5})
    for (double value : mean.values)
      density.values.push_back(scale * value);
  detail.tables = {frequency, density, mean};
  const std::string svg = drawSpectrum(detail);
  for (const char *tick : {">1<", ">10<", ">100<", ">0.1<", ">0.001<", ">10⁻⁵<", "density (mV²/Hz)", "class=\"band"})
    EXPECT_NE(svg.find(tick), std::string::npos) << tick;
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  detail.tables[1].values.assign(1002, NAN);
  detail.tables[2].values.assign(501, NAN);
  EXPECT_EQ(drawSpectrum(detail).find("nan"), std::string::npos) << "a run that was cut short";
}

namespace {

int64_t countOf(const std::string &text, const std::string &part) {
  int64_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

} // namespace

TEST(FitPictures, LossOnDecadesWhereItSpansThem) {
  const std::vector<double> loss{100, 10, NAN, 1, 2}, best{100, 10, 10, 1, 1};
  const std::string svg = drawLoss({loss, best});
  for (const char *tick : {">1<", ">10<", ">100<", ">step<", ">loss<", ">best<"})
    EXPECT_NE(svg.find(tick), std::string::npos) << tick;
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  // The frame begins at 66; step 3 has no loss, so the line begins anew at step 4, three quarters along.
  EXPECT_NE(svg.find("M66 "), std::string::npos);
  EXPECT_NE(svg.find("M696 "), std::string::npos);
  const std::vector<double> flat{5, 4.5, 4.4}, signs{-1, 2, 30};
  EXPECT_NE(drawLoss({flat, flat}).find(">4.6<"), std::string::npos) << "less than a factor of ten: a linear axis";
  EXPECT_NE(drawLoss({signs, signs}).find(">20<"), std::string::npos);
  EXPECT_EQ(countOf(drawLoss({signs, signs}), "class=\"tick\""), 3) << "steps are whole";
  EXPECT_EQ(drawLoss({{}, {}}).find("nan"), std::string::npos);
}

TEST(FitPictures, EachStartHasALine) {
  const std::vector<double> loss{1, 1, 1}, lanes{1, 2, 3, 4, 1, 2, 3, NAN, 1, 2, 3, NAN};
  const std::string svg = drawLoss({loss, loss, lanes});
  EXPECT_EQ(countOf(svg, "stroke-width=\"0.60\""), 4);
  EXPECT_NE(svg.find("each start"), std::string::npos);
}

TEST(FitPictures, LongFitsKeepTheirPeaks) {
  std::vector<double> loss(100000, 1.0);
  loss[50001] = 7;
  const std::string svg = drawLoss({loss, loss});
  EXPECT_LT(svg.size(), 40000u);
  EXPECT_NE(svg.find(">6<"), std::string::npos) << "the axis reaches it";
}

TEST(FitPictures, MatricesSideBySide) {
  Comparison c;
  c.target = {"FC", "", 3, 3, {1, 0.5, -0.2, 0.5, 1, 0.1, -0.2, 0.1, 1}};
  c.fit = {"FC", "", 3, 3, {1, 0.4, -0.3, 0.4, 1, 0.2, -0.3, 0.2, 1}};
  const std::string svg = drawComparison(c);
  EXPECT_EQ(countOf(svg, "<image"), 3) << "two matrices and their colours";
  EXPECT_EQ(countOf(svg, "h0"), 3) << "a dot for each pair";
  // From the means 0.4/3 and 0.1: r = 0.24/√(0.74/3 · 0.26).
  EXPECT_EQ(comparisonCaption(c), "r = 0.9477 over 3 pairs, root mean square of the difference 0.1");
}

TEST(FitPictures, CoursesAndLists) {
  Comparison c;
  c.target = {"v", "mV", 4, 0, {-65, -60, NAN, -64}};
  c.fit = {"v", "mV", 4, 0, {-64, -61, -62, -64}};
  EXPECT_EQ(countOf(drawComparison(c), "h0"), 3);
  EXPECT_EQ(comparisonCaption(c).substr(0, 22), "r = 0.982 over 3 numbe") << "9/√(14·6)";
  c.time_ms = {0, 1, 2, 3};
  const std::string svg = drawComparison(c);
  EXPECT_NE(svg.find("time (ms)"), std::string::npos);
  EXPECT_NE(svg.find("v (mV)"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(ConnectomePictures, OneForLanesThatShareTheirConnectome) {
  const std::vector<ConnectomeMatrix> matrices = {{"weight", 2, {0, 1, 2, 0}}};
  auto one = std::make_shared<int>(1), other = std::make_shared<int>(2);
  const std::weak_ptr<int> held = one;
  const auto first = makeConnectomePlot(matrices, "", one), same = makeConnectomePlot(matrices, "", one),
             different = makeConnectomePlot(matrices, "", other);
  one.reset();
  EXPECT_FALSE(held.expired()) << "another connectome could take its place in memory, and be taken for it";
  EXPECT_NE(first->drawLanes({{"a", first.get(), 1}, {"b", same.get(), 1}}), "");
  EXPECT_EQ(first->drawLanes({{"a", first.get(), 1}, {"b", different.get(), 1}}), "");
}
