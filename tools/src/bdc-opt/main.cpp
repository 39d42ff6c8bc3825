// bdc-opt: runs any pass on IR text.
#include "compiler/passes.h"
#include "dialects/step/Step.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<bdc::bd::BdDialect, bdc::step::StepDialect, mlir::arith::ArithDialect>();
  bdc::compiler::registerBdcPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "bdc's passes\n", registry));
}
