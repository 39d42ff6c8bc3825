#include "compiler/precision.h"

using namespace mlir;

namespace bdc::compiler {

bd::QuantityType inDouble(bd::QuantityType type) {
  return bd::QuantityType::get(type.getContext(), type.getUnit(), Float64Type::get(type.getContext()));
}

bool isInDouble(Type type) {
  auto quantity = dyn_cast<bd::QuantityType>(type);
  return quantity && quantity.getPrecision() && quantity.getPrecision().isF64();
}

void widen(Block &block) {
  for (Operation &op : block)
    for (Value result : op.getResults())
      if (auto type = dyn_cast<bd::QuantityType>(result.getType()); type && llvm::any_of(op.getOperandTypes(), isInDouble))
        result.setType(inDouble(type));
}

} // namespace bdc::compiler
