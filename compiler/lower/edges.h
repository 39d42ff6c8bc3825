/// What the phases that follow edges share. Private to this folder.
#ifndef BDC_COMPILER_LOWER_EDGES_H
#define BDC_COMPILER_LOWER_EDGES_H

#include "compiler/lower/lower.h"
#include "runtime/abi.h"

namespace bdc::compiler::lower {

/// A graph's parts as values, loaded in front of everything.
struct GraphView {
  GraphView(PhaseFrame &f, step::GraphOp graph) : f(f), op(graph), b(f.b) {
    base = f.access.get({Word::Graph, f.lowering.tables.position.lookup(graph.getSymName())});
    if (graph.getWeightType())
      weightType = f.lowering.tables.compute(*graph.getWeightType());
    if (weightType)
      weights = pointer(offsetof(bdc_graph, weight));
    if (!graph.getEdgeDelay().empty())
      delays = pointer(offsetof(bdc_graph, delay));
    if (graph.getSteps() == "interpolated")
      fractions = pointer(offsetof(bdc_graph, fraction));
    common = graph.getDelayAttr() ? b.wholeNumber(f.access.get({Word::Scalar, f.lowering.tables.at(graph.getDelayAttr())})) : b.integer(0);
  }
  Value pointer(size_t offset) { return b.load(b.pointerType(), b.field(base, offset)); }
  Value count(size_t offset) { return b.load(b.getI64Type(), b.field(base, offset)); }

  /// The weight of an edge in its own number type; a homogeneous one does not depend on the edge.
  Value weight(Value edge) {
    if (weightType)
      return b.load(weightType, b.address(weights, weightType, edge));
    if (op.getWeightAttr()) {
      Value wide = f.access.get({Word::Scalar, f.lowering.tables.at(op.getWeightAttr())});
      return f.lowering.tables.real.isF64() ? wide : arith::TruncFOp::create(b, b.loc, f.lowering.tables.real, wide).getResult();
    }
    return b.number(f.lowering.tables.real, 1);
  }
  /// Whole steps.
  Value delay(Value edge) { return delays ? b.fromI32(b.load(b.getI32Type(), b.address(delays, b.getI32Type(), edge))) : common; }

  PhaseFrame &f;
  step::GraphOp op;
  Loops &b;
  Value base, weights, delays, fractions, common;
  Type weightType;
};

/// An element of an array, in its computing type.
inline Value readElement(PhaseFrame &f, step::StateOp state, Value pointer, Value index) {
  Type storage = f.storageOf(state);
  Value value = f.b.load(storage, f.b.address(pointer, storage, index));
  if (!Tables::arrayType(state).getElement().isInteger(1))
    return value;
  return arith::TruncIOp::create(f.b, f.b.loc, f.b.getI1Type(), value);
}

inline void writeElement(PhaseFrame &f, step::StateOp state, Value pointer, Value index, Value value) {
  Type storage = f.storageOf(state);
  if (Tables::arrayType(state).getElement().isInteger(1))
    value = arith::ExtUIOp::create(f.b, f.b.loc, storage, value);
  f.b.store(value, f.b.address(pointer, storage, index));
}

} // namespace bdc::compiler::lower

#endif
