// What the loops of a gradient need besides those of the simulation: adjoints, collectors, tables, tape.
#include "compiler/differentiate/jumps.h"
#include "compiler/differentiate/pullback.h"
#include "compiler/differentiate/reversal.h"
#include "compiler/differentiate/rules.h"
#include "compiler/differentiate/twins.h"

using namespace mlir;

namespace bdc::compiler {

StringAttr Reversal::declare(const Twine &name, Type element, FlatSymbolRefAttr space, bd::StateKind kind, FlatSymbolRefAttr rows, bool byElement) {
  auto state = step::StateOp::create(declarations, run.getLoc(), freeName(program, name), step::ArrayType::get(context(), element, space), kind, StringAttr(), rows,
                                     byElement);
  return state.getSymNameAttr();
}

FlatSymbolRefAttr Reversal::scalar(const Twine &name, function_ref<Value(bd::ScalarBuilder &)> value, bool settable) {
  if (auto known = program.lookupSymbol<step::ScalarOp>(name.str()))
    return FlatSymbolRefAttr::get(known.getSymNameAttr());
  step::ScalarOp last;
  for (auto each : program.getOps<step::ScalarOp>())
    last = each;
  OpBuilder builder(context());
  builder.setInsertionPointAfter(last);
  auto op = step::ScalarOp::create(builder, run.getLoc(), name.str(), bd::quantityType(context(), {}), settable, false, StringAttr());
  builder.setInsertionPointToEnd(&op.getValue().emplaceBlock());
  bd::ScalarBuilder build(builder, run.getLoc());
  Value result = value(build);
  build.yield(result);
  op.setType(result.getType());
  return FlatSymbolRefAttr::get(op.getSymNameAttr());
}

Type Reversal::adjointElement(Type element) {
  bd::QuantityType type = bd::quantityType(context(), loss / cast<bd::QuantityType>(element).getDimension());
  return isInDouble(element) ? inDouble(type) : type;
}

/// The state that holds the adjoint of a state.
StringAttr Reversal::adjointOf(StringAttr state) {
  StringAttr &name = adjointStates[state];
  if (!name) {
    auto type = cast<step::ArrayType>(stateOf(state).getType());
    name = declare("adjoint of " + state.getValue(), adjointElement(type.getElement()), type.getSpace(), bd::StateKind::Adjoint);
  }
  return name;
}

/// The state that collects the derivative with respect to a wanted scalar, each element its own part.
StringAttr Reversal::collector(StringAttr scalar, FlatSymbolRefAttr space) {
  StringAttr &name = collectors[{scalar, space.getAttr()}];
  if (!name) {
    Type quantity = adjointElement(program.lookupSymbol<step::ScalarOp>(scalar).getType());
    auto wide = bd::QuantityType::get(context(), cast<bd::QuantityType>(quantity).getUnit(), Float64Type::get(context()));
    name = declare("gradient of " + scalar.getValue() + " on " + space.getValue(), wide, space, bd::StateKind::Adjoint);
  }
  return name;
}

/// A table for each observed record, through which the adjoints of its samples are given.
LogicalResult Reversal::declareTables() {
  for (auto [number, record] : llvm::enumerate(llvm::to_vector(program.getOps<step::RecordOp>()))) {
    if (!isHeard(record))
      continue;
    Operation *source = record.getSourceAttr() ? program.lookupSymbol(record.getSourceAttr().getValue()) : nullptr;
    bool isSpikes = isa_and_nonnull<step::QueueOp>(source);
    if (isSpikes && !activity.eventsVary(record.getSourceAttr().getAttr()))
      continue; // as gradients see them, nothing changes them
    Type element = isSpikes                    ? Type(bd::quantityType(context(), {}))
                   : record.getValue().empty() ? cast<step::ArrayType>(cast<step::StateOp>(source).getType()).getElement() : *record.getType();
    FlatSymbolRefAttr rows = scalar("rows of adjoints of record " + Twine(number), [](bd::ScalarBuilder &build) { return build.constant(2); },
                                    /*settable=*/true);
    StringAttr table = declare("adjoint of samples of " + record.getText(), adjointElement(element), record.getSpaceAttr(), bd::StateKind::Adjoint, rows);
    record.setAdjointAttr(FlatSymbolRefAttr::get(table));
  }
  return success();
}

/// The objective hands out its derivatives too; of a program with tangents those of its change.
LogicalResult Reversal::differentiateObjective(step::ObjectiveOp objective) {
  Block &block = objective.getValue().front();
  Operation *end = block.getTerminator();
  SmallVector<Value> yields(end->getOperands());
  end->erase();
  OpBuilder inner = atEnd(block, context());
  bd::ScalarBuilder build(inner, objective.getLoc());
  Pullback pullback(block, build);
  for (BlockArgument term : block.getArguments())
    pullback.want(term);
  SmallVector<step::ReadOp> reads(block.getOps<step::ReadOp>());
  for (step::ReadOp read : reads)
    if (wanted.scalars.contains(read.getScalarAttr().getAttr()))
      pullback.want(read.getResult());
  pullback.add(yields.back(), build.constant(1));
  if (failed(pullback.run()))
    return noDerivative(pullback.obstacle);
  auto zero = [&](Type of) { return build.constant(0, cast<bd::QuantityType>(adjointElement(of)).getDimension()); };
  for (BlockArgument term : block.getArguments()) {
    Value adjoint = pullback.adjoint(term);
    yields.push_back(adjoint ? adjoint : zero(term.getType()));
  }
  for (auto gradient : program.getOps<step::GradientOp>()) {
    Operation *of = program.lookupSymbol(gradient.getOf());
    auto scalar = dyn_cast<step::ScalarOp>(of);
    Value sum = zero(scalar ? scalar.getType() : cast<step::ArrayType>(cast<step::StateOp>(of).getType()).getElement());
    for (step::ReadOp read : reads) {
      Value adjoint = pullback.adjoint(read.getResult());
      if (adjoint && read.getScalar() == gradient.getOf())
        sum = build.add(sum, adjoint);
      for (const Wanted::Through &link : wanted.through)
        if (adjoint && link.of == gradient.getOfAttr().getAttr() && link.scalar == read.getScalarAttr().getAttr())
          sum = build.add(sum, build.mul(adjoint, step::ReadOp::create(inner, objective.getLoc(),
                                                                       program.lookupSymbol<step::ScalarOp>(link.factor.getAttr()).getType(), link.factor)));
    }
    yields.push_back(sum);
  }
  build.yield(yields);
  return success();
}

/// Where each derivative lies in the end.
LogicalResult Reversal::declareParts() {
  for (auto gradient : program.getOps<step::GradientOp>()) {
    StringAttr of = gradient.getOfAttr().getAttr();
    SmallVector<Attribute> parts, factors, edges;
    bool reaches = activity.reachesObjective(of);
    auto collect = [&](StringAttr scalar, Attribute factor) {
      reaches |= activity.reachesObjective(scalar);
      for (auto &[key, name] : collectors)
        if (key.first == scalar) {
          parts.push_back(FlatSymbolRefAttr::get(name));
          factors.push_back(factor);
        }
    };
    for (Credit &credit : credits)
      if (credit.weights == of) {
        parts.push_back(FlatSymbolRefAttr::get(credit.collector));
        factors.push_back(credit.factor ? Attribute(credit.factor) : UnitAttr::get(context()));
        edges.push_back(credit.contract.getGraphAttr());
      }
    if (wanted.isTable(of))
      gradient.setEdgesAttr(ArrayAttr::get(context(), edges));
    else if (wanted.states.contains(of)) {
      parts.push_back(FlatSymbolRefAttr::get(adjointOf(of)));
      factors.push_back(UnitAttr::get(context()));
    }
    collect(of, UnitAttr::get(context()));
    for (const Wanted::Through &link : wanted.through)
      if (link.of == of)
        collect(link.scalar, link.factor);
    gradient.setPartsAttr(ArrayAttr::get(context(), parts));
    gradient.setFactorsAttr(ArrayAttr::get(context(), factors));
    if (!reaches)
      return noInfluence(program, gradient);
  }
  return success();
}

} // namespace bdc::compiler
