/// What the host has given, and derivatives stop at.
#ifndef BDC_COMPILER_DIFFERENTIATE_GIVEN_H
#define BDC_COMPILER_DIFFERENTIATE_GIVEN_H

#include "dialects/bd/scalar_builder.h"
#include "dialects/step/Step.h"

namespace bdc::compiler {

/// The scalar that the host sets to 1 where it has given the values of a state, or has set a scalar (`step.given`); made where there is none.
mlir::FlatSymbolRefAttr givenFlag(mlir::Operation *of);
/// Whether it has.
mlir::Value isGiven(mlir::FlatSymbolRefAttr flag, bd::ScalarBuilder &build);

} // namespace bdc::compiler

#endif
