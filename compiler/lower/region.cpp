// Regions of scalar operations as arithmetic on vectors.
#include "compiler/lower/lower.h"

namespace bdc::compiler::lower {

LogicalResult RegionEmitter::emit(Block &block, ValueRange arguments) {
  for (auto [argument, value] : llvm::zip(block.getArguments(), arguments))
    varying[argument] = value;
  for (Operation &op : block.without_terminator())
    if (failed(emitOne(op)))
      return failure();
  return success();
}

Value RegionEmitter::cast(Value value, Type to) {
  Type from = getElementTypeOrSelf(value.getType());
  if (from == to || !isa<FloatType>(from))
    return value;
  Type type = isa<VectorType>(value.getType()) ? Type(VectorType::get(mlir::cast<VectorType>(value.getType()).getShape(), to)) : to;
  if (from.getIntOrFloatBitWidth() > to.getIntOrFloatBitWidth())
    return arith::TruncFOp::create(b, b.loc, type, value);
  return arith::ExtFOp::create(b, b.loc, type, value);
}

/// What is the same for all elements is as exact as what it meets.
Value RegionEmitter::vector(Value value, Type type) {
  if (Value known = varying.lookup(value))
    return cast(known, type);
  Value &known = broadcasts[{value, type}];
  if (known)
    return known;
  Value source = uniform.lookup(value);
  assert(source && "a value that was not emitted");
  OpBuilder::InsertionGuard guard(b);
  if (outermost)
    b.setInsertionPoint(outermost);
  return known = b.broadcast(cast(source, type), width);
}

LogicalResult RegionEmitter::emitOne(Operation &op) {
  bool done = false;
  if (failed(emitUniformLeaf(op, done)))
    return failure();
  if (done)
    return success();
  if (op.getNumResults() != 1)
    return op.emitOpError() << "cannot stand in a region of the step form";
  Value result = op.getResult(0), emitted;
  bool everywhere = !isa<bd::RandomOp, bd::IndexOp, bd::EdgeOp, step::ElementOp>(op) &&
                    llvm::all_of(op.getOperands(), [&](Value operand) { return uniform.contains(operand); });
  if (everywhere) {
    OpBuilder::InsertionGuard guard(b);
    if (outermost)
      b.setInsertionPoint(outermost);
    if (failed(emitOn(op, 1, b.getF64Type(), [&](Value v) { return uniform.lookup(v); }, emitted)))
      return failure();
    uniform[result] = emitted;
    return success();
  }
  Type compute = tables.compute(result.getType());
  // A comparison computes in the type of its operands; quantities of mixed precision meet in the wider one.
  Type real = isa<FloatType>(compute) ? compute : Type();
  for (Value operand : op.getOperands())
    if (auto type = dyn_cast<FloatType>(tables.compute(operand.getType())))
      if (!real || type.getWidth() > real.getIntOrFloatBitWidth())
        real = type;
  if (failed(emitOn(op, width, real, [&](Value v) { return real ? vector(v, real) : vector(v); }, emitted)))
    return failure();
  varying[result] = cast(emitted, compute);
  return success();
}

/// Scalars, constants, time and step size: the same for all elements.
LogicalResult RegionEmitter::emitUniformLeaf(Operation &op, bool &done) {
  OpBuilder::InsertionGuard guard(b);
  if (outermost)
    b.setInsertionPoint(outermost);
  Value value;
  if (auto constant = dyn_cast<bd::ConstOp>(op))
    value = b.number(b.getF64Type(), constant.getValue().convertToDouble());
  else if (auto read = dyn_cast<step::ReadOp>(op))
    value = access.get({Word::Scalar, tables.at(read.getScalarAttr())});
  else if (isa<bd::StepSizeOp>(op))
    value = access.get({Word::Scalar, 0});
  else if (isa<arith::ConstantOp>(op))
    value = b.clone(op)->getResult(0);
  else if (isa<bd::TimeOp>(op)) {
    if (!timeStep)
      return op.emitOpError() << "there is no time in this region";
    value = time();
  }
  done = bool(value);
  if (done)
    uniform[op.getResult(0)] = value;
  return success();
}

Value RegionEmitter::time() {
  if (!timeValue)
    timeValue = arith::MulFOp::create(b, b.loc, arith::SIToFPOp::create(b, b.loc, b.getF64Type(), timeStep), access.get({Word::Scalar, 0}));
  return timeValue;
}

Value RegionEmitter::index(Type real) {
  Value first = arith::SIToFPOp::create(b, b.loc, real, element);
  if (width == 1)
    return first;
  SmallVector<Attribute> lanes;
  for (unsigned i = 0; i < width; ++i)
    lanes.push_back(b.getFloatAttr(real, i));
  auto type = mlir::cast<VectorType>(Loops::wide(real, width));
  Value offsets = arith::ConstantOp::create(b, b.loc, type, DenseElementsAttr::get(type, lanes));
  return arith::AddFOp::create(b, b.loc, b.broadcast(first, width), offsets);
}

static arith::CmpFPredicate predicateOf(bd::Comparison comparison) {
  switch (comparison) {
  case bd::Comparison::LT: return arith::CmpFPredicate::OLT;
  case bd::Comparison::LE: return arith::CmpFPredicate::OLE;
  case bd::Comparison::GT: return arith::CmpFPredicate::OGT;
  case bd::Comparison::GE: return arith::CmpFPredicate::OGE;
  case bd::Comparison::EQ: return arith::CmpFPredicate::OEQ;
  case bd::Comparison::NE: return arith::CmpFPredicate::UNE;
  }
  llvm_unreachable("all comparisons are covered");
}

/// One operation on `lanes` lanes of `real`; `operand` gives the emitted operands.
LogicalResult RegionEmitter::emitOn(Operation &op, unsigned lanes, Type real, llvm::function_ref<Value(Value)> operand, Value &result) {
  SmallVector<Value> x;
  for (Value v : op.getOperands())
    x.push_back(operand(v));
  Location loc = b.loc;
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](bd::AddOp) { return result = arith::AddFOp::create(b, loc, x[0], x[1]), success(); })
      .Case([&](bd::SubOp) { return result = arith::SubFOp::create(b, loc, x[0], x[1]), success(); })
      .Case([&](bd::MulOp) { return result = arith::MulFOp::create(b, loc, x[0], x[1]), success(); })
      .Case([&](bd::DivOp) { return result = arith::DivFOp::create(b, loc, x[0], x[1]), success(); })
      .Case([&](bd::NegOp) { return result = arith::NegFOp::create(b, loc, x[0]), success(); })
      .Case([&](bd::PowerOp power_) { return result = power(power_, lanes, real, x[0]), success(); })
      .Case([&](bd::FnOp fn) { return emitFunction(fn, lanes, real, x, result); })
      .Case([&](bd::CmpOp cmp) {
        return result = arith::CmpFOp::create(b, loc, predicateOf(cmp.getPredicate()), x[0], x[1]), success();
      })
      .Case([&](bd::IndicatorOp) {
        auto constant = [&](double value) { return b.broadcast(b.number(real, value), lanes); };
        return result = arith::SelectOp::create(b, loc, x[0], constant(1), constant(0)), success();
      })
      .Case([&](bd::SelectOp) { return result = arith::SelectOp::create(b, loc, x[0], x[1], x[2]), success(); })
      .Case([&](bd::RandomOp random) { return emitRandom(random, result); })
      .Case([&](bd::IndexOp) { return result = index(real), success(); })
      .Case([&](step::ElementOp read) {
        result = readElement ? readElement(read) : Value();
        return result ? success() : op.emitOpError() << "cannot be read here";
      })
      .Case([&](bd::EdgeOp edge) {
        result = readEdge ? cast(readEdge(edge), real) : Value();
        return result ? success() : op.emitOpError() << "is known of connections alone";
      })
      .Case([&](step::HoldStepsOp) {
        Value ratio = arith::DivFOp::create(b, loc, x[0], cast(b.broadcast(access.get({Word::Scalar, 0}), lanes), real));
        Value rounded = kernel("round", lanes, real, {ratio});
        Value count = arith::FPToSIOp::create(b, loc, Loops::wide(b.getI32Type(), lanes), rounded);
        auto constant = [&](int32_t value) { return b.broadcast(arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(value)), lanes); };
        Value zero = constant(0);
        Value holds = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, count, zero); // a drawn time may be negative: it holds for nothing
        return result = arith::SelectOp::create(b, loc, holds, arith::AddIOp::create(b, loc, count, constant(1)), zero), success();
      })
      .Default([&](Operation *other) -> LogicalResult {
        if (!isa_and_nonnull<arith::ArithDialect>(other->getDialect()))
          return other->emitOpError() << "cannot stand in a region of the step form";
        IRMapping mapping;
        mapping.map(other->getOperands(), x);
        Operation *clone = b.clone(*other, mapping);
        clone->getResult(0).setType(Loops::wide(getElementTypeOrSelf(clone->getResult(0).getType()), lanes));
        return result = clone->getResult(0), success();
      });
}

Value RegionEmitter::kernel(StringRef name, unsigned lanes, Type real, ValueRange operands, ValueRange scalars) {
  SmallVector<Value> all(scalars);
  llvm::append_range(all, operands);
  return b.callKernel(("bdc_" + name + "_" + kernelSuffix(real, lanes)).str(), Loops::wide(real, lanes), all);
}

LogicalResult RegionEmitter::emitFunction(bd::FnOp op, unsigned lanes, Type real, ValueRange x, Value &result) {
  return result = kernel(bd::stringifyFn(op.getFunction()), lanes, real, x), success();
}

/// Whole powers by repeated squaring, halves through the square root, negative ones through one division.
Value RegionEmitter::power(bd::PowerOp op, unsigned lanes, Type real, Value x) {
  int64_t numerator = op.getNumerator(), denominator = op.getDenominator();
  auto constant = [&](double value) { return b.broadcast(b.number(real, value), lanes); };
  if (denominator > 2)
    return kernel("pow", lanes, real, {x, constant(double(numerator) / double(denominator))});
  if (denominator == 2)
    x = kernel("sqrt", lanes, real, {x});
  Value product;
  for (uint64_t rest = uint64_t(std::abs(numerator)); rest; rest >>= 1) {
    if (rest & 1)
      product = product ? arith::MulFOp::create(b, b.loc, product, x).getResult() : x;
    if (rest > 1)
      x = arith::MulFOp::create(b, b.loc, x, x);
  }
  if (!product)
    return constant(1);
  return numerator < 0 ? arith::DivFOp::create(b, b.loc, constant(1), product).getResult() : product;
}

bool RegionEmitter::isByTries(bd::RandomOp op) {
  return op.getDistribution() == bd::Distribution::Gamma || op.getDistribution() == bd::Distribution::Poisson;
}

LogicalResult RegionEmitter::emitRandom(bd::RandomOp op, Value &result) {
  if (!element)
    return op.emitOpError() << "there is no element in this region";
  Type real = tables.compute(op.getType());
  Value key = access.get({Word::Key, nameHash(op.getPurpose())});
  Value draw = arith::ConstantOp::create(b, b.loc, b.getI32IntegerAttr(op.getDraw()));
  Value counter = step ? step : b.integer(0);
  SmallVector<Value> where = {key, element, counter, draw};
  SmallVector<Value> x;
  for (Value operand : op.getOperands())
    x.push_back(cast(vector(operand), real));
  auto plus = [&](Value y, Value z) { return arith::AddFOp::create(b, b.loc, y, z).getResult(); };
  auto times = [&](Value y, Value z) { return arith::MulFOp::create(b, b.loc, y, z).getResult(); };
  std::string name = ((elementsAreEdges && !isByTries(op) ? "edge_" : "") + bd::stringifyDistribution(op.getDistribution())).str();
  switch (op.getDistribution()) {
  case bd::Distribution::Uniform:
    result = plus(times(arith::SubFOp::create(b, b.loc, x[1], x[0]), kernel(name, width, real, {}, where)), x[0]);
    return success();
  case bd::Distribution::Normal: result = plus(times(x[1], kernel(name, width, real, {}, where)), x[0]); return success();
  case bd::Distribution::Exponential: result = times(x[0], kernel(name, width, real, {}, where)); return success();
  case bd::Distribution::Gamma: // the kernel's scale is 1
    result = times(x[1], kernel(name, width, real, {x[0]}, where));
    return success();
  case bd::Distribution::Bernoulli:
  case bd::Distribution::Poisson:
  case bd::Distribution::LogNormal: result = kernel(name, width, real, x, where); return success();
  }
  llvm_unreachable("all distributions are covered");
}

} // namespace bdc::compiler::lower
