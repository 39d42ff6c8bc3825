// Turns models, network and experiment into one step program.
#include "compiler/flatten/flattener.h"
#include "compiler/counter.h"
#include "compiler/passes.h"

#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_FLATTEN
#include "compiler/Passes.h.inc"

namespace {
struct Flatten : impl::FlattenBase<Flatten> {
  using FlattenBase::FlattenBase;

  Counter populations{"bd-flatten", "populations", "Populations"};
  Counter projections{"bd-flatten", "projections", "Projections"};
  Counter mergedProjections{"bd-flatten", "merged-projections", "Projections that share the state of another"};

  void runOnOperation() override {
    ModuleOp module = getOperation();
    bd::ExperimentOp chosen = choose(module);
    if (!chosen)
      return;
    auto network = module.lookupSymbol<bd::NetworkOp>(chosen.getNetworkAttr());
    if (!network) {
      chosen.emitOpError() << "there is no network " << chosen.getNetworkAttr();
      return signalPassFailure();
    }
    if (failed(checkUnits(module)))
      return signalPassFailure();
    llvm::StringSet<> names;
    for (const std::string &name : separate)
      names.insert(name);
    for (auto fit : chosen.getBody().getOps<bd::FitOp>())
      for (auto parameter : fit.getParameters().getAsRange<DictionaryAttr>())
        if (auto scalar = parameter.getAs<FlatSymbolRefAttr>("scalar"))
          names.insert(scalar.getValue());
    for (auto sensitivity : chosen.getBody().getOps<bd::SensitivityOp>())
      names.insert(sensitivity.getParameter().getAs<FlatSymbolRefAttr>("scalar").getValue());
    flatten::Flattener flattener(module, network, chosen, names, gradient);
    if (failed(flattener.run()))
      return signalPassFailure();
    mergedProjections += flattener.mergedProjections;
    populations += flattener.populationCount();
    projections += flattener.projectionCount();
    for (Operation &op : llvm::make_early_inc_range(module.getOps()))
      if (isa<bd::ModelOp, bd::NetworkOp, bd::ExperimentOp>(op))
        op.erase();
    IRRewriter rewriter(&getContext());
    DominanceInfo dominance;
    eliminateCommonSubExpressions(rewriter, dominance, module);
  }

  /// The experiment asked for; the first where none is. Null where there is none: then there is nothing to do, unless one was asked for.
  bd::ExperimentOp choose(ModuleOp module) {
    for (auto op : module.getOps<bd::ExperimentOp>())
      if (experiment.empty() || op.getSymName() == experiment)
        return op;
    if (!experiment.empty()) {
      module.emitError() << "there is no experiment " << experiment;
      signalPassFailure();
    }
    return {};
  }

  LogicalResult checkUnits(ModuleOp module) {
    WalkResult walk = module.walk([](Operation *op) {
      for (Type type : op->getResultTypes())
        if (auto quantity = dyn_cast<bd::QuantityType>(type); quantity && !quantity.isCoherent())
          return op->emitOpError() << "is in " << quantity.getUnit() << "; bd-fold-units comes before bd-flatten", WalkResult::interrupt();
      return WalkResult::advance();
    });
    return failure(walk.wasInterrupted());
  }
};
} // namespace

} // namespace bdc::compiler
