// Sums over the edges of a target (or, transposed, of a source).
//
// Every target's edges are added as four sums, of every fourth edge, in the order of the sources: the additions do not wait for each other, and
// the order depends on nothing but the edges. Where no source is delayed and most of them follow each other there are sixteen sums, and values of
// sources that follow each other are read as one vector. What lies
// BDC_AHEAD - 1 steps or more in the past is known for BDC_AHEAD steps at once: those sums are made together, a vector over time, from values
// that lie side by side in the ring of their source. Where time runs backwards it is the far future that is known. The past of all sources does
// not fit the first cache: so these edges are added piece by piece, one for every target before the next one: in connectomes from the same
// few sources. Sums whose terms read no source are the same in every step, near edges and all, and made once for as many.
#include "compiler/lower/edge_terms.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace bdc::compiler::lower {

namespace {

constexpr unsigned fewChains = 4, manyChains = 16;

class Gather : EdgeTerms {
public:
  Gather(PhaseFrame &f, step::ContractOp op)
      : EdgeTerms(f, op), isPlain(areAllPresent(f, op)), isStill(op.getAheadAttr() && op.isStill() && !f.reverse),
        steps(std::min<unsigned>(f.lowering.width, BDC_AHEAD)), few(f.emitter(std::min(f.lowering.width, fewChains))),
        many(f.emitter(std::min(f.lowering.width, manyChains))), far(f.emitter(steps)) {
    use(fewChains, few);
  }

  LogicalResult lower() {
    out = f.stateOf(op.getSum());
    real = tables.compute(op.getParts() ? op.getBody().front().getTerminator()->getOperand(0).getType() : Tables::arrayType(out).getElement());
    if (failed(check()))
      return failure();
    openSources();
    openEdges();
    Value bounds = f.access.boundsOf(tables.at(f.phase.getSpaceAttr()));
    Value begin = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), f.thread));
    Value end = b.load(b.getI64Type(), b.address(bounds, b.getI64Type(), b.add(f.thread, b.integer(1))));
    if (op.getAheadAttr())
      openAhead();
    SmallVector<Value> targetArrays;
    for (Value target : op.getTargets())
      targetArrays.push_back(f.array(f.stateOf(target)));
    Value outArray = f.array(out);
    if (op.getParts()) {
      b.loop(begin, end, [&](Value source) {
        anchor(few, source);
        addToEach(source, readOwn(targetArrays, source), outArray);
      });
      return success(ok);
    }
    if (op.getAheadAttr())
      b.when(arith::CmpIOp::create(b, b.loc, arith::CmpIPredicate::eq, ofBlock, b.integer(f.reverse ? BDC_AHEAD - 1 : 0)), [&] {
        isStill ? makeAhead(begin, end) : addPieces(begin, end);
      });
    b.loop(begin, end, [&](Value target) {
      anchor(few, target);
      anchor(many, target);
      Value sum = isStill ? madeAhead(target) : op.getAheadAttr() ? sumWithAhead(target) : sumNow(target, readOwn(targetArrays, target));
      writeElement(f, out, outArray, target, sum);
    });
    return success(ok);
  }

private:
  /// Whether no source is read from the past.
  static bool areAllPresent(PhaseFrame &f, step::ContractOp op) {
    return llvm::none_of(op.getSources(), [&](Value source) {
      step::StateOp state = f.stateOf(source);
      return state.getRows() || Tables::arrayType(state).getElement().isInteger(1);
    });
  }

  LogicalResult check() {
    Block &region = op.getBody().front();
    if (region.getNumArguments() != 1 + op.getSources().size() + op.getTargets().size() - op.getMixed() * (op.getParts() ? 1 : 2))
      return op.emitOpError() << "region takes the weight, " << op.getSources().size() << " source and " << op.getTargets().size()
                              << " target values";
    if (!op.getAheadAttr())
      return success();
    bool timeless = llvm::none_of(region, [](Operation &each) { return isa<bd::TimeOp, bd::RandomOp>(each); });
    bool byElement = llvm::all_of(op.getSources(), [&](Value source) { return bool(f.stateOf(source).getByElement()); });
    if (!timeless || !byElement || !op.getTargets().empty() || !op.getRates().empty())
      return op.emitOpError() << "can be summed ahead from rings by element alone, without time, random numbers, target values or rates";
    return success();
  }

  /// Values that are the same for all targets go in front of the loop over them; words of the pack, which both loops read, in front of the
  /// condition under which there is the first.
  void anchor(RegionEmitter &emitter, Value target) {
    emitter.outermost = target.getParentBlock()->getParentOp();
    emitter.element = target;
    Operation *around = emitter.outermost->getParentOp();
    f.access.anchorBefore(isa<scf::IfOp>(around) ? around : emitter.outermost);
  }

  SmallVector<Value> readOwn(ValueRange arrays, Value element) {
    SmallVector<Value> own;
    for (auto [each, pointer] : llvm::zip(op.getTargets(), arrays))
      own.push_back(readElement(f, f.stateOf(each), pointer, element));
    return own;
  }

  void openAhead() {
    step::StateOp state = tables.state(op.getAheadAttr());
    aheadArray = f.array(state);
    aheadStride = f.access.get({Word::Stride, tables.position.lookup(state.getSymName())});
    ofBlock = arith::AndIOp::create(b, b.loc, f.step, b.integer(BDC_AHEAD - 1));
    for (Source &source : sources)
      source.first = f.reverse ? b.wrapUp(b.sub(source.now, ofBlock), source.rows) : source.last;
  }

  // What each edge says for itself.

  /// Adds them to the edges' numbers. The numbers behind an element's last edge are another's, and maybe another thread's.
  void addToEach(Value element, ValueRange own, Value parts) {
    Value from = at(offsets, element), to = at(offsets, b.add(element, b.integer(1)));
    Type wide = Loops::wide(b.getF64Type(), lanes);
    auto group = [&](Value first, bool isWhole) {
      Value value = termsAlone(first, own);
      if (!value)
        return;
      if (real.isF32())
        value = arith::ExtFOp::create(b, b.loc, wide, value);
      Value place = b.address(parts, b.getF64Type(), first);
      if (isWhole)
        return b.store(arith::AddFOp::create(b, b.loc, b.load(wide, place, 8), value), place, 8);
      Value mask = below(first, to, lanes), zero = b.broadcast(b.number(b.getF64Type(), 0), lanes);
      Value before = LLVM::MaskedLoadOp::create(b, b.loc, wide, place, mask, zero, 8u);
      LLVM::MaskedStoreOp::create(b, b.loc, arith::AddFOp::create(b, b.loc, before, value), place, mask, b.getI32IntegerAttr(8));
    };
    auto groups = [&](Value from, Value to, bool areWhole) {
      b.loop(from, to, b.integer(lanes), {}, [&](Value first, ValueRange) {
        group(first, areWhole);
        return SmallVector<Value>();
      });
    };
    Value rest = arith::AndIOp::create(b, b.loc, b.sub(to, from), b.integer(lanes - 1)), whole = b.sub(to, rest);
    groups(from, whole, true);
    if (lanes > 1)
      groups(whole, to, false);
  }

  /// What was summed ahead for this step and the other edges, of which most targets have none.
  Value sumWithAhead(Value target) {
    Value from = at(farEnds, target), to = at(offsets, b.add(target, b.integer(1)));
    auto choice = scf::IfOp::create(b, b.loc, TypeRange(real), b.less(from, to), /*withElseRegion=*/true);
    Loops::InsertionGuard guard(b);
    b.setInsertionPointToEnd(choice.elseBlock());
    scf::YieldOp::create(b, b.loc, b.number(real, 0));
    b.setInsertionPointToEnd(choice.thenBlock());
    scf::YieldOp::create(b, b.loc, chainsNow(from, to, {}));
    b.setInsertionPointAfter(choice);
    return arith::AddFOp::create(b, b.loc, madeAhead(target), choice.getResult(0));
  }

  Value madeAhead(Value target) { return b.load(real, b.address(aheadArray, real, b.add(b.mul(target, aheadStride), ofBlock))); }

  /// What is the same in every step, for BDC_AHEAD of them.
  void makeAhead(Value begin, Value end) {
    b.loop(begin, end, [&](Value target) {
      anchor(few, target);
      Value sum = b.broadcast(sumNow(target, {}), steps);
      for (unsigned part = 0; part < parts(); ++part)
        storeAhead(target, part, sum);
    });
  }

  Value sumNow(Value target, ValueRange own) {
    Value from = at(offsets, target), to = at(offsets, b.add(target, b.integer(1)));
    if (delays) { // far ones are a sum of their own, in pieces, as they are when made ahead
      Value middle = at(farEnds, target);
      Value first = b.loop(from, middle, b.integer(pieceSize()), b.number(real, 0), [&](Value piece, ValueRange sum) -> SmallVector<Value> {
        return {arith::AddFOp::create(b, b.loc, sum[0], chainsNow(piece, endOfPiece(piece, middle), own))};
      })[0];
      return arith::AddFOp::create(b, b.loc, first, chainsNow(middle, to, own));
    }
    if (!isPlain)
      return chainsNow(from, to, own);
    Value last = b.choose(b.less(from, to), b.sub(to, b.integer(1)), from);
    Value isDense = b.less(b.sub(wordAt(others, last), wordAt(others, from)), b.mul(b.sub(to, from), b.integer(2)));
    auto choice = scf::IfOp::create(b, b.loc, TypeRange(real), isDense, /*withElseRegion=*/true);
    Loops::InsertionGuard guard(b);
    b.setInsertionPointToEnd(choice.elseBlock());
    scf::YieldOp::create(b, b.loc, chainsNow(from, to, own));
    use(manyChains, many);
    b.setInsertionPointToEnd(choice.thenBlock());
    scf::YieldOp::create(b, b.loc, chainsNow(from, to, own));
    use(fewChains, few);
    return choice.getResult(0);
  }

  /// How many sums there are from now on.
  void use(unsigned count, RegionEmitter &emitter) {
    chains = count;
    lanes = std::min(f.lowering.width, count);
    near = &emitter;
  }

  Value chainsNow(Value from, Value to, ValueRange own) {
    Value zero = b.broadcast(b.number(real, 0), lanes);
    SmallVector<Value> sums(chains / lanes, zero);
    auto group = [&](Value first, ValueRange carried, Value end) {
      SmallVector<Value> next;
      for (auto [part, sum] : llvm::enumerate(carried)) {
        Value edge = b.add(first, b.integer(int64_t(part * lanes)));
        Value value = termsNow(edge, own, /*mayBeRun=*/chains == manyChains && lanes > 1 && !end);
        if (!value)
          return SmallVector<Value>(carried);
        if (end)
          value = arith::SelectOp::create(b, b.loc, below(edge, end, lanes), value, zero);
        next.push_back(arith::AddFOp::create(b, b.loc, sum, value));
      }
      return next;
    };
    return combine(groups(from, to, chains, sums, group));
  }

  /// Whole groups of as many edges as there are sums, then what is left of one.
  SmallVector<Value> groups(Value from, Value to, unsigned size, SmallVector<Value> sums,
                            llvm::function_ref<SmallVector<Value>(Value, ValueRange, Value)> group) {
    Value count = b.sub(to, from), rest = arith::AndIOp::create(b, b.loc, count, b.integer(size - 1));
    Value whole = b.sub(to, rest), step = b.integer(size);
    sums = b.loop(from, whole, step, sums, [&](Value first, ValueRange carried) { return group(first, carried, {}); });
    return b.loop(whole, to, step, sums, [&](Value first, ValueRange carried) { return group(first, carried, to); });
  }

  /// Which of the edges first, first + 1, … lie below `end`.
  Value below(Value first, Value end, unsigned count) {
    Value rest = b.sub(end, first);
    return count == 1 ? b.less(b.integer(0), rest) : b.less(countUp(b.getI64Type(), count), b.broadcast(rest, count));
  }

  /// The sum of all chains, which lie in one vector or several: (s0 + s1) + (s2 + s3) of four; of sixteen each with the one eight further,
  /// then with the one four further, and so on.
  Value combine(SmallVector<Value> sums) {
    auto plus = [&](Value x, Value y) { return arith::AddFOp::create(b, b.loc, x, y).getResult(); };
    if (chains == fewChains) {
      SmallVector<Value> parts;
      for (Value sum : sums)
        for (unsigned lane = 0; lane < lanes; ++lane)
          parts.push_back(lanes == 1 ? sum : vector::ExtractOp::create(b, b.loc, sum, int64_t(lane)).getResult());
      return tree(parts);
    }
    while (sums.size() > 1) {
      size_t half = sums.size() / 2;
      for (size_t i = 0; i < half; ++i)
        sums[i] = plus(sums[i], sums[i + half]);
      sums.resize(half);
    }
    Value all = sums[0];
    for (int64_t half = lanes / 2; half > 0; half /= 2) {
      auto part = [&](int64_t from) { return vector::ShuffleOp::create(b, b.loc, all, all, llvm::to_vector(llvm::seq(from, from + half))); };
      all = plus(part(0), part(half));
    }
    return lanes == 1 ? all : vector::ExtractOp::create(b, b.loc, all, int64_t(0)).getResult();
  }
  Value tree(ArrayRef<Value> s) {
    auto plus = [&](Value x, Value y) { return arith::AddFOp::create(b, b.loc, x, y).getResult(); };
    return plus(plus(s[0], s[1]), plus(s[2], s[3]));
  }

  // What is felt of one edge at each of the next steps.

  /// Values of one source at `steps` successive steps, the first of them `part` groups after the present one.
  Value valuesAhead(Source &source, Value edge, Value other, unsigned part) {
    Value row = b.mul(other, source.stride), count = delay(edge);
    auto read = [&](Value ago) {
      Value first = b.add(row, f.reverse ? b.add(source.first, ago) : b.sub(source.first, ago));
      Value where = b.address(source.array, real, b.add(first, b.integer(int64_t(part * steps))));
      return b.load(Loops::wide(real, steps), where, real.getIntOrFloatBitWidth() / 8);
    };
    Value values = read(count);
    if (!fractions)
      return values;
    return between(values, read(b.add(count, b.integer(1))), b.broadcast(fraction(edge), steps));
  }

  /// The sums over the far edges for BDC_AHEAD steps.
  void addPieces(Value begin, Value end) {
    Value none = b.integer(0);
    Value most = b.loop(begin, end, b.integer(1), none, [&](Value target, ValueRange most) -> SmallVector<Value> {
      for (unsigned part = 0; part < parts(); ++part)
        storeAhead(target, part, b.broadcast(b.number(real, 0), steps));
      Value edges = b.sub(at(farEnds, target), at(offsets, target));
      return {b.choose(b.less(most[0], edges), edges, most[0])};
    })[0];
    b.loop(none, most, b.integer(pieceSize()), {}, [&](Value piece, ValueRange) {
      anchor(far, piece);
      b.loop(begin, end, [&](Value target) {
        far.element = target;
        Value from = b.add(at(offsets, target), piece), to = at(farEnds, target), isWhole = b.less(b.integer(pieceSize() - 1), b.sub(to, from));
        b.when(isWhole, [&] { addWholePiece(target, from); });
        b.when(b.less(to, b.add(from, b.integer(pieceSize()))), [&] { b.when(b.less(from, to), [&] { addRest(target, from, to); }); });
      });
      return SmallVector<Value>();
    });
  }

  /// Edges in a piece: as many as there are sources with the usual hundreds of values in a small first cache.
  int64_t pieceSize() const { return real.isF32() ? 32 : 24; }
  Value endOfPiece(Value from, Value to) {
    Value whole = b.add(from, b.integer(pieceSize()));
    return b.choose(b.less(whole, to), whole, to);
  }

  Value placeAhead(Value target, unsigned part) {
    return b.address(aheadArray, real, b.add(b.mul(target, aheadStride), b.integer(int64_t(part * steps))));
  }
  void storeAhead(Value target, unsigned part, Value value) { b.store(value, placeAhead(target, part), real.getIntOrFloatBitWidth() / 8); }

  /// Adds an edge's terms to its sum, zero where `isThere` says that it is none. Each sum has a vector for each of some successive steps.
  void addAhead(Value edge, Value isThere, MutableArrayRef<Value> sum) {
    Value other = wordAt(others, edge), edgeWeight = b.broadcast(weight(edge), steps);
    for (auto [part, vector] : llvm::enumerate(sum)) {
      SmallVector<Value> arguments = {edgeWeight};
      for (Source &source : sources)
        arguments.push_back(valuesAhead(source, edge, other, part));
      Value value = term(far, arguments);
      if (!value)
        return;
      if (isThere)
        value = arith::SelectOp::create(b, b.loc, isThere, value, b.broadcast(b.number(real, 0), steps));
      vector = arith::AddFOp::create(b, b.loc, vector, value);
    }
  }

  SmallVector<Value> emptySums() { return SmallVector<Value>(size_t(fewChains) * parts(), b.broadcast(b.number(real, 0), steps)); }
  unsigned parts() const { return BDC_AHEAD / steps; }
  MutableArrayRef<Value> chain(SmallVector<Value> &sums, unsigned number) {
    return MutableArrayRef<Value>(sums).slice(size_t(number % fewChains) * parts(), parts());
  }

  void addWholePiece(Value target, Value from) {
    SmallVector<Value> sums = emptySums();
    for (unsigned i = 0; i < pieceSize(); ++i)
      addAhead(b.add(from, b.integer(i)), {}, chain(sums, i));
    addToAhead(target, sums);
  }

  void addRest(Value target, Value from, Value to) {
    addToAhead(target, groups(from, to, fewChains, emptySums(), [&](Value first, ValueRange carried, Value end) {
                 SmallVector<Value> sums(carried);
                 for (unsigned i = 0; i < fewChains; ++i) {
                   Value edge = b.add(first, b.integer(i));
                   addAhead(edge, end ? b.less(edge, end) : Value(), chain(sums, i));
                 }
                 return sums;
               }));
  }

  void addToAhead(Value target, ArrayRef<Value> sums) {
    for (unsigned part = 0; part < parts(); ++part) {
      Value sum = tree({sums[part], sums[parts() + part], sums[2 * parts() + part], sums[3 * parts() + part]});
      Value before = b.load(Loops::wide(real, steps), placeAhead(target, part), real.getIntOrFloatBitWidth() / 8);
      storeAhead(target, part, arith::AddFOp::create(b, b.loc, before, sum));
    }
  }

  bool isPlain;    ///< nothing is read from the past
  bool isStill;    ///< summed ahead, near edges and all: the same in every step
  unsigned chains; ///< sums of this step's terms
  unsigned steps;  ///< steps in one vector of terms ahead
  RegionEmitter few, many, far;
  step::StateOp out;
  Value aheadArray, aheadStride, ofBlock; ///< ofBlock: which of the steps summed together this one is
};

} // namespace

LogicalResult lowerContract(PhaseFrame &frame, step::ContractOp contract) { return Gather(frame, contract).lower(); }

} // namespace bdc::compiler::lower
