// What stands in the attributes of experiments, which have no form of their own: functionals, arguments of requests, parameters of fits.
#include "dialects/bd/Bd.h"
#include "dialects/units/unit.h"

using namespace mlir;

namespace bdc::bd {

LogicalResult verifyUnit(Operation *op, StringAttr unit) {
  if (!unit || units::parse(std::string_view(unit.data(), unit.size())))
    return success();
  return op->emitOpError() << unit << " is not a unit";
}

LogicalResult verifyFunctionals(Operation *op, ArrayAttr functionals) {
  for (auto [number, attribute] : llvm::enumerate(functionals)) {
    auto functional = dyn_cast<DictionaryAttr>(attribute);
    auto arguments = functional ? functional.getAs<ArrayAttr>("arguments") : ArrayAttr();
    if (!arguments || !functional.getAs<StringAttr>("function"))
      return op->emitOpError() << "functional " << number << " is a dictionary of a function and its arguments";
    if (functional.get("options") && !functional.getAs<DictionaryAttr>("options"))
      return op->emitOpError() << "the options of functional " << number << " are a dictionary";
    for (NamedAttribute option : functional.getAs<DictionaryAttr>("options") ? functional.getAs<DictionaryAttr>("options") : DictionaryAttr::get(op->getContext()))
      if (!isa<FlatSymbolRefAttr>(option.getValue()))
        return op->emitOpError() << option.getName() << " of functional " << number << " is a param";
    for (Attribute each : arguments) {
      auto argument = dyn_cast<DictionaryAttr>(each);
      auto before = argument ? argument.getAs<IntegerAttr>("functional") : IntegerAttr();
      bool isFile = argument && argument.getAs<StringAttr>("file") && argument.getAs<StringAttr>("unit");
      if (!argument || !(argument.getAs<IntegerAttr>("record") || before || isFile))
        return op->emitOpError() << "an argument of functional " << number << " is a record, a functional or a file with its unit";
      if (before && (before.getInt() < 0 || before.getInt() >= int64_t(number)))
        return op->emitOpError() << "functional " << number << " is made of functional " << before.getInt() << ", which does not stand before it";
      if (failed(verifyUnit(op, argument.getAs<StringAttr>("unit"))))
        return failure();
    }
  }
  return success();
}

LogicalResult RequestOp::verify() {
  for (Attribute each : getArguments()) {
    auto entry = dyn_cast<DictionaryAttr>(each);
    if (!entry)
      return emitOpError() << "arguments are dictionaries, not " << each;
    if (entry.get("option") && !(entry.getAs<StringAttr>("option") && entry.getAs<FloatAttr>("value") && entry.getAs<StringAttr>("unit")))
      return emitOpError() << "an option has a name, a value and a unit";
    if (failed(verifyUnit(*this, entry.getAs<StringAttr>("unit"))))
      return failure();
  }
  return success();
}

LogicalResult ObjectiveOp::verify() {
  if (failed(verifyFunctionals(*this, getFunctionals())))
    return failure();
  auto yield = getValue().front().empty() ? YieldOp() : dyn_cast<YieldOp>(getValue().front().back());
  return yield && yield.getValues().size() == 1 ? success() : emitOpError() << "ends in bd.yield of 1 value";
}

LogicalResult FitOp::verify() {
  if (getSlices().size() != getParameters().size())
    return emitOpError() << "has " << getParameters().size() << " parameters and " << getSlices().size() << " slices";
  for (Attribute each : getParameters()) {
    auto parameter = dyn_cast<DictionaryAttr>(each);
    auto has = [&](StringRef name) { return bool(parameter.getAs<FlatSymbolRefAttr>(name)); };
    if (!parameter || !parameter.getAs<StringAttr>("name") || !(has("scalar") || has("connectome") || (has("population") && has("variable"))))
      return emitOpError() << "a parameter is a dictionary of a name and of a scalar, a connectome, or a population and its variable, not " << each;
  }
  return success();
}

LogicalResult SensitivityOp::verify() {
  if (getParameter().getAs<FlatSymbolRefAttr>("scalar"))
    return success();
  return emitOpError() << "is to a scalar";
}

} // namespace bdc::bd
