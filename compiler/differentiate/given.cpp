// What the host has given, and derivatives stop at.
#include "compiler/differentiate/given.h"
#include "compiler/differentiate/twins.h"

using namespace mlir;

namespace bdc::compiler {

FlatSymbolRefAttr givenFlag(Operation *of) {
  if (auto known = of->getAttrOfType<FlatSymbolRefAttr>("step.given"))
    return known;
  auto program = of->getParentOfType<step::ProgramOp>();
  std::string name = freeName(program, SymbolTable::getSymbolName(of).getValue() + " is given");
  step::ScalarOp first; // @dt, which must stay the first
  for (auto each : program.getOps<step::ScalarOp>())
    if (!first)
      first = each;
  OpBuilder builder(of->getContext());
  builder.setInsertionPointAfter(first);
  auto flag = step::ScalarOp::create(builder, of->getLoc(), name, bd::quantityType(of->getContext(), {}), /*settable=*/true, false, StringAttr());
  builder.setInsertionPointToEnd(&flag.getValue().emplaceBlock());
  bd::ScalarBuilder build(builder, of->getLoc());
  build.yield(build.constant(0));
  auto given = FlatSymbolRefAttr::get(flag.getSymNameAttr());
  of->setAttr("step.given", given);
  return given;
}

Value isGiven(FlatSymbolRefAttr flag, bd::ScalarBuilder &build) {
  Value set = step::ReadOp::create(build.builder, build.loc, bd::quantityType(flag.getContext(), {}), flag);
  return build.compare(bd::Comparison::GT, set, build.constant(0));
}

} // namespace bdc::compiler
