// Rules about numbers: what has the right unit and still cannot be.
#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/rules/check.h"

namespace bdc::rules {

/// Evaluates every default, with `set` in the place of some, and reports what cannot be (a probability of 2, a negative delay, an
/// index past the end, an interval that is no whole number of steps), and warns of what is changed (a delay that is rounded) and of
/// what never happens (a drive that begins after the end). What only the run can know (drawn values) is not judged here. Parts of
/// the program that are missing because they are in error are passed over.
void checkValues(const Program &program, const std::vector<SetValue> &set, diag::Engine &engine);

} // namespace bdc::rules
