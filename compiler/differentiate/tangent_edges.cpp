// Forward mode, sums over connections: the change of each edge's term with what it reads, with its weight, and with its delay.
//
// What is drawn or read per edge is one number, its weight: sums over the changes of weights and delays go over twins of a graph, which have these
// in place of the weights.
#include "compiler/differentiate/tangent.h"
#include "compiler/differentiate/twins.h"

using namespace mlir;

namespace bdc::compiler {

LogicalResult Tangent::rewrite(step::ContractOp contract) {
  if (!follows(contract.getSum()))
    return success();
  if (contract.getTransposed())
    return contract.emitOpError() << "sums over outgoing edges already";
  Value total;
  for (auto part : {&Tangent::pushTerm, &Tangent::pushWeights, &Tangent::pushDelays}) {
    FailureOr<Value> more = (this->*part)(contract);
    if (failed(more))
      return failure();
    total = sum(total, *more, contract);
  }
  if (!total && contract.getBefore())
    total = tangent(contract.getBefore());
  if (total)
    tangents[contract.getSum()] = total;
  return success();
}

/// Beside each table whose weights are asked for, one with the same connections and the direction of the weights as its own; and its parts.
void Tangent::declareTables() {
  for (auto data : llvm::to_vector(program.getOps<step::DataOp>())) { // parts come after their tables
    StringAttr weights = wanted.tables.lookup(data.getSymNameAttr());
    if (!weights)
      continue;
    OpBuilder builder(context());
    std::string name = freeName(program, "direction of " + data.getSymName());
    auto own = [&](FlatSymbolRefAttr of) { // the runtime sets it
      auto fact = program.lookupSymbol<step::ScalarOp>(of.getAttr());
      builder.setInsertionPointAfter(fact);
      auto made = cast<step::ScalarOp>(builder.clone(*fact));
      made.setSymName(freeName(program, "direction of " + of.getValue()));
      return FlatSymbolRefAttr::get(made);
    };
    SmallVector<Attribute> facts;
    for (auto fact : data.getFacts().getAsRange<FlatSymbolRefAttr>())
      facts.push_back(own(fact));
    FlatSymbolRefAttr rows = data.getRowsAttr() ? own(data.getRowsAttr()) : FlatSymbolRefAttr();
    NamedAttrList from(data.getWeights() ? DictionaryAttr::get(context()) : data.getFrom());
    from.set("table", data.getWeights() ? FlatSymbolRefAttr::get(data) : tables.lookup(data.getFrom().getAs<FlatSymbolRefAttr>("table").getAttr()));
    builder.setInsertionPointAfter(data);
    auto beside = step::DataOp::create(builder, data.getLoc(), builder.getStringAttr(name), builder.getArrayAttr(facts), rows, from.getDictionary(context()));
    tables[data.getSymNameAttr()] = FlatSymbolRefAttr::get(beside);
    if (!data.getWeights())
      continue;
    step::StateOp state = stateOf(weights);
    builder.setInsertionPointAfter(state);
    auto direction = step::StateOp::create(builder, state.getLoc(), freeName(program, "direction of " + weights.getValue()), state.getType(), bd::StateKind::Param,
                                           state.getShownAttr(), FlatSymbolRefAttr(), false);
    beside.setEntriesAttr(data.getEntriesAttr());
    beside.setWeightsAttr(FlatSymbolRefAttr::get(direction));
    directions[weights] = direction.getSymNameAttr();
  }
}

/// A sum of another term over the edges of a graph, where another stands. Sources and targets that the term, (weight, sources…, targets…),
/// does not read are left out.
Value Tangent::sumBeside(step::ContractOp like, FlatSymbolRefAttr graph, std::unique_ptr<Block> term, ArrayRef<Value> sources, ValueRange targets,
                         const llvm::SmallBitVector &isRate) {
  SmallVector<Value> read, own;
  SmallVector<int64_t> rates;
  auto drop = [&](unsigned argument) {
    if (!term->getArgument(argument).use_empty())
      return false;
    term->eraseArgument(argument);
    return true;
  };
  unsigned next = 1;
  for (auto [position, source] : llvm::enumerate(sources)) {
    bool isLast = position + 1 == sources.size() && read.empty(); // there is one at least
    if (!isLast && drop(next))
      continue;
    if (isRate[position])
      rates.push_back(int64_t(read.size()));
    read.push_back(source);
    ++next;
  }
  for (Value target : targets)
    if (!drop(next)) {
      own.push_back(target);
      ++next;
    }
  bool isTimeless = llvm::none_of(*term, [](Operation &each) { return isa<bd::TimeOp, bd::RandomOp>(each); });
  FlatSymbolRefAttr ahead = own.empty() && rates.empty() && isTimeless ? like.getAheadAttr() : FlatSymbolRefAttr();
  if (ahead)
    ahead = FlatSymbolRefAttr::get(declareState(stateOf(ahead.getAttr()), "tangent of " + ahead.getValue()));
  OpBuilder builder(like);
  auto made = step::ContractOp::create(builder, like.getLoc(), like.getSum().getType(), graph, read, own, UnitAttr(), ahead,
                                       builder.getDenseI64ArrayAttr(rates));
  made.getBody().push_back(term.release());
  if (like.getEveryAttr()) {
    Value before = graph == like.getGraphAttr() ? tangent(like.getBefore()) : Value();
    auto type = arrayOf(like.getSum());
    made.getBeforeMutable().assign(before ? before : nothing(type.getElement(), type.getSpace(), made));
    made.setEveryAttr(like.getEveryAttr());
  }
  return made.getSum();
}

/// The change of the terms with sources, targets, scalars that they read, and the weight that all edges have.
FailureOr<Value> Tangent::pushTerm(step::ContractOp contract) {
  SmallVector<Value> sources(contract.getSources()), targets(contract.getTargets());
  llvm::SmallBitVector isRate(sources.size());
  for (int64_t position : contract.getRates())
    isRate.set(position);
  FailureOr<Pushed> pushed = push(contract.getBody(), [&](Block &block, Pushforward &push) {
    SmallVector<BlockArgument> own(block.getArguments());
    auto graph = program.lookupSymbol<step::GraphOp>(contract.getGraph());
    if (auto found = graph.getWeightAttr() ? scalars.find(graph.getWeightAttr().getAttr()) : scalars.end(); found != scalars.end()) {
      OpBuilder builder(context());
      builder.setInsertionPointToStart(&block);
      push.seed(own[0], step::ReadOp::create(builder, contract.getLoc(), own[0].getType(), found->second));
    }
    for (auto [position, source] : llvm::enumerate(contract.getSources()))
      if (Value change = tangent(source)) {
        push.seed(own[1 + position], block.insertArgument(1 + sources.size(), arrayOf(change).getElement(), contract.getLoc()));
        sources.push_back(change);
        isRate.resize(sources.size(), isRate[position]);
      }
    for (auto [position, target] : llvm::enumerate(contract.getTargets()))
      if (Value change = tangent(target)) {
        push.seed(own[1 + contract.getSources().size() + position], block.addArgument(arrayOf(change).getElement(), contract.getLoc()));
        targets.push_back(change);
      }
  });
  if (failed(pushed))
    return failure();
  if (!pushed->tangents[0])
    return Value();
  OpBuilder inner = atEnd(*pushed->block, context());
  bd::ScalarBuilder build(inner, contract.getLoc());
  build.yield(inPrecisionOf(arrayOf(contract.getSum()).getElement(), pushed->tangents[0], build));
  removeDead(*pushed->block);
  return sumBeside(contract, contract.getGraphAttr(), std::move(pushed->block), sources, targets, isRate);
}

/// The graph whose weights are the tangents of this one's; null where they do not change.
FailureOr<FlatSymbolRefAttr> Tangent::twinByWeight(step::GraphOp graph) {
  auto [known, isNew] = twins.try_emplace(StringAttr::get(context(), graph.getSymName() + " by weight"));
  if (!isNew)
    return known->second;
  FailureOr<std::unique_ptr<Block>> weight = tangentOf(graph.getEdgeWeight());
  if (failed(weight))
    return failure();
  if (*weight)
    known->second = graphLike(graph, "tangent of " + graph.getSymName(), std::move(*weight));
  return known->second;
}

/// The graph whose weights are the weights of this one times the tangents of minus its delays.
FailureOr<FlatSymbolRefAttr> Tangent::twinByDelay(step::GraphOp graph) {
  auto [known, isNew] = twins.try_emplace(StringAttr::get(context(), graph.getSymName() + " by delay"));
  if (!isNew)
    return known->second;
  FailureOr<std::unique_ptr<Block>> delay = tangentOf(graph.getEdgeDelay());
  if (failed(delay))
    return failure();
  if (!*delay)
    return known->second;
  weighDelay(**delay, graph);
  return known->second = graphLike(graph, "tangent of the delays of " + graph.getSymName(), std::move(*delay));
}

/// ∂term/∂weight, which must not read the weight, times the tangent of the weight of each edge.
FailureOr<Value> Tangent::pushWeights(step::ContractOp contract) {
  auto graph = program.lookupSymbol<step::GraphOp>(contract.getGraph());
  FailureOr<FlatSymbolRefAttr> twin = twinByWeight(graph);
  if (failed(twin) || !*twin)
    return failed(twin) ? FailureOr<Value>(failure()) : Value();
  FailureOr<std::unique_ptr<Block>> slope = slopeOf(contract.getBody(), [](Block &block) { return SmallVector<Value>{block.getArgument(0)}; });
  if (failed(slope) || !*slope)
    return failed(slope) ? FailureOr<Value>(failure()) : Value();
  Block &term = **slope;
  if (!term.getArgument(0).use_empty())
    return emitError(contract.getLoc()) << "in forward mode, weights that change have a derivative where the term is linear in the weight";
  OpBuilder builder(term.getTerminator());
  bd::ScalarBuilder build(builder, contract.getLoc());
  term.getTerminator()->setOperand(0, build.mul(term.getArgument(0), term.getTerminator()->getOperand(0)));
  SmallVector<Value> sources(contract.getSources());
  return sumBeside(contract, *twin, std::move(*slope), sources, contract.getTargets(), llvm::SmallBitVector(sources.size()));
}

/// x(t − d) changes by −x'(t − d) with d.
FailureOr<Value> Tangent::pushDelays(step::ContractOp contract) {
  auto graph = program.lookupSymbol<step::GraphOp>(contract.getGraph());
  FailureOr<FlatSymbolRefAttr> twin = graph.getSteps() == "interpolated" ? twinByDelay(graph) : FailureOr<FlatSymbolRefAttr>(FlatSymbolRefAttr());
  if (failed(twin) || !*twin)
    return failed(twin) ? FailureOr<Value>(failure()) : Value();
  FailureOr<std::unique_ptr<Block>> byWeight = slopeOf(contract.getBody(), [](Block &block) { return SmallVector<Value>{block.getArgument(0)}; });
  if (failed(byWeight))
    return failure();
  if (!*byWeight || !(*byWeight)->getArgument(0).use_empty() || !isProportional(contract))
    return emitError(contract.getLoc()) << "delays that change have a derivative where the term is proportional to the weight";
  // The term with the weight 1, of which sources move by (twin's weight / 1) · rate.
  Type weightType = program.lookupSymbol<step::GraphOp>(twin->getAttr()).getWeightType().value();
  SmallVector<Value> sources(contract.getSources());
  FailureOr<Pushed> pushed = push(contract.getBody(), [&](Block &block, Pushforward &push) {
    OpBuilder builder(context());
    builder.setInsertionPointToStart(&block);
    bd::ScalarBuilder build(builder, contract.getLoc());
    BlockArgument weight = block.getArgument(0);
    Value one = build.constant(1, bd::dimensionOf(weight));
    weight.replaceAllUsesWith(one);
    weight.setType(weightType);
    Value late = build.div(weight, one);
    for (unsigned position = 0; position < contract.getSources().size(); ++position) {
      auto type = bd::quantityType(context(), bd::dimensionOf(block.getArgument(1 + position)) / units::dim::time);
      Value rate = block.insertArgument(1 + sources.size(), type, contract.getLoc());
      push.seed(block.getArgument(1 + position), build.mul(late, rate));
      sources.push_back(contract.getSources()[position]);
    }
  }, /*withReads=*/false);
  if (failed(pushed))
    return failure();
  OpBuilder inner = atEnd(*pushed->block, context());
  bd::ScalarBuilder build(inner, contract.getLoc());
  if (!pushed->tangents[0])
    return Value();
  build.yield(inPrecisionOf(arrayOf(contract.getSum()).getElement(), pushed->tangents[0], build));
  removeDead(*pushed->block);
  llvm::SmallBitVector isRate(sources.size());
  isRate.set(contract.getSources().size(), sources.size());
  return sumBeside(contract, *twin, std::move(pushed->block), sources, contract.getTargets(), isRate);
}

} // namespace bdc::compiler
