// Interval arithmetic over scalar operations, as scalar operations.
#include "compiler/flatten/bounds.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using bdc::bd::Fn;

namespace bdc::compiler::flatten {

namespace {

/// Ends of an interval; one value where nothing is random. Null: an end that is not known.
struct Interval {
  Value low, high;
  bool isPoint() const { return low && low == high; }
  bool isKnown() const { return low && high; }
};

/// Normal deviates beyond this have a probability below 10^-15; exponential ones beyond `farWaits` means, too.
constexpr double farDeviations = 8, farWaits = 35;

struct Bounds {
  Bounds(Emitter &emitter, Location loc, step::ProgramOp program) : emitter(emitter), make(emitter.build(loc)), program(program) {}

  Emitter &emitter;
  bd::ScalarBuilder make;
  step::ProgramOp program;
  FlatSymbolRefAttr space; ///< on whose elements the region at hand is
  Operation *unknown = nullptr; ///< the first whose upper end is not known

  Value least(Value a, Value b) { return make.fn(Fn::Min, {a, b}); }
  Value most(Value a, Value b) { return make.fn(Fn::Max, {a, b}); }

  /// The least or greatest value of a connectome's field: scalars that its data sets.
  Value fact(bd::EdgeOp op, StringRef which) {
    std::string name = (op.getData() + "." + op.getField() + which).str();
    return step::ReadOp::create(emitter.builder, op.getLoc(), op.getType(), FlatSymbolRefAttr::get(op.getContext(), name));
  }

  Interval random(bd::RandomOp op, ArrayRef<Interval> in) {
    using bd::Distribution;
    auto beyond = [&](Value middle, Value spread, double count) { return make.add(middle, make.mul(make.constant(count), spread)); };
    Value low = in[0].low, high = in[0].high;
    switch (op.getDistribution()) {
    case Distribution::Uniform: return {low, in[1].high};
    case Distribution::Normal: return {beyond(low, in[1].high, -farDeviations), beyond(high, in[1].high, farDeviations)};
    case Distribution::LogNormal:
      return {make.constant(0), make.fn(Fn::Exp, beyond(high, in[1].high, farDeviations))};
    case Distribution::Exponential: return {make.constant(0, bd::dimensionOf(low)), make.mul(make.constant(farWaits), high)};
    case Distribution::Gamma: { // shape k: mean k, spread √k, and a tail like an exponential's
      Value reach = make.add(beyond(high, make.fn(Fn::Sqrt, high), farDeviations), make.constant(farWaits));
      return {make.constant(0, bd::dimensionOf(in[1].high)), make.mul(in[1].high, reach)};
    }
    case Distribution::Poisson:
      return {make.constant(0), make.add(beyond(high, make.fn(Fn::Sqrt, high), farDeviations), make.constant(farWaits))};
    case Distribution::Bernoulli: return {make.constant(0), make.constant(1)};
    }
    llvm_unreachable("every distribution");
  }

  Interval product(Interval a, Interval b) {
    Value ends[] = {make.mul(a.low, b.low), make.mul(a.low, b.high), make.mul(a.high, b.low), make.mul(a.high, b.high)};
    return {least(least(ends[0], ends[1]), least(ends[2], ends[3])), most(most(ends[0], ends[1]), most(ends[2], ends[3]))};
  }

  Interval function(bd::FnOp op, ArrayRef<Interval> in) {
    auto both = [&](auto apply) { return Interval{apply(&Interval::low), apply(&Interval::high)}; };
    switch (op.getFunction()) {
    case Fn::Exp: case Fn::Expm1: case Fn::Log: case Fn::Sqrt: case Fn::Tanh: case Fn::Sigmoid: case Fn::Floor: case Fn::Ceil: case Fn::Round:
      return both([&](Value Interval::*end) { return make.fn(op.getFunction(), in[0].*end); });
    case Fn::Min: case Fn::Max: return extreme(op.getFunction(), in[0], in[1]);
    case Fn::Abs: {
      Value far = most(make.fn(Fn::Abs, in[0].low), make.fn(Fn::Abs, in[0].high));
      return {make.constant(0, bd::dimensionOf(far)), far};
    }
    default: return {};
    }
  }

  /// The least of two is below either of them, whatever is known of the other; so with the greatest.
  Interval extreme(Fn function, Interval a, Interval b) {
    auto end = [&](Value x, Value y, bool one) { return x && y ? make.fn(function, {x, y}) : one ? (x ? x : y) : Value(); };
    return {end(a.low, b.low, function == Fn::Max), end(a.high, b.high, function == Fn::Min)};
  }

  /// Of a power above 0, which grows with the distance from 0.
  Interval power(bd::PowerOp op, Interval base) {
    if (op.getNumerator() < 0)
      return {};
    units::Rational exponent(op.getNumerator(), op.getDenominator());
    Value far = make.power(most(make.fn(Fn::Abs, base.low), make.fn(Fn::Abs, base.high)), exponent);
    bool isOdd = op.getDenominator() == 1 && op.getNumerator() % 2 != 0;
    return {isOdd ? make.neg(far) : make.constant(0, bd::dimensionOf(far)), far};
  }

  /// No end is known of what reads one that is not, but for the least and the greatest.
  Interval of(Operation *op, ArrayRef<Interval> in) {
    auto fn = dyn_cast<bd::FnOp>(op);
    bool isExtreme = fn && (fn.getFunction() == Fn::Min || fn.getFunction() == Fn::Max);
    if (!isExtreme && !llvm::all_of(isa<bd::SelectOp>(op) ? in.drop_front() : in, [](Interval each) { return each.isKnown(); }))
      return {};
    return llvm::TypeSwitch<Operation *, Interval>(op)
        .Case([&](bd::RandomOp op) { return random(op, in); })
        .Case([&](bd::EdgeOp op) { return Interval{fact(op, ".min"), fact(op, ".max")}; })
        .Case([&](step::ElementOp op) { return element(op); })
        .Case([&](bd::IndexOp) { return index(); })
        .Case([&](bd::AddOp) { return Interval{make.add(in[0].low, in[1].low), make.add(in[0].high, in[1].high)}; })
        .Case([&](bd::SubOp) { return Interval{make.sub(in[0].low, in[1].high), make.sub(in[0].high, in[1].low)}; })
        .Case([&](bd::NegOp) { return Interval{make.neg(in[0].high), make.neg(in[0].low)}; })
        .Case([&](bd::MulOp) { return product(in[0], in[1]); })
        .Case([&](bd::DivOp) {
          if (!in[1].isPoint())
            return Interval{};
          Value inverse = make.div(make.constant(1), in[1].low);
          return product(in[0], {inverse, inverse});
        })
        .Case([&](bd::SelectOp) { return Interval{least(in[1].low, in[2].low), most(in[1].high, in[2].high)}; })
        .Case([&](bd::FnOp op) { return function(op, in); })
        .Case([&](bd::PowerOp op) { return power(op, in[0]); })
        .Default([](Operation *) { return Interval{}; });
  }

  /// The values of a param that was made for every element.
  Interval element(step::ElementOp op) {
    auto state = program.lookupSymbol<step::StateOp>(op.getStateAttr());
    if (!state || state.getKind() != bd::StateKind::Param || state.getInitial().empty())
      return {};
    FlatSymbolRefAttr outer = std::exchange(space, cast<step::ArrayType>(state.getType()).getSpace());
    Interval result = of(state.getInitial());
    space = outer;
    return result;
  }

  Interval index() {
    auto elements = space ? program.lookupSymbol<step::SpaceOp>(space) : step::SpaceOp();
    if (!elements)
      return {};
    Location loc = elements.getLoc();
    Value size = step::ReadOp::create(emitter.builder, loc, bd::quantityType(elements.getContext(), {}), elements.getSizeAttr());
    return {make.constant(0), make.sub(size, make.constant(1))};
  }

  /// Of what a region yields.
  Interval of(Region &region) {
    DenseMap<Value, Interval> known;
    for (Operation &op : region.front().without_terminator()) {
      SmallVector<Interval> in;
      IRMapping mapping;
      bool points = !isa<bd::RandomOp, bd::EdgeOp, bd::IndexOp, step::ElementOp>(op);
      for (Value operand : op.getOperands()) {
        in.push_back(known.lookup(operand));
        points &= in.back().isPoint();
        mapping.map(operand, in.back().low);
      }
      if (points) {
        Value copy = emitter.builder.clone(op, mapping)->getResult(0);
        known[op.getResult(0)] = {copy, copy};
        continue;
      }
      // A comparison of random values decides nothing here: a select takes the wider of its branches.
      bool isQuantity = isa<bd::QuantityType>(op.getResult(0).getType());
      Interval result = isQuantity ? of(&op, in) : Interval{};
      if (isQuantity && !result.high && !unknown)
        unknown = &op;
      known[op.getResult(0)] = result;
    }
    return known.lookup(region.front().getTerminator()->getOperand(0));
  }
};

} // namespace

Value upperBound(Region &region, Emitter &emitter, step::ProgramOp program) {
  Bounds bounds(emitter, region.getLoc(), program);
  Value high = bounds.of(region).high;
  if (!high)
    bounds.unknown->emitOpError() << "how long a delay can become is not known for this operation; put it into min(…, longest)";
  return high;
}

} // namespace bdc::compiler::flatten
