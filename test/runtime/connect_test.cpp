// Every connection rule: degrees against their distributions, order and uniqueness, equality over threads and blocks.
#include "runtime/connect/build.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <numeric>
#include <set>

using namespace bdc::runtime;

namespace {

struct Built {
  std::unique_ptr<Arena> arena = std::make_unique<Arena>();
  bdc_graph graph{};
  std::vector<std::vector<uint32_t>> rows; ///< per source
  std::vector<std::vector<double>> weights;
};

Connection make(Rule rule, int64_t sources, int64_t targets, double argument = 0) {
  Connection c;
  c.name = "A -> B";
  c.rule = rule;
  c.probability = argument;
  c.degree = static_cast<int64_t>(argument);
  c.key = 0x123456789abcdef;
  c.sources = c.from.last = sources;
  c.targets = c.to.last = targets;
  return c;
}

/// Of a value that a function of edges makes.
int64_t sourceOf(const uint64_t *groups, int64_t value) { return groups[value / BDC_GROUP] & 0xffffffff; }
int64_t ordinalOf(const uint64_t *groups, int64_t value) { return (groups[value / BDC_GROUP] >> 32) + value % BDC_GROUP; }

Built build(const Connection &c, int threads = 1, int64_t cache = 1 << 20, EdgeValues values = {}, EdgeLists lists = {}) {
  Built out;
  Team team(threads);
  std::vector<int64_t> bounds;
  for (int t = 0; t < threads; ++t)
    bounds.push_back(c.targets / 16 * t / threads * 16);
  bounds.push_back(c.targets);
  const Blocks blocks = chooseBlocks(c, bounds, 8, cache);
  Result<bdc_graph> graph = buildGraph(c, values, blocks, lists, nullptr, team, *out.arena);
  if (!graph) {
    ADD_FAILURE() << graph.error().message;
    return out;
  }
  out.graph = *graph;
  out.rows.resize(static_cast<size_t>(c.sources));
  out.weights.resize(static_cast<size_t>(c.sources));
  for (int64_t source = 0; source < c.sources; ++source)
    for (int b = 0; b < graph->blocks; ++b) {
      const int64_t *piece = graph->piece + source * (graph->blocks + 1) + b;
      for (int64_t e = piece[0]; e < piece[1]; ++e) {
        EXPECT_GE(graph->target[e], blocks.first[b]);
        EXPECT_LT(graph->target[e], blocks.first[b + 1]);
        out.rows[source].push_back(graph->target[e]);
        if (graph->weight)
          out.weights[source].push_back(static_cast<const double *>(graph->weight)[e]);
      }
    }
  return out;
}

void expectAscending(const Built &built) {
  for (const auto &row : built.rows)
    for (size_t i = 1; i < row.size(); ++i)
      ASSERT_LT(row[i - 1], row[i]);
}

std::vector<int64_t> inDegrees(const Built &built, int64_t targets) {
  std::vector<int64_t> degree(static_cast<size_t>(targets));
  for (const auto &row : built.rows)
    for (uint32_t target : row)
      ++degree[target];
  return degree;
}

/// Mean and variance over independent counts against Binomial(n, p): within 4.5 standard errors.
void expectBinomial(const std::vector<int64_t> &counts, double n, double p) {
  const double m = static_cast<double>(counts.size());
  double sum = 0, squares = 0;
  for (int64_t c : counts)
    sum += static_cast<double>(c);
  const double mean = sum / m;
  for (int64_t c : counts)
    squares += (static_cast<double>(c) - mean) * (static_cast<double>(c) - mean);
  const double variance = n * p * (1 - p);
  EXPECT_NEAR(mean, n * p, 4.5 * std::sqrt(variance / m));
  EXPECT_NEAR(squares / (m - 1), variance, 4.5 * variance * std::sqrt(2 / m) + 1e-12);
}

std::vector<int64_t> outDegrees(const Built &built) {
  std::vector<int64_t> degree;
  for (const auto &row : built.rows)
    degree.push_back(static_cast<int64_t>(row.size()));
  return degree;
}

} // namespace

TEST(Connect, OneToOne) {
  const Built b = build(make(Rule::one_to_one, 100, 100));
  for (uint32_t i = 0; i < 100; ++i)
    EXPECT_EQ(b.rows[i], std::vector<uint32_t>{i});
}

TEST(Connect, AllToAllWithoutSelf) {
  Connection c = make(Rule::all_to_all, 50, 50);
  c.sameSpace = true;
  const Built b = build(c);
  expectAscending(b);
  for (uint32_t i = 0; i < 50; ++i) {
    EXPECT_EQ(b.rows[i].size(), 49u);
    EXPECT_EQ(std::count(b.rows[i].begin(), b.rows[i].end(), i), 0);
  }
}

class RandomConnect : public testing::TestWithParam<double> {};

TEST_P(RandomConnect, DegreesAreBinomial) {
  const double p = GetParam();
  const Built b = build(make(Rule::random, 4000, 3000, p));
  expectAscending(b);
  expectBinomial(outDegrees(b), 3000, p);
  expectBinomial(inDegrees(b, 3000), 4000, p);
}
INSTANTIATE_TEST_SUITE_P(Probabilities, RandomConnect, testing::Values(0.0, 0.0005, 0.02, 0.3, 0.97, 1.0));

/// In a random row each pair of targets is as likely as any other: positions of the first and of the last target.
TEST(Connect, RandomIsUniformAlongTheRow) {
  const Built b = build(make(Rule::random, 20000, 256, 0.05));
  expectBinomial(
      [&] {
        std::vector<int64_t> d = inDegrees(b, 256);
        return d;
      }(),
      20000, 0.05);
  int64_t both = 0;
  for (const auto &row : b.rows)
    both += std::binary_search(row.begin(), row.end(), 10) && std::binary_search(row.begin(), row.end(), 11);
  EXPECT_NEAR(static_cast<double>(both), 20000 * 0.0025, 4.5 * std::sqrt(20000 * 0.0025));
}

TEST(Connect, SelfIsLeftOutOfRandom) {
  Connection c = make(Rule::random, 1000, 1000, 0.5);
  c.sameSpace = true;
  const Built b = build(c);
  expectAscending(b);
  for (uint32_t i = 0; i < 1000; ++i)
    EXPECT_FALSE(std::binary_search(b.rows[i].begin(), b.rows[i].end(), i));
  expectBinomial(outDegrees(b), 999, 0.5);
}

class FixedDegree : public testing::TestWithParam<int> {};

TEST_P(FixedDegree, OutDegreeIsExactAndTargetsAreUniform) {
  const int k = GetParam();
  Connection c = make(Rule::fixed_out_degree, 3000, 2000, k);
  c.sameSpace = true; // source i leaves out target i
  const Built b = build(c);
  expectAscending(b);
  for (uint32_t i = 0; i < 3000; ++i) {
    ASSERT_EQ(b.rows[i].size(), static_cast<size_t>(k));
    EXPECT_FALSE(std::binary_search(b.rows[i].begin(), b.rows[i].end(), i));
  }
  if (k > 0 && k < 1999) {
    const std::vector<int64_t> in = inDegrees(b, 2000);
    const double mean = 3000.0 * k / 2000, p = k / 1999.5;
    double squares = 0;
    for (int64_t d : in)
      squares += (static_cast<double>(d) - mean) * (static_cast<double>(d) - mean);
    EXPECT_NEAR(squares / 2000, 3000 * p * (1 - p), 0.15 * 3000 * p * (1 - p));
  }
}

TEST_P(FixedDegree, InDegreeIsExactAndSourcesAreUniform) {
  const int k = GetParam();
  const Built b = build(make(Rule::fixed_in_degree, 2000, 3000, k), 2, 4096);
  expectAscending(b);
  for (int64_t d : inDegrees(b, 3000))
    ASSERT_EQ(d, k);
  expectBinomial(outDegrees(b), 3000, k / 2000.0);
}
INSTANTIATE_TEST_SUITE_P(Degrees, FixedDegree, testing::Values(0, 1, 80, 124, 126, 900, 1500, 1999));

TEST(Connect, ThreadsAndBlocksChangeNothing) {
  for (Rule rule : {Rule::all_to_all, Rule::random, Rule::fixed_in_degree, Rule::fixed_out_degree}) {
    const double argument = rule == Rule::random ? 0.2 : 100;
    EdgeValues values;
    values.weight = [](bdc_ctx *, const uint64_t *groups, int64_t count, void *out) {
      for (int64_t i = 0; i < count * BDC_GROUP; ++i)
        static_cast<double *>(out)[i] = static_cast<double>(sourceOf(groups, i) * 1000 + ordinalOf(groups, i));
    };
    const Connection c = make(rule, 700, 900, argument);
    const Built one = build(c, 1, 1 << 20, values), many = build(c, 3, 600, values);
    EXPECT_EQ(one.graph.blocks, 1);
    EXPECT_GT(many.graph.blocks, 3);
    EXPECT_EQ(one.rows, many.rows);
    EXPECT_EQ(one.weights, many.weights);
    for (size_t source = 0; source < one.rows.size(); ++source)
      for (size_t i = 0; i < one.weights[source].size(); ++i)
        ASSERT_EQ(one.weights[source][i], static_cast<double>(source * 1000 + i));
  }
}

TEST(Connect, SlicesOfBothSides) {
  for (Rule rule : {Rule::all_to_all, Rule::random, Rule::fixed_in_degree, Rule::fixed_out_degree, Rule::one_to_one}) {
    Connection c = make(rule, 300, 400, rule == Rule::random ? 0.5 : 7);
    c.from = {100, 150}, c.to = {33, 83};
    const Built b = build(c, 2, 256);
    expectAscending(b);
    int64_t edges = 0;
    for (size_t source = 0; source < 300; ++source) {
      if (source < 100 || source >= 150) {
        EXPECT_TRUE(b.rows[source].empty());
      }
      for (uint32_t target : b.rows[source]) {
        EXPECT_GE(target, 33u);
        EXPECT_LT(target, 83u);
      }
      edges += static_cast<int64_t>(b.rows[source].size());
    }
    EXPECT_EQ(edges, b.graph.edges);
    EXPECT_GT(edges, 0);
    if (rule == Rule::one_to_one) {
      EXPECT_EQ(b.rows[120], std::vector<uint32_t>{53});
    }
  }
}

TEST(Connect, SlicesWithStrides) {
  for (Rule rule : {Rule::all_to_all, Rule::random, Rule::fixed_in_degree, Rule::fixed_out_degree}) {
    Connection c = make(rule, 300, 300, rule == Rule::random ? 0.5 : 20);
    c.from = {1, 290, 3}, c.to = {2, 298, 4};
    c.sameSpace = true;
    EdgeValues values;
    values.weight = [](bdc_ctx *, const uint64_t *groups, int64_t count, void *out) {
      for (int64_t i = 0; i < count * BDC_GROUP; ++i)
        static_cast<double *>(out)[i] = static_cast<double>(sourceOf(groups, i) * 1000 + ordinalOf(groups, i));
    };
    const Built one = build(c, 1, 1 << 20, values), many = build(c, 3, 256, values);
    expectAscending(one);
    EXPECT_EQ(one.rows, many.rows);
    EXPECT_EQ(one.weights, many.weights);
    for (int64_t source = 0; source < 300; ++source) {
      EXPECT_EQ(one.rows[source].empty(), !c.from.contains(source)) << source;
      for (uint32_t target : one.rows[source])
        EXPECT_TRUE(c.to.contains(target) && target != source) << source << " to " << target;
    }
    if (rule == Rule::fixed_in_degree)
      for (int64_t target = 0; target < 300; ++target)
        EXPECT_EQ(inDegrees(one, 300)[target], c.to.contains(target) ? 20 : 0);
  }
}

TEST(Connect, ListsHoldTheSameEdges) {
  const Connection c = make(Rule::random, 500, 600, 0.05);
  const Built b = build(c, 2, 1024, {}, {true, true});
  std::vector<std::vector<uint32_t>> columns(600);
  for (uint32_t source = 0; source < 500; ++source)
    for (uint32_t target : b.rows[source])
      columns[target].push_back(source);
  const bdc_graph &g = b.graph;
  for (uint32_t target = 0; target < 600; ++target) {
    ASSERT_EQ(std::vector<uint32_t>(g.in.other + g.in.offset[target], g.in.other + g.in.offset[target + 1]), columns[target]);
    for (int64_t i = g.in.offset[target]; i < g.in.offset[target + 1]; ++i)
      ASSERT_EQ(g.target[g.in.edge[i]], target);
  }
  for (uint32_t source = 0; source < 500; ++source)
    ASSERT_EQ(std::vector<uint32_t>(g.out.other + g.out.offset[source], g.out.other + g.out.offset[source + 1]), b.rows[source]);
  EXPECT_EQ(g.out.offset[500], g.edges);
}

TEST(Connect, ListsBeginWithWhatIsFar) {
  const Connection c = make(Rule::random, 300, 400, 0.1);
  EdgeValues values;
  values.delay = [](bdc_ctx *, const uint64_t *groups, int64_t count, void *out) {
    for (int64_t i = 0; i < count * BDC_GROUP; ++i)
      static_cast<int32_t *>(out)[i] = static_cast<int32_t>((sourceOf(groups, i) * 7 + ordinalOf(groups, i) * 5) % 20);
  };
  values.maxDelay = 20;
  const Built b = build(c, 2, 1024, values, {true, true});
  for (const bdc_rows *rows : {&b.graph.in, &b.graph.out})
    for (int64_t element = 0; element < (rows == &b.graph.in ? 400 : 300); ++element) {
      for (int64_t i = rows->offset[element]; i < rows->offset[element + 1]; ++i) {
        ASSERT_EQ(rows->delay[i], b.graph.delay[rows->edge[i]]);
        ASSERT_EQ(rows->delay[i] >= BDC_AHEAD - 1, i < rows->far[element]);
        if (i > rows->offset[element] && i != rows->far[element])
          ASSERT_LT(rows->other[i - 1], rows->other[i]);
      }
    }
}

TEST(Connect, WhatCannotBeIsRefused) {
  EXPECT_FALSE(checkConnection(make(Rule::one_to_one, 3, 4)));
  EXPECT_FALSE(checkConnection(make(Rule::random, 3, 4, 1.5)));
  EXPECT_FALSE(checkConnection(make(Rule::random, 3, 4, std::nan(""))));
  EXPECT_FALSE(checkConnection(make(Rule::fixed_in_degree, 3, 4, 4)));
  EXPECT_FALSE(checkConnection(make(Rule::fixed_out_degree, 3, 4, 5)));
  Connection c = make(Rule::fixed_out_degree, 4, 4, 4);
  EXPECT_TRUE(checkConnection(c));
  c.sameSpace = true;
  EXPECT_FALSE(checkConnection(c));
  c = make(Rule::all_to_all, 3, 4);
  c.from.last = 5;
  EXPECT_FALSE(checkConnection(c));
}

/// Between the ranges of sources that fixed in-degrees are sorted into there is room, where copies of values go on over the end of a row.
TEST(Connect, WhatLiesBetweenRowsIsNoDelay) {
  for (uint64_t key = 1; key < 120; ++key) {
    Arena arena;
    Team team(1);
    Connection c = make(Rule::fixed_in_degree, 3000, 3000, 37);
    c.key = key;
    const int64_t bounds[] = {0, 3000};
    EdgeValues values;
    values.weight = [](bdc_ctx *, const uint64_t *, int64_t count, void *out) {
      std::fill_n(static_cast<double *>(out), (count + count % 2) * BDC_GROUP, -1.1);
    };
    values.delay = [](bdc_ctx *, const uint64_t *groups, int64_t count, void *out) {
      for (int64_t i = 0; i < count * BDC_GROUP; ++i)
        static_cast<int32_t *>(out)[i] = sourceOf(groups, i) == 700 && ordinalOf(groups, i) == 0 ? -3 : 5;
    };
    values.maxDelay = 20;
    double dt = 1;
    bdc_ctx ctx{};
    ctx.scalars = &dt;
    const Result<bdc_graph> graph = buildGraph(c, values, chooseBlocks(c, bounds, 8, 512 << 10), {}, &ctx, team, arena);
    ASSERT_FALSE(graph);
    ASSERT_NE(graph.error().message.find(" -3 ms"), std::string::npos) << graph.error().message;
  }
}

TEST(Connect, DelaysOutsideTheRingAreRefused) {
  Arena arena;
  Team team(1);
  const Connection c = make(Rule::all_to_all, 4, 20);
  const int64_t bounds[] = {0, 20};
  EdgeValues values;
  values.delay = [](bdc_ctx *, const uint64_t *groups, int64_t count, void *out) {
    for (int64_t i = 0; i < count * BDC_GROUP; ++i) // behind the end of a row there is anything
      static_cast<int32_t *>(out)[i] = static_cast<int32_t>(ordinalOf(groups, i) < 20 ? sourceOf(groups, i) : i % 2 ? 99 : -1);
  };
  values.maxDelay = 3;
  const Blocks blocks = chooseBlocks(c, bounds, 8, 1 << 20);
  EXPECT_TRUE(buildGraph(c, values, blocks, {}, nullptr, team, arena));
  values.maxDelay = 2;
  EXPECT_FALSE(buildGraph(c, values, blocks, {}, nullptr, team, arena));
}
