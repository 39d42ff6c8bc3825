// bdc emit: any stage of the compilation as text (or, for obj, as an object file).
#include "compiler/api/stages.h"
#include "frontend/syntax/lexer.h"
#include "frontend/syntax/parser.h"
#include "tools/src/bdc/commands.h"
#include "tools/src/bdc/terminal.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>

namespace bdc::tool {

const std::vector<std::string> &stages() {
  static const std::vector<std::string> names = {"tokens", "tree", "bd", "step", "grad", "tangent", "second", "loops", "llvm", "asm", "obj", "ptx"};
  return names;
}

namespace {

int write(const std::string &text, const EmitArguments &arguments) {
  std::FILE *file = arguments.output.empty() ? stdout : std::fopen(arguments.output.c_str(), "wb");
  bool written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
  int reason = errno;
  if (file && file != stdout)
    written = std::fclose(file) == 0 && written;
  if (written)
    return Exit::ok;
  printError(fmt::format("cannot write {}: {}", arguments.output.empty() ? "standard output" : arguments.output, std::strerror(reason)));
  return Exit::runFailed;
}

/// Tokens and tree: of the file alone, as far as it can be read.
int emitSyntax(const EmitArguments &arguments) {
  diag::Sources sources;
  diag::Engine engine;
  std::optional<diag::SourceId> source = diag::load(sources, arguments.file, engine);
  if (!source) {
    printDiagnostics(diag::render(engine, sources), stderr);
    return Exit::wrongInput;
  }
  std::string text = arguments.stage == "tokens" ? syntax::dumpTokens(sources, syntax::lex(sources, *source, engine))
                                                 : syntax::dumpTree(syntax::parse(sources, *source, engine));
  int status = write(text, arguments);
  printDiagnostics(diag::render(engine, sources), stderr);
  return status == Exit::ok && engine.hasErrors() ? Exit::wrongInput : status;
}

} // namespace

int emit(const EmitArguments &arguments) {
  std::error_code unknown;
  if (!arguments.output.empty() && std::filesystem::equivalent(arguments.output, arguments.file, unknown)) {
    printError(fmt::format("{} would be written over itself", arguments.file), "name another file with -o");
    return Exit::wrongInput;
  }
  if (arguments.stage == "tokens" || arguments.stage == "tree")
    return emitSyntax(arguments);
  if (arguments.stage == "obj" && arguments.output.empty() && isTerminal(stdout)) {
    printError("an object file is not for a terminal", "name a file with -o");
    return Exit::wrongUsage;
  }
  CompileOptions options;
  options.experiment = arguments.experiment;
  options.precision = arguments.precision == "f32" ? Precision::f32 : Precision::f64;
  options.width = arguments.width;
  options.sideBySide = arguments.sideBySide ? SideBySide::always : SideBySide::never;
  const bool isForward = arguments.forward || arguments.stage == "tangent";
  const Mode mode = arguments.stage == "second" ? Mode::second : isForward ? Mode::forward : Mode::reverse;
  options.gradient = arguments.stage == "grad";
  Result<std::string> text = emitStage(arguments.file, arguments.stage, arguments.chip, options, mode);
  if (!text) {
    printDiagnostics(text.error().text(), stderr);
    return text.error().kind == runtime::ErrorKind::input ? Exit::wrongInput : Exit::runFailed;
  }
  return write(*text, arguments);
}

} // namespace bdc::tool
