// Whether integrators and recordings suit equations with noise.
#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/rules/program.h"

namespace bdc::rules {

/// Reports equations with noise that a method for equations without it would step.
void checkMethods(const Program &program, diag::Engine &engine);

/// Reports what reads an input to which `disturb` adds white noise, elsewhere than in derivatives: it has no value at one time.
void checkNoise(const Program &program, diag::Engine &engine);

} // namespace bdc::rules
