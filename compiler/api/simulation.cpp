// bdc::Simulation: the runtime's, in the user's names and units.
#include "compiler/api/body.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc {

Status Simulation::Body::renew(const std::shared_ptr<const runtime::Program> &code) {
  auto fresh = runtime::Simulation::create(code, options);
  if (!fresh)
    return Error(std::move(fresh.error()));
  simulation = std::move(*fresh);
  forward.reset();
  second.reset();
  expectSensitivities();
  return {};
}

void Simulation::Body::expectSensitivities() {
  if (program->followed)
    simulation->expectSensitivities(program->followed->program->descriptor.tangent->parameters.size());
}

Status Simulation::Body::apply(const std::string &name, double coherent) {
  for (runtime::Simulation *each : {simulation.get(), forward.get(), second.get()})
    if (Status done = each ? lift(each->set(name, coherent)) : Status(); !done)
      return done;
  return {};
}
Status Simulation::Body::apply(const std::string &name, std::span<const double> coherent) {
  for (runtime::Simulation *each : {simulation.get(), forward.get(), second.get()})
    if (Status done = each ? lift(each->setElements(name, coherent)) : Status(); !done)
      return done;
  return {};
}

Status Simulation::Body::start() {
  Status fits = check(*simulation);
  built |= bool(fits);
  return fits;
}

Simulation::Simulation(std::unique_ptr<Body> body) : body(std::move(body)) {}
Simulation::~Simulation() = default;

Status Simulation::set(std::string_view name, std::string_view text) { return body->set(name, text); }
Status Simulation::set(std::string_view name, double value) { return body->set(name, value); }
Status Simulation::set(std::string_view name, std::span<const double> values) { return body->set(name, values); }

Result<double> Simulation::get(std::string_view name) {
  Result<double> value = lift(body->simulation->get(name));
  const runtime::Scalar *scalar = findScalar(*body->code, name);
  if (value && scalar)
    return scalar->display(*value);
  return value;
}

Result<std::vector<double>> Simulation::elements(std::string_view name) {
  if (Status fits = body->start(); !fits)
    return fits.error();
  Result<std::vector<double>> values = lift(body->simulation->startElements(name));
  for (const runtime::Array &array : body->code->descriptor.arrays)
    if (values && array.name == name)
      for (double &value : *values)
        value = array.display(value);
  return values;
}

Result<runtime::Places> Simulation::places(std::string_view name) { return lift(body->simulation->places(name)); }

Result<runtime::MemoryPlan> Simulation::plan() {
  if (Status fits = body->check(*body->simulation); !fits)
    return fits.error();
  return lift(body->simulation->plan());
}
Status Simulation::check() {
  Status fits = body->check(*body->simulation);
  if (fits && !body->elements.empty()) // which have to be as many as there are elements
    if (runtime::Result<runtime::MemoryPlan> planned = body->simulation->plan(); !planned)
      return Error(planned.error());
  return fits;
}
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
  body->describe(results);
  return results;
}

Result<StateView> Simulation::state(std::string_view name) const {
  if (std::optional<StateView> view = body->simulation->state(name))
    return *view;
  std::vector<std::string> names;
  for (const runtime::Array &array : body->code->descriptor.arrays)
    if (array.kind != runtime::Kind::work)
      names.push_back(array.name);
  if (std::find(names.begin(), names.end(), name) != names.end())
    return Error(runtime::inputError(fmt::format("`{}` has no values yet: the network has not been built", name), "`prepare`, or run"));
  std::vector<std::string_view> candidates(names.begin(), names.end());
  std::string help = diag::didYouMeanHelp(name, candidates);
  return Error(runtime::inputError(fmt::format("there is no state `{}`", name),
                                   help.empty() ? fmt::format("there is {}", fmt::join(names, ", ")) : help));
}

Result<std::unique_ptr<Simulation>> Program::simulate(RunOptions options) const {
  auto inner = std::make_unique<Simulation::Body>(body, std::move(options));
  auto made = runtime::Simulation::create(inner->code, inner->options);
  if (!made)
    return Error(std::move(made.error()));
  inner->simulation = std::move(*made);
  inner->expectSensitivities();
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
