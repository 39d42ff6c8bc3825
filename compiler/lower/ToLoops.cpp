// An allocated step program as functions of loops, vectors and pointers, with its descriptor.
#include "compiler/lower/lower.h"
#include "compiler/counter.h"
#include "compiler/passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_TOLOOPS
#include "compiler/Passes.h.inc"

namespace {

/// A scalar with a constant value, after all others.
FlatSymbolRefAttr addScalar(step::ProgramOp program, const std::string &name, bd::QuantityType type, double value) {
  step::ScalarOp last;
  for (auto scalar : program.getOps<step::ScalarOp>())
    last = scalar;
  OpBuilder builder(program.getContext());
  if (last)
    builder.setInsertionPointAfter(last);
  else
    builder.setInsertionPointToStart(&program.getBody().front());
  auto scalar = step::ScalarOp::create(builder, program.getLoc(), name, type, false, false, StringAttr());
  builder.setInsertionPointToStart(&scalar.getValue().emplaceBlock());
  auto constant = bd::ConstOp::create(builder, program.getLoc(), type, builder.getF64FloatAttr(value));
  bd::YieldOp::create(builder, program.getLoc(), constant.getResult());
  return FlatSymbolRefAttr::get(program.getContext(), name);
}

/// What the descriptor can only say as a scalar becomes one: depths of queues, options of summaries and plots.
void addImplicitScalars(step::ProgramOp program) {
  MLIRContext *context = program.getContext();
  auto number = bd::QuantityType::get(context, "1");
  for (auto queue : program.getOps<step::QueueOp>())
    if (!queue.getDepthAttr())
      queue.setDepthAttr(addScalar(program, ("depth." + queue.getSymName()).str(), number, 2));
  unsigned options = 0;
  for (auto request : program.getOps<step::RequestOp>()) {
    SmallVector<Attribute> arguments;
    for (Attribute argument : request.getArguments()) {
      auto entry = dyn_cast<DictionaryAttr>(argument);
      auto value = entry ? entry.getAs<FloatAttr>("value") : FloatAttr();
      if (!value || !entry.getAs<StringAttr>("option")) {
        arguments.push_back(argument);
        continue;
      }
      auto unit = entry.getAs<StringAttr>("unit");
      auto type = unit ? bd::QuantityType::get(context, unit.getValue()) : number;
      NamedAttrList list(entry);
      list.set("scalar", addScalar(program, "option." + std::to_string(options++), type, value.getValueAsDouble()));
      arguments.push_back(list.getDictionary(context));
    }
    request.setArgumentsAttr(ArrayAttr::get(context, arguments));
  }
}

void addDescriptor(ModuleOp module, const std::string &text) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location loc = module.getLoc();
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), text.size());
  LLVM::GlobalOp::create(builder, loc, type, true, LLVM::Linkage::External, "bdc_descriptor", builder.getStringAttr(text));
  LLVM::GlobalOp::create(builder, loc, builder.getI64Type(), true, LLVM::Linkage::External, "bdc_descriptor_size",
                         builder.getI64IntegerAttr(int64_t(text.size())));
}

struct ToLoops : impl::ToLoopsBase<ToLoops> {
  using ToLoopsBase::ToLoopsBase;

  Counter phaseFunctions{"step-to-loops", "phase-functions", "Functions made for phases"};
  Counter phasesMerged{"step-to-loops", "phases-merged", "Phases that use the function of another"};

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<func::FuncDialect, scf::SCFDialect, vector::VectorDialect, LLVM::LLVMDialect, arith::ArithDialect>();
  }

  void runOnOperation() override {
    if (failed(lower()))
      signalPassFailure();
  }

  LogicalResult lower() {
    ModuleOp module = getOperation();
    FailureOr<step::ProgramOp> found = lower::onlyProgram(module);
    FailureOr<Type> real = lower::realType(module, precision);
    if (failed(found) || failed(real))
      return failure();
    if (!llvm::is_contained({1u, 2u, 4u, 8u, 16u}, unsigned(width)))
      return module.emitError() << "no vector has " << unsigned(width) << " elements";
    step::ProgramOp program = *found;
    addImplicitScalars(program);
    lower::Tables tables(program, *real);
    unsigned lanes = std::min<unsigned>(width, 512 / real->getIntOrFloatBitWidth());
    FailureOr<std::string> descriptor = lower::describeProgram(tables, lanes, sideBySide);
    if (failed(descriptor))
      return failure();
    lower::Lowering lowering{tables, module, lanes};
    llvm::StringMap<std::string> known;
    if (failed(lower::lowerDerive(lowering)) || failed(lower::lowerInit(lowering)) || failed(lower::lowerEdges(lowering)) ||
        failed(lower::lowerProbes(lowering)) || failed(lower::lowerObjective(lowering)))
      return failure();
    for (step::LoopOp loop : tables.loops)
      if (failed(lower::lowerRun(lowering, loop, known)) || (sideBySide && !loop.getRole() && failed(lower::lowerRunLanes(lowering, loop, known, lanes))))
        return failure();
    phaseFunctions += lowering.phaseFunctions;
    phasesMerged += lowering.phasesMerged;
    program.erase();
    addDescriptor(module, *descriptor);
    return success();
  }
};

} // namespace
} // namespace bdc::compiler
