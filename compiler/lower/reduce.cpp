// Sums over a space in one fixed order: eight running sums, then a tree. One thread does it. And the lengths of spike lists.
#include "compiler/lower/lower.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "runtime/abi.h"

namespace bdc::compiler::lower {

LogicalResult lowerReduce(PhaseFrame &f, step::ReduceOp reduce) {
  constexpr unsigned lanes = 8; // part of the meaning: does not follow the vector width
  Loops &b = f.b;
  step::StateOp in = f.stateOf(reduce.getInput()), out = f.stateOf(reduce.getSum());
  Type real = f.storageOf(in);
  if (!isa<FloatType>(real))
    return reduce.emitOpError() << "sums quantities only";
  Value size = f.access.get({Word::Size, f.lowering.tables.at(Tables::arrayType(in).getSpace())});
  Value bounds = f.access.boundsOf(f.lowering.tables.at(f.phase.getSpaceAttr()));
  Value begin = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), f.thread));
  Value end = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), b.add(f.thread, b.integer(1))));
  Value source = f.array(in), result = f.array(out);
  auto wide = cast<VectorType>(Loops::wide(real, lanes));
  SmallVector<Attribute> numbers;
  for (unsigned i = 0; i < lanes; ++i)
    numbers.push_back(b.getI64IntegerAttr(i));
  auto indexType = VectorType::get({lanes}, b.getI64Type());
  Value lane = arith::ConstantOp::create(b, b.loc, indexType, DenseElementsAttr::get(indexType, numbers));
  b.loop(begin, end, [&](Value element) {
    Value zero = b.broadcast(b.number(real, 0), lanes);
    Value sums = b.loop(b.integer(0), size, b.integer(lanes), zero, [&](Value i, ValueRange carried) {
      Value x = b.load(wide, b.address(source, real, i), 8);
      Value inside = arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::slt, lane, b.broadcast(b.sub(size, i), lanes));
      x = arith::SelectOp::create(b, b.loc, inside, x, zero);
      return SmallVector<Value>{arith::AddFOp::create(b, b.loc, carried[0], x)};
    })[0];
    SmallVector<Value> parts;
    for (unsigned i = 0; i < lanes; ++i)
      parts.push_back(vector::ExtractOp::create(b, b.loc, sums, ArrayRef<int64_t>{i}));
    for (unsigned half = lanes / 2; half; half /= 2)
      for (unsigned i = 0; i < half; ++i)
        parts[i] = arith::AddFOp::create(b, b.loc, parts[i], parts[i + half]);
    b.store(parts[0], b.address(result, real, element));
  });
  return success();
}

/// Whoever has the one element adds up what all threads have listed in this step.
LogicalResult lowerCount(PhaseFrame &f, step::CountOp count) {
  Loops &b = f.b;
  Tables &tables = f.lowering.tables;
  step::StateOp out = f.stateOf(count.getCount());
  Type real = f.storageOf(out);
  step::QueueOp list = tables.queues[tables.at(count.getQueueAttr())];
  Value queue = f.access.get({Word::Queue, tables.at(count.getQueueAttr())}), threads = f.access.threads();
  Value listed = f.access.boundsOf(tables.at(list.getSpaceAttr()));
  Value bounds = f.access.boundsOf(tables.at(f.phase.getSpaceAttr()));
  Value begin = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), f.thread));
  Value end = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), b.add(f.thread, b.integer(1))));
  Value depth = b.fromI32(b.load(b.getI32Type(), b.field(queue, offsetof(bdc_queue, depth))));
  Value stride = b.load(b.getI64Type(), b.field(queue, offsetof(bdc_queue, stride)));
  Value words = b.load(b.pointerType(), b.field(queue, offsetof(bdc_queue, list)));
  Value slot = b.mul(b.remainder(f.step, depth), stride), result = f.array(out);
  b.loop(begin, end, [&](Value element) {
    Value sum = b.loop(b.integer(0), threads, b.integer(1), ValueRange(b.integer(0)), [&](Value thread, ValueRange carried) {
      Value first = b.load(b.getI64Type(), b.address(listed, b.getI64Type(), thread));
      Value place = b.add(b.add(slot, first), b.mul(thread, b.integer(BDC_LINE))); // the number stands in front of the list
      Value each = b.fromI32(b.load(b.getI32Type(), b.address(words, b.getI32Type(), place)));
      return SmallVector<Value>{b.add(carried[0], each)};
    })[0];
    b.store(arith::SIToFPOp::create(b, b.loc, real, sum), b.address(result, real, element));
  });
  return success();
}

} // namespace bdc::compiler::lower
