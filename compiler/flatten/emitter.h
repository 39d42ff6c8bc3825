/// Writes regions of bd into regions of step, names resolved. Private to this folder.
#ifndef BDC_COMPILER_FLATTEN_EMITTER_H
#define BDC_COMPILER_FLATTEN_EMITTER_H

#include "compiler/flatten/program.h"
#include "compiler/precision.h"
#include "mlir/IR/IRMapping.h"

#include <functional>

namespace bdc::compiler::flatten {

/// Which time `t` is.
enum class Clock {
  Stage, ///< that of the integrator's stage
  Held,  ///< the beginning of the step, for all stages
  End,   ///< the end of the step: conditions, resets, events
};

/// Where code of models is written, and how the values of arrays are reached there. All functions return null (or failure) after an
/// error has been emitted at the place in the model.
class Emitter {
public:
  /// The value of one element of an array of the program, where the builder stands.
  using Element = std::function<Value(FlatSymbolRefAttr array, mlir::Type type, Location loc)>;

  Emitter(mlir::OpBuilder &builder, Element element) : builder(builder), element(std::move(element)) {}

  /// The value that a region yields.
  Value value(Region &region, const Instance *scope);
  /// All values that a region yields, or some of those that it computes.
  FailureOr<llvm::SmallVector<Value>> values(Region &region, const Instance *scope);
  FailureOr<llvm::SmallVector<Value>> values(Region &region, mlir::ValueRange wanted, const Instance *scope);
  /// Runs a region of actions: `act` is called for each with its operand (null for bd.emit).
  LogicalResult actions(Region &region, const Instance *scope, llvm::function_ref<LogicalResult(Operation *, Value)> act);

  /// From here on, this is the array's value.
  void set(FlatSymbolRefAttr array, Value value);
  Value get(FlatSymbolRefAttr array, mlir::Type type, Location loc);
  /// A param, state, let or input of a model.
  Value named(StringAttr name, const Instance *scope, Operation *user);
  /// What drives an input: drives in the order written, then the effects of projections.
  Value input(Population &population, StringAttr name, Operation *user);

  /// The value within a slice of the elements, and 0 outside; an empty region is all.
  Value within(Region &slice, Value value, Location loc);

  bd::ScalarBuilder build(Location loc) { return {builder, loc}; }

  mlir::OpBuilder &builder;
  Clock clock = Clock::Stage;
  Value weight;              ///< what bd.weight reads
  llvm::StringMap<Value> coupled; ///< what bd.coupled reads: source, target, total
  FlatSymbolRefAttr totals;       ///< an array that has the total, where it is none of these
  llvm::DenseMap<int64_t, Value> terms; ///< what bd.term reads
  FlatSymbolRefAttr rate;         ///< an array that has what bd.rate reads
  std::string stream;        ///< stands before what a model calls its draws: "E."
  bool readsWhite = false;   ///< true where an integrator will replace white noise
  bool beforeRun = false;    ///< true where initial values are made: inputs are zero then, and the past is what is
  bool knowsElements = true; ///< false where one number is made for all elements

private:
  LogicalResult clone(Operation &op, const Instance *scope, mlir::IRMapping &mapping);
  Value replacement(Operation &op, const Instance *scope);
  Value past(bd::PastOp op, const Instance *scope);
  Value let(bd::LetOp op, const Instance *scope, Operation *user);
  Value received(bd::SourceOutputOp op, const Instance *scope);
  Value time(bd::TimeOp op);
  Value time(Location loc, bool held = false);
  Value effect(Group &group);
  Value disturbance(Disturbance &disturbance);
  Value drive(Drive &drive, Population &population);
  Value window(bd::DriveOp op, Value value);

  Element element;
  llvm::DenseMap<mlir::SymbolRefAttr, Value> arrays;
  llvm::DenseMap<std::pair<const Instance *, StringAttr>, Value> lets; ///< null value: being computed
  llvm::DenseMap<std::pair<Population *, StringAttr>, Value> inputs;
};

/// A time, `stretch` times as long, in whole steps, to the nearest and not below `least`.
Value inSteps(Emitter &emitter, Value time, Location loc, double least = 0, double stretch = 1);
/// True when the region draws random values or reads the element's number.
bool variesByElement(Region &region);
/// The output of a synapse with this name, or of an effect (empty name).
bd::OutputOp findOutput(bd::ModelOp model, StringRef name);

} // namespace bdc::compiler::flatten

#endif
