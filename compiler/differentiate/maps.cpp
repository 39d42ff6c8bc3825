// Adjoints of operations on single elements: each map backwards is a map.
#include "compiler/differentiate/pullback.h"
#include "compiler/differentiate/reversal.h"
#include "compiler/differentiate/rules.h"

using namespace mlir;

namespace bdc::compiler {

namespace {

/// What an argument of a region under construction stands for: a value of the loop, which may not be needed in the end, or an array at hand.
struct Operand {
  Value ofLoop, atHand;
};

} // namespace

void removeDead(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

std::unique_ptr<Block> copyOf(Block &block, bool withTerminator, MLIRContext *context, IRMapping &mapping) {
  auto copy = std::make_unique<Block>();
  for (BlockArgument argument : block.getArguments())
    mapping.map(argument, copy->addArgument(argument.getType(), argument.getLoc()));
  OpBuilder builder = atEnd(*copy, context);
  for (Operation &op : withTerminator ? llvm::make_range(block.begin(), block.end()) : block.without_terminator())
    builder.clone(op, mapping);
  return copy;
}

Value Reversal::map(ValueRange inputs, function_ref<Value(bd::ScalarBuilder &, ValueRange)> make, Location loc) {
  auto block = std::make_unique<Block>();
  for (Value input : inputs)
    block->addArgument(arrayOf(input).getElement(), loc);
  OpBuilder inner = atEnd(*block, context());
  bd::ScalarBuilder build(inner, loc);
  Value result = make(build, block->getArguments());
  build.yield(result);
  FlatSymbolRefAttr space = arrayOf(inputs[0]).getSpace();
  auto op = step::MapOp::create(draft->builder, loc, step::ArrayType::get(context(), result.getType(), space), space, inputs);
  op.getBody().push_back(block.release());
  return op.getResult(0);
}

Value Reversal::product(Value a, Value b, Location loc) {
  return map({a, b}, [](bd::ScalarBuilder &build, ValueRange x) { return build.mul(x[0], x[1]); }, loc);
}

Value Reversal::sum(Value a, Value b) {
  return map({a, b}, [](bd::ScalarBuilder &build, ValueRange x) { return build.add(x[0], x[1]); }, run.getLoc());
}

Value Reversal::nothing(Type element, FlatSymbolRefAttr space) {
  auto op = step::MapOp::create(draft->builder, run.getLoc(), step::ArrayType::get(context(), element, space), space, ValueRange());
  OpBuilder inner = atEnd(op.getBody().emplaceBlock(), context());
  bd::ScalarBuilder build(inner, run.getLoc());
  build.yield(build.constant(0, cast<bd::QuantityType>(element).getDimension()));
  return op.getResult(0);
}

Value Reversal::total(Value value) {
  Value all;
  for (Value part : adjoints.lookup(value))
    all = all ? sum(all, part) : part;
  if (all)
    adjoints[value] = {all};
  return all;
}

/// Adds parts of the derivative with respect to a wanted scalar.
void Reversal::collect(StringAttr scalar, Value parts, Location loc) {
  StringAttr name = collector(scalar, arrayOf(parts).getSpace());
  draft->set(name, map({draft->now(name), parts},
                       [](bd::ScalarBuilder &build, ValueRange x) {
                         return bd::AddOp::create(build.builder, build.loc, x[0].getType(), x[0], x[1]).getResult();
                       },
                       loc));
}

/// The adjoint of a sample goes to the states from which it was taken, at the end of the step.
LogicalResult Reversal::inject(step::RecordOp record) {
  if (!record.getAdjoint())
    return success();
  FlatSymbolRefAttr table = record.getAdjointAttr(), interval = record.getEveryAttr();
  // Records may show the same in different steps.
  FlatSymbolRefAttr every = scalar("steps of " + (interval ? interval.getValue() : "1"), [&](bd::ScalarBuilder &build) {
    if (!interval)
      return build.constant(1);
    Value time = step::ReadOp::create(build.builder, record.getLoc(), bd::quantityType(context(), units::dim::time), interval);
    return build.fn(bd::Fn::Round, build.div(time, build.stepSize()));
  });
  auto given = step::GivenOp::create(draft->builder, record.getLoc(), stateOf(table.getAttr()).getType(), table, every);
  if (Value indicator = record.getSource() ? indicatorOf(record.getSourceAttr().getAttr()) : Value()) {
    add(indicator, given.getValue());
    return success();
  }
  if (record.getSource()) {
    add(nextOf(record.getSourceAttr().getAttr()), given.getValue());
    return success();
  }
  // The recorded expression as a region whose arguments are the states.
  Block region;
  OpBuilder inner = atEnd(region, context());
  IRMapping mapping;
  SmallVector<Value> operands;
  bd::ScalarBuilder build(inner, record.getLoc());
  for (Operation &op : record.getValue().front()) {
    if (auto element = dyn_cast<step::ElementOp>(op)) {
      operands.push_back(nextOf(element.getStateAttr().getAttr()));
      mapping.map(element.getResult(), region.addArgument(element.getType(), record.getLoc()));
    } else if (isa<bd::TimeOp>(op)) { // samples are taken at the end of the step
      Value steps = build.fn(bd::Fn::Round, build.div(build.time(), build.stepSize()));
      mapping.map(op.getResult(0), build.mul(build.add(steps, build.constant(1)), build.stepSize()));
    } else {
      inner.clone(op, mapping);
    }
  }
  return pullRegion(region, operands, {{given.getValue()}}, record.getSpaceAttr(), record.getLoc(), ifActive());
}

LogicalResult Reversal::reverse(step::MapOp map) {
  SmallVector<SmallVector<Value>> results;
  for (Value result : map.getOutputs())
    results.push_back(adjoints.lookup(result));
  if (llvm::all_of(results, [](const SmallVector<Value> &each) { return each.empty(); }))
    return success();
  return pullRegion(map.getBody().front(), map.getInputs(), results, map.getSpaceAttr(), map.getLoc(), ifActive(), map.getEveryAttr());
}

Value Reversal::isDue(bd::ScalarBuilder &build, FlatSymbolRefAttr every) {
  Value steps = build.fn(bd::Fn::Round, build.div(build.time(), build.stepSize())), one = build.constant(1);
  Value interval = step::ReadOp::create(build.builder, build.loc, bd::quantityType(context(), {}), every);
  return build.compare(bd::Comparison::EQ, build.fn(bd::Fn::Mod, {build.add(steps, one), interval}), build.constant(0));
}

Value inPrecisionOf(Type element, Value value, bd::ScalarBuilder &build) {
  if (isInDouble(element) == isInDouble(value.getType()))
    return value;
  auto type = cast<bd::QuantityType>(value.getType());
  bd::QuantityType wanted = isInDouble(element) ? inDouble(type) : bd::QuantityType::get(type.getContext(), type.getUnit(), Type());
  return bd::AddOp::create(build.builder, build.loc, wanted, value, build.constant(0, type.getDimension()));
}

/// Pulls the adjoints of a region's results back to the values of the loop that it reads, its `operands`, and to wanted scalars.
LogicalResult Reversal::pullRegion(Block &region, ValueRange operands, ArrayRef<SmallVector<Value>> results, FlatSymbolRefAttr space,
                                   Location loc, function_ref<bool(Value)> follows, FlatSymbolRefAttr every) {
  IRMapping mapping;
  std::unique_ptr<Block> block = copyOf(region, /*withTerminator=*/false, context(), mapping);
  OpBuilder inner = atEnd(*block, context());
  bd::ScalarBuilder build(inner, loc);
  SmallVector<Operand> given;
  for (Value operand : operands)
    given.push_back({operand, {}});
  Pullback pullback(*block, build);
  for (auto [position, operand] : llvm::enumerate(operands))
    if (follows(operand))
      pullback.want(block->getArgument(position));
  llvm::MapVector<StringAttr, SmallVector<Value>> reads;
  for (auto read : block->getOps<step::ReadOp>())
    if (wanted.scalars.contains(read.getScalarAttr().getAttr())) {
      reads[read.getScalarAttr().getAttr()].push_back(read.getResult());
      pullback.want(read.getResult());
    }
  auto argumentFor = [&](Value array) {
    given.push_back({{}, array});
    return block->addArgument(arrayOf(array).getElement(), loc);
  };
  SmallVector<Value> totals; // of each result
  for (auto [yielded, parts] : llvm::zip_equal(region.getTerminator()->getOperands(), results)) {
    Value &sum = totals.emplace_back();
    for (Value part : parts) {
      Value adjoint = argumentFor(part);
      sum = sum ? build.add(sum, adjoint) : adjoint;
    }
    pullback.add(mapping.lookupOrDefault(yielded), sum);
  }
  if (failed(pullback.run()))
    return noDerivative(pullback.obstacle);
  // In steps in which it does not happen the results are what they were, and nothing else is read.
  Value due = every ? isDue(build, every) : Value();
  auto orElse = [&](Value adjoint, Value otherwise) {
    if (!due || (!adjoint && !otherwise))
      return adjoint;
    auto zero = [&](Value like) { return build.constant(0, bd::dimensionOf(like)); };
    return build.select(due, adjoint ? adjoint : zero(otherwise), otherwise ? otherwise : zero(adjoint));
  };

  SmallVector<std::pair<Value, Value>> changes; // operand, adjoint
  for (auto [position, operand] : llvm::enumerate(operands)) {
    Value passed = every && position < totals.size() ? totals[position] : Value();
    if (Value adjoint = follows(operand) ? orElse(pullback.adjoint(block->getArgument(position)), passed) : Value())
      changes.push_back({operand, adjoint});
  }
  SmallVector<std::pair<StringAttr, Value>> parts;
  for (auto &[scalar, values] : reads) {
    Value sum;
    for (Value value : values)
      if (Value adjoint = pullback.adjoint(value))
        sum = sum ? build.add(sum, adjoint) : adjoint;
    if (sum)
      parts.push_back({collector(scalar, space), orElse(sum, {})});
  }
  if (changes.empty() && parts.empty())
    return success();
  widen(*block);
  SmallVector<Value> yields;
  SmallVector<std::function<void(Value)>> sinks;
  for (auto [operand, adjoint] : changes) {
    yields.push_back(inPrecisionOf(arrayOf(operand).getElement(), adjoint, build));
    sinks.push_back([this, operand = operand, space, loc](Value array) {
      if (arrayOf(operand).getSpace() != space) { // what all elements read has felt all of them
        auto type = step::ArrayType::get(context(), arrayOf(array).getElement(), arrayOf(operand).getSpace());
        array = step::ReduceOp::create(draft->builder, loc, type, array);
      }
      add(operand, array);
    });
  }
  for (auto [name, sum] : parts) {
    Value before = argumentFor(draft->now(name));
    yields.push_back(bd::AddOp::create(inner, loc, before.getType(), before, sum));
    sinks.push_back([this, name = name](Value array) { draft->set(name, array); });
  }
  build.yield(yields);
  removeDead(*block);

  SmallVector<Value> inputs;
  for (unsigned position = 0, next = 0; position < given.size(); ++position) {
    if (block->getArgument(next).use_empty()) {
      block->eraseArgument(next);
      continue;
    }
    FailureOr<Value> array = given[position].atHand ? FailureOr<Value>(given[position].atHand) : forward(given[position].ofLoop);
    if (failed(array))
      return failure();
    inputs.push_back(*array);
    ++next;
  }
  SmallVector<Type> types;
  for (Value value : block->getTerminator()->getOperands())
    types.push_back(step::ArrayType::get(context(), value.getType(), space));
  auto op = step::MapOp::create(draft->builder, loc, types, space, inputs);
  op.getBody().push_back(block.release());
  for (auto [sink, result] : llvm::zip_equal(sinks, op.getOutputs()))
    sink(result);
  return success();
}

} // namespace bdc::compiler
