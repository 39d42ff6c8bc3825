/// Object files made ready to run in this process.
#ifndef BDC_COMPILER_TARGET_LOAD_H
#define BDC_COMPILER_TARGET_LOAD_H

#include "runtime/simulate/program.h"

#include <memory>
#include <string>

namespace bdc::compiler {

/// Links an object (see runtime/abi.h) and reads its descriptor. The code stays in memory as long as the program.
runtime::Result<std::shared_ptr<const runtime::Program>> loadProgram(std::string object);

} // namespace bdc::compiler

#endif
