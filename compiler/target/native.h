/// Private to this folder: the processor of this machine as LLVM's target.
#ifndef BDC_COMPILER_TARGET_NATIVE_H
#define BDC_COMPILER_TARGET_NATIVE_H

namespace bdc::compiler {

/// Has to come before LLVM is asked for the target; what it does is done once in a process.
void knowNativeTarget();

} // namespace bdc::compiler

#endif
