/// The parts of a step that are written in C++ (lower/sample.cpp, lower/due.cpp) as LLVM bitcode.
#ifndef BDC_COMPILER_TARGET_PARTS_H
#define BDC_COMPILER_TARGET_PARTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace bdc::compiler {

struct StepPart {
  llvm::StringRef function;
  llvm::ArrayRef<unsigned char> bitcode;
};
llvm::ArrayRef<StepPart> stepParts();

} // namespace bdc::compiler

#endif
