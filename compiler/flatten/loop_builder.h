/// Writes the time loop: one step of all populations. Private to this folder.
#ifndef BDC_COMPILER_FLATTEN_LOOP_BUILDER_H
#define BDC_COMPILER_FLATTEN_LOOP_BUILDER_H

#include "compiler/flatten/flattener.h"

namespace bdc::compiler::flatten {

/// The region of a map, ode or deliver while it is written. What it reads becomes an operand, once, when it is first read.
class Kernel {
public:
  explicit Kernel(mlir::MLIRContext *context) : block(std::make_unique<mlir::Block>()), builder(context) {
    builder.setInsertionPointToEnd(block.get());
  }
  /// The region argument that stands for an element of `array`, a value of the loop.
  Value element(Value array, Location loc);
  /// Ends the region and puts it into `op`.
  void finish(mlir::ValueRange results, Operation *op);

  std::unique_ptr<mlir::Block> block;
  mlir::OpBuilder builder;
  llvm::SmallVector<Value> operands;
};

class LoopBuilder {
public:
  explicit LoopBuilder(Flattener &flattener) : f(flattener), builder(flattener.builder) {}
  LogicalResult run();

private:
  /// Arrays and the values that they get, in the order written.
  using Changes = llvm::MapVector<mlir::SymbolRefAttr, Value>;

  LogicalResult step(step::LoopOp loop);
  // events
  LogicalResult deliver(Projection &projection);
  void deliverWeights(Projection &projection, FlatSymbolRefAttr into, bool slots);
  LogicalResult arrive(Population &population);
  LogicalResult handle(Emitter &emitter, Group &group, Value weight, Changes &changes);
  // what is felt of others (continuous.cpp)
  LogicalResult couple(Coupling &coupling);
  LogicalResult count(Coupling &coupling);
  Value quantity(Coupling &coupling, Population &population, Region &region, Clock clock);
  Value total(Coupling &coupling, Kernel &result);
  Value sum(Coupling &coupling, Kernel &kernel, Value source, Value own, Value term);
  LogicalResult remember(Coupling &coupling);
  LogicalResult advanceNoise(Population &population, Disturbance &disturbance);
  // what is seen (observers.cpp)
  LogicalResult observe(Observer &observer);
  LogicalResult see(Observer &observer);
  // a model's own past (pasts.cpp)
  LogicalResult recall(Past &past);
  LogicalResult recallRead(Kernel &kernel);
  LogicalResult keep(Past &past);
  // equations
  LogicalResult advance(Population &population);
  /// What is integrated together, by one method, in which steps.
  struct Equations {
    llvm::SmallVector<std::pair<State *, const Instance *>> states;
    StringAttr method;
    FlatSymbolRefAttr space, every;
    Location loc;
  };
  LogicalResult integrate(const Equations &equations, Emitter &emitter, Kernel &kernel);
  // conditions
  LogicalResult test(Population &population);
  Value fires(Population &population, bd::OnOp on, Emitter &now, Emitter &before);
  LogicalResult act(Population &population, bd::OnOp on, Value fired, Emitter &emitter, Changes &changes);
  Value indicator(Population &population, bd::OnOp on, Value fired, Emitter &now, Emitter &before);
  void countDown(Population &population, Emitter &emitter, Changes &changes);

  /// Reads arrays as they are now (or were at the beginning of the step) in a kernel.
  Emitter emitter(Kernel &kernel, const llvm::DenseMap<mlir::SymbolRefAttr, Value> &values);
  void noteConditions(Population &population, Emitter &emitter, Changes &changes);
  Value held(Emitter &emitter, FlatSymbolRefAttr counter, mlir::arith::CmpIPredicate comparison, int32_t than, Location loc);
  /// A map over a population's space that gives arrays new values; `more` are further results.
  llvm::SmallVector<Value> map(Population &population, Kernel &kernel, const Changes &changes, llvm::ArrayRef<Value> more, Location loc) {
    return map(population.space, kernel, changes, more, loc);
  }
  /// `every`: a scalar; only in every n-th step, and the changed arrays are the kernel's first operands.
  llvm::SmallVector<Value> map(FlatSymbolRefAttr space, Kernel &kernel, const Changes &changes, llvm::ArrayRef<Value> more, Location loc,
                               FlatSymbolRefAttr every = {});
  mlir::Type arrayType(mlir::SymbolRefAttr name) { return before.lookup(name).getType(); }

  Flattener &f;
  mlir::OpBuilder &builder;
  llvm::DenseMap<mlir::SymbolRefAttr, Value> before, now; ///< arrays at the beginning of the step, and as of the last operation
};

} // namespace bdc::compiler::flatten

#endif
