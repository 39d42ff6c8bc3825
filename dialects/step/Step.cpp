#include "dialects/step/Step.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "dialects/step/StepDialect.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/step/StepTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/step/StepOps.cpp.inc"

namespace bdc::step {

void StepDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/step/StepTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/step/StepOps.cpp.inc"
      >();
}

} // namespace bdc::step
