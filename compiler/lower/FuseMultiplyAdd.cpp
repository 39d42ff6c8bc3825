// Products fused into sums, by one rule for all widths and targets.
#include "compiler/counter.h"
#include "compiler/passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_FUSEMULTIPLYADD
#include "compiler/Passes.h.inc"

namespace {

/// The product that computes `value` for nobody else.
arith::MulFOp ownProduct(Value value) {
  auto product = value.getDefiningOp<arith::MulFOp>();
  return product && product->hasOneUse() ? product : arith::MulFOp();
}

struct FuseMultiplyAdd : impl::FuseMultiplyAddBase<FuseMultiplyAdd> {
  using FuseMultiplyAddBase::FuseMultiplyAddBase;

  Counter fused{"bdc-fuse-multiply-add", "fused", "Products fused"};

  void getDependentDialects(DialectRegistry &registry) const override { registry.insert<math::MathDialect, arith::ArithDialect>(); }

  void runOnOperation() override {
    SmallVector<Operation *> sums;
    getOperation()->walk([&](Operation *op) {
      if (isa<arith::AddFOp, arith::SubFOp>(op))
        sums.push_back(op);
    });
    for (Operation *sum : sums)
      fuse(sum);
  }

  void fuse(Operation *sum) {
    Value left = sum->getOperand(0), right = sum->getOperand(1);
    OpBuilder builder(sum);
    Location loc = sum->getLoc();
    bool isDifference = isa<arith::SubFOp>(sum);
    auto negated = [&](Value value) { return arith::NegFOp::create(builder, loc, value).getResult(); };
    arith::MulFOp product = ownProduct(left);
    Value x, other;
    if (product) {
      x = product.getLhs();
      other = isDifference ? negated(right) : right;
    } else if ((product = ownProduct(right))) {
      x = isDifference ? negated(product.getLhs()) : product.getLhs();
      other = left;
    } else {
      return;
    }
    auto fma = math::FmaOp::create(builder, loc, x, product.getRhs(), other);
    sum->getResult(0).replaceAllUsesWith(fma.getResult());
    sum->erase();
    product.erase();
    ++fused;
  }
};

} // namespace
} // namespace bdc::compiler
