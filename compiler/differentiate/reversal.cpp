// The reverse loop: one step backwards.
#include "compiler/differentiate/reversal.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace bdc::compiler {

LoopDraft::LoopDraft(step::ProgramOp program, StringRef role)
    : builder(program.getContext()), program(program), role(role), block(std::make_unique<Block>()) {
  builder.setInsertionPointToEnd(block.get());
}

Value LoopDraft::now(StringAttr state) {
  auto [at, isNew] = values.try_emplace(state, Value());
  if (isNew) {
    auto op = program.lookupSymbol<step::StateOp>(state);
    at->second = block->addArgument(op.getType(), op.getLoc());
  }
  return at->second;
}

void LoopDraft::finish() {
  if (block->empty())
    return;
  SmallVector<Attribute> names;
  SmallVector<Value> last;
  for (auto &[name, value] : values) {
    names.push_back(FlatSymbolRefAttr::get(name));
    last.push_back(value);
  }
  step::NextOp::create(builder, program.getLoc(), last);
  OpBuilder after(program.getContext());
  step::LoopOp previous;
  for (auto loop : program.getOps<step::LoopOp>())
    previous = loop;
  after.setInsertionPointAfter(previous);
  auto loop = step::LoopOp::create(after, program.getLoc(), after.getArrayAttr(names), /*reverse=*/true, after.getStringAttr(role));
  loop.getBody().push_back(block.release());
}

Reversal::Reversal(step::ProgramOp program, step::LoopOp run, const Wanted &wanted, const Activity &activity, const units::Dimension &loss)
    : program(program), run(run), wanted(wanted), activity(activity), loss(loss), declarations(run) {}

Value Reversal::argumentOf(StringAttr state) {
  for (BlockArgument argument : body().getArguments())
    if (nameOf(argument) == state)
      return argument;
  llvm_unreachable("a state of the loop");
}

void Reversal::begin(StringRef role) {
  draft = std::make_unique<LoopDraft>(program, role);
  adjoints.clear();
  restored.clear();
}

LogicalResult Reversal::build() {
  if (failed(findEchoes()) || failed(findCredits()) || failed(findEventEchoes()))
    return failure();
  beginTape();
  if (failed(declareTables()) || failed(buildSteps()) || failed(buildPast()) || failed(buildStart()))
    return failure();
  for (auto objective : program.getOps<step::ObjectiveOp>())
    if (failed(differentiateObjective(objective)))
      return failure();
  return declareParts();
}

/// One step backwards: samples, what later steps felt of this one, then the operations of the step from the last to the first.
LogicalResult Reversal::buildSteps() {
  begin("adjoint");
  SmallVector<std::pair<StringAttr, Value>> states;
  for (BlockArgument argument : body().getArguments()) {
    StringAttr name = nameOf(argument);
    if (!activity.isActive(argument) || stateOf(name).getRows())
      continue;
    states.push_back({name, argument});
    add(nextOf(argument), draft->now(adjointOf(name)));
  }
  for (auto record : program.getOps<step::RecordOp>())
    if (isHeard(record) && failed(inject(record)))
      return failure();
  for (Echo &echo : echoes) {
    FailureOr<SmallVector<Value>> values = valuesOf(echo);
    if (failed(values))
      return failure();
    hear(echo, *values);
  }
  for (Credit &credit : credits)
    if (failed(hear(credit)))
      return failure();
  for (EventEcho &echo : eventEchoes)
    hear(echo);
  for (Operation &op : llvm::reverse(body().without_terminator())) {
    LogicalResult done = TypeSwitch<Operation *, LogicalResult>(&op)
                             .Case([&](step::MapOp map) { return reverse(map); })
                             .Case([&](step::ContractOp contract) { return reverse(contract); })
                             .Case([&](step::DeliverOp deliver) { return reverse(deliver); })
                             .Case([&](step::TakeOp take) { return reverse(take); })
                             .Case([&](step::CountOp count) { return reverse(count); })
                             .Case([&](step::PushOp) { return success(); }) // echoes
                             .Default([&](Operation *other) -> LogicalResult {
                               if (llvm::none_of(other->getResults(), [&](Value result) { return adjoints.count(result); }))
                                 return success();
                               return other->emitOpError() << "has no derivative";
                             });
    if (failed(done))
      return failure();
  }
  for (auto [name, argument] : states) {
    Value sum = total(argument);
    if (!sum) // nothing before this step reaches it
      sum = nothing(adjointElement(arrayOf(argument).getElement()), arrayOf(argument).getSpace());
    draft->set(adjointOf(name), sum);
  }
  draft->finish();
  return success();
}

} // namespace bdc::compiler
