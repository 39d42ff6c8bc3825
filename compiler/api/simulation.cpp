// bdc::Simulation: the runtime's, in the user's names and units.
#include "compiler/api/body.h"
#include "frontend/rules/settable.h"
#include "frontend/rules/values.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace bdc {

namespace {

template <class T> Result<T> lift(runtime::Result<T> result) {
  if (!result)
    return Error(std::move(result.error()));
  return std::move(*result);
}
Status lift(runtime::Status status) {
  if (!status)
    return Error(std::move(status.error()));
  return {};
}

} // namespace

Status Simulation::Body::set(std::string_view name, double coherent, diag::Range range) {
  const runtime::Scalar *scalar = findScalar(*code, name);
  if (scalar && scalar->merged)
    if (Status apart = compileApart(name); !apart)
      return apart;
  if (Status set = lift(simulation->set(name, coherent)); !set)
    return set;
  sets.push_back({std::string(name), coherent, range});
  checked = false;
  return {};
}

/// The parameter's value was equal to others', and what they belong to shares a state. A program in which it does not takes the
/// place of this one.
Status Simulation::Body::compileApart(std::string_view name) {
  if (built)
    return Error(runtime::inputError(fmt::format("{} shares a state with what had the same value when the network was built", name),
                                     "set it before the first step, or name it in CompileOptions::separate"));
  auto begin = std::chrono::steady_clock::now();
  compileOptions.separate.emplace_back(name);
  Result<Code> made = makeCode(*program, compileOptions);
  if (!made)
    return made.error();
  auto fresh = runtime::Simulation::create(made->program, options);
  if (!fresh)
    return Error(std::move(fresh.error()));
  for (const Set &earlier : sets)
    if (Status set = lift((*fresh)->set(earlier.name, earlier.value)); !set)
      return set;
  for (const auto &[array, values] : elements)
    if (Status set = lift((*fresh)->setElements(array, values)); !set)
      return set;
  code = made->program;
  simulation = std::move(*fresh);
  extraSeconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return {};
}

/// What was set must go together with the rest: a degree with the sizes, times with the step; and slices with the sizes that come with data. The
/// model's own values have been checked with it, and what they were warned of is not said again.
Status Simulation::Body::checkSets() {
  if (checked)
    return {};
  const std::vector<rules::Scalar> &scalars = program->program->scalars;
  std::vector<rules::SetValue> values;
  for (const Set &set : sets)
    for (size_t i = 0; i < scalars.size(); ++i)
      if (scalars[i].path == set.name)
        values.push_back({static_cast<int>(i), set.value, set.range});
  std::scoped_lock lock(program->overrides);
  const bool readsData = readsSizes(*program->program);
  for (bool withData : {false, true}) {
    if (withData && !readsData)
      break;
    if (withData)
      for (const rules::SetValue &size : sizesOfData(*program->program, *simulation))
        values.push_back(size);
    diag::Engine engine;
    rules::checkValues(*program->program, values, engine);
    if (engine.hasErrors())
      return errorOf(engine, program->sources);
    warnings = newWarnings(engine, *program);
  }
  checked = true;
  return {};
}

/// Before anything runs.
Status Simulation::Body::start() {
  Status fits = checkSets();
  built |= bool(fits);
  return fits;
}

Simulation::Simulation(std::unique_ptr<Body> body) : body(std::move(body)) {}
Simulation::~Simulation() = default;

Status Simulation::set(std::string_view name, std::string_view text) {
  Result<std::vector<rules::SetValue>> values = readSetting(*body->program, name, text);
  if (!values)
    return values.error();
  for (const rules::SetValue &value : *values)
    if (Status set = body->set(body->program->program->scalars[value.scalar].path, value.value, value.range); !set)
      return set;
  return {};
}

Status Simulation::set(std::string_view name, double value) {
  const int index = rules::findSettable(*body->program->program, name);
  // The runtime has the message for an unknown name.
  return body->set(name, index < 0 ? value : coherentValue(body->program->program->scalars[index], value), {});
}

Status Simulation::set(std::string_view name, std::span<const double> values) {
  std::vector<double> coherent = coherentElements(*body->code, name, values);
  if (Status set = lift(body->simulation->setElements(name, coherent)); !set)
    return set;
  body->elements.emplace_back(name, std::move(coherent));
  return {};
}

Result<double> Simulation::get(std::string_view name) {
  Result<double> value = lift(body->simulation->get(name));
  const runtime::Scalar *scalar = findScalar(*body->code, name);
  if (value && scalar)
    return scalar->display(*value);
  return value;
}

Result<runtime::MemoryPlan> Simulation::plan() {
  if (Status fits = body->checkSets(); !fits)
    return fits.error();
  return lift(body->simulation->plan());
}
Status Simulation::check() { return body->checkSets(); }
const std::vector<Diagnostic> &Simulation::warnings() const { return body->warnings; }
Status Simulation::prepare() {
  if (Status fits = body->start(); !fits)
    return fits;
  return lift(body->simulation->prepare());
}
Result<RunState> Simulation::run() {
  if (Status fits = body->start(); !fits)
    return fits.error();
  return lift(body->simulation->run());
}
Result<RunState> Simulation::runFor(double milliseconds) {
  if (Status fits = body->start(); !fits)
    return fits.error();
  return lift(body->simulation->runFor(milliseconds));
}
Result<RunState> Simulation::step(int64_t steps) {
  if (Status fits = body->start(); !fits)
    return fits.error();
  return lift(body->simulation->runSteps(steps));
}
Status Simulation::finish() { return lift(body->simulation->finish()); }
double Simulation::milliseconds() const { return body->simulation->time_ms(); }
const std::vector<runtime::Recording> &Simulation::recordings() const { return body->simulation->recordings(); }

Results Simulation::results() const {
  Results results = body->simulation->results();
  results.compile_s = body->program->seconds + body->extraSeconds;
  addWarnings(results, *body->program, body->warnings);
  return results;
}

Result<StateView> Simulation::state(std::string_view name) const {
  if (std::optional<StateView> view = body->simulation->state(name))
    return *view;
  std::vector<std::string> names;
  for (const runtime::Array &array : body->code->descriptor.arrays)
    if (array.kind != runtime::Kind::work)
      names.push_back(array.name);
  std::vector<std::string_view> candidates(names.begin(), names.end());
  std::string help = diag::didYouMeanHelp(name, candidates);
  return Error(runtime::inputError(fmt::format("there is no state `{}` here, or the network has not been built", name),
                                   help.empty() ? fmt::format("there is {}", fmt::join(names, ", ")) : help));
}

Result<std::unique_ptr<Simulation>> Program::simulate(RunOptions options) const {
  options = completed(std::move(options), *body);
  auto made = runtime::Simulation::create(body->code.program, options);
  if (!made)
    return Error(std::move(made.error()));
  auto inner = std::make_unique<Simulation::Body>();
  inner->program = body;
  inner->options = std::move(options);
  inner->compileOptions = body->options;
  inner->code = body->code.program;
  inner->simulation = std::move(*made);
  inner->checked = !readsSizes(*body->program);
  return std::unique_ptr<Simulation>(new Simulation(std::move(inner)));
}

std::vector<Parameter> Program::parameters() const {
  std::vector<Parameter> result;
  auto simulation = runtime::Simulation::create(body->code.program, completed({}, *body));
  for (const runtime::Scalar &scalar : body->code.program->descriptor.scalars) {
    if (!scalar.settable)
      continue;
    Parameter parameter{scalar.name, scalar.display.unit, "", 0, scalar.settable, scalar.whole};
    for (const rules::Scalar &written : body->program->scalars)
      if (written.path == scalar.name)
        parameter.doc = written.doc;
    if (simulation)
      if (auto value = (*simulation)->get(scalar.name))
        parameter.value = scalar.display(*value);
    result.push_back(std::move(parameter));
  }
  return result;
}

} // namespace bdc
