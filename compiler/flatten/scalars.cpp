// Numbers known before the first step.
#include "compiler/flatten/flattener.h"

using namespace mlir;

namespace bdc::compiler::flatten {

LogicalResult Flattener::declareScalars() {
  // dt comes first: everything else may be counted in steps.
  ScalarTraits time{/*settable=*/true, /*whole=*/false, {}};
  if (auto dt = dyn_cast_or_null<bd::ParamOp>(SymbolTable::lookupSymbolIn(network, "dt"))) {
    if (failed(copyParam(dt)))
      return failure();
  } else if (!scalar("dt", experiment.getStep(), nullptr, time)) {
    return failure();
  }
  for (auto param : network.getBody().getOps<bd::ParamOp>())
    if (param.getSymName() != "dt" && failed(copyParam(param)))
      return failure();
  FlatSymbolRefAttr step = scalarOf(experiment.getStep(), "dt", time);
  if (step && step.getValue() != "dt")
    return experiment.emitOpError() << "the step size is called dt, not " << step;
  FlatSymbolRefAttr duration = scalarOf(experiment.getDuration(), "duration", time);
  if (!step || !duration)
    return failure();
  program.setDurationAttr(duration);
  if (experiment.getDiscard().empty())
    return success();
  FlatSymbolRefAttr discard = scalarOf(experiment.getDiscard(), "discard", time);
  program.setDiscardAttr(discard);
  return success(bool(discard));
}

LogicalResult Flattener::copyParam(bd::ParamOp param) {
  ScalarTraits traits{/*settable=*/true, param.getWhole(), shownOf(param)};
  if (param.getValue().empty())
    return param.emitOpError() << "a param of a network has a value";
  return success(bool(scalar(param.getSymName(), param.getValue(), nullptr, traits)));
}

FlatSymbolRefAttr Flattener::scalar(StringRef name, Region &value, const Instance *scope, ScalarTraits traits) {
  return derived(name, value.getLoc(), [&](Emitter &emitter) { return emitter.value(value, scope); }, traits);
}

FlatSymbolRefAttr Flattener::scalarOf(Region &value, StringRef name, ScalarTraits traits) {
  Block &block = value.front();
  auto read = dyn_cast<bd::ReadOp>(block.front());
  if (!read || block.getOperations().size() != 2 || block.getTerminator()->getOperands() != read->getResults())
    return scalar(name, value, nullptr, traits);
  auto known = scalars.find(read.getName());
  if (known == scalars.end()) {
    read.emitOpError() << "there is no number called " << read.getName();
    return {};
  }
  if (traits.whole)
    known->second.setWhole(true);
  return read.getNameAttr();
}

FlatSymbolRefAttr Flattener::derived(StringRef name, Location loc, function_ref<Value(Emitter &)> value, ScalarTraits traits) {
  if (scalars.count(name))
    return symbol(name);
  OpBuilder::InsertionGuard guard(builder);
  if (lastScalar)
    builder.setInsertionPointAfter(lastScalar);
  auto type = bd::QuantityType::get(context, "1");
  auto op = step::ScalarOp::create(builder, loc, name, type, traits.settable, traits.whole, traits.shown);
  builder.createBlock(&op.getValue());
  Emitter emitter(builder, [](FlatSymbolRefAttr, Type, Location) { return Value(); });
  emitter.knowsElements = false;
  Value result = value(emitter);
  if (!result)
    return {};
  emitter.build(loc).yield(result);
  op.setType(result.getType());
  bool unknown = false;
  op.walk([&](step::ReadOp read) {
    if (scalars.count(read.getScalar()))
      return;
    read.emitOpError() << read.getScalarAttr() << " is not a number declared before " << name;
    unknown = true;
  });
  if (unknown)
    return {};
  scalars[name] = lastScalar = op;
  return symbol(name);
}

FailureOr<ArrayAttr> Flattener::slice(Region &region, StringRef prefix) {
  if (region.empty())
    return ArrayAttr();
  SmallVector<Attribute> bounds;
  const char *parts[] = {".first", ".last", ".stride"};
  for (auto [index, part] : llvm::enumerate(parts)) {
    FlatSymbolRefAttr bound = derived((prefix + part).str(), region.getLoc(), [&, index = index](Emitter &emitter) {
      FailureOr<SmallVector<Value>> values = emitter.values(region, nullptr);
      return failed(values) ? Value() : (*values)[index];
    }, {/*settable=*/false, /*whole=*/true, {}});
    if (!bound)
      return failure();
    bounds.push_back(bound);
  }
  return ArrayAttr::get(context, bounds);
}

} // namespace bdc::compiler::flatten
