// A phase as a function; phases that differ in names alone share one.
#include "compiler/lower/lower.h"

namespace bdc::compiler::lower {

namespace {

/// Writes a phase with ordinals in place of symbols and collects what the symbols stand for.
class Describer {
public:
  Describer(Tables &tables, step::PhaseOp phase, SmallVectorImpl<Word> &words) : tables(tables), phase(phase), words(words), out(text) {}

  std::string describe() {
    out << (cast<step::LoopOp>(phase->getParentOp()).getReverse() ? "backwards " : "") << "width of space " << symbol(phase.getSpaceAttr());
    word({Word::Scalar, 0});
    operation(phase);
    if (phase.getSlots())
      for (auto slot : phase.getSlotsAttr().getAsRange<FlatSymbolRefAttr>())
        out << " -> " << symbol(slot);
    return out.str();
  }

private:
  unsigned word(Word w) {
    auto at = llvm::find(words, w);
    if (at != words.end())
      return at - words.begin();
    words.push_back(w);
    return words.size() - 1;
  }

  /// Registers all words that a symbol may need, in a fixed order, and gives the first's ordinal with what else matters.
  std::string symbol(FlatSymbolRefAttr name) {
    Operation *op = tables.symbols.lookup(name.getValue());
    unsigned at = tables.at(name);
    std::string s;
    llvm::raw_string_ostream o(s);
    llvm::TypeSwitch<Operation *>(op)
        .Case([&](step::ScalarOp) { o << "s" << word({Word::Scalar, at}); })
        .Case([&](step::SpaceOp) { o << "n" << word({Word::Bounds, at}) << "," << word({Word::Size, at}); })
        .Case([&](step::StateOp state) {
          o << "a" << word({Word::Array, at}) << ":" << type(state.getType());
          if (auto rows = state.getRowsAttr())
            o << "rows" << word({Word::Stride, at}) << "," << symbol(rows);
        })
        .Case([&](step::QueueOp queue) { o << "q" << word({Word::Queue, at}) << symbol(queue.getSpaceAttr()); })
        .Case([&](step::GraphOp graph) {
          o << "g" << word({Word::Graph, at}) << symbol(graph.getSourceAttr());
          if (auto weight = graph.getWeightAttr())
            o << "w" << symbol(weight);
          if (auto weight = graph.getWeightType())
            o << "W" << tables.compute(*weight);
          if (auto delay = graph.getDelayAttr())
            o << "d" << symbol(delay);
          o << (graph.getEdgeDelay().empty() ? "" : graph.getSteps() == "interpolated" ? "F" : "D");
        });
    return s;
  }

  std::string type(Type type) {
    std::string s;
    llvm::raw_string_ostream o(s);
    if (auto array = dyn_cast<step::ArrayType>(type))
      o << tables.compute(array.getElement()) << "on" << symbol(array.getSpace());
    else
      o << tables.compute(type);
    return s;
  }

  void attribute(StringRef name, Attribute value) {
    if (auto ref = dyn_cast<FlatSymbolRefAttr>(value))
      out << name << "=" << symbol(ref);
    else if (auto list = dyn_cast<ArrayAttr>(value))
      for (Attribute item : list)
        attribute(name, item);
    else if (auto purpose = dyn_cast<StringAttr>(value); purpose && name == "purpose")
      out << "key" << word({Word::Key, nameHash(purpose.getValue())});
    else
      out << name << "=" << value;
    out << ";";
  }

  std::string value(Value v) {
    auto [at, isNew] = numbers.try_emplace(v, numbers.size());
    if (!isNew)
      return std::to_string(at->second);
    std::string s = std::to_string(at->second);
    // A value from outside: the state in which it lies.
    if (FlatSymbolRefAttr slot = slotOutside(v))
      s += symbol(slot);
    return s + type(v.getType());
  }

  FlatSymbolRefAttr slotOutside(Value v) {
    auto loop = cast<step::LoopOp>(phase->getParentOp());
    if (auto argument = dyn_cast<BlockArgument>(v); argument && argument.getOwner() == &loop.getBody().front())
      return cast<FlatSymbolRefAttr>(loop.getStates()[argument.getArgNumber()]);
    if (auto other = v.getDefiningOp<step::PhaseOp>(); other && other.getSlots())
      return cast<FlatSymbolRefAttr>((*other.getSlots())[cast<OpResult>(v).getResultNumber()]);
    return {};
  }

  void operation(Operation *op) {
    out << "\n" << op->getName().getStringRef() << "(";
    for (Value operand : op->getOperands())
      out << value(operand) << " ";
    out << ")";
    bool isPhase = op == phase.getOperation();
    if (!isPhase)
      for (NamedAttribute a : op->getAttrDictionary())
        attribute(a.getName(), a.getValue());
    out << "->";
    if (!isPhase)
      for (Value result : op->getResults())
        out << value(result) << " ";
    for (Region &region : op->getRegions())
      for (Block &block : region) {
        out << "{";
        for (Value argument : block.getArguments())
          out << value(argument) << " ";
        for (Operation &inner : block)
          operation(&inner);
        out << "}";
      }
  }

  Tables &tables;
  step::PhaseOp phase;
  SmallVectorImpl<Word> &words;
  std::string text;
  llvm::raw_string_ostream out;
  DenseMap<Value, unsigned> numbers;
};

} // namespace

std::string describePhase(Tables &tables, step::PhaseOp phase, SmallVectorImpl<Word> &words) {
  return Describer(tables, phase, words).describe();
}

step::StateOp PhaseFrame::stateOf(Value value) {
  for (auto [yielded, result] : llvm::zip(phase.getBody().front().getTerminator()->getOperands(), phase.getOutputs()))
    if (yielded == value)
      value = result;
  FlatSymbolRefAttr name;
  auto loop = cast<step::LoopOp>(phase->getParentOp());
  if (auto argument = dyn_cast<BlockArgument>(value))
    name = cast<FlatSymbolRefAttr>(loop.getStates()[argument.getArgNumber()]);
  else if (auto from = value.getDefiningOp<step::PhaseOp>(); from && from.getSlots())
    name = cast<FlatSymbolRefAttr>((*from.getSlots())[cast<OpResult>(value).getResultNumber()]);
  return name ? lowering.tables.state(name) : step::StateOp();
}

Value PhaseFrame::array(step::StateOp state) { return access.get({Word::Array, lowering.tables.position.lookup(state.getSymName())}); }

Value PhaseFrame::rows(step::StateOp state) {
  return b.wholeNumber(access.get({Word::Scalar, lowering.tables.at(state.getRowsAttr())}));
}

Value PhaseFrame::row(step::StateOp state, Value row) {
  Value stride = access.get({Word::Stride, lowering.tables.position.lookup(state.getSymName())});
  return b.address(array(state), storageOf(state), b.mul(row, stride));
}

Value PhaseFrame::stepModulo(Value n) {
  Value rest = b.remainder(step, n);
  return reverse ? b.wrapUp(rest, n) : rest;
}

Value PhaseFrame::currentRow(step::StateOp state) { return row(state, stepModulo(rows(state))); }

Type PhaseFrame::storageOf(step::StateOp state) { return lowering.tables.storage(Tables::arrayType(state).getElement()); }

RegionEmitter PhaseFrame::emitter(unsigned width) {
  RegionEmitter emitter(b, access, lowering.tables, width);
  emitter.step = emitter.timeStep = step;
  return emitter;
}

FailureOr<PhaseCall> lowerPhase(Lowering &lowering, step::PhaseOp phase, llvm::StringMap<std::string> &known) {
  PhaseCall call;
  if (ArrayAttr after = phase.getAfterAttr())
    call.after = llvm::to_vector(after.getAsRange<step::WaitAttr>());
  call.every = phase.getEveryAttr();
  std::string &name = known[describePhase(lowering.tables, phase, call.words)];
  if (!name.empty()) {
    call.function = name;
    ++lowering.phasesMerged;
    return call;
  }
  call.function = name = lowering.prefix.str() + std::to_string(lowering.phaseFunctions++);
  Loops b = lowering.builder(phase.getLoc());
  Type i64 = b.getI64Type(), pointer = b.pointerType();
  auto function = lowering.function(b, name, {pointer, pointer, i64, i64}, {}, true);
  Operation *end = func::ReturnOp::create(b, b.loc);
  b.setInsertionPoint(end);
  Access access(b, function.getArgument(0), function.getArgument(1), call.words);
  auto loop = cast<step::LoopOp>(phase->getParentOp());
  PhaseFrame frame{lowering, b, access, phase, function.getArgument(2), function.getArgument(3), loop.getReverse()};
  Operation *first = &phase.getBody().front().front();
  LogicalResult result = success();
  if (auto deliver = dyn_cast<step::DeliverOp>(first))
    result = lowerDeliver(frame, deliver);
  else if (auto contract = dyn_cast<step::ContractOp>(first))
    result = lowerContract(frame, contract);
  else if (auto reduce = dyn_cast<step::ReduceOp>(first))
    result = lowerReduce(frame, reduce);
  else if (auto count = dyn_cast<step::CountOp>(first))
    result = lowerCount(frame, count);
  else
    result = lowerElementwise(frame);
  if (failed(result))
    return failure();
  return call;
}

} // namespace bdc::compiler::lower
