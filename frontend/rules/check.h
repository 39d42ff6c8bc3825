// The door of the rules: a parsed file in, checked programs out.
#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/rules/program.h"

namespace bdc::rules {

/// The checked programs of a file, one per experiment, in the order of the file. Usable where the engine has no error.
struct Checked {
  std::vector<std::unique_ptr<Program>> programs;

  /// By the experiment's name; the first where the name is empty; null where there is none.
  const Program *find(std::string_view experiment) const;
};

/// Checks every definition, network and experiment of the file. All mistakes go to `engine`. Imported definitions come
/// from the standard library (part of the compiler) or from a file beside this one; their texts are added to `sources`.
Checked check(diag::Sources &sources, const syntax::File &file, diag::Engine &engine);

/// Reads and checks a file from disk in one go.
Checked checkFile(diag::Sources &sources, const std::string &path, diag::Engine &engine);

/// `--set name=text`.
struct Override {
  std::string path, text;
};

/// What an override comes to: a scalar and its coherent value.
struct SetValue {
  int scalar = -1;
  double value = 0;
  diag::Range range = {}; ///< the text that says it; nowhere where a program has set it
};

struct Overrides {
  std::vector<SetValue> values;
  std::optional<uint64_t> seed; ///< `--set seed=7`
};

/// Resolves overrides: names (with suggestions), units (a bare number is a pure number, as everywhere), whole numbers.
Overrides resolveOverrides(const Program &program, const std::vector<Override> &overrides, diag::Sources &sources,
                           diag::Engine &engine);

} // namespace bdc::rules
