/// What single edges say: the values that a sum over edges reads, and its terms, as vectors. Private to this folder.
#ifndef BDC_COMPILER_LOWER_EDGE_TERMS_H
#define BDC_COMPILER_LOWER_EDGE_TERMS_H

#include "compiler/lower/edges.h"

namespace bdc::compiler::lower {

/// Of one `step.contract`, where a loop over its edges is written.
class EdgeTerms {
protected:
  EdgeTerms(PhaseFrame &f, step::ContractOp op) : f(f), b(f.b), tables(f.lowering.tables), op(op), graph(f, tables.graphs[tables.at(op.getGraphAttr())]) {}

  struct Source {
    step::StateOp state;
    Value array, rows, stride, now; ///< rows: null for what is read now; now: the row of the step before (after, in reverse)
    Value last;                     ///< of a ring by element: that row where all others lie before it (behind it, in reverse)
    Value first;                    ///< the same of the first of the steps that are summed together
    bool isRate = false;
  };

  void openSources();
  void openEdges();
  Value at(Value list, Value index);
  Value wordAt(Value list, Value index);
  Value weight(Value edge);
  Value delay(Value edge);
  Value fraction(Value edge);
  Value fractionsOf(Value first);
  /// Between a value and the one a step before it, on the straight line.
  Value between(Value value, Value before, Value part);

  // What is felt of one edge at this step.
  Value element(Source &source, Value other, Value row);
  Value stepSize();
  /// The value a number of whole steps beyond the edge's delay.
  Value valueAgo(Source &source, Value edge, Value other, int64_t more);
  Value valueNow(Source &source, Value edge, Value other);
  /// Several numbers as one vector.
  Value join(ArrayRef<Value> values);
  Value term(RegionEmitter &emitter, ValueRange arguments);
  /// The terms of edges first, first + 1, … one in each lane.
  Value termsNow(Value first, ValueRange own, bool mayBeRun);
  /// Numbers that lie side by side.
  Value run(Type type, Value list, Value first);
  Value weightsOf(Value first);
  /// The terms of edges first, first + 1, … as they stand, whatever is between steps: each was felt by one step.
  Value termsAlone(Value first, ValueRange own);
  /// The sources' values of edges first, first + 1, …
  llvm::SmallVector<Value> sourceValues(Value first, llvm::function_ref<Value(Source &, Value, Value)> value);
  /// Whether each edge reads two successive steps of rings by element.
  bool areNeighbours();
  /// What edges first, first + 1, … feel of such a ring.
  Value neighboursNow(Source &source, Value first);
  /// Values of a ring by element and those a step before each (after it, in reverse), which lie beside them: read as one.
  std::pair<Value, Value> pairsAt(Source &source, llvm::function_ref<Value(unsigned)> placeOf);
  /// What is read now by edges of one row: where their other ends follow each other, as in dense connectomes, without looking each of them up.
  llvm::SmallVector<Value> presentValues(Value first);
  /// The terms of the two steps that felt this one's value, each with the value that it felt.
  Value mixedTerms(Value first, ValueRange own);
  /// 0, 1, 2, …
  Value countUp(Type type, unsigned count);

  PhaseFrame &f;
  Loops &b;
  Tables &tables;
  step::ContractOp op;
  GraphView graph;
  Type real;
  unsigned lanes = 1;            ///< edges in one vector
  RegionEmitter *near = nullptr; ///< of their terms
  llvm::SmallVector<Source> sources;
  Value offsets, others, farEnds, weights, delays, fractions;
  bool ok = true;
};

} // namespace bdc::compiler::lower

#endif
