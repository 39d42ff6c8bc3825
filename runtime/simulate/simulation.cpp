#include "runtime/simulate/simulation.h"

#include "runtime/memory/limits.h"
#include "runtime/simulate/body.h"
#include "runtime/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bdc::runtime {
namespace {

std::string suggestion(const Descriptor &d, std::string_view name) {
  std::vector<std::string_view> names;
  for (const Scalar &scalar : d.scalars)
    if (scalar.settable)
      names.push_back(scalar.name);
  return suggestionFor(name, names);
}

int findScalar(const Descriptor &d, std::string_view name) {
  for (size_t i = 0; i < d.scalars.size(); ++i)
    if (d.scalars[i].name == name)
      return static_cast<int>(i);
  return -1;
}

Result<int> findSettable(const Descriptor &d, std::string_view name) {
  const int index = findScalar(d, name);
  if (index < 0)
    return inputError(fmt::format("there is no parameter `{}`", name), suggestion(d, name));
  if (!d.scalars[index].settable)
    return inputError(fmt::format("`{}` is computed and cannot be set", name), suggestion(d, name));
  return index;
}

} // namespace

Status checkProgram(const Program &p) {
  if (!p.derive || !p.init || !p.run)
    return internalError("the program lacks bdc_derive, bdc_init or bdc_run");
  if (static_cast<int>(p.edges.size()) < p.descriptor.edgeFunctions)
    return internalError("the program lacks a function bdc_edges_<k> that its descriptor names");
  if (static_cast<int>(p.probes.size()) < p.descriptor.probeFunctions)
    return internalError("the program lacks a function bdc_probe_<k> that its descriptor names");
  if ((p.descriptor.lanes > 0) != (p.runLanes != nullptr))
    return internalError("the program lacks bdc_run_lanes, or the number of its lanes");
  return {};
}

Simulation::Simulation(std::unique_ptr<Body> body) : body(std::move(body)) {}
Simulation::~Simulation() = default;

Result<std::unique_ptr<Simulation>> Simulation::create(std::shared_ptr<const Program> program, Options options) {
  if (Status s = checkProcessor(); !s)
    return s.error();
  if (Status s = checkProgram(*program); !s)
    return s.error();
  if (options.threads < 1 || options.threads > 1024)
    return inputError(fmt::format("{} threads: it must be 1 to 1024", options.threads));
  if (options.maxMemory < 0)
    return inputError(fmt::format("at most {} bytes of memory: it cannot be less than nothing", options.maxMemory), "0 is what the system has");
  return std::unique_ptr<Simulation>(new Simulation(std::make_unique<Body>(std::move(program), std::move(options))));
}

Status Simulation::set(std::string_view name, double value) {
  const Descriptor &d = body->program->descriptor;
  const Result<int> index = findSettable(d, name);
  if (!index)
    return index.error();
  if (!std::isfinite(value))
    return inputError(fmt::format("`{}` cannot be {}", name, value));
  body->setScalar(*index, value);
  if (const int given = d.scalars[*index].given; given >= 0)
    body->setScalar(given, 1);
  body->derived = false;
  return {};
}

Status Simulation::unset(std::string_view name) {
  const Descriptor &d = body->program->descriptor;
  const Result<int> index = findSettable(d, name);
  if (!index)
    return index.error();
  body->isSet[*index] = 0;
  if (const int given = d.scalars[*index].given; given >= 0)
    body->isSet[given] = 0;
  body->derived = false;
  return {};
}

bool Simulation::isSet(std::string_view name) const {
  const int index = findScalar(body->program->descriptor, name);
  return index >= 0 && body->isSet[index];
}

Result<double> Simulation::get(std::string_view name) {
  const int index = findScalar(body->program->descriptor, name);
  if (index < 0)
    return inputError(fmt::format("there is no parameter `{}`", name), suggestion(body->program->descriptor, name));
  if (Status s = body->derive(); !s)
    return s.error();
  return body->scalars[index];
}

Result<std::vector<double>> Simulation::scalars() {
  if (Status s = body->derive(); !s)
    return s.error();
  return body->scalars;
}

void Simulation::setSeed(uint64_t seed) {
  body->options.seed = body->results.seed = seed;
  body->derived = false;
}

void Simulation::setLane(LanePlace place) { body->lane = std::move(place); }
void Simulation::standBeside(const Simulation &other) { body->bytesBeside = other.body->results.planned_bytes; }
void Simulation::shareData(std::shared_ptr<DataStore> store) { body->store = std::move(store); }

std::vector<SummaryValue> Simulation::summaryNames() const {
  std::vector<SummaryValue> names;
  for (const Body::Summary &summary : body->summaries)
    if (!summary.isDrawnOnly)
      names.push_back({summary.text, 0, summary.display.unit, {}, {}});
  return names;
}

const std::vector<Drawing> &Simulation::drawings() const { return body->plots; }

Result<MemoryPlan> Simulation::plan() { return body->makePlan(false); }
Result<std::vector<double>> Simulation::planKey() {
  if (Status s = body->derive(); !s)
    return s.error();
  const Descriptor &d = body->program->descriptor;
  if (const Result<Sizes> read = readSizes(d, body->scalars, body->options.threads); !read)
    return read.error();
  std::vector<double> key = planKeyOf(d, body->scalars);
  for (const DataStore::Table &table : body->data)
    key.push_back(static_cast<double>(table->connections.count()));
  return key;
}

Status Simulation::prepare() { return body->prepare(); }
Status Simulation::finish() { return body->finish(); }

Result<RunState> Simulation::run() {
  if (!body->prepared)
    if (Status s = prepare(); !s)
      return s.error();
  if (Status s = body->checkShape(); !s)
    return s.error();
  return body->advance(std::max<int64_t>(0, body->sizes.steps - body->step));
}

Result<RunState> Simulation::runFor(double time_ms) {
  if (!body->prepared)
    if (Status s = prepare(); !s)
      return s.error();
  const Result<int64_t> steps = wholeSteps(time_ms, body->sizes.dt, "the time to run");
  if (!steps)
    return steps.error();
  return runSteps(*steps);
}

Result<RunState> Simulation::runSteps(int64_t steps) {
  if (steps < 0)
    return inputError(fmt::format("the number of steps to run is {}, it must not be negative", steps));
  if (!body->prepared)
    if (Status s = prepare(); !s)
      return s.error();
  if (Status s = body->checkShape(); !s)
    return s.error();
  return body->advance(steps);
}

int64_t Simulation::step() const { return body->step; }
double Simulation::time_ms() const { return static_cast<double>(body->step) * body->sizes.dt; }
const Program &Simulation::program() const { return *body->program; }
const std::vector<Recording> &Simulation::recordings() const { return body->kept; }
std::vector<Recording> Simulation::takeRecordings() { return std::exchange(body->kept, {}); }
const Results &Simulation::results() const { return body->results; }

std::optional<ArrayView> Simulation::state(std::string_view name) const {
  const Descriptor &d = body->program->descriptor;
  if (!body->prepared)
    return {};
  for (size_t i = 0; i < d.arrays.size(); ++i)
    if (d.arrays[i].name == name)
      return ArrayView{body->arrays[i],     d.arrays[i].type,      body->sizes.spaces[d.arrays[i].space],
                       body->sizes.rows[i], body->sizes.stride[i], d.arrays[i].display};
  return {};
}

const bdc_graph *Simulation::graph(std::string_view name) const {
  const Descriptor &d = body->program->descriptor;
  for (size_t i = 0; i < body->graphs.size(); ++i)
    if (d.graphs[i].name == name)
      return &body->graphs[i];
  return nullptr;
}

} // namespace bdc::runtime
