// bdc::Fit: the runtime's, in the user's names and units.
#include "compiler/api/body.h"
#include "frontend/rules/settable.h"
#include "frontend/rules/values.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace bdc {

struct Fit::Body {
  std::shared_ptr<Program::Body> program;
  RunOptions options;
  FitOptions wishes;
  CompileOptions compileOptions;
  std::shared_ptr<const runtime::Program> code;
  std::unique_ptr<runtime::Fitting> fitting;
  std::vector<rules::SetValue> sets;
  std::vector<std::pair<std::string, std::vector<double>>> elements; ///< coherent
  std::vector<Diagnostic> warnings = {};
  double extraSeconds = 0; ///< of compiling again

  Status make();
  Status keepApart(const std::string &name);
  Status set(const rules::SetValue &value);
  Status check();
};

/// A runtime's fit of the code as it is, with everything that was set.
Status Fit::Body::make() {
  auto made = runtime::Fitting::create(code, options, {wishes.gradient, wishes.continued, wishes.progress});
  if (!made)
    return Error(made.error());
  fitting = std::move(*made);
  for (const rules::SetValue &value : sets)
    if (runtime::Status set = fitting->set(program->program->scalars[value.scalar].path, value.value); !set)
      return Error(set.error());
  for (const auto &[name, values] : elements)
    if (runtime::Status set = fitting->setElements(name, values); !set)
      return Error(set.error());
  return {};
}

/// What is set, and what is fitted, does not share a state with others that happen to be equal.
Status Fit::Body::keepApart(const std::string &name) {
  const runtime::Scalar *scalar = findScalar(*code, name);
  if (!scalar || !scalar->merged)
    return {};
  const auto begin = std::chrono::steady_clock::now();
  compileOptions.separate.push_back(name);
  Result<Code> made = makeCode(*program, compileOptions);
  if (!made)
    return made.error();
  code = made->program;
  extraSeconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return make();
}

Status Fit::Body::set(const rules::SetValue &value) {
  const std::string &name = program->program->scalars[value.scalar].path;
  if (Status apart = keepApart(name); !apart)
    return apart;
  sets.push_back(value);
  if (runtime::Status set = fitting->set(name, value.value); !set)
    return Error(set.error());
  return {};
}

Status Fit::Body::check() {
  std::scoped_lock lock(program->overrides);
  std::vector<rules::SetValue> values = sets;
  for (bool withData : {false, true}) {
    if (withData && !readsSizes(*program->program))
      break;
    if (withData)
      for (const rules::SetValue &size : sizesOfData(*program->program, fitting->candidate()))
        values.push_back(size);
    diag::Engine engine;
    rules::checkValues(*program->program, values, engine);
    if (engine.hasErrors())
      return errorOf(engine, program->sources);
    warnings = newWarnings(engine, *program);
  }
  return {};
}

Fit::Fit(std::unique_ptr<Body> body) : body(std::move(body)) {}
Fit::~Fit() = default;

Status Fit::set(std::string_view name, std::string_view text) {
  Result<std::vector<rules::SetValue>> values = readSetting(*body->program, name, text);
  if (!values)
    return values.error();
  for (const rules::SetValue &value : *values)
    if (Status set = body->set(value); !set)
      return set;
  return {};
}

Status Fit::set(std::string_view name, double value) {
  const int index = rules::findSettable(*body->program->program, name);
  if (index < 0)
    return Error(runtime::inputError(fmt::format("there is no parameter `{}`", name)));
  return body->set({index, coherentValue(body->program->program->scalars[index], value), {}});
}

Status Fit::set(std::string_view name, std::span<const double> values) {
  std::vector<double> coherent = coherentElements(*body->code, name, values);
  if (runtime::Status set = body->fitting->setElements(name, coherent); !set)
    return Error(set.error());
  body->elements.emplace_back(name, std::move(coherent));
  return {};
}

Status Fit::check() { return body->check(); }
const std::vector<Diagnostic> &Fit::warnings() const { return body->warnings; }

Result<runtime::MemoryPlan> Fit::plan() {
  if (Status fits = body->check(); !fits)
    return fits.error();
  runtime::Result<runtime::MemoryPlan> plan = body->fitting->plan();
  if (!plan)
    return Error(plan.error());
  return std::move(*plan);
}

Result<RunState> Fit::run() {
  if (Status fits = body->check(); !fits)
    return fits.error();
  const runtime::Result<RunState> state = body->fitting->run();
  if (!state)
    return Error(state.error());
  return *state;
}

Status Fit::finish() {
  if (runtime::Status status = body->fitting->finish(); !status)
    return Error(status.error());
  return {};
}

Results Fit::results() const {
  Results results = body->fitting->results();
  results.compile_s = body->program->seconds + body->extraSeconds;
  addWarnings(results, *body->program, body->warnings);
  return results;
}

bool Program::hasObjective() const { return body->code.program->descriptor.objective.has_value(); }
bool Program::hasFit() const { return body->code.program->descriptor.fit.has_value(); }

Result<std::unique_ptr<Fit>> Program::fit(RunOptions options, FitOptions fit) const {
  if (!hasFit())
    return Error(runtime::inputError(fmt::format("experiment {} has no fit", experiment()), "write one: `fit NAME in [low, high] by METHOD()`"));
  auto made = std::make_unique<Fit::Body>();
  made->program = body;
  made->options = completed(std::move(options), *body);
  made->wishes = std::move(fit);
  made->compileOptions = body->options;
  made->code = body->code.program;
  if (Status status = made->make(); !status)
    return status.error();
  const runtime::Descriptor descriptor = made->code->descriptor; // which may change
  for (const runtime::FitParameter &parameter : descriptor.fit->parameters)
    if (parameter.scalar >= 0)
      if (Status apart = made->keepApart(descriptor.scalars[parameter.scalar].name); !apart)
        return apart.error();
  return std::unique_ptr<Fit>(new Fit(std::move(made)));
}

} // namespace bdc
