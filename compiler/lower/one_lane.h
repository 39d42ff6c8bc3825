/// What of a phase for one element at a time differs between lanes. Private to this folder.
#ifndef BDC_COMPILER_LOWER_ONE_LANE_H
#define BDC_COMPILER_LOWER_ONE_LANE_H

#include "compiler/lower/lower.h"

namespace bdc::compiler::lower {

/// What a pointer leads to. A list is what a pointer in a graph or a queue leads to.
enum class Origin : uint8_t { Unknown, Context, Pack, Bounds, Graph, GraphList, Queue, QueueList, Array };

/// The kernel that stands for one of a single number: its name, and whether it draws, with a key for each lane.
struct LaneKernel {
  std::string name;
  bool isDraw = false;
};

/// Lanes have the same sizes, rows, depths and connections, and the same scalars where these are taken for whole numbers
/// (the descriptor's `alike`); what is in their arrays and lists of spikes, their scalars, their keys and their connections' weights are
/// their own.
class OneLane {
public:
  OneLane(func::FuncOp phase, ArrayRef<StringRef> words);

  /// Whether everything in it has a form for all lanes.
  bool hasLanes() const { return possible; }
  bool varies(Value value) const { return varying.contains(value); }
  Origin originOf(Value pointer) const;
  /// Which word of the pack lies there.
  size_t wordAt(Value pointer) const;
  /// A scalar that is taken for a whole number.
  bool isWholeNumber(Operation *op) const;
  LaneKernel kernelOf(func::CallOp call, unsigned lanes) const;

private:
  void visit(Operation *op);
  void visitLoad(LLVM::LoadOp load);
  void visitLoop(scf::ForOp loop);
  void visitBranch(scf::IfOp branch);
  void visitOther(Operation *op);
  void mark(Value value) { changed |= varying.insert(value).second; }
  /// Whether all lanes go equally far from what they point to.
  bool isSamePlace(Value pointer) const;
  bool anyVaries(ValueRange values) const {
    return llvm::any_of(values, [&](Value value) { return varies(value); });
  }

  Value context, pack;
  ArrayRef<StringRef> words;
  DenseSet<Value> varying;
  bool possible = true, changed = false;
};

} // namespace bdc::compiler::lower

#endif
