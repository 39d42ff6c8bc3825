/// From a time loop to the loops that give the gradient of an objective. Private to this folder.
///
/// tape           the loop itself, which also keeps what the reverse loop needs of every step
/// adjoint        the steps backwards: adjoints of the states at the end of a step become those at its beginning
/// adjoint_past   steps before the first one: what the past of delayed quantities, from before the run, has done
/// adjoint_start  one step that turns adjoints of initial values into those of what these are made of
#ifndef BDC_COMPILER_DIFFERENTIATE_REVERSAL_H
#define BDC_COMPILER_DIFFERENTIATE_REVERSAL_H

#include "compiler/differentiate/activity.h"
#include "compiler/precision.h"
#include "dialects/bd/scalar_builder.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"

namespace bdc::compiler {

using mlir::Block;
using mlir::FailureOr;
using mlir::FlatSymbolRefAttr;
using mlir::Location;
using mlir::LogicalResult;
using mlir::Operation;
using mlir::StringAttr;
using mlir::StringRef;
using mlir::Type;
using mlir::Value;
using mlir::ValueRange;

/// At the end of a block that may not be part of anything yet.
inline mlir::OpBuilder atEnd(Block &block, mlir::MLIRContext *context) {
  mlir::OpBuilder builder(context);
  builder.setInsertionPointToEnd(&block);
  return builder;
}

/// A copy that is part of nothing yet, `withTerminator` or without; `mapping` leads to what is in it.
std::unique_ptr<Block> copyOf(Block &block, bool withTerminator, mlir::MLIRContext *context, mlir::IRMapping &mapping);

inline step::ArrayType arrayOf(Value value) { return cast<step::ArrayType>(value.getType()); }

/// Drops operations whose results nobody uses.
void removeDead(Block &block);

/// The derivative of what a region yields with respect to some values of it (added up), as a block with the region's arguments: `leaves`
/// finds them in the copy. `result`: which value it yields. Null: zero. Failure after an error.
FailureOr<std::unique_ptr<Block>> slopeOf(mlir::Region &region, llvm::function_ref<llvm::SmallVector<Value>(Block &)> leaves,
                                          unsigned result = 0);

/// (weight) -> what an event adds to each state of a delivery; failure after an error where that depends on the states.
FailureOr<std::unique_ptr<Block>> jumpsOf(step::DeliverOp deliver);

/// The same number in the precision of a type.
Value inPrecisionOf(Type element, Value value, bd::ScalarBuilder &build);

/// Where a block reads a scalar.
llvm::SmallVector<Value> readsOf(Block &block, StringAttr scalar);

/// A loop that runs backwards, while it is written: states become its arguments when they are first asked for.
class LoopDraft {
public:
  LoopDraft(step::ProgramOp program, StringRef role);

  /// The state's value where the builder stands.
  Value now(StringAttr state);
  void set(StringAttr state, Value value) { (void)now(state), values[state] = value; }
  /// Ends the loop and puts it behind all others; drops it where it does nothing.
  void finish();

  mlir::OpBuilder builder;

private:
  step::ProgramOp program;
  std::string role;
  std::unique_ptr<Block> block;
  llvm::MapVector<StringAttr, Value> values;
};

/// What a sum that reads the past is in later steps, as the reverse loop comes to a step that it read.
struct Later {
  step::ContractOp contract;
  StringAttr adjoints;                                     ///< ring of its adjoints
  llvm::SmallVector<std::pair<Value, StringAttr>> targets; ///< rings of the values of its targets, where something needs them
  bool isHeardBefore = false;                              ///< and in steps before the first one
};

/// A term over outgoing edges: (weight, adjoint of the sum, targets…, sources…) -> what an edge adds.
struct OutgoingTerm {
  std::unique_ptr<Block> block;                 ///< null: nothing
  llvm::SmallVector<unsigned> targets, sources; ///< of the sum, that are read
};

/// A delayed source whose values later steps have felt.
struct Felt {
  StringAttr ring; ///< past values
  Value pushed;    ///< what the loop writes into it
  StringAttr last; ///< a state with what was pushed a step before, where values between steps are felt
};

/// A delayed source of a sum: what its adjoint at a later step means for the quantity that was remembered.
struct Echo {
  step::ContractOp contract;
  Felt source;
  llvm::SmallVector<StringAttr> rings;    ///< of later steps, as the term reads them
  OutgoingTerm term;
  llvm::SmallVector<Felt> felt;           ///< the sources that the term reads
  bool isMixed = false;                   ///< a source is felt in two steps, as delays are interpolated, in a way that is no line
  llvm::SmallVector<StringAttr> next;     ///< then, of each: a state of the reverse loop with what was pushed a step later
  FlatSymbolRefAttr ahead;
};

/// The weights of a sum's connections, where they are asked for one by one: each collects its own derivative.
struct Credit {
  step::ContractOp contract;
  StringAttr weights;                     ///< what is asked for
  StringAttr collector;                   ///< a number for each edge, by source
  OutgoingTerm term;
  FlatSymbolRefAttr factor;               ///< graph with the derivatives of the weights by the entries of the table; null: 1
  bool isDelayed = false;
  llvm::SmallVector<StringAttr> rings;    ///< then, as of an echo
  llvm::SmallVector<Felt> felt;
};

/// The same for events: what an event of a source would have done to its targets when it arrived.
struct EventEcho {
  step::DeliverOp deliver;
  llvm::SmallVector<Value> states;        ///< that events change, as they are afterwards
  llvm::SmallVector<StringAttr> adjoints; ///< rings of their later adjoints
  std::unique_ptr<Block> term;            ///< (weight, adjoints…) of an outgoing edge
};

class Reversal {
public:
  Reversal(step::ProgramOp program, step::LoopOp run, const Wanted &wanted, const Activity &activity, const units::Dimension &loss);
  /// Adds the loops and declares everything that they need. Failure after an error.
  LogicalResult build();

  unsigned taped = 0;

private:
  // declarations.cpp
  StringAttr declare(const llvm::Twine &name, Type element, FlatSymbolRefAttr space, bd::StateKind kind, FlatSymbolRefAttr rows = {},
                     bool byElement = false);
  /// A scalar of the program; where it is there already, that one.
  FlatSymbolRefAttr scalar(const llvm::Twine &name, llvm::function_ref<Value(bd::ScalarBuilder &)> value, bool settable = false);
  Type adjointElement(Type element);
  StringAttr adjointOf(StringAttr state);
  StringAttr collector(StringAttr scalar, FlatSymbolRefAttr space);
  LogicalResult declareTables();
  LogicalResult declareParts();
  LogicalResult differentiateObjective(step::ObjectiveOp objective);

  // tape.cpp
  void beginTape();
  StringAttr tape(Value value);
  StringAttr keep(Value taped, const llvm::Twine &name);
  FailureOr<Value> forward(Value value);

  // maps.cpp
  LogicalResult inject(step::RecordOp record);
  LogicalResult reverse(step::MapOp map);
  /// `follows`: whether an operand's adjoint is wanted. `every`: of a map that happens in every n-th step alone; in the others its first
  /// operands are its results.
  LogicalResult pullRegion(Block &region, ValueRange operands, llvm::ArrayRef<llvm::SmallVector<Value>> results, FlatSymbolRefAttr space,
                           Location loc, llvm::function_ref<bool(Value)> follows, FlatSymbolRefAttr every = {});
  /// Whether what happens in every n-th step does in this one.
  Value isDue(bd::ScalarBuilder &build, FlatSymbolRefAttr every);
  /// A map of arrays of one space.
  Value map(ValueRange inputs, llvm::function_ref<Value(bd::ScalarBuilder &, ValueRange)> make, Location loc);
  Value product(Value a, Value b, Location loc);
  Value sum(Value a, Value b);
  /// A map to zero.
  Value nothing(Type element, FlatSymbolRefAttr space);
  void collect(StringAttr scalar, Value parts, Location loc);

  // sums.cpp
  LogicalResult reverse(step::ContractOp contract);
  LogicalResult reverseTargets(step::ContractOp contract, Value adjoint);
  LogicalResult reverseSource(step::ContractOp contract, unsigned position, Value adjoint);
  FailureOr<OutgoingTerm> outgoingTerm(step::ContractOp contract, unsigned leaf);
  /// A sum beside one of the taping loop's, with another term for each edge.
  Value sumBeside(step::ContractOp like, FlatSymbolRefAttr graph, std::unique_ptr<Block> term, bool withRates, const llvm::Twine &what);

  // edges.cpp
  LogicalResult reverseEdges(step::ContractOp contract, Value adjoint);
  LogicalResult reverseWeights(step::ContractOp contract, StringAttr scalar, Value adjoint);
  LogicalResult reverseDelays(step::ContractOp contract, StringAttr scalar, Value adjoint);
  LogicalResult checkEdges(Operation *op, step::GraphOp graph);
  void collectSum(StringAttr scalar, Value adjoint, Value sum, Location loc);

  // echoes.cpp
  LogicalResult findEchoes();
  LogicalResult findEcho(step::ContractOp contract, unsigned position);
  FailureOr<Value> pushedInto(step::ContractOp contract, StringAttr ring);
  FailureOr<llvm::SmallVector<StringAttr>> later(step::ContractOp contract, const OutgoingTerm &term);
  StringAttr last(StringAttr ring);
  FailureOr<llvm::SmallVector<Felt>> feltOf(step::ContractOp contract, const OutgoingTerm &term, bool isBetween);
  /// The values of what is felt, as sums over outgoing edges want them in a step.
  FailureOr<llvm::SmallVector<Value>> valuesOf(llvm::ArrayRef<Felt> felt);
  FailureOr<llvm::SmallVector<Value>> valuesOf(Echo &echo);
  void hear(Echo &echo, ValueRange values);
  void remember(Later &later, Value adjoint, ValueRange targets);
  LogicalResult remember(step::ContractOp contract, Value adjoint);

  // connections.cpp
  LogicalResult findCredits();
  LogicalResult findCredit(step::ContractOp contract);
  FailureOr<FlatSymbolRefAttr> weightFactor(step::GraphOp graph, bool &isNothing);
  FlatSymbolRefAttr entriesOf(step::GraphOp graph);
  void give(Credit &credit, ValueRange sources, ValueRange values);
  LogicalResult hear(Credit &credit);
  void hearBefore(Credit &credit);
  LogicalResult reverseConnections(step::ContractOp contract, Value adjoint);

  // events.cpp
  Value indicatorOf(StringAttr queue);
  LogicalResult findEventEchoes();
  void hear(EventEcho &echo);
  LogicalResult reverse(step::DeliverOp deliver);
  LogicalResult reverse(step::TakeOp take);
  LogicalResult reverse(step::CountOp count);
  LogicalResult reverseJumps(step::DeliverOp deliver, ValueRange adjoints);
  FailureOr<Value> countEvents(step::DeliverOp deliver, Block &slope);

  // start.cpp
  LogicalResult buildPast();
  StringAttr historyOf(StringAttr ring);
  LogicalResult buildStart();
  Value unlessGiven(step::StateOp state, Value adjoint);
  LogicalResult reverseStart(step::StateOp state);

  LogicalResult buildSteps();
  /// What of a step's operands is followed.
  auto ifActive() {
    return [this](Value operand) { return activity.isActive(operand); };
  }
  void begin(StringRef role);
  void add(Value value, Value adjoint) {
    if (adjoint)
      adjoints[value].push_back(adjoint);
  }
  /// The sum of the adjoints of a value; null where it has none.
  Value total(Value value);
  StringAttr nameOf(Value argument) { return cast<FlatSymbolRefAttr>(run.getStates()[cast<mlir::BlockArgument>(argument).getArgNumber()]).getAttr(); }
  step::StateOp stateOf(StringAttr name) { return program.lookupSymbol<step::StateOp>(name); }
  Block &body() { return run.getBody().front(); }
  /// A state's value at the beginning of a step, and at its end.
  Value argumentOf(StringAttr state);
  Value nextOf(Value argument) { return body().getTerminator()->getOperand(cast<mlir::BlockArgument>(argument).getArgNumber()); }
  Value nextOf(StringAttr state) { return nextOf(argumentOf(state)); }
  mlir::MLIRContext *context() { return program.getContext(); }

  step::ProgramOp program;
  step::LoopOp run;
  const Wanted &wanted;
  const Activity &activity;
  units::Dimension loss;
  mlir::OpBuilder declarations;     ///< in front of the first loop
  std::unique_ptr<LoopDraft> draft; ///< the loop that is being written
  step::LoopOp tapeLoop;
  mlir::IRMapping inTape;           ///< values of the loop -> those of the taping loop
  FlatSymbolRefAttr segment;        ///< rows of the tape
  llvm::DenseMap<Value, llvm::SmallVector<Value>> adjoints; ///< of values of the loop
  llvm::DenseMap<Value, Value> restored;
  llvm::DenseMap<Value, StringAttr> tapes;
  llvm::MapVector<std::pair<StringAttr, StringAttr>, StringAttr> collectors; ///< by scalar and space
  llvm::MapVector<StringAttr, StringAttr> adjointStates;
  llvm::DenseMap<StringAttr, StringAttr> lasts, histories; ///< of rings: what was pushed a step before; what they held before the run
  std::vector<Later> laters;
  std::vector<Echo> echoes;
  std::vector<Credit> credits;
  std::vector<EventEcho> eventEchoes;
};

} // namespace bdc::compiler

#endif
