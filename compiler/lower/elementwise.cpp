// Phases on single elements: one loop over a thread's share of the space, `width` elements at a time.
#include "compiler/lower/lower.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "runtime/abi.h"

namespace bdc::compiler::lower {

namespace {

/// A list that `emit` writes: where the thread's segment begins, in elements of the slot.
struct List {
  step::EmitOp op;
  Value slot;  ///< first word of this step's slot
  Value first; ///< place in it of the thread's first spike, behind their number
};

/// The last elements of a thread's share, which are walked along from its end down: processors fetch lines beyond those that are walked along
/// upwards, and the next thread, which has them, would have to fetch them back in every step.
constexpr int64_t downwards = 512;

class Elementwise {
public:
  explicit Elementwise(PhaseFrame &frame)
      : f(frame), b(frame.b), width(frame.lowering.width), emitter(frame.emitter(frame.lowering.width)) {}

  LogicalResult lowerOne(Value i, Value last, ValueRange masks) {
    emitter.element = element = i;
    size = last;
    bool ok = true;
    b.when(b.less(i, last), [&] {
      f.access.anchorBefore(emitter.outermost = b.getInsertionBlock()->getParentOp());
      ok = succeeded(body());
      if (!ok)
        return;
      for (auto [emit, mask] : llvm::zip(f.phase.getBody().front().getOps<step::EmitOp>(), masks)) {
        Value byte = arith::ExtUIOp::create(b, b.loc, b.getI8Type(), emitted(emit.getMask()));
        b.store(byte, b.address(mask, b.getI8Type(), element));
      }
    });
    return success(ok);
  }

  LogicalResult lower() {
    unsigned space = f.lowering.tables.at(f.phase.getSpaceAttr());
    Value bounds = f.access.boundsOf(space);
    Value begin = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), f.thread));
    Value end = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), b.add(f.thread, b.integer(1))));
    size = f.access.get({Word::Size, space});
    for (auto emit : f.phase.getBody().front().getOps<step::EmitOp>())
      openList(emit, begin);
    SmallVector<Value> positions = llvm::map_to_vector(lists, [](const List &list) { return list.first; });
    Value split = f.lowering.isAlone ? Value() : splitOf(begin, end);
    bool ok = true;
    auto finals = walk(begin, split, end, positions, [&](Value i, ValueRange carried) {
      emitter.element = element = i;
      positionsNow.assign(carried.begin(), carried.end());
      ok = succeeded(body());
      return positionsNow;
    });
    for (auto [list, final] : llvm::zip(lists, finals))
      close(list, final, split, end);
    return success(ok);
  }

private:
  /// From `begin` up to `split`, and from `end` down to it: two rounds of one loop. `split` is null where all is walked along upwards.
  SmallVector<Value> walk(Value begin, Value split, Value end, ValueRange carried, llvm::function_ref<SmallVector<Value>(Value, ValueRange)> visit) {
    Value up = b.integer(width), none = b.integer(0), one = b.integer(1);
    auto enter = [&](Value of) { f.access.anchorBefore(emitter.outermost = of.getParentBlock()->getParentOp()); };
    if (!split)
      return b.loop(begin, end, up, carried, [&](Value i, ValueRange now) {
        enter(i);
        return visit(i, now);
      });
    Value rounds = b.choose(b.less(split, end), b.integer(2), one);
    return b.loop(none, rounds, one, carried, [&](Value round, ValueRange before) {
      enter(round);
      Value isUp = b.less(round, one);
      Value step = b.choose(isUp, up, b.integer(-int64_t(width)));
      Value count = b.choose(isUp, b.sub(split, begin), b.sub(end, split));
      SmallVector<Value> state(before);
      state.push_back(b.choose(isUp, begin, b.sub(end, up)));
      state = b.loop(none, count, up, state, [&](Value, ValueRange now) {
        SmallVector<Value> next = visit(now.back(), now.drop_back());
        next.push_back(b.add(now.back(), step));
        return next;
      });
      state.pop_back();
      return state;
    });
  }

  /// Where the share is no longer walked along upwards: its end for the last thread, whose share ends where the array does.
  Value splitOf(Value begin, Value end) {
    Value half = arith::AndIOp::create(b, b.loc, b.add(begin, arith::ShRSIOp::create(b, b.loc, b.sub(end, begin), b.integer(1))), b.integer(-16));
    Value far = b.sub(end, b.integer(downwards));
    return b.choose(b.less(end, size), b.choose(b.less(half, far), far, half), end);
  }

  /// The number of spikes of a list, which ends at `final`, in ascending order.
  void close(const List &list, Value final, Value split, Value end) {
    auto at = [&](Value place) { return b.address(list.slot, b.getI32Type(), place); };
    if (split)
      b.when(b.less(split, end), [&] { b.callKernel("bdc_order", Type(), {at(list.first), at(final), split, b.integer(width)}); });
    b.store(b.toI32(b.sub(final, list.first)), at(b.sub(list.first, b.integer(1))));
  }

  void openList(step::EmitOp emit, Value begin) {
    Value queue = f.access.get({Word::Queue, f.lowering.tables.at(emit.getQueueAttr())});
    Value depth = b.fromI32(b.load(b.getI32Type(), b.field(queue, offsetof(bdc_queue, depth))));
    Value stride = b.load(b.getI64Type(), b.field(queue, offsetof(bdc_queue, stride)));
    Value lists = b.load(b.pointerType(), b.field(queue, offsetof(bdc_queue, list)));
    Value slot = b.address(lists, b.getI32Type(), b.mul(b.remainder(f.step, depth), stride));
    Value count = b.add(begin, b.mul(f.thread, b.integer(BDC_LINE)));
    // Others have read this line: it takes its time to come back.
    b.prefetch(b.address(slot, b.getI32Type(), count), true);
    this->lists.push_back({emit, slot, b.add(count, b.integer(1))});
  }

  LogicalResult body() {
    for (Operation &op : f.phase.getBody().front().without_terminator())
      if (failed(operation(op)))
        return failure();
    for (auto [yielded, result] : llvm::zip(f.phase.getBody().front().getTerminator()->getOperands(), f.phase.getOutputs())) {
      step::StateOp state = f.stateOf(result);
      if (!state.getRows())
        write(f.array(state), state, values.lookup(yielded));
    }
    for (auto &[pointer, state, value] : later)
      write(pointer, state, value);
    for (auto [list, position] : llvm::zip(lists, positionsNow))
      position = append(list, emitted(list.op.getMask()), position);
    return success();
  }

  LogicalResult operation(Operation &op) {
    return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
        .Case([&](step::MapOp map) {
          SmallVector<Value> arguments;
          for (Value input : map.getInputs())
            arguments.push_back(emitted(input));
          if (failed(emitter.emit(map.getBody().front(), arguments)))
            return failure();
          auto yield = map.getBody().front().getTerminator();
          for (auto [value, result] : llvm::zip(yield->getOperands(), map.getOutputs()))
            values[result] = emitter.vector(value, f.lowering.tables.compute(cast<step::ArrayType>(result.getType()).getElement()));
          return success();
        })
        .Case([&](step::EmitOp) { return success(); })
        .Case([&](step::TakeOp take) {
          step::StateOp ring = f.stateOf(take.getRest());
          if (!ring) // what is left is used in this phase alone
            ring = f.stateOf(take.getRing());
          Value row = inFront([&] { return f.currentRow(ring); });
          values[take.getDue()] = read(row, ring);
          Type type = f.lowering.tables.compute(Tables::arrayType(ring).getElement());
          later.push_back({row, ring, b.broadcast(b.number(type, 0), width)});
          return success();
        })
        .Case([&](step::PushOp push) {
          step::StateOp ring = f.stateOf(push.getNext());
          if (ring.getByElement())
            return remember(ring, emitted(push.getValue())), success();
          later.push_back({inFront([&] { return f.currentRow(ring); }), ring, emitted(push.getValue())});
          return success();
        })
        .Case([&](step::SaveOp save) {
          step::StateOp store = f.lowering.tables.state(save.getStoreAttr());
          later.push_back({inFront([&] { return f.currentRow(store); }), store, emitted(save.getValue())});
          return success();
        })
        .Case([&](step::RestoreOp restore) {
          step::StateOp store = f.lowering.tables.state(restore.getStoreAttr());
          values[restore.getValue()] = read(inFront([&] { return f.currentRow(store); }), store);
          return success();
        })
        .Case([&](step::GivenOp given) {
          step::StateOp table = f.lowering.tables.state(given.getTableAttr());
          values[given.getValue()] = read(inFront([&] { return givenRow(table, given.getIntervalAttr()); }), table);
          return success();
        })
        .Default([&](Operation *other) { return other->emitOpError() << "cannot run element by element"; });
  }

  /// The row of the sample that is due after this step, or row 0.
  Value givenRow(step::StateOp table, FlatSymbolRefAttr every) {
    Value end = b.add(f.step, b.integer(1)), interval = b.wholeNumber(f.access.get({Word::Scalar, f.lowering.tables.at(every)}));
    Value isDue = arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::eq, b.remainder(end, interval), b.integer(0));
    Value sample = arith::DivSIOp::create(b, b.loc, end, interval), samples = b.sub(f.rows(table), b.integer(1));
    return f.row(table, b.choose(isDue, b.add(b.remainder(sample, samples), b.integer(1)), b.integer(0)));
  }

  /// A row of a ring by element: one number each, and again behind the last row. Where time runs backwards, vectors begin up to two rings
  /// behind the first row: what is one of the first comes a third time.
  void remember(step::StateOp ring, Value value) {
    Type storage = f.storageOf(ring);
    SmallVector<Value> places;
    Value stride;
    inFront([&] {
      Value rows = f.rows(ring), row = f.stepModulo(rows), again = b.add(row, rows);
      places = {row, again};
      if (f.reverse)
        places.push_back(b.choose(b.less(row, b.integer(BDC_AHEAD)), b.add(again, rows), again));
      return stride = f.access.get({Word::Stride, f.lowering.tables.position.lookup(ring.getSymName())});
    });
    for (unsigned lane = 0; lane < width; ++lane) {
      Value one = width == 1 ? value : vector::ExtractOp::create(b, b.loc, value, int64_t(lane)).getResult();
      Value first = b.mul(b.add(element, b.integer(lane)), stride);
      for (Value at : places)
        b.store(one, b.address(f.array(ring), storage, b.add(first, at)), storage.getIntOrFloatBitWidth() / 8);
    }
  }

  /// Emits in front of the loop.
  Value inFront(llvm::function_ref<Value()> make) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(emitter.outermost);
    return make();
  }

  /// The vector of this iteration's elements of an array.
  Value emitted(Value array) {
    Value &known = values[array];
    if (known)
      return known;
    step::StateOp state = f.stateOf(array);
    Value loaded = isAlone(state) ? inFront([&] { return readAlone(state); }) : read(f.array(state), state);
    return values[array] = loaded;
  }

  /// On a space with one element, which all elements of this one read.
  bool isAlone(step::StateOp state) { return Tables::arrayType(state).getSpace() != f.phase.getSpaceAttr(); }

  Value readAlone(step::StateOp state) {
    Type storage = f.storageOf(state);
    Value value = b.load(storage, f.array(state), storage.getIntOrFloatBitWidth() / 8);
    if (Tables::arrayType(state).getElement().isInteger(1))
      value = arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::ne, value, arith::ConstantOp::create(b, b.loc, b.getIntegerAttr(storage, 0)));
    return b.broadcast(value, width);
  }

  unsigned alignment(Type storage) { return std::min(64u, width * std::max(8u, storage.getIntOrFloatBitWidth()) / 8); }

  Value read(Value pointer, step::StateOp state) {
    Type storage = f.storageOf(state);
    Value value = b.load(Loops::wide(storage, width), b.address(pointer, storage, element), alignment(storage));
    if (!Tables::arrayType(state).getElement().isInteger(1))
      return value;
    Value zero = b.broadcast(arith::ConstantOp::create(b, b.loc, b.getIntegerAttr(storage, 0)), width);
    return arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::ne, value, zero);
  }

  void write(Value pointer, step::StateOp state, Value value) {
    Type storage = f.storageOf(state);
    if (Tables::arrayType(state).getElement().isInteger(1))
      value = arith::ExtUIOp::create(b, b.loc, Loops::wide(storage, width), value);
    b.store(value, b.address(pointer, storage, element), alignment(storage));
  }

  /// Appends the elements of this iteration whose mask is set. Spikes are rare: one test skips the whole vector.
  Value append(const List &list, Value mask, Value position) {
    Value bits = mask;
    if (width > 1)
      bits = LLVM::BitcastOp::create(b, b.loc, b.getIntegerType(width), mask);
    bits = arith::ExtUIOp::create(b, b.loc, b.getI64Type(), bits);
    Value any = arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::ne, bits, b.integer(0));
    auto branch = scf::IfOp::create(b, b.loc, TypeRange(b.getI64Type()), any, true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(b, b.loc, position);
    b.setInsertionPointToStart(branch.thenBlock());
    // Padding beyond the last element never counts.
    Value left = b.sub(size, element), all = b.integer(width);
    Value lanes = b.choose(b.less(left, all), left, all);
    Value valid = b.sub(arith::ShLIOp::create(b, b.loc, b.integer(1), lanes), b.integer(1));
    bits = arith::AndIOp::create(b, b.loc, bits, valid);
    scf::YieldOp::create(b, b.loc, appendBits(list, bits, position));
    return branch.getResult(0);
  }

  Value appendBits(const List &list, Value bits, Value position) {
    Type i64 = b.getI64Type();
    auto loop = scf::WhileOp::create(
        b, b.loc, TypeRange{i64, i64}, ValueRange{bits, position},
        [&](OpBuilder &inner, Location loc, ValueRange x) {
          Value more = arith::CmpIOp::create(inner, loc, arith::CmpIPredicate::ne, x[0], b.integer(0));
          scf::ConditionOp::create(inner, loc, more, x);
        },
        [&](OpBuilder &inner, Location loc, ValueRange x) {
          Loops::InsertionGuard guard(b);
          b.setInsertionPoint(inner.getInsertionBlock(), inner.getInsertionPoint());
          Value lowest = LLVM::CountTrailingZerosOp::create(b, loc, i64, x[0], true);
          b.store(b.toI32(b.add(element, lowest)), b.address(list.slot, b.getI32Type(), x[1]));
          Value rest = arith::AndIOp::create(b, loc, x[0], b.sub(x[0], b.integer(1)));
          scf::YieldOp::create(b, loc, ValueRange{rest, b.add(x[1], b.integer(1))});
        });
    return loop.getResult(1);
  }

  PhaseFrame &f;
  Loops &b;
  unsigned width;
  RegionEmitter emitter;
  Value size, element;
  std::vector<List> lists;
  SmallVector<Value> positionsNow;
  DenseMap<Value, Value> values; ///< arrays -> vectors of this iteration
  struct Write {
    Value pointer;
    step::StateOp state;
    Value value;
  };
  std::vector<Write> later;
};

} // namespace

LogicalResult lowerElement(PhaseFrame &frame, Value element, Value size, ValueRange masks) {
  return Elementwise(frame).lowerOne(element, size, masks);
}

LogicalResult lowerElementwise(PhaseFrame &frame) { return Elementwise(frame).lower(); }

} // namespace bdc::compiler::lower
