// Whether integrators suit the equations.
#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/rules/program.h"

namespace bdc::rules {

/// Reports equations with noise that a method for equations without it would step.
void checkMethods(const Program &program, diag::Engine &engine);

} // namespace bdc::rules
