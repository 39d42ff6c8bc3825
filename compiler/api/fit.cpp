// bdc::Fit: the runtime's, in the user's names and units.
#include "compiler/api/body.h"

#include <fmt/format.h>

namespace bdc {

struct Fit::Body : Settings {
  FitOptions wishes;
  std::unique_ptr<runtime::Fitting> fitting;

  Body(std::shared_ptr<Program::Body> program, RunOptions options, FitOptions wishes)
      : Settings(std::move(program), std::move(options)), wishes(std::move(wishes)) {}
  Status check() { return Settings::check(fitting->candidate()); }
  Status renew(const std::shared_ptr<const runtime::Program> &code) override;
  runtime::Result<std::shared_ptr<const runtime::Program>> second() const;

protected:
  Status apply(const std::string &name, double coherent) override { return lift(fitting->set(name, coherent)); }
  Status apply(const std::string &name, std::span<const double> coherent) override { return lift(fitting->setElements(name, coherent)); }
};

Status Fit::Body::renew(const std::shared_ptr<const runtime::Program> &code) {
  auto made = runtime::Fitting::create(code, options, {wishes.gradient, wishes.continued, wishes.progress, [this] { return second(); }});
  if (!made)
    return Error(std::move(made.error()));
  fitting = std::move(*made);
  return {};
}

runtime::Result<std::shared_ptr<const runtime::Program>> Fit::Body::second() const {
  const Result<Code> made = makeCode(*program, compileOptions, Mode::second);
  if (made)
    return made->program;
  runtime::Error error = made.error();
  if (!made.error().diagnostics.empty())
    error.message = made.error().diagnostics.front().message;
  return error;
}

Fit::Fit(std::unique_ptr<Body> body) : body(std::move(body)) {}
Fit::~Fit() = default;

Status Fit::set(std::string_view name, std::string_view text) { return body->set(name, text); }
Status Fit::set(std::string_view name, double value) { return body->set(name, value); }
Status Fit::set(std::string_view name, std::span<const double> values) { return body->set(name, values); }

Status Fit::check() { return body->check(); }
const std::vector<Diagnostic> &Fit::warnings() const { return body->warnings; }

Result<runtime::MemoryPlan> Fit::plan() {
  if (Status fits = body->check(); !fits)
    return fits.error();
  return lift(body->fitting->plan());
}

Result<RunState> Fit::run() {
  if (Status fits = body->check(); !fits)
    return fits.error();
  return lift(body->fitting->run());
}

Status Fit::finish() { return lift(body->fitting->finish()); }

Results Fit::results() const {
  Results results = body->fitting->results();
  body->describe(results);
  return results;
}

bool Program::hasObjective() const { return body->program->experiment.objective.has_value(); }
bool Program::hasGradient() const { return body->code.program->descriptor.gradient.has_value(); }
bool Program::hasFit() const { return body->code.program->descriptor.fit.has_value(); }
bool Program::hasSensitivities() const { return !body->program->experiment.sensitivities.empty(); }

Result<std::unique_ptr<Fit>> Program::fit(RunOptions options, FitOptions fit) const {
  if (!hasFit())
    return Error(runtime::inputError(fmt::format("experiment {} has no fit", experiment()), "write one: `fit NAME in [low, high] by METHOD()`"));
  if (body->options.forward)
    return Error(runtime::inputError("the program was compiled for forward mode, and a fit has gradients of its own", "CompileOptions::forward = false"));
  auto made = std::make_unique<Fit::Body>(body, std::move(options), std::move(fit));
  if (Status status = made->renew(made->code); !status)
    return status.error();
  std::vector<std::string> fitted;
  for (const runtime::FitParameter &parameter : made->code->descriptor.fit->parameters)
    if (parameter.scalar >= 0)
      fitted.push_back(made->code->descriptor.scalars[parameter.scalar].name);
  if (Status apart = made->keepApart(fitted); !apart)
    return apart.error();
  return std::unique_ptr<Fit>(new Fit(std::move(made)));
}

} // namespace bdc
