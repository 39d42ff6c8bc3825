// Moves what depends on parameters and dt alone out of the loop, into scalars that `derive` evaluates.
#include "compiler/counter.h"
#include "compiler/passes.h"
#include "dialects/step/Step.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_DERIVE
#include "compiler/Passes.h.inc"

namespace {

bd::QuantityType quantity(const units::Dimension &dimension, MLIRContext *context) {
  return bd::QuantityType::get(context, units::format(dimension), Type());
}
units::Dimension dimensionOf(Value value) { return cast<bd::QuantityType>(value.getType()).getDimension(); }

/// Values of one region that depend on scalars and constants alone.
class ScalarValues {
public:
  bool contains(Value value) const { return known.contains(value); }
  void consider(Operation *op) {
    if (isScalar(op))
      known.insert(op->getResults().begin(), op->getResults().end());
  }

private:
  bool isScalar(Operation *op) const {
    if (isa<step::ReadOp, bd::ConstOp, bd::StepSizeOp, arith::ConstantOp>(op))
      return true;
    if (isa<bd::RandomOp, bd::TimeOp, bd::IndexOp, step::ElementOp, step::HoldStepsOp>(op) || op->getNumOperands() == 0 ||
        op->getNumResults() != 1)
      return false;
    if (!isa_and_nonnull<bd::BdDialect, arith::ArithDialect>(op->getDialect()))
      return false;
    return llvm::all_of(op->getOperands(), [&](Value operand) { return contains(operand); });
  }
  DenseSet<Value> known;
};

struct Derive : impl::DeriveBase<Derive> {
  using DeriveBase::DeriveBase;

  Counter hoisted{"step-derive", "hoisted", "Expressions that became scalars"};
  Counter reciprocals{"step-derive", "reciprocals", "Divisions turned into multiplications"};
  Counter regrouped{"step-derive", "regrouped", "Products and sums regrouped around scalars"};

  void runOnOperation() override {
    getOperation()->walk([&](step::ProgramOp program) { run(program); });
  }

private:
  step::ProgramOp program;
  llvm::StringMap<std::string> byText; // expression -> scalar
  unsigned names = 0;

  void run(step::ProgramOp op) {
    program = op;
    byText.clear();
    names = 0;
    program.walk([&](step::LoopOp loop) {
      loop.walk([&](Operation *inner) {
        if (isa<step::MapOp, step::DeliverOp, step::ContractOp>(inner))
          region(inner->getRegion(0).front());
      });
    });
  }

  void region(Block &block) {
    ScalarValues scalars;
    for (Operation &op : llvm::make_early_inc_range(block)) {
      Operation *now = &op;
      if (auto div = dyn_cast<bd::DivOp>(op); div && scalars.contains(div.getRhs()) && !scalars.contains(div.getLhs()))
        now = multiply(div, scalars);
      else if (div && !scalars.contains(div.getRhs()))
        now = divideOnce(div, scalars);
      if (auto mul = dyn_cast_or_null<bd::MulOp>(now))
        now = regroup(mul, scalars);
      if (isa_and_nonnull<bd::AddOp, bd::SubOp>(now))
        now = regroupSum(now, scalars);
      if (now)
        scalars.consider(now);
    }
    hoist(block, scalars);
  }

  /// x / s -> x * (1 / s)
  Operation *multiply(bd::DivOp div, ScalarValues &scalars) {
    OpBuilder builder(div);
    Location loc = div.getLoc();
    MLIRContext *context = div.getContext();
    auto one = bd::ConstOp::create(builder, loc, quantity({}, context), builder.getF64FloatAttr(1));
    Type type = quantity(units::Dimension() / dimensionOf(div.getRhs()), context);
    auto inverse = bd::DivOp::create(builder, loc, type, one, div.getRhs());
    auto product = bd::MulOp::create(builder, loc, div.getType(), div.getLhs(), inverse);
    div.replaceAllUsesWith(product.getResult());
    div.erase();
    scalars.consider(one);
    scalars.consider(inverse);
    ++reciprocals;
    return product;
  }

  /// The exprel that makes `value` for one reader.
  static bd::FnOp ownExprel(Value value) {
    auto fn = value.getDefiningOp<bd::FnOp>();
    return fn && fn.getFunction() == bd::Fn::Exprel && fn->hasOneUse() ? fn : bd::FnOp();
  }

  /// x / exprel(y) -> x * rexprel(y), and x / (s * exprel(y)) -> (x / s) * rexprel(y): exprel has a division already.
  Operation *divideOnce(bd::DivOp div, ScalarValues &scalars) {
    bd::FnOp exprel = ownExprel(div.getRhs());
    Value factor;
    if (auto product = div.getRhs().getDefiningOp<bd::MulOp>(); product && product->hasOneUse())
      for (auto [s, y] : {std::pair(product.getLhs(), product.getRhs()), std::pair(product.getRhs(), product.getLhs())})
        if (!exprel && scalars.contains(s) && (exprel = ownExprel(y)))
          factor = s;
    if (!exprel)
      return div;
    OpBuilder builder(div);
    Location loc = div.getLoc();
    auto reciprocal = bd::FnOp::create(builder, loc, exprel.getType(), bd::Fn::Rexprel, exprel.getOperands());
    Value top = div.getLhs();
    if (factor) {
      auto quotient = bd::DivOp::create(builder, loc, quantity(dimensionOf(top) / dimensionOf(factor), div.getContext()), top, factor);
      scalars.consider(quotient);
      top = quotient;
      if (!scalars.contains(top))
        top = multiply(quotient, scalars)->getResult(0);
    }
    auto product = bd::MulOp::create(builder, loc, div.getType(), top, reciprocal);
    div.replaceAllUsesWith(product.getResult());
    div.erase();
    ++reciprocals;
    return product;
  }

  /// a * (b * x) -> (a * b) * x where a and b are scalars and the inner product has no other use.
  Operation *regroup(bd::MulOp mul, ScalarValues &scalars) {
    bool left = scalars.contains(mul.getLhs());
    Value outer = left ? mul.getLhs() : mul.getRhs(), rest = left ? mul.getRhs() : mul.getLhs();
    auto inner = rest.getDefiningOp<bd::MulOp>();
    if (!scalars.contains(outer) || scalars.contains(rest) || !inner || !inner->hasOneUse())
      return mul;
    bool innerLeft = scalars.contains(inner.getLhs());
    Value factor = innerLeft ? inner.getLhs() : inner.getRhs(), x = innerLeft ? inner.getRhs() : inner.getLhs();
    if (!scalars.contains(factor))
      return mul;
    OpBuilder builder(mul);
    Type type = quantity(dimensionOf(outer) * dimensionOf(factor), mul.getContext());
    auto together = bd::MulOp::create(builder, mul.getLoc(), type, outer, factor);
    auto product = bd::MulOp::create(builder, mul.getLoc(), mul.getType(), together, x);
    mul.replaceAllUsesWith(product.getResult());
    mul.erase();
    inner.erase();
    scalars.consider(together);
    ++regrouped;
    return product;
  }

  /// A sum or difference of a scalar and something else: signX * x + signS * s.
  struct Shifted {
    Value x, s;
    bool plusX = true, plusS = true;
    explicit operator bool() const { return bool(x); }
  };
  static Shifted shifted(Operation *op, const ScalarValues &scalars) {
    if (!isa_and_nonnull<bd::AddOp, bd::SubOp>(op))
      return {};
    Value left = op->getOperand(0), right = op->getOperand(1);
    bool plusRight = isa<bd::AddOp>(op);
    if (scalars.contains(left) == scalars.contains(right))
      return {};
    if (scalars.contains(left))
      return {right, left, plusRight, true};
    return {left, right, true, plusRight};
  }

  /// a - (x + b) -> (a - b) - x, and the like: one operation on x instead of two.
  Operation *regroupSum(Operation *op, ScalarValues &scalars) {
    Shifted outer = shifted(op, scalars);
    Shifted inner = outer ? shifted(outer.x.getDefiningOp(), scalars) : Shifted();
    if (!inner)
      return op;
    OpBuilder builder(op);
    Location loc = op->getLoc();
    Type type = op->getResult(0).getType();
    auto consider = [&](Operation *made) {
      scalars.consider(made);
      return made->getResult(0);
    };
    // The scalar part: outer.s and inner.s, each with its sign.
    bool plusInner = outer.plusX == inner.plusS;
    Value s;
    if (outer.plusS == plusInner)
      s = consider(bd::AddOp::create(builder, loc, type, outer.s, inner.s));
    else if (outer.plusS)
      s = consider(bd::SubOp::create(builder, loc, type, outer.s, inner.s));
    else
      s = consider(bd::SubOp::create(builder, loc, type, inner.s, outer.s));
    if (!outer.plusS && !plusInner)
      s = consider(bd::NegOp::create(builder, loc, type, s));
    Operation *result = outer.plusX == inner.plusX ? bd::AddOp::create(builder, loc, type, inner.x, s).getOperation()
                                                   : bd::SubOp::create(builder, loc, type, s, inner.x).getOperation();
    op->replaceAllUsesWith(result->getResults());
    op->erase();
    ++regrouped;
    return result;
  }

  /// The operations that `value` needs, in order.
  static void slice(Value value, SetVector<Operation *> &ops) {
    Operation *op = value.getDefiningOp();
    if (ops.contains(op))
      return;
    for (Value operand : op->getOperands())
      slice(operand, ops);
    ops.insert(op);
  }

  /// Scalar quantities that something else than scalars uses become declarations.
  void hoist(Block &block, ScalarValues &scalars) {
    SmallVector<Operation *> roots;
    for (Operation &op : block) {
      if (op.getNumResults() != 1 || !scalars.contains(op.getResult(0)) || !isa<bd::QuantityType>(op.getResult(0).getType()) ||
          isa<step::ReadOp, bd::ConstOp, bd::StepSizeOp>(op))
        continue;
      if (llvm::any_of(op.getUsers(), [&](Operation *user) {
            return user->getNumResults() != 1 || !scalars.contains(user->getResult(0)) ||
                   !isa<bd::QuantityType>(user->getResult(0).getType());
          }))
        roots.push_back(&op);
    }
    for (Operation *root : roots) {
      OpBuilder builder(root);
      auto read = step::ReadOp::create(builder, root->getLoc(), root->getResult(0).getType(), declare(root->getResult(0)));
      root->getResult(0).replaceAllUsesWith(read.getResult());
    }
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

  /// A text that is equal for equal expressions.
  static std::string textOf(Value value) {
    Operation *op = value.getDefiningOp();
    std::string text = (op->getName().getStringRef() + "{").str();
    llvm::raw_string_ostream out(text);
    op->getAttrDictionary().print(out);
    out << "}:" << value.getType() << "(";
    for (Value operand : op->getOperands())
      out << textOf(operand) << ",";
    out << ")";
    return text;
  }

  /// The scalar that holds the expression of `value`.
  FlatSymbolRefAttr declare(Value value) {
    std::string &name = byText[textOf(value)];
    if (name.empty()) {
      do
        name = "derived." + std::to_string(names++);
      while (program.lookupSymbol(name));
      step::ScalarOp last;
      for (auto scalar : program.getOps<step::ScalarOp>())
        last = scalar;
      OpBuilder builder(program.getContext());
      if (last)
        builder.setInsertionPointAfter(last);
      else
        builder.setInsertionPointToStart(&program.getBody().front());
      auto scalar = step::ScalarOp::create(builder, value.getLoc(), name, value.getType(), false, false, StringAttr());
      scalar->setAttr("step.part", builder.getUnitAttr());
      Block &block = scalar.getValue().emplaceBlock();
      builder.setInsertionPointToEnd(&block);
      SetVector<Operation *> ops;
      slice(value, ops);
      IRMapping mapping;
      for (Operation *op : ops)
        builder.clone(*op, mapping);
      bd::YieldOp::create(builder, value.getLoc(), mapping.lookup(value));
      ++hoisted;
    }
    return FlatSymbolRefAttr::get(program.getContext(), name);
  }
};

} // namespace
} // namespace bdc::compiler
