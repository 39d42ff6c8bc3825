// The functions of runtime/abi.h that run before and beside the time loop: derive, init, edges, probes.
#include "compiler/lower/lower.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
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
  auto type = Tables::arrayType(state);
  Type storage = tables.storage(type.getElement());
  bool isAlone = tables.spaces[tables.at(type.getSpace())].getSingle();
  unsigned read = isAlone ? 1 : width;
  Value value = b.load(Loops::wide(storage, read), b.address(array, storage, isAlone ? b.integer(0) : index), storage.getIntOrFloatBitWidth() / 8);
  if (read != width)
    value = b.broadcast(value, width);
  if (!Tables::arrayType(state).getElement().isInteger(1))
    return value;
  return arith::TruncIOp::create(b, b.loc, Loops::wide(b.getI1Type(), width), value);
}

/// Copies this thread's part of a row that the host has given. Returns the first element that is left to make: `end` where there is such a row.
Value copyGiven(Lowering &lowering, Loops &b, Value context, unsigned position, Type storage, Value array, Value begin, Value end) {
  Value table = b.load(b.pointerType(), b.field(context, offsetof(bdc_ctx, given)));
  Value row = b.load(b.pointerType(), b.address(table, b.pointerType(), b.integer(position)));
  Value none = LLVM::ZeroOp::create(b, b.loc, b.pointerType());
  Value isGiven = LLVM::ICmpOp::create(b, b.loc, LLVM::ICmpPredicate::ne, row, none);
  unsigned align = storage.getIntOrFloatBitWidth() / 8;
  Type wide = Loops::wide(storage, lowering.width);
  b.loop(begin, b.choose(isGiven, end, begin), b.integer(lowering.width), {}, [&](Value i, ValueRange) {
    b.store(b.load(wide, b.address(row, storage, i), align), b.address(array, storage, i), align);
    return SmallVector<Value>();
  });
  return b.choose(isGiven, end, begin);
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
  if (step::canBeGiven(state))
    begin = copyGiven(lowering, b, e.argument(0), position, storage, array, begin, to);
  if (state.getInitial().empty()) // arrays are made of zeros, and take memory only once they are written
    return success();
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
    Block &region = state.getInitial().front();
    ok = succeeded(emitter.emit(region, {}));
    if (!ok)
      return SmallVector<Value>();
    Value value = emitter.vector(region.getTerminator()->getOperand(0), tables.compute(type.getElement()));
    if (type.getElement().isInteger(1))
      value = arith::ExtUIOp::create(b, b.loc, Loops::wide(storage, lowering.width), value);
    unsigned align = storage.getIntOrFloatBitWidth() / 8;
    if (state.getByElement()) {
      for (unsigned lane = 0; lane < lowering.width; ++lane) {
        Value one = lowering.width == 1 ? value : vector::ExtractOp::create(b, b.loc, value, int64_t(lane)).getResult();
        Value first = b.mul(b.add(i, b.integer(lane)), stride);
        b.loop(b.integer(0), b.add(b.add(rows, rows), b.integer(BDC_AHEAD)),
               [&](Value row) { b.store(one, b.address(array, storage, b.add(first, row)), align); });
      }
    } else if (!rows)
      b.store(value, b.address(array, storage, i), align);
    else
      b.loop(b.integer(0), rows,
             [&](Value row) { b.store(value, b.address(array, storage, b.add(b.mul(row, stride), i)), align); });
    return SmallVector<Value>();
  });
  return success(ok);
}

/// What an edges function yields.
enum class EdgeValue { Weight, Steps, Fraction };

/// A time in steps of `dt`, a scalar. `roughly`: it may be off by a rounding, which saves most of the division.
Value inSteps(Loops &b, Value time, Value dt, bool roughly) {
  unsigned width = isa<VectorType>(time.getType()) ? cast<VectorType>(time.getType()).getNumElements() : 1;
  if (!roughly)
    return arith::DivFOp::create(b, b.loc, time, b.broadcast(dt, width));
  Value perStep = arith::DivFOp::create(b, b.loc, b.number(dt.getType(), 1), dt);
  return arith::MulFOp::create(b, b.loc, time, b.broadcast(perStep, width));
}

/// A delay as whole steps: rounded, or up, or down with the rest as a fraction. A time that is a whole number of steps but for rounding is one.
Value wholeSteps(Loops &b, Value steps, StringRef how, EdgeValue wanted) {
  Type type = steps.getType(), real = getElementTypeOrSelf(type);
  unsigned width = isa<VectorType>(type) ? cast<VectorType>(type).getNumElements() : 1;
  auto kernel = [&](StringRef name, Value x) { return b.callKernel(("bdc_" + name + "_" + kernelSuffix(real, width)).str(), type, x); };
  Value whole;
  if (how == "ceil")
    whole = kernel("ceil", arith::SubFOp::create(b, b.loc, steps, b.broadcast(b.number(real, 1e-7), width)));
  else
    whole = kernel(how == "interpolated" ? "floor" : "round", steps);
  if (wanted == EdgeValue::Fraction)
    return arith::SubFOp::create(b, b.loc, steps, whole);
  return arith::FPToSIOp::create(b, b.loc, Loops::wide(b.getI32Type(), width), whole);
}

/// Values of groups of edges, each of one source's row: weights, or delays in whole steps, or the fractions beyond those.
class EdgeFunction {
public:
  EdgeFunction(Lowering &lowering, step::GraphOp graph, unsigned number, Region &region, EdgeValue kind)
      : graph(graph), region(region), kind(kind), lowered(lowering.tables), tables(lowering.tables),
        e(lowering, graph.getLoc(), "bdc_edges_" + std::to_string(number), types(graph.getContext())), b(e.b),
        width(lowering.width == 1 ? 1 : group) {
    // Delays with a fraction are few, and steps of f32 times would not be those of f64 times.
    if (kind != EdgeValue::Weight && graph.getSteps()) {
      tables.real = b.getF64Type();
      width = 1;
    }
    // Two groups at a time where four of the processor's vectors hold them.
    if (width > 1 && lowering.width * 4 >= 2 * group && isDrawnInGroups())
      together = 2;
    stored = kind == EdgeValue::Steps    ? Type(b.getI32Type())
             : kind == EdgeValue::Weight ? lowering.tables.compute(*graph.getWeightType())
                                         : lowering.tables.real;
  }

  LogicalResult lower() {
    bool ok = true;
    b.loop(b.integer(0), e.argument(2), b.integer(together), {}, [&](Value first, ValueRange) {
      Operation *outermost = first.getParentBlock()->getParentOp();
      e.access.anchorBefore(outermost);
      Value word = b.load(Loops::wide(b.getI64Type(), together), b.address(e.argument(1), b.getI64Type(), first), 8);
      auto of = [&](int64_t number) { return b.broadcast(b.integer(number), together); };
      source = arith::AndIOp::create(b, b.loc, word, of(0xffffffff));
      Value edge = arith::ShRUIOp::create(b, b.loc, word, of(32)), place = b.mul(first, b.integer(group));
      if (width > 1)
        ok = succeeded(emit(outermost, edge, place));
      else
        b.loop(b.integer(0), b.integer(group), [&](Value i) { ok = succeeded(emit(outermost, b.add(edge, i), b.add(place, i))); });
      return SmallVector<Value>();
    });
    return success(ok);
  }

private:
  static SmallVector<Type> types(MLIRContext *context) {
    Type i64 = IntegerType::get(context, 64), pointer = LLVM::LLVMPointerType::get(context);
    return {pointer, pointer, i64, pointer};
  }

  /// Whether nothing is read, and what is drawn is drawn by kernels for several groups.
  bool isDrawnInGroups() {
    bool drawn = true;
    region.walk([&](Operation *op) {
      auto random = dyn_cast<bd::RandomOp>(op);
      drawn &= !isa<bd::EdgeOp, step::ElementOp, bd::IndexOp>(op) && !(random && RegionEmitter::isByTries(random));
    });
    return drawn;
  }

  /// The values of edge, edge + 1, …, or those of several such groups, which go to `place` on.
  LogicalResult emit(Operation *outermost, Value edge, Value place) {
    RegionEmitter emitter(b, e.access, tables, width * together);
    emitter.outermost = outermost;
    emitter.element = edge;
    emitter.step = source;
    emitter.elementsAreEdges = true;
    emitter.readEdge = [&](bd::EdgeOp edge) { return read(edge, emitter.element); };
    emitter.readElement = [&](step::ElementOp element) { return read(element); };
    Block &block = region.front();
    Value yielded = block.getTerminator()->getOperand(0);
    if (failed(emitter.emit(block, {})))
      return failure();
    b.store(finished(kind == EdgeValue::Weight ? emitter.vector(yielded, stored) : emitter.vector(yielded)), b.address(e.argument(3), stored, place),
            stored.getIntOrFloatBitWidth() / 8);
    return success();
  }

  /// Edges of a source lie in the order of the connectome's.
  Value read(bd::EdgeOp edge, Value ordinal) {
    Value data = e.access.get({Word::Data, tables.at(edge.getDataAttr())});
    Value offsets = b.load(b.pointerType(), b.field(data, offsetof(bdc_data, offset)));
    Value first = b.load(b.getI64Type(), b.address(offsets, b.getI64Type(), source));
    size_t field = edge.getField() == "weights" ? offsetof(bdc_data, weight) : offsetof(bdc_data, length);
    Value values = b.load(b.pointerType(), b.field(data, field));
    return b.load(Loops::wide(b.getF64Type(), width), b.address(values, b.getF64Type(), b.add(first, ordinal)), 8);
  }

  /// A param of the source.
  Value read(step::ElementOp op) {
    step::StateOp state = tables.state(op.getStateAttr());
    Value array = e.access.get({Word::Array, tables.at(op.getStateAttr())});
    Value value = readVector(b, lowered, state, array, source, 1);
    if (value.getType() != tables.real && isa<FloatType>(value.getType()))
      value = arith::ExtFOp::create(b, b.loc, tables.real, value);
    return b.broadcast(value, width);
  }

  Value finished(Value value) {
    if (kind == EdgeValue::Weight)
      return value;
    Type real = getElementTypeOrSelf(value.getType());
    Value dt = e.access.get({Word::Scalar, 0});
    if (real.isF32())
      dt = arith::TruncFOp::create(b, b.loc, real, dt);
    Value result = wholeSteps(b, inSteps(b, value, dt, isDrawnInGroups()), graph.getSteps().value_or("nearest"), kind);
    if (kind == EdgeValue::Fraction && stored != result.getType())
      return arith::TruncFOp::create(b, b.loc, stored, result);
    return result;
  }

  static constexpr unsigned group = BDC_GROUP;

  step::GraphOp graph;
  Region &region;
  EdgeValue kind;
  Tables &lowered; ///< as arrays are stored
  Tables tables;   ///< as is computed here
  Entry e;
  Loops &b;
  unsigned width;        ///< of what is emitted for a group
  unsigned together = 1; ///< groups
  Value source;          ///< of a group, or those of several
  Type stored;
};

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
    Value value = emitter.vector(block.getTerminator()->getOperand(0), lowering.tables.compute(*record.getType()));
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
    auto lower = [&](Region &region, EdgeValue kind) { return EdgeFunction(lowering, graph, number++, region, kind).lower(); };
    if (!graph.getEdgeWeight().empty() && failed(lower(graph.getEdgeWeight(), EdgeValue::Weight)))
      return failure();
    if (!graph.getEdgeDelay().empty() && failed(lower(graph.getEdgeDelay(), EdgeValue::Steps)))
      return failure();
    if (graph.getSteps() == "interpolated" && failed(lower(graph.getEdgeDelay(), EdgeValue::Fraction)))
      return failure();
  }
  return success();
}

/// The objective from its terms, and what `step-differentiate` has added to its region. All in f64.
LogicalResult lowerObjective(Lowering &lowering) {
  for (auto objective : lowering.tables.program.getOps<step::ObjectiveOp>()) {
    Type pointer = LLVM::LLVMPointerType::get(objective.getContext());
    Entry e(lowering, objective.getLoc(), "bdc_objective", {pointer, pointer, pointer});
    Loops &b = e.b;
    Tables tables = lowering.tables;
    tables.real = b.getF64Type();
    RegionEmitter emitter(b, e.access, tables, 1);
    Block &block = objective.getValue().front();
    SmallVector<Value> terms;
    for (unsigned i = 0; i < block.getNumArguments(); ++i)
      terms.push_back(b.load(b.getF64Type(), b.address(e.argument(1), b.getF64Type(), b.integer(i))));
    if (failed(emitter.emit(block, terms)))
      return failure();
    for (auto [i, value] : llvm::enumerate(block.getTerminator()->getOperands()))
      b.store(emitter.vector(value), b.address(e.argument(2), b.getF64Type(), b.integer(int64_t(i))));
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
