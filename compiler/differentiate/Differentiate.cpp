// Adds the loops that give the gradient of the program's objective.
#include "compiler/counter.h"
#include "compiler/differentiate/given.h"
#include "compiler/differentiate/jumps.h"
#include "compiler/differentiate/reversal.h"
#include "compiler/passes.h"

#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"

using namespace mlir;

namespace bdc::compiler {

#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/Passes.h.inc"

namespace {

/// Writes out scalars that are made of wanted ones, wherever they are read, so that reads of the wanted ones are all that there is.
class Inliner {
public:
  Inliner(step::ProgramOp program, Wanted &wanted) {
    for (auto scalar : program.getOps<step::ScalarOp>()) {
      StringAttr name = scalar.getSymNameAttr();
      if (wanted.scalars.contains(name) || scalar.getValue().empty())
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
    Value made = mapping.lookupOrDefault(value.getTerminator()->getOperand(0));
    step::ScalarOp scalar = dependents[read.getScalarAttr().getAttr()];
    if (scalar.getSettable()) { // where it was set it is made of nothing
      bd::ScalarBuilder build(builder, read.getLoc());
      Value set = step::ReadOp::create(builder, read.getLoc(), read.getType(), read.getScalarAttr());
      made = build.select(isGiven(givenFlag(scalar), build), set, made);
    }
    read.replaceAllUsesWith(made);
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

  /// A factor that is 0 where what it belongs to was set.
  static void stopWhereGiven(step::ScalarOp factor, FlatSymbolRefAttr flag) {
    Operation *end = factor.getValue().front().getTerminator();
    OpBuilder builder(end);
    bd::ScalarBuilder build(builder, factor.getLoc());
    Value slope = end->getOperand(0);
    end->setOperand(0, build.select(isGiven(flag, build), build.constant(0, bd::dimensionOf(slope)), slope));
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
        if (scalar.getSettable())
          stopWhereGiven(factor, givenFlag(scalar));
        wanted.follow({weight, of, FlatSymbolRefAttr::get(factor.getSymNameAttr())});
      }
      written.erase();
    }
    return success();
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
    Inliner inliner(program, wanted);
    for (Operation &op : program.getBody().front())
      if (isa<step::LoopOp, step::StateOp, step::GraphOp, step::RecordOp, step::ObjectiveOp>(op))
        for (Region &region : op.getRegions())
          inliner.run(region);
    if (failed(followWeights(program, wanted, inliner)))
      return failure();
    Activity activity(program, loop, wanted);
    auto depends = [&](StringAttr name) { return wanted.scalars.contains(name) || wanted.made.contains(name) || activity.startVaries(name); };
    if (failed(checkJumps(program, loop, depends)))
      return failure();
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
