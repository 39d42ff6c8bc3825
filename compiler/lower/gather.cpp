// Sums over the edges of a target (or, transposed, of a source).
//
// Every target's edges are added as four sums, of every fourth edge, in the order of the sources: the additions do not wait for each other,
// and the order depends on nothing. What lies BDC_AHEAD - 1 steps or more in the past is known for BDC_AHEAD steps at once: those sums are
// made together, a vector over time, from values that lie side by side in the ring of their source. Where time runs backwards it is the far
// future that is known.
#include "compiler/lower/edges.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace bdc::compiler::lower {

namespace {

constexpr unsigned chains = 4;

class Gather {
public:
  Gather(PhaseFrame &f, step::ContractOp op)
      : f(f), b(f.b), tables(f.lowering.tables), op(op), graph(f, tables.graphs[tables.at(op.getGraphAttr())]),
        lanes(std::min(f.lowering.width, chains)), steps(std::min<unsigned>(f.lowering.width, BDC_AHEAD)), near(f.emitter(lanes)),
        far(f.emitter(steps)) {}

  LogicalResult lower() {
    out = f.stateOf(op.getSum());
    real = tables.compute(Tables::arrayType(out).getElement());
    if (failed(check()))
      return failure();
    openSources();
    openEdges();
    Value bounds = f.access.boundsOf(tables.at(f.phase.getSpaceAttr()));
    Value begin = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), f.thread));
    Value end = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), b.add(f.thread, b.integer(1))));
    if (op.getAheadAttr())
      openAhead();
    SmallVector<Value> targetArrays;
    for (Value target : op.getTargets())
      targetArrays.push_back(f.array(f.stateOf(target)));
    Value outArray = f.array(out);
    if (op.getAheadAttr())
      b.when(arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::eq, ofBlock, b.integer(f.reverse ? BDC_AHEAD - 1 : 0)), [&] {
        b.loop(begin, end, [&](Value target) {
          anchor(far, target);
          sumAhead(target);
        });
      });
    b.loop(begin, end, [&](Value target) {
      anchor(near, target);
      SmallVector<Value> own;
      for (auto [each, pointer] : llvm::zip(op.getTargets(), targetArrays))
        own.push_back(readElement(f, f.stateOf(each), pointer, target));
      Value sum = sumNow(target, own);
      if (op.getAheadAttr()) {
        Value made = b.load(real, b.address(aheadArray, real, b.add(b.mul(target, aheadStride), ofBlock)));
        sum = arith::AddFOp::create(b, b.loc, made, sum);
      }
      writeElement(f, out, outArray, target, sum);
    });
    return success(ok);
  }

private:
  struct Source {
    step::StateOp state;
    Value array, rows, stride, now; ///< rows: null for what is read now; now: the row of the step before (after, in reverse)
    Value first;                    ///< the same of the first of the steps that are summed together
    bool isRate = false;
  };

  LogicalResult check() {
    Block &region = op.getBody().front();
    if (region.getNumArguments() != 1 + op.getSources().size() + op.getTargets().size() - (op.getMixed() ? 2 : 0))
      return op.emitOpError() << "region takes the weight, " << op.getSources().size() << " source and " << op.getTargets().size()
                              << " target values";
    if (!op.getAheadAttr())
      return success();
    bool timeless = llvm::none_of(region, [](Operation &each) { return isa<bd::TimeOp, bd::RandomOp>(each); });
    bool byElement = llvm::all_of(op.getSources(), [&](Value source) { return bool(f.stateOf(source).getByElement()); });
    if (!timeless || !byElement || !op.getTargets().empty() || !op.getRates().empty())
      return op.emitOpError() << "can be summed ahead from rings by element alone, without time, random numbers, target values or rates";
    return success();
  }

  /// Values that are the same for all targets go in front of the loop over them; words of the pack, which both loops read, in front of the
  /// condition under which there is the first.
  void anchor(RegionEmitter &emitter, Value target) {
    emitter.outermost = target.getParentBlock()->getParentOp();
    emitter.element = target;
    Operation *around = emitter.outermost->getParentOp();
    f.access.anchorBefore(isa<scf::IfOp>(around) ? around : emitter.outermost);
  }

  void openSources() {
    for (Value value : op.getSources()) {
      Source source{f.stateOf(value), f.array(f.stateOf(value)), {}, {}, {}, {}, false};
      if (source.state.getRows()) {
        // The row of the step before this one; of the step after it where time runs backwards.
        source.rows = f.rows(source.state);
        source.stride = f.access.get({Word::Stride, tables.position.lookup(source.state.getSymName())});
        Value row = f.stepModulo(source.rows), one = b.integer(1);
        source.now = f.reverse ? b.wrapDown(b.add(row, one), source.rows) : b.wrapUp(b.sub(row, one), source.rows);
      }
      source.isRate = llvm::is_contained(op.getRates(), int64_t(sources.size()));
      sources.push_back(source);
    }
  }

  void openEdges() {
    size_t rows = op.getTransposed() ? offsetof(bdc_graph, out) : offsetof(bdc_graph, in);
    offsets = graph.pointer(rows + offsetof(bdc_rows, offset));
    others = graph.pointer(rows + offsetof(bdc_rows, other));
    farEnds = graph.pointer(rows + offsetof(bdc_rows, far));
    if (graph.weights)
      weights = graph.pointer(rows + offsetof(bdc_rows, weight));
    if (graph.delays)
      delays = graph.pointer(rows + offsetof(bdc_rows, delay));
    if (graph.fractions)
      fractions = graph.pointer(rows + offsetof(bdc_rows, fraction));
  }

  void openAhead() {
    step::StateOp state = tables.state(op.getAheadAttr());
    aheadArray = f.array(state);
    aheadStride = f.access.get({Word::Stride, tables.position.lookup(state.getSymName())});
    ofBlock = arith::AndIOp::create(b, b.loc, f.step, b.integer(BDC_AHEAD - 1));
    for (Source &source : sources)
      source.first = f.reverse ? b.wrapUp(b.sub(source.now, ofBlock), source.rows) : source.now;
  }

  Value at(Value list, Value index) { return b.load(b.getI64Type(), b.address(list, b.getI64Type(), index)); }
  Value wordAt(Value list, Value index) { return b.fromI32(b.load(b.getI32Type(), b.address(list, b.getI32Type(), index)), false); }

  Value weight(Value edge) {
    if (weights)
      return b.load(graph.weightType, b.address(weights, graph.weightType, edge));
    return graph.weight(edge);
  }
  Value delay(Value edge) { return delays ? b.fromI32(b.load(b.getI32Type(), b.address(delays, b.getI32Type(), edge))) : graph.common; }
  Value fraction(Value edge) { return b.load(tables.real, b.address(fractions, tables.real, edge)); }

  /// Between a value and the one a step before it, on the straight line.
  Value between(Value value, Value before, Value part) {
    Value way = arith::MulFOp::create(b, b.loc, part, arith::SubFOp::create(b, b.loc, before, value));
    return arith::AddFOp::create(b, b.loc, value, way);
  }

  // What is felt of one edge at this step.

  Value element(Source &source, Value other, Value row) {
    Value where = source.state.getByElement() ? b.add(b.mul(other, source.stride), row) : b.add(b.mul(row, source.stride), other);
    return readElement(f, source.state, source.array, where);
  }

  Value stepSize() {
    Value dt = f.access.get({Word::Scalar, 0});
    return real.isF32() ? arith::TruncFOp::create(b, b.loc, real, dt).getResult() : dt;
  }

  /// The value a number of whole steps beyond the edge's delay.
  Value valueAgo(Source &source, Value edge, Value other, int64_t more) {
    if (!source.rows)
      return readElement(f, source.state, source.array, other);
    Value count = more ? b.add(delay(edge), b.integer(more)) : delay(edge);
    Value row = f.reverse ? b.wrapDown(b.add(source.now, count), source.rows) : b.wrapUp(b.sub(source.now, count), source.rows);
    return element(source, other, row);
  }

  Value valueNow(Source &source, Value edge, Value other) {
    Value value = valueAgo(source, edge, other, 0);
    if (source.isRate) {
      Value change = arith::SubFOp::create(b, b.loc, value, valueAgo(source, edge, other, 1));
      return arith::DivFOp::create(b, b.loc, change, stepSize());
    }
    return source.rows && fractions ? between(value, valueAgo(source, edge, other, 1), fraction(edge)) : value;
  }

  /// Several numbers as one vector.
  Value join(ArrayRef<Value> values) {
    if (values.size() == 1)
      return values[0];
    return vector::FromElementsOp::create(b, b.loc, Loops::wide(values[0].getType(), values.size()), values);
  }

  Value term(RegionEmitter &emitter, ValueRange arguments) {
    Block &region = op.getBody().front();
    ok &= succeeded(emitter.emit(region, arguments));
    return ok ? emitter.vector(region.getTerminator()->getOperand(0), real) : Value();
  }

  /// The terms of edges first, first + 1, … one in each lane.
  Value termsNow(Value first, ValueRange own) {
    if (op.getMixed())
      return mixedTerms(first, own);
    SmallVector<Value> arguments = edgeValues(first, [&](Source &source, Value edge, Value other) { return valueNow(source, edge, other); });
    for (Value value : own)
      arguments.push_back(b.broadcast(value, lanes));
    return term(near, arguments);
  }

  /// Weights and sources' values of edges first, first + 1, …
  SmallVector<Value> edgeValues(Value first, llvm::function_ref<Value(Source &, Value, Value)> value) {
    SmallVector<Value> edgeWeights;
    SmallVector<SmallVector<Value>> read(sources.size());
    for (unsigned lane = 0; lane < lanes; ++lane) {
      Value edge = b.add(first, b.integer(lane)), other = wordAt(others, edge);
      edgeWeights.push_back(weight(edge));
      for (auto [source, values] : llvm::zip(sources, read))
        values.push_back(value(source, edge, other));
    }
    SmallVector<Value> arguments = {join(edgeWeights)};
    for (ArrayRef<Value> values : read)
      arguments.push_back(join(values));
    return arguments;
  }

  /// The terms of the two steps that felt this one's value, each with the value that it felt.
  Value mixedTerms(Value first, ValueRange own) {
    SmallVector<Value> parts;
    for (unsigned lane = 0; lane < lanes; ++lane)
      parts.push_back(fraction(b.add(first, b.integer(lane))));
    Value part = join(parts);
    SmallVector<Value> values;
    for (Value value : own.take_back(3))
      values.push_back(b.broadcast(value, lanes));
    auto termOf = [&](int64_t more, Value felt) {
      SmallVector<Value> arguments = edgeValues(first, [&](Source &source, Value edge, Value other) { return valueAgo(source, edge, other, more); });
      for (Value value : own.drop_back(3))
        arguments.push_back(b.broadcast(value, lanes));
      arguments.push_back(felt);
      return term(near, arguments);
    };
    Value sooner = termOf(0, between(values[1], values[0], part)), later = termOf(1, between(values[2], values[1], part));
    return sooner && later ? between(sooner, later, part) : Value();
  }

  /// The sum of the edges that are not summed ahead.
  Value sumNow(Value target, ValueRange own) {
    Value from = at(op.getAheadAttr() ? farEnds : offsets, target);
    Value to = at(offsets, b.add(target, b.integer(1)));
    if (!op.getAheadAttr() && delays) { // far ones are a sum of their own, as they are when made ahead
      Value middle = at(farEnds, target);
      Value first = chainsNow(from, middle, own), second = chainsNow(middle, to, own);
      return arith::AddFOp::create(b, b.loc, first, second);
    }
    return chainsNow(from, to, own);
  }

  Value chainsNow(Value from, Value to, ValueRange own) {
    Value zero = b.broadcast(b.number(real, 0), lanes);
    SmallVector<Value> sums(chains / lanes, zero);
    auto group = [&](Value first, ValueRange carried, Value end) {
      SmallVector<Value> next;
      for (auto [part, sum] : llvm::enumerate(carried)) {
        Value edge = b.add(first, b.integer(int64_t(part * lanes)));
        Value value = termsNow(edge, own);
        if (!value)
          return SmallVector<Value>(carried);
        if (end)
          value = arith::SelectOp::create(b, b.loc, below(edge, end, lanes), value, zero);
        next.push_back(arith::AddFOp::create(b, b.loc, sum, value));
      }
      return next;
    };
    return combine(groups(from, to, sums, group));
  }

  /// Whole groups of four edges, then what is left of one.
  SmallVector<Value> groups(Value from, Value to, SmallVector<Value> sums,
                            llvm::function_ref<SmallVector<Value>(Value, ValueRange, Value)> group) {
    Value count = b.sub(to, from), rest = arith::AndIOp::create(b, b.loc, count, b.integer(chains - 1));
    Value whole = b.sub(to, rest), step = b.integer(chains);
    sums = b.loop(from, whole, step, sums, [&](Value first, ValueRange carried) { return group(first, carried, {}); });
    return b.loop(whole, to, step, sums, [&](Value first, ValueRange carried) { return group(first, carried, to); });
  }

  /// Which of the edges first, first + 1, … lie below `end`.
  Value below(Value first, Value end, unsigned count) {
    SmallVector<Value> conditions;
    for (unsigned i = 0; i < count; ++i)
      conditions.push_back(b.less(b.add(first, b.integer(i)), end));
    return join(conditions);
  }

  /// (s0 + s1) + (s2 + s3) of vectors that hold four sums together, or of four.
  Value combine(ArrayRef<Value> sums) {
    SmallVector<Value> parts;
    for (Value sum : sums)
      for (unsigned lane = 0; lane < lanes; ++lane)
        parts.push_back(lanes == 1 ? sum : vector::ExtractOp::create(b, b.loc, sum, int64_t(lane)).getResult());
    return tree(parts);
  }
  Value tree(ArrayRef<Value> s) {
    auto plus = [&](Value x, Value y) { return arith::AddFOp::create(b, b.loc, x, y).getResult(); };
    return plus(plus(s[0], s[1]), plus(s[2], s[3]));
  }

  // What is felt of one edge at each of the next steps.

  /// Values of one source at `steps` successive steps, the first of them `part` groups after the present one.
  Value valuesAhead(Source &source, Value edge, Value other, unsigned part) {
    Value row = b.mul(other, source.stride), count = delay(edge);
    auto read = [&](Value ago) {
      Value at = f.reverse ? b.wrapDown(b.add(source.first, ago), source.rows) : b.wrapUp(b.sub(source.first, ago), source.rows);
      Value first = b.add(row, at);
      Value where = b.address(source.array, real, b.add(first, b.integer(int64_t(part * steps))));
      return b.load(Loops::wide(real, steps), where, real.getIntOrFloatBitWidth() / 8);
    };
    Value values = read(count);
    if (!fractions)
      return values;
    return between(values, read(b.add(count, b.integer(1))), b.broadcast(fraction(edge), steps));
  }

  /// The sums over the far edges of one target for BDC_AHEAD steps.
  void sumAhead(Value target) {
    unsigned parts = BDC_AHEAD / steps;
    Value zero = b.broadcast(b.number(real, 0), steps);
    auto group = [&](Value first, ValueRange carried, Value end) {
      SmallVector<Value> next(carried);
      for (unsigned chain = 0; chain < chains; ++chain) {
        Value edge = b.add(first, b.integer(chain)), valid;
        if (end)
          valid = b.less(edge, end);
        Value other = wordAt(others, edge), edgeWeight = b.broadcast(weight(edge), steps);
        for (unsigned part = 0; part < parts; ++part) {
          SmallVector<Value> arguments = {edgeWeight};
          for (Source &source : sources)
            arguments.push_back(valuesAhead(source, edge, other, part));
          Value value = term(far, arguments);
          if (!value)
            return next;
          if (valid)
            value = arith::SelectOp::create(b, b.loc, valid, value, zero);
          Value &sum = next[chain * parts + part];
          sum = arith::AddFOp::create(b, b.loc, sum, value);
        }
      }
      return next;
    };
    SmallVector<Value> sums = groups(at(offsets, target), at(farEnds, target), SmallVector<Value>(chains * parts, zero), group);
    Value where = b.mul(target, aheadStride);
    for (unsigned part = 0; part < parts; ++part) {
      Value sum = tree({sums[part], sums[parts + part], sums[2 * parts + part], sums[3 * parts + part]});
      b.store(sum, b.address(aheadArray, real, b.add(where, b.integer(int64_t(part * steps)))), real.getIntOrFloatBitWidth() / 8);
    }
  }

  PhaseFrame &f;
  Loops &b;
  Tables &tables;
  step::ContractOp op;
  GraphView graph;
  unsigned lanes; ///< edges in one vector of this step's terms
  unsigned steps; ///< steps in one vector of terms ahead
  RegionEmitter near, far;
  step::StateOp out;
  Type real;
  SmallVector<Source> sources;
  Value offsets, others, farEnds, weights, delays, fractions;
  Value aheadArray, aheadStride, ofBlock; ///< ofBlock: which of the steps summed together this one is
  bool ok = true;
};

} // namespace

LogicalResult lowerContract(PhaseFrame &frame, step::ContractOp contract) { return Gather(frame, contract).lower(); }

} // namespace bdc::compiler::lower
