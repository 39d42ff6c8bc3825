// Rewrites types and constants into the coherent unit system and folds what is constant.
#include "compiler/counter.h"
#include "compiler/passes.h"
#include "dialects/bd/scalar_builder.h"
#include "dialects/step/Step.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Iterators.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_FOLDUNITS
#include "compiler/Passes.h.inc"

namespace {

struct FoldUnits : impl::FoldUnitsBase<FoldUnits> {
  Counter constantsConverted{"bd-fold-units", "constants-converted", "Constants rewritten into coherent units"};
  Counter operationsFolded{"bd-fold-units", "operations-folded", "Operations folded away"};

  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) { keepShown(op); });
    getOperation()->walk([&](bd::ConstOp op) { convert(op); });
    AttrTypeReplacer replacer;
    replacer.addReplacement([](bd::QuantityType type) -> Type {
      return bd::QuantityType::get(type.getContext(), units::format(type.getDimension()), type.getPrecision());
    });
    replacer.recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true, /*replaceLocs=*/false, /*replaceTypes=*/true);
    getOperation()->walk([&](Operation *op) { fold(op); });
    getOperation()->walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
      if (isa_and_nonnull<bd::BdDialect, arith::ArithDialect>(op->getDialect()) && isOpTriviallyDead(op))
        op->erase();
    });
  }

  void convert(bd::ConstOp op) {
    double coherent = *bd::constantOf(op.getResult());
    if (!cast<bd::QuantityType>(op.getType()).isCoherent())
      ++constantsConverted;
    op.setValue(APFloat(coherent));
  }

  /// Notes the user's unit of a declared type before it becomes the coherent one.
  static void show(Operation *op, StringRef attribute, Type type) {
    if (auto array = dyn_cast<step::ArrayType>(type))
      type = array.getElement();
    if (auto state = dyn_cast<bd::StateType>(type))
      type = state.getValue();
    if (auto quantity = dyn_cast<bd::QuantityType>(type); quantity && !quantity.isCoherent() && !op->hasAttr(attribute))
      op->setAttr(attribute, StringAttr::get(op->getContext(), quantity.getUnit()));
  }

  static void showYielded(Operation *op, StringRef attribute, Region &region) {
    if (!region.empty() && !region.front().empty() && region.front().back().getNumOperands() == 1)
      show(op, attribute, region.front().back().getOperand(0).getType());
  }

  static void keepShown(Operation *op) {
    if (isa<bd::ParamOp, bd::StateOp, bd::LetOp, bd::RecordOp>(op)) {
      if (auto type = op->getAttrOfType<TypeAttr>("type"))
        show(op, "bd.shown", type.getValue());
    } else if (isa<step::ScalarOp, step::StateOp, step::RecordOp>(op)) {
      if (auto type = op->getAttrOfType<TypeAttr>("type"))
        show(op, "shown", type.getValue());
    } else if (auto bind = dyn_cast<bd::BindOp>(op)) {
      showYielded(op, "bd.shown", bind.getValue());
    } else if (auto objective = dyn_cast<bd::ObjectiveOp>(op)) {
      showYielded(op, "bd.shown", objective.getValue());
    } else if (auto project = dyn_cast<bd::ProjectOp>(op)) {
      showYielded(op, "bd.weight_shown", project.getWeight());
      showYielded(op, "bd.delay_shown", project.getDelay());
    }
  }

  void fold(Operation *op) {
    SmallVector<OpFoldResult> results;
    if (!isa_and_nonnull<bd::BdDialect>(op->getDialect()) || op->getNumResults() != 1 || op->hasTrait<OpTrait::ConstantLike>() ||
        failed(op->fold(results)) || results.empty())
      return;
    Value value = dyn_cast<Value>(results.front());
    if (!value) {
      OpBuilder builder(op);
      Operation *constant =
          op->getDialect()->materializeConstant(builder, cast<Attribute>(results.front()), op->getResult(0).getType(), op->getLoc());
      value = constant->getResult(0);
    }
    op->getResult(0).replaceAllUsesWith(value);
    op->erase();
    ++operationsFolded;
  }
};

} // namespace
} // namespace bdc::compiler
