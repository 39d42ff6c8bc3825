#include "dialects/step/Step.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FoldInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "dialects/step/StepDialect.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/step/StepTypes.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/step/StepAttributes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/step/StepOps.cpp.inc"

namespace bdc::step {

namespace {
/// Constants stay in the region they are made for.
struct KeepConstants : DialectFoldInterface {
  using DialectFoldInterface::DialectFoldInterface;
  bool shouldMaterializeInto(Region *) const override { return true; }
};
} // namespace

void StepDialect::initialize() {
  addInterfaces<KeepConstants>();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/step/StepTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/step/StepAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/step/StepOps.cpp.inc"
      >();
}

} // namespace bdc::step
