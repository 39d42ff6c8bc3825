// What declarations of models, networks and experiments must satisfy: what they yield has the dimension they declare.
#include "dialects/bd/scalar_builder.h"

using namespace mlir;
using bdc::units::Dimension;

namespace bdc::bd {

/// The quantity that a declared type stands for; null for another type.
static QuantityType quantityOf(Type type) {
  if (auto state = dyn_cast<StateType>(type))
    type = state.getValue();
  return dyn_cast<QuantityType>(type);
}

static LogicalResult yieldsCount(Operation *op, Region &region, size_t count, StringRef what) {
  auto yield = region.empty() || region.front().empty() ? YieldOp() : dyn_cast<YieldOp>(region.front().back());
  if (!yield || yield.getValues().size() != count)
    return op->emitOpError() << what << " ends in bd.yield of " << count << (count == 1 ? " value" : " values");
  return success();
}

/// The region is empty or yields one quantity of this dimension.
static LogicalResult yields(Operation *op, Region &region, const Dimension &dimension, StringRef what) {
  if (region.empty())
    return success();
  if (failed(yieldsCount(op, region, 1, what)))
    return failure();
  auto type = dyn_cast<QuantityType>(region.front().back().getOperand(0).getType());
  if (type && type.getDimension() == dimension)
    return success();
  return op->emitOpError() << what << " is " << region.front().back().getOperand(0).getType() << ", expected a quantity in \""
                           << units::format(dimension) << "\"";
}

static LogicalResult yieldsAny(Operation *op, Region &region, StringRef what) {
  return region.empty() ? success() : yieldsCount(op, region, 1, what);
}

static LogicalResult isSlice(Operation *op, Region &region) {
  if (region.empty())
    return success();
  if (failed(yieldsCount(op, region, 3, "a slice")))
    return failure();
  for (Value bound : region.front().back().getOperands())
    if (auto type = dyn_cast<QuantityType>(bound.getType()); !type || !type.getDimension().isNone())
      return op->emitOpError() << "a slice is made of pure numbers, not " << bound.getType();
  return success();
}

static LogicalResult declares(Operation *op, Type declared, Region &region, StringRef what) {
  QuantityType type = quantityOf(declared);
  if (!type)
    return op->emitOpError() << "declares " << declared << ", which is not a quantity";
  return yields(op, region, type.getDimension(), what);
}

LogicalResult ParamOp::verify() { return declares(*this, getType(), getValue(), "the value"); }
LogicalResult LetOp::verify() { return declares(*this, getType(), getValue(), "the value"); }
LogicalResult OutputOp::verify() { return declares(*this, getType(), getValue(), "the value"); }
LogicalResult StateOp::verify() {
  if (!isa<StateType>(getType()))
    return emitOpError() << "is of type !bd.state, not " << getType();
  return declares(*this, getType(), getInitial(), "the initial value");
}

LogicalResult OnOp::verify() {
  if (getCondition().empty())
    return success();
  if (failed(yieldsCount(*this, getCondition(), 1, "the condition")))
    return failure();
  if (!getCondition().front().back().getOperand(0).getType().isInteger(1))
    return emitOpError() << "a condition is i1";
  return success();
}

/// The state of the surrounding model that an operation names; null after an error.
static StateOp stateNamed(Operation *op, FlatSymbolRefAttr name) {
  auto model = op->getParentOfType<ModelOp>();
  auto state = model ? dyn_cast_or_null<StateOp>(SymbolTable::lookupSymbolIn(model, name)) : StateOp();
  if (!state)
    op->emitOpError() << name << " is not a state of this model";
  return state;
}

static LogicalResult assigns(Operation *op, FlatSymbolRefAttr name, Value value) {
  StateOp state = stateNamed(op, name);
  if (!state)
    return failure();
  QuantityType type = quantityOf(state.getType());
  if (type && type.getDimension() == dimensionOf(value))
    return success();
  return op->emitOpError() << name << " is in \"" << type.getUnit() << "\", the value in \"" << cast<QuantityType>(value.getType()).getUnit() << "\"";
}

LogicalResult SetOp::verify() { return assigns(*this, getStateAttr(), getValue()); }
LogicalResult IncrementOp::verify() { return assigns(*this, getStateAttr(), getValue()); }

LogicalResult HoldOp::verify() {
  if (!stateNamed(*this, getStateAttr()))
    return failure();
  if (dimensionOf(getDuration()) == units::dim::time)
    return success();
  return emitOpError() << "holds for a time, not \"" << cast<QuantityType>(getDuration().getType()).getUnit() << "\"";
}

LogicalResult OdeOp::verify() {
  StateOp state = stateNamed(*this, getStateAttr());
  if (!state)
    return failure();
  return yields(*this, getDerivative(), quantityOf(state.getType()).getDimension() / units::dim::time, "the derivative");
}

/// In a model, a name that is read is declared there, in the dimension in which it is read.
static LogicalResult reads(Operation *op, FlatSymbolRefAttr name) {
  auto model = op->getParentOfType<ModelOp>();
  if (!model)
    return success();
  Operation *declaration = SymbolTable::lookupSymbolIn(model, name);
  auto type = declaration ? declaration->getAttrOfType<TypeAttr>("type") : TypeAttr();
  if (!type)
    return op->emitOpError() << name << " is not declared in this model";
  QuantityType quantity = quantityOf(type.getValue());
  if (quantity && quantity.getDimension() == dimensionOf(op->getResult(0)))
    return success();
  return op->emitOpError() << name << " is " << type.getValue() << " but is read as " << op->getResult(0).getType();
}

LogicalResult GetOp::verify() { return reads(*this, getNameAttr()); }
LogicalResult PastOp::verify() {
  if (failed(reads(*this, getNameAttr())))
    return failure();
  return yields(*this, getAgo(), units::dim::time, "the delay");
}

LogicalResult PopulationOp::verify() { return yields(*this, getSize(), Dimension(), "the size"); }

LogicalResult ProjectOp::verify() {
  static constexpr StringRef rules[] = {"one_to_one", "all_to_all", "random", "fixed_in_degree", "fixed_out_degree"};
  if (!llvm::is_contained(rules, getRule()))
    return emitOpError() << "there is no rule of connection called " << getRule();
  bool takesNumber = getRule() != "one_to_one" && getRule() != "all_to_all";
  if (takesNumber == getRuleArguments().empty())
    return emitOpError() << getRule() << (takesNumber ? " needs its number" : " takes no number");
  if (getEffect() && !getSynapse())
    return emitOpError() << "an effect needs a synapse";
  if (failed(yields(*this, getRuleArguments(), Dimension(), "the number of the rule")) || failed(isSlice(*this, getSourceSlice())) ||
      failed(isSlice(*this, getTargetSlice())) || failed(yieldsAny(*this, getWeight(), "the weight")))
    return failure();
  return yields(*this, getDelay(), units::dim::time, "the delay");
}

LogicalResult CoupleOp::verify() {
  if (failed(yieldsAny(*this, getValue(), "the source's value")) || failed(yieldsAny(*this, getOwn(), "the target's value")) ||
      failed(yieldsAny(*this, getWeight(), "the weight")) || failed(yieldsAny(*this, getPast(), "the past")))
    return failure();
  if (!llvm::is_contained({"interpolated", "nearest", "ceil"}, getSteps()))
    return emitOpError() << "delays are interpolated, nearest or ceil, not " << getSteps();
  return yields(*this, getDelay(), units::dim::time, "the delay");
}

LogicalResult ObserveOp::verify() {
  if (getTable().has_value() == getWeight().empty())
    return emitOpError() << "needs both a table and weights, or neither";
  return failed(yieldsAny(*this, getValue(), "the observed value")) ? failure() : yieldsAny(*this, getWeight(), "the weight");
}

LogicalResult ExperimentOp::verify() {
  for (auto [region, what] : {std::pair(&getDuration(), "the duration"), std::pair(&getStep(), "the step"), std::pair(&getDiscard(), "discard")})
    if (failed(yields(*this, *region, units::dim::time, what)))
      return failure();
  return success();
}

LogicalResult DriveOp::verify() {
  if (failed(yieldsAny(*this, getValue(), "the value")) || failed(isSlice(*this, getSlice())))
    return failure();
  if (failed(yields(*this, getFrom(), units::dim::time, "the beginning")))
    return failure();
  return yields(*this, getTo(), units::dim::time, "the end");
}

LogicalResult RecordOp::verify() {
  if (failed(yieldsAny(*this, getValue(), "the value")) || failed(isSlice(*this, getSlice())))
    return failure();
  return yields(*this, getEvery(), units::dim::time, "the interval");
}

} // namespace bdc::bd
