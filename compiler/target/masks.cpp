// Masks in whole lanes. Without AVX-512 a vector of i1 has no register of its own; what LLVM makes of logic between masks of
// different comparisons are packed bytes, and dozens of instructions that pack and unpack them. So the logic is done in integers of
// the lanes' own width, all ones or all zeros, where a comparison leaves them and a selection wants them.
#include "compiler/target/link.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace bdc::compiler {

namespace {

bool isMask(Type *type) {
  auto *vector = dyn_cast<FixedVectorType>(type);
  return vector && vector->getElementType()->isIntegerTy(1);
}

bool isLogic(const Value *value) {
  auto *op = dyn_cast<BinaryOperator>(value);
  return op && isMask(op->getType()) && op->isBitwiseLogicOp();
}

/// The width of a function's numbers.
unsigned laneBits(const Function &function) {
  unsigned bits = 0;
  for (const BasicBlock &block : function)
    for (const Instruction &instruction : block)
      if (auto *vector = dyn_cast<FixedVectorType>(instruction.getType()); vector && vector->getElementType()->isFloatingPointTy())
        bits = std::max(bits, vector->getScalarSizeInBits());
  return bits;
}

class Widener {
public:
  Widener(Function &function, unsigned bits) : function(function), bits(bits) {}

  void run() {
    SmallVector<BinaryOperator *> logic;
    for (BasicBlock &block : function)
      for (Instruction &instruction : block)
        if (isLogic(&instruction))
          logic.push_back(cast<BinaryOperator>(&instruction));
    // In the order of the text. An operand that comes later is widened as what it is.
    for (BinaryOperator *op : logic) {
      IRBuilder<> builder(op);
      wide[op] = builder.CreateBinOp(op->getOpcode(), widened(op->getOperand(0), builder), widened(op->getOperand(1), builder));
    }
    for (BinaryOperator *op : llvm::reverse(logic)) {
      op->replaceUsesWithIf(narrowed(op), [](Use &use) { return !isLogic(use.getUser()); });
      if (op->use_empty())
        op->eraseFromParent();
    }
  }

private:
  Type *lanes(Type *mask) const {
    return FixedVectorType::get(IntegerType::get(mask->getContext(), bits), cast<FixedVectorType>(mask)->getNumElements());
  }

  Value *widened(Value *mask, IRBuilder<> &builder) {
    if (Value *known = wide.lookup(mask))
      return known;
    auto *definition = dyn_cast<Instruction>(mask);
    if (!definition)
      return builder.CreateSExt(mask, lanes(mask->getType()));
    IRBuilder<> behind(definition->getParent(), *definition->getInsertionPointAfterDef());
    return wide[mask] = behind.CreateSExt(mask, lanes(mask->getType()));
  }

  /// The mask again, as a comparison that costs nothing: a selection looks at the sign bit.
  Value *narrowed(BinaryOperator *op) {
    auto *value = cast<Instruction>(wide[op]);
    IRBuilder<> builder(value->getParent(), std::next(value->getIterator()));
    return builder.CreateICmpSLT(value, Constant::getNullValue(value->getType()));
  }

  Function &function;
  unsigned bits;
  DenseMap<Value *, Value *> wide;
};

} // namespace

void widenMasks(Module &module) {
  for (Function &function : module)
    if (unsigned bits = function.isDeclaration() ? 0 : laneBits(function))
      Widener(function, bits).run();
}

} // namespace bdc::compiler
