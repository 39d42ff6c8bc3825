// The words of loops: tables of a program, address arithmetic, loops, access to the context.
#include "compiler/lower/lower.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "runtime/abi.h"

namespace bdc::compiler::lower {

Tables::Tables(step::ProgramOp program, Type real) : program(program), real(real) {
  auto note = [&](auto &table, auto op) {
    position[op.getSymName()] = table.size();
    symbols[op.getSymName()] = op;
    table.push_back(op);
  };
  for (Operation &op : program.getBody().front()) {
    llvm::TypeSwitch<Operation *>(&op)
        .Case([&](step::ScalarOp o) { note(scalars, o); })
        .Case([&](step::SpaceOp o) { note(spaces, o); })
        .Case([&](step::StateOp o) { note(states, o); })
        .Case([&](step::GraphOp o) { note(graphs, o); })
        .Case([&](step::QueueOp o) { note(queues, o); })
        .Case([&](step::DataOp o) { note(data, o); })
        .Case([&](step::RegionsOp o) { note(regions, o); })
        .Case([&](step::RecordOp o) { records.push_back(o); })
        .Case([&](step::LoopOp o) { loops.push_back(o); });
  }
}

FailureOr<step::ProgramOp> onlyProgram(ModuleOp module) {
  auto programs = llvm::to_vector(module.getOps<step::ProgramOp>());
  if (programs.size() != 1)
    return module.emitError() << "expected one step.program, found " << programs.size();
  return programs[0];
}

FailureOr<Type> realType(ModuleOp module, StringRef precision) {
  if (precision == "f32")
    return Type(Float32Type::get(module.getContext()));
  if (precision == "f64")
    return Type(Float64Type::get(module.getContext()));
  return module.emitError() << "unknown precision " << precision;
}

Type Tables::compute(Type element) const {
  auto quantity = dyn_cast<bd::QuantityType>(element);
  if (!quantity)
    return element;
  return quantity.getPrecision() ? quantity.getPrecision() : real;
}

Type Tables::storage(Type element) const {
  return element.isInteger(1) ? IntegerType::get(element.getContext(), 8) : compute(element);
}

Type Loops::wide(Type type, unsigned width) { return width == 1 ? type : VectorType::get({int64_t(width)}, type); }

Value Loops::number(Type type, double value) { return arith::ConstantOp::create(*this, loc, type, getFloatAttr(type, value)); }

Value Loops::fromI32(Value a, bool isSigned) {
  if (isSigned)
    return arith::ExtSIOp::create(*this, loc, getI64Type(), a);
  return arith::ExtUIOp::create(*this, loc, getI64Type(), a);
}

Value Loops::address(Value base, Type type, Value index) {
  return LLVM::GEPOp::create(*this, loc, pointerType(), type, base, ArrayRef<LLVM::GEPArg>{index}, LLVM::GEPNoWrapFlags::inbounds);
}

Value Loops::field(Value base, size_t offset) {
  if (!offset)
    return base;
  return LLVM::GEPOp::create(*this, loc, pointerType(), getI8Type(), base, ArrayRef<LLVM::GEPArg>{int32_t(offset)},
                             LLVM::GEPNoWrapFlags::inbounds);
}

Value Loops::load(Type type, Value at, unsigned align) { return LLVM::LoadOp::create(*this, loc, type, at, align); }
void Loops::store(Value value, Value at, unsigned align) { LLVM::StoreOp::create(*this, loc, value, at, align); }
void Loops::prefetch(Value at, bool write) { LLVM::Prefetch::create(*this, loc, at, write, 3, 1); }

Value Loops::broadcast(Value value, unsigned width) {
  if (width == 1)
    return value;
  return vector::BroadcastOp::create(*this, loc, wide(value.getType(), width), value);
}

SmallVector<Value> Loops::loop(Value from, Value to, Value step, ValueRange carried,
                               llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto op = scf::ForOp::create(*this, loc, from, to, step, carried);
  {
    InsertionGuard guard(*this);
    setInsertionPointToStart(op.getBody());
    SmallVector<Value> next = body(op.getInductionVar(), op.getRegionIterArgs());
    if (!carried.empty())
      scf::YieldOp::create(*this, loc, next);
  }
  return SmallVector<Value>(op.getResults());
}

void Loops::loop(Value from, Value to, llvm::function_ref<void(Value)> body) {
  loop(from, to, integer(1), {}, [&](Value i, ValueRange) {
    body(i);
    return SmallVector<Value>();
  });
}

void Loops::when(Value condition, llvm::function_ref<void()> body) {
  auto op = scf::IfOp::create(*this, loc, condition, false);
  InsertionGuard guard(*this);
  setInsertionPointToStart(op.thenBlock());
  body();
}

Value Loops::callKernel(StringRef name, Type result, ValueRange operands) {
  Operation *table = SymbolTable::getNearestSymbolTable(getInsertionBlock()->getParentOp());
  if (!SymbolTable::lookupSymbolIn(table, name)) {
    auto end = OpBuilder::atBlockBegin(&table->getRegion(0).front());
    auto type = getFunctionType(operands.getTypes(), result ? TypeRange(result) : TypeRange());
    func::FuncOp::create(end, loc, name, type).setPrivate();
  }
  auto call = func::CallOp::create(*this, loc, name, result ? TypeRange(result) : TypeRange(), operands);
  return result ? call.getResult(0) : Value();
}

Type typeOf(OpBuilder &b, const Word &word) {
  switch (word.kind) {
  case Word::Scalar: return b.getF64Type();
  case Word::Stride:
  case Word::Key:
  case Word::Size: return b.getI64Type();
  default: return LLVM::LLVMPointerType::get(b.getContext());
  }
}

Value Access::threads() { return b.fromI32(b.load(b.getI32Type(), b.field(context, offsetof(bdc_ctx, threads)))); }

Value Access::get(Word word) {
  for (auto &[known, value] : cache)
    if (known == word)
      return value;
  OpBuilder::InsertionGuard guard(b);
  if (anchor)
    b.setInsertionPoint(anchor);
  Value value;
  if (pack) {
    auto at = llvm::find(words, word);
    assert(at != words.end() && "a word that describePhase did not see");
    value = b.load(typeOf(b, word), b.field(pack, size_t(at - words.begin()) * 8));
  } else {
    value = lookUp(word);
  }
  cache.push_back({word, value});
  return value;
}

Value Access::lookUp(Word word) {
  auto table = [&](size_t offset) { return b.load(b.pointerType(), b.field(context, offset)); };
  Value index = b.integer(int64_t(word.index));
  switch (word.kind) {
  case Word::Array: return b.load(b.pointerType(), b.address(table(offsetof(bdc_ctx, arrays)), b.pointerType(), index));
  case Word::Stride: return b.load(b.getI64Type(), b.address(table(offsetof(bdc_ctx, stride)), b.getI64Type(), index));
  case Word::Scalar: return b.load(b.getF64Type(), b.address(table(offsetof(bdc_ctx, scalars)), b.getF64Type(), index));
  case Word::Graph: return b.field(table(offsetof(bdc_ctx, graphs)), word.index * sizeof(bdc_graph));
  case Word::Queue: return b.field(table(offsetof(bdc_ctx, queues)), word.index * sizeof(bdc_queue));
  case Word::Data: return b.field(table(offsetof(bdc_ctx, data)), word.index * sizeof(bdc_data));
  case Word::Size: return b.load(b.getI64Type(), b.address(table(offsetof(bdc_ctx, sizes)), b.getI64Type(), index));
  case Word::Bounds:
    return b.address(table(offsetof(bdc_ctx, bounds)), b.getI64Type(), b.mul(index, b.add(threads(), b.integer(1))));
  case Word::Key: {
    Value seed = b.load(b.getI64Type(), b.field(context, offsetof(bdc_ctx, seed)));
    return b.callKernel("bdc_key", b.getI64Type(), {seed, index});
  }
  }
  llvm_unreachable("all words are covered");
}

std::string kernelSuffix(Type real, unsigned width) { return (real.isF32() ? "f32x" : "f64x") + std::to_string(width); }

uint64_t nameHash(StringRef text) {
  uint64_t h = 0xcbf29ce484222325;
  for (unsigned char c : text)
    h = (h ^ c) * 0x100000001b3;
  return h;
}

func::FuncOp Lowering::function(Loops &b, StringRef name, ArrayRef<Type> inputs, ArrayRef<Type> results, bool isPrivate) {
  auto function = func::FuncOp::create(b, b.loc, name, b.getFunctionType(inputs, results));
  if (isPrivate)
    function.setPrivate();
  b.setInsertionPointToStart(function.addEntryBlock());
  return function;
}

} // namespace bdc::compiler::lower
