#include "runtime/batch/batch.h"

#include "runtime/batch/body.h"
#include "runtime/simulate/sizes.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime {
namespace {

/// Steps of all lanes together that take some tenths of a second one by one, longer than compiling.
constexpr double enoughSteps = 1e7;

/// Elements of the largest population up to which side by side is faster (measured: docs/benchmarks.md, "Small networks").
constexpr int64_t mostElements(Type real) { return real == Type::f64 ? 4 : 2; }

} // namespace

Batch::Batch(std::unique_ptr<Body> body) : body(std::move(body)) {}
Batch::~Batch() = default;

Result<std::unique_ptr<Batch>> Batch::create(std::shared_ptr<const Program> program, Options options, std::vector<BatchParameter> parameters) {
  if (options.threads < 1 || options.threads > 1024) // workers share them
    return inputError(fmt::format("{} threads: it must be 1 to 1024", options.threads));
  std::unique_ptr<Batch> made(new Batch(std::make_unique<Body>(std::move(program), std::move(options), std::move(parameters))));
  if (Status s = made->body->makeWorkers(1); !s) // finds what is wrong with program and options
    return s.error();
  return made;
}

Status Batch::set(std::string_view name, double coherent) {
  for (const auto &worker : body->workers) {
    if (Status s = worker->simulation->set(name, coherent); !s)
      return s;
    for (const auto &simulation : worker->beside)
      if (Status s = simulation->set(name, coherent); !s)
        return s;
  }
  body->common.emplace_back(name, coherent);
  return {};
}

Result<MemoryPlan> Batch::plan(const std::vector<Lane> &lanes) { return body->plan(lanes); }
Result<RunState> Batch::run(std::vector<Lane> lanes) { return body->run(std::move(lanes)); }
Status Batch::finish() { return body->finish(); }
const BatchResults &Batch::results() const { return body->results; }

Batch::Body::Body(std::shared_ptr<const Program> p, Options o, std::vector<BatchParameter> parameters)
    : program(std::move(p)),
      options(std::move(o)) {
  results.parameters = std::move(parameters);
}

Status Batch::Body::makeWorkers(size_t lanes) {
  const auto threads = static_cast<size_t>(std::max(1, options.threads)), count = std::clamp<size_t>(lanes, 1, threads);
  for (size_t i = 0; i < count; ++i) {
    const auto share = static_cast<int>(threads / count + (i < threads % count ? 1 : 0));
    if (i == workers.size())
      workers.push_back(std::make_unique<Worker>());
    Worker &worker = *workers[i];
    if (!worker.simulation || worker.threads != share) {
      worker.threads = share;
      if (Status s = makeSimulation(worker, worker.simulation, true); !s)
        return s;
    }
    worker.beside.resize(lanesAtOnce - 1);
    for (auto &simulation : worker.beside)
      if (!simulation)
        if (Status s = makeSimulation(worker, simulation, false); !s)
          return s;
  }
  workers.resize(count);
  return {};
}

Status Batch::Body::makeSimulation(Worker &worker, std::unique_ptr<Simulation> &simulation, bool reports) {
  Options own = options;
  own.threads = worker.threads;
  own.report.clear();
  own.progress = {};
  if (reports)
    own.progress = [&worker](const Progress &p) { worker.part = p.part() * worker.lanes; };
  Result<std::unique_ptr<Simulation>> made = Simulation::create(program, std::move(own));
  if (!made)
    return made.error();
  simulation = std::move(*made);
  simulation->shareData(store);
  for (const auto &[name, value] : common)
    if (Status s = simulation->set(name, value); !s)
      return s;
  return {};
}

Status Batch::Body::apply(Simulation &simulation, const Lane &lane) {
  simulation.setSeed(lane.seed);
  auto value = lane.coherent.begin();
  for (const BatchParameter &parameter : results.parameters)
    if (!parameter.isSeed)
      if (Status s = simulation.set(parameter.name, *value++); !s)
        return s;
  return {};
}

Error Batch::Body::inLane(Error error, const Lane &lane) const {
  if (!lane.label.empty())
    error.message = fmt::format("{} (in the lane with {})", error.message, lane.label);
  return error;
}

/// Lanes may differ in size: as many of the largest as run side by side.
Result<MemoryPlan> Batch::Body::plan(const std::vector<Lane> &lanes) {
  const auto together = static_cast<size_t>(program->descriptor.lanes);
  lanesAtOnce = together > 0 && lanes.size() >= together && options.threads <= static_cast<int>(lanes.size()) ? together : 1;
  if (Status s = makeWorkers(lanes.size()); !s)
    return s.error();
  Simulation &first = *workers[0]->simulation;
  std::map<std::vector<double>, std::pair<MemoryPlan, size_t>> plans; // how many lanes have each
  for (const Lane &lane : lanes) {
    if (Status s = apply(first, lane); !s)
      return s.error();
    Result<std::vector<double>> key = first.planKey();
    if (!key)
      return inLane(key.error(), lane);
    auto known = plans.find(*key);
    if (known == plans.end()) {
      Result<MemoryPlan> plan = first.plan();
      if (!plan)
        return inLane(plan.error(), lane);
      known = plans.emplace(std::move(*key), std::pair(std::move(*plan), 0)).first;
    }
    ++known->second.second;
  }
  return sum(std::move(plans));
}

bool Batch::gainsSideBySide(const std::vector<Lane> &lanes) { return body->gainsSideBySide(lanes); }

/// What a vector holds is one element of several lanes then, and each number is read from a place of its own: that pays where vectors along the
/// elements would be mostly empty.
bool Batch::Body::gainsSideBySide(const std::vector<Lane> &lanes) {
  const Descriptor &d = program->descriptor;
  if (d.lanes > 0 || d.width < 2 || lanes.size() < static_cast<size_t>(d.width))
    return false;
  Simulation &first = *workers[0]->simulation;
  if (!apply(first, lanes[0]))
    return false;
  const Result<std::vector<double>> scalars = first.scalars();
  const Result<Sizes> sizes = scalars ? readSizes(d, *scalars, 1) : Result<Sizes>(scalars.error());
  if (!sizes) // which is said when they run
    return false;
  const int64_t largest = sizes->spaces.empty() ? 0 : *std::max_element(sizes->spaces.begin(), sizes->spaces.end());
  return largest <= mostElements(d.real) && static_cast<double>(sizes->steps) * static_cast<double>(lanes.size()) >= enoughSteps;
}

MemoryPlan Batch::Body::sum(std::map<std::vector<double>, std::pair<MemoryPlan, size_t>> plans) const {
  std::vector<std::pair<MemoryPlan, size_t>> largest;
  for (auto &[key, plan] : plans)
    largest.push_back(std::move(plan));
  std::sort(largest.begin(), largest.end(), [](const auto &a, const auto &b) { return a.first.total() > b.first.total(); });
  MemoryPlan sum;
  size_t left = workers.size() * lanesAtOnce;
  for (const auto &[plan, lanes] : largest) {
    const size_t count = std::min(left, lanes);
    left -= count;
    sum.transient += static_cast<int64_t>(count) * plan.transient;
    for (const MemoryPlan::Item &item : plan.items)
      if (count > 0)
        sum.add(count > 1 ? fmt::format("{} (of {} lanes side by side)", item.what, count) : item.what, static_cast<int64_t>(count) * item.bytes);
  }
  return sum;
}

Status Batch::Body::fits(const MemoryPlan &plan) const {
  Status status = checkPlan(plan, options.maxMemory);
  if (!status && workers.size() > 1)
    status.error().help = fmt::format("{} lanes run side by side: fewer --threads take less; or {}", workers.size() * lanesAtOnce, status.error().help);
  return status;
}

} // namespace bdc::runtime
