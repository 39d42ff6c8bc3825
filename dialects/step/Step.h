/// The step dialect: one step of the whole simulation. See StepDeclarations.td and StepLoopOps.td.
#ifndef BDC_DIALECTS_STEP_STEP_H
#define BDC_DIALECTS_STEP_STEP_H

#include "dialects/bd/Bd.h"

#include "dialects/step/StepDialect.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/step/StepTypes.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/step/StepAttributes.h.inc"
#define GET_OP_CLASSES
#include "dialects/step/StepOps.h.inc"

namespace bdc::step {

/// Whether the host can give the values that the elements of a state have before the first step: params and states of one row.
bool canBeGiven(StateOp state);

} // namespace bdc::step

#endif
