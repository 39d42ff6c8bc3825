// What the options do to a connectome, lists of connections, and made connectomes against what their rule says.
#include "data_files.h"

#include "kernels/philox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace bdc::runtime;
using namespace bdc::runtime::test;

namespace {

/// The weights of a 3 by 3 matrix after these options.
std::vector<double> weightsWith(const std::vector<std::string> &options, const std::string &text) {
  const Folder folder;
  writeText(folder / "w.txt", text);
  ConnectomeOptions parsed;
  for (const std::string &words : options)
    EXPECT_TRUE(setOption(parsed, words)) << words;
  const auto c = loadConnectome(folder / "w.txt", parsed);
  EXPECT_TRUE(c) << c.error().message;
  return c ? c->weights : std::vector<double>();
}

void expectNear(const std::vector<double> &got, const std::vector<double> &wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], wanted[i], 4e-16 * std::max(1.0, std::abs(wanted[i]))) << i;
}

SyntheticConnectome parameters(int64_t regions, uint64_t seed = 1) {
  SyntheticConnectome p;
  p.regions = regions;
  p.key = bdc::kernels::key(seed, bdc::kernels::nameHash("SC"));
  return p;
}

} // namespace

TEST(DataOptions, SayWhichFilesTheyName) {
  for (const char *option : {"lengths", "labels", "centres", "rows", "columns", "contacts"})
    EXPECT_EQ(fileOf(std::string(option) + "=a=b.txt"), "a=b.txt") << option;
  for (const char *words : {"normalise=max", "name=gain", "reference=Cz", "lengths_unit=cm", "lengths", "len=a.txt"})
    EXPECT_EQ(fileOf(words), "") << words;
}

TEST(DataOptions, Norms) {
  const char *text = "9 2 -4\n1 9 0\n0 0 9\n"; // into region 0: 2 and -4; into 1: 1; into 2: none
  expectNear(weightsWith({}, text), {0, 2, -4, 1, 0, 0, 0, 0, 0});
  expectNear(weightsWith({"diagonal=keep"}, text), {9, 2, -4, 1, 9, 0, 0, 0, 9});
  expectNear(weightsWith({"normalise=max"}, text), {0, 0.5, -1, 0.25, 0, 0, 0, 0, 0});
  expectNear(weightsWith({"normalise=max", "diagonal=keep"}, text), {1, 2. / 9, -4. / 9, 1. / 9, 1, 0, 0, 0, 1});
  expectNear(weightsWith({"normalise=max_in_strength"}, text), {0, 2. / 6, -4. / 6, 1. / 6, 0, 0, 0, 0, 0});
  expectNear(weightsWith({"normalise=max_out_strength"}, text), {0, 0.5, -1, 0.25, 0, 0, 0, 0, 0});
  expectNear(weightsWith({"normalise=max_out_strength", "diagonal=keep"}, text),
             {9. / 13, 2. / 13, -4. / 13, 1. / 13, 9. / 13, 0, 0, 0, 9. / 13});
  expectNear(weightsWith({"normalise=in_strength"}, text), {0, 2. / 6, -4. / 6, 1, 0, 0, 0, 0, 0});
  expectNear(weightsWith({"normalise=none", "scale=linear", "diagonal=drop"}, text), {0, 2, -4, 1, 0, 0, 0, 0, 0});
}

TEST(DataOptions, ScaleComesBeforeTheNorm) {
  const char *text = "-9 100 0\n0 0 10\n1000 0 0\n"; // what is dropped is not scaled
  expectNear(weightsWith({"scale=log10"}, text), {0, 2, 0, 0, 0, 1, 3, 0, 0});
  expectNear(weightsWith({"scale=log1p"}, text), {0, std::log(101.0), 0, 0, 0, std::log(11.0), std::log(1001.0), 0, 0});
  expectNear(weightsWith({"normalise=max", "scale=log10"}, text), {0, 2. / 3, 0, 0, 0, 1. / 3, 1, 0, 0});
}

TEST(DataOptions, UnitOfLength) {
  const Folder folder;
  writeText(folder / "weights.txt", "0 1\n1 0\n");
  writeText(folder / "lengths.txt", "0 1.5\n2 0\n");
  writeText(folder / "centres.txt", "1 2 3\n4 5 6\n");
  const std::pair<const char *, double> units[] = {{"mm", 1e3}, {"um", 1}, {"cm", 1e4}, {"m", 1e6}};
  for (const auto &[unit, factor] : units) {
    ConnectomeOptions options;
    ASSERT_TRUE(setOption(options, std::string("lengths_unit=") + unit));
    const auto c = loadConnectome(folder.path, options);
    ASSERT_TRUE(c);
    EXPECT_EQ(c->lengths, (std::vector<double>{0, 1.5 * factor, 2 * factor, 0}));
    EXPECT_EQ(c->centres[5], 6 * factor);
  }
}

TEST(DataConnections, OrderOfSources) {
  ConnectomeData c;
  c.size = 3;
  c.weights = {0, 2, 0, 3, 0, 0, -4, 5, 6};
  Connections list = connectionsOf(c);
  EXPECT_EQ(list.offset, (std::vector<int64_t>{0, 2, 4, 5}));
  EXPECT_EQ(list.target, (std::vector<uint32_t>{1, 2, 0, 2, 2}));
  EXPECT_EQ(list.weights, (std::vector<double>{3, -4, 2, 5, 6}));
  EXPECT_TRUE(list.lengths.empty());
  c.lengths = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(connectionsOf(c).lengths, (std::vector<double>{3, 6, 1, 7, 8}));
}

TEST(DataConnections, HoldTheMatrix) {
  const auto c = makeConnectome(parameters(50));
  ASSERT_TRUE(c);
  SyntheticConnectome sparse = parameters(50);
  sparse.probability = 0.2;
  for (const auto &made : {*c, *makeConnectome(sparse)}) {
    const Connections list = connectionsOf(made);
    std::vector<double> weights(2500, 0);
    for (int64_t source = 0; source < 50; ++source)
      for (int64_t e = list.offset[source]; e < list.offset[source + 1]; ++e) {
        weights[list.target[e] * 50 + source] = list.weights[e];
        EXPECT_EQ(list.lengths[e], made.lengths[list.target[e] * 50 + source]);
        EXPECT_NE(list.weights[e], 0);
        if (e > list.offset[source])
          EXPECT_LT(list.target[e - 1], list.target[e]);
      }
    EXPECT_EQ(weights, made.weights);
  }
}

TEST(DataSynthetic, FollowsItsRule) {
  SyntheticConnectome p = parameters(300);
  p.radii = {20000, 40000, 10000};
  p.decay = 8000;
  p.probability = 0.3;
  const auto c = makeConnectome(p);
  ASSERT_TRUE(c);
  int64_t connected = 0;
  for (int64_t i = 0; i < 300; ++i)
    for (int64_t j = 0; j < 300; ++j) {
      double square = 0;
      for (int axis = 0; axis < 3; ++axis)
        square += std::pow(c->centres[i * 3 + axis] - c->centres[j * 3 + axis], 2);
      EXPECT_NEAR(c->lengths[i * 300 + j], std::sqrt(square), 1e-8);
      const double weight = c->weights[i * 300 + j];
      if (i == j)
        EXPECT_EQ(weight, 0);
      else if (weight != 0)
        EXPECT_NEAR(weight, std::exp(-std::sqrt(square) / 8000), 1e-13);
      connected += weight != 0;
    }
  const double mean = 0.3 * 300 * 299, deviation = std::sqrt(mean * 0.7);
  EXPECT_NEAR(static_cast<double>(connected), mean, 4 * deviation);
  EXPECT_EQ(c->labels[17], "R17");
}

// A uniform ball: the cube of the relative radius is uniform in [0, 1], and no direction is preferred.
TEST(DataSynthetic, RegionsFillTheEllipsoid) {
  SyntheticConnectome p = parameters(2000, 7);
  p.radii = {1000, 2000, 3000};
  p.probability = 0;
  const auto c = makeConnectome(p);
  ASSERT_TRUE(c);
  std::vector<double> cubes;
  double sums[3] = {}, squares[3] = {};
  for (int64_t i = 0; i < 2000; ++i) {
    double square = 0;
    for (int axis = 0; axis < 3; ++axis) {
      const double x = c->centres[i * 3 + axis] / p.radii[axis];
      square += x * x;
      sums[axis] += x / 2000;
      squares[axis] += x * x / 2000;
    }
    cubes.push_back(std::pow(square, 1.5));
  }
  std::sort(cubes.begin(), cubes.end());
  double ks = 0;
  for (size_t i = 0; i < cubes.size(); ++i)
    ks = std::max(ks, std::abs(cubes[i] - (static_cast<double>(i) + 0.5) / 2000));
  EXPECT_LT(ks, 1.95 / std::sqrt(2000)); // 0.1 %
  for (int axis = 0; axis < 3; ++axis) {
    EXPECT_NEAR(sums[axis], 0, 4 * std::sqrt(0.2 / 2000)); // the variance of a coordinate is 1/5
    EXPECT_NEAR(squares[axis], 0.2, 4 * std::sqrt((3. / 35 - 0.04) / 2000));
  }
}

TEST(DataSynthetic, DependsOnTheSeedAlone) {
  const auto a = makeConnectome(parameters(40, 1)), b = makeConnectome(parameters(40, 1)), c = makeConnectome(parameters(40, 2));
  EXPECT_EQ(a->weights, b->weights);
  EXPECT_NE(a->centres, c->centres);
  // A region lies where it lay, however many there are.
  const auto more = makeConnectome(parameters(60, 1));
  EXPECT_TRUE(std::equal(a->centres.begin(), a->centres.end(), more->centres.begin()));
  const auto normal = makeConnectome(parameters(40, 1), {.normalise = Normalise::in_strength});
  for (int64_t i = 0; i < 40; ++i)
    EXPECT_NEAR(std::accumulate(&normal->weights[i * 40], &normal->weights[i * 40] + 40, 0.0), 1, 1e-14);
}

TEST(DataSynthetic, RefusesWhatCannotBe) {
  const auto refused = [](auto change) {
    SyntheticConnectome p = parameters(10);
    change(p);
    const auto made = makeConnectome(p);
    return made ? "no error" : made.error().message;
  };
  EXPECT_EQ(refused([](auto &p) { p.regions = 0; }), "a synthetic connectome of 0 regions: there can be 1 to 16384");
  EXPECT_EQ(refused([](auto &p) { p.regions = 16385; }), "a synthetic connectome of 16385 regions: there can be 1 to 16384");
  EXPECT_EQ(refused([](auto &p) { p.probability = 1.5; }), "a synthetic connectome with the connection probability 1.5");
  EXPECT_EQ(refused([](auto &p) { p.probability = NAN; }), "a synthetic connectome with the connection probability nan");
  EXPECT_EQ(refused([](auto &p) { p.decay = 0; }), "a synthetic connectome whose weights decay over 0 µm");
  EXPECT_EQ(refused([](auto &p) { p.radii[1] = -1; }), "a synthetic connectome in an ellipsoid with a half axis of -1 µm");
  EXPECT_EQ(refused([](auto &p) { p.regions = 1; }), "no error");
}
