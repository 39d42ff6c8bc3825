// What simulations and batches share: values from outside, warnings, options.
#include "compiler/api/body.h"
#include "frontend/rules/settable.h"

#include <algorithm>
#include <filesystem>

namespace bdc {

const runtime::Scalar *findScalar(const runtime::Program &code, std::string_view name) {
  for (const runtime::Scalar &scalar : code.descriptor.scalars)
    if (scalar.name == name)
      return &scalar;
  return nullptr;
}

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

double coherentValue(const rules::Scalar &scalar, double value) {
  if (scalar.unit.empty() || scalar.unit == "1")
    return value;
  const units::Parsed unit = units::parse(scalar.unit);
  return unit ? unit->toCoherent(value) : value;
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

std::vector<double> coherentElements(const runtime::Program &code, std::string_view name, std::span<const double> values) {
  std::vector<double> result(values.begin(), values.end());
  for (const runtime::Array &array : code.descriptor.arrays)
    for (double &value : result)
      if (array.name == name)
        value = (value - array.display.offset) / array.display.factor;
  return result;
}

std::vector<Diagnostic> newWarnings(const diag::Engine &engine, const Program::Body &program) {
  std::vector<Diagnostic> warnings;
  for (Diagnostic &warning : diagnosticsOf(engine, program.sources))
    if (std::none_of(program.diagnostics.begin(), program.diagnostics.end(), [&](const Diagnostic &known) { return known.text == warning.text; }))
      warnings.push_back(std::move(warning));
  return warnings;
}

void addWarnings(Results &results, const Program::Body &program, const std::vector<Diagnostic> &more) {
  std::vector<std::string> warnings;
  for (const std::vector<Diagnostic> *said : {&program.diagnostics, &more})
    for (const Diagnostic &warning : *said)
      warnings.push_back(warning.message);
  results.warnings.insert(results.warnings.begin(), warnings.begin(), warnings.end());
}

RunOptions completed(RunOptions options, const Program::Body &program) {
  if (options.version.empty())
    options.version = std::string(version());
  options.compile_s = program.seconds;
  if (options.folder.empty()) // of the model file, which is the first source
    options.folder = std::filesystem::path(program.sources.get(0).path()).parent_path().string();
  return options;
}

} // namespace bdc
