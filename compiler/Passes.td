//===- Passes.td - every pass: summary, options, statistics ----------------===//
#ifndef BDC_PASSES
#define BDC_PASSES

include "mlir/Pass/PassBase.td"

def FoldUnits : Pass<"bd-fold-units", "::mlir::ModuleOp"> {
  let summary = "Checks units and rewrites everything into the coherent system";
  let description = [{
    After it every type names the coherent unit of its dimension (ms, mV, pA, nS, …) and every constant is a number in it, so that the lowering
    can drop units. Constant expressions are folded.
  }];
  let statistics = [Statistic<"constantsConverted", "constants-converted", "Constants rewritten into coherent units">,
                    Statistic<"operationsFolded", "operations-folded", "Operations folded away">];
}

#endif
