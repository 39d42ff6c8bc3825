#include "compiler/lower/one_lane.h"

#include "mlir/Dialect/Math/IR/Math.h"

namespace bdc::compiler::lower {

namespace {

/// Whether `op` stands in what is done lane by lane, under a condition that differs from lane to lane.
bool isLaneByLane(Operation *op, const OneLane &lane) {
  for (auto branch = op->getParentOfType<scf::IfOp>(); branch; branch = branch->getParentOfType<scf::IfOp>())
    if (lane.varies(branch.getCondition()) && branch.getThenRegion().isAncestor(op->getParentRegion()))
      return true;
  return false;
}

} // namespace

OneLane::OneLane(func::FuncOp phase, ArrayRef<StringRef> words)
    : context(phase.getArgument(0)),
      pack(phase.getArgument(1)),
      words(words) {
  do {
    changed = false;
    possible = true;
    phase.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op != phase.getOperation())
        visit(op);
    });
  } while (changed);
}

size_t OneLane::wordAt(Value pointer) const {
  auto place = pointer.getDefiningOp<LLVM::GEPOp>();
  if (!place)
    return 0;
  return size_t(cast<IntegerAttr>(place.getIndices()[0]).getInt()) / 8;
}

Origin OneLane::originOf(Value pointer) const {
  if (pointer == context)
    return Origin::Context;
  if (pointer == pack)
    return Origin::Pack;
  if (auto place = pointer.getDefiningOp<LLVM::GEPOp>())
    return originOf(place.getBase());
  auto load = pointer.getDefiningOp<LLVM::LoadOp>();
  if (!load)
    return Origin::Unknown;
  switch (originOf(load.getAddr())) {
  case Origin::Pack:
    return llvm::StringSwitch<Origin>(words[wordAt(load.getAddr())])
        .Case("array", Origin::Array)
        .Case("graph", Origin::Graph)
        .Case("queue", Origin::Queue)
        .Case("bounds", Origin::Bounds)
        .Default(Origin::Unknown);
  case Origin::Graph: return Origin::GraphList;
  case Origin::Queue: return Origin::QueueList;
  default: return Origin::Unknown;
  }
}

bool OneLane::isWholeNumber(Operation *op) const {
  auto cast = dyn_cast<arith::FPToSIOp>(op);
  auto load = cast ? cast.getIn().getDefiningOp<LLVM::LoadOp>() : LLVM::LoadOp();
  return load && originOf(load.getAddr()) == Origin::Pack && words[wordAt(load.getAddr())] == "scalar";
}

LaneKernel OneLane::kernelOf(func::CallOp call, unsigned lanes) const {
  static constexpr StringRef draws[] = {"uniform", "normal", "exponential", "bernoulli", "lognormal", "gamma", "poisson"};
  StringRef name = call.getCallee();
  if (!name.consume_front("bdc_") || !name.consume_back("x1"))
    return {};
  auto [function, real] = name.rsplit('_');
  bool isDraw = llvm::is_contained(draws, function);
  return {("bdc_" + llvm::Twine(isDraw ? "lanes_" : "") + name + "x" + llvm::Twine(lanes)).str(), isDraw};
}

/// What varies follows from operands, and by loops from what comes later: until nothing new does.
void OneLane::visit(Operation *op) {
  if (isLaneByLane(op, *this))
    return;
  if (isa<LLVM::Prefetch, func::ReturnOp, scf::YieldOp>(op))
    return;
  if (auto load = dyn_cast<LLVM::LoadOp>(op))
    return visitLoad(load);
  if (auto store = dyn_cast<LLVM::StoreOp>(op)) {
    Origin origin = originOf(store.getAddr());
    possible &= (origin == Origin::Array || origin == Origin::QueueList) && !isa<VectorType>(store.getValue().getType());
    return;
  }
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return visitLoop(loop);
  if (auto branch = dyn_cast<scf::IfOp>(op))
    return visitBranch(branch);
  if (auto call = dyn_cast<func::CallOp>(op)) {
    LaneKernel kernel = kernelOf(call, 1);
    possible &= !kernel.name.empty() && call.getNumResults() == 1 && !call.getCallee().contains("edge_") &&
                !(kernel.isDraw && anyVaries(call.getOperands().slice(1, 3)));
    if (possible && anyVaries(call.getOperands()))
      mark(call.getResult(0));
    return;
  }
  visitOther(op);
}

bool OneLane::isSamePlace(Value pointer) const {
  auto place = pointer.getDefiningOp<LLVM::GEPOp>();
  return !place || (!anyVaries(place.getDynamicIndices()) && isSamePlace(place.getBase()));
}

void OneLane::visitLoad(LLVM::LoadOp load) {
  Type type = load.getType();
  bool isPointer = isa<LLVM::LLVMPointerType>(type);
  possible &= !isa<VectorType>(type);
  switch (originOf(load.getAddr())) {
  case Origin::Pack:
    if (llvm::is_contained({"array", "graph", "queue", "bounds", "scalar", "key"}, words[wordAt(load.getAddr())]))
      mark(load.getResult());
    return;
  case Origin::Context: possible &= type.isInteger(); return;
  case Origin::Bounds: possible &= isSamePlace(load.getAddr()); return;
  case Origin::Graph:
  case Origin::Queue:
    possible &= isSamePlace(load.getAddr());
    if (isPointer)
      mark(load.getResult());
    return;
  case Origin::GraphList:
    possible &= !isPointer && isSamePlace(load.getAddr());
    if (isa<FloatType>(type))
      mark(load.getResult());
    return;
  case Origin::QueueList:
  case Origin::Array:
    possible &= !isPointer;
    mark(load.getResult());
    return;
  case Origin::Unknown: possible = false; return;
  }
}

void OneLane::visitLoop(scf::ForOp loop) {
  possible &= !anyVaries({loop.getLowerBound(), loop.getUpperBound(), loop.getStep()});
  Operation *yield = loop.getBody()->getTerminator();
  for (auto [init, inside, next, result] :
       llvm::zip(loop.getInitArgs(), loop.getRegionIterArgs(), yield->getOperands(), loop.getResults()))
    if (varies(init) || varies(next) || varies(inside)) {
      mark(inside);
      mark(result);
    }
}

void OneLane::visitBranch(scf::IfOp branch) {
  bool isApart = varies(branch.getCondition());
  for (auto [position, result] : llvm::enumerate(branch.getResults()))
    if (isApart || varies(branch.thenYield().getOperand(position)) || varies(branch.elseYield().getOperand(position)))
      mark(result);
}

void OneLane::visitOther(Operation *op) {
  bool isPlain = isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) || isa<LLVM::GEPOp>(op);
  possible &= isPlain && op->getNumResults() == 1 && op->getNumRegions() == 0 && !isa<VectorType>(op->getResult(0).getType());
  if (!possible)
    return;
  if (isa<LLVM::GEPOp>(op) && originOf(op->getOperand(0)) == Origin::Pack)
    return;
  if (isa<arith::SelectOp>(op) && isa<LLVM::LLVMPointerType>(op->getResult(0).getType()))
    possible = false;
  if (!isWholeNumber(op) && anyVaries(op->getOperands()))
    mark(op->getResult(0));
}

} // namespace bdc::compiler::lower
