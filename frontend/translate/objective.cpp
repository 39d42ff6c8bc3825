// Objectives, fits and sensitivities.
#include "frontend/translate/translator.h"

namespace bdc::translate {

void Translator::objective(const rules::Objective &o, int firstRecord) {
  for (const rules::Record &each : o.observed)
    record(each.what, each.every, /*saved=*/false, /*observed=*/true, each.range);
  SmallVector<Attribute> functionals;
  for (const rules::Functional &each : o.functionals)
    functionals.push_back(functional(each, o, firstRecord));
  auto op = bd::ObjectiveOp::create(builder, location(o.range), o.isMaximum, o.text, builder.getArrayAttr(functionals));
  fillExpression(op.getValue(), o.value);
}

DictionaryAttr Translator::functional(const rules::Functional &f, const rules::Objective &of, int firstRecord) {
  NamedAttrList result, options;
  SmallVector<Attribute> arguments;
  auto number = [&](int value) { return builder.getI64IntegerAttr(value); };
  for (const rules::Functional::Operand &each : f.operands) {
    NamedAttrList argument;
    if (each.observed >= 0)
      argument.set("record", number(firstRecord + each.observed));
    if (each.functional >= 0)
      argument.set("functional", number(each.functional));
    if (each.data >= 0) {
      const rules::ObjectiveData &data = of.data[each.data];
      SmallVector<StringRef> words(data.words.begin(), data.words.end());
      argument.set("file", builder.getStringAttr(data.file));
      argument.set("words", builder.getStrArrayAttr(words));
      argument.set("unit", builder.getStringAttr(data.unit));
      if (data.like >= 0)
        argument.set("like", number(firstRecord + data.like));
    }
    arguments.push_back(argument.getDictionary(builder.getContext()));
  }
  for (const auto &[name, scalar] : f.options)
    options.set(name, symbol(program.scalars[scalar].path));
  result.set("function", builder.getStringAttr(f.function));
  result.set("text", builder.getStringAttr(f.text));
  result.set("arguments", builder.getArrayAttr(arguments));
  result.set("options", options.getDictionary(builder.getContext()));
  return result.getDictionary(builder.getContext());
}

DictionaryAttr Translator::parameter(const rules::FitParameter &p) {
  NamedAttrList result;
  result.set("name", builder.getStringAttr(p.name));
  if (p.scalar >= 0) {
    result.set("scalar", symbol(program.scalars[p.scalar].path));
  } else if (p.connectome >= 0) {
    result.set("connectome", symbol(program.connectomes[p.connectome].name));
  } else {
    const rules::Population &population = program.populations[p.population];
    result.set("population", symbol(population.name));
    result.set("variable", symbol(program.models[population.use.model].variables[p.variable].name));
  }
  for (auto [name, scalar] : {std::pair("low", p.low), {"high", p.high}})
    if (scalar >= 0)
      result.set(name, symbol(program.scalars[scalar].path));
  if (p.transform != "automatic")
    result.set("transform", builder.getStringAttr(p.transform));
  if (!p.prior.empty()) {
    SmallVector<Attribute> arguments;
    for (int scalar : p.priorArguments)
      arguments.push_back(symbol(program.scalars[scalar].path));
    result.set("prior", builder.getDictionaryAttr({builder.getNamedAttr("function", builder.getStringAttr(p.prior)),
                                                   builder.getNamedAttr("arguments", builder.getArrayAttr(arguments))}));
  }
  return result.getDictionary(builder.getContext());
}

DictionaryAttr Translator::options(const std::vector<rules::FitOption> &given) {
  NamedAttrList result;
  for (const rules::FitOption &each : given)
    result.set(each.name, each.scalar >= 0 ? Attribute(symbol(program.scalars[each.scalar].path)) : builder.getStringAttr(each.word));
  return result.getDictionary(builder.getContext());
}

void Translator::fit(const rules::Fit &f) {
  SmallVector<Attribute> parameters;
  for (const rules::FitParameter &each : f.parameters)
    parameters.push_back(parameter(each));
  auto op = bd::FitOp::create(builder, location(f.range), builder.getArrayAttr(parameters), f.method, f.usesGradient, options(f.methodOptions),
                              options(f.options), unsigned(parameters.size()));
  for (auto [region, each] : llvm::zip_equal(op.getSlices(), f.parameters))
    if (each.population >= 0)
      slice(region, each.slice, program.populations[each.population].size);
}

void Translator::sensitivities(const rules::Experiment &e, int firstRecord) {
  for (const rules::Record &each : e.followed)
    record(each.what, each.every, /*saved=*/false, /*observed=*/true, each.range);
  for (const rules::Sensitivity &statement : e.sensitivities) {
    SmallVector<int64_t> records;
    for (int series : statement.series)
      records.push_back(firstRecord + series);
    for (const rules::Sensitivity::Parameter &each : statement.parameters) {
      rules::FitParameter moved;
      moved.name = program.scalars[each.scalar].path;
      moved.scalar = each.scalar;
      bd::SensitivityOp::create(builder, location(each.range), records, parameter(moved));
    }
  }
}

} // namespace bdc::translate
