// What the operations of step must satisfy: regions fit their operands, spaces agree.
#include "dialects/step/Step.h"

using namespace mlir;

namespace bdc::step {

static ArrayType array(Value value) { return cast<ArrayType>(value.getType()); }

/// True when a region value of type `scalar` stands for an element of `type`: equal, or quantities of one dimension.
static bool fits(Type scalar, Type element) {
  if (scalar == element)
    return true;
  auto a = dyn_cast<bd::QuantityType>(scalar), b = dyn_cast<bd::QuantityType>(element);
  return a && b && a.getDimension() == b.getDimension();
}

static LogicalResult checkArguments(Operation *op, Block &block, ArrayRef<Type> expected) {
  if (block.getNumArguments() != expected.size())
    return op->emitOpError() << "region takes " << block.getNumArguments() << " arguments, expected " << expected.size();
  for (auto [argument, type] : llvm::zip(block.getArguments(), expected))
    if (!fits(argument.getType(), type))
      return op->emitOpError() << "region argument " << argument.getArgNumber() << " is " << argument.getType() << ", expected " << type;
  return success();
}

static LogicalResult checkYield(Operation *op, Block &block, ArrayRef<Type> expected) {
  auto yield = dyn_cast<bd::YieldOp>(block.getTerminator());
  if (!yield)
    return op->emitOpError() << "region ends in bd.yield";
  if (yield.getValues().size() != expected.size())
    return op->emitOpError() << "region yields " << yield.getValues().size() << " values, expected " << expected.size();
  for (auto [value, type] : llvm::zip(yield.getValues(), expected))
    if (!fits(value.getType(), type))
      return op->emitOpError() << "region yields " << value.getType() << ", expected " << type;
  return success();
}

/// Whether the space has one element, which all elements of others may read.
static bool isSingle(Operation *op, FlatSymbolRefAttr space) {
  auto program = op->getParentOfType<ProgramOp>();
  auto declared = program ? program.lookupSymbol<SpaceOp>(space) : SpaceOp();
  return declared && declared.getSingle();
}

static LogicalResult checkSpace(Operation *op, ValueRange values, FlatSymbolRefAttr space, bool orSingle = false) {
  for (Value value : values)
    if (array(value).getSpace() != space && !(orSingle && isSingle(op, array(value).getSpace())))
      return op->emitOpError() << "works on " << space << " but " << value.getType() << " lives on another space";
  return success();
}

template <typename Range> static SmallVector<Type> elements(Range values) {
  SmallVector<Type> types;
  for (Value value : values)
    types.push_back(array(value).getElement());
  return types;
}

/// What happens in every n-th step names n, a pure number of the program.
static LogicalResult checkEvery(Operation *op, FlatSymbolRefAttr every) {
  if (!every)
    return success();
  auto program = op->getParentOfType<ProgramOp>();
  auto scalar = program ? program.lookupSymbol<ScalarOp>(every) : ScalarOp();
  auto type = scalar ? dyn_cast<bd::QuantityType>(scalar.getType()) : bd::QuantityType();
  if (type && type.getDimension().isNone())
    return success();
  return op->emitOpError() << "happens every " << every << " steps, which is not a number of the program";
}

LogicalResult LoopOp::verify() {
  Block &block = getBody().front();
  if (block.getNumArguments() != getStates().size())
    return emitOpError() << "lists " << getStates().size() << " states but its block takes " << block.getNumArguments();
  auto program = (*this)->getParentOfType<ProgramOp>();
  for (auto [name, argument] : llvm::zip(getStates().getAsRange<FlatSymbolRefAttr>(), block.getArguments())) {
    auto state = program ? program.lookupSymbol<StateOp>(name) : StateOp();
    if (!state)
      return emitOpError() << name << " is not a state of the program";
    if (state.getType() != argument.getType())
      return emitOpError() << name << " is " << state.getType() << " but its block argument is " << argument.getType();
  }
  auto next = dyn_cast<NextOp>(block.getTerminator());
  if (!next || next.getStates().getTypes() != block.getArgumentTypes())
    return emitOpError() << "ends in step.next with the types of its states";
  return success();
}

LogicalResult MapOp::verify() {
  if (failed(checkSpace(*this, getInputs(), getSpaceAttr(), /*orSingle=*/true)) || failed(checkSpace(*this, getOutputs(), getSpaceAttr())))
    return failure();
  if (failed(checkArguments(*this, getBody().front(), elements(getInputs()))) || failed(checkEvery(*this, getEveryAttr())))
    return failure();
  if (getEvery() && (getInputs().size() < getOutputs().size() ||
                     getInputs().take_front(getOutputs().size()).getTypes() != getOutputs().getTypes()))
    return emitOpError() << "needs inputs that its results are in the steps in which it does not happen: first, of the same types";
  return checkYield(*this, getBody().front(), elements(getOutputs()));
}

LogicalResult OdeOp::verify() {
  SmallVector<Value> inputs(getStates());
  llvm::append_range(inputs, getHeld());
  if (failed(checkSpace(*this, getStates(), getSpaceAttr())) || failed(checkSpace(*this, getHeld(), getSpaceAttr(), /*orSingle=*/true)) ||
      failed(checkEvery(*this, getEveryAttr())))
    return failure();
  if (getStates().getTypes() != getNext().getTypes())
    return emitOpError() << "hands out the types of its states";
  if (failed(checkArguments(*this, getBody().front(), elements(ValueRange(inputs)))))
    return failure();
  auto yield = dyn_cast<bd::YieldOp>(getBody().front().getTerminator());
  if (!yield || yield.getValues().size() != getStates().size())
    return emitOpError() << "region yields one derivative per state";
  for (auto [rate, state] : llvm::zip(yield.getValues(), getStates())) {
    auto rateType = dyn_cast<bd::QuantityType>(rate.getType()), stateType = dyn_cast<bd::QuantityType>(array(state).getElement());
    if (!rateType || !stateType || rateType.getDimension() != stateType.getDimension() / units::dim::time)
      return emitOpError() << "a state " << array(state).getElement() << " has the derivative " << rate.getType();
  }
  return success();
}

LogicalResult DeliverOp::verify() {
  if (getStates().getTypes() != getNext().getTypes())
    return emitOpError() << "hands out the types of its states";
  auto program = (*this)->getParentOfType<ProgramOp>();
  auto graph = program ? program.lookupSymbol<GraphOp>(getGraph()) : GraphOp();
  if (!graph)
    return emitOpError() << getGraphAttr() << " is not a graph of the program";
  if (!program.lookupSymbol<QueueOp>(getQueue()))
    return emitOpError() << getQueueAttr() << " is not a queue of the program";
  if (failed(checkSpace(*this, getStates(), graph.getTargetAttr())))
    return failure();
  Block &block = getBody().front();
  if (block.getNumArguments() != getStates().size() + 1)
    return emitOpError() << "region takes the states of a target and the weight";
  return checkYield(*this, block, elements(getStates()));
}

LogicalResult PhaseOp::verify() {
  auto yield = dyn_cast<bd::YieldOp>(getBody().front().getTerminator());
  if (!yield || yield.getValues().getTypes() != getOutputs().getTypes())
    return emitOpError() << "ends in bd.yield of its results";
  if (getSlots() && getSlots()->size() != getOutputs().size())
    return emitOpError() << "names " << getSlots()->size() << " slots for " << getOutputs().size() << " results";
  if (failed(checkEvery(*this, getEveryAttr())))
    return failure();
  if (!getAfter())
    return success();
  auto program = (*this)->getParentOfType<ProgramOp>();
  int64_t phases = llvm::range_size((*this)->getBlock()->getOps<PhaseOp>());
  for (WaitAttr wait : getAfter()->getAsRange<WaitAttr>()) {
    if (wait.getPhase() > phases)
      return emitOpError() << "waits for phase " << wait.getPhase() << " of " << phases;
    if (wait.getDelay() && (!program || !program.lookupSymbol<ScalarOp>(wait.getDelay())))
      return emitOpError() << wait.getDelay() << " is not a scalar of the program";
  }
  return success();
}

LogicalResult CountOp::verify() {
  auto program = (*this)->getParentOfType<ProgramOp>();
  if (!program || !program.lookupSymbol<QueueOp>(getQueue()))
    return emitOpError() << getQueueAttr() << " is not a queue of the program";
  auto number = dyn_cast<bd::QuantityType>(array(getCount()).getElement());
  if (!number || !number.getDimension().isNone() || !isSingle(*this, array(getCount()).getSpace()))
    return emitOpError() << "counts into a pure number on a space with one element";
  return success();
}

/// Numbers of edges: in double precision, one for each connection of the graph's table.
static LogicalResult checkParts(ContractOp op) {
  auto program = op->getParentOfType<ProgramOp>();
  auto graph = program ? program.lookupSymbol<GraphOp>(op.getGraph()) : GraphOp();
  auto data = graph && graph.getData() ? program.lookupSymbol<DataOp>(*graph.getData()) : DataOp();
  if (!op.getTransposed() || op.getBefore() || op.getAhead() || !op.getRates().empty())
    return op.emitOpError() << "adds to each edge of a source in every step, from values of the present and of rings";
  if (!data || !data.getEntriesAttr() || array(op.getParts()).getSpace() != data.getEntriesAttr())
    return op.emitOpError() << "adds to numbers on the entries of the graph's table";
  auto number = dyn_cast<bd::QuantityType>(array(op.getParts()).getElement());
  if (!number || !number.getPrecision() || !number.getPrecision().isF64() || op.getParts().getType() != op.getSum().getType())
    return op.emitOpError() << "adds in double precision, in place";
  return success();
}

LogicalResult ContractOp::verify() {
  if (getEvery().has_value() != bool(getBefore()) || (getBefore() && getBefore().getType() != getSum().getType()))
    return emitOpError() << "needs what its result is in the steps in which it does not happen, of the same type";
  if (failed(checkEvery(*this, getEveryAttr())))
    return failure();
  auto program = (*this)->getParentOfType<ProgramOp>();
  if (!program || !program.lookupSymbol<GraphOp>(getGraph()))
    return emitOpError() << getGraphAttr() << " is not a graph of the program";
  if (getAheadAttr() && !program.lookupSymbol<StateOp>(getAheadAttr()))
    return emitOpError() << getAheadAttr() << " is not a state of the program";
  if (getParts() && failed(checkParts(*this)))
    return failure();
  return checkYield(*this, getBody().front(), {array(getSum()).getElement()});
}

bool ContractOp::isStill() {
  SetVector<Value> needed;
  needed.insert(getBody().front().getTerminator()->getOperand(0));
  for (size_t at = 0; at < needed.size(); ++at) {
    Operation *op = needed[at].getDefiningOp();
    if (op ? isa<bd::TimeOp, bd::RandomOp>(op) : needed[at] != getBody().getArgument(0))
      return false;
    if (op)
      needed.insert(op->operand_begin(), op->operand_end());
  }
  return !getEvery() && !getParts();
}

} // namespace bdc::step
