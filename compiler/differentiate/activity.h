/// What of a loop a derivative has to follow: what depends on a wanted parameter and reaches the objective.
#ifndef BDC_COMPILER_DIFFERENTIATE_ACTIVITY_H
#define BDC_COMPILER_DIFFERENTIATE_ACTIVITY_H

#include "dialects/step/Step.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseSet.h"

namespace bdc::compiler {

/// Whether a region reads a scalar, or the element of a state, that `is` one of some.
bool readsScalar(mlir::Region &region, llvm::function_ref<bool(mlir::StringAttr)> is);
bool readsElement(mlir::Region &region, llvm::function_ref<bool(mlir::StringAttr)> is);

/// Whether the objective hears a record, or its change where the program has tangents.
inline bool isHeard(step::RecordOp record) { return record.getObserved() || record->hasAttr("step.tangent_of"); }

/// What the `step.gradient`s of a program ask for.
struct Wanted {
  Wanted() = default;
  explicit Wanted(step::ProgramOp program);
  llvm::DenseSet<mlir::StringAttr> scalars, states;
  llvm::SmallVector<mlir::StringAttr> ordered; ///< the scalars, as asked for
  llvm::DenseSet<mlir::StringAttr> made;       ///< scalars that are made of those, which are written out where they are read

  /// Tables, and parts of them, whose connections' weights are asked for: the state with these.
  llvm::DenseMap<mlir::StringAttr, mlir::StringAttr> tables;

  bool isTable(mlir::StringAttr state) const {
    return llvm::any_of(tables, [&](const auto &each) { return each.second == state; });
  }
  /// The state with the weights that an operation of an edge's region reads one of; null: it reads none that is asked for.
  mlir::StringAttr weightsAt(mlir::Operation &op) const;
  /// Whether an edge's region reads one.
  bool readsWeights(mlir::Region &region) const;

  /// Whether a scalar that is known by its name alone depends on what is asked for.
  bool leadTo(mlir::FlatSymbolRefAttr scalar) const { return scalar && (scalars.contains(scalar.getAttr()) || made.contains(scalar.getAttr())); }

  /// A scalar that is known to the program by its name alone (the weight of a graph) and depends on one that is asked for: its own derivative is
  /// made, and counts by `factor`, a scalar.
  struct Through {
    mlir::StringAttr scalar, of;
    mlir::FlatSymbolRefAttr factor;
  };
  llvm::SmallVector<Through> through;
  void follow(Through link) {
    through.push_back(link);
    if (scalars.insert(link.scalar).second)
      ordered.push_back(link.scalar);
  }
};

class Activity {
public:
  Activity(step::ProgramOp program, step::LoopOp loop, const Wanted &wanted);

  /// Whether a value of the loop depends on what is wanted and reaches what is observed.
  bool isActive(mlir::Value value) const { return varied.contains(value) && useful.contains(value); }
  /// The same of a state's value at the beginning of a step.
  bool isActive(mlir::StringAttr state) const;
  /// Whether an edge's region reads a weight that is wanted.
  bool readsWeights(mlir::Region &region) const { return wanted.readsWeights(region); }
  /// Whether a value of the loop depends on what is wanted.
  bool varies(mlir::Value value) const { return varied.contains(value); }
  /// Whether the objective feels a value of the loop.
  bool isUseful(mlir::Value value) const { return useful.contains(value); }
  /// Whether the value of a state at the beginning of the run depends on what is wanted.
  bool startVaries(mlir::StringAttr state) const { return variedStarts.contains(state); }
  /// Whether a scalar or state can change what is observed.
  bool reachesObjective(mlir::StringAttr name) const { return reaching.contains(name); }
  /// Whether a state depends on what is wanted, from the beginning or later.
  bool varies(mlir::StringAttr state) const;
  /// Whether what is recorded depends on what is wanted.
  bool varies(step::RecordOp record) const;
  /// Whether the events of a queue depend on what is wanted, as far as gradients see.
  bool eventsVary(mlir::StringAttr queue) const { return variedQueues.contains(queue); }
  /// Whether a region reads a wanted scalar.
  bool readsWanted(mlir::Region &region) const;
  /// Whether a region of an initial value or a graph's edge reads params of elements that depend on what is wanted.
  bool readsVariedElements(mlir::Region &region) const;

private:
  /// Which inputs of a map each of its results depends on, as far as derivatives see, and whether it reads what is wanted.
  struct Flow {
    llvm::SmallVector<llvm::BitVector> inputs;
    llvm::BitVector readsWanted;
  };
  Flow flowOf(step::MapOp map) const;
  bool vary(mlir::Operation *op);
  void use(mlir::Operation *op);
  void findVaried();
  void findUseful();
  bool varies(mlir::Operation *op) const;
  void reach(mlir::Region &region);

  mutable step::ProgramOp program; // operations are handles, whose functions are not const
  mutable step::LoopOp loop;
  const Wanted &wanted;
  llvm::DenseMap<mlir::Operation *, Flow> flows; ///< of maps
  llvm::DenseSet<mlir::Value> varied, useful;
  llvm::DenseSet<mlir::StringAttr> variedStarts, variedQueues, reaching;
};

/// The quantities that follow a derivative; conditions and counts do not.
bool isDifferentiable(mlir::Type element);

} // namespace bdc::compiler

#endif
