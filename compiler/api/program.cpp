// From a text to a Program: check, then machine code from the cache or anew.
#include "compiler/api/body.h"
#include "compiler/api/cache.h"
#include "compiler/api/stages.h"
#include "compiler/target/load.h"
#include "frontend/syntax/parser.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/TargetParser/Host.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace bdc {

std::string Error::text() const {
  std::string text;
  for (const Diagnostic &diagnostic : diagnostics)
    text += diagnostic.text;
  if (diagnostics.empty()) {
    text = fmt::format("bdc: error: {}\n", message);
    if (!help.empty())
      text += fmt::format("  help: {}\n", help);
  }
  return text;
}

std::string_view version() { return BDC_VERSION; }

namespace {

Place placeOf(diag::Range range, const diag::Sources &sources) {
  if (!range.valid())
    return {};
  const diag::Source &source = sources.get(range.source);
  diag::Position begin = source.position(range.begin), end = source.position(range.end);
  return {source.path(), begin.line, begin.column, end.line, end.column};
}

Diagnostic convert(const diag::Diagnostic &diagnostic, const diag::Sources &sources) {
  Diagnostic result;
  result.isError = diagnostic.severity == diag::Severity::Error;
  result.kind = diag::info(diagnostic.kind).id;
  result.message = diagnostic.message;
  result.help = diagnostic.help;
  result.place = placeOf(diagnostic.range, sources);
  result.label = diagnostic.label;
  for (const diag::Label &label : diagnostic.labels)
    result.labels.push_back({placeOf(label.range, sources), label.text});
  result.notes = diagnostic.notes;
  result.text = diag::render(diagnostic, sources);
  return result;
}

/// Everything that machine code depends on. Values that can be set are not part of the code, but their defaults are.
std::string cacheKey(const Program::Body &body, const CompileOptions &options, Mode mode) {
  std::vector<std::string> own = {body.program->experiment.name, options.precision == Precision::f32 ? "f32" : "f64",
                                  fmt::format("{}", options.width), llvm::sys::getHostCPUName().str()};
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    own.push_back((feature.second ? "+" : "-") + feature.first().str());
  for (const std::string &name : options.separate)
    own.push_back("separate " + name);
  if (options.gradient || mode != Mode::reverse)
    own.push_back("gradient");
  if (options.sideBySide == SideBySide::always)
    own.push_back("side by side");
  if (mode == Mode::forward)
    own.push_back("forward mode");
  if (mode == Mode::second)
    own.push_back("second derivatives");
  std::sort(own.begin() + 4, own.end());
  std::vector<std::string_view> parts(own.begin(), own.end());
  for (size_t source = 0; source < body.sources.size(); ++source) {
    parts.push_back(body.sources.get(source).path());
    parts.push_back(body.sources.get(source).text());
  }
  return ObjectCache::key(parts);
}


Error missingExperiment(const Program::Body &body) {
  if (body.experiments.empty())
    return Error(runtime::inputError("the file has no experiment to run", "write one: experiment NAME { simulate NETWORK for 1 s }"));
  std::vector<std::string_view> names(body.experiments.begin(), body.experiments.end());
  std::string help = diag::didYouMeanHelp(body.options.experiment, names);
  if (help.empty())
    help = fmt::format("there is {}", fmt::join(names, ", "));
  return Error(runtime::inputError(fmt::format("the file has no experiment `{}`", body.options.experiment), help));
}

/// Looks at what the rules have found, and for the experiment.
Result<std::shared_ptr<Program::Body>> chooseExperiment(std::shared_ptr<Program::Body> body) {
  std::error_code unknown;
  body->compiledIn = std::filesystem::current_path(unknown);
  body->diagnostics = diagnosticsOf(body->engine, body->sources);
  if (body->engine.hasErrors())
    return errorOf(body->engine, body->sources);
  for (const auto &program : body->checked.programs)
    body->experiments.push_back(program->experiment.name);
  body->program = body->checked.find(body->options.experiment);
  if (!body->program)
    return missingExperiment(*body);
  return body;
}

using Clock = std::chrono::steady_clock;

Result<Program> compileChecked(Result<std::shared_ptr<Program::Body>> checked, Clock::time_point begin) {
  if (!checked)
    return checked.error();
  Program::Body &body = **checked;
  Result<Code> code = makeCode(body, body.options, modeOf(body.options));
  if (!code)
    return code.error();
  body.code = std::move(*code);
  if (!body.program->experiment.sensitivities.empty()) { // what has no derivative is said now
    Result<Code> followed = modeOf(body.options) == Mode::forward ? Result<Code>(body.code) : makeCode(body, body.options, Mode::forward);
    if (!followed)
      return followed.error();
    body.followed = std::move(*followed);
  }
  body.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return Program(*checked);
}

} // namespace

Result<Code> makeCode(const Program::Body &body, const CompileOptions &options, Mode mode) {
  ObjectCache cache(options.cacheFolder);
  std::string key = options.cache ? cacheKey(body, options, mode) : "";
  if (options.cache)
    if (std::optional<std::string> objects = cache.load(key))
      if (auto code = compiler::loadProgram(*objects))
        return Code{*code, true};
  Result<std::string> objects = buildObjects(*body.program, body.sources, options, mode);
  if (!objects)
    return objects.error();
  if (options.cache)
    cache.store(key, *objects);
  auto code = compiler::loadProgram(*objects);
  if (!code)
    return Error(code.error());
  return Code{*code, false};
}

std::vector<Diagnostic> diagnosticsOf(const diag::Engine &engine, const diag::Sources &sources) {
  std::vector<Diagnostic> result;
  for (const diag::Diagnostic &diagnostic : engine.sorted())
    result.push_back(convert(diagnostic, sources));
  return result;
}

Error errorOf(const diag::Engine &engine, const diag::Sources &sources) {
  const diag::Engine::Shown shown = engine.shown();
  const diag::Diagnostic *only = shown.onlyError();
  Error error(only ? runtime::inputError(only->message, only->help) : runtime::inputError(fmt::format("{} errors", shown.errors())));
  error.diagnostics = diagnosticsOf(engine, sources);
  return error;
}

Result<std::shared_ptr<Program::Body>> checkExperiment(const std::string &path, const CompileOptions &options) {
  auto body = std::make_shared<Program::Body>();
  body->options = options;
  body->checked = rules::checkFile(body->sources, path, body->engine);
  return chooseExperiment(std::move(body));
}

Result<Program> compileFile(const std::string &path, const CompileOptions &options) {
  Clock::time_point begin = Clock::now();
  return compileChecked(checkExperiment(path, options), begin);
}

Result<Program> compileText(std::string text, std::string name, const CompileOptions &options) {
  Clock::time_point begin = Clock::now();
  auto body = std::make_shared<Program::Body>();
  body->options = options;
  diag::SourceId source = body->sources.add(std::move(name), std::move(text));
  syntax::File file = syntax::parse(body->sources, source, body->engine);
  body->checked = rules::check(body->sources, file, body->engine);
  return compileChecked(chooseExperiment(std::move(body)), begin);
}

const std::string &Program::experiment() const { return body->program->experiment.name; }
std::vector<std::string> Program::experiments() const { return body->experiments; }
const std::vector<Diagnostic> &Program::warnings() const { return body->diagnostics; }
double Program::compileSeconds() const { return body->seconds; }
bool Program::fromCache() const { return body->code.fromCache; }

std::vector<State> Program::states() const {
  std::vector<State> result;
  for (const runtime::Array &array : body->code.program->descriptor.arrays)
    if (array.kind != runtime::Kind::work)
      result.push_back({array.name, array.display.unit});
  return result;
}

} // namespace bdc
