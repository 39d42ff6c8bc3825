/// Runs a program there and back: the objective, its derivatives, with as much of the way kept as memory allows.
#include "runtime/checkpoint/schedule.h"
#include "runtime/checkpoint/slots.h"
#include "runtime/simulate/body.h"
#include "runtime/simulate/observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace bdc::runtime {
namespace {

/// Scalars that the host sets: sizes of what the way back keeps.
void setHostScalar(Simulation::Body &body, int scalar, double value) {
  if (scalar < 0)
    return;
  body.setScalar(scalar, value);
  body.derived = false;
}

} // namespace

/// One evaluation of the gradient.
class Reversal {
public:
  Reversal(Simulation::Body &body, const GradientOptions &options) : body(body), options(options) {}

  Result<GradientResult> run() {
    if (Status s = prepare(); !s)
      return s.error();
    checkpoint::Schedule schedule(result.plan.units, std::max<int64_t>(result.plan.slots, 1));
    const auto start = std::chrono::steady_clock::now();
    for (checkpoint::Action action = schedule.next(); action.act != checkpoint::Act::done; action = schedule.next()) {
      if (Status s = perform(action, start); !s)
        return s.error();
      if (result.interrupted)
        return std::move(result);
    }
    finish();
    result.backward_s = secondsSince(start) - result.forward_s;
    return std::move(result);
  }

  Result<MemoryPlan> plan(checkpoint::Plan &way) {
    body.purpose = Simulation::Body::Purpose::differentiate;
    if (Status s = planMemory(); !s)
      return s.error();
    way = result.plan;
    Result<MemoryPlan> plan = body.makePlan(/*refuse=*/false);
    if (plan && way.slots > way.onDisk)
      plan->add("the checkpoints", (way.slots - way.onDisk) * need.stateBytes);
    return plan;
  }

private:
  Status prepare();
  Status planMemory();
  Status perform(const checkpoint::Action &action, std::chrono::steady_clock::time_point start);
  Status advance(bdc_run_fn function, int64_t first, int64_t last, bool sampled);
  Status turn(std::chrono::steady_clock::time_point start);
  void back(int64_t first, int64_t last);
  void forgetAdjoints(bool ofStates);
  void finish();
  void loop(bdc_run_fn function, int64_t first, int64_t steps) {
    if (function)
      body.team.run([&](int thread) { function(&body.ctx, thread, first, steps); });
  }
  const Descriptor &descriptor() const { return body.program->descriptor; }

  Simulation::Body &body;
  const GradientOptions &options;
  checkpoint::Need need;
  GradientResult result;
  std::unique_ptr<checkpoint::Slots> slots;
  bool valued = false; ///< the objective is known: the first descent has ended
  int64_t truncate = 0;
};

/// Steps that are taped at once, checkpoints, rows of tables; then everything is allocated and the run begins.
Status Reversal::prepare() {
  body.purpose = Simulation::Body::Purpose::differentiate;
  if (Status s = planMemory(); !s)
    return s;
  if (Status s = body.prepare(); !s)
    return s;
  auto made = checkpoint::Slots::create(result.plan, body.statePieces(), options.folder);
  if (!made)
    return made.error();
  slots = std::move(*made);
  body.observation->begin();
  forgetAdjoints(/*ofStates=*/false);
  return {};
}

Status Reversal::planMemory() {
  const Gradient &gradient = *descriptor().gradient;
  setHostScalar(body, gradient.segment, 1);
  for (const Observed &observed : descriptor().observed)
    for (const int rows : {observed.rows, observed.tangentRows})
      setHostScalar(body, rows, 2);
  const Result<MemoryPlan> small = body.makePlan(/*refuse=*/false);
  if (!small)
    return small.error();
  need = {body.sizes.steps, body.plannedStateBytes(), 0};
  for (size_t i = 0; i < descriptor().arrays.size(); ++i)
    if (descriptor().arrays[i].kind == Kind::tape)
      need.tapeBytes += body.arrayBytes(i);
  for (const Observed &observed : descriptor().observed) // their samples are kept twice: as they are, and their adjoints; so are their changes
    need.tapeBytes += (descriptor().tangent ? 48 : 16) * body.sizes.spaces[observed.record.space];
  checkpoint::Budget budget = options.budget;
  if (budget.memory == 0)
    budget.memory = std::max<int64_t>(1, body.memoryLeft() / 2);
  Result<checkpoint::Plan> plan = checkpoint::planFor(need, budget);
  if (!plan)
    return plan.error();
  result.plan = std::move(*plan);
  const bool isWritten = descriptor().fit && descriptor().fit->truncate >= 0;
  const double written = isWritten ? body.scalars[descriptor().fit->truncate] : 0;
  const Result<int64_t> window = wholeSteps(options.truncate_ms.value_or(written), body.sizes.dt, "the window of the gradient");
  if (!window)
    return window.error();
  truncate = *window;
  setHostScalar(body, gradient.segment, static_cast<double>(std::max<int64_t>(result.plan.segment, 1)));
  for (const Observed &observed : descriptor().observed) {
    const Result<Stream> stream = body.recordStream(observed.record);
    if (!stream)
      return stream.error();
    for (const int rows : {observed.rows, observed.tangentRows})
      setHostScalar(body, rows, static_cast<double>(Observation::rowsFor(result.plan.segment, stream->interval)));
  }
  return {};
}

Status Reversal::perform(const checkpoint::Action &action, std::chrono::steady_clock::time_point start) {
  const int64_t begin = result.plan.begin(action.unit);
  switch (action.act) {
  case checkpoint::Act::store: return slots->store(action.slot);
  case checkpoint::Act::restore: return slots->restore(action.slot);
  case checkpoint::Act::advance:
    body.observation->listen(!valued, false);
    return advance(body.program->run, begin, result.plan.begin(action.end), !valued);
  case checkpoint::Act::tape:
    body.observation->listen(!valued, true);
    if (Status s = advance(body.program->tape, begin, result.plan.end(action.unit), true); !s)
      return s;
    return valued || result.interrupted ? Status() : turn(start);
  case checkpoint::Act::reverse:
    body.observation->give();
    back(begin, result.plan.end(action.unit));
    return {};
  case checkpoint::Act::done: break;
  }
  return {};
}

/// Steps first … last - 1, in chunks after which what was sampled is handed on.
Status Reversal::advance(bdc_run_fn function, int64_t first, int64_t last, bool sampled) {
  body.ctx.probe_count = sampled ? body.recorder->size() : 0;
  body.recorder->continueFrom(first);
  for (int64_t step = first; step < last;) {
    if ((result.interrupted |= body.options.interrupt && body.options.interrupt->load(std::memory_order_relaxed)))
      return {};
    const int64_t chunk = std::min(last - step, sampled ? body.recorder->chunkLimit() : last - step);
    loop(function, step, chunk);
    if (sampled) {
      Status s = body.recorder->drain();
      if (s)
        s = body.observation->passed(step, step + chunk);
      if (!s)
        return s;
    }
    step += chunk;
  }
  return {};
}

/// The end of the run: the objective is known, and the way back begins.
Status Reversal::turn(std::chrono::steady_clock::time_point start) {
  valued = true;
  const Result<objective::Dual> loss = body.observation->value();
  if (!loss)
    return loss.error();
  if (!std::isfinite(loss->value))
    return Error{ErrorKind::numeric, fmt::format("the objective is {}", loss->value), "a smaller dt, or other start values of what is fitted"};
  result.loss = loss->value;
  result.change = loss->tangent;
  result.forward_s = secondsSince(start);
  body.observation->pullback();
  return {};
}

void Reversal::back(int64_t first, int64_t last) {
  for (int64_t end = last; end > first;) {
    const int64_t begin = truncate > 0 ? std::max(first, (end - 1) / truncate * truncate) : first;
    loop(body.program->adjoint, begin, end - begin);
    if (truncate > 0 && begin % truncate == 0 && begin > 0)
      forgetAdjoints(/*ofStates=*/true);
    end = begin;
  }
}

/// `ofStates`: of what changes from step to step alone; what was collected is kept.
void Reversal::forgetAdjoints(bool ofStates) {
  for (size_t i = 0; i < descriptor().arrays.size(); ++i) {
    if (descriptor().arrays[i].kind != Kind::adjoint)
      continue;
    const auto isPart = [&](const GradientParameter &p) {
      return std::any_of(p.parts.begin(), p.parts.end(), [&](const GradientParameter::Part &part) { return part.array == static_cast<int>(i); });
    };
    const auto &parameters = descriptor().gradient->parameters;
    if (ofStates && std::any_of(parameters.begin(), parameters.end(), isPart))
      continue;
    std::memset(body.arrays[i], 0, static_cast<size_t>(body.arrayBytes(i)));
  }
}

/// The past before the run, initial values, and the sums over elements.
void Reversal::finish() {
  int64_t longest = 0;
  for (const Array &array : descriptor().arrays)
    if (array.kind == Kind::delay && array.rows >= 0)
      longest = std::max<int64_t>(longest, std::llround(body.scalars[array.rows]));
  loop(body.program->adjointPast, -longest, longest);
  loop(body.program->adjointStart, 0, 1);
  const auto &parameters = descriptor().gradient->parameters;
  for (size_t p = 0; p < parameters.size(); ++p) {
    if (descriptor().weightsOf(parameters[p].array) >= 0) {
      result.gradient.push_back(body.weightGradient(parameters[p]));
      continue;
    }
    std::vector<double> values(parameters[p].scalar >= 0 ? 1 : 0, body.observation->direct()[p]);
    for (const auto &[part, factor, edges, factors] : parameters[p].parts) {
      std::vector<double> elements = body.row(part);
      if (parameters[p].scalar < 0)
        values = std::move(elements);
      else
        values[0] += std::accumulate(elements.begin(), elements.end(), 0.0) * (factor < 0 ? 1 : body.scalars[factor]);
    }
    result.gradient.push_back(std::move(values));
  }
}

Result<GradientResult> Simulation::gradient(const GradientOptions &options) {
  if (!body->program->descriptor.gradient)
    return internalError("the program has no gradient");
  Result<GradientResult> result = Reversal(*body, options).run();
  body->prepared = false; // the next run begins anew
  body->purpose = Body::Purpose::simulate;
  return result;
}

Result<GradientResult> Simulation::hessianProduct(const Direction &direction, const GradientOptions &options) {
  if (!body->program->descriptor.tangent)
    return internalError("the program has no tangents");
  if (Status s = body->setDirection(direction); !s)
    return s.error();
  Result<GradientResult> result = gradient(options);
  if (!result)
    (void)body->setDirection(Direction(direction.size())); // what was wrong with it does not stay
  return result;
}

Result<MemoryPlan> Simulation::gradientPlan(const GradientOptions &options, checkpoint::Plan &way) {
  if (!body->program->descriptor.gradient)
    return internalError("the program has no gradient");
  Result<MemoryPlan> plan = Reversal(*body, options).plan(way);
  body->prepared = false;
  body->purpose = Body::Purpose::simulate;
  return plan;
}

} // namespace bdc::runtime
