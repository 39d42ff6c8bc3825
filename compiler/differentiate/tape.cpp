// The taping loop, and how the reverse loop comes by the values of a step.
#include "compiler/differentiate/reversal.h"

using namespace mlir;

namespace bdc::compiler {

void Reversal::beginTape() {
  OpBuilder builder(run);
  builder.setInsertionPointAfter(run);
  tapeLoop = cast<step::LoopOp>(builder.clone(*run, inTape));
  tapeLoop.setRole("tape");
  segment = scalar("steps per segment", [](bd::ScalarBuilder &build) { return build.constant(1); }, /*settable=*/true);
}

/// A state in which the taping loop keeps one of its values, step by step; once, if it is the same in every step.
StringAttr Reversal::keep(Value value, const Twine &name) {
  step::ArrayType type = arrayOf(value);
  auto contract = value.getDefiningOp<step::ContractOp>();
  bool isStill = contract && contract.isStill();
  FlatSymbolRefAttr rows = isStill ? scalar("one row", [](bd::ScalarBuilder &build) { return build.constant(1); }) : segment;
  StringAttr store = declare(name, type.getElement(), type.getSpace(), isStill ? bd::StateKind::Work : bd::StateKind::Tape, rows);
  OpBuilder builder(tapeLoop.getBody().front().getTerminator());
  step::SaveOp::create(builder, run.getLoc(), value, FlatSymbolRefAttr::get(store));
  ++taped;
  return store;
}

StringAttr Reversal::tape(Value value) {
  StringAttr &store = tapes[value];
  if (!store) {
    std::string what = isa<BlockArgument>(value) ? nameOf(value).str() : "sum " + std::to_string(taped);
    store = keep(inTape.lookup(value), "tape of " + what);
  }
  return store;
}

/// A value of the loop, in the loop that is being written: what does not change as it is, what maps make anew in each step, all else from the
/// tape.
FailureOr<Value> Reversal::forward(Value value) {
  if (Value known = restored.lookup(value))
    return known;
  auto argument = dyn_cast<BlockArgument>(value);
  if (argument && nextOf(argument) == value)
    return restored[value] = draft->now(nameOf(value));
  if (argument && stateOf(nameOf(value)).getRows())
    return run.emitOpError() << "the gradient would need the whole past of " << nameOf(value) << " at each step";
  auto map = value.getDefiningOp<step::MapOp>();
  if (!map || map.getEvery()) {
    auto restore = step::RestoreOp::create(draft->builder, run.getLoc(), value.getType(), FlatSymbolRefAttr::get(tape(value)));
    return restored[value] = restore.getValue();
  }
  IRMapping mapping;
  for (Value input : map.getInputs()) {
    FailureOr<Value> there = forward(input);
    if (failed(there))
      return failure();
    mapping.map(input, *there);
  }
  Operation *copy = draft->builder.clone(*map, mapping);
  for (auto [old, made] : llvm::zip_equal(map.getOutputs(), copy->getResults()))
    restored[old] = made;
  return restored[value];
}

} // namespace bdc::compiler
