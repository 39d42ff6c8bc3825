// `--set`: names, units and values from outside.
#include "checked.h"

using namespace bdc;
using namespace bdc::rules;
using bdc::rules::testing::CheckedText;

namespace {

struct SetTest : ::testing::Test {
  CheckedText text{R"(
import neurons.LIF
import synapses.Exponential
import effects.Conductance
network Net {
  param N = 100
  population E = LIF[N]
  project E -> E { connect random(in_degree = 5); synapse Exponential; weight 0.6; effect Conductance { E_rev = 0 mV } }
}
experiment run { simulate Net for 1 s, dt = 0.1 ms }
)"};

  double set(const std::string &path, const std::string &value) {
    Overrides result = resolveOverrides(text.program(), {{path, value}}, text.sources, text.engine);
    EXPECT_EQ(text.errors(), "");
    if (result.values.size() != 1)
      return std::nan("");
    return result.values[0].value;
  }
};

} // namespace

TEST_F(SetTest, ValuesAreCoherent) {
  EXPECT_EQ(set("N", "40000"), 40000);
  EXPECT_EQ(set("E.tau", "0.01 s"), 10);
  EXPECT_EQ(set("E.tau", "2 * 5 ms"), 10);
  EXPECT_EQ(set("E.v_th", "-0.05 V"), -50);
  EXPECT_EQ(set("E_to_E.in_degree", "80"), 80);
  EXPECT_EQ(set("dt", "50 us"), 0.05);
  EXPECT_EQ(set("duration", "2 min"), 120000);
  EXPECT_EQ(set("E.t_ref", "0"), 0);
}

TEST_F(SetTest, LongNamesAreUnderstood) {
  EXPECT_EQ(set("E_to_E.tau", "7 ms"), 7);
  EXPECT_EQ(set("E_to_E.synapse.tau", "7 ms"), 7);
  EXPECT_EQ(set("E_to_E.effect.E_rev", "-10 mV"), -10);
}

TEST_F(SetTest, Seed) {
  Overrides result = resolveOverrides(text.program(), {{"seed", "18446744073709551615"}}, text.sources, text.engine);
  EXPECT_EQ(result.seed, 18446744073709551615ull);
  EXPECT_TRUE(result.values.empty());
}

TEST_F(SetTest, NothingStandsBehindAValue) {
  for (const char *value : {"5; 6", "5;", "5 }", "5 6"})
    EXPECT_TRUE(resolveOverrides(text.program(), {{"N", value}}, text.sources, text.engine).values.empty()) << value;
  EXPECT_EQ(text.engine.sorted().size(), 4u);
  EXPECT_NE(text.errors().find("expected the end of the expression, found `;`"), std::string::npos) << text.errors();
}

TEST(Set, NothingIsDiscardedBeforeTheBeginning) {
  CheckedText text{R"(
import neurons.LIF
network Net { population E = LIF[10] }
experiment run { simulate Net for 1 s, dt = 0.1 ms, discard 100 ms }
)"};
  EXPECT_TRUE(resolveOverrides(text.program(), {{"discard", "-1 ms"}}, text.sources, text.engine).values.empty());
  EXPECT_NE(text.errors().find("`discard` must be 0 or later"), std::string::npos) << text.errors();
}

TEST_F(SetTest, AllMistakesAreReported) {
  resolveOverrides(text.program(), {{"E.tua", "1 ms"}, {"E.tau", "1"}, {"dt", "-1 ms"}, {"N", "2.5 +"}, {"E.size", "0.5"}},
                   text.sources, text.engine);
  EXPECT_EQ(text.engine.sorted().size(), 5u) << text.errors();
}
