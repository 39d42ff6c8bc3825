/// The passes from what the modeller means to the integrated step form, in their order.
#ifndef BDC_COMPILER_FRONT_PIPELINE_H
#define BDC_COMPILER_FRONT_PIPELINE_H

#include "mlir/Pass/PassManager.h"

#include <string>
#include <vector>

namespace bdc::compiler {

struct FrontOptions {
  std::string experiment;            ///< empty: the first of the module
  std::vector<std::string> separate; ///< names of scalars that are set from outside; see `bd-flatten`
  bool gradient = false;             ///< derivatives by what is fitted, even where its method needs none
};

/// bd module in, module with one integrated step.program out. What it asks derivatives of gets its adjoint loops from step-differentiate.
void buildFrontPipeline(mlir::OpPassManager &passes, const FrontOptions &options = {});

} // namespace bdc::compiler

#endif
