// bdc::Batch: the runtime's, in the user's names and units.
#include "compiler/api/body.h"
#include "frontend/rules/lanes.h"
#include "frontend/rules/settable.h"
#include "runtime/batch/batch.h"
#include "runtime/batch/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace bdc {

struct Batch::Body {
  std::shared_ptr<Program::Body> program;
  RunOptions options;
  CompileOptions compileOptions;
  std::shared_ptr<const runtime::Program> code;
  std::unique_ptr<runtime::Batch> batch;
  rules::Lanes swept;                 ///< the parameters; lanes as they are made
  int64_t seeds = 0;                  ///< for each lane of the experiment's sweep
  bool isSweep = false;
  std::vector<rules::SetValue> sets;  ///< of all lanes
  std::vector<Diagnostic> warnings = {};
  double extraSeconds = 0; ///< of compiling again

  Status compile();
  Status set(const rules::SetValue &value);
  Result<rules::Lanes> rulesLanes(const std::vector<Lane> &lanes);
  std::vector<rules::SetValue> values() const;
  Status check(const rules::Lanes &lanes);
  Result<std::vector<Lane>> sweepLanes();
};

namespace {

std::vector<double> sample(rules::Sweep::Sampling how, int64_t count, int dimensions, int number, uint64_t seed) {
  if (how == rules::Sweep::Sampling::Sobol)
    return runtime::sobolPoints(count, dimensions);
  return runtime::randomPoints(count, dimensions, seed, fmt::format("sweep {}", number));
}

std::vector<BatchParameter> described(const rules::Lanes &lanes) {
  std::vector<BatchParameter> result;
  for (const rules::LaneParameter &p : lanes.parameters)
    result.push_back({p.name, p.unitText(), p.scalar < 0, p.logarithmic});
  return result;
}

} // namespace

/// Parameters that are swept do not share a state with others that happen to be equal.
Status Batch::Body::compile() {
  std::vector<std::string> &separate = compileOptions.separate;
  const size_t before = separate.size();
  auto keepApart = [&](int index) {
    const std::string &name = program->program->scalars[index].path;
    const runtime::Scalar *scalar = findScalar(*code, name);
    if (scalar && scalar->merged && std::find(separate.begin(), separate.end(), name) == separate.end())
      separate.push_back(name);
  };
  for (const rules::LaneParameter &parameter : swept.parameters)
    if (parameter.scalar >= 0)
      keepApart(parameter.scalar);
  for (const rules::SetValue &value : sets)
    keepApart(value.scalar);
  if (separate.size() > before) {
    const auto begin = std::chrono::steady_clock::now();
    Result<Code> made = makeCode(*program, compileOptions);
    if (!made)
      return made.error();
    code = made->program;
    extraSeconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  } else if (batch) {
    return {};
  }
  auto made = runtime::Batch::create(code, options, described(swept));
  if (!made)
    return Error(std::move(made.error()));
  batch = std::move(*made);
  for (const rules::SetValue &value : sets)
    if (runtime::Status set = batch->set(program->program->scalars[value.scalar].path, value.value); !set)
      return Error(std::move(set.error()));
  return {};
}

Status Batch::Body::set(const rules::SetValue &value) {
  sets.push_back(value);
  if (runtime::Status set = batch->set(program->program->scalars[value.scalar].path, value.value); !set)
    return Error(std::move(set.error()));
  return compile();
}

Result<rules::Lanes> Batch::Body::rulesLanes(const std::vector<Lane> &lanes) {
  rules::Lanes result;
  result.parameters = swept.parameters;
  for (const Lane &lane : lanes) {
    if (lane.values.size() != swept.parameters.size())
      return Error(runtime::inputError(fmt::format("a lane has {} values, and the batch {} parameters", lane.values.size(), swept.parameters.size())));
    result.lanes.push_back({lane.values, lane.seed.value_or(options.seed)});
  }
  return result;
}

/// What was set, and what comes with the data: it is the same in all lanes but where what makes a connectome is swept.
std::vector<rules::SetValue> Batch::Body::values() const {
  std::vector<rules::SetValue> result = sets;
  const rules::Program &rules = *program->program;
  auto makesConnectome = [&](const rules::LaneParameter &p) {
    return std::any_of(rules.connectomes.begin(), rules.connectomes.end(), [&](const rules::Connectome &c) { return p.name.starts_with(c.name + "."); });
  };
  if (!readsSizes(rules) || std::any_of(swept.parameters.begin(), swept.parameters.end(), makesConnectome))
    return result;
  auto one = runtime::Simulation::create(code, options);
  for (const rules::SetValue &value : sets)
    if (one && !(*one)->set(rules.scalars[value.scalar].path, value.value))
      return result;
  if (one)
    for (const rules::SetValue &size : sizesOfData(rules, **one))
      result.push_back(size);
  return result;
}

Status Batch::Body::check(const rules::Lanes &lanes) {
  diag::Engine engine;
  std::scoped_lock lock(program->overrides);
  rules::checkLanes(*program->program, values(), lanes, engine);
  if (engine.hasErrors())
    return errorOf(engine, program->sources);
  warnings = newWarnings(engine, *program);
  return {};
}

Batch::Batch(std::unique_ptr<Body> body) : body(std::move(body)) {}
Batch::~Batch() = default;

Status Batch::set(std::string_view name, std::string_view text) {
  Result<std::vector<rules::SetValue>> values = readSetting(*body->program, name, text);
  if (!values)
    return values.error();
  for (const rules::SetValue &value : *values)
    if (Status set = body->set(value); !set)
      return set;
  return {};
}

Status Batch::set(std::string_view name, double value) {
  const int index = rules::findSettable(*body->program->program, name);
  if (index < 0)
    return Error(runtime::inputError(fmt::format("there is no parameter `{}`", name)));
  return body->set({index, coherentValue(body->program->program->scalars[index], value), {}});
}

std::vector<BatchParameter> Batch::parameters() const { return described(body->swept); }
const std::vector<Diagnostic> &Batch::warnings() const { return body->warnings; }

Result<std::vector<Lane>> Batch::Body::sweepLanes() {
  diag::Engine engine;
  std::scoped_lock lock(program->overrides);
  std::optional<rules::Lanes> made = rules::lanesOf(*program->program, sets, options.seed, seeds, sample, engine);
  if (!made)
    return errorOf(engine, program->sources);
  std::vector<Lane> lanes;
  for (rules::Lane &lane : made->lanes)
    lanes.push_back({std::move(lane.values), lane.seed});
  return lanes;
}

Result<std::vector<Lane>> Batch::lanes() { return body->isSweep ? body->sweepLanes() : std::vector<Lane>(); }

Status Batch::check(const std::vector<Lane> &lanes) {
  Result<rules::Lanes> made = body->rulesLanes(lanes);
  return made ? body->check(*made) : Status(made.error());
}

Result<RunState> Batch::run(const std::vector<Lane> &lanes) {
  Result<rules::Lanes> made = body->rulesLanes(lanes);
  if (!made)
    return made.error();
  if (Status fits = body->check(*made); !fits)
    return fits.error();
  std::vector<runtime::Lane> runs;
  for (size_t i = 0; i < made->lanes.size(); ++i) {
    runtime::Lane run{made->lanes[i].values, {}, made->lanes[i].seed, made->label(i)};
    for (const rules::SetValue &value : made->sets(i))
      run.coherent.push_back(value.value);
    runs.push_back(std::move(run));
  }
  runtime::Result<RunState> state = body->batch->run(std::move(runs));
  if (!state)
    return Error(std::move(state.error()));
  return *state;
}

Status Batch::finish() {
  if (runtime::Status status = body->batch->finish(); !status)
    return Error(std::move(status.error()));
  return {};
}

BatchResults Batch::results() const {
  BatchResults results = body->batch->results();
  addWarnings(results.total, *body->program, body->warnings);
  results.total.compile_s = body->program->seconds + body->extraSeconds;
  return results;
}

bool Program::hasSweep() const { return !body->program->experiment.sweeps.empty(); }

namespace {

Result<std::unique_ptr<Batch::Body>> makeBatch(const std::shared_ptr<Program::Body> &program, RunOptions options, rules::Lanes lanes) {
  auto made = std::make_unique<Batch::Body>();
  made->program = program;
  made->options = completed(std::move(options), *program);
  made->compileOptions = program->options;
  made->code = program->code.program;
  made->swept = std::move(lanes);
  made->swept.lanes.clear();
  if (Status compiled = made->compile(); !compiled)
    return compiled.error();
  return made;
}

} // namespace

Result<std::unique_ptr<Batch>> Program::batch(const std::vector<std::string> &parameters, RunOptions options) const {
  diag::Engine engine;
  rules::Lanes lanes;
  for (const std::string &name : parameters)
    lanes.add(*body->program, name, {}, engine);
  if (engine.hasErrors())
    return errorOf(engine, body->sources);
  Result<std::unique_ptr<Batch::Body>> made = makeBatch(body, std::move(options), std::move(lanes));
  if (!made)
    return made.error();
  return std::unique_ptr<Batch>(new Batch(std::move(*made)));
}

Result<std::unique_ptr<Batch>> Program::sweep(RunOptions options, int64_t seeds) const {
  diag::Engine engine;
  std::optional<rules::Lanes> lanes;
  {
    std::scoped_lock lock(body->overrides);
    lanes = rules::lanesOf(*body->program, {}, options.seed, seeds, sample, engine);
    if (!lanes)
      return errorOf(engine, body->sources);
  }
  Result<std::unique_ptr<Batch::Body>> made = makeBatch(body, std::move(options), std::move(*lanes));
  if (!made)
    return made.error();
  (*made)->isSweep = true;
  (*made)->seeds = seeds;
  return std::unique_ptr<Batch>(new Batch(std::move(*made)));
}

} // namespace bdc
