/// Quantities that are in double precision whatever the precision of the run: what observers see.
#ifndef BDC_COMPILER_PRECISION_H
#define BDC_COMPILER_PRECISION_H

#include "dialects/bd/Bd.h"

namespace bdc::compiler {

bd::QuantityType inDouble(bd::QuantityType type);
bool isInDouble(mlir::Type type);
/// Makes double what is computed from something that is.
void widen(mlir::Block &block);

} // namespace bdc::compiler

#endif
