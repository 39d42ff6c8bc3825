// bdc run, where an experiment asks how recordings change with parameters.
#include "tools/src/bdc/running.h"

namespace bdc::tool {

std::optional<Error> unusableWithSensitivities(const RunArguments &arguments, const Program &program) {
  if (arguments.seeds > 0 && program.hasSensitivities())
    return Error(runtime::inputError(fmt::format("experiment {} asks for sensitivities, and --seeds is of runs without", program.experiment()),
                                     "--seed N has them of another seed"));
  return std::nullopt;
}

Result<RunState> runSensitivities(const Program &program, Simulation &simulation, Result<RunState> state) {
  if (!state || *state == RunState::interrupted || !program.hasSensitivities())
    return state;
  return simulation.runSensitivities();
}

} // namespace bdc::tool
