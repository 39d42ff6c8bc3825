// Numbers inside the checked program: conversions, declared units, steady states, draws.
#include "checked.h"

using namespace bdc;
using namespace bdc::rules;
using bdc::rules::testing::CheckedText;

namespace {

/// One population of a neuron, run for a moment.
std::string around(const std::string &body, const std::string &network = "") {
  return "neuron Cell {\n" + body + "}\nnetwork Net {\n  population E = Cell[1]\n" + network +
         "}\nexperiment run { simulate Net for 1 ms, dt = 0.1 ms }\n";
}

double defaultOf(const std::string &declaration) {
  CheckedText text(around("  " + declaration + "\n  state v = 0\n"));
  EXPECT_EQ(text.errors().find("error"), std::string::npos) << text.errors();
  return text.valueOf("E.a");
}

} // namespace

TEST(Values, BareNumbersTakeTheDeclaredUnit) {
  EXPECT_EQ(defaultOf("param a : ms = 20"), 20);
  EXPECT_EQ(defaultOf("param a : s = -0.1"), -100);
  EXPECT_EQ(defaultOf("param a : nA = 2 * 0.35"), 700);
  EXPECT_EQ(defaultOf("param a : mV = 1 V"), 1000);
  EXPECT_EQ(defaultOf("param a = 0.5"), 0.5);
  EXPECT_EQ(defaultOf("param a : mS/cm^2 = 120"), 1.2);
}

TEST(Values, TemperaturesAreAffine) {
  EXPECT_DOUBLE_EQ(defaultOf("param a : degC = 6.3"), 279.45);
  EXPECT_DOUBLE_EQ(defaultOf("param a : degC = -5"), 268.15);
  EXPECT_DOUBLE_EQ(defaultOf("param a : K = -5 degC"), 268.15);
  EXPECT_DOUBLE_EQ(defaultOf("param a : K = 37 degC - 27 degC"), 10);
}

TEST(Values, ConstantsAndPowers) {
  // The Nernst factor at 6.3 degC, R T / F, in mV.
  EXPECT_NEAR(defaultOf("param a : mV = R * 279.45 K / F"), 24.0811, 1e-4);
  EXPECT_DOUBLE_EQ(defaultOf("param a = sqrt(4 mV^2) / 1 mV"), 2);
  EXPECT_DOUBLE_EQ(defaultOf("param a : um = (8 um^3)^(1/3)"), 2);
  EXPECT_DOUBLE_EQ(defaultOf("param a = clip(7, 0, 5) + max(1, 2, 3)"), 8);
  EXPECT_DOUBLE_EQ(defaultOf("param a = if 2 > 1 and not 1 > 2 then 10 % else 1"), 0.1);
  EXPECT_DOUBLE_EQ(defaultOf("param a : mV = max(0, -3 mV)"), 0);
}

TEST(Values, FunctionsAreInlined) {
  CheckedText text("function half(x) = x / 2\nfunction quarter(x) = half(half(x))\n" +
                   around("  param a : mV = quarter(10 mV)\n  state v : mV = a\n"));
  ASSERT_EQ(text.errors(), "");
  EXPECT_EQ(text.valueOf("E.a"), 2.5);
}

TEST(Values, SteadyStatesOfGates) {
  CheckedText text("import neurons.HodgkinHuxley\nnetwork Net { population E = HodgkinHuxley[1]; start E.v = -50 mV }\n"
                   "experiment run { simulate Net for 1 ms, dt = 0.1 ms }\n");
  ASSERT_EQ(text.errors(), "");
  // m = alpha / (alpha + beta) at the resting potential, as published.
  const Model &hh = text.model("HodgkinHuxley");
  EXPECT_NEAR(text.value(hh.find("m")->value), 0.0529324852572, 1e-12);
  EXPECT_NEAR(text.value(hh.find("h")->value), 0.596120753508, 1e-12);
  EXPECT_NEAR(text.value(hh.find("n")->value), 0.317676914061, 1e-12);
  // Where the network starts elsewhere, the gates follow.
  double alpha = 0.1 * -10 / (1 - std::exp(1.0)), beta = 4 * std::exp(-15.0 / 18);
  const auto &starts = text.program().starts;
  ASSERT_EQ(starts.size(), 4u);
  EXPECT_EQ(hh.variables[starts[1].state].name, "m");
  EXPECT_NEAR(text.value(starts[1].value), alpha / (alpha + beta), 1e-12);
}

TEST(Values, SteadyStatesWithAUnit) {
  CheckedText text(
      around("  state v : mV = 4\n  state w : pA = steady\n  v' = -w * 1 mV/pA/ms\n  w' = (2 nS * v - w) / 10 ms\n"));
  ASSERT_EQ(text.errors(), "");
  EXPECT_DOUBLE_EQ(text.value(text.model("Cell").find("w")->value), 8);
}

TEST(Values, DrawsOfASteadyStateAreThoseOfItsSource) {
  CheckedText text(around("  state v : mV = 4\n  state w : mV = steady\n  v' = -w / 1 ms\n  w' = (v - w) / 10 ms\n",
                          "  start E.v ~ normal(1 mV, 1 mV)\n"));
  ASSERT_EQ(text.errors(), "");
  const auto &starts = text.program().starts;
  ASSERT_EQ(starts.size(), 2u);
  EXPECT_TRUE(starts[1].drawn);
  int draws = 0;
  for (const Start &start : starts)
    EXPECT_TRUE(anyNode(start.value, [&](const Expr &e) {
      draws += e.op == Op::Random && e.name == "E.v" && e.index == 0;
      return e.op == Op::Random;
    }));
  EXPECT_GE(draws, 2);
}

TEST(Values, DistributionsTakeUnits) {
  CheckedText text(
      around("  param a : ms ~ normal(20, 2)\n  param b ~ uniform(40, 70) mHz\n  param c ~ lognormal(0, 1) mV\n"
             "  param T : degC ~ normal(20, 2)\n  state v : mV = 0\n  v' = (c - v) / a + v * b * ((T - 0 degC) / 1 K)\n"));
  ASSERT_EQ(text.errors(), "");
  const auto &bindings = text.program().populations[0].use.bindings;
  ASSERT_EQ(bindings.size(), 4u);
  EXPECT_EQ(bindings[0].value.drawn->operands[1]->value, 2);
  EXPECT_EQ(bindings[1].value.drawn->operands[0]->value, 4e-5);
  EXPECT_EQ(bindings[2].value.drawn->op, Op::Mul);
  EXPECT_EQ(bindings[2].value.drawn->dimension, units::dim::voltage);
  EXPECT_DOUBLE_EQ(bindings[3].value.drawn->operands[0]->value, 293.15);
  EXPECT_DOUBLE_EQ(bindings[3].value.drawn->operands[1]->value, 2);
}

TEST(Values, ALikePopulationDrawsItsOwn) {
  CheckedText text(
      "import neurons.LIF\nnetwork Net { population A = LIF[2] { tau ~ normal(20 ms, 1 ms) }; population B = LIF[2] like A }\n"
      "experiment run { simulate Net for 1 ms, dt = 0.1 ms }\n");
  ASSERT_EQ(text.errors(), "");
  const auto &populations = text.program().populations;
  EXPECT_EQ(populations[0].use.bindings[0].value.drawn->name, "A.tau");
  EXPECT_EQ(populations[1].use.bindings[0].value.drawn->name, "B.tau");
}

TEST(Values, IncrementsAreKept) {
  CheckedText text(around("  state v : mV = 0\n  v' = 1 mV/ms\n  on v > 1 mV { v -= 1 mV; v *= 2; v = 0 }\n"));
  ASSERT_EQ(text.errors(), "");
  const auto &actions = text.model("Cell").handlers[0].actions;
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_EQ(actions[0].increment->op, Op::Negate);
  EXPECT_EQ(actions[1].increment, nullptr);
  EXPECT_EQ(actions[1].value->op, Op::Mul);
  EXPECT_EQ(actions[2].value->dimension, units::dim::voltage); // a bare zero takes the unit it needs
}
