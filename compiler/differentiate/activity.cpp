// Which values of a loop are active: forwards what depends on a wanted parameter, backwards what reaches the objective.
#include "compiler/differentiate/activity.h"

using namespace mlir;

namespace bdc::compiler {

bool isDifferentiable(Type element) { return isa<bd::QuantityType>(element); }

template <typename Read> static bool readsSome(Region &region, function_ref<bool(Read)> is) {
  return region.walk([&](Read read) { return is(read) ? WalkResult::interrupt() : WalkResult::advance(); }).wasInterrupted();
}
bool readsScalar(Region &region, function_ref<bool(StringAttr)> is) {
  return readsSome<step::ReadOp>(region, [&](step::ReadOp read) { return is(read.getScalarAttr().getAttr()); });
}
bool readsElement(Region &region, function_ref<bool(StringAttr)> is) {
  return readsSome<step::ElementOp>(region, [&](step::ElementOp element) { return is(element.getStateAttr().getAttr()); });
}

static Type elementOf(Value value) { return cast<step::ArrayType>(value.getType()).getElement(); }
static StringAttr nameAt(step::LoopOp loop, unsigned position) {
  return cast<FlatSymbolRefAttr>(loop.getStates()[position]).getAttr();
}
static step::NextOp nextOf(step::LoopOp loop) { return cast<step::NextOp>(loop.getBody().front().getTerminator()); }

Wanted::Wanted(step::ProgramOp program) {
  for (auto gradient : program.getOps<step::GradientOp>()) {
    StringAttr of = gradient.getOfAttr().getAttr();
    bool isScalar = isa<step::ScalarOp>(SymbolTable::lookupSymbolIn(program, of));
    if ((isScalar ? scalars : states).insert(of).second && isScalar)
      ordered.push_back(of);
  }
  for (auto data : program.getOps<step::DataOp>()) { // parts come after their tables
    auto table = data.getFrom().getAs<FlatSymbolRefAttr>("table");
    if (table && data.getWeights()) // which are a direction
      continue;
    StringAttr weights = table                                                               ? tables.lookup(table.getAttr())
                         : data.getWeights() && states.contains(data.getWeightsAttr().getAttr()) ? data.getWeightsAttr().getAttr()
                                                                                             : StringAttr();
    if (weights)
      tables[data.getSymNameAttr()] = weights;
  }
}

StringAttr Wanted::weightsAt(Operation &op) const {
  auto edge = dyn_cast<bd::EdgeOp>(op);
  return edge && edge.getField() == "weights" ? tables.lookup(edge.getDataAttr().getAttr()) : StringAttr();
}

bool Wanted::readsWeights(Region &region) const {
  return region.walk([&](Operation *op) { return weightsAt(*op) ? WalkResult::interrupt() : WalkResult::advance(); }).wasInterrupted();
}

Activity::Activity(step::ProgramOp program, step::LoopOp loop, const Wanted &wanted) : program(program), loop(loop), wanted(wanted) {
  for (auto map : loop.getBody().front().getOps<step::MapOp>())
    flows[map] = flowOf(map);
  findVaried();
  findUseful();
}

Activity::Flow Activity::flowOf(step::MapOp map) const {
  Block &region = map.getBody().front();
  unsigned inputs = region.getNumArguments();
  DenseMap<Value, llvm::BitVector> reads; // one more bit for what is wanted
  for (BlockArgument argument : region.getArguments()) {
    llvm::BitVector &bits = reads[argument];
    bits.resize(inputs + 1);
    if (isDifferentiable(argument.getType()))
      bits.set(argument.getArgNumber());
  }
  for (Operation &op : region.without_terminator()) {
    llvm::BitVector bits(inputs + 1);
    for (Value operand : op.getOperands())
      if (auto known = reads.find(operand); known != reads.end())
        bits |= known->second;
    if (auto read = dyn_cast<step::ReadOp>(op); read && wanted.scalars.contains(read.getScalarAttr().getAttr()))
      bits.set(inputs);
    for (Value result : op.getResults())
      if (isDifferentiable(result.getType()))
        reads[result] = bits;
  }
  Flow flow;
  for (Value yielded : region.getTerminator()->getOperands()) {
    auto known = reads.find(yielded);
    flow.inputs.push_back(known != reads.end() ? known->second : llvm::BitVector(inputs + 1));
    if (unsigned position = flow.inputs.size() - 1; map.getEvery()) // what it is in other steps
      flow.inputs.back().set(position);
    flow.readsWanted.push_back(flow.inputs.back().test(inputs));
  }
  return flow;
}

/// Marks the results that depend on something wanted.
bool Activity::vary(Operation *op) {
  bool changed = false;
  auto mark = [&](Value result) {
    if (isDifferentiable(elementOf(result)))
      changed |= varied.insert(result).second;
  };
  if (auto map = dyn_cast<step::MapOp>(op)) {
    const Flow &flow = flows[op];
    for (auto [position, result] : llvm::enumerate(map.getOutputs()))
      for (unsigned input = 0; input < map.getInputs().size(); ++input)
        if (flow.readsWanted.test(position) || (flow.inputs[position].test(input) && varied.contains(map.getInputs()[input])))
          mark(result);
    if (map.getInputs().empty() && varies(op))
      llvm::for_each(map.getOutputs(), mark);
  } else if (varies(op)) {
    llvm::for_each(op->getResults(), mark);
  }
  return changed;
}

/// Marks the operands that the objective feels through the results.
void Activity::use(Operation *op) {
  auto map = dyn_cast<step::MapOp>(op);
  if (!map) {
    useful.insert(op->getOperands().begin(), op->getOperands().end());
    return;
  }
  const Flow &flow = flows[op];
  for (auto [position, result] : llvm::enumerate(map.getOutputs()))
    for (unsigned input = 0; input < map.getInputs().size(); ++input)
      if (useful.contains(result) && flow.inputs[position].test(input))
        useful.insert(map.getInputs()[input]);
}

bool Activity::isActive(StringAttr state) const {
  for (auto [position, argument] : llvm::enumerate(loop.getBody().getArguments()))
    if (nameAt(loop, position) == state)
      return isActive(argument);
  return false;
}

bool Activity::varies(StringAttr state) const {
  return startVaries(state) || llvm::any_of(llvm::enumerate(loop.getBody().getArguments()), [&](auto each) {
           return nameAt(loop, each.index()) == state && varied.contains(each.value());
         });
}

bool Activity::varies(step::RecordOp record) const {
  if (FlatSymbolRefAttr source = record.getSourceAttr())
    return varies(source.getAttr()) || eventsVary(source.getAttr());
  return readsWanted(record.getValue()) || readsElement(record.getValue(), [&](StringAttr state) { return varies(state); });
}

bool Activity::readsWanted(Region &region) const {
  return wanted.readsWeights(region) || readsScalar(region, [&](StringAttr scalar) { return wanted.scalars.contains(scalar); });
}

bool Activity::readsVariedElements(Region &region) const {
  return readsElement(region, [&](StringAttr state) { return startVaries(state); });
}

/// Whether the results of an operation depend on something wanted.
bool Activity::varies(Operation *op) const {
  if (llvm::any_of(op->getOperands(), [&](Value operand) { return varied.contains(operand); }))
    return true;
  for (Region &region : op->getRegions())
    if (readsWanted(region))
      return true;
  auto contract = dyn_cast<step::ContractOp>(op);
  auto deliver = dyn_cast<step::DeliverOp>(op);
  auto count = dyn_cast<step::CountOp>(op);
  if ((deliver && variedQueues.contains(deliver.getQueueAttr().getAttr())) || (count && variedQueues.contains(count.getQueueAttr().getAttr())))
    return true;
  if (!contract && !deliver)
    return false;
  auto graph = program.lookupSymbol<step::GraphOp>(contract ? contract.getGraph() : deliver.getGraph());
  if ((graph.getWeightAttr() && wanted.scalars.contains(graph.getWeightAttr().getAttr())) || wanted.leadTo(graph.getDelayAttr()))
    return true;
  return llvm::any_of(graph->getRegions(), [&](Region &edge) { return readsWanted(edge) || readsVariedElements(edge); });
}

void Activity::findVaried() {
  for (auto state : program.getOps<step::StateOp>()) {
    if (wanted.isTable(state.getSymNameAttr())) // which edges read, and no map
      continue;
    bool reads = wanted.states.contains(state.getSymNameAttr()) || readsWanted(state.getInitial());
    if (reads || readsVariedElements(state.getInitial()))
      variedStarts.insert(state.getSymNameAttr());
  }
  Block &body = loop.getBody().front();
  for (auto [position, argument] : llvm::enumerate(body.getArguments()))
    if (variedStarts.contains(nameAt(loop, position)) && isDifferentiable(elementOf(argument)))
      varied.insert(argument);
  for (bool changed = true; changed;) {
    changed = false;
    for (auto emit : body.getOps<step::EmitOp>())
      if (emit.getIndicator() && varied.contains(emit.getIndicator()))
        changed |= variedQueues.insert(emit.getQueueAttr().getAttr()).second;
    for (Operation &op : body.without_terminator())
      changed |= vary(&op); // also where no state varies that did not: an event does, which is delivered further up
    for (auto [argument, next] : llvm::zip_equal(body.getArguments(), nextOf(loop).getStates()))
      if (varied.contains(next))
        changed |= varied.insert(argument).second;
  }
}

void Activity::reach(Region &region) {
  region.walk([&](Operation *op) {
    if (auto read = dyn_cast<step::ReadOp>(op))
      reaching.insert(read.getScalarAttr().getAttr());
    else if (auto element = dyn_cast<step::ElementOp>(op))
      reaching.insert(element.getStateAttr().getAttr());
    else if (StringAttr weights = wanted.weightsAt(*op))
      reaching.insert(weights);
  });
}

void Activity::findUseful() {
  for (auto record : program.getOps<step::RecordOp>())
    if (isHeard(record)) {
      if (record.getSource())
        reaching.insert(record.getSourceAttr().getAttr());
      reach(record.getValue());
    }
  for (auto objective : program.getOps<step::ObjectiveOp>())
    reach(objective.getValue());
  Block &body = loop.getBody().front();
  for (bool changed = true; changed;) {
    size_t before = useful.size() + reaching.size();
    for (auto [position, next] : llvm::enumerate(nextOf(loop).getStates()))
      if (reaching.contains(nameAt(loop, position)) || useful.contains(body.getArgument(position)))
        useful.insert(next);
    for (Operation &op : llvm::reverse(body.without_terminator())) {
      auto emit = dyn_cast<step::EmitOp>(op);
      bool matters = llvm::any_of(op.getResults(), [&](Value result) { return useful.contains(result); }) ||
                     (emit && reaching.contains(emit.getQueueAttr().getAttr()));
      if (!matters)
        continue;
      use(&op);
      for (Region &region : op.getRegions())
        reach(region);
      if (auto deliver = dyn_cast<step::DeliverOp>(op))
        reaching.insert(deliver.getQueueAttr().getAttr());
      if (auto count = dyn_cast<step::CountOp>(op))
        reaching.insert(count.getQueueAttr().getAttr());
      FlatSymbolRefAttr through = isa<step::ContractOp>(op)  ? cast<step::ContractOp>(op).getGraphAttr()
                                  : isa<step::DeliverOp>(op) ? cast<step::DeliverOp>(op).getGraphAttr()
                                                             : FlatSymbolRefAttr();
      if (auto graph = through ? program.lookupSymbol<step::GraphOp>(through) : step::GraphOp()) {
        reach(graph.getEdgeWeight());
        reach(graph.getEdgeDelay());
        if (graph.getWeightAttr())
          reaching.insert(graph.getWeightAttr().getAttr());
      }
    }
    changed = useful.size() + reaching.size() != before;
  }
  for (auto [position, argument] : llvm::enumerate(body.getArguments()))
    if (useful.contains(argument))
      reaching.insert(nameAt(loop, position));
  // What initial values are made of; those that others read come first.
  auto states = llvm::to_vector(program.getOps<step::StateOp>());
  for (step::StateOp state : llvm::reverse(states))
    if (reaching.contains(state.getSymNameAttr()))
      reach(state.getInitial());
}

} // namespace bdc::compiler
