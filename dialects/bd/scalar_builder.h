/// Builds scalar operations, with the units they come to and the simplifications that change no bit.
#ifndef BDC_DIALECTS_BD_SCALAR_BUILDER_H
#define BDC_DIALECTS_BD_SCALAR_BUILDER_H

#include "dialects/bd/Bd.h"
#include "mlir/IR/Builders.h"

#include <optional>

namespace bdc::bd {

/// The dimension of a quantity.
units::Dimension dimensionOf(mlir::Value value);

/// The coherent type of a dimension.
QuantityType quantityType(mlir::MLIRContext *context, const units::Dimension &dimension);

/// The value of a `bd.const` in the coherent system; nothing for any other value.
std::optional<double> constantOf(mlir::Value value);

/// Inserts scalar operations where the builder stands. Operands must be coherent (`bd-fold-units` made them so). Results are
/// simplified where that is exact: constants, 1 · x, −(−x), x + (−y), …
class ScalarBuilder {
public:
  ScalarBuilder(mlir::OpBuilder &builder, mlir::Location loc) : builder(builder), loc(loc) {}

  /// A coherent number.
  mlir::Value constant(double value, const units::Dimension &dimension = {});
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value neg(mlir::Value a);
  mlir::Value power(mlir::Value base, units::Rational exponent);
  mlir::Value fn(Fn function, mlir::ValueRange operands);
  mlir::Value select(mlir::Value condition, mlir::Value then, mlir::Value otherwise);
  mlir::Value compare(Comparison predicate, mlir::Value a, mlir::Value b);
  mlir::Value truth(bool value);
  mlir::Value both(mlir::Value a, mlir::Value b);
  mlir::Value either(mlir::Value a, mlir::Value b);
  mlir::Value negation(mlir::Value a);
  mlir::Value time(bool held = false);
  mlir::Value stepSize();
  mlir::Value index();
  void yield(mlir::ValueRange values);

  mlir::OpBuilder &builder;
  mlir::Location loc;

private:
  /// In double precision where an operand is.
  QuantityType type(const units::Dimension &dimension, mlir::ValueRange operands = {});
};

} // namespace bdc::bd

#endif
