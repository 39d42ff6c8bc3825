//===- StepOps.td - the step dialect -----------------------------------------===//
include "step/StepDeclarations.td"
include "step/StepLoopOps.td"
