// What is felt of one edge, now or some steps ago, and the terms that a region makes of it.
#include "compiler/lower/edge_terms.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace bdc::compiler::lower {

void EdgeTerms::openSources() {
  for (Value value : op.getSources()) {
    Source source{f.stateOf(value), f.array(f.stateOf(value)), {}, {}, {}, {}, {}, false};
    if (source.state.getRows()) {
      // The row of the step before this one; of the step after it where time runs backwards.
      source.rows = f.rows(source.state);
      source.stride = f.access.get({Word::Stride, tables.position.lookup(source.state.getSymName())});
      Value row = f.stepModulo(source.rows), one = b.integer(1);
      source.now = f.reverse ? b.wrapDown(b.add(row, one), source.rows) : b.wrapUp(b.sub(row, one), source.rows);
      source.last = f.reverse ? source.now : b.add(source.now, source.rows);
    }
    source.isRate = llvm::is_contained(op.getRates(), int64_t(sources.size()));
    sources.push_back(source);
  }
}

void EdgeTerms::openEdges() {
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

Value EdgeTerms::at(Value list, Value index) { return b.load(b.getI64Type(), b.address(list, b.getI64Type(), index)); }

Value EdgeTerms::wordAt(Value list, Value index) { return b.fromI32(b.load(b.getI32Type(), b.address(list, b.getI32Type(), index)), false); }

Value EdgeTerms::weight(Value edge) {
  if (weights)
    return b.load(graph.weightType, b.address(weights, graph.weightType, edge));
  return graph.weight(edge);
}

Value EdgeTerms::delay(Value edge) { return delays ? b.fromI32(b.load(b.getI32Type(), b.address(delays, b.getI32Type(), edge))) : graph.common; }

Value EdgeTerms::fraction(Value edge) { return b.load(tables.real, b.address(fractions, tables.real, edge)); }

Value EdgeTerms::fractionsOf(Value first) {
  SmallVector<Value> parts;
  for (unsigned lane = 0; lane < lanes; ++lane)
    parts.push_back(fraction(b.add(first, b.integer(lane))));
  return join(parts);
}

Value EdgeTerms::between(Value value, Value before, Value part) {
  Value way = arith::MulFOp::create(b, b.loc, part, arith::SubFOp::create(b, b.loc, before, value));
  return arith::AddFOp::create(b, b.loc, value, way);
}

Value EdgeTerms::element(Source &source, Value other, Value row) {
  Value where = source.state.getByElement() ? b.add(b.mul(other, source.stride), row) : b.add(b.mul(row, source.stride), other);
  return readElement(f, source.state, source.array, where);
}

Value EdgeTerms::stepSize() {
  Value dt = f.access.get({Word::Scalar, 0});
  return real.isF32() ? arith::TruncFOp::create(b, b.loc, real, dt).getResult() : dt;
}

Value EdgeTerms::valueAgo(Source &source, Value edge, Value other, int64_t more) {
  if (!source.rows)
    return readElement(f, source.state, source.array, other);
  Value count = more ? b.add(delay(edge), b.integer(more)) : delay(edge);
  if (source.state.getByElement())
    return element(source, other, f.reverse ? b.add(source.last, count) : b.sub(source.last, count));
  return element(source, other, f.reverse ? b.wrapDown(b.add(source.now, count), source.rows) : b.wrapUp(b.sub(source.now, count), source.rows));
}

Value EdgeTerms::valueNow(Source &source, Value edge, Value other) {
  Value value = valueAgo(source, edge, other, 0);
  if (source.isRate) {
    Value change = arith::SubFOp::create(b, b.loc, value, valueAgo(source, edge, other, 1));
    return arith::DivFOp::create(b, b.loc, change, stepSize());
  }
  return source.rows && fractions ? between(value, valueAgo(source, edge, other, 1), fraction(edge)) : value;
}

Value EdgeTerms::join(ArrayRef<Value> values) {
  if (values.size() == 1)
    return values[0];
  return vector::FromElementsOp::create(b, b.loc, Loops::wide(values[0].getType(), values.size()), values);
}

Value EdgeTerms::term(RegionEmitter &emitter, ValueRange arguments) {
  Block &region = op.getBody().front();
  ok &= succeeded(emitter.emit(region, arguments));
  return ok ? emitter.vector(region.getTerminator()->getOperand(0), real) : Value();
}

Value EdgeTerms::termsNow(Value first, ValueRange own, bool mayBeRun) {
  if (op.getMixed())
    return mixedTerms(first, own);
  SmallVector<Value> arguments = {weightsOf(first)};
  if (mayBeRun)
    llvm::append_range(arguments, presentValues(first));
  else if (areNeighbours())
    for (Source &source : sources)
      arguments.push_back(neighboursNow(source, first));
  else
    llvm::append_range(arguments, sourceValues(first, [&](Source &source, Value edge, Value other) { return valueNow(source, edge, other); }));
  for (Value value : own)
    arguments.push_back(b.broadcast(value, lanes));
  return term(*near, arguments);
}

Value EdgeTerms::run(Type type, Value list, Value first) { return b.load(Loops::wide(type, lanes), b.address(list, type, first), type.getIntOrFloatBitWidth() / 8); }

Value EdgeTerms::weightsOf(Value first) { return weights ? run(graph.weightType, weights, first) : b.broadcast(weight(first), lanes); }

Value EdgeTerms::termsAlone(Value first, ValueRange own) {
  SmallVector<Value> arguments = {weightsOf(first)};
  llvm::append_range(arguments, sourceValues(first, [&](Source &source, Value edge, Value other) { return valueAgo(source, edge, other, 0); }));
  ValueRange felt = own.take_back(2 * op.getMixed());
  for (Value value : own.drop_back(felt.size()))
    arguments.push_back(b.broadcast(value, lanes));
  Value part = felt.empty() ? Value() : fractionsOf(first);
  for (size_t at = 0; at < felt.size(); at += 2)
    arguments.push_back(between(b.broadcast(felt[at + 1], lanes), b.broadcast(felt[at], lanes), part));
  return term(*near, arguments);
}

SmallVector<Value> EdgeTerms::sourceValues(Value first, llvm::function_ref<Value(Source &, Value, Value)> value) {
  SmallVector<SmallVector<Value>> read(sources.size());
  for (unsigned lane = 0; lane < lanes; ++lane) {
    Value edge = b.add(first, b.integer(lane)), other = wordAt(others, edge);
    for (auto [source, values] : llvm::zip(sources, read))
      values.push_back(value(source, edge, other));
  }
  SmallVector<Value> joined;
  for (ArrayRef<Value> values : read)
    joined.push_back(join(values));
  return joined;
}

bool EdgeTerms::areNeighbours() {
  return lanes > 1 && llvm::all_of(sources, [&](Source &source) {
           return source.rows && source.state.getByElement() && (fractions || source.isRate);
         });
}

Value EdgeTerms::neighboursNow(Source &source, Value first) {
  Type wide = Loops::wide(b.getI64Type(), lanes);
  Value other = arith::ExtUIOp::create(b, b.loc, wide, run(b.getI32Type(), others, first));
  Value ago = delays ? arith::ExtSIOp::create(b, b.loc, wide, run(b.getI32Type(), delays, first)).getResult() : b.broadcast(graph.common, lanes);
  Value row = b.broadcast(source.last, lanes), element = b.mul(other, b.broadcast(source.stride, lanes));
  Value places = b.add(element, f.reverse ? b.add(row, ago) : b.sub(row, ago));
  auto placeOf = [&](unsigned lane) { return vector::ExtractOp::create(b, b.loc, places, int64_t(lane)).getResult(); };
  auto [value, before] = pairsAt(source, placeOf);
  if (!source.isRate)
    return between(value, before, run(tables.real, fractions, first));
  return arith::DivFOp::create(b, b.loc, arith::SubFOp::create(b, b.loc, value, before), b.broadcast(stepSize(), lanes));
}

std::pair<Value, Value> EdgeTerms::pairsAt(Source &source, llvm::function_ref<Value(unsigned)> placeOf) {
  Type type = f.storageOf(source.state);
  auto pair = [&](unsigned lane) {
    Value place = f.reverse ? placeOf(lane) : b.sub(placeOf(lane), b.integer(1));
    return b.load(Loops::wide(type, 2), b.address(source.array, type, place), type.getIntOrFloatBitWidth() / 8);
  };
  auto shuffle = [&](Value x, Value y, ArrayRef<int64_t> which) { return vector::ShuffleOp::create(b, b.loc, x, y, which).getResult(); };
  // Of two vectors the even lanes of both and the odd ones, in turn: one instruction each.
  Value even = pair(0), odd = pair(1);
  if (lanes == 4) {
    even = shuffle(even, pair(2), {0, 1, 2, 3});
    odd = shuffle(odd, pair(3), {0, 1, 2, 3});
  }
  SmallVector<int64_t> lower, upper;
  for (int64_t lane = 0; lane < lanes; lane += 2) {
    lower.append({lane, lanes + lane});
    upper.append({lane + 1, lanes + lane + 1});
  }
  Value sooner = shuffle(even, odd, lower), later = shuffle(even, odd, upper);
  return f.reverse ? std::pair(sooner, later) : std::pair(later, sooner);
}

SmallVector<Value> EdgeTerms::presentValues(Value first) {
  auto word = b.load(b.getI32Type(), b.address(others, b.getI32Type(), first));
  Value expected = b.add(b.broadcast(word, lanes), countUp(b.getI32Type(), lanes)), one = b.fromI32(word, false);
  Value same = arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::eq, run(b.getI32Type(), others, first), expected);
  Value isRun = vector::ReductionOp::create(b, b.loc, vector::CombiningKind::AND, same);
  SmallVector<Type> types;
  for (Source &source : sources)
    types.push_back(Loops::wide(f.storageOf(source.state), lanes));
  auto choice = scf::IfOp::create(b, b.loc, types, isRun, /*withElseRegion=*/true);
  Loops::InsertionGuard guard(b);
  b.setInsertionPointToEnd(choice.thenBlock());
  SmallVector<Value> values;
  for (Source &source : sources)
    values.push_back(run(f.storageOf(source.state), source.array, one));
  scf::YieldOp::create(b, b.loc, values);
  b.setInsertionPointToEnd(choice.elseBlock());
  scf::YieldOp::create(b, b.loc, sourceValues(first, [&](Source &source, Value, Value other) { return readElement(f, source.state, source.array, other); }));
  return SmallVector<Value>(choice.getResults());
}

Value EdgeTerms::mixedTerms(Value first, ValueRange own) {
  Value part = fractionsOf(first);
  SmallVector<Value> values;
  for (Value value : own.take_back(3 * op.getMixed()))
    values.push_back(b.broadcast(value, lanes));
  auto termOf = [&](int64_t more) {
    SmallVector<Value> arguments = {weightsOf(first)};
    llvm::append_range(arguments, sourceValues(first, [&](Source &source, Value edge, Value other) { return valueAgo(source, edge, other, more); }));
    for (Value value : own.drop_back(values.size()))
      arguments.push_back(b.broadcast(value, lanes));
    for (size_t at = more; at < values.size(); at += 3)
      arguments.push_back(between(values[at + 1], values[at], part));
    return term(*near, arguments);
  };
  Value sooner = termOf(0), later = termOf(1);
  return sooner && later ? between(sooner, later, part) : Value();
}

Value EdgeTerms::countUp(Type type, unsigned count) {
  SmallVector<Attribute> numbers;
  for (unsigned i = 0; i < count; ++i)
    numbers.push_back(b.getIntegerAttr(type, i));
  return arith::ConstantOp::create(b, b.loc, DenseElementsAttr::get(VectorType::get(int64_t(count), type), numbers));
}

} // namespace bdc::compiler::lower
