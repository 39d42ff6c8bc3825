// Gradients held against differences: of a program without a network, whose objective and derivatives are formulas.
#include "runtime/fit/gradient_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>

using namespace bdc::runtime;

namespace {

enum { dt, duration, discard, size, p };

/// What the program says; set before one is made.
double trueSlope, saidSlope, slopeBelow;

void derive(bdc_ctx *ctx) {
  constexpr double values[] = {1, 4, 0, 1, 1};
  for (int i = 0; i <= p; ++i)
    if (!ctx->is_set[i])
      ctx->scalars[i] = values[i];
}

void init(bdc_ctx *, int32_t) {}
int32_t run(bdc_ctx *, int32_t, int64_t, int64_t) { return BDC_OK; }

/// 1.5 where p is 1, in numbers of 32 bits.
void objective(bdc_ctx *ctx, const double *, double *out) {
  const double by = ctx->scalars[p] - 1;
  out[0] = static_cast<float>(1.5 + (by < 0 ? slopeBelow : trueSlope) * by);
  out[1] = saidSlope;
}

CheckedDerivative checked(double slope, double said, std::optional<double> below = {}) {
  trueSlope = slope;
  slopeBelow = below.value_or(slope);
  saidSlope = said;
  Result<Descriptor> parsed = parseDescriptor(R"({"abi": 8, "hash": "1", "name": "formula", "experiment": "e", "network": "N",
    "precision": "f32", "width": 1, "duration": 1, "discard": 2, "checks": [],
    "scalars": [{"name": "dt", "unit": "ms", "settable": true}, {"name": "duration", "unit": "ms", "settable": true},
                {"name": "discard", "unit": "ms", "settable": true}, {"name": "N", "unit": "", "settable": true},
                {"name": "p", "unit": "", "settable": true}],
    "spaces": [{"name": "E", "size": 3}],
    "arrays": [{"name": "E.x", "space": 0, "unit": "", "kind": "hidden", "type": "real"}],
    "graphs": [], "queues": [], "records": [], "summaries": [], "plots": [], "observed": [],
    "objective": {"unit": "", "files": [], "nodes": [], "leaves": []},
    "gradient": {"parameters": [{"name": "p", "scalar": 4, "parts": []}]}})");
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message;
    return {};
  }
  auto program = std::make_shared<Program>();
  program->descriptor = std::move(*parsed);
  program->derive = derive;
  program->init = init;
  program->run = run;
  program->objective = objective;
  auto simulation = Simulation::create(program, {});
  EXPECT_TRUE(simulation);
  const Result<GradientCheck> check = checkGradient(**simulation, {});
  if (!check) {
    ADD_FAILURE() << check.error().message;
    return {};
  }
  return check->parameters[0].derivatives[0];
}

} // namespace

/// Of steps of 1e-5 and 1e-6 the differences of such a loss are 0 twice: they say the same, and nothing.
TEST(GradientCheck, IsNotMadeOfWhatRoundingHasLost) {
  const CheckedDerivative right = checked(2e-3, 2e-3), wrong = checked(2e-3, 2e-2), none = checked(2e-3, 0);
  EXPECT_EQ(right.trust, Trust::agrees);
  EXPECT_NEAR(right.difference, 2e-3, right.doubt);
  EXPECT_LT(right.doubt, 1e-3);
  EXPECT_EQ(wrong.trust, Trust::disagrees) << wrong.verdict();
  EXPECT_NEAR(wrong.relativeError, 0.9, 0.05);
  EXPECT_EQ(none.trust, Trust::disagrees) << none.verdict();
  EXPECT_EQ(checked(0, 0).trust, Trust::noInfluence);
}

/// Where the two sides of a value have slopes of their own, each of them is right, and all between; what lies outside is not.
TEST(GradientCheck, TakesTheSlopesOfBothSidesOfACorner) {
  EXPECT_EQ(checked(2, 2, 1).trust, Trust::corner);
  EXPECT_EQ(checked(2, 1, 1).trust, Trust::corner);
  EXPECT_EQ(checked(2, 1.2, 1).trust, Trust::corner);
  EXPECT_EQ(checked(2, 0, -1).trust, Trust::corner);
  EXPECT_EQ(checked(2, 2.5, 1).trust, Trust::disagrees);
  EXPECT_EQ(checked(2, 0.5, 1).trust, Trust::disagrees);
  EXPECT_EQ(checked(2, -1, 0).trust, Trust::disagrees);
}

TEST(GradientCheck, DoesNotTrustWhatIsNoNumber) {
  const CheckedDerivative none = checked(2, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(none.trust, Trust::disagrees) << none.verdict();
  EXPECT_TRUE(std::isinf(none.relativeError));
}
