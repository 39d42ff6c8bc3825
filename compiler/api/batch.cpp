// bdc::Batch: the runtime's, in the user's names and units.
#include "compiler/api/body.h"
#include "frontend/rules/lanes.h"
#include "runtime/batch/batch.h"
#include "runtime/batch/points.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc {

struct Batch::Body : Settings {
  std::unique_ptr<runtime::Batch> batch;
  rules::Lanes swept; ///< the parameters; lanes as they are made
  int64_t seeds = 0;  ///< for each lane of the experiment's sweep
  bool isSweep = false;

  using Settings::Settings;
  Result<rules::Lanes> rulesLanes(const std::vector<Lane> &lanes);
  std::vector<rules::SetValue> values() const;
  Status check(const rules::Lanes &lanes);
  Result<std::vector<Lane>> sweepLanes();
  /// Lanes of small networks run several at once, by a program that can do that.
  Status prepareSideBySide(const std::vector<runtime::Lane> &lanes);
  Status renew(const std::shared_ptr<const runtime::Program> &code) override;

protected:
  Status apply(const std::string &name, double coherent) override { return lift(batch->set(name, coherent)); }
  Status apply(const std::string &name, std::span<const double>) override {
    return Error(runtime::inputError(fmt::format("the elements of `{}` cannot be set in a batch", name), "set them in single runs"));
  }
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

Status Batch::Body::renew(const std::shared_ptr<const runtime::Program> &code) {
  auto made = runtime::Batch::create(code, options, described(swept));
  if (!made)
    return Error(std::move(made.error()));
  batch = std::move(*made);
  return {};
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

Status Batch::Body::prepareSideBySide(const std::vector<runtime::Lane> &lanes) {
  if (compileOptions.sideBySide != SideBySide::automatic || !batch->gainsSideBySide(lanes))
    return {};
  CompileOptions wider = compileOptions;
  wider.sideBySide = SideBySide::always;
  return compileAgain(std::move(wider));
}

Batch::Batch(std::unique_ptr<Body> body) : body(std::move(body)) {}
Batch::~Batch() = default;

Status Batch::set(std::string_view name, std::string_view text) { return body->set(name, text); }
Status Batch::set(std::string_view name, double value) { return body->set(name, value); }

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
  if (Status fast = body->prepareSideBySide(runs); !fast)
    return fast.error();
  return lift(body->batch->run(std::move(runs)));
}

Status Batch::finish() { return lift(body->batch->finish()); }

BatchResults Batch::results() const {
  BatchResults results = body->batch->results();
  body->describe(results.total);
  return results;
}

bool Program::hasSweep() const { return !body->program->experiment.sweeps.empty(); }

namespace {

Result<std::unique_ptr<Batch::Body>> makeBatch(const std::shared_ptr<Program::Body> &program, RunOptions options, rules::Lanes lanes) {
  auto made = std::make_unique<Batch::Body>(program, std::move(options));
  made->swept = std::move(lanes);
  made->swept.lanes.clear();
  if (Status fresh = made->renew(made->code); !fresh)
    return fresh.error();
  std::vector<std::string> names;
  for (const rules::LaneParameter &parameter : made->swept.parameters)
    if (parameter.scalar >= 0)
      names.push_back(program->program->scalars[parameter.scalar].path);
  if (Status apart = made->keepApart(names); !apart)
    return apart.error();
  return made;
}

} // namespace

Result<std::unique_ptr<Batch>> Program::batch(const std::vector<std::string> &parameters, RunOptions options) const {
  diag::Engine engine;
  rules::Lanes lanes;
  for (auto name = parameters.begin(); name != parameters.end(); ++name) {
    if (*name == "seed")
      return Error(runtime::inputError("a batch is not over `seed`: each of its lanes has one anyway", "set Lane::seed"));
    if (std::find(parameters.begin(), name, *name) != name)
      return Error(runtime::inputError(fmt::format("a batch is over `{}` once", *name)));
    lanes.add(*body->program, *name, {}, engine);
  }
  if (engine.hasErrors())
    return errorOf(engine, body->sources);
  Result<std::unique_ptr<Batch::Body>> made = makeBatch(body, std::move(options), std::move(lanes));
  if (!made)
    return made.error();
  return std::unique_ptr<Batch>(new Batch(std::move(*made)));
}

Result<std::unique_ptr<Batch>> Program::sweep(RunOptions options, int64_t seeds) const {
  if (!hasSweep() && seeds == 0)
    return Error(runtime::inputError(fmt::format("experiment {} has no sweep", experiment()), "`batch` is over parameters of one's choice"));
  if (seeds < 0 || seeds > rules::mostLanes)
    return Error(runtime::inputError(fmt::format("{} seeds: there can be 0 to {}", seeds, rules::mostLanes)));
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
