/// The parts of a step that are written in C++ (lower/sample.cpp, lower/due.cpp) as LLVM bitcode.
#ifndef BDC_COMPILER_TARGET_PARTS_H
#define BDC_COMPILER_TARGET_PARTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <vector>

namespace bdc::compiler {

struct StepPart {
  std::vector<llvm::StringRef> functions;
  llvm::ArrayRef<unsigned char> bitcode;
};
llvm::ArrayRef<StepPart> stepParts();

/// The one with this function, or null.
const StepPart *findStepPart(llvm::StringRef function);

} // namespace bdc::compiler

#endif
