// What simulations, batches and fits share: values from outside, warnings, options.
#include "compiler/api/body.h"
#include "frontend/rules/settable.h"
#include "frontend/rules/values.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>

#include <fmt/format.h>

namespace bdc {

namespace {

/// A value as `--set` has it.
Result<std::vector<rules::SetValue>> readSetting(Program::Body &program, std::string_view name, std::string_view text) {
  diag::Engine engine;
  std::scoped_lock lock(program.overrides);
  rules::Overrides overrides =
      rules::resolveOverrides(*program.program, {{std::string(name), std::string(text)}}, program.sources, engine);
  if (engine.hasErrors())
    return errorOf(engine, program.sources);
  if (overrides.seed)
    return Error(runtime::inputError("the seed is given when a simulation is made", "use RunOptions::seed"));
  return std::move(overrides.values);
}

/// Of a number in the parameter's own unit.
double coherentValue(const rules::Scalar &scalar, double value) {
  if (scalar.unit.empty() || scalar.unit == "1")
    return value;
  const units::Parsed unit = units::parse(scalar.unit);
  return unit ? unit->toCoherent(value) : value;
}

/// As they are where there is no such array.
std::vector<double> coherentElements(const runtime::Program &code, std::string_view name, std::span<const double> values) {
  std::vector<double> result(values.begin(), values.end());
  for (const runtime::Array &array : code.descriptor.arrays)
    for (double &value : result)
      if (array.name == name)
        value = (value - array.display.offset) / array.display.factor;
  return result;
}

} // namespace

const runtime::Scalar *findScalar(const runtime::Program &code, std::string_view name) {
  for (const runtime::Scalar &scalar : code.descriptor.scalars)
    if (scalar.name == name)
      return &scalar;
  return nullptr;
}

bool readsSizes(const rules::Program &program) {
  return std::any_of(program.scalars.begin(), program.scalars.end(), [](const rules::Scalar &scalar) { return scalar.given; });
}

std::vector<rules::SetValue> sizesOfData(const rules::Program &program, runtime::Simulation &simulation) {
  std::vector<rules::SetValue> values;
  for (size_t i = 0; i < program.scalars.size(); ++i)
    if (program.scalars[i].given)
      if (runtime::Result<double> value = simulation.get(program.scalars[i].path))
        values.push_back({static_cast<int>(i), *value, {}});
  return values;
}

std::vector<Diagnostic> newWarnings(const diag::Engine &engine, const Program::Body &program) {
  std::vector<Diagnostic> warnings;
  for (Diagnostic &warning : diagnosticsOf(engine, program.sources))
    if (std::none_of(program.diagnostics.begin(), program.diagnostics.end(), [&](const Diagnostic &known) { return known.text == warning.text; }))
      warnings.push_back(std::move(warning));
  return warnings;
}

RunOptions completed(RunOptions options, const Program::Body &program) {
  if (options.version.empty())
    options.version = std::string(version());
  options.compile_s = program.seconds;
  if (options.folder.empty()) { // of the model file, which is the first source
    const std::filesystem::path folder = std::filesystem::path(program.sources.get(0).path()).parent_path();
    std::error_code unknown;
    const bool isHere = std::filesystem::current_path(unknown) == program.compiledIn;
    options.folder = (isHere ? folder : program.compiledIn / folder).string();
  }
  return options;
}

Settings::Settings(std::shared_ptr<Program::Body> program, RunOptions options)
    : program(std::move(program)), options(completed(std::move(options), *this->program)), compileOptions(this->program->options),
      code(this->program->code.program), checked(!readsSizes(*this->program->program)) {}

Status Settings::set(std::string_view name, std::string_view text) {
  const Result<std::vector<rules::SetValue>> values = readSetting(*program, name, text);
  if (!values)
    return values.error();
  for (const rules::SetValue &value : *values)
    if (Status done = set(value); !done)
      return done;
  return {};
}

Status Settings::set(std::string_view name, double value) {
  const int index = rules::findSettable(*program->program, name);
  if (index < 0)
    return set(name, fmt::format("{}", value)); // which says what there is
  return set({index, coherentValue(program->program->scalars[index], value), {}});
}

Status Settings::set(std::string_view name, std::span<const double> values) {
  std::vector<double> coherent = coherentElements(*code, name, values);
  if (Status done = apply(std::string(name), coherent); !done)
    return done;
  const auto known = std::find_if(elements.begin(), elements.end(), [&](const auto &each) { return each.first == name; });
  if (known == elements.end())
    elements.emplace_back(name, std::move(coherent));
  else
    known->second = std::move(coherent);
  return {};
}

Status Settings::set(const rules::SetValue &value) {
  const std::string &name = program->program->scalars[value.scalar].path;
  if (Status apart = keepApart({name}); !apart)
    return apart;
  if (Status done = apply(name, value.value); !done)
    return done;
  const auto known = std::find_if(sets.begin(), sets.end(), [&](const rules::SetValue &each) { return each.scalar == value.scalar; });
  if (known == sets.end())
    sets.push_back(value);
  else
    *known = value;
  checked = false;
  return {};
}

Status Settings::keepApart(const std::vector<std::string> &names) {
  CompileOptions wider = compileOptions;
  for (const std::string &name : names)
    if (const runtime::Scalar *scalar = findScalar(*code, name); scalar && scalar->merged)
      wider.separate.push_back(name);
  if (wider.separate.size() == compileOptions.separate.size())
    return {};
  if (built)
    return Error(runtime::inputError(fmt::format("{} shares a state with what had the same value when the network was built", wider.separate.back()),
                                     "set it before the first step, or name it in CompileOptions::separate"));
  return compileAgain(std::move(wider));
}

Status Settings::compileAgain(CompileOptions other) {
  const auto begin = std::chrono::steady_clock::now();
  const Result<Code> made = makeCode(*program, other, modeOf(other));
  if (!made)
    return made.error();
  if (Status fresh = renew(made->program); !fresh)
    return fresh;
  code = made->program;
  compileOptions = std::move(other);
  extraSeconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return replay();
}

Status Settings::replay() {
  for (const rules::SetValue &value : sets)
    if (Status done = apply(program->program->scalars[value.scalar].path, value.value); !done)
      return done;
  for (const auto &[name, values] : elements)
    if (Status done = apply(name, values); !done)
      return done;
  return {};
}

Status Settings::check(runtime::Simulation &one) {
  if (checked)
    return {};
  std::vector<rules::SetValue> values = sets;
  std::scoped_lock lock(program->overrides);
  const bool readsData = readsSizes(*program->program);
  for (bool withData : {false, true}) {
    if (withData && !readsData)
      break;
    if (withData)
      for (const rules::SetValue &size : sizesOfData(*program->program, one))
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

void Settings::describe(Results &results) const {
  results.compile_s = program->seconds + extraSeconds;
  std::vector<std::string> said;
  for (const auto &each : {std::cref(program->diagnostics), std::cref(warnings)})
    for (const Diagnostic &warning : each.get())
      said.push_back(warning.message);
  results.warnings.insert(results.warnings.begin(), said.begin(), said.end());
}

} // namespace bdc
