// Whether the sum of what several projections do is what one does that has all their events.
#pragma once

#include "frontend/rules/program.h"

namespace bdc::rules {

/// Whether a synapse with all events of several projections feels like several that have each their own: its states begin at zero and are linear
/// in what arrives, its output and the effect linear in the states, nothing in them random. Then projections may share its states.
bool superposes(const Program &program, const Projection &projection);

} // namespace bdc::rules
