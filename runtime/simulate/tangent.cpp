/// Forward mode: a program that carries tangents runs once, and its objective is evaluated in pairs of a value and its change.
#include "runtime/simulate/tangent.h"
#include "runtime/simulate/body.h"
#include "runtime/simulate/observation.h"
#include "runtime/simulate/tangent_observation.h"

#include <fmt/format.h>

#include <cmath>

namespace bdc::runtime {

using objective::Dual;

Result<std::unique_ptr<TangentObservation>> TangentObservation::create(Simulation::Body &body, std::shared_ptr<const objective::CheckedPlan> plan,
                                                                               bool reverse) {
  std::unique_ptr<TangentObservation> made(new TangentObservation(body, std::move(plan), reverse));
  for (const Observed &observed : body.program->descriptor.observed) {
    made->streams.push_back(observed.tangent ? std::make_shared<ObservedStream>() : nullptr);
    if (!observed.tangent)
      continue;
    Result<Stream> stream = body.recordStream(*observed.tangent);
    if (!stream)
      return stream.error();
    stream->display = {};
    made->streams.back()->stream = std::move(*stream);
  }
  return made;
}

void TangentObservation::begin() {
  evaluation.begin();
  kept.assign(streams.size(), {});
  curves.clear();
  for (const objective::Operand &series : plan->plan.series)
    if (keepsCurves)
      curves.push_back({series.text, series.display.unit, {}, series.columns, {}, {}});
}

/// Samples that have been paired with their changes.
void TangentObservation::addToCurve(const ObservedStream &of, const objective::Samples<double> &samples) {
  const objective::Operand &series = plan->plan.series[of.position];
  Sensitivity &curve = curves[of.position];
  for (int64_t row = 0; row < samples.rows; ++row)
    curve.time_ms.push_back(Observation::timeOf(body.sizes, of.stream.interval, samples.first + row));
  for (const Dual &each : both) {
    curve.values.push_back(series.display(each.value));
    curve.changes.push_back(series.display.factor * each.tangent);
  }
}

void TangentObservation::declare(Recorder &recorder) {
  for (const auto &listener : streams)
    if (listener)
      recorder.listen(recorder.add(listener->stream), listener);
}

Status TangentObservation::hear(size_t observed, const ObservedStream &of, const objective::Samples<double> &samples, bool value, bool keep) {
  std::vector<double> changes;
  if (streams[observed])
    changes = std::move(streams[observed]->rows);
  both.resize(static_cast<size_t>(samples.rows * samples.columns));
  for (size_t i = 0; i < both.size(); ++i)
    both[i] = {samples.values[i], changes.empty() ? 0 : changes[i]};
  if (streams[observed])
    streams[observed]->rows.clear();
  if (keep)
    kept[observed].insert(kept[observed].end(), both.begin(), both.end());
  if (!value)
    return {};
  if (keepsCurves)
    addToCurve(of, samples);
  return evaluation.hear(of.position, objective::Samples<Dual>{samples.first, samples.rows, samples.columns, both.data()});
}

/// A spike that is there has the indicator 1; what a surrogate says of those that are not counts too.
Status TangentObservation::hear(size_t observed, const ObservedStream &of, const objective::Spikes<double> &spikes) {
  objective::Spikes<Dual> heard{spikes.first, spikes.steps, spikes.elements, spikes.times, spikes.sources, nullptr};
  if (streams[observed]) {
    const std::vector<double> changes = std::move(streams[observed]->rows);
    streams[observed]->rows.clear();
    both.assign(static_cast<size_t>(spikes.steps * spikes.elements), {});
    for (size_t i = 0; i < both.size(); ++i)
      both[i].tangent = changes[i];
    for (size_t i = 0; i < spikes.times.size(); ++i)
      both[static_cast<size_t>((spikes.times[i] - spikes.first) * spikes.elements + spikes.sources[i])].value = 1;
    heard.indicators = both.data();
  }
  return evaluation.hear(of.position, heard);
}

Result<Dual> TangentObservation::value() {
  const Result<std::vector<Dual>> leaves = evaluation.evaluate();
  if (!leaves)
    return leaves.error();
  std::vector<double> terms;
  for (const Dual &leaf : *leaves)
    terms.push_back(leaf.value);
  for (const Dual &leaf : *leaves)
    terms.push_back(leaf.tangent);
  const Descriptor &d = body.program->descriptor;
  const size_t parameters = d.gradient ? d.gradient->parameters.size() : 0;
  std::vector<double> out(2 + (d.gradient ? terms.size() + parameters : 0));
  body.program->objective(&body.ctx, terms.data(), out.data());
  if (d.gradient) { // of the change, by the leaves and by their changes: what that is by these is the derivative of the objective by the leaves
    leafAdjoints.clear();
    for (size_t leaf = 0; leaf < leaves->size(); ++leaf)
      leafAdjoints.emplace_back(out[2 + leaves->size() + leaf], out[2 + leaf]);
    directly.assign(out.end() - static_cast<int64_t>(parameters), out.end());
  }
  return Dual(out[0], out[1]);
}

std::vector<Dual> TangentObservation::adjoints(size_t observed, const ObservedStream &of, const objective::Samples<double> &again) {
  const std::vector<Dual> samples = std::move(kept[observed]);
  kept[observed].clear();
  std::vector<Dual> out(samples.size());
  evaluation.adjoint(of.position, objective::Samples<Dual>{again.first, again.rows, again.columns, samples.data()}, out.data());
  for (Dual &each : out) // the objective's derivative by a sample is the change's by the sample's change
    std::swap(each.value, each.tangent);
  return out;
}

/// Where the program reads it.
Status Simulation::Body::setDirection(const Direction &direction) {
  const Tangent &tangent = *program->descriptor.tangent;
  if (direction.size() != tangent.parameters.size())
    return internalError(fmt::format("a direction of {} parameters, of which there are {}", direction.size(), tangent.parameters.size()));
  for (size_t p = 0; p < direction.size(); ++p) {
    const Tangent::Parameter &parameter = tangent.parameters[p];
    for (size_t i = 0; i < direction[p].size(); ++i)
      if (!std::isfinite(direction[p][i]))
        return inputError(fmt::format("`{}` cannot be moved by {}", parameter.name, direction[p][i]));
    if (parameter.array >= 0) {
      if (Status s = setElements(parameter.along, direction[p]); !s)
        return s;
    } else {
      setScalar(parameter.along, direction[p].empty() ? 0 : direction[p].front());
    }
  }
  derived = false;
  return {};
}

Result<TangentResult> Simulation::derivativeAlong(const Direction &direction, bool withCurves) {
  if (!body->program->descriptor.tangent)
    return internalError("the program has no tangents");
  if (Status s = body->setDirection(direction); !s)
    return s.error();
  body->keepsCurves = withCurves;
  if (Status s = body->evaluate(/*keep=*/false); !s) {
    if (s.error().kind == ErrorKind::interrupted)
      return TangentResult{0, 0, true, 0};
    (void)body->setDirection(Direction(direction.size())); // what was wrong with it does not stay
    return s.error();
  }
  const Result<Dual> both = body->observation->value();
  if (!both)
    return both.error();
  if (!std::isfinite(both->value) || !std::isfinite(both->tangent))
    return Error{ErrorKind::numeric, fmt::format("the objective is {}, its change {}", both->value, both->tangent), "a smaller dt, or other parameters"};
  return TangentResult{both->value, both->tangent, false, body->results.run_s, body->observation->takeCurves()};
}

} // namespace bdc::runtime
