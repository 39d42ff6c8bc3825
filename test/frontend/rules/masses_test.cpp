// What a checked program holds of masses, connectomes, couplings and noise.
#include "checked.h"

#include "frontend/library/library.h"

using namespace bdc;
using namespace bdc::rules;
using bdc::rules::testing::CheckedText;

namespace {

const char *wholeBrain = R"(
import masses.MontbrioPazoRoxin, masses.Hopf
import noise.OrnsteinUhlenbeck, noise.White
network Brain {
  connectome SC = synthetic(regions = 10, density = 0.5)
  connectome FC = synthetic(regions = 3 * 4, decay = 2 cm)
  param G : ms = 0.9
  param speed : mm/ms = 4
  nodes area = MontbrioPazoRoxin[SC] { eta ~ normal(-5, 0.1) }
  nodes slow = Hopf[FC] { method = heun }
  nodes free = Hopf[2 * SC.size]
  couple area.r -> area.I by additive(SC.weights, strength = G, delay = SC.lengths / speed, steps = nearest)
  couple area.r -> area.I by additive(SC.weights, strength = 2 * G)
  couple area.r -> area.I_r by additive(SC.weights, strength = 0.5)
  couple pull: slow.x -> slow.I_x by diffusive(FC.weights / (1 + FC.lengths / 1 mm), strength = 3 Hz)
  disturb area.I by OrnsteinUhlenbeck { sigma = 0.1, tau = 5 ms }
  disturb area.I by White { sigma = 0.1 ms^(1/2) }
  disturb slow.I_x, slow.I_y by White { sigma = 0.02 /s^(1/2) }
  start area.r ~ uniform(0, 1.5) kHz, area.v ~ uniform(-2, 0)
}
experiment run {
  simulate Brain for 100 ms, dt = 0.1 ms
  record area.r
}
)";

const units::Dimension noiseInTime = units::dim::time.pow(units::Rational(1, 2));

} // namespace

TEST(Masses, ConnectomesHaveSizesAndNumbers) {
  CheckedText text(wholeBrain);
  ASSERT_EQ(text.errors(), "");
  const Program &program = text.program();
  ASSERT_EQ(program.connectomes.size(), 2u);
  EXPECT_EQ(program.connectomes[0].generator, "synthetic");
  EXPECT_EQ(text.valueOf("SC.regions"), 10);
  EXPECT_EQ(text.valueOf("SC.size"), 10);
  EXPECT_EQ(text.valueOf("FC.size"), 12);
  EXPECT_EQ(text.valueOf("FC.density"), 0.3);
  EXPECT_EQ(text.valueOf("FC.decay"), 20000); // µm
  EXPECT_EQ(text.valueOf("area.size"), 10);
  EXPECT_EQ(text.valueOf("free.size"), 20);
  EXPECT_EQ(program.populations[0].regions.connectome, 0);
  EXPECT_EQ(program.populations[1].regions.connectome, 1);
  EXPECT_EQ(program.populations[2].regions.connectome, -1);
  EXPECT_EQ(program.populations[1].method, "heun");
  EXPECT_TRUE(text.scalar("SC.size").whole && !text.scalar("SC.size").given);
}

TEST(Masses, CouplingsTakeTheirUnitsFromTheUse) {
  CheckedText text(wholeBrain);
  ASSERT_EQ(text.errors(), "");
  const std::vector<Coupling> &couplings = text.program().couplings;
  ASSERT_EQ(couplings.size(), 4u);
  EXPECT_EQ(couplings[0].name, "area_r_to_area_I");
  EXPECT_EQ(couplings[1].name, "area_r_to_area_I_2");
  EXPECT_EQ(couplings[3].name, "pull");
  EXPECT_EQ(text.scalar("area_r_to_area_I.strength").dimension, units::dim::time);
  EXPECT_EQ(text.valueOf("area_r_to_area_I_2.strength"), 1.8);
  EXPECT_EQ(text.scalar("area_r_to_area_I_r.strength").dimension, units::dim::none);
  EXPECT_EQ(couplings[0].rule.model, couplings[1].rule.model); // one instance for each unit
  EXPECT_NE(couplings[0].rule.model, couplings[2].rule.model);
  EXPECT_EQ(couplings[0].steps, DelaySteps::Nearest);
  EXPECT_EQ(couplings[1].steps, DelaySteps::Interpolated);
  ASSERT_NE(couplings[0].delay, nullptr);
  EXPECT_EQ(couplings[0].delay->dimension, units::dim::time);
  EXPECT_EQ(couplings[1].delay, nullptr);
  EXPECT_EQ(couplings[0].own, nullptr);
  ASSERT_NE(couplings[3].own, nullptr); // diffusive reads its target
  EXPECT_EQ(couplings[3].own->op, Op::Element);
  const Model &additive = text.program().models[couplings[0].rule.model];
  EXPECT_EQ(additive.kind, syntax::ModelKind::Coupling);
  EXPECT_EQ(additive.find("term")->dimension, units::dim::time.pow(-1));
  EXPECT_EQ(additive.find("")->dimension, units::dim::none);
}

TEST(Masses, WeightsAndLengthsAreReadPerConnection) {
  CheckedText text(wholeBrain);
  ASSERT_EQ(text.errors(), "");
  const Coupling &pull = text.program().couplings[3];
  int weights = 0, lengths = 0;
  anyNode(pull.weight, [&](const Expr &e) {
    weights += e.op == Op::Edge && e.name == "weights" && e.index == 1;
    lengths += e.op == Op::Edge && e.name == "lengths" && e.dimension == units::dim::length;
    return false;
  });
  EXPECT_EQ(weights, 1);
  EXPECT_EQ(lengths, 1);
  EXPECT_EQ(pull.connectome, 1);
}

TEST(Masses, EveryDisturbedInputHasItsOwnNoise) {
  CheckedText text(wholeBrain);
  ASSERT_EQ(text.errors(), "");
  const std::vector<Disturbance> &disturbances = text.program().disturbances;
  ASSERT_EQ(disturbances.size(), 4u);
  EXPECT_EQ(disturbances[0].name, "area.I");
  EXPECT_EQ(disturbances[1].name, "area.I_2");
  EXPECT_EQ(disturbances[3].name, "slow.I_y");
  EXPECT_EQ(text.valueOf("area.I.sigma"), 0.1);
  EXPECT_EQ(text.scalar("area.I.sigma").dimension, units::dim::none);
  EXPECT_EQ(text.valueOf("area.I.tau"), 5);
  EXPECT_EQ(text.scalar("area.I_2.sigma").dimension, noiseInTime);
  EXPECT_EQ(text.scalar("slow.I_x.sigma").dimension, noiseInTime.pow(-1));
  EXPECT_NEAR(text.valueOf("slow.I_y.sigma"), 0.02 / std::sqrt(1000.0), 1e-17); // per root of ms
}

TEST(Masses, EachWhiteIsANoiseOfItsOwn) {
  CheckedText text(R"(
mass Two {
  state x = 0
  state y = 0
  shared = 0.1 /ms^(1/2) * white
  x' = -x / 1 ms + shared + 0.2 /ms^(1/2) * white
  y' = -y / 1 ms + shared
}
network Net { nodes node = Two[3] }
experiment run { simulate Net for 1 s, dt = 1 ms; record node.x }
)");
  ASSERT_EQ(text.errors(), "");
  const Model &two = text.model("Two");
  EXPECT_TRUE(two.find("shared")->noisy);
  EXPECT_FALSE(two.find("shared")->constant);
  std::vector<int> draws;
  for (const char *name : {"shared", "x"}) {
    const Variable *variable = two.find(name);
    anyNode(variable->derivative ? variable->derivative : variable->value, [&](const Expr &e) {
      if (e.op == Op::White) {
        draws.push_back(e.index);
        EXPECT_EQ(e.dimension, noiseInTime.pow(-1));
      }
      return false;
    });
  }
  EXPECT_EQ(draws, (std::vector<int>{0, 1}));
}

TEST(Masses, SizesOfConnectomesCannotBeSet) {
  CheckedText text(wholeBrain);
  ASSERT_EQ(text.errors(), "");
  auto set = [&](const std::string &path, const std::string &value) {
    diag::Engine engine;
    Overrides overrides = resolveOverrides(text.program(), {{path, value}}, text.sources, engine);
    return std::pair(engine.errorCount(), overrides.values.size());
  };
  EXPECT_EQ(set("SC.regions", "20"), (std::pair<size_t, size_t>(0, 1)));
  EXPECT_EQ(set("area_r_to_area_I.strength", "2 ms"), (std::pair<size_t, size_t>(0, 1)));
  EXPECT_EQ(set("area.I.sigma", "0.3"), (std::pair<size_t, size_t>(0, 1)));
  for (const char *path : {"SC.size", "area.size", "area.eta"})
    EXPECT_EQ(set(path, "20"), (std::pair<size_t, size_t>(1, 0))) << path;
}

TEST(Masses, AFileGivesTheSizeOfALoadedConnectome) {
  std::string file = std::string(BDC_SOURCE_DIR) + "/test/frontend/valid/parts/two.csv";
  CheckedText text(
      "import masses.Hopf\nnetwork Net {\n connectome SC = load(\"" + file +
      "\", normalise = max, lengths_unit = cm)\n param N = 2 * SC.size\n nodes area = Hopf[SC]\n population more = Hopf[N]\n}\n"
      "experiment run { simulate Net for 1 s, dt = 1 ms; record area.x[0:5], more.x[9] }\n");
  ASSERT_EQ(text.errors(), "");
  EXPECT_TRUE(text.scalar("SC.size").given);
  EXPECT_EQ(text.scalar("SC.size").value, nullptr);
  EXPECT_EQ(text.program().connectomes[0].file, file);
  EXPECT_EQ(text.program().connectomes[0].words, (std::vector<std::string>{"normalise=max", "lengths_unit=cm"}));
}

TEST(Masses, EveryCouplingOfTheLibraryCanBeUsed) {
  CheckedText text(R"(
import masses.Hopf
network Net {
  connectome SC = synthetic(regions = 10)
  nodes h = Hopf[SC]
  couple h.x -> h.I_x by additive(SC.weights, strength = 1 Hz)
  couple h.x -> h.I_x by linear(SC.weights, strength = 1 Hz, offset = 2 Hz)
  couple h.x -> h.I_x by diffusive(SC.weights, strength = 1 Hz)
  couple h.x -> h.I_x by laplacian(SC.weights, strength = 1 Hz)
  couple h.x -> h.I_x by sigmoidal(SC.weights, strength = 1 Hz, slope = 2)
  couple h.x -> h.I_x by sigmoidal_before(SC.weights, strength = 1 Hz, slope = 2, midpoint = 0.1)
  couple h.x -> h.I_x by hyperbolic_tangent(SC.weights, strength = 1 Hz, scale = 2)
  couple h.x -> h.I_x by hyperbolic_tangent_before(SC.weights, strength = 1 Hz, scale = 2)
  couple h.x -> h.I_x by kuramoto(SC.weights, strength = 1 Hz)
}
experiment run { simulate Net for 1 s, dt = 1 ms; record h.x }
)");
  ASSERT_EQ(text.errors(), "");
  size_t defined = 0;
  for (const library::File &file : library::files())
    for (size_t at = 0; file.path == "couplings.bd" && (at = file.text.find("\ncoupling ", at)) != std::string_view::npos; ++at)
      ++defined;
  EXPECT_EQ(text.program().couplings.size(), defined);
}
