// bdc-opt: runs any pass on IR text.
#include "compiler/counter.h"
#include "compiler/passes.h"
#include "dialects/step/Step.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"

static llvm::cl::opt<bool> statistics("statistics", llvm::cl::desc("Print what bdc's passes have counted"));

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<bdc::bd::BdDialect, bdc::step::StepDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect,
                  mlir::scf::SCFDialect, mlir::vector::VectorDialect, mlir::math::MathDialect, mlir::LLVM::LLVMDialect>();
  bdc::compiler::registerBdcPasses();
  mlir::registerTransformsPasses();
  std::vector<bdc::compiler::Count> counts;
  bdc::compiler::collectCounts(&counts);
  int status = mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "bdc's passes\n", registry));
  if (statistics)
    for (const auto &count : counts)
      llvm::errs() << llvm::format("%8u  ", count.value) << count.pass << ": " << count.name << " - " << count.description << "\n";
  return status;
}
