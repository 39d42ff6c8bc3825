// The functions of runtime/abi.h that run before and beside the time loop: derive, init, edges, probes.
#include "compiler/lower/lower.h"
#include "runtime/abi.h"

namespace bdc::compiler::lower {

namespace {

/// A function of the program with its context and a place for words that are the same for all elements.
struct Entry {
  Entry(Lowering &lowering, Location loc, StringRef name, ArrayRef<Type> inputs)
      : b(lowering.builder(loc)), function(lowering.function(b, name, inputs, {}, false)), access(b, function.getArgument(0)) {
    end = func::ReturnOp::create(b, b.loc);
    b.setInsertionPoint(end);
  }
  Value argument(unsigned i) { return function.getArgument(i); }
  Loops b;
  func::FuncOp function;
  Access access;
  Operation *end;
};

/// Elements `index` … of a plain array as a vector in the computing type.
Value readVector(Loops &b, Tables &tables, step::StateOp state, Value array, Value index, unsigned width) {
  Type storage = tables.storage(Tables::arrayType(state).getElement());
  Value value = b.load(Loops::wide(storage, width), b.address(array, storage, index), storage.getIntOrFloatBitWidth() / 8);
  if (!Tables::arrayType(state).getElement().isInteger(1))
    return value;
  return arith::TruncIOp::create(b, b.loc, Loops::wide(b.getI1Type(), width), value);
}

Value zeroOf(Loops &b, Type type) {
  return arith::ConstantOp::create(b, b.loc, type, isa<FloatType>(type) ? TypedAttr(b.getFloatAttr(type, 0)) : b.getIntegerAttr(type, 0));
}

LogicalResult initialise(Lowering &lowering, Entry &e, step::StateOp state) {
  Loops &b = e.b;
  Tables &tables = lowering.tables;
  auto type = Tables::arrayType(state);
  unsigned position = tables.position.lookup(state.getSymName()), space = tables.at(type.getSpace());
  Type storage = tables.storage(type.getElement());
  b.setInsertionPoint(e.end);
  Access access(b, e.argument(0));
  Value array = access.get({Word::Array, position}), bounds = access.boundsOf(space);
  Value thread = b.fromI32(e.argument(1));
  Value begin = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), thread));
  Value to = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), b.add(thread, b.integer(1))));
  Value rows, stride;
  if (auto symbol = state.getRowsAttr()) {
    rows = b.wholeNumber(access.get({Word::Scalar, tables.at(symbol)}));
    stride = access.get({Word::Stride, position});
  }
  // Words are loaded in front of the loop over elements.
  RegionEmitter emitter(b, access, tables, lowering.width);
  bool ok = true;
  b.loop(begin, to, b.integer(lowering.width), {}, [&](Value i, ValueRange) {
    emitter.outermost = i.getParentBlock()->getParentOp();
    access.anchorBefore(emitter.outermost);
    emitter.element = i;
    emitter.readElement = [&](step::ElementOp read) -> Value {
      step::StateOp other = tables.state(read.getStateAttr());
      return readVector(b, tables, other, access.get({Word::Array, tables.at(read.getStateAttr())}), i, lowering.width);
    };
    Value value;
    if (state.getInitial().empty()) {
      value = b.broadcast(zeroOf(b, storage), lowering.width);
    } else {
      Block &region = state.getInitial().front();
      ok = succeeded(emitter.emit(region, {}));
      value = ok ? emitter.vector(region.getTerminator()->getOperand(0)) : b.broadcast(zeroOf(b, storage), lowering.width);
      if (type.getElement().isInteger(1) && ok)
        value = arith::ExtUIOp::create(b, b.loc, Loops::wide(storage, lowering.width), value);
    }
    unsigned align = storage.getIntOrFloatBitWidth() / 8;
    if (!rows)
      b.store(value, b.address(array, storage, i), align);
    else
      b.loop(b.integer(0), rows,
             [&](Value row) { b.store(value, b.address(array, storage, b.add(b.mul(row, stride), i)), align); });
    return SmallVector<Value>();
  });
  return success(ok);
}

/// Values of edges first, first + 1, … of a source's row: weights, or delays in whole steps.
LogicalResult edgeFunction(Lowering &lowering, step::GraphOp graph, unsigned number, Region &region, bool isDelay) {
  Type i64 = IntegerType::get(graph.getContext(), 64), pointer = LLVM::LLVMPointerType::get(graph.getContext());
  Entry e(lowering, graph.getLoc(), "bdc_edges_" + std::to_string(number), {pointer, i64, i64, i64, pointer});
  Loops &b = e.b;
  unsigned width = lowering.width;
  RegionEmitter emitter(b, e.access, lowering.tables, width);
  bool ok = true;
  b.loop(b.integer(0), e.argument(3), b.integer(width), {}, [&](Value i, ValueRange) {
    emitter.outermost = i.getParentBlock()->getParentOp();
    e.access.anchorBefore(emitter.outermost);
    emitter.element = b.add(e.argument(2), i);
    emitter.step = e.argument(1);
    Block &block = region.front();
    ok = succeeded(emitter.emit(block, {}));
    if (!ok)
      return SmallVector<Value>();
    Value value = emitter.vector(block.getTerminator()->getOperand(0));
    Type real = getElementTypeOrSelf(value.getType());
    if (isDelay) {
      Value dt = e.access.get({Word::Scalar, 0});
      if (real.isF32())
        dt = arith::TruncFOp::create(b, b.loc, real, dt);
      Value steps = arith::DivFOp::create(b, b.loc, value, b.broadcast(dt, width));
      steps = b.callKernel("bdc_round_" + kernelSuffix(real, width), value.getType(), steps);
      value = arith::FPToSIOp::create(b, b.loc, Loops::wide(b.getI32Type(), width), steps);
      real = b.getI32Type();
    }
    b.store(value, b.address(e.argument(4), real, i), real.getIntOrFloatBitWidth() / 8);
    return SmallVector<Value>();
  });
  return success(ok);
}

/// A recorded expression for a list of elements.
LogicalResult probeFunction(Lowering &lowering, step::RecordOp record, unsigned number) {
  Type i64 = IntegerType::get(record.getContext(), 64), pointer = LLVM::LLVMPointerType::get(record.getContext());
  Entry e(lowering, record.getLoc(), "bdc_probe_" + std::to_string(number), {pointer, pointer, i64, i64, pointer});
  Loops &b = e.b;
  RegionEmitter emitter(b, e.access, lowering.tables, 1);
  emitter.timeStep = emitter.step = e.argument(3);
  bool ok = true;
  b.loop(b.integer(0), e.argument(2), [&](Value i) {
    emitter.outermost = i.getParentBlock()->getParentOp();
    e.access.anchorBefore(emitter.outermost);
    Value element = b.fromI32(b.load(b.getI32Type(), b.address(e.argument(1), b.getI32Type(), i)), false);
    emitter.element = element;
    emitter.readElement = [&](step::ElementOp read) -> Value {
      Tables &tables = lowering.tables;
      Value array = e.access.get({Word::Array, tables.at(read.getStateAttr())});
      return readVector(b, tables, tables.state(read.getStateAttr()), array, element, 1);
    };
    Block &block = record.getValue().front();
    ok = succeeded(emitter.emit(block, {}));
    if (!ok)
      return;
    Value value = emitter.vector(block.getTerminator()->getOperand(0));
    b.store(value, b.address(e.argument(4), value.getType(), i));
  });
  return success(ok);
}

} // namespace

LogicalResult lowerDerive(Lowering &lowering) {
  Tables &tables = lowering.tables;
  Type pointer = LLVM::LLVMPointerType::get(lowering.module.getContext());
  Entry e(lowering, tables.program.getLoc(), "bdc_derive", {pointer});
  Loops &b = e.b;
  Value scalars = b.load(b.pointerType(), b.field(e.argument(0), offsetof(bdc_ctx, scalars)));
  Value isSet = b.load(b.pointerType(), b.field(e.argument(0), offsetof(bdc_ctx, is_set)));
  for (auto [position, scalar] : llvm::enumerate(tables.scalars)) {
    if (scalar.getValue().empty())
      continue;
    bool ok = true;
    auto evaluate = [&] {
      Access access(b, e.argument(0)); // what was loaded before may have changed since
      RegionEmitter emitter(b, access, tables, 1);
      Block &block = scalar.getValue().front();
      ok = succeeded(emitter.emit(block, {}));
      Value result = block.getTerminator()->getOperand(0);
      if (ok && !emitter.isUniform(result)) {
        scalar.emitOpError() << "depends on more than scalars";
        ok = false;
      }
      if (ok)
        b.store(emitter.scalar(result), b.address(scalars, b.getF64Type(), b.integer(position)));
    };
    if (scalar.getSettable()) {
      Value set = b.load(b.getI8Type(), b.address(isSet, b.getI8Type(), b.integer(position)));
      Value zero = arith::ConstantOp::create(b, b.loc, b.getI8IntegerAttr(0));
      b.when(arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::eq, set, zero), evaluate);
    } else {
      evaluate();
    }
    if (!ok)
      return failure();
  }
  return success();
}

LogicalResult lowerInit(Lowering &lowering) {
  Type i32 = IntegerType::get(lowering.module.getContext(), 32), pointer = LLVM::LLVMPointerType::get(lowering.module.getContext());
  Entry e(lowering, lowering.tables.program.getLoc(), "bdc_init", {pointer, i32});
  for (step::StateOp state : lowering.tables.states)
    if (failed(initialise(lowering, e, state)))
      return failure();
  return success();
}

LogicalResult lowerEdges(Lowering &lowering) {
  unsigned number = 0;
  for (step::GraphOp graph : lowering.tables.graphs) {
    if (!graph.getEdgeWeight().empty() && failed(edgeFunction(lowering, graph, number++, graph.getEdgeWeight(), false)))
      return failure();
    if (!graph.getEdgeDelay().empty() && failed(edgeFunction(lowering, graph, number++, graph.getEdgeDelay(), true)))
      return failure();
  }
  return success();
}

LogicalResult lowerProbes(Lowering &lowering) {
  unsigned number = 0;
  for (step::RecordOp record : lowering.tables.records)
    if (!record.getValue().empty() && failed(probeFunction(lowering, record, number++)))
      return failure();
  return success();
}

} // namespace bdc::compiler::lower
