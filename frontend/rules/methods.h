// Whether integrators and recordings suit equations with noise.
#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/rules/program.h"

#include <string_view>
#include <vector>

namespace bdc::rules {

/// What `method = …` may name, and whether it steps equations with noise.
struct Integrator {
  std::string_view name;
  bool takesNoise;
};
const std::vector<Integrator> &integrators();

/// Reports equations with noise that a method for equations without it would step.
void checkMethods(const Program &program, diag::Engine &engine);

/// Reports what reads an input to which `disturb` adds white noise, elsewhere than in derivatives: it has no value at one time.
void checkNoise(const Program &program, diag::Engine &engine);

} // namespace bdc::rules
