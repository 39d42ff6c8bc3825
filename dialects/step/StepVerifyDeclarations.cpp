// What the declarations of a program must satisfy, and what names them: everything named exists and has the right dimension.
#include "dialects/step/Step.h"

using namespace mlir;
using bdc::units::Dimension;

namespace bdc::step {

/// The declaration of the surrounding program that `name` means; null after an error.
template <typename Declaration> static Declaration find(Operation *op, FlatSymbolRefAttr name, StringRef what) {
  auto program = op->getParentOfType<ProgramOp>();
  auto found = program && name ? dyn_cast_or_null<Declaration>(SymbolTable::lookupSymbolIn(program, name)) : Declaration();
  if (!found)
    op->emitOpError() << name << " is not a " << what << " of the program";
  return found;
}

static std::optional<Dimension> dimensionOf(Type type) {
  auto quantity = dyn_cast<bd::QuantityType>(type);
  return quantity ? std::optional(quantity.getDimension()) : std::nullopt;
}

/// `name` is absent or a scalar of this dimension.
static LogicalResult isScalar(Operation *op, FlatSymbolRefAttr name, const Dimension &dimension) {
  if (!name)
    return success();
  auto scalar = find<ScalarOp>(op, name, "scalar");
  if (!scalar)
    return failure();
  if (dimensionOf(scalar.getType()) == dimension)
    return success();
  return op->emitOpError() << name << " is " << scalar.getType() << ", expected a quantity in \"" << units::format(dimension) << "\"";
}

static LogicalResult areCounts(Operation *op, std::optional<ArrayAttr> names) {
  if (names)
    for (auto name : names->getAsRange<FlatSymbolRefAttr>())
      if (failed(isScalar(op, name, Dimension())))
        return failure();
  return success();
}

/// The region is empty or yields one value like `type`.
static LogicalResult yields(Operation *op, Region &region, Type type, StringRef what) {
  if (region.empty())
    return success();
  auto yield = region.front().empty() ? bd::YieldOp() : dyn_cast<bd::YieldOp>(region.front().back());
  if (!yield || yield.getValues().size() != 1)
    return op->emitOpError() << what << " ends in bd.yield of 1 value";
  Type given = yield.getValues()[0].getType();
  if (given == type || (dimensionOf(given) && dimensionOf(given) == dimensionOf(type)))
    return success();
  return op->emitOpError() << what << " is " << given << ", expected " << type;
}

LogicalResult ScalarOp::verify() {
  if (failed(bd::verifyUnit(*this, getShownAttr())))
    return failure();
  if (!dimensionOf(getType()))
    return emitOpError() << "is a quantity, not " << getType();
  return yields(*this, getValue(), getType(), "the value");
}

LogicalResult SpaceOp::verify() {
  if (getRegionsAttr() && !find<RegionsOp>(*this, getRegionsAttr(), "choice of regions"))
    return failure();
  return isScalar(*this, getSizeAttr(), Dimension());
}

LogicalResult RegionsOp::verify() {
  if (!find<DataOp>(*this, getDataAttr(), "connectome"))
    return failure();
  for (auto pick : getPicks().getAsRange<StringAttr>())
    if (!llvm::any_of(ArrayRef<StringRef>{"label=", "number=", "slice="}, [&](StringRef kind) { return pick.getValue().starts_with(kind); }))
      return emitOpError() << "picks a label, a number or a slice, not " << pick;
  return isScalar(*this, getSizeAttr(), Dimension());
}

LogicalResult LabelOp::verify() {
  auto program = (*this)->getParentOfType<ProgramOp>();
  Operation *owner = program ? SymbolTable::lookupSymbolIn(program, getOwnerAttr()) : nullptr;
  if (!isa_and_nonnull<RegionsOp, DataOp>(owner))
    return emitOpError() << getOwnerAttr() << " is neither a choice of regions nor a matrix of the program";
  return isScalar(*this, getScalarAttr(), Dimension());
}

LogicalResult StateOp::verify() {
  auto type = dyn_cast<ArrayType>(getType());
  if (!type)
    return emitOpError() << "is of type !step.array, not " << getType();
  if (!find<SpaceOp>(*this, type.getSpace(), "space") || failed(isScalar(*this, getRowsAttr(), Dimension())) ||
      failed(bd::verifyUnit(*this, getShownAttr())))
    return failure();
  return yields(*this, getInitial(), type.getElement(), "the initial value");
}

LogicalResult DataOp::verify() {
  if (getFacts().size() != 5)
    return emitOpError() << "has five facts: size, least and greatest weight, least and greatest length";
  for (auto [position, fact] : llvm::enumerate(getFacts().getAsRange<FlatSymbolRefAttr>()))
    if (failed(isScalar(*this, fact, position < 3 ? Dimension() : units::dim::length)))
      return failure();
  for (auto [name, isTable] : {std::pair("table", true), {"rows", false}, {"columns", false}})
    if (auto named = getFrom().getAs<FlatSymbolRefAttr>(name))
      if (isTable ? !find<DataOp>(*this, named, "connectome") : !find<RegionsOp>(*this, named, "choice of regions"))
        return failure();
  for (StringRef slice : {"row_slice", "column_slice"})
    if (failed(areCounts(*this, getFrom().getAs<ArrayAttr>(slice) ? std::optional(getFrom().getAs<ArrayAttr>(slice)) : std::nullopt)))
      return failure();
  if (getEntriesAttr() && !find<SpaceOp>(*this, getEntriesAttr(), "space"))
    return failure();
  if (getWeightsAttr()) {
    auto weights = find<StateOp>(*this, getWeightsAttr(), "state");
    if (!weights)
      return failure();
    auto type = cast<ArrayType>(weights.getType());
    auto number = dyn_cast<bd::QuantityType>(type.getElement());
    bool isDouble = number && number.getPrecision() && number.getPrecision().isF64();
    if (type.getSpace() != getEntriesAttr() || !canBeGiven(weights) || !isDouble || !number.getDimension().isNone())
      return emitOpError() << getWeightsAttr() << " is no param of pure numbers in double precision on the entries of the table";
  }
  return isScalar(*this, getRowsAttr(), Dimension());
}

LogicalResult GraphOp::verify() {
  if (!find<SpaceOp>(*this, getSourceAttr(), "space") || !find<SpaceOp>(*this, getTargetAttr(), "space"))
    return failure();
  static constexpr StringRef rules[] = {"one_to_one", "all_to_all", "random", "fixed_in_degree", "fixed_out_degree", "connectome"};
  if (!llvm::is_contained(rules, getRule()))
    return emitOpError() << "there is no rule of connection called " << getRule();
  bool takesNumber = getRule() != "one_to_one" && getRule() != "all_to_all" && getRule() != "connectome";
  if (getArguments().size() != (takesNumber ? 1 : 0))
    return emitOpError() << "the rule " << getRule() << " has " << getArguments().size() << " arguments";
  if (getData().has_value() != (getRule() == "connectome"))
    return emitOpError() << "the rule connectome, and no other, names its data";
  if (getDataAttr() && !find<DataOp>(*this, getDataAttr(), "connectome"))
    return failure();
  if (getSteps() && !llvm::is_contained({"nearest", "ceil", "interpolated"}, *getSteps()))
    return emitOpError() << "a delay is taken in steps nearest, ceil or interpolated, not " << *getSteps();
  if (failed(areCounts(*this, getArguments())) || failed(areCounts(*this, getSourceSlice())) || failed(areCounts(*this, getTargetSlice())))
    return failure();
  if (getWeightAttr() && !find<ScalarOp>(*this, getWeightAttr(), "scalar"))
    return failure();
  if (getWeightAttr() && getWeightType())
    return emitOpError() << "has one weight for all or one per edge, not both";
  if (getWeightType() && failed(yields(*this, getEdgeWeight(), *getWeightType(), "the weight of an edge")))
    return failure();
  if (failed(isScalar(*this, getDelayAttr(), Dimension())) || failed(isScalar(*this, getMaxDelayAttr(), Dimension())))
    return failure();
  return yields(*this, getEdgeDelay(), bd::QuantityType::get(getContext(), "ms"), "the delay of an edge");
}

LogicalResult QueueOp::verify() {
  return find<SpaceOp>(*this, getSpaceAttr(), "space") ? isScalar(*this, getDepthAttr(), Dimension()) : failure();
}

LogicalResult RecordOp::verify() {
  if (!find<SpaceOp>(*this, getSpaceAttr(), "space") || failed(areCounts(*this, getSlice())) ||
      failed(isScalar(*this, getEveryAttr(), units::dim::time)) || failed(bd::verifyUnit(*this, getShownAttr())))
    return failure();
  if (getSource().has_value() == !getValue().empty())
    return emitOpError() << "records a source or an expression";
  if (!getValue().empty())
    return getType() ? yields(*this, getValue(), *getType(), "the value") : emitOpError() << "an expression needs a type";
  auto program = (*this)->getParentOfType<ProgramOp>();
  Operation *source = program ? SymbolTable::lookupSymbolIn(program, getSourceAttr()) : nullptr;
  if (!isa_and_nonnull<StateOp, QueueOp>(source))
    return emitOpError() << getSourceAttr() << " is neither a state nor a queue of the program";
  return success();
}

LogicalResult ObjectiveOp::verify() {
  Block &block = getValue().front();
  if (failed(bd::verifyFunctionals(*this, getFunctionals())))
    return failure();
  for (auto functional : getFunctionals().getAsRange<DictionaryAttr>())
    for (NamedAttribute option : functional.getAs<DictionaryAttr>("options") ? functional.getAs<DictionaryAttr>("options") : DictionaryAttr::get(getContext()))
      if (!find<ScalarOp>(*this, cast<FlatSymbolRefAttr>(option.getValue()), "scalar"))
        return failure();
  bool isAlong = !(*this)->getParentOfType<ProgramOp>().getOps<DirectionOp>().empty();
  if (block.getNumArguments() != getTerms().size() * (isAlong ? 2 : 1))
    return emitOpError() << "region takes " << block.getNumArguments() << " numbers, but " << getTerms().size() << " terms are named";
  for (int64_t term : getTerms())
    if (term < 0 || term >= int64_t(getFunctionals().size()))
      return emitOpError() << "there is no functional " << term;
  auto yield = block.empty() ? bd::YieldOp() : dyn_cast<bd::YieldOp>(block.back());
  if (!yield || yield.getValues().empty() || !dimensionOf(yield.getValues()[0].getType()))
    return emitOpError() << "region yields a quantity";
  return success();
}

LogicalResult GradientOp::verify() {
  auto program = (*this)->getParentOfType<ProgramOp>();
  Operation *of = program ? SymbolTable::lookupSymbolIn(program, getOfAttr()) : nullptr;
  if (!isa_and_nonnull<ScalarOp, StateOp>(of))
    return emitOpError() << getOfAttr() << " is neither a scalar nor a state of the program";
  auto records = llvm::to_vector(program.getOps<RecordOp>());
  for (int64_t number : getRecords().value_or(ArrayRef<int64_t>()))
    if (number < 0 || number >= int64_t(records.size()) || !records[number].getObserved())
      return emitOpError() << "there is no observed record " << number;
  if (getParts())
    for (auto part : getParts()->getAsRange<FlatSymbolRefAttr>())
      if (!find<StateOp>(*this, part, "state"))
        return failure();
  if (getEdges() && (!getParts() || getEdges()->size() != getParts()->size() || getFactors()->size() != getParts()->size()))
    return emitOpError() << "names a graph and a factor for each part";
  if (getEdges())
    for (auto graph : getEdges()->getAsRange<FlatSymbolRefAttr>())
      if (!find<GraphOp>(*this, graph, "graph"))
        return failure();
  return success();
}

LogicalResult DirectionOp::verify() {
  auto program = (*this)->getParentOfType<ProgramOp>();
  Operation *of = program ? SymbolTable::lookupSymbolIn(program, getOfAttr()) : nullptr;
  Operation *along = program ? SymbolTable::lookupSymbolIn(program, getAlongAttr()) : nullptr;
  if (isa_and_nonnull<ScalarOp>(of) && isa_and_nonnull<ScalarOp>(along))
    return success();
  if (isa_and_nonnull<StateOp>(of) && isa_and_nonnull<StateOp>(along))
    return success();
  return emitOpError() << getOfAttr() << " and " << getAlongAttr() << " are neither two scalars nor two states of the program";
}

bool canBeGiven(StateOp state) {
  return !state.getRows() && (state.getKind() == bd::StateKind::Param || state.getKind() == bd::StateKind::Hidden) &&
         dimensionOf(cast<ArrayType>(state.getType()).getElement());
}

/// What a fit moves: a scalar, or what elements have before the first step. Its dimension; none after an error.
static std::optional<Dimension> fitted(FitOp op, DictionaryAttr parameter) {
  auto of = parameter.getAs<FlatSymbolRefAttr>("of");
  auto program = op->getParentOfType<ProgramOp>();
  Operation *found = program && of ? SymbolTable::lookupSymbolIn(program, of) : nullptr;
  if (auto scalar = dyn_cast_or_null<ScalarOp>(found))
    return dimensionOf(scalar.getType());
  auto state = dyn_cast_or_null<StateOp>(found);
  if (state && canBeGiven(state))
    return dimensionOf(cast<ArrayType>(state.getType()).getElement());
  op.emitOpError() << of << " is neither a scalar nor a param nor a state with initial values";
  return std::nullopt;
}

static LogicalResult verifyParameter(FitOp op, DictionaryAttr parameter) {
  std::optional<Dimension> dimension = fitted(op, parameter);
  if (!dimension)
    return failure();
  if (!parameter.getAs<StringAttr>("name"))
    return op.emitOpError() << "names each parameter";
  for (StringRef end : {"low", "high"})
    if (failed(isScalar(op, parameter.getAs<FlatSymbolRefAttr>(end), *dimension)))
      return failure();
  auto transform = parameter.getAs<StringAttr>("transform");
  if (transform && !llvm::is_contained({"automatic", "identity", "log", "logit", "softplus", "tanh", "simplex"}, transform.getValue()))
    return op.emitOpError() << "there is no transform called " << transform.getValue();
  if (auto select = parameter.getAs<ArrayAttr>("select"); select && (select.size() != 3 || failed(areCounts(op, select))))
    return op.emitOpError() << "selects by first, last and stride";
  auto prior = parameter.getAs<DictionaryAttr>("prior");
  if (!prior)
    return success();
  auto arguments = prior.getAs<ArrayAttr>("arguments");
  if (!prior.getAs<StringAttr>("function") || !arguments)
    return op.emitOpError() << "a prior has a function and arguments";
  for (Attribute argument : arguments)
    if (!find<ScalarOp>(op, dyn_cast<FlatSymbolRefAttr>(argument), "scalar"))
      return failure();
  return success();
}

LogicalResult FitOp::verify() {
  for (auto parameter : getParameters().getAsRange<DictionaryAttr>())
    if (failed(verifyParameter(*this, parameter)))
      return failure();
  for (NamedAttribute option : getOptions())
    if (auto scalar = dyn_cast<FlatSymbolRefAttr>(option.getValue()); scalar ? !find<ScalarOp>(*this, scalar, "scalar") : !isa<StringAttr>(option.getValue()))
      return scalar ? failure() : emitOpError() << "option " << option.getName() << " is neither a scalar nor a word";
  for (NamedAttribute rule : getRules())
    if (!llvm::is_contained({"steps", "starts", "screen", "spread", "stop", "truncate", "uncertainty"}, rule.getName().getValue()))
      return emitOpError() << "there is no rule " << rule.getName();
  for (StringRef count : {"steps", "starts", "screen"})
    if (failed(isScalar(*this, getRules().getAs<FlatSymbolRefAttr>(count), Dimension())))
      return failure();
  if (failed(isScalar(*this, getRules().getAs<FlatSymbolRefAttr>("truncate"), units::dim::time)))
    return failure();
  auto spread = getRules().getAs<StringAttr>("spread");
  if (spread && !llvm::is_contained({"sobol", "random", "bayes"}, spread.getValue()))
    return emitOpError() << "starts are spread by sobol, random or bayes, not " << spread.getValue();
  auto objectives = llvm::to_vector((*this)->getParentOfType<ProgramOp>().getOps<ObjectiveOp>());
  if (objectives.size() != 1)
    return emitOpError() << "needs an objective";
  auto stop = getRules().getAs<DictionaryAttr>("stop");
  if (!stop)
    return success();
  std::optional<Dimension> loss = dimensionOf(objectives[0].getValue().front().getTerminator()->getOperand(0).getType());
  for (NamedAttribute rule : stop) {
    StringRef name = rule.getName().getValue();
    if (!llvm::is_contained({"loss", "patience", "tolerance", "parameters", "gradient", "time"}, name))
      return emitOpError() << "there is no rule " << name << " to stop by";
    Dimension dimension = name == "time" ? units::dim::time : name == "loss" && loss ? *loss : Dimension();
    if (failed(isScalar(*this, dyn_cast<FlatSymbolRefAttr>(rule.getValue()), dimension)))
      return failure();
  }
  return success();
}

LogicalResult GivenOp::verify() {
  auto table = find<StateOp>(*this, getTableAttr(), "state");
  if (!table || failed(isScalar(*this, getIntervalAttr(), Dimension())))
    return failure();
  if (table.getType() == getType() && table.getRows())
    return success();
  return emitOpError() << getTableAttr() << " is " << table.getType() << ", expected rows of " << getType();
}

LogicalResult ReadOp::verify() {
  auto scalar = find<ScalarOp>(*this, getScalarAttr(), "scalar");
  if (!scalar)
    return failure();
  if (dimensionOf(scalar.getType()) == dimensionOf(getType()))
    return success();
  return emitOpError() << getScalarAttr() << " is " << scalar.getType() << " but is read as " << getType();
}

LogicalResult ElementOp::verify() {
  auto state = find<StateOp>(*this, getStateAttr(), "state");
  if (!state)
    return failure();
  Type element = cast<ArrayType>(state.getType()).getElement();
  if (element == getType() || (dimensionOf(element) && dimensionOf(element) == dimensionOf(getType())))
    return success();
  return emitOpError() << getStateAttr() << " holds " << element << " but is read as " << getType();
}

LogicalResult EmitOp::verify() {
  auto mask = cast<ArrayType>(getMask().getType());
  auto queue = find<QueueOp>(*this, getQueueAttr(), "queue");
  if (!queue)
    return failure();
  if (!mask.getElement().isInteger(1))
    return emitOpError() << "lists elements by a mask of i1, not " << mask.getElement();
  if (mask.getSpace() != queue.getSpaceAttr())
    return emitOpError() << "a mask over " << mask.getSpace() << " goes to a queue of " << queue.getSpaceAttr();
  return success();
}

LogicalResult TakeOp::verify() {
  if (getRing().getType() == getRest().getType() && getRing().getType() == getDue().getType())
    return success();
  return emitOpError() << "takes a row of the ring's own type";
}

LogicalResult PushOp::verify() {
  if (getRing().getType() == getNext().getType() && getRing().getType() == getValue().getType())
    return success();
  return emitOpError() << "writes a row of the ring's own type";
}

} // namespace bdc::step
