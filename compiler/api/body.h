// What the classes of bdc.h hold. Private to this folder.
#pragma once

#include "compiler/api/bdc.h"
#include "frontend/rules/check.h"

#include <mutex>

namespace bdc {

struct Program::Body {
  CompileOptions options;
  diag::Sources sources;
  diag::Engine engine;
  rules::Checked checked;                         ///< points into `sources`
  const rules::Program *program = nullptr;        ///< the experiment that was compiled
  std::shared_ptr<const runtime::Program> code;
  std::vector<std::string> experiments;
  std::vector<Diagnostic> diagnostics;
  double seconds = 0;
  bool fromCache = false;
  std::mutex overrides; ///< held while a text of an override is added to `sources`
};

struct Simulation::Body {
  std::shared_ptr<Program::Body> program;
  std::unique_ptr<runtime::Simulation> simulation;
};

std::vector<Diagnostic> diagnosticsOf(const diag::Engine &engine, const diag::Sources &sources);
/// The error that an engine with errors comes to.
Error errorOf(const diag::Engine &engine, const diag::Sources &sources);

} // namespace bdc
