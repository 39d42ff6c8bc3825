/// Integrators: how the derivatives of a `step.ode` become the states at the end of the step.
#ifndef BDC_COMPILER_INTEGRATE_METHODS_H
#define BDC_COMPILER_INTEGRATE_METHODS_H

#include "compiler/differentiate/differentiate.h"
#include "dialects/step/Step.h"

namespace bdc::compiler {

using mlir::Value;

/// What a method works with: the region of the ode, written out as often as it has stages, in front of the yield of the new map.
class Stages {
public:
  Stages(mlir::OpBuilder &builder, step::OdeOp ode, mlir::ValueRange states, mlir::ValueRange held);

  /// The derivatives at these states. `part` of the step has passed: `bd.time` that is not held becomes t + part·dt.
  mlir::SmallVector<Value> derivatives(mlir::ArrayRef<Value> states, double part);

  /// value · factor for an invariant factor, which goes into an invariant divisor or factor of the value if there is one, so that
  /// it costs nothing in the step: k · (a / p) is a · (k / p).
  Value scaled(Value value, Value factor);

  mlir::SmallVector<Value> states; ///< at the beginning of the step
  bd::ScalarBuilder build;
  Dependence dependence;
  step::OdeOp ode;

private:
  Value stageTime(double part);
  mlir::SmallVector<Value> held;
};

/// The states at the end of the step. Failure after an error has been emitted on the ode.
using Method = mlir::FailureOr<mlir::SmallVector<Value>> (*)(Stages &stages);

/// The method of this name, or null.
Method findMethod(llvm::StringRef name);
/// The names of all methods.
mlir::SmallVector<llvm::StringRef> methodNames();

mlir::FailureOr<mlir::SmallVector<Value>> exponentialEuler(Stages &stages);

} // namespace bdc::compiler

#endif
