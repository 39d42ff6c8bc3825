// bdc check: every mistake of every file in one go. No MLIR.
#include "frontend/rules/check.h"
#include "tools/src/bdc/commands.h"
#include "tools/src/bdc/terminal.h"

#include <fmt/format.h>

namespace bdc::tool {

int check(const CheckArguments &arguments) {
  diag::Sources sources;
  diag::Engine engine;
  for (const std::string &file : arguments.files)
    rules::checkFile(sources, file, engine);
  if (arguments.json)
    fmt::print("{}\n", diag::renderJson(engine, sources));
  else
    printDiagnostics(diag::render(engine, sources), stderr);
  return engine.hasErrors() ? Exit::wrongInput : Exit::ok;
}

} // namespace bdc::tool
