// Products fused into sums, by one rule for all widths and targets.
#include "compiler/counter.h"
#include "compiler/passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_FUSEMULTIPLYADD
#include "compiler/Passes.h.inc"

namespace {

/// How often a value is read, itself or as the same number in all lanes of a vector.
unsigned readsOf(Value value) {
  unsigned reads = 0;
  for (Operation *user : value.getUsers())
    reads += isa<vector::BroadcastOp>(user) ? readsOf(user->getResult(0)) : 1;
  return reads;
}

/// The product that computes `value` for nobody else. What is the same for all lanes may be computed once, as one number: whether it is fused must
/// not depend on that, as with one lane there is no difference.
arith::MulFOp ownProduct(Value value) {
  auto broadcast = value.getDefiningOp<vector::BroadcastOp>();
  auto product = (broadcast ? broadcast.getSource() : value).getDefiningOp<arith::MulFOp>();
  return product && readsOf(product) == 1 ? product : arith::MulFOp();
}

struct FuseMultiplyAdd : impl::FuseMultiplyAddBase<FuseMultiplyAdd> {
  using FuseMultiplyAddBase::FuseMultiplyAddBase;

  Counter fused{"bdc-fuse-multiply-add", "fused", "Products fused"};

  void getDependentDialects(DialectRegistry &registry) const override { registry.insert<math::MathDialect, arith::ArithDialect, vector::VectorDialect>(); }

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
    auto negated = [&](Value value) { return arith::NegFOp::create(builder, value.getLoc(), value).getResult(); };
    arith::MulFOp product = ownProduct(left);
    bool isLeft = bool(product);
    if (!product && !(product = ownProduct(right)))
      return;
    Value other = isLeft ? right : left;
    if (isLeft && isDifference)
      other = negated(other);
    builder.setInsertionPoint(product); // in front of the loop, where it is the same for all
    auto factor = [&](Value value) {
      return value.getType() == other.getType() ? value : vector::BroadcastOp::create(builder, loc, other.getType(), value).getResult();
    };
    Value x = product.getLhs();
    if (!isLeft && isDifference)
      x = negated(x);
    x = factor(x);
    Value y = factor(product.getRhs());
    builder.setInsertionPoint(sum);
    auto fma = math::FmaOp::create(builder, loc, x, y, other);
    sum->getResult(0).replaceAllUsesWith(fma.getResult());
    sum->erase();
    for (Operation *user : llvm::make_early_inc_range(product->getUsers()))
      user->erase(); // a copy in all lanes
    product.erase();
    ++fused;
  }
};

} // namespace
} // namespace bdc::compiler
