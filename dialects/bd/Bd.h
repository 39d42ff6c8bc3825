/// The bd dialect: what the modeller means. See BdModelOps.td, BdNetworkOps.td and, for scalar operations, BdScalarOps.td.
#ifndef BDC_DIALECTS_BD_BD_H
#define BDC_DIALECTS_BD_BD_H

#include "dialects/units/unit.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/bd/BdDialect.h.inc"
#include "dialects/bd/BdEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/bd/BdAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/bd/BdTypes.h.inc"
#define GET_OP_CLASSES
#include "dialects/bd/BdOps.h.inc"

namespace bdc::bd {
/// The dimension of `function` of these quantities, where their dimensions fit it.
units::Dimension resultDimension(Fn function, mlir::ValueRange operands);

/// Of verifiers: `unit` is absent or one; what an objective is made of, here and in a program of steps.
mlir::LogicalResult verifyUnit(mlir::Operation *op, mlir::StringAttr unit);
mlir::LogicalResult verifyFunctionals(mlir::Operation *op, mlir::ArrayAttr functionals);
} // namespace bdc::bd

#endif
