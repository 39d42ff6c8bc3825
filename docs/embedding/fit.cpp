// A host program: the gradient of an objective, and a fit. See docs/embedding.md.
#include "compiler/api/bdc.h"

#include <cstdio>

// Cells that decay to 0: they are to be 3 mV on average, and to differ by 1 mV.
static const char *model = R"(
mass Decay {
  param rate : /ms = 0.1
  input I : mV/ms
  state x : mV = 0
  x' = I - rate * x
}
network Cells {
  param start : mV = 5
  population E = Decay[4] { rate ~ uniform(0.05 /ms, 0.1 /ms) }
  start E.x = start
}
experiment fit {
  simulate Cells for 20 ms, dt = 0.25 ms
  minimise (mean(E.x every 1 ms) / 1 mV - 3)^2 + (std(E.x every 1 ms) / 1 mV - 1)^2
  fit start in [1, 20] mV, E.rate each in [0.01, 1] /ms by lbfgs(), steps = 60
}
)";

static int fail(const bdc::Error &error) {
  std::fputs(error.text().c_str(), stderr);
  return 1;
}

int main() {
  bdc::Result<bdc::Program> program = bdc::compileText(model, "decay.bd");
  if (!program)
    return fail(program.error());
  auto simulation = program->simulate({.seed = 7});
  if (!simulation)
    return fail(simulation.error());
  const double rates[] = {0.05, 0.06, 0.07, 0.08};
  if (bdc::Status set = (*simulation)->set("E.rate", rates); !set) // one per element; a gradient by them stops there
    return fail(set.error());
  bdc::Result<bdc::Gradient> gradient = (*simulation)->gradient();
  if (!gradient)
    return fail(gradient.error());
  std::printf("objective %.4f\n", gradient->objective);
  for (const bdc::Derivative &by : gradient->derivatives)
    std::printf("by %s: %zu numbers, the first %.4f %s\n", by.name.c_str(), by.values.size(), by.values[0], by.unit.c_str());

  int64_t steps = 0;
  auto fit = program->fit({.seed = 7, .threads = 2}, {.progress = [&](const bdc::FitProgress &now) { steps = now.step; }});
  if (!fit)
    return fail(fit.error());
  if (bdc::Status set = (*fit)->set("start", "4 mV"); !set) // where it begins
    return fail(set.error());
  if (auto ran = (*fit)->run(); !ran)
    return fail(ran.error());
  const bdc::FitSummary summary = *(*fit)->results().fit;
  std::printf("%s after %lld steps\n", summary.bestLoss < 1e-8 ? "fitted" : "not fitted", static_cast<long long>(steps));
  for (const auto &value : summary.values)
    std::printf("%s: %zu of %s\n", value.name.c_str(), value.values.size(), value.unit.c_str());
  return (*fit)->finish() ? 0 : 1;
}
