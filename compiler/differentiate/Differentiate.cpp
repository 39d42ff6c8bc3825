// Adds the loops that give the gradient of the program's objective.
#include "compiler/counter.h"
#include "compiler/differentiate/reversal.h"
#include "compiler/passes.h"

#include "llvm/ADT/StringSet.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/Passes.h.inc"

namespace {

/// Writes out scalars that are made of wanted ones, wherever they are read, so that reads of the wanted ones are all that there is. To set one
/// of them from outside, the program is made again with its name among those that are fixed; `step.merged` says so.
class Inliner {
public:
  Inliner(step::ProgramOp program, Wanted &wanted, const llvm::StringSet<> &fixed) {
    for (auto scalar : program.getOps<step::ScalarOp>()) {
      StringAttr name = scalar.getSymNameAttr();
      if (wanted.scalars.contains(name) || fixed.contains(name.getValue()) || scalar.getValue().empty())
        continue;
      bool depends = false;
      scalar.getValue().walk([&](step::ReadOp read) {
        StringAttr other = read.getScalarAttr().getAttr();
        depends |= wanted.scalars.contains(other) || dependents.count(other);
      });
      if (!depends)
        continue;
      dependents[name] = scalar;
      wanted.made.insert(name);
      scalar->setAttr("step.merged", UnitAttr::get(program.getContext()));
    }
  }

  void run(Region &region) {
    SmallVector<step::ReadOp> reads;
    region.walk([&](step::ReadOp read) {
      if (dependents.count(read.getScalarAttr().getAttr()))
        reads.push_back(read);
    });
    for (step::ReadOp read : reads)
      inlineAt(read);
  }

private:
  void inlineAt(step::ReadOp read) {
    OpBuilder builder(read);
    Block &value = dependents[read.getScalarAttr().getAttr()].getValue().front();
    IRMapping mapping;
    SmallVector<step::ReadOp> inner;
    for (Operation &op : value.without_terminator()) {
      Operation *copy = builder.clone(op, mapping);
      if (auto again = dyn_cast<step::ReadOp>(copy); again && dependents.count(again.getScalarAttr().getAttr()))
        inner.push_back(again);
    }
    read.replaceAllUsesWith(mapping.lookupOrDefault(value.getTerminator()->getOperand(0)));
    read.erase();
    for (step::ReadOp again : inner)
      inlineAt(again);
  }

  llvm::DenseMap<StringAttr, step::ScalarOp> dependents;
};

struct Differentiate : impl::DifferentiateBase<Differentiate> {
  using DifferentiateBase::DifferentiateBase;

  Counter taped{"step-differentiate", "taped", "Values that are kept of every step"};

  void runOnOperation() override {
    for (auto program : llvm::to_vector(getOperation().getOps<step::ProgramOp>()))
      if (failed(run(program)))
        return signalPassFailure();
  }

  /// Common weights are known by name: where one depends on what is asked for, its own derivative leads there.
  static LogicalResult followWeights(step::ProgramOp program, Wanted &wanted, Inliner &inliner) {
    SmallVector<StringAttr> asked(wanted.ordered);
    DenseSet<StringAttr> done;
    for (auto graph : llvm::to_vector(program.getOps<step::GraphOp>())) {
      StringAttr weight = graph.getWeightAttr() ? graph.getWeightAttr().getAttr() : StringAttr();
      if (!weight || !wanted.made.contains(weight) || !done.insert(weight).second)
        continue;
      auto scalar = program.lookupSymbol<step::ScalarOp>(weight);
      auto written = cast<step::ScalarOp>(scalar->clone());
      inliner.run(written.getValue());
      for (StringAttr of : asked) {
        FailureOr<std::unique_ptr<Block>> slope = slopeOf(written.getValue(), [&](Block &block) { return readsOf(block, of); });
        if (failed(slope))
          return failure();
        if (!*slope)
          continue;
        OpBuilder builder(program.getContext());
        builder.setInsertionPointAfter(scalar);
        std::string name = (weight.getValue() + " by " + of.getValue()).str();
        auto factor = step::ScalarOp::create(builder, scalar.getLoc(), name, (*slope)->getTerminator()->getOperand(0).getType(), false, false, StringAttr());
        factor.getValue().push_back(slope->release());
        wanted.follow({weight, of, FlatSymbolRefAttr::get(factor.getSymNameAttr())});
      }
      written.erase();
    }
    return success();
  }

  /// What samples are taken, and how functions of them go about it, is no operation that could be followed.
  static LogicalResult refuseOptions(step::ProgramOp program, step::ObjectiveOp objective, const Wanted &wanted) {
    for (auto functional : objective.getFunctionals().getAsRange<DictionaryAttr>())
      if (auto options = functional.getAs<DictionaryAttr>("options"))
        for (NamedAttribute option : options)
          if (auto scalar = dyn_cast<FlatSymbolRefAttr>(option.getValue()); wanted.leadTo(scalar))
            return emitError(objective.getLoc()) << "the option " << option.getName().getValue() << " of " << functional.getAs<StringAttr>("function").getValue()
                                           << "() has no derivative";
    for (auto record : program.getOps<step::RecordOp>()) {
      SmallVector<FlatSymbolRefAttr> scalars = {record.getEveryAttr()};
      if (record.getSlice())
        llvm::append_range(scalars, record.getSlice()->getAsRange<FlatSymbolRefAttr>());
      if (record.getObserved() && llvm::any_of(scalars, [&](FlatSymbolRefAttr scalar) { return wanted.leadTo(scalar); }))
        return emitError(record.getLoc()) << "when and of which elements an objective has samples has no derivative";
    }
    if (wanted.leadTo(program.getDurationAttr()) || wanted.leadTo(program.getDiscardAttr()))
      return emitError(program.getLoc()) << "the duration of a run has no derivative";
    return success();
  }

  /// How many elements and connections there are, and how many steps a window has, changes in jumps.
  static LogicalResult refuseCounts(step::ProgramOp program, step::LoopOp loop, const Wanted &wanted) {
    for (auto space : program.getOps<step::SpaceOp>())
      if (wanted.leadTo(space.getSizeAttr()))
        return emitError(space.getLoc()) << "the number of elements has no derivative";
    for (auto graph : program.getOps<step::GraphOp>())
      for (auto argument : graph.getArguments().getAsRange<FlatSymbolRefAttr>())
        if (wanted.leadTo(argument))
          return emitError(graph.getLoc()) << "which connections there are has no derivative";
    WalkResult result = loop.walk([&](step::PushOp push) {
      auto take = push.getRing().getDefiningOp<step::TakeOp>();
      auto ring = take ? dyn_cast<BlockArgument>(take.getRing()) : BlockArgument();
      if (!ring || !push.getValue().getDefiningOp<step::CountOp>())
        return WalkResult::advance();
      auto state = program.lookupSymbol<step::StateOp>(cast<FlatSymbolRefAttr>(loop.getStates()[ring.getArgNumber()]).getAttr());
      if (!wanted.leadTo(state.getRowsAttr()))
        return WalkResult::advance();
      emitError(take.getLoc()) << "the window of a rate has no derivative";
      return WalkResult::interrupt();
    });
    return failure(result.wasInterrupted());
  }

  LogicalResult run(step::ProgramOp program) {
    Wanted wanted(program);
    if (wanted.scalars.empty() && wanted.states.empty())
      return success();
    auto objectives = llvm::to_vector(program.getOps<step::ObjectiveOp>());
    if (objectives.size() != 1)
      return program.emitOpError() << "a gradient is of one objective, and there are " << objectives.size();
    step::LoopOp loop;
    for (auto each : program.getOps<step::LoopOp>())
      if (!each.getRole())
        loop = each;
    if (!loop)
      return program.emitOpError() << "has no loop";
    llvm::StringSet<> fixedNames;
    for (const std::string &name : fixed)
      fixedNames.insert(name);
    Inliner inliner(program, wanted, fixedNames);
    if (failed(refuseOptions(program, objectives[0], wanted)) || failed(refuseCounts(program, loop, wanted)))
      return failure();
    for (Operation &op : program.getBody().front())
      if (isa<step::LoopOp, step::StateOp, step::GraphOp, step::RecordOp, step::ObjectiveOp>(op))
        for (Region &region : op.getRegions())
          inliner.run(region);
    if (failed(followWeights(program, wanted, inliner)))
      return failure();
    Activity activity(program, loop, wanted);
    Value objective = objectives[0].getValue().front().getTerminator()->getOperand(0);
    Reversal reversal(program, loop, wanted, activity, bd::dimensionOf(objective));
    if (failed(reversal.build()))
      return failure();
    taped += reversal.taped;
    IRRewriter rewriter(&getContext());
    DominanceInfo dominance;
    eliminateCommonSubExpressions(rewriter, dominance, program);
    return success();
  }
};

} // namespace
} // namespace bdc::compiler
