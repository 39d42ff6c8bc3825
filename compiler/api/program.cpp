// From a text to a Program: check, then machine code from the cache or anew.
#include "compiler/api/body.h"
#include "compiler/api/cache.h"
#include "compiler/api/stages.h"
#include "compiler/target/load.h"
#include "frontend/syntax/parser.h"

#include "llvm/TargetParser/Host.h"

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

Diagnostic convert(const diag::Diagnostic &diagnostic, const diag::Sources &sources) {
  Diagnostic result{diagnostic.severity == diag::Severity::Error, std::string(diag::info(diagnostic.kind).id), diagnostic.message,
                    diagnostic.help, {}, diag::render(diagnostic, sources)};
  if (diagnostic.range.valid()) {
    const diag::Source &source = sources.get(diagnostic.range.source);
    diag::Position begin = source.position(diagnostic.range.begin), end = source.position(diagnostic.range.end);
    result.place = {source.path(), begin.line, begin.column, end.line, end.column};
  }
  return result;
}

/// Everything that machine code depends on. Values that can be set are not part of the code, but their defaults are.
std::string cacheKey(const Program::Body &body) {
  std::vector<std::string> own = {body.program->experiment.name, body.options.precision == Precision::f32 ? "f32" : "f64",
                                  fmt::format("{}", body.options.width), llvm::sys::getHostCPUName().str()};
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    own.push_back((feature.second ? "+" : "-") + feature.first().str());
  std::sort(own.begin() + 4, own.end());
  std::vector<std::string_view> parts(own.begin(), own.end());
  for (size_t source = 0; source < body.sources.size(); ++source) {
    parts.push_back(body.sources.get(source).path());
    parts.push_back(body.sources.get(source).text());
  }
  return ObjectCache::key(parts);
}

/// Machine code for the program of the body: loaded, or made and kept.
Status makeCode(Program::Body &body) {
  ObjectCache cache(body.options.cacheFolder);
  std::string key = body.options.cache ? cacheKey(body) : "";
  if (body.options.cache)
    if (std::optional<std::string> object = cache.load(key))
      if (auto code = compiler::loadProgram(std::move(*object))) {
        body.code = *code;
        body.fromCache = true;
        return {};
      }
  Result<std::string> object = buildObject(*body.program, body.sources, body.options);
  if (!object)
    return object.error();
  if (body.options.cache)
    cache.store(key, *object);
  auto code = compiler::loadProgram(std::move(*object));
  if (!code)
    return Error(code.error());
  body.code = *code;
  return {};
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

using Clock = std::chrono::steady_clock;

Result<std::shared_ptr<Program::Body>> compileChecked(std::shared_ptr<Program::Body> body, Clock::time_point begin) {
  body->diagnostics = diagnosticsOf(body->engine, body->sources);
  if (body->engine.hasErrors())
    return errorOf(body->engine, body->sources);
  for (const auto &program : body->checked.programs)
    body->experiments.push_back(program->experiment.name);
  body->program = body->checked.find(body->options.experiment);
  if (!body->program)
    return missingExperiment(*body);
  if (Status made = makeCode(*body); !made)
    return made.error();
  body->seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return body;
}

} // namespace

std::vector<Diagnostic> diagnosticsOf(const diag::Engine &engine, const diag::Sources &sources) {
  std::vector<Diagnostic> result;
  for (const diag::Diagnostic &diagnostic : engine.sorted())
    result.push_back(convert(diagnostic, sources));
  return result;
}

Error errorOf(const diag::Engine &engine, const diag::Sources &sources) {
  Error error(runtime::inputError(fmt::format("{} error{}", engine.errorCount(), engine.errorCount() == 1 ? "" : "s")));
  error.diagnostics = diagnosticsOf(engine, sources);
  return error;
}

Result<Program> compileFile(const std::string &path, const CompileOptions &options) {
  Clock::time_point begin = Clock::now();
  auto body = std::make_shared<Program::Body>();
  body->options = options;
  body->checked = rules::checkFile(body->sources, path, body->engine);
  auto compiled = compileChecked(std::move(body), begin);
  if (!compiled)
    return compiled.error();
  return Program(*compiled);
}

Result<Program> compileText(std::string text, std::string name, const CompileOptions &options) {
  Clock::time_point begin = Clock::now();
  auto body = std::make_shared<Program::Body>();
  body->options = options;
  diag::SourceId source = body->sources.add(std::move(name), std::move(text));
  syntax::File file = syntax::parse(body->sources, source, body->engine);
  body->checked = rules::check(body->sources, file, body->engine);
  auto compiled = compileChecked(std::move(body), begin);
  if (!compiled)
    return compiled.error();
  return Program(*compiled);
}

const std::string &Program::experiment() const { return body->program->experiment.name; }
std::vector<std::string> Program::experiments() const { return body->experiments; }
const std::vector<Diagnostic> &Program::warnings() const { return body->diagnostics; }
double Program::compileSeconds() const { return body->seconds; }
bool Program::fromCache() const { return body->fromCache; }

std::vector<State> Program::states() const {
  std::vector<State> result;
  for (const runtime::Array &array : body->code->descriptor.arrays)
    if (array.kind != runtime::Kind::work)
      result.push_back({array.name, array.display.unit});
  return result;
}

} // namespace bdc
