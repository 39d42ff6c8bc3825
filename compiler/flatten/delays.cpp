// Delays: common ones make queues longer, drawn ones need a ring of weights on the target.
#include "compiler/flatten/bounds.h"
#include "compiler/flatten/flattener.h"

using namespace mlir;
using bdc::bd::Fn;

namespace bdc::compiler::flatten {

LogicalResult Flattener::declareDelay(Projection &projection, step::GraphOp graph) {
  bd::ProjectOp op = projection.op;
  if (op.getDelay().empty())
    return success();
  if (op.getDelayPerEdge())
    return declareRing(projection, graph);
  std::string name = (op.getStatement() + ".delay").str();
  FlatSymbolRefAttr delay = scalarOf(op.getDelay(), name, {/*settable=*/true, /*whole=*/false, shownOf(op, "bd.delay_shown")});
  if (!delay)
    return failure();
  auto type = bd::quantityType(context, units::dim::time);
  graph.setDelayAttr(derived((delay.getValue() + ".steps").str(), op.getLoc(), [&](Emitter &emitter) {
    return inSteps(emitter, step::ReadOp::create(builder, op.getLoc(), type, delay), op.getLoc());
  }));
  return success();
}

/// True when a value of a synapse's handler is the same for all events: it reads neither the weight nor a state.
static bool isFree(Value value, bd::ModelOp model) {
  Operation *op = value.getDefiningOp();
  if (isa<bd::WeightOp>(op))
    return false;
  if (auto get = dyn_cast<bd::GetOp>(op)) {
    Operation *declaration = SymbolTable::lookupSymbolIn(model, get.getNameAttr());
    if (auto let = dyn_cast_or_null<bd::LetOp>(declaration))
      return isFree(let.getValue().front().getTerminator()->getOperand(0), model);
    return isa_and_nonnull<bd::ParamOp>(declaration);
  }
  return llvm::all_of(op->getOperands(), [&](Value operand) { return isFree(operand, model); });
}

/// True when `value` is the event's weight times something that is the same for all events: then the weights of events that are due
/// together may be summed first.
static bool isProportionalToWeight(Value value, bd::ModelOp model) {
  Operation *op = value.getDefiningOp();
  auto [a, b] = op->getNumOperands() == 2 ? std::pair(op->getOperand(0), op->getOperand(1)) : std::pair<Value, Value>();
  if (isa<bd::WeightOp>(op))
    return true;
  if (isa<bd::MulOp>(op))
    return (isProportionalToWeight(a, model) && isFree(b, model)) || (isFree(a, model) && isProportionalToWeight(b, model));
  if (isa<bd::DivOp>(op))
    return isProportionalToWeight(a, model) && isFree(b, model);
  return isa<bd::NegOp>(op) && isProportionalToWeight(op->getOperand(0), model);
}

/// Drawn delays: the weights of events under way lie in a ring on the target, one row per step in which they are due.
LogicalResult Flattener::declareRing(Projection &projection, step::GraphOp graph) {
  bd::ProjectOp op = projection.op;
  bd::ModelOp synapse = projection.group ? projection.group->synapse.model : bd::ModelOp();
  if (synapse)
    for (auto on : synapse.getBody().getOps<bd::OnOp>())
      for (Operation &action : on.getActions().getOps()) {
        auto increment = dyn_cast<bd::IncrementOp>(action);
        if (isa<bd::SetOp>(action) || (increment && !isProportionalToWeight(increment.getValue(), synapse)))
          return op.emitOpError() << "with drawn delays, events that are due together act together, so a synapse may only add something "
                                     "proportional to the weight to its states";
      }
  std::string name = op.getSymName().str();
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&graph.getEdgeDelay());
    Emitter emitter(builder, elementReader());
    Value drawn = emitter.value(op.getDelay(), nullptr);
    if (!drawn)
      return failure();
    emitter.build(op.getLoc()).yield(drawn);
  }
  graph.setMaxDelayAttr(derived(name + ".max_delay", op.getLoc(), [&](Emitter &emitter) {
    Value longest = upperBound(graph.getEdgeDelay(), emitter, program);
    if (!longest)
      return Value();
    // What is drawn is made into steps by roundings of its own, of f32 in f32: half a step may become a whole one.
    return inSteps(emitter, longest, op.getLoc(), /*least=*/0, /*stretch=*/1 + 1e-6);
  }));
  if (!graph.getMaxDelayAttr())
    return failure();
  FlatSymbolRefAttr rows = derived(name + ".rows", op.getLoc(), [&](Emitter &emitter) {
    bd::ScalarBuilder make = emitter.build(op.getLoc());
    Value longest = step::ReadOp::create(builder, op.getLoc(), bd::quantityType(context, {}), graph.getMaxDelayAttr());
    return make.add(longest, make.constant(1));
  });
  projection.ring = array(name + ".arriving", projection.weight, projection.target->space, bd::StateKind::Delay, op.getLoc(), {}, rows);
  return success();
}

/// A list is kept for as many steps as the longest common delay of its readers, and two more.
void Flattener::declareDepths() {
  for (Population &population : populations) {
    llvm::SetVector<SymbolRefAttr> delays;
    for (Projection &projection : projections)
      if (projection.source == &population)
        if (FlatSymbolRefAttr delay = program.lookupSymbol<step::GraphOp>(projection.graph).getDelayAttr())
          delays.insert(delay);
    if (delays.empty())
      continue;
    auto queue = program.lookupSymbol<step::QueueOp>(population.queue);
    queue.setDepthAttr(derived(("depth of " + population.queue.getValue()).str(), queue.getLoc(), [&](Emitter &emitter) {
      bd::ScalarBuilder make = emitter.build(queue.getLoc());
      Value longest;
      for (SymbolRefAttr delay : delays) {
        Value steps = step::ReadOp::create(builder, queue.getLoc(), bd::quantityType(context, {}), cast<FlatSymbolRefAttr>(delay));
        longest = longest ? make.fn(Fn::Max, {longest, steps}) : steps;
      }
      return make.add(longest, make.constant(2));
    }));
  }
}

} // namespace bdc::compiler::flatten
