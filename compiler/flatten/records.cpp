// Recordings, summaries and plots.
#include "compiler/flatten/flattener.h"

using namespace mlir;

namespace bdc::compiler::flatten {

/// The wanted name, or the next free "name_2", "name_3", …; what is observed has no place of its own that could be taken.
std::string Flattener::recordName(StringRef wanted, bd::RecordOp op) {
  if (op.getObserved())
    return wanted.str();
  unsigned count = ++recordNames[wanted];
  return count == 1 ? wanted.str() : (wanted + "_" + Twine(count)).str();
}

LogicalResult Flattener::declareRecord(bd::RecordOp op, unsigned number) {
  Observer *observer = findObserver(op.getPopulation());
  Projection *projection = findProjection(op.getPopulation());
  Population *population = observer ? observer->source : projection ? projection->target : findPopulation(op.getPopulationAttr(), op);
  if (!population)
    return failure();
  if (projection && (!projection->group || op.getValue().empty()))
    return op.emitOpError() << "records what belongs to a synapse, and " << op.getPopulationAttr() << " has none";
  std::string prefix = "record." + std::to_string(number);
  FailureOr<ArrayAttr> selection = slice(op.getSlice(), prefix);
  if (failed(selection))
    return failure();
  FlatSymbolRefAttr every;
  if (!op.getEvery().empty() && !(every = scalarOf(op.getEvery(), prefix + ".every", {})))
    return failure();
  FlatSymbolRefAttr space = observer ? observer->model.space : population->space;
  auto record = step::RecordOp::create(builder, op.getLoc(), op.getTextAttr(), text(population->name()), op.getUnsavedAttr(), space,
                                       FlatSymbolRefAttr(), op.getTypeAttr(), shownOf(op), *selection, every, op.getObservedAttr(), FlatSymbolRefAttr());
  const Instance &instance = observer ? observer->model : projection ? projection->group->synapse : population->instance;
  if (!op.getValue().empty())
    return declareTrace(op, instance, op.getPopulation(), record, observer ? observer->total : FlatSymbolRefAttr());
  if (!population->queue)
    return op.emitOpError() << population->name() << " emits no events: its model " << population->instance.model.getSymName()
                            << " has no `emit spike`";
  record.setSourceAttr(population->queue);
  record.setName(recordName(population->name(), op));
  return success();
}

/// An array by itself, or an expression of arrays.
LogicalResult Flattener::declareTrace(bd::RecordOp op, const Instance &instance, StringRef owner, step::RecordOp record,
                                      FlatSymbolRefAttr totals) {
  Block &block = op.getValue().front();
  auto get = dyn_cast<bd::GetOp>(block.front());
  const bool isOfSynapse = findProjection(owner);
  if (get && block.getOperations().size() == 2) {
    Meaning meaning = instance.names.lookup(get.getNameAttr().getAttr());
    if (meaning.declaration && meaning.kind == Meaning::Array) {
      record.setSourceAttr(meaning.symbol);
      // The state of a synapse may have the name of another projection, which shares it.
      record.setName(recordName(isOfSynapse ? (owner + "." + get.getName()).str() : meaning.symbol.getValue(), op));
      return success();
    }
    record.setName(recordName(meaning.declaration && meaning.kind == Meaning::Output && !isOfSynapse ? owner.str() : (owner + "." + get.getName()).str(), op));
  } else {
    record.setName(recordName(op.getText(), op));
  }
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&record.getValue());
  Emitter emitter(builder, elementReader());
  emitter.totals = totals;
  Value value = emitter.value(op.getValue(), &instance);
  if (!value)
    return failure();
  emitter.build(op.getLoc()).yield(value);
  widen(record.getValue().front());
  record.setType(value.getType());
  return success();
}

/// A summary or plot: options become scalars, so that the runtime finds every number in one table.
void Flattener::declareRequest(bd::RequestOp op, unsigned number) {
  SmallVector<Attribute> arguments;
  for (auto entry : op.getArguments().getAsRange<DictionaryAttr>()) {
    auto option = entry.getAs<StringAttr>("option");
    auto value = entry.getAs<FloatAttr>("value");
    auto unit = entry.getAs<StringAttr>("unit");
    if (!option || !value || !unit) {
      arguments.push_back(entry);
      continue;
    }
    units::Unit shown = units::unit(std::string_view(unit.data(), unit.size()));
    FlatSymbolRefAttr scalar = derived("request." + std::to_string(number) + "." + option.str(), op.getLoc(), [&](Emitter &emitter) {
      return emitter.build(op.getLoc()).constant(shown.toCoherent(value.getValueAsDouble()), shown.dimension);
    }, {/*settable=*/false, /*whole=*/false, unit});
    arguments.push_back(builder.getDictionaryAttr({builder.getNamedAttr("option", option), builder.getNamedAttr("scalar", scalar)}));
  }
  step::RequestOp::create(builder, op.getLoc(), op.getWhat(), op.getFunction(), op.getText(), builder.getArrayAttr(arguments));
}

/// The number of an element by its label: among the regions of a population, or the sensors of an observer.
LogicalResult Flattener::declareLabel(bd::LabelOp op) {
  FlatSymbolRefAttr owner;
  if (Observer *observer = findObserver(op.getOwner())) {
    owner = observer->op.getTableAttr();
  } else if (Population *population = findPopulation(op.getOwnerAttr(), op)) {
    owner = population->region ? FlatSymbolRefAttr() : population->regions;
  } else {
    return failure();
  }
  if (!owner)
    return op.emitOpError() << "the elements of " << op.getOwnerAttr() << " have no labels";
  step::LabelOp::create(builder, op.getLoc(), op.getParamAttr(), op.getLabelAttr(), owner);
  return success();
}

} // namespace bdc::compiler::flatten
