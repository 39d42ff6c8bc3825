// What a checked program holds.
#include "checked.h"

#include <filesystem>
#include <fmt/format.h>
#include <set>

using namespace bdc;
using namespace bdc::rules;
using bdc::rules::testing::CheckedText;

namespace {

const char *twoUnits = R"(
import neurons.LIF, neurons.AdEx
import synapses.Exponential
import effects.Conductance
network Net {
  param J = 0.6
  population A = LIF[10] { tau = 10 ms, t_ref = 2 ms }
  population B = AdEx[2 * A.size]
  population C = LIF[3] like A
  project A -> A, C { connect random(p = 0.1); synapse Exponential; weight J; effect Conductance { E_rev = 0 mV } }
  project strong: A -> B { connect all; synapse Exponential { tau = 2 ms }; weight ~ normal(6 nS, 1 nS); delay 1.5 ms; effect Conductance { E_rev = 0 mV } }
  project A[0:3] -> C.v { connect one_to_one(self = no); weight -0.5 mV }
  start A.v, C.v ~ uniform(A.v_reset, -50 mV)
}
experiment run {
  simulate Net for 0.2 s, dt = 100 us, method = rk4, discard 50 ms
  drive B.I = 0.5 nA * sin(2 * pi * t * 10 Hz) from 20 ms to 80 ms
  record A.v[-3:], A.v[0] - 1 mV every 1 ms
  record spikes(A, B)
  summarise rate(A), depth = mean(A.v)
  plot raster(A), A.v[-3:], rate(B, bin = 5 ms)
}
)";

} // namespace

TEST(Program, PolymorphicModelsAreInstancesPerUnit) {
  CheckedText text(twoUnits);
  ASSERT_EQ(text.errors(), "");
  EXPECT_EQ(text.model("Exponential").find("g")->dimension, units::dim::none);
  EXPECT_EQ(text.model("Exponential_2").find("g")->dimension, units::dim::conductance);
  EXPECT_EQ(text.model("Exponential_2").weight, units::dim::conductance);
  EXPECT_EQ(text.program().models.size(), 6u); // LIF, AdEx, and two each of Exponential and Conductance
  EXPECT_EQ(text.program().populations[0].use.model, text.program().populations[2].use.model);
}

TEST(Program, ScalarsHaveNamesUnitsAndValues) {
  CheckedText text(twoUnits);
  EXPECT_EQ(text.valueOf("A.tau"), 10);
  EXPECT_EQ(text.valueOf("A.v_rest"), -60);
  EXPECT_EQ(text.valueOf("C.t_ref"), 2); // like A
  EXPECT_EQ(text.valueOf("B.size"), 20);
  EXPECT_TRUE(text.scalar("B.size").whole);
  EXPECT_EQ(text.valueOf("A_to_A_C.weight"), 0.6);
  EXPECT_EQ(text.valueOf("A_to_A_C.tau"), 5);
  EXPECT_EQ(text.valueOf("A_to_A_C.p"), 0.1);
  EXPECT_EQ(text.valueOf("strong.delay"), 1.5);
  EXPECT_EQ(text.valueOf("A_to_C.weight"), -0.5);
  EXPECT_EQ(text.valueOf("duration"), 200);
  EXPECT_EQ(text.valueOf("dt"), 0.1);
  EXPECT_EQ(text.valueOf("discard"), 50);
  EXPECT_EQ(text.scalar("A.tau").doc, "membrane time constant");
}

TEST(Program, DefaultsReadEarlierScalarsOnly) {
  CheckedText text(twoUnits);
  const auto &scalars = text.program().scalars;
  for (size_t i = 0; i < scalars.size(); ++i)
    EXPECT_FALSE(anyNode(scalars[i].value, [&](const Expr &e) { return e.op == Op::Scalar && e.index >= int(i); }))
        << scalars[i].path;
}

TEST(Program, PairsOfOneStatementShareTheirScalars) {
  CheckedText text(twoUnits);
  const auto &projections = text.program().projections;
  ASSERT_EQ(projections.size(), 4u);
  EXPECT_EQ(projections[0].name, "A_to_A_C__A_A");
  EXPECT_EQ(projections[1].name, "A_to_A_C__A_C");
  EXPECT_EQ(projections[0].weight.scalar, projections[1].weight.scalar);
  EXPECT_EQ(projections[0].synapse.bindings[0].value.scalar, projections[1].synapse.bindings[0].value.scalar);
  EXPECT_EQ(projections[0].synapse.model, projections[1].synapse.model);
  EXPECT_EQ(projections[2].statement, "strong");
  EXPECT_TRUE(projections[2].weight.isDrawn());
  EXPECT_FALSE(projections[3].synapse);
  EXPECT_FALSE(projections[3].allowSelf);
  EXPECT_EQ(text.value(projections[3].sourceSlice.stop), 3);
  EXPECT_EQ(text.model("LIF").variables[projections[3].input].name, "v");
}

TEST(Program, Experiments) {
  CheckedText text(twoUnits);
  const Experiment &e = text.program().experiment;
  EXPECT_EQ(e.method, "rk4");
  ASSERT_EQ(e.drives.size(), 1u);
  EXPECT_EQ(text.value(e.drives[0].from), 20);
  ASSERT_EQ(e.records.size(), 4u);
  EXPECT_EQ(e.records[0].what.text, "A.v[-3:]");
  EXPECT_EQ(text.value(e.records[0].what.slice.start), -3);
  EXPECT_EQ(e.records[0].what.slice.stop, nullptr);
  EXPECT_TRUE(e.records[1].what.slice.single);
  EXPECT_EQ(e.records[2].what.text, "spikes(A)");
  EXPECT_EQ(e.records[2].what.value, nullptr);
  ASSERT_EQ(e.requests.size(), 5u);
  EXPECT_EQ(e.requests[0].text, "rate(A)");
  EXPECT_EQ(e.requests[0].records[0], 2);
  EXPECT_EQ(e.requests[1].text, "depth");
  EXPECT_EQ(e.requests[1].function, "mean");
  EXPECT_EQ(e.requests[1].records[0], -1); // A.v as a whole is not recorded
  EXPECT_EQ(e.requests[3].function, "traces");
  EXPECT_EQ(e.requests[3].records[0], 0);
  EXPECT_EQ(e.requests[4].options[0].name, "bin");
  EXPECT_EQ(text.value(e.requests[4].options[0].value), 5);
}

TEST(Program, ASummaryIsPlottedByItsName) {
  CheckedText text(R"(
neuron LIF { input I : mV; state v : mV = -60; v' = (-60 mV - v + I) / 10 ms }
network Net { population A = LIF[4] }
experiment run {
  simulate Net for 1 s, dt = 0.1 ms
  record A.v every 2 ms
  plot fc, spectrum(A.v, segment = 0.1 s)
  summarise fc = fcd(A.v, step = 10 ms, window = 50 ms), ks(A.v, A.v[0:3])
}
)");
  ASSERT_EQ(text.errors(), "");
  const std::vector<Request> &requests = text.program().experiment.requests;
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(requests[0].kind, RequestKind::Plot);
  EXPECT_EQ(requests[0].text, "fc");
  EXPECT_EQ(requests[0].function, "fcd");
  EXPECT_EQ(requests[0].records[0], 0);
  ASSERT_EQ(requests[0].options.size(), 2u);
  EXPECT_EQ(requests[0].options[0].name, "step");
  EXPECT_EQ(text.value(requests[0].options[1].value), 50);
  EXPECT_EQ(requests[1].text, "spectrum(A.v, segment = 0.1 s)");
  EXPECT_EQ(requests[2].kind, RequestKind::Summary);
  EXPECT_EQ(requests[2].options.size(), 2u);
  EXPECT_EQ(requests[3].quantities.size(), 2u);
}

TEST(Program, LetsComeAfterWhatTheyRead) {
  CheckedText text(R"(
neuron Cell {
  state v : mV = a
  c = b + v
  b = 2 * a
  param a : mV = 1
  v' = -c / 1 ms
}
network Net { population E = Cell[1] }
experiment run { simulate Net for 1 ms, dt = 0.1 ms }
)");
  ASSERT_EQ(text.errors(), "");
  const Model &cell = text.model("Cell");
  EXPECT_LT(cell.indexOf("b"), cell.indexOf("c"));
  EXPECT_TRUE(cell.find("b")->constant);
  EXPECT_FALSE(cell.find("c")->constant);
  EXPECT_EQ(cell.find("c")->value->operands[0]->index, cell.indexOf("b"));
}

TEST(Program, AFileWithManyErrorsReportsEachOnce) {
  CheckedText text(R"(
neuron Cell {
  param tau : msec = 20
  input I : pA
  state v : mV = -60
  v' = (-60 mV - v + I) / tau
  on v > 0 { emit spike; w = 0; v = 3 pA }
}
network Net { population E = Cel[1]; population F = Cell[0] }
experiment run { simulate Net for 1 ms, dt = 0.1; record E.v, F.v }
)");
  EXPECT_EQ(text.engine.sorted().size(), 7u) << text.errors();
}

TEST(Program, NamedValuesOfAnExperiment) {
  CheckedText text(R"(
import neurons.LIF
function between(x, low, high) = x > low and not x > high
network Net { population E = LIF[3] }
experiment run {
  let strength = 20 mV
  let pulse = 5 ms
  simulate Net for 1 s, dt = 0.1 ms
  drive E.I = if between(t, pulse, 2 * pulse) then strength else 0 from pulse to 3 * pulse
}
)");
  ASSERT_EQ(text.errors(), "");
  const Drive &drive = text.program().experiment.drives.at(0);
  EXPECT_EQ(text.value(drive.from), 5);
  EXPECT_EQ(text.value(drive.to), 15);
  EXPECT_EQ(drive.value->op, Op::Select);
  EXPECT_EQ(drive.value->operands[0]->op, Op::And);
  EXPECT_EQ(text.value(drive.value->operands[1]), 20);
}

TEST(Program, PairsOfSlicesOfOnePopulationHaveNamesOfTheirOwn) {
  for (const char *pairs : {"B -> C[0:2].v, C[1:3].v", "B[0:2], B[1:3] -> C.v", "B, B -> C.v"}) {
    CheckedText text(fmt::format(R"(
import neurons.LIF
network Net {{
  population B = LIF[4]
  population C = LIF[4]
  project {} {{ connect all; weight 1 mV }}
  project B -> C.v {{ connect all; weight 1 mV }}
}}
experiment run {{ simulate Net for 1 ms, dt = 0.1 ms }}
)",
                                 pairs));
    ASSERT_EQ(text.errors(), "") << pairs;
    std::set<std::string> names;
    for (const Projection &projection : text.program().projections)
      names.insert(projection.name);
    EXPECT_EQ(text.program().projections.size(), 3u) << pairs;
    EXPECT_EQ(names.size(), 3u) << pairs;
  }
}

TEST(Program, WhatIsQuotedHasItsBrackets) {
  CheckedText text(R"(
neuron Cell {
  state v : mV = -60
  v' = (1 mV - v) / 10 ms + (3 pA) * 2
  w = (2 + 1) < (3 mV)^(2)
}
)");
  EXPECT_NE(text.errors().find("`(1 mV - v) / 10 ms`"), std::string::npos) << text.errors();
  EXPECT_NE(text.errors().find(R"(
    4 |   v' = (1 mV - v) / 10 ms + (3 pA) * 2
      |        ~~~~~~~~~~~~~~~~~~   ^^^^^^^^^^)"),
            std::string::npos)
      << text.errors();
  EXPECT_NE(text.errors().find(R"(
    5 |   w = (2 + 1) < (3 mV)^(2)
      |        ~~~~~    ^^^^^^^^^^)"),
            std::string::npos)
      << text.errors();
}
