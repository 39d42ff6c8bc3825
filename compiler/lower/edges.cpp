// Phases that follow edges: deliveries and sums over connections, in canonical source order.
#include "compiler/lower/edges.h"
#include "runtime/abi.h"

namespace bdc::compiler::lower {

namespace {

/// Deliveries: for every block of this thread's targets, every due spike, every edge.
class Delivery {
public:
  Delivery(PhaseFrame &f, step::DeliverOp op)
      : f(f), b(f.b), op(op), graph(f, f.lowering.tables.graphs[f.lowering.tables.at(op.getGraphAttr())]), emitter(f.emitter(1)) {}

  LogicalResult lower() {
    Tables &tables = f.lowering.tables;
    // Spike lists: those of step - 1 - delay.
    Value queue = f.access.get({Word::Queue, tables.at(op.getQueueAttr())});
    Value common = op.getSlots() ? b.integer(0) : graph.common;
    Value due = b.sub(b.sub(f.step, b.integer(1)), common);
    Value depth = b.fromI32(b.load(b.getI32Type(), b.field(queue, offsetof(bdc_queue, depth))));
    Value slot = b.remainder(due, depth);
    threads = f.access.threads();
    Value lists = b.load(b.pointerType(), b.field(queue, offsetof(bdc_queue, list)));
    Value capacity = b.load(b.getI64Type(), b.field(queue, offsetof(bdc_queue, capacity)));
    list = b.address(lists, b.getI32Type(), b.mul(slot, capacity));
    Value allCounts = b.load(b.pointerType(), b.field(queue, offsetof(bdc_queue, count)));
    counts = b.address(allCounts, b.getI32Type(), b.mul(slot, threads));
    segments = f.access.boundsOf(tables.at(tables.queues[tables.at(op.getQueueAttr())].getSpaceAttr()));
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
    for (Value next : op.getNext()) {
      step::StateOp state = f.stateOf(next);
      states.push_back(state);
      pointers.push_back(op.getSlots() ? Value() : f.array(state));
    }
    if (op.getSlots()) {
      rows = f.rows(states[0]);
      current = b.remainder(f.step, rows);
    }
    targets = graph.pointer(offsetof(bdc_graph, target));
    offsets = graph.pointer(offsetof(bdc_graph, offset));
    bases = graph.pointer(offsetof(bdc_graph, block_base));
    rowLength = b.add(graph.count(offsetof(bdc_graph, sources)), b.integer(1));
    threadBlock = graph.pointer(offsetof(bdc_graph, thread_block));
    lineEdges = edgesAhead();
  }

  Value wordAt(Value base, Value index) { return b.load(b.getI32Type(), b.address(base, b.getI32Type(), index)); }

  LogicalResult blocks() {
    bool ok = true;
    Value from = b.fromI32(wordAt(threadBlock, f.thread)), to = b.fromI32(wordAt(threadBlock, b.add(f.thread, b.integer(1))));
    b.loop(from, to, [&](Value block) {
      blockOffsets = b.address(offsets, b.getI32Type(), b.mul(block, rowLength));
      blockBase = b.load(b.getI64Type(), b.address(bases, b.getI64Type(), block));
      b.loop(b.integer(0), threads, [&](Value segment) {
        Value first = b.load(b.getI64Type(), b.address(segments, b.getI64Type(), segment));
        spikes = b.address(list, b.getI32Type(), first);
        Value n = b.fromI32(wordAt(counts, segment)), last = b.sub(n, b.integer(1));
        b.loop(b.integer(0), n, [&](Value i) {
          prefetchRow(i, last);
          auto [e0, e1] = row(b.fromI32(wordAt(spikes, i), false));
          b.loop(e0, e1, [&](Value edge) { ok &= succeeded(deliver(edge)); });
        });
      });
    });
    return success(ok);
  }

  Value wordAtOffset(Value source) { return b.fromI32(wordAt(blockOffsets, source), false); }

  /// First edge and the edge after the last of a source in the present block.
  std::pair<Value, Value> row(Value source) {
    Value at = b.address(blockOffsets, b.getI32Type(), source);
    Value e0 = b.fromI32(b.load(b.getI32Type(), at), false);
    Value e1 = b.fromI32(b.load(b.getI32Type(), b.field(at, 4)), false);
    return {b.add(blockBase, e0), b.add(blockBase, e1)};
  }

  /// Rows lie anywhere in memory. Where one begins is asked for sixteen spikes early, its lines eight; as many lines for every
  /// row, so that the processor guesses this loop's end right and never waits for an address to know it.
  void prefetchRow(Value i, Value last) {
    auto spikeAhead = [&](int64_t distance) {
      Value ahead = b.add(i, b.integer(distance));
      return b.fromI32(wordAt(spikes, b.choose(b.less(ahead, last), ahead, last)), false);
    };
    b.prefetch(b.address(blockOffsets, b.getI32Type(), spikeAhead(16)), false);
    Value first = b.add(blockBase, wordAtOffset(spikeAhead(8)));
    b.loop(b.integer(0), lineEdges, b.integer(16), {}, [&](Value edge, ValueRange) {
      Value at = b.add(first, edge);
      b.prefetch(b.address(targets, b.getI32Type(), at), false);
      if (graph.weights)
        b.prefetch(b.address(graph.weights, graph.weightType, at), false);
      if (op.getSlots())
        b.prefetch(b.address(graph.delays, b.getI32Type(), at), false);
      return SmallVector<Value>();
    });
  }

  /// Edges whose lines are worth asking for: those of a mean row in a block, and what it may stick out into the next line.
  Value edgesAhead() {
    Value blockCount = b.fromI32(b.load(b.getI32Type(), b.field(graph.base, offsetof(bdc_graph, blocks))));
    Value rows = b.mul(blockCount, rowLength), edges = graph.count(offsetof(bdc_graph, edges));
    Value mean = arith::DivUIOp::create(b, b.loc, edges, rows), most = b.integer(256);
    return b.add(b.choose(b.less(mean, most), mean, most), b.integer(16));
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
  Value threads, list, counts, segments, targets, offsets, bases, rowLength, threadBlock, rows, current, lineEdges;
  Value blockOffsets, blockBase, spikes;
};

/// Sums over the transpose: for every element its outgoing edges, in the order of their targets.
class TransposedContraction {
public:
  TransposedContraction(PhaseFrame &f, step::ContractOp op)
      : f(f), b(f.b), op(op), graph(f, f.lowering.tables.graphs[f.lowering.tables.at(op.getGraphAttr())]), emitter(f.emitter(1)) {}

  LogicalResult lower() {
    Tables &tables = f.lowering.tables;
    out = f.stateOf(op.getSum());
    Type real = tables.compute(Tables::arrayType(out).getElement());
    openSources();
    Value bounds = f.access.boundsOf(tables.at(f.phase.getSpaceAttr()));
    Value begin = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), f.thread));
    Value end = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), b.add(f.thread, b.integer(1))));
    Value outArray = f.array(out), one = b.integer(1);
    SmallVector<Value> targetArrays;
    for (Value target : op.getTargets())
      targetArrays.push_back(f.array(f.stateOf(target)));
    bool ok = true;
    b.loop(begin, end, [&](Value element) {
      if (!emitter.outermost)
        f.access.anchorBefore(emitter.outermost = element.getParentBlock()->getParentOp());
      SmallVector<Value> own;
      for (auto [target, pointer] : llvm::zip(op.getTargets(), targetArrays))
        own.push_back(readElement(f, f.stateOf(target), pointer, element));
      emitter.element = element;
      auto body = [&](Value edge, Value other, Value sum) {
        Value term;
        ok &= succeeded(this->term(edge, other, own, term));
        return SmallVector<Value>{term ? arith::AddFOp::create(b, b.loc, sum, term).getResult() : sum};
      };
      Value sum = b.number(real, 0);
      sum = outgoing(element, sum, one, body);
      writeElement(f, out, outArray, element, sum);
    });
    return success(ok);
  }

private:
  using Body = llvm::function_ref<SmallVector<Value>(Value edge, Value other, Value sum)>;

  void openSources() {
    for (Value source : op.getSources()) {
      step::StateOp state = f.stateOf(source);
      states.push_back(state);
      arrays.push_back(f.array(state));
      if (!state.getRows()) {
        rows.push_back(Value());
        current.push_back(Value());
        continue;
      }
      // The row of the step before this one; of the step after it where time runs backwards.
      Value n = f.rows(state);
      rows.push_back(n);
      Value before = f.reverse ? b.add(f.step, b.integer(1)) : b.add(b.sub(f.step, b.integer(1)), n);
      current.push_back(b.remainder(before, n));
    }
    targets = graph.pointer(offsetof(bdc_graph, target));
    offsets = graph.pointer(offsetof(bdc_graph, offset));
    bases = graph.pointer(offsetof(bdc_graph, block_base));
    blockCount = b.fromI32(b.load(b.getI32Type(), b.field(graph.base, offsetof(bdc_graph, blocks))));
    rowLength = b.add(graph.count(offsetof(bdc_graph, sources)), b.integer(1));
  }

  Value wordAt(Value base, Value index) { return b.fromI32(b.load(b.getI32Type(), b.address(base, b.getI32Type(), index)), false); }

  /// Blocks hold ascending targets, so block by block is ascending order.
  Value outgoing(Value element, Value sum, Value one, Body body) {
    return b.loop(b.integer(0), blockCount, one, sum, [&](Value block, ValueRange outer) {
      Value base = b.load(b.getI64Type(), b.address(bases, b.getI64Type(), block));
      Value at = b.address(offsets, b.getI32Type(), b.add(b.mul(block, rowLength), element));
      Value from = b.add(base, b.fromI32(b.load(b.getI32Type(), at), false));
      Value to = b.add(base, b.fromI32(b.load(b.getI32Type(), b.field(at, 4)), false));
      return b.loop(from, to, one, outer, [&](Value edge, ValueRange carried) {
        return body(edge, wordAt(targets, edge), carried[0]);
      });
    })[0];
  }

  /// A source's value as long ago as the edge's delay; between two steps, on the straight line.
  Value past(step::StateOp state, Value now, Value rows, Value edge, Value other) {
    Value delay = graph.delay(edge);
    auto at = [&](Value steps) {
      Value row = f.reverse ? b.wrapDown(b.add(now, steps), rows) : b.wrapUp(b.sub(now, steps), rows);
      return readElement(f, state, f.row(state, row), other);
    };
    Value value = at(delay), fraction = graph.fraction(edge);
    if (!fraction)
      return value;
    Value before = at(b.add(delay, b.integer(1)));
    Value far = arith::MulFOp::create(b, b.loc, fraction, arith::SubFOp::create(b, b.loc, before, value));
    return arith::AddFOp::create(b, b.loc, value, far);
  }

  LogicalResult term(Value edge, Value other, ArrayRef<Value> own, Value &result) {
    SmallVector<Value> arguments = {graph.weight(edge)};
    for (auto [state, array, n, now] : llvm::zip(states, arrays, rows, current))
      arguments.push_back(n ? past(state, now, n, edge, other) : readElement(f, state, array, other));
    llvm::append_range(arguments, own);
    Block &region = op.getBody().front();
    if (region.getNumArguments() != arguments.size())
      return op.emitOpError() << "region takes the weight, " << states.size() << " source and " << own.size() << " target values";
    if (failed(emitter.emit(region, arguments)))
      return failure();
    return result = emitter.vector(region.getTerminator()->getOperand(0)), success();
  }

  PhaseFrame &f;
  Loops &b;
  step::ContractOp op;
  GraphView graph;
  RegionEmitter emitter;
  step::StateOp out;
  SmallVector<step::StateOp> states;
  SmallVector<Value> arrays, rows, current;
  Value targets, offsets, bases, blockCount, rowLength;
};

} // namespace

LogicalResult lowerDeliver(PhaseFrame &frame, step::DeliverOp deliver) { return Delivery(frame, deliver).lower(); }
LogicalResult lowerContract(PhaseFrame &frame, step::ContractOp contract) {
  return contract.getTransposed() ? TransposedContraction(frame, contract).lower() : lowerGather(frame, contract);
}

} // namespace bdc::compiler::lower
