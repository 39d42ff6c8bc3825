// Connectomes, couplings, noise and observers.
#include "frontend/translate/translator.h"

namespace bdc::translate {

void Translator::connectome(const rules::Connectome &c) {
  SmallVector<NamedAttribute> from;
  auto entry = [&](StringRef name, Attribute value) { from.push_back(builder.getNamedAttr(name, value)); };
  entry(c.file.empty() ? "generator" : "file", builder.getStringAttr(c.file.empty() ? c.generator : c.file));
  SmallVector<Attribute> words;
  for (const std::string &word : c.words)
    words.push_back(builder.getStringAttr(word));
  entry("words", builder.getArrayAttr(words));
  SmallVector<NamedAttribute> arguments;
  for (const rules::Option &option : c.arguments)
    arguments.push_back(builder.getNamedAttr(option.name, symbol(program.scalars[option.value->index].path)));
  entry("arguments", builder.getDictionaryAttr(arguments));
  FlatSymbolRefAttr rows = c.isMatrix() ? symbol(program.scalars[c.rows].path) : FlatSymbolRefAttr();
  bd::ConnectomeOp::create(builder, location(c.range), builder.getStringAttr(c.name), symbol(program.scalars[c.size].path), rows,
                           builder.getDictionaryAttr(from));
}

static StringRef word(rules::DelaySteps steps) {
  switch (steps) {
  case rules::DelaySteps::Interpolated: return "interpolated";
  case rules::DelaySteps::Nearest: return "nearest";
  case rules::DelaySteps::Ceil: return "ceil";
  }
  llvm_unreachable("every word");
}

void Translator::coupling(const rules::Coupling &c) {
  const rules::Population &source = program.populations[c.source], &target = program.populations[c.target];
  const rules::Model &targetModel = program.models[target.use.model];
  auto op = bd::CoupleOp::create(builder, location(c.range), c.name, source.name, target.name, targetModel.variables[c.input].name,
                                 program.connectomes[c.connectome].name, program.models[c.rule.model].name, word(c.steps),
                                 c.window < 0 ? FlatSymbolRefAttr() : symbol(program.scalars[c.window].path));
  slice(op.getSourceSlice(), c.sourceSlice, source.size);
  slice(op.getTargetSlice(), c.targetSlice, target.size);
  current = &program.models[source.use.model];
  fillExpression(op.getValue(), c.value);
  current = &targetModel;
  fillExpression(op.getOwn(), c.own);
  current = nullptr;
  fillExpression(op.getWeight(), c.weight);
  fillExpression(op.getDelay(), c.delay);
  fillExpression(op.getPast(), c.history);
  if (!c.rule.bindings.empty())
    inside(op.getBindings(), [&] { bindings(c.rule, ""); });
}

void Translator::disturbance(const rules::Disturbance &d) {
  const rules::Population &population = program.populations[d.population];
  StringRef input = program.models[population.use.model].variables[d.input].name;
  auto op = bd::DisturbOp::create(builder, location(d.range), d.name, population.name, input, program.models[d.noise.model].name);
  if (!d.noise.bindings.empty())
    inside(op.getBindings(), [&] { bindings(d.noise, ""); });
}

void Translator::observer(const rules::Observer &o) {
  const rules::Population &population = program.populations[o.population];
  auto op = bd::ObserveOp::create(builder, location(o.range), o.name, population.name, program.models[o.use.model].name,
                                  program.scalars[o.step].path, o.method, o.matrix < 0 ? FlatSymbolRefAttr() : symbol(program.connectomes[o.matrix].name));
  current = &program.models[population.use.model];
  fillExpression(op.getValue(), o.value);
  current = nullptr;
  fillExpression(op.getWeight(), o.weight);
  if (!o.use.bindings.empty())
    inside(op.getBindings(), [&] { bindings(o.use, ""); });
}

} // namespace bdc::translate
