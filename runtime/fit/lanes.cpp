#include "runtime/fit/lanes.h"

#include "runtime/fit/problem.h"
#include "runtime/memory/limits.h"
#include "runtime/threads/in_threads.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

namespace bdc::runtime {

Result<std::unique_ptr<FitLanes>> FitLanes::create(std::shared_ptr<const Program> program, Options options, GradientOptions way) {
  options.output.clear();
  options.report.clear();
  options.keepRecordings = false;
  options.progress = nullptr;
  options.interrupt = nullptr; // a step is ended before a fit is
  std::unique_ptr<FitLanes> made(new FitLanes(std::move(program), std::move(options), std::move(way)));
  if (Status s = made->makeWorkers(1); !s)
    return s.error();
  return made;
}

Status FitLanes::makeWorkers(size_t wanted) {
  const auto threads = static_cast<size_t>(std::max(1, options.threads)), count = std::clamp<size_t>(wanted, 1, threads);
  workers.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const auto share = static_cast<int>(threads / count + (i < threads % count ? 1 : 0));
    Worker &worker = workers[i];
    if (worker.simulation && worker.threads == share)
      continue;
    Options own = options;
    own.threads = worker.threads = share;
    Result<std::unique_ptr<Simulation>> made = Simulation::create(program, std::move(own));
    if (!made)
      return made.error();
    worker.simulation = std::move(*made);
    worker.simulation->shareData(store);
    for (const auto &[name, value] : common)
      if (Status s = worker.simulation->set(name, value); !s)
        return s;
    for (const auto &[name, values] : commonElements)
      if (Status s = worker.simulation->setElements(name, values); !s)
        return s;
  }
  return {};
}

Status FitLanes::set(std::string_view name, double coherent) {
  common.emplace_back(name, coherent);
  for (const Worker &worker : workers)
    if (Status s = worker.simulation->set(name, coherent); !s)
      return s;
  return {};
}

Status FitLanes::setElements(std::string_view name, std::span<const double> values) {
  commonElements[std::string(name)].assign(values.begin(), values.end());
  for (const Worker &worker : workers)
    if (Status s = worker.simulation->setElements(name, values); !s)
      return s;
  return {};
}

Result<MemoryPlan> FitLanes::plan(int64_t candidates, bool gradients) {
  if (Status s = makeWorkers(static_cast<size_t>(candidates)); !s)
    return s.error();
  const auto count = static_cast<int64_t>(workers.size());
  way.budget.memory = asked;
  if (gradients && asked == 0)
    way.budget.memory = std::max<int64_t>(1, memoryLimit(options.maxMemory) / 2 / count);
  Result<MemoryPlan> one = gradients ? first().gradientPlan(way, back) : first().objectivePlan();
  if (!one)
    return one.error();
  MemoryPlan sum;
  sum.transient = count * one->transient;
  for (const MemoryPlan::Item &item : one->items)
    sum.add(count > 1 ? fmt::format("{} (of {} candidates side by side)", item.what, count) : item.what, count * item.bytes);
  return sum;
}

Status FitLanes::apply(Simulation &simulation, std::span<const double> values, const std::vector<int64_t> &sizes) {
  const Descriptor &d = simulation.program().descriptor;
  size_t at = 0;
  for (size_t p = 0; p < sizes.size(); ++p) {
    const FitParameter &parameter = d.fit->parameters[p];
    const auto own = values.subspan(at, static_cast<size_t>(sizes[p]));
    at += own.size();
    const Status set = parameter.scalar >= 0 ? simulation.set(d.scalars[parameter.scalar].name, own.front())
                                             : simulation.setElements(d.arrays[parameter.array].name, own);
    if (!set)
      return set;
  }
  return {};
}

/// An error of the numbers is the candidate's own affair; any other ends the fit.
Status FitLanes::evaluateOne(Simulation &simulation, int64_t candidate, const optimise::Points &values, bool gradients,
                             optimise::Answers &answers) {
  if (Status s = apply(simulation, values[candidate], sizes); !s)
    return s;
  Status trouble;
  if (!gradients) {
    const Result<double> loss = simulation.objective();
    if (loss)
      answers.losses[candidate] = *loss;
    else
      trouble = loss.error();
  } else if (Result<GradientResult> result = simulation.gradient(way); result) {
    answers.losses[candidate] = result->loss;
    auto out = answers.gradients[candidate].begin();
    const Result<std::vector<size_t>> parts = gradientsOf(program->descriptor);
    for (const size_t part : *parts)
      out = std::copy(result->gradient[part].begin(), result->gradient[part].end(), out);
  } else {
    trouble = result.error();
  }
  if (trouble || trouble.error().kind != ErrorKind::numeric)
    return trouble;
  const std::scoped_lock lock(mutex);
  if (failed.empty())
    failed = trouble.error().message;
  return {};
}

Result<optimise::Answers> FitLanes::evaluate(const optimise::Points &values, bool gradients) {
  if (gradients)
    if (const Result<std::vector<size_t>> parts = gradientsOf(program->descriptor); !parts)
      return parts.error();
  const int64_t count = values.count();
  if (Status s = makeWorkers(std::max<size_t>(workers.size(), static_cast<size_t>(count))); !s)
    return s.error();
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  optimise::Answers answers{std::vector<double>(static_cast<size_t>(count), nothing), {}};
  if (gradients)
    answers.gradients = {values.dimension, std::vector<double>(values.values.size(), nothing)};
  failed.clear();
  const Status done = share(count, [&](Simulation &simulation, int64_t candidate) { return evaluateOne(simulation, candidate, values, gradients, answers); });
  if (!done)
    return done.error();
  return answers;
}

Status FitLanes::share(int64_t count, const std::function<Status(Simulation &, int64_t)> &job) {
  std::atomic<int64_t> next = 0;
  std::optional<Error> trouble;
  auto work = [&](Simulation &simulation) {
    for (int64_t number = next++; number < count; number = next++)
      if (Status s = job(simulation, number); !s) {
        const std::scoped_lock lock(mutex);
        trouble = s.error();
        next = count;
      }
  };
  inThreads(workers.size(), [&](size_t i) { work(*workers[i].simulation); });
  return trouble ? Status(*trouble) : Status();
}

Result<optimise::Points> FitLanes::products(std::span<const double> at, const optimise::Points &directions) {
  const Result<std::vector<size_t>> parts = gradientsOf(program->descriptor);
  if (!parts)
    return parts.error();
  const Result<MemoryPlan> planned = plan(directions.count(), /*gradients=*/true);
  if (!planned)
    return planned.error();
  if (Status s = checkPlan(*planned, options.maxMemory); !s)
    return s.error();
  if (Status s = makeWorkers(std::max<size_t>(workers.size(), static_cast<size_t>(directions.count()))); !s)
    return s.error();
  optimise::Points out{directions.dimension, std::vector<double>(directions.values.size())};
  const auto one = [&](Simulation &simulation, int64_t number) -> Status {
    if (Status s = apply(simulation, at, sizes); !s)
      return s;
    Direction direction(program->descriptor.tangent->parameters.size()); // in the order of the gradient's
    auto from = directions[number].begin();
    for (size_t p = 0; p < sizes.size(); from += sizes[p++])
      direction[(*parts)[p]].assign(from, from + sizes[p]);
    const Result<GradientResult> result = simulation.hessianProduct(direction, way);
    if (!result)
      return result.error();
    if (result->interrupted)
      return Error{ErrorKind::interrupted, "interrupted before the Hessian was known", {}};
    auto to = out[number].begin();
    for (const size_t part : *parts)
      to = std::copy(result->gradient[part].begin(), result->gradient[part].end(), to);
    return {};
  };
  if (Status s = share(directions.count(), one); !s)
    return s.error();
  return out;
}

} // namespace bdc::runtime
