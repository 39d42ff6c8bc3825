// Deliveries: the events that are due, through the edges of their sources, in canonical source order.
#include "compiler/lower/edges.h"
#include "runtime/abi.h"

namespace bdc::compiler::lower {

namespace {

/// Deliveries: for every block of this thread's targets, every due spike, every edge.
class Delivery {
  static constexpr int64_t mostRows = 64;

public:
  Delivery(PhaseFrame &f, step::DeliverOp op)
      : f(f), b(f.b), op(op), graph(f, f.lowering.tables.graphs[f.lowering.tables.at(op.getGraphAttr())]), emitter(f.emitter(1)) {}

  LogicalResult lower() {
    Tables &tables = f.lowering.tables;
    sources = memory(b.getI32Type(), mostRows);
    begins = memory(b.getI64Type(), mostRows);
    ends = memory(b.getI64Type(), mostRows);
    place = memory(b.getI64Type(), 2);
    // The list of step - 1 - delay.
    queue = f.access.get({Word::Queue, tables.at(op.getQueueAttr())});
    Value common = op.getSlots() ? b.integer(0) : graph.common;
    Value due = b.sub(b.sub(f.step, b.integer(1)), common);
    Value depth = b.fromI32(b.load(b.getI32Type(), b.field(queue, offsetof(bdc_queue, depth))));
    slot = b.remainder(due, depth);
    openTargets();
    bool ok = true;
    b.when(b.less(b.integer(-1), due), [&] {
      emitter.outermost = b.getInsertionBlock()->getParentOp();
      f.access.anchorBefore(emitter.outermost);
      ok = succeeded(blocks());
    });
    return success(ok);
  }

private:
  void openTargets() {
    for (auto [before, next] : llvm::zip_equal(op.getStates(), op.getNext())) {
      step::StateOp state = f.stateOf(next.use_empty() ? before : next); // what is passed on as it is may have no reader
      states.push_back(state);
      pointers.push_back(op.getSlots() ? Value() : f.array(state));
    }
    if (op.getSlots()) {
      rows = f.rows(states[0]);
      current = b.remainder(f.step, rows);
    }
    targets = graph.pointer(offsetof(bdc_graph, target));
    pieces = graph.pointer(offsetof(bdc_graph, piece));
    stride = b.add(b.fromI32(b.load(b.getI32Type(), b.field(graph.base, offsetof(bdc_graph, blocks)))), b.integer(1));
    threadBlock = graph.pointer(offsetof(bdc_graph, thread_block));
    openRows();
  }

  /// As many rows are found before the first of them is walked along as have lines that fit the first-level cache.
  void openRows() {
    ahead = b.fromI32(b.load(b.getI32Type(), b.field(graph.base, offsetof(bdc_graph, ahead))));
    auto upTo = [&](int64_t edges, int64_t count, Value more) { return b.choose(b.less(b.integer(edges), ahead), more, b.integer(count)); };
    room = upTo(64, mostRows, upTo(128, mostRows / 2, b.integer(mostRows / 4)));
  }

  Value memory(Type type, int64_t count) { return LLVM::AllocaOp::create(b, b.loc, b.pointerType(), type, b.integer(count), 64); }
  Value wordAt(Value base, Value index) { return b.load(b.getI32Type(), b.address(base, b.getI32Type(), index)); }
  Value longAt(Value base, Value index) { return b.load(b.getI64Type(), b.address(base, b.getI64Type(), index)); }

  LogicalResult blocks() {
    bool ok = true;
    Value from = b.fromI32(wordAt(threadBlock, f.thread)), to = b.fromI32(wordAt(threadBlock, b.add(f.thread, b.integer(1))));
    b.loop(from, to, [&](Value block) {
      blockPieces = b.address(pieces, b.getI64Type(), block);
      b.store(b.integer(0), place);
      b.store(b.integer(0), b.field(place, 8));
      whileDue([&](Value count) {
        b.loop(b.integer(0), count, [&](Value i) { findRow(i); });
        b.loop(b.integer(0), count, [&](Value i) {
          b.loop(longAt(begins, i), longAt(ends, i), [&](Value edge) { ok &= succeeded(deliver(edge)); });
        });
      });
    });
    return success(ok);
  }

  /// As long as there are spikes: some of them in `sources`.
  void whileDue(llvm::function_ref<void(Value)> body) {
    auto loop = scf::WhileOp::create(b, b.loc, TypeRange(b.getI64Type()), ValueRange(), nullptr, nullptr);
    Loops::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBeforeBody());
    Value count = b.callKernel("bdc_due", b.getI64Type(), {f.access.contextPointer(), queue, slot, place, blockPieces, stride, room, sources});
    scf::ConditionOp::create(b, b.loc, b.less(b.integer(0), count), ValueRange(count));
    b.setInsertionPointToStart(loop.getAfterBody());
    body(loop.getAfterArguments()[0]);
    scf::YieldOp::create(b, b.loc, ValueRange());
  }

  /// Looks up a piece of a row and asks for its lines, which lie anywhere in memory. As many lines for every piece: a loop as long as the piece
  /// would wait for its length.
  void findRow(Value i) {
    Value at = b.address(blockPieces, b.getI64Type(), b.mul(b.fromI32(wordAt(sources, i), false), stride));
    Value begin = b.load(b.getI64Type(), at), end = b.load(b.getI64Type(), b.field(at, 8));
    b.store(begin, b.address(begins, b.getI64Type(), i));
    b.store(end, b.address(ends, b.getI64Type(), i));
    b.loop(b.integer(0), ahead, b.integer(16), {}, [&](Value further, ValueRange) {
      Value edge = b.add(begin, further);
      b.prefetch(b.address(targets, b.getI32Type(), edge), false);
      if (graph.weights)
        b.prefetch(b.address(graph.weights, graph.weightType, edge), false);
      if (op.getSlots())
        b.prefetch(b.address(graph.delays, b.getI32Type(), edge), false);
      return SmallVector<Value>();
    });
  }

  LogicalResult deliver(Value edge) {
    Value target = b.fromI32(wordAt(targets, edge), false);
    SmallVector<Value> arguments, where;
    for (auto [state, pointer] : llvm::zip(states, pointers)) {
      where.push_back(op.getSlots() ? f.row(state, b.wrapDown(b.add(current, graph.delay(edge)), rows)) : pointer);
      arguments.push_back(readElement(f, state, where.back(), target));
    }
    arguments.push_back(graph.weight(edge));
    emitter.element = target;
    Block &region = op.getBody().front();
    if (failed(emitter.emit(region, arguments)))
      return failure();
    for (auto [state, pointer, yielded] : llvm::zip(states, where, region.getTerminator()->getOperands()))
      writeElement(f, state, pointer, target, emitter.vector(yielded));
    return success();
  }

  PhaseFrame &f;
  Loops &b;
  step::DeliverOp op;
  GraphView graph;
  RegionEmitter emitter;
  SmallVector<step::StateOp> states;
  SmallVector<Value> pointers;
  Value queue, slot, targets, pieces, stride, threadBlock, rows, current;
  Value sources, begins, ends, place; ///< memory: some of the spikes, their rows, how far the list has been read
  Value ahead, room;
  Value blockPieces;
};

} // namespace

LogicalResult lowerDeliver(PhaseFrame &frame, step::DeliverOp deliver) { return Delivery(frame, deliver).lower(); }

} // namespace bdc::compiler::lower
