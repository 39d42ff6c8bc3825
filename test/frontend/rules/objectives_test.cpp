// What a checked program holds of objectives, fits and surrogates.
#include "checked.h"

#include "frontend/rules/functionals.h"

#include <cmath>
#include <set>

using namespace bdc;
using namespace bdc::rules;
using bdc::rules::testing::CheckedText;

namespace {

const char *brain = R"(
import masses.Hopf
network Brain {
  connectome SC = synthetic(regions = 10)
  param G : Hz = 0.5
  nodes area = Hopf[SC] { f ~ uniform(40, 70) mHz }
  couple area.x -> area.I_x by diffusive(SC.weights, strength = G)
}
experiment run {
  simulate Brain for 10 s, dt = 50 ms, method = heun
  let fc = correlation(area.x every 700 ms)
  let again = correlation(area.x every 700 ms)
  let far = 2 * std(area.x)
  maximise similarity(fc, again) - far + 0.1 * G / 1 Hz
  fit G in [0, 3] Hz, area.a[2:5] each in [-0.5, inf] Hz as log ~ normal(0 Hz, 0.1 Hz), area.f each
    by sgd(rate = 0.1, nesterov = yes), steps = 10, spread = random
}
)";

} // namespace

TEST(Objectives, WhatIsWrittenTwiceIsComputedOnce) {
  CheckedText text(brain);
  const Program &program = text.program();
  ASSERT_TRUE(program.experiment.objective);
  const Objective &objective = *program.experiment.objective;
  EXPECT_TRUE(objective.isMaximum);
  ASSERT_EQ(objective.functionals.size(), 3u);
  EXPECT_EQ(objective.functionals[0].function, "correlation");
  EXPECT_EQ(objective.functionals[0].text, "fc");
  EXPECT_EQ(objective.observed.size(), 2u); // in every step, and every 700 ms
  for (const Functional &each : objective.functionals)
    if (each.function == "similarity") {
      EXPECT_EQ(each.operands[0].functional, 0);
      EXPECT_EQ(each.operands[1].functional, 0);
    }
}

TEST(Objectives, FitsKnowTheirParameters) {
  CheckedText text(brain);
  const Program &program = text.program();
  ASSERT_TRUE(program.experiment.fit);
  const Fit &fit = *program.experiment.fit;
  ASSERT_EQ(fit.parameters.size(), 3u);
  EXPECT_EQ(fit.parameters[0].name, "G");
  EXPECT_DOUBLE_EQ(text.valueOf("fit.G.high"), 3e-3); // 1/ms
  EXPECT_EQ(fit.parameters[1].population, 0);
  EXPECT_EQ(fit.parameters[1].high, -1);
  EXPECT_EQ(fit.parameters[1].transform, "log");
  EXPECT_EQ(fit.parameters[1].prior, "normal");
  EXPECT_FALSE(fit.parameters[1].slice.all);
  EXPECT_EQ(fit.parameters[2].low, -1);
  EXPECT_TRUE(fit.usesGradient);
  EXPECT_EQ(fit.methodOptions.size(), 2u);
  // One number becomes one of each element where the elements are fitted.
  const Population &area = program.populations[0];
  for (const Binding &binding : area.use.bindings)
    EXPECT_EQ(binding.each, program.models[area.use.model].variables[binding.param].name == "a" || binding.value.isDrawn());
}

TEST(Objectives, EachNumberOfAFitHasItsName) {
  CheckedText text("mass M {\n  param a = 1\n  state x = 0\n  x' = (a - x) / 10 ms\n}\nnetwork N {\n  param G = 1\n  nodes A = M[2] { a = G }\n}\n"
                   "experiment e {\n  simulate N for 10 ms, dt = 1 ms\n  minimise mean(A.x)\n"
                   "  fit G in [0.1, 4] ~ uniform(0, 3) by lbfgs(tolerance = 1e-3), tolerance = 1e-2\n}\n");
  EXPECT_DOUBLE_EQ(text.valueOf("fit.G.low"), 0.1);
  EXPECT_DOUBLE_EQ(text.valueOf("fit.G.high"), 4);
  EXPECT_DOUBLE_EQ(text.valueOf("fit.G.prior.low"), 0);
  EXPECT_DOUBLE_EQ(text.valueOf("fit.G.prior.high"), 3);
  EXPECT_DOUBLE_EQ(text.valueOf("fit.lbfgs.tolerance"), 1e-3);
  EXPECT_DOUBLE_EQ(text.valueOf("fit.tolerance"), 1e-2);
  std::set<std::string> paths;
  for (const Scalar &scalar : text.program().scalars)
    EXPECT_TRUE(paths.insert(scalar.path).second) << scalar.path;
}

/// Values of braintools 0.4.0 at defaults.
TEST(Objectives, SurrogatesEqualTheirFormulas) {
  struct Case {
    const char *name;
    double slopes[6];
  };
  const double places[] = {-1.8, -0.7999999999999998, -0.09999999999999987, 0.10000000000000009, 0.7000000000000002, 1.8000000000000003};
  const Case cases[] = {
    {"sigmoid", {0.0029818890992631252, 0.1505270758182856, 0.9610429829661167, 0.9610429829661166, 0.21615245902553717, 0.0029818890992630415}},
    {"soft_sign", {0.06377551020408165, 0.154320987654321, 0.41322314049586784, 0.4132231404958677, 0.17301038062283733, 0.06377551020408162}},
    {"arctan", {0.05559027127921064, 0.19386331836957574, 0.48796006791536667, 0.48796006791536656, 0.22634404392268603, 0.05559027127921062}},
    {"erf", {0.022095861666005526, 0.2974928931287346, 0.5585758033944684, 0.5585758033944684, 0.34563743020526916, 0.022095861666005506}},
    {"piecewise_quadratic", {0.0, 0.20000000000000018, 0.9000000000000001, 0.8999999999999999, 0.2999999999999998, 0.0}},
    {"piecewise_exp", {0.08264944411079327, 0.22466448205861084, 0.45241870901797987, 0.45241870901797976, 0.2482926518957047, 0.08264944411079325}},
    {"piecewise_leaky_relu", {0.01, 0.5, 0.5, 0.5, 0.5, 0.01}},
    {"leaky_relu", {0.1, 0.1, 0.1, 1.0, 1.0, 1.0}},
    {"log_tailed_relu", {0.0, 0.0, 0.0, 1.0, 1.0, 0.5555555555555555}},
    {"relu", {0.0, 0.06000000000000005, 0.27, 0.26999999999999996, 0.08999999999999994, 0.0}},
    {"gaussian", {0.0006119019301137719, 0.11092083467945564, 0.39104269397545594, 0.3910426939754559, 0.1497274656357448, 0.0006119019301137709}},
    {"inv_square", {3.0524098775983637e-05, 0.00015241579027587264, 0.008264462809917376, 0.008264462809917342, 0.00019837333862328895, 3.052409877598363e-05}},
    {"multi_gaussian", {-0.01580996212847468, 0.10855538036316323, 0.4300377347002424, 0.43003773470024237, 0.1530284138156746, -0.01580996212847468}},
    {"squarewave_fourier", {-0.148778017349658, 0.2500000000000002, 0.9846436270654023, 0.9846436270654022, 0.38709053431312346, -0.14877801734965773}},
    {"s2nn", {0.0029818890992631252, 0.1505270758182856, 0.9610429829661167, 0.9090909090909091, 0.588235294117647, 0.3571428571428571}},
    {"q_pseudo_spike", {0.20661157024793386, 0.4253308128544424, 0.87890625, 0.87890625, 0.4648760330578512, 0.20661157024793386}},
    {"slayer", {0.16529888822158653, 0.4493289641172217, 0.9048374180359597, 0.9048374180359595, 0.4965853037914094, 0.1652988882215865}},
    {"nonzero_sign_log", {0.35714285714285715, 0.5555555555555556, 0.9090909090909092, 0.9090909090909091, 0.588235294117647, 0.3571428571428571}},
  };
  for (const Case &each : cases) {
    CheckedText text(std::string("import neurons.LIF\nnetwork N {\n  population E = LIF[2] { tau = 20 ms, v_rest = -65 mV, v_th = -50 mV, v_reset = -65 mV, t_ref = 2 ms, surrogate = ") +
                     each.name + " }\n}\nexperiment e { simulate N for 1 ms, dt = 0.1 ms }\n");
    const Expr *surrogate = text.program().populations[0].surrogate;
    ASSERT_NE(surrogate, nullptr) << each.name;
    for (size_t i = 0; i < 6; ++i) {
      double slope = evaluate(*surrogate, [&](const Expr &) { return places[i]; });
      EXPECT_NEAR(slope, each.slopes[i], 1e-9 * std::max(1.0, std::fabs(each.slopes[i]))) << each.name << " at " << places[i];
    }
  }
}
