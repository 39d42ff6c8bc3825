#include "compiler/front_pipeline.h"

#include "compiler/passes.h"

namespace bdc::compiler {

void buildFrontPipeline(mlir::OpPassManager &passes, const FrontOptions &options) {
  passes.addPass(createFoldUnits());
  FlattenOptions flatten;
  flatten.experiment = options.experiment;
  flatten.separate.assign(options.separate.begin(), options.separate.end());
  flatten.gradient = options.gradient;
  passes.addPass(createFlatten(flatten));
  passes.addPass(createIntegrate());
}

} // namespace bdc::compiler
