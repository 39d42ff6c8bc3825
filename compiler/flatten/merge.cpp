// Which projections share their synaptic state: those that superpose, of the same models on the same input, with parameters that are the same
// expressions.
#include "compiler/flatten/flattener.h"

using namespace mlir;

namespace bdc::compiler::flatten {

std::string Flattener::groupKey(Projection &projection, Group &group) {
  if (!projection.op.getSuperposes())
    return projection.op.getSymName().str();
  std::string key = (projection.op.getInput() + "|" + *projection.op.getSynapse() + "|" + projection.op.getEffect().value_or("")).str();
  for (Instance *instance : {&group.synapse, &group.effect}) {
    if (!instance->model)
      continue;
    for (auto param : instance->model.getBody().getOps<bd::ParamOp>())
      key += "|" + keyOf(instance->names[param.getSymNameAttr()].symbol);
  }
  return key;
}

/// A text that is equal for scalars that are equal whatever is set from outside, as long as no name of `separate` is involved.
std::string Flattener::keyOf(FlatSymbolRefAttr name) {
  if (separate.contains(name.getValue()))
    return ("@" + name.getValue()).str();
  if (auto known = scalarKeys.find(name); known != scalarKeys.end())
    return known->second;
  if (!scalars.count(name.getValue())) // a value per element: the same where it is the same array
    return ("#" + name.getValue()).str();
  Value value = valueOf(name);
  std::string key = value ? keyOf(value) : "#" + name.getValue().str();
  scalarKeys[name] = key;
  return key;
}

std::string Flattener::keyOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto read = dyn_cast<step::ReadOp>(op))
    return keyOf(read.getScalarAttr());
  std::string key;
  llvm::raw_string_ostream out(key);
  out << op->getName().getStringRef() << op->getAttrDictionary() << value.getType() << "(";
  for (Value operand : op->getOperands())
    out << keyOf(operand) << ",";
  out << ")";
  return key;
}

/// The scalars that are different settings but one number now. Setting one of them from outside means compiling again, with its
/// name in `separate`; the attribute `step.merged` says so.
void Flattener::markMerged(Group &kept, Group &dropped) {
  for (auto [keep, drop] : {std::pair(&kept.synapse, &dropped.synapse), std::pair(&kept.effect, &dropped.effect)})
    for (auto &[name, meaning] : drop->names) {
      if (meaning.kind != Meaning::Scalar)
        continue;
      markApart(keep->names[name].symbol, meaning.symbol);
    }
}

/// Two scalars whose keys are equal: themselves, and those that they are made of, where it is not the same one that both are made of.
void Flattener::markApart(FlatSymbolRefAttr left, FlatSymbolRefAttr right) {
  if (left == right)
    return;
  for (FlatSymbolRefAttr scalar : {left, right})
    scalars[scalar.getValue()]->setAttr("step.merged", builder.getUnitAttr());
  markApart(valueOf(left), valueOf(right));
}

/// Two expressions whose keys are equal; one may read a scalar whose value the other has written out.
void Flattener::markApart(Value left, Value right) {
  auto scalarOf = [&](Value value) {
    auto read = value ? value.getDefiningOp<step::ReadOp>() : step::ReadOp();
    return read && scalars.count(read.getScalar()) ? read.getScalarAttr() : FlatSymbolRefAttr();
  };
  if (!left || !right || left == right)
    return;
  const FlatSymbolRefAttr first = scalarOf(left), second = scalarOf(right);
  if (first && second)
    return markApart(first, second);
  if (FlatSymbolRefAttr one = first ? first : second) {
    scalars[one.getValue()]->setAttr("step.merged", builder.getUnitAttr());
    return first ? markApart(valueOf(first), right) : markApart(left, valueOf(second));
  }
  for (auto [a, b] : llvm::zip(left.getDefiningOp()->getOperands(), right.getDefiningOp()->getOperands()))
    markApart(a, b);
}

/// What a scalar is where it is not set; null where nothing else makes it.
Value Flattener::valueOf(FlatSymbolRefAttr scalar) {
  Region &value = scalars[scalar.getValue()].getValue();
  return value.empty() ? Value() : value.front().getTerminator()->getOperand(0);
}

} // namespace bdc::compiler::flatten
