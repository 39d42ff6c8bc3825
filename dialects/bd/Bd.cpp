#include "dialects/bd/Bd.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "dialects/bd/BdDialect.cpp.inc"
#include "dialects/bd/BdEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/bd/BdAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/bd/BdTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/bd/BdOps.cpp.inc"

namespace bdc::bd {

void BdDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/bd/BdAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/bd/BdTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/bd/BdOps.cpp.inc"
      >();
  addFoldInterface();
}

LogicalResult QuantityType::verify(function_ref<InFlightDiagnostic()> emitError, StringRef unit, Type precision) {
  auto parsed = units::parse(std::string_view(unit.data(), unit.size()));
  if (!parsed)
    return emitError() << "unit \"" << unit << "\": " << parsed.error().message;
  if (precision && !precision.isF32() && !precision.isF64())
    return emitError() << "the precision of a quantity is f32 or f64, not " << precision;
  return success();
}

units::Dimension QuantityType::getDimension() const {
  StringRef text = getUnit();
  return units::unit(std::string_view(text.data(), text.size())).dimension;
}

bool QuantityType::isCoherent() const { return getUnit() == units::format(getDimension()); }

} // namespace bdc::bd
