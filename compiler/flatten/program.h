/// What flattening knows of a network while it builds the step program. Private to this folder.
#ifndef BDC_COMPILER_FLATTEN_PROGRAM_H
#define BDC_COMPILER_FLATTEN_PROGRAM_H

#include "dialects/bd/scalar_builder.h"
#include "dialects/step/Step.h"
#include "llvm/ADT/StringSet.h"

#include <deque>

namespace bdc::compiler::flatten {

using mlir::FailureOr;
using mlir::FlatSymbolRefAttr;
using mlir::Location;
using mlir::LogicalResult;
using mlir::Operation;
using mlir::Region;
using mlir::StringAttr;
using mlir::StringRef;
using mlir::Value;

/// What a name of a model stands for in one of its uses.
struct Meaning {
  enum Kind { Scalar, Array, Let, Input, Output } kind;
  FlatSymbolRefAttr symbol;        ///< of the step.scalar or step.state
  Operation *declaration = nullptr; ///< the bd.param, bd.state, bd.let, bd.input or bd.output
};

struct Population;

/// A model in one use.
struct Instance {
  bd::ModelOp model;
  llvm::DenseMap<StringAttr, Meaning> names;
  Population *population = nullptr; ///< whose elements it describes, or on whose elements a projection acts
  FlatSymbolRefAttr space;          ///< whose elements have params of their own; null where all share them
  Instance *synapse = nullptr;      ///< for an effect: what it receives from
  std::string stream;               ///< names the white noise of this use
  llvm::DenseMap<Operation *, FlatSymbolRefAttr> pasts; ///< of a bd.past: the array of what it reads in this step
};

/// A state of a population, or of a synapse on its target population.
struct State {
  bd::StateOp declaration;
  FlatSymbolRefAttr array;
  bd::OdeOp ode;             ///< null: changed by events alone
  FlatSymbolRefAttr counter; ///< counts how long it is held; null where no handler holds it
  FlatSymbolRefAttr pending; ///< what events add to it in this step; null where none do
};

/// The state of all projections onto one input that have the same synapse, effect and parameters.
struct Group {
  std::string key;
  StringAttr input;
  Instance synapse, effect; ///< the effect's model is null where the synapse's output itself is added to the input
  bd::ProjectOp first;
  std::deque<State> states;
};

struct Projection {
  bd::ProjectOp op;
  Population *source = nullptr, *target = nullptr;
  FlatSymbolRefAttr graph;
  bd::QuantityType weight;
  Group *group = nullptr;  ///< where its events act on a synapse
  State *jump = nullptr;   ///< where they act on a state of the target
  FlatSymbolRefAttr ring;  ///< weights that are on their way, where delays are drawn
};

struct Drive {
  bd::DriveOp op;
  FlatSymbolRefAttr values; ///< drawn values, one per element; null where the value is one expression
};

/// A sum over a connectome's connections: the input that one population feels of another.
struct Coupling {
  bd::CoupleOp op;
  Population *source = nullptr, *target = nullptr;
  Instance rule;
  FlatSymbolRefAttr graph;
  FlatSymbolRefAttr past;  ///< ring of the source's quantity; null where nothing is delayed
  FlatSymbolRefAttr felt;  ///< what is added to the input, held over a step
  /// Of the events of a source that stands in for a region: how many were in each step of the window, in all of it, and what that is per element
  /// and time; null where no rate is coupled.
  FlatSymbolRefAttr counts, count, rate, window;

  FlatSymbolRefAttr sourceSpace(), targetSpace();
};

/// What a state or let of a model was.
struct Past {
  bd::PastOp op; ///< the first that reads it
  Instance *scope = nullptr;
  Population *population = nullptr; ///< on whose elements it is kept
  FlatSymbolRefAttr graph; ///< from each element to itself: its delays
  FlatSymbolRefAttr ring;
  FlatSymbolRefAttr felt;  ///< what is read in this step
};

/// A noise process on the elements of a population.
struct Disturbance {
  bd::DisturbOp op;
  Instance noise;
  std::deque<State> states;
};

/// A model that follows a quantity of a population, in double precision.
struct Observer {
  bd::ObserveOp op;
  Population *source = nullptr;
  Instance model;
  FlatSymbolRefAttr steps; ///< how many steps its own step has
  FlatSymbolRefAttr sum;   ///< of what it observes, since its last step
  FlatSymbolRefAttr mean;  ///< over its last step: what its source stands for
  FlatSymbolRefAttr graph; ///< from elements to sensors; null where it sees each element by itself
  FlatSymbolRefAttr total; ///< of a sensor: the sum over its connections
  std::deque<State> states;

  StringRef name() { return op.getSymName(); }
};

struct Population {
  bd::PopulationOp op;
  Instance instance;
  FlatSymbolRefAttr size, space, queue; ///< no queue where the model emits no events
  FlatSymbolRefAttr regions;            ///< of a connectome that its elements stand for; null where there is none
  FlatSymbolRefAttr region;             ///< space of the one region that all of it stands in for; null where it does not
  StringAttr method;
  std::deque<State> states;
  llvm::SmallVector<FlatSymbolRefAttr> counters;
  llvm::DenseMap<Operation *, FlatSymbolRefAttr> heldBefore; ///< of a bd.on: 1 where it held before the last step's actions; see declareFlags
  std::deque<Group> groups;
  std::deque<Drive> drives;
  std::deque<Disturbance> disturbances;
  llvm::SmallVector<Coupling *> couplings; ///< that act on its inputs

  StringRef name() { return op.getSymName(); }
  State *findState(StringAttr name);
  /// All states that events and equations change: its own and those of synapses.
  llvm::SmallVector<State *> allStates();
};

/// A population that stands in for a region is coupled as one element.
inline FlatSymbolRefAttr Coupling::sourceSpace() { return source->region ? source->region : source->space; }
inline FlatSymbolRefAttr Coupling::targetSpace() { return target->region ? target->region : target->space; }

} // namespace bdc::compiler::flatten

#endif
