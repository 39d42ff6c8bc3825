#include "compiler/target/sample.h"

alignas(16) static const unsigned char bytes[] = {
#include "sample.inc"
};

llvm::ArrayRef<unsigned char> bdc::compiler::sampleBitcode() { return bytes; }
