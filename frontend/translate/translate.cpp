#include "frontend/translate/translate.h"

#include "frontend/translate/translator.h"

namespace bdc::translate {

OwningOpRef<ModuleOp> translate(const rules::Program &program, const diag::Sources &sources, MLIRContext &context, bool withSensitivities) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  Translator(program, sources, context, withSensitivities).run(*module);
  return module;
}

void Translator::run(ModuleOp module) {
  builder.setInsertionPointToEnd(module.getBody());
  for (const rules::Model &each : program.models)
    model(each);
  network();
  experiment();
}

Location Translator::location(diag::Range range) {
  if (!range.valid())
    return builder.getUnknownLoc();
  const diag::Source &source = sources.get(range.source);
  diag::Position from = source.position(range.begin), to = source.position(range.end);
  return FileLineColRange::get(builder.getStringAttr(source.path()), from.line, from.column, to.line, to.column);
}

bd::QuantityType Translator::quantity(const units::Dimension &dimension, StringRef unit) {
  // What was computed from an affine unit is a plain temperature.
  auto parsed = units::parse(std::string_view(unit.data(), unit.size()));
  bool shown = parsed && parsed->dimension == dimension && !parsed->isAffine();
  return bd::QuantityType::get(builder.getContext(), shown ? unit.str() : units::format(dimension));
}

void Translator::showPoint(Operation *op, StringRef unit) {
  if (units::isAffine(std::string_view(unit.data(), unit.size())))
    op->setAttr("bd.shown", builder.getStringAttr(unit));
}

StringRef Translator::variableName(int index) const { return current->variables[index].name; }

void Translator::inside(Region &region, function_ref<void()> body) {
  OpBuilder::InsertionGuard guard(builder);
  DenseMap<const Expr *, Value> outer;
  std::swap(outer, done);
  int64_t outerDraws = std::exchange(draws, 0);
  builder.createBlock(&region);
  body();
  std::swap(outer, done);
  draws = outerDraws;
}

void Translator::fill(Region &region, Location loc, function_ref<SmallVector<Value>()> values) {
  inside(region, [&] {
    SmallVector<Value> yielded = values();
    bd::YieldOp::create(builder, loc, yielded);
  });
}

void Translator::fillExpression(Region &region, const Expr *expr) {
  if (expr)
    fill(region, location(expr->range), [&] { return SmallVector<Value>{expression(*expr)}; });
}

void Translator::fillValue(Region &region, const rules::Value &value, StringRef stream, Location loc) {
  purpose = stream.str();
  if (value.isDrawn())
    fillExpression(region, value.drawn);
  else if (value)
    fill(region, loc, [&] { return SmallVector<Value>{readScalar(value.scalar, loc)}; });
}

} // namespace bdc::translate
