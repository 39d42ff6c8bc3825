// The stages between a checked program and machine code, for `compile…` and `bdc emit`.
#pragma once

#include "compiler/api/bdc.h"
#include "compiler/api/body.h"
#include "frontend/rules/check.h"

namespace bdc {

/// The machine code of a checked program, as abi.h describes it: an archive of object files.
Result<std::string> buildObjects(const rules::Program &program, const diag::Sources &sources, const CompileOptions &options, Mode mode);

/// Any stage from `bd` on as text ("bd", "step", "grad", "tangent", "second", "loops", "llvm", "asm", "ptx") or bytes ("obj"). `chip` is the GPU of "ptx".
Result<std::string> emitStage(const std::string &path, const std::string &stage, const std::string &chip,
                              const CompileOptions &options, Mode mode = Mode::reverse);

} // namespace bdc
