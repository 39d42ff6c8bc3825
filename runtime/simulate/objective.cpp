/// Runs a program for the value of its objective.
#include "runtime/simulate/body.h"
#include "runtime/simulate/observation.h"

namespace bdc::runtime {

/// One whole run. `keep`: samples that are compared with data are kept.
Status Simulation::Body::evaluate(bool keep) {
  if (!program->descriptor.objective)
    return internalError("the program has no objective");
  purpose = Purpose::evaluate;
  Status status = prepare();
  if (status) {
    observation->begin();
    observation->listen(true, keep && observation->comparesSamples());
    if (const Result<RunState> state = advance(sizes.steps); !state)
      status = state.error();
    else if (*state == RunState::interrupted)
      status = Error{ErrorKind::interrupted, "interrupted before the objective was known", {}};
  }
  prepared = false; // the next run begins anew
  purpose = Purpose::simulate;
  return status;
}

Result<double> Simulation::objective() {
  if (Status s = body->evaluate(/*keep=*/false); !s)
    return s.error();
  const Result<objective::Dual> loss = body->observation->value();
  return loss ? Result<double>(loss->value) : Result<double>(loss.error());
}

Result<ObjectiveParts> Simulation::objectiveParts() {
  if (Status s = body->evaluate(/*keep=*/true); !s)
    return s.error();
  ObjectiveParts parts;
  const Result<objective::Dual> loss = body->observation->value();
  if (!loss)
    return loss.error();
  parts.loss = loss->value;
  body->observation->describe(parts);
  return parts;
}

Result<MemoryPlan> Simulation::objectivePlan() {
  if (!body->program->descriptor.objective)
    return internalError("the program has no objective");
  body->purpose = Body::Purpose::evaluate;
  Result<MemoryPlan> plan = body->makePlan(/*refuse=*/false);
  body->prepared = false;
  body->purpose = Body::Purpose::simulate;
  return plan;
}

} // namespace bdc::runtime
