/// Integrators: how the derivatives of a `step.ode` become the states at the end of the step.
#ifndef BDC_COMPILER_INTEGRATE_METHODS_H
#define BDC_COMPILER_INTEGRATE_METHODS_H

#include "compiler/differentiate/derivative.h"
#include "dialects/step/Step.h"

#include <functional>

namespace bdc::compiler {

using mlir::Value;

/// What a method works with: the region of the ode, written out as often as it has stages, in front of the yield of the new map.
class Stages {
public:
  Stages(mlir::OpBuilder &builder, step::OdeOp ode, mlir::ValueRange states, mlir::ValueRange held);

  /// The length of the step: dt, or as many dt as the ode has steps at once.
  Value stepSize();

  /// The derivatives at these states. `part` of the step has passed: `bd.time` that is not held becomes t + part·dt.
  mlir::SmallVector<Value> derivatives(mlir::ArrayRef<Value> states, double part);

  /// value · factor for an invariant factor, which goes into an invariant divisor or factor of the value if there is one, so that
  /// it costs nothing in the step: k · (a / p) is a · (k / p).
  Value scaled(Value value, Value factor);

  /// White noise by process, and what multiplies each in each derivative (null: nothing).
  struct Diffusion {
    mlir::SmallVector<bd::WhiteOp> noises;
    mlir::SmallVector<mlir::SmallVector<Value>> factors; ///< [state][noise]
  };
  mlir::SmallVector<bd::WhiteOp> noises();
  /// At the states at the beginning of the step. Failure after an error where a derivative is not linear in a noise.
  mlir::FailureOr<Diffusion> diffusion();
  /// The derivatives without noise.
  mlir::SmallVector<Value> drift(double part);
  Value deviate(bd::WhiteOp op);
  Value rootOfStep();
  static bool isSame(bd::WhiteOp a, bd::WhiteOp b);

  mlir::SmallVector<Value> states; ///< at the beginning of the step
  bd::ScalarBuilder build;
  Dependence dependence;
  step::OdeOp ode;

private:
  Value stageTime(double part);
  mlir::SmallVector<Value> held;
  mlir::SmallVector<std::pair<bd::WhiteOp, Value>> deviates;
  std::function<Value(bd::WhiteOp)> white; ///< what noise is in the derivatives; absent: constant over the step
};

/// The states at the end of the step. Failure after an error has been emitted on the ode.
using Method = mlir::FailureOr<mlir::SmallVector<Value>> (*)(Stages &stages);

/// The method of this name, or null.
Method findMethod(llvm::StringRef name);
/// Whether a method knows what to do with white noise.
bool isStochastic(llvm::StringRef name);
/// The names of all methods, or of those that know white noise.
mlir::SmallVector<llvm::StringRef> methodNames(bool stochastic = false);

mlir::FailureOr<mlir::SmallVector<Value>> exponentialEuler(Stages &stages);
mlir::FailureOr<mlir::SmallVector<Value>> milstein(Stages &stages);

} // namespace bdc::compiler

#endif
