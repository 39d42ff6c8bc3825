// Recordings.
#include "compiler/flatten/flattener.h"

using namespace mlir;

namespace bdc::compiler::flatten {

/// The wanted name, or the next free "name_2", "name_3", …
std::string Flattener::recordName(StringRef wanted) {
  unsigned count = ++recordNames[wanted];
  return count == 1 ? wanted.str() : (wanted + "_" + Twine(count)).str();
}

LogicalResult Flattener::declareRecord(bd::RecordOp op, unsigned number) {
  Population *population = findPopulation(op.getPopulationAttr(), op);
  if (!population)
    return failure();
  std::string prefix = "record." + std::to_string(number);
  FailureOr<ArrayAttr> selection = slice(op.getSlice(), prefix);
  if (failed(selection))
    return failure();
  FlatSymbolRefAttr every;
  if (!op.getEvery().empty() && !(every = scalarOf(op.getEvery(), prefix + ".every", {})))
    return failure();
  auto record = step::RecordOp::create(builder, op.getLoc(), op.getTextAttr(), text(population->name()), op.getUnsavedAttr(), population->space,
                                       FlatSymbolRefAttr(), op.getTypeAttr(), shownOf(op), *selection, every);
  if (!op.getValue().empty())
    return declareTrace(op, *population, record);
  if (!population->queue)
    return op.emitOpError() << population->name() << " emits no events: its model " << population->instance.model.getSymName()
                            << " has no `emit spike`";
  record.setSourceAttr(population->queue);
  record.setName(recordName(population->name()));
  return success();
}

/// An array by itself, or an expression of arrays.
LogicalResult Flattener::declareTrace(bd::RecordOp op, Population &population, step::RecordOp record) {
  Block &block = op.getValue().front();
  auto get = dyn_cast<bd::GetOp>(block.front());
  if (get && block.getOperations().size() == 2) {
    const Meaning &meaning = population.instance.names[get.getNameAttr().getAttr()];
    if (meaning.declaration && meaning.kind == Meaning::Array) {
      record.setSourceAttr(meaning.symbol);
      record.setName(recordName(meaning.symbol.getValue()));
      return success();
    }
    record.setName(recordName((population.name() + "." + get.getName()).str()));
  } else {
    record.setName(recordName(op.getText()));
  }
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&record.getValue());
  Emitter emitter(builder, elementReader());
  Value value = emitter.value(op.getValue(), &population.instance);
  if (!value)
    return failure();
  emitter.build(op.getLoc()).yield(value);
  record.setType(value.getType());
  return success();
}

} // namespace bdc::compiler::flatten
