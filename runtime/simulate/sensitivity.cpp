/// Sensitivity curves: a program that carries tangents runs once for each parameter, and its changes go where the recordings of the run
/// without tangents go.
#include "runtime/record/memory_listener.h"
#include "runtime/record/output_file.h"
#include "runtime/report/plots.h"
#include "runtime/simulate/body.h"

#include <fmt/format.h>

namespace bdc::runtime {

/// The streams of the curves, in the order in which the parameter names them.
Status Simulation::Body::declareSensitivities() {
  const Descriptor &d = program->descriptor;
  const Tangent::Parameter &parameter = d.tangent->parameters[moved];
  for (const int number : parameter.observed) {
    const Observed &observed = d.observed[static_cast<size_t>(number)];
    if (!observed.tangent)
      return internalError(fmt::format("`{}` has no tangent", observed.record.text));
    Result<Stream> stream = recordStream(*observed.tangent);
    if (!stream)
      return stream.error();
    stream->name = observed.record.name;
    stream->text = observed.record.text;
    stream->display = {unitPer(observed.record.display, d.scalars[static_cast<size_t>(parameter.scalar)].display), observed.record.display.factor, 0, {}};
    recordStreams.push_back(recorder->add(std::move(*stream)));
  }
  return {};
}

/// Whoever hears the recordings of the other run hears the curves.
Status Simulation::Body::openSensitivities() {
  const Descriptor &d = program->descriptor;
  const Tangent::Parameter &parameter = d.tangent->parameters[moved];
  for (size_t i = 0; i < recordStreams.size(); ++i) {
    const Observed &observed = d.observed[static_cast<size_t>(parameter.observed[i])];
    Stream stream = recorder->stream(recordStreams[i]);
    stream.name = observed.record.name;
    stream.text = observed.record.text;
    const std::string &space = d.spaces[static_cast<size_t>(stream.space)].name;
    const std::vector<std::string> labels = labelsOf(stream);
    if (beside->file) {
      auto listener = beside->file->addSensitivity(stream, space, labels, parameter.name);
      if (!listener)
        return listener.error();
      recorder->listen(recordStreams[i], std::move(*listener));
    }
    if (beside->options.keepRecordings) {
      SensitivityCurve &kept = beside->curves.emplace_back(SensitivityCurve{parameter.name, {}});
      recorder->listen(recordStreams[i], std::make_shared<MemoryListener>(stream, space, sizes.dt, kept.curve));
    }
    if (beside->options.report.empty())
      continue;
    const PlotSetting setting{sizes.dt, sizes.discard, sizes.steps, 1};
    std::shared_ptr<Plot> plot = makeTraces({PlotInput{&stream, stream.text, stream.elements, labels}}, setting);
    recorder->listen(recordStreams[i], plot->input(0));
    beside->plots.push_back({fmt::format("sensitivity of {} to {}", stream.text, parameter.name), "traces", std::move(plot)});
  }
  return {};
}

Result<RunState> Simulation::sensitivity(size_t parameter, Simulation &run) {
  const std::optional<Tangent> &tangent = body->program->descriptor.tangent;
  if (!tangent || parameter >= tangent->parameters.size() || tangent->parameters[parameter].scalar < 0)
    return internalError("the program has no tangents of this parameter");
  if (!run.body->prepared || run.body->finished)
    return inputError("sensitivities go beside a run that has begun and is not finished");
  if (run.body->followed.contains(parameter))
    return inputError("the sensitivities of this run have been computed", "prepare again for another run");
  // One of the unit in which the parameter is shown.
  Direction direction(tangent->parameters.size());
  direction[parameter] = {1 / body->program->descriptor.scalars[static_cast<size_t>(tangent->parameters[parameter].scalar)].display.factor};
  if (Status s = body->setDirection(direction); !s)
    return s.error();
  run.expectSensitivities(tangent->parameters.size());
  body->purpose = Body::Purpose::follow;
  body->moved = parameter;
  body->beside = run.body.get();
  standBeside(run);
  Result<RunState> state = RunState::interrupted;
  if (Status ready = body->prepare(); !ready)
    state = ready.error();
  else
    state = body->advance(body->sizes.steps);
  body->prepared = false; // the next run begins anew
  body->purpose = Body::Purpose::simulate;
  if (state && *state == RunState::done)
    run.body->followed.insert(parameter);
  if (Status flushed = run.body->flushOutputs(true); !flushed && state)
    return flushed.error();
  return state;
}

void Simulation::expectSensitivities(size_t parameters) { body->expected = parameters; }
const std::deque<SensitivityCurve> &Simulation::sensitivities() const { return body->curves; }

} // namespace bdc::runtime
