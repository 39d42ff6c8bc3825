// One module as several: nothing is lost or there twice, what calls one another stays together.
#include "compiler/target/split.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <map>

using namespace bdc::compiler;

namespace {

constexpr const char *text = R"(
llvm.func @bdc_exp_f64x1(f64) -> f64
llvm.func @bdc_log_f64x1(f64) -> f64
llvm.func @bdc_sample(!llvm.ptr, i32, i64)
llvm.mlir.global internal constant @bdc_descriptor("text")
llvm.func @helper(%x: f64) -> f64 {
  %y = llvm.call @bdc_exp_f64x1(%x) : (f64) -> f64
  %z = llvm.fadd %y, %x : f64
  %w = llvm.fadd %z, %x : f64
  llvm.return %w : f64
}
llvm.func @bdc_run(%ctx: !llvm.ptr, %thread: i32, %step: i64, %x: f64) -> f64 {
  llvm.call @bdc_sample(%ctx, %thread, %step) : (!llvm.ptr, i32, i64) -> ()
  %y = llvm.call @helper(%x) : (f64) -> f64
  llvm.return %y : f64
}
llvm.func @bdc_init(%x: f64) -> f64 {
  %y = llvm.call @bdc_log_f64x1(%x) : (f64) -> f64
  llvm.return %y : f64
}
llvm.func @bdc_derive(%x: f64) -> f64 {
  %y = llvm.fadd %x, %x : f64
  llvm.return %y : f64
}
)";

/// What the shares hold: definitions by name with the number of their share, and the parts of a step that are linked there.
struct Shares {
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<ModuleShare> all;
  std::map<std::string, size_t> place;
  size_t parts = 0;

  explicit Shares(unsigned most) {
    context.loadDialect<mlir::LLVM::LLVMDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    all = splitModule(*module, most);
    for (size_t i = 0; i < all.size(); ++i) {
      parts += all[i].stepParts.size();
      EXPECT_TRUE(mlir::succeeded(mlir::verify(*all[i].module))); // calls name what is there
      for (mlir::Operation &op : *all[i].module->getBody())
        if (auto function = llvm::dyn_cast<mlir::LLVM::LLVMFuncOp>(op); !function || !function.isExternal())
          EXPECT_TRUE(place.emplace(mlir::SymbolTable::getSymbolName(&op).str(), i).second);
        else // nothing is linked that nobody wants
          EXPECT_TRUE(!mlir::SymbolTable::symbolKnownUseEmpty(&op, *all[i].module) || (!all[i].stepParts.empty() && function.getName() == "bdc_sample"));
    }
  }
  bool declares(size_t share, llvm::StringRef name) const { return mlir::SymbolTable::lookupSymbolIn(*all[share].module, name) != nullptr; }
};

TEST(Split, OneShareHasEverything) {
  const Shares shares(1);
  ASSERT_EQ(shares.all.size(), 1u);
  EXPECT_EQ(shares.place.size(), 5u);
  EXPECT_EQ(shares.parts, 1u);
}

TEST(Split, SharesAreWhole) {
  for (unsigned most : {2u, 3u, 100u}) {
    const Shares shares(most);
    EXPECT_GT(shares.all.size(), 1u);
    EXPECT_LE(shares.all.size(), most);
    EXPECT_EQ(shares.place.size(), 5u);
    EXPECT_EQ(shares.parts, 1u);
    const size_t run = shares.place.at("bdc_run"), init = shares.place.at("bdc_init");
    EXPECT_EQ(run, shares.place.at("helper"));
    EXPECT_TRUE(shares.declares(run, "bdc_exp_f64x1"));
    EXPECT_TRUE(shares.declares(run, "bdc_sample"));
    EXPECT_TRUE(shares.declares(init, "bdc_log_f64x1"));
  }
}

} // namespace
