// bdc check: every mistake of every file in one go. No MLIR.
#include "frontend/rules/check.h"
#include "tools/src/bdc/answer.h"
#include "tools/src/bdc/commands.h"
#include "tools/src/bdc/terminal.h"

#include <fmt/format.h>

namespace bdc::tool {

/// What is wrong where that is one thing, else "2 errors", as many as are shown or counted behind them; empty where there is none.
static std::string errorText(const diag::Engine &engine) {
  const diag::Engine::Shown shown = engine.shown();
  if (const diag::Diagnostic *only = shown.onlyError())
    return only->message;
  return engine.hasErrors() ? fmt::format("{} errors", shown.errors()) : "";
}

int check(const CheckArguments &arguments) {
  diag::Sources sources;
  diag::Engine engine;
  for (const std::string &file : arguments.files)
    rules::checkFile(sources, file, engine);
  int status = engine.hasErrors() ? Exit::wrongInput : Exit::ok;
  if (arguments.json)
    printAnswer(answer(status, errorText(engine), Json::parse(diag::renderJson(engine, sources))));
  else
    printDiagnostics(diag::render(engine, sources), stderr);
  return status;
}

} // namespace bdc::tool
