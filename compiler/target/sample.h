/// The recorder's part of a step (lower/sample.cpp) as LLVM bitcode.
#ifndef BDC_COMPILER_TARGET_SAMPLE_H
#define BDC_COMPILER_TARGET_SAMPLE_H

#include "llvm/ADT/ArrayRef.h"

namespace bdc::compiler {
llvm::ArrayRef<unsigned char> sampleBitcode();
}

#endif
