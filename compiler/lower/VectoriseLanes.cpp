// Phases for several lanes at once, made of the phases for one element at a time.
#include "compiler/lower/one_lane.h"

#include "compiler/counter.h"
#include "compiler/passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/RegionUtils.h"
#include "runtime/abi.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_VECTORISELANES
#include "compiler/Passes.h.inc"

namespace {

using lower::Loops;
using lower::Origin;

/// Writes the body of a function for all lanes.
class Vectoriser {
public:
  Vectoriser(Loops &b, lower::OneLane &source, func::FuncOp target, unsigned lanes)
      : b(b),
        source(source),
        lanes(lanes),
        contexts(target.getArgument(0)),
        pack(target.getArgument(1)),
        step(target.getArgument(3)) {}

  void write(func::FuncOp single) {
    Block &body = single.getBody().front();
    same.map(body.getArgument(0), b.load(b.pointerType(), contexts));
    same.map(body.getArgument(2), step);
    same.map(body.getArgument(3), b.integer(0));
    block(body);
  }

private:
  void block(Block &from) {
    for (Operation &op : from.without_terminator())
      operation(op);
  }

  bool varies(Value value) const { return source.varies(value); }
  VectorType wide(Type type) { return VectorType::get(int64_t(lanes), type); }

  /// The vector of all lanes.
  Value vector(Value value) {
    if (Value known = apart.lookupOrNull(value))
      return known;
    return b.broadcast(same.lookup(value), lanes);
  }
  Value either(Value value) { return varies(value) ? vector(value) : same.lookup(value); }

  void operation(Operation &op) {
    if (isa<LLVM::Prefetch>(op))
      return;
    if (auto load = dyn_cast<LLVM::LoadOp>(op))
      return read(load);
    if (auto store = dyn_cast<LLVM::StoreOp>(op))
      return write(store);
    if (auto place = dyn_cast<LLVM::GEPOp>(op))
      return address(place);
    if (auto call = dyn_cast<func::CallOp>(op); call && varies(call.getResult(0)))
      return kernel(call);
    if (auto loop = dyn_cast<scf::ForOp>(op))
      return repeat(loop);
    if (auto branch = dyn_cast<scf::IfOp>(op))
      return varies(branch.getCondition()) ? eachLane(branch) : choose(branch);
    if (source.isWholeNumber(&op)) {
      Value number = first(vector(op.getOperand(0)));
      return same.map(op.getResult(0), arith::FPToSIOp::create(b, b.loc, op.getResult(0).getType(), number).getResult());
    }
    if (!varies(op.getResult(0)))
      return b.clone(op, same), void();
    arithmetic(op);
  }

  void arithmetic(Operation &op) {
    IRMapping mapping;
    for (Value operand : op.getOperands()) // a condition may be the same for all
      mapping.map(operand, isa<arith::SelectOp>(op) && operand.getType().isInteger(1) ? either(operand) : vector(operand));
    Operation *made = b.clone(op, mapping);
    made->getResult(0).setType(wide(op.getResult(0).getType()));
    apart.map(op.getResult(0), made->getResult(0));
  }

  Value first(Value wide) { return LLVM::ExtractElementOp::create(b, b.loc, wide, b.integer(0)); }
  Value all() { return b.broadcast(arith::ConstantOp::create(b, b.loc, b.getBoolAttr(true)), lanes); }
  static unsigned alignment(Type type) {
    return isa<LLVM::LLVMPointerType>(type) ? 8 : std::max(8u, type.getIntOrFloatBitWidth()) / 8;
  }

  /// Words of the pack lie side by side; what is the same is read for the first lane.
  void read(LLVM::LoadOp load) {
    Value result = load.getResult();
    Type type = result.getType();
    if (source.originOf(load.getAddr()) == Origin::Pack) {
      Value place = b.field(pack, source.wordAt(load.getAddr()) * lanes * 8);
      if (!varies(result))
        return same.map(result, b.load(type, place));
      apart.map(result, b.load(wide(type), place, 8));
    } else if (!varies(result)) {
      return same.map(result, b.load(type, same.lookup(load.getAddr())));
    } else {
      apart.map(result,
                LLVM::masked_gather::create(b, b.loc, wide(type), vector(load.getAddr()), all(), ValueRange(), alignment(type))
                    .getResult());
    }
    if (isa<LLVM::LLVMPointerType>(type)) // through which may be read what is the same
      same.map(result, first(apart.lookup(result)));
  }

  void write(LLVM::StoreOp store) {
    Value value = store.getValue();
    LLVM::masked_scatter::create(b, b.loc, vector(value), vector(store.getAddr()), all(), alignment(value.getType()));
  }

  void address(LLVM::GEPOp place) {
    Value base = place.getBase();
    if (source.originOf(base) == Origin::Pack)
      return;
    auto make = [&](bool isWide) -> Value {
      SmallVector<LLVM::GEPArg> indices;
      for (auto index : place.getIndices())
        if (auto constant = dyn_cast<IntegerAttr>(index))
          indices.push_back(int32_t(constant.getInt()));
        else
          indices.push_back(isWide ? either(cast<Value>(index)) : same.lookup(cast<Value>(index)));
      Type type = isWide ? Type(wide(place.getType())) : place.getType();
      return LLVM::GEPOp::create(b, b.loc, type, place.getElemType(), isWide ? vector(base) : same.lookup(base), indices,
                                 place.getNoWrapFlags());
    };
    bool isSame = llvm::none_of(place.getDynamicIndices(), [&](Value index) { return varies(index); });
    if (isSame)
      same.map(place.getResult(), make(false));
    if (varies(place.getResult()))
      apart.map(place.getResult(), make(true));
  }

  void kernel(func::CallOp call) {
    lower::LaneKernel kernel = source.kernelOf(call, lanes);
    SmallVector<Value> operands;
    for (Value operand : call.getOperands()) // a key for each lane; the element, the step and the draw are the same
      operands.push_back(kernel.isDraw && operands.size() > 0 && operands.size() < 4 ? same.lookup(operand) : vector(operand));
    apart.map(call.getResult(0), b.callKernel(kernel.name, wide(call.getResult(0).getType()), operands));
  }

  void repeat(scf::ForOp loop) {
    SmallVector<Value> carried;
    for (auto [init, inside] : llvm::zip(loop.getInitArgs(), loop.getRegionIterArgs()))
      carried.push_back(varies(inside) ? vector(init) : same.lookup(init));
    Value from = same.lookup(loop.getLowerBound()), to = same.lookup(loop.getUpperBound()), step = same.lookup(loop.getStep());
    SmallVector<Value> results = b.loop(from, to, step, carried, [&](Value i, ValueRange now) {
      same.map(loop.getInductionVar(), i);
      for (auto [inside, value] : llvm::zip(loop.getRegionIterArgs(), now))
        note(inside, value);
      block(*loop.getBody());
      return yielded(*loop.getBody(), loop.getRegionIterArgs());
    });
    for (auto [result, value] : llvm::zip(loop.getResults(), results))
      note(result, value);
  }

  void note(Value value, Value made) { (varies(value) ? apart : same).map(value, made); }

  /// What a block yields for values that vary or do not.
  SmallVector<Value> yielded(Block &from, ValueRange as) {
    SmallVector<Value> result;
    for (auto [value, target] : llvm::zip(from.getTerminator()->getOperands(), as))
      result.push_back(varies(target) ? vector(value) : same.lookup(value));
    return result;
  }

  SmallVector<Type> typesOf(ValueRange values) {
    return llvm::map_to_vector(values,
                               [&](Value value) { return varies(value) ? Type(wide(value.getType())) : value.getType(); });
  }

  void choose(scf::IfOp branch) {
    fill(branch, same.lookup(branch.getCondition()), [&] {
      block(*branch.thenBlock());
      return yielded(*branch.thenBlock(), branch.getResults());
    });
  }

  /// The same condition with what `then` yields, and what is done otherwise.
  void fill(scf::IfOp branch, Value condition, llvm::function_ref<SmallVector<Value>()> then) {
    bool hasElse = branch.elseBlock();
    auto made = scf::IfOp::create(b, b.loc, typesOf(branch.getResults()), condition, hasElse);
    {
      OpBuilder::InsertionGuard guard(b);
      auto end = [&](Block *block, ValueRange values) {
        if (block->empty() || !block->back().hasTrait<OpTrait::IsTerminator>()) {
          b.setInsertionPointToEnd(block);
          scf::YieldOp::create(b, b.loc, values);
        }
      };
      b.setInsertionPointToStart(made.thenBlock());
      end(made.thenBlock(), then());
      if (hasElse) {
        b.setInsertionPointToStart(made.elseBlock());
        block(*branch.elseBlock());
        end(made.elseBlock(), yielded(*branch.elseBlock(), branch.getResults()));
      }
    }
    for (auto [result, value] : llvm::zip(branch.getResults(), made.getResults()))
      note(result, value);
  }

  /// Done for one lane after the other, if it is for any.
  void eachLane(scf::IfOp branch) {
    Value condition = vector(branch.getCondition());
    Value bits = LLVM::BitcastOp::create(b, b.loc, b.getIntegerType(lanes), condition);
    Value none = arith::ConstantOp::create(b, b.loc, b.getIntegerAttr(b.getIntegerType(lanes), 0));
    Value any = arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::ne, bits, none);
    fill(branch, any, [&] {
      SmallVector<Value> before;
      for (Value result : branch.getResults())
        before.push_back(LLVM::PoisonOp::create(b, b.loc, wide(result.getType())));
      return b.loop(b.integer(0), b.integer(lanes), b.integer(1), before,
                    [&](Value lane, ValueRange carried) { return oneLane(branch, condition, lane, carried); });
    });
  }

  SmallVector<Value> oneLane(scf::IfOp branch, Value condition, Value lane, ValueRange carried) {
    IRMapping mapping;
    SetVector<Value> captured;
    getUsedValuesDefinedAbove(branch->getRegions(), captured);
    auto extract = [&](Value wide) { return LLVM::ExtractElementOp::create(b, b.loc, wide, lane).getResult(); };
    for (Value value : captured)
      mapping.map(value, varies(value) ? extract(vector(value)) : same.lookup(value));
    mapping.map(branch.getCondition(), extract(condition));
    Operation *made = b.clone(*branch, mapping);
    SmallVector<Value> next;
    for (auto [before, result] : llvm::zip(carried, made->getResults()))
      next.push_back(LLVM::InsertElementOp::create(b, b.loc, before, result, lane));
    return next;
  }

  Loops &b;
  lower::OneLane &source;
  unsigned lanes;
  Value contexts, pack, step;
  IRMapping same, apart; ///< what is the same for all lanes, and vectors of what is not; of pointers both, the same one being the
                         ///< first lane's
};

struct VectoriseLanes : impl::VectoriseLanesBase<VectoriseLanes> {
  using VectoriseLanesBase::VectoriseLanesBase;

  Counter vectorised{"bdc-vectorise-lanes", "vectorised", "Phases that do all lanes at once"};
  Counter called{"bdc-vectorise-lanes", "called", "Phases that are called for each lane"};

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<func::FuncDialect, scf::SCFDialect, vector::VectorDialect, LLVM::LLVMDialect, arith::ArithDialect>();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<func::FuncOp> targets, singles;
    for (auto function : module.getOps<func::FuncOp>())
      if (function->hasAttr("bdc.single"))
        targets.push_back(function);
    for (func::FuncOp target : targets) {
      auto named = [&](StringRef name) {
        return module.lookupSymbol<func::FuncOp>(target->getAttrOfType<FlatSymbolRefAttr>(name).getValue());
      };
      fill(target, named("bdc.single"), named("bdc.phase"));
      singles.push_back(named("bdc.single"));
      for (StringRef name : {"bdc.single", "bdc.phase", "bdc.words"})
        target->removeAttr(name);
    }
    for (func::FuncOp single : singles)
      single.erase();
  }

  void fill(func::FuncOp target, func::FuncOp single, func::FuncOp phase) {
    unsigned lanes = target->getAttrOfType<IntegerAttr>("bdc.lanes").getInt();
    auto words = llvm::to_vector(target->getAttrOfType<ArrayAttr>("bdc.words").getAsValueRange<StringAttr>());
    target->removeAttr("bdc.lanes");
    Loops b(target.getLoc());
    b.setInsertionPointToStart(target.addEntryBlock());
    Operation *end = func::ReturnOp::create(b, b.loc);
    b.setInsertionPoint(end);
    lower::OneLane source(single, words);
    if (source.hasLanes()) {
      Vectoriser(b, source, target, lanes).write(single);
      return void(++vectorised);
    }
    ++called;
    Value contexts = target.getArgument(0), packs = target.getArgument(2), step = target.getArgument(3), thread = b.integer(0);
    b.loop(b.integer(0), b.integer(lanes), [&](Value lane) {
      Value context = b.load(b.pointerType(), b.address(contexts, b.pointerType(), lane));
      Value pack = b.address(packs, b.getI64Type(), b.mul(lane, b.integer(int64_t(words.size()))));
      func::CallOp::create(b, b.loc, phase, ValueRange{context, pack, step, thread});
    });
  }
};

} // namespace
} // namespace bdc::compiler
