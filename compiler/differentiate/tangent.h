/// From a program to the same program with tangents: forward mode. Private to this folder.
///
/// Every value that a parameter can change, and that reaches the objective, is followed by its tangent: how fast it changes when the
/// parameters move along a direction. A tangent has the unit of its value, as a direction is one number without unit that moves everything.
#ifndef BDC_COMPILER_DIFFERENTIATE_TANGENT_H
#define BDC_COMPILER_DIFFERENTIATE_TANGENT_H

#include "compiler/differentiate/given.h"
#include "compiler/differentiate/pushforward.h"
#include "compiler/differentiate/reversal.h"

namespace bdc::compiler {

class Tangent {
public:
  /// `keep`: what is asked for is asked for of the change, too.
  Tangent(step::ProgramOp program, bool keep) : program(program), wanted(program), keep(keep) {}
  /// Adds everything. Failure after an error.
  LogicalResult build();

private:
  /// A region with tangents: its copy as a block.
  struct Pushed {
    std::unique_ptr<Block> block;
    llvm::SmallVector<Value> yields, tangents; ///< tangents: null for zero
  };

  // tangent_program.cpp
  LogicalResult declareScalars();
  LogicalResult declareTangent(step::ScalarOp scalar, step::ScalarOp behind);
  LogicalResult checkSensitivities(step::GradientOp gradient);
  LogicalResult declareDirections();
  bool reachesObjective(StringAttr name);
  StringAttr declareState(step::StateOp like, const llvm::Twine &name);
  LogicalResult declareStates();
  LogicalResult declareTangent(step::StateOp state);
  FailureOr<std::unique_ptr<Block>> startOf(step::StateOp state, StringAttr direction);
  LogicalResult records();
  LogicalResult record(step::RecordOp of, int64_t number);
  LogicalResult differentiate(step::ObjectiveOp objective);
  /// Of a region without arguments; null where what it yields does not change.
  FailureOr<std::unique_ptr<Block>> tangentOf(mlir::Region &region);
  /// Tangents of the scalars, elements and weights of tables that a block reads.
  void seedReads(Block &block, Pushforward &push);
  /// Of a copy, whose arguments `seed` gives tangents. `withReads`: what it reads moves too.
  FailureOr<Pushed> push(mlir::Region &region, llvm::function_ref<void(Block &, Pushforward &)> seed, bool withReads = true);
  bool readsDependent(mlir::Region &region);

  // tangent_loop.cpp
  LogicalResult rewrite(step::LoopOp loop);
  LogicalResult rewrite(step::MapOp map);
  LogicalResult rewrite(step::PushOp push);
  LogicalResult rewrite(step::TakeOp take);
  LogicalResult rewrite(step::ReduceOp reduce);
  /// Where operations follow a state, a new argument of the loop for it.
  Value argumentFor(StringAttr state);
  Value nothing(Type element, FlatSymbolRefAttr space, Operation *before);
  Value sum(Value a, Value b, Operation *before);
  Value tangent(Value value) const { return tangents.lookup(value); }
  bool follows(Value value) const { return activity->isActive(value); }

  // tangent_edges.cpp
  void declareTables();
  LogicalResult rewrite(step::ContractOp contract);
  FailureOr<Value> pushTerm(step::ContractOp contract);
  FailureOr<Value> pushWeights(step::ContractOp contract);
  FailureOr<Value> pushDelays(step::ContractOp contract);
  Value sumBeside(step::ContractOp like, FlatSymbolRefAttr graph, std::unique_ptr<Block> term, llvm::ArrayRef<Value> sources, ValueRange targets,
                  const llvm::SmallBitVector &isRate);
  FailureOr<FlatSymbolRefAttr> twinByWeight(step::GraphOp graph);
  FailureOr<FlatSymbolRefAttr> twinByDelay(step::GraphOp graph);

  // tangent_events.cpp
  LogicalResult rewrite(step::DeliverOp deliver);
  FailureOr<step::DeliverOp> pushJumps(step::DeliverOp deliver, llvm::SmallVectorImpl<Value> &changes);
  LogicalResult pushJumpsByWeight(step::DeliverOp deliver, llvm::SmallVectorImpl<Value> &changes);
  LogicalResult hearEvents(step::DeliverOp deliver, llvm::SmallVectorImpl<Value> &changes);
  LogicalResult rewrite(step::EmitOp emit);
  LogicalResult rewrite(step::CountOp count);
  StringAttr pastOf(StringAttr queue, step::GraphOp graph);
  void pushEvents();

  step::StateOp stateOf(StringAttr name) { return program.lookupSymbol<step::StateOp>(name); }
  mlir::MLIRContext *context() { return program.getContext(); }

  step::ProgramOp program;
  step::LoopOp loop; ///< that is rewritten
  Wanted wanted;     ///< with all scalars that have tangents
  bool keep;
  std::unique_ptr<Activity> activity;
  llvm::DenseSet<StringAttr> dependents;               ///< scalars that are made of those asked for, whether or not they change with them
  llvm::MapVector<StringAttr, FlatSymbolRefAttr> scalars; ///< their tangents
  llvm::MapVector<StringAttr, StringAttr> states;
  llvm::DenseMap<StringAttr, StringAttr> directions;   ///< of what is asked for: the scalar or state where it is given
  llvm::MapVector<StringAttr, StringAttr> eventStates; ///< of queues: tangents of this step's events, as an objective hears them
  struct Past {
    StringAttr queue, longest, ring;
  };
  llvm::SmallVector<Past> pasts;                       ///< rings of the tangents of events
  llvm::DenseMap<StringAttr, FlatSymbolRefAttr> twins; ///< graphs, by their names
  llvm::DenseMap<StringAttr, FlatSymbolRefAttr> tables; ///< with the direction of the weights in their place, by the names of tables and parts
  llvm::MapVector<StringAttr, Value> arguments;        ///< of the loop, for states that it has got
  llvm::DenseMap<StringAttr, Value> last;              ///< what states that the loop has got become
  llvm::DenseMap<StringAttr, Value> indicators;        ///< tangents, by queue
  llvm::DenseMap<Value, Value> tangents;               ///< of the loop's values
  llvm::DenseMap<Value, llvm::SmallVector<Value>> arriving; ///< of rings of events: sums that come to what is taken out of them
};

} // namespace bdc::compiler

#endif
