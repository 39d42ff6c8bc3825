// Objectives, fits and sensitivities: what they speak of has other names in the program.
#include "compiler/flatten/flattener.h"

#include <map>

using namespace mlir;

namespace bdc::compiler::flatten {

LogicalResult Flattener::declareObjective(bd::ObjectiveOp op) {
  std::map<int64_t, Type> types; // arguments stand in the order of the terms
  op.getValue().walk([&](bd::TermOp term) { types.try_emplace(term.getFunctional(), term.getType()); });
  SmallVector<int64_t> terms(llvm::make_first_range(types));
  auto objective = step::ObjectiveOp::create(builder, op.getLoc(), op.getMaximiseAttr(), op.getFunctionals(), builder.getDenseI64ArrayAttr(terms));
  if (Attribute shown = op->getAttr("bd.shown"))
    objective->setAttr("step.shown", shown);
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&objective.getValue());
  Emitter emitter(builder, [](FlatSymbolRefAttr, Type, Location) { return Value(); });
  emitter.knowsElements = false;
  for (auto [term, type] : types)
    emitter.terms[term] = block->addArgument(type, op.getLoc());
  Value value = emitter.value(op.getValue(), nullptr);
  if (!value)
    return failure();
  bd::ScalarBuilder make = emitter.build(op.getLoc());
  make.yield(op.getMaximise() ? make.neg(value) : value);
  return success();
}

/// What a parameter of a fit is in the program: a scalar, or an array.
FlatSymbolRefAttr Flattener::fitted(bd::FitOp op, DictionaryAttr parameter) {
  if (auto scalar = parameter.getAs<FlatSymbolRefAttr>("scalar")) {
    if (scalars.count(scalar.getValue()))
      return scalar;
    op.emitOpError() << "there is no number called " << scalar;
    return {};
  }
  if (auto connectome = parameter.getAs<FlatSymbolRefAttr>("connectome")) {
    auto data = program.lookupSymbol<step::DataOp>(connectome);
    if (data && data.getWeightsAttr())
      return data.getWeightsAttr();
    op.emitOpError() << "there is no connectome called " << connectome;
    return {};
  }
  auto variable = parameter.getAs<FlatSymbolRefAttr>("variable");
  Population *population = findPopulation(parameter.getAs<FlatSymbolRefAttr>("population"), op);
  if (!population)
    return {};
  Meaning meaning = population->instance.names.lookup(variable.getAttr());
  if (meaning.declaration && meaning.kind == Meaning::Array)
    return meaning.symbol;
  op.emitOpError() << variable << " has no values of elements";
  return {};
}

LogicalResult Flattener::declareFit(bd::FitOp op) {
  SmallVector<Attribute> parameters;
  SmallVector<FlatSymbolRefAttr> moved;
  for (auto [number, attribute] : llvm::enumerate(op.getParameters())) {
    auto parameter = cast<DictionaryAttr>(attribute);
    FlatSymbolRefAttr of = fitted(op, parameter);
    FailureOr<ArrayAttr> select = slice(op.getSlices()[number], "fit." + std::to_string(number));
    if (!of || failed(select))
      return failure();
    NamedAttrList result(parameter);
    for (StringRef name : {"scalar", "population", "variable", "connectome"})
      result.erase(name);
    result.set("of", of);
    if (*select)
      result.set("select", *select);
    parameters.push_back(result.getDictionary(context));
    moved.push_back(of);
  }
  // `change` and `slope` are numbers at which it stops, as some others are.
  static constexpr std::pair<StringRef, StringRef> stops[] = {{"loss", "loss"},     {"patience", "patience"}, {"tolerance", "tolerance"},
                                                              {"change", "parameters"}, {"slope", "gradient"},  {"time", "time"}};
  NamedAttrList rules(op.getRules()), stop;
  for (auto [name, rule] : stops)
    if (Attribute given = rules.erase(name))
      stop.set(rule, given);
  if (!stop.empty())
    rules.set("stop", stop.getDictionary(context));
  if (auto word = dyn_cast_or_null<StringAttr>(rules.erase("uncertainty")))
    rules.set("uncertainty", builder.getBoolAttr(word.getValue() == "laplace"));
  step::FitOp::create(builder, op.getLoc(), builder.getArrayAttr(parameters), op.getMethodAttr(), op.getOptions(), rules.getDictionary(context));
  if (op.getByGradient() || differentiates)
    for (FlatSymbolRefAttr of : moved)
      step::GradientOp::create(builder, op.getLoc(), of, ArrayAttr(), ArrayAttr(), ArrayAttr(), DenseI64ArrayAttr());
  return success();
}

/// Asks for the derivative of records in place of an objective, which is nothing: what is followed is what is observed.
LogicalResult Flattener::declareSensitivities() {
  auto wanted = experiment.getBody().getOps<bd::SensitivityOp>();
  for (auto op : wanted) {
    auto of = op.getParameter().getAs<FlatSymbolRefAttr>("scalar");
    if (!scalars.count(of.getValue()))
      return op.emitOpError() << "there is no number called " << of;
    step::GradientOp::create(builder, op.getLoc(), of, ArrayAttr(), ArrayAttr(), ArrayAttr(), op.getRecordsAttr());
  }
  if (wanted.empty())
    return success();
  auto nothing = step::ObjectiveOp::create(builder, experiment.getLoc(), UnitAttr(), builder.getArrayAttr({}), builder.getDenseI64ArrayAttr({}));
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&nothing.getValue());
  bd::ScalarBuilder make(builder, experiment.getLoc());
  make.yield(make.constant(0));
  return success();
}

} // namespace bdc::compiler::flatten
