/// Object files made ready to run in this process.
#ifndef BDC_COMPILER_TARGET_LOAD_H
#define BDC_COMPILER_TARGET_LOAD_H

#include "runtime/simulate/program.h"

#include <memory>
#include <string_view>

namespace bdc::compiler {

/// Links an archive of objects (see runtime/abi.h) and reads their descriptor. The code stays in memory as long as the program.
runtime::Result<std::shared_ptr<const runtime::Program>> loadProgram(std::string_view archive);

} // namespace bdc::compiler

#endif
