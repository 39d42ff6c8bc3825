// Adds the loops that give the gradient of the program's objective.
#include "compiler/counter.h"
#include "compiler/differentiate/given.h"
#include "compiler/differentiate/jumps.h"
#include "compiler/differentiate/reversal.h"
#include "compiler/differentiate/twins.h"
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

  /// Scalars that are read by name (common weights, and those that are asked for themselves) and made of some that are asked for: their own derivatives
  /// lead there, by how each changes with what it is made of, directly and through others that are asked for; unless it was set.
  static LogicalResult followScalars(step::ProgramOp program, Wanted &wanted, Inliner &inliner) {
    const SmallVector<StringAttr> asked(wanted.ordered);
    DenseSet<StringAttr> read(asked.begin(), asked.end());
    for (auto graph : program.getOps<step::GraphOp>())
      if (wanted.leadTo(graph.getWeightAttr()))
        read.insert(graph.getWeightAttr().getAttr());
    DenseMap<std::pair<StringAttr, StringAttr>, FlatSymbolRefAttr> factors;
    for (auto scalar : llvm::to_vector(program.getOps<step::ScalarOp>())) { // each reads only earlier ones
      StringAttr name = scalar.getSymNameAttr();
      if (!read.contains(name) || scalar.getValue().empty())
        continue;
      auto written = cast<step::ScalarOp>(scalar->clone());
      inliner.run(written.getValue());
      llvm::MapVector<StringAttr, std::unique_ptr<Block>> slopes;
      for (StringAttr by : asked) {
        FailureOr<std::unique_ptr<Block>> slope = by == name ? std::unique_ptr<Block>() : slopeOf(written.getValue(), [&](Block &block) { return readsOf(block, by); });
        if (failed(slope))
          return failure();
        if (*slope)
          slopes[by] = std::move(*slope);
      }
      written.erase();
      for (StringAttr of : asked)
        if (FlatSymbolRefAttr factor = factorOf(scalar, of, slopes, factors)) {
          factors[{name, of}] = factor;
          wanted.follow({name, of, factor});
        }
    }
    return success();
  }

  /// How a scalar changes with one that is asked for: null where it does not.
  static FlatSymbolRefAttr factorOf(step::ScalarOp scalar, StringAttr of, const llvm::MapVector<StringAttr, std::unique_ptr<Block>> &slopes,
                                    const DenseMap<std::pair<StringAttr, StringAttr>, FlatSymbolRefAttr> &factors) {
    auto program = scalar->getParentOfType<step::ProgramOp>();
    auto block = std::make_unique<Block>();
    OpBuilder builder = atEnd(*block, scalar.getContext());
    bd::ScalarBuilder build(builder, scalar.getLoc());
    Value sum;
    for (auto &[by, slope] : slopes) {
      FlatSymbolRefAttr onwards = factors.lookup({by, of});
      if (by != of && !onwards)
        continue;
      IRMapping mapping;
      for (Operation &op : slope->without_terminator())
        builder.clone(op, mapping);
      Value part = mapping.lookupOrDefault(slope->getTerminator()->getOperand(0));
      if (onwards)
        part = build.mul(part, step::ReadOp::create(builder, scalar.getLoc(), program.lookupSymbol<step::ScalarOp>(onwards.getAttr()).getType(), onwards));
      sum = sum ? build.add(sum, part) : part;
    }
    if (!sum)
      return {};
    if (scalar.getSettable()) // where it was set it is made of nothing
      sum = build.select(isGiven(givenFlag(scalar), build), build.constant(0, bd::dimensionOf(sum)), sum);
    build.yield(sum);
    OpBuilder after(scalar.getContext());
    after.setInsertionPointAfter(scalar);
    auto factor = step::ScalarOp::create(after, scalar.getLoc(), freeName(program, scalar.getSymName() + " by " + of.getValue()), sum.getType(), false, false,
                                         StringAttr());
    factor.getValue().push_back(block.release());
    return FlatSymbolRefAttr::get(factor.getSymNameAttr());
  }

  /// What a program with tangents must not have.
  static LogicalResult checkSecond(step::ProgramOp program, step::LoopOp loop, const Activity &activity) {
    if (program.getOps<step::DirectionOp>().empty())
      return success();
    for (auto queue : program.getOps<step::QueueOp>())
      if (activity.eventsVary(queue.getSymNameAttr()))
        return emitError(queue.getLoc()) << "spikes have no second derivative: a surrogate stands for the first one alone";
    for (auto contract : loop.getBody().front().getOps<step::ContractOp>())
      if (!contract.getRates().empty() && activity.isActive(contract.getSum()))
        return emitError(contract.getLoc()) << "delays that derivatives are asked by have no second derivative";
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
    if (failed(followScalars(program, wanted, inliner)))
      return failure();
    Activity activity(program, loop, wanted);
    auto depends = [&](StringAttr name) { return wanted.scalars.contains(name) || wanted.made.contains(name) || activity.startVaries(name); };
    if (failed(checkJumps(program, loop, activity, depends)))
      return failure();
    noteUnseenEvents(program, loop, activity);
    if (failed(checkSecond(program, loop, activity)))
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
