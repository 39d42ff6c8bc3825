// `x[t - d]`: a ring of what x was on every element, and what is read of it, held over a step.
#include "compiler/flatten/loop_builder.h"

#include "mlir/IR/OperationSupport.h"

using namespace mlir;

namespace bdc::compiler::flatten {

LogicalResult Flattener::declarePasts(Instance &instance, Population &population, StringRef prefix) {
  WalkResult walk = instance.model.walk([&](bd::PastOp op) {
    return failed(declarePast(op, instance, population, prefix)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(walk.wasInterrupted());
}

/// The past of what a region reads, through plain values too.
LogicalResult Flattener::declareReads(Region &region, Instance &instance, Population &population, StringRef prefix) {
  for (Operation &op : region.getOps()) {
    if (auto past = dyn_cast<bd::PastOp>(op); past && failed(declarePast(past, instance, population, prefix)))
      return failure();
    auto get = dyn_cast<bd::GetOp>(op);
    auto let = get ? dyn_cast_or_null<bd::LetOp>(SymbolTable::lookupSymbolIn(instance.model, get.getNameAttr())) : bd::LetOp();
    if (let && failed(declareReads(let.getValue(), instance, population, prefix)))
      return failure();
  }
  return success();
}

LogicalResult Flattener::declarePast(bd::PastOp op, Instance &instance, Population &population, StringRef prefix) {
  if (instance.pasts.count(op))
    return success();
  Location loc = op.getLoc();
  for (Past &other : pasts)
    if (other.scope == &instance && other.op.getName() == op.getName() &&
        OperationEquivalence::isRegionEquivalentTo(&other.op.getAgo(), &op.getAgo(), OperationEquivalence::IgnoreLocations)) {
      instance.pasts[op] = other.felt;
      return success();
    }
  // A plain value that reads a past itself comes after it.
  Operation *declaration = SymbolTable::lookupSymbolIn(instance.model, op.getNameAttr());
  if (auto let = dyn_cast_or_null<bd::LetOp>(declaration); let && failed(declareReads(let.getValue(), instance, population, prefix)))
    return failure();
  Past past{op, &instance, &population, {}, {}, {}};
  std::string name = freeName((prefix + "." + op.getName()).str() + ".ago");
  past.felt = array(name, op.getType(), population.space, bd::StateKind::ShortTerm, loc);
  past.graph = symbol(freeName("the past of " + (prefix + "." + op.getName()).str()));
  FlatSymbolRefAttr one = derived("unit_weight", loc, [&](Emitter &emitter) { return emitter.build(loc).constant(1); });
  auto graph = step::GraphOp::create(builder, loc, past.graph.getAttr(), population.space, population.space, text("one_to_one"),
                                     builder.getArrayAttr({}), past.graph.getAttr(), UnitAttr(), ArrayAttr(), ArrayAttr(), one, TypeAttr(),
                                     FlatSymbolRefAttr(), FlatSymbolRefAttr(), FlatSymbolRefAttr(), text("interpolated"));
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&graph.getEdgeDelay());
    Emitter emitter(builder, elementReader());
    Value ago = emitter.value(op.getAgo(), &instance);
    if (!ago)
      return failure();
    emitter.build(loc).yield(ago);
  }
  past.ring = declareHistory(name, graph, op.getType(), population.space,
                             [&](Emitter &emitter) { return emitter.named(op.getNameAttr().getAttr(), &instance, op); });
  if (!past.ring)
    return failure();
  instance.pasts[op] = past.felt;
  pasts.push_back(past);
  return success();
}

/// At the beginning of a step. With no delay at all, the present value is read.
LogicalResult LoopBuilder::recall(Past &past) {
  bd::PastOp op = past.op;
  Location loc = op.getLoc();
  Kernel term(f.context);
  Value weight = term.block->addArgument(bd::quantityType(f.context, {}), loc); // 1; derivatives by the delay take another
  Value source = term.block->addArgument(op.getType(), loc);
  auto type = step::ArrayType::get(f.context, op.getType(), past.population->space);
  auto before = step::ContractOp::create(builder, loc, type, past.graph, ValueRange(now[past.ring]), ValueRange(), UnitAttr(), FlatSymbolRefAttr());
  term.finish(bd::ScalarBuilder(term.builder, loc).mul(weight, source), before);
  Kernel kernel(f.context);
  Emitter emitter = this->emitter(kernel, now);
  emitter.clock = Clock::Held;
  Value ago = emitter.value(op.getAgo(), past.scope), present = emitter.named(op.getNameAttr().getAttr(), past.scope, op);
  if (!ago || !present)
    return failure();
  bd::ScalarBuilder make = emitter.build(loc);
  Value isPast = make.compare(bd::Comparison::GT, ago, make.constant(0, units::dim::time));
  Changes changes;
  changes[past.felt] = make.select(isPast, kernel.element(before.getSum(), loc), present);
  map(*past.population, kernel, changes, {}, loc);
  return success();
}

/// Events come before the past is recalled for the step: what a kernel of theirs reads of it is recalled for them.
LogicalResult LoopBuilder::recallRead(Kernel &kernel) {
  for (Past &past : f.pasts) {
    auto read = llvm::find(kernel.operands, now[past.felt]);
    if (read == kernel.operands.end())
      continue;
    if (failed(recall(past)))
      return failure();
    *read = now[past.felt];
  }
  return success();
}

/// At the end of a step.
LogicalResult LoopBuilder::keep(Past &past) {
  bd::PastOp op = past.op;
  Location loc = op.getLoc();
  const Meaning &meaning = past.scope->names[op.getNameAttr().getAttr()];
  Value value;
  if (meaning.kind == Meaning::Array) {
    value = now[meaning.symbol];
  } else {
    Kernel kernel(f.context);
    Emitter emitter = this->emitter(kernel, now);
    emitter.clock = Clock::End;
    Value end = emitter.named(op.getNameAttr().getAttr(), past.scope, op);
    value = end ? map(*past.population, kernel, {}, end, loc).front() : Value();
  }
  if (!value)
    return failure();
  now[past.ring] = step::PushOp::create(builder, loc, now[past.ring].getType(), now[past.ring], value);
  return success();
}

} // namespace bdc::compiler::flatten
