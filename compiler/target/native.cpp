#include "compiler/target/native.h"

#include "llvm/Support/TargetSelect.h"

#include <mutex>

namespace bdc::compiler {

void knowNativeTarget() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
}

} // namespace bdc::compiler
