// Populations: sizes, parameters, states and their initial values.
#include "compiler/flatten/flattener.h"

#include <utility>

using namespace mlir;

namespace bdc::compiler::flatten {

LogicalResult Flattener::declarePopulation(bd::PopulationOp op) {
  Population &population = populations.emplace_back();
  population.op = op;
  population.instance.model = findModel(op.getModelAttr(), op);
  if (!population.instance.model)
    return failure();
  population.instance.population = &population;
  std::string name = population.instance.stream = op.getSymName().str();
  population.method = op.getMethodAttr() ? op.getMethodAttr() : experiment.getMethodAttr();
  population.size = scalarOf(op.getSize(), name + ".size", {/*settable=*/true, /*whole=*/true, {}});
  if (!population.size)
    return failure();
  population.space = symbol(freeName(name));
  auto space = step::SpaceOp::create(builder, op.getLoc(), population.space.getAttr(), population.size);
  if (op.getTable() && failed(declareRegions(population)))
    return failure();
  if (population.regions && !population.region)
    space.setRegionsAttr(population.regions);
  population.instance.space = population.space;
  if (failed(declareNames(population.instance, &op.getBindings(), "", name)))
    return failure();
  for (auto state : population.instance.model.getBody().getOps<bd::StateOp>())
    declareState(population.instance, population.states, state, name, population.space);
  if (failed(initialize(population.instance, population.states, population.space)) || failed(declareHolds(population)))
    return failure();
  declareFlags(population);
  if (failed(declarePasts(population.instance, population, name)))
    return failure();
  bool emits = population.instance.model.walk([](bd::EmitOp) { return WalkResult::interrupt(); }).wasInterrupted();
  if (emits) {
    population.queue = symbol(freeName("spikes(" + name + ")"));
    step::QueueOp::create(builder, op.getLoc(), population.queue.getAttr(), population.space, FlatSymbolRefAttr());
  }
  return success();
}

/// The regions of a connectome that a population has an element for each of, or the one that it stands in for.
LogicalResult Flattener::declareRegions(Population &population) {
  bd::PopulationOp op = population.op;
  std::string name = population.name().str();
  FlatSymbolRefAttr count = population.size;
  if (op.getStandsIn())
    count = derived(name + ".region.size", op.getLoc(), [&](Emitter &emitter) { return emitter.build(op.getLoc()).constant(1); },
                    {/*settable=*/true, /*whole=*/true, {}});
  population.regions = symbol(freeName(name + ".regions"));
  step::RegionsOp::create(builder, op.getLoc(), population.regions.getAttr(), op.getTableAttr(), count, op.getExceptAttr(),
                          op.getPicksAttr() ? op.getPicksAttr() : builder.getStrArrayAttr({}));
  if (!op.getStandsIn())
    return success();
  population.region = symbol(freeName(name + ".region"));
  step::SpaceOp::create(builder, op.getLoc(), population.region.getAttr(), count, /*apart=*/builder.getUnitAttr(), /*single=*/builder.getUnitAttr(),
                        population.regions);
  return success();
}

/// Params, inputs and lets of a model in one use. `prefix` is the name of the population or the statement.
LogicalResult Flattener::declareNames(Instance &instance, Region *bindings, StringRef role, StringRef prefix) {
  DenseMap<StringAttr, bd::BindOp> bound;
  if (!bindings->empty())
    for (auto bind : bindings->getOps<bd::BindOp>())
      if (bind.getRole().value_or("") == role) {
        StringAttr param = bind.getParamAttr().getAttr();
        if (!isa_and_nonnull<bd::ParamOp>(SymbolTable::lookupSymbolIn(instance.model, param)))
          return bind.emitOpError() << "the model " << instance.model.getSymName() << " has no param " << param;
        bound[param] = bind;
      }
  for (Operation &op : instance.model.getBody().getOps()) {
    if (auto param = dyn_cast<bd::ParamOp>(op)) {
      if (failed(declareParam(instance, param, bound.lookup(param.getSymNameAttr()), prefix)))
        return failure();
    } else if (auto let = dyn_cast<bd::LetOp>(op)) {
      instance.names[let.getSymNameAttr()] = {Meaning::Let, {}, let};
    } else if (auto output = dyn_cast<bd::OutputOp>(op); output && (instance.model.getKind() == bd::ModelKind::Observer || instance.model.getKind() == bd::ModelKind::Synapse)) {
      instance.names.try_emplace(output.getNameAttr(), Meaning{Meaning::Output, {}, output}); // it may have the name of what it is
    } else if (auto input = dyn_cast<bd::InputOp>(op)) {
      bd::ModelKind kind = instance.model.getKind();
      if (kind != bd::ModelKind::Neuron && kind != bd::ModelKind::Mass && kind != bd::ModelKind::Observer)
        return input.emitOpError() << "only a neuron, a mass or an observer has inputs";
      instance.names[input.getSymNameAttr()] = {Meaning::Input, {}, input};
    }
  }
  return success();
}

LogicalResult Flattener::declareParam(Instance &instance, bd::ParamOp param, bd::BindOp bind, StringRef prefix) {
  Region &value = bind ? bind.getValue() : param.getValue();
  std::string name = bind ? bind.getPath().str() : (prefix + "." + param.getSymName()).str();
  if (value.empty())
    return param.emitOpError() << "the param " << param.getSymName() << " of " << prefix << " has no value";
  const Instance *scope = bind ? nullptr : &instance;
  Operation *from = bind ? bind.getOperation() : param.getOperation();
  StringAttr shown = shownOf(from) ? shownOf(from) : shownOf(param);
  Meaning &meaning = instance.names[param.getSymNameAttr()];
  if (!variesByElement(value) && !(bind && bind.getPerElement())) {
    ScalarTraits traits{/*settable=*/true, param.getWhole(), shown};
    meaning = {Meaning::Scalar, bind ? scalarOf(value, name, traits) : scalar(name, value, scope, traits), param};
    return success(bool(meaning.symbol));
  }
  if (!instance.space)
    return from->emitOpError() << "a parameter of a coupling is one number for all connections; it cannot be drawn";
  // Pairs of one statement onto one target share what is drawn on it.
  StringRef space = instance.space.getValue();
  FlatSymbolRefAttr &known = elementParams[(name + "|" + space).str()];
  meaning = {Meaning::Array, known, param};
  if (known)
    return success();
  if (program.lookupSymbol(name))
    name += (" on " + space).str();
  known = meaning.symbol = array(name, param.getType(), instance.space, bd::StateKind::Param, from->getLoc(), shown);
  auto state = program.lookupSymbol<step::StateOp>(meaning.symbol);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&state.getInitial());
  Emitter emitter(builder, elementReader());
  Value drawn = emitter.value(value, scope);
  if (drawn)
    emitter.build(from->getLoc()).yield(drawn);
  return success(bool(drawn));
}

FlatSymbolRefAttr Flattener::array(StringRef name, Type element, FlatSymbolRefAttr space, bd::StateKind kind, Location loc, StringAttr shown,
                                   FlatSymbolRefAttr rows) {
  std::string free = freeName(name.str());
  step::StateOp::create(builder, loc, free, step::ArrayType::get(context, element, space), kind, shown, rows);
  arrays.push_back(symbol(free));
  return arrays.back();
}

void Flattener::declareState(Instance &instance, std::deque<State> &states, bd::StateOp op, StringRef prefix, FlatSymbolRefAttr space,
                             bool isDouble) {
  auto type = cast<bd::StateType>(op.getType());
  auto element = cast<bd::QuantityType>(type.getValue());
  State &state = states.emplace_back();
  state.declaration = op;
  state.array = array((prefix + "." + op.getSymName()).str(), isDouble ? inDouble(element) : element, space, type.getKind(), op.getLoc(),
                      shownOf(op));
  instance.names[op.getSymNameAttr()] = {Meaning::Array, state.array, op};
  for (auto ode : instance.model.getBody().getOps<bd::OdeOp>())
    if (ode.getStateAttr().getAttr() == op.getSymNameAttr())
      state.ode = ode;
}

Region *Flattener::startOf(Instance &instance, bd::StateOp state) {
  Region *value = nullptr;
  if (instance.population && instance.population->instance.model == instance.model)
    for (auto start : network.getBody().getOps<bd::StartOp>())
      if (start.getPopulation() == instance.population->name() && start.getState() == state.getSymName())
        value = &start.getValue(); // the later of two counts
  if (!value && !state.getInitial().empty())
    value = &state.getInitial();
  return value;
}

/// The initial values of all states, each from the initial values of those that it reads.
LogicalResult Flattener::initialize(Instance &instance, std::deque<State> &states, FlatSymbolRefAttr space) {
  for (State &state : states) {
    if (!startOf(instance, state.declaration))
      continue;
    auto op = program.lookupSymbol<step::StateOp>(state.array);
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&op.getInitial());
    Emitter *self = nullptr;
    Emitter emitter(builder, [&](FlatSymbolRefAttr name, Type type, Location loc) -> Value {
      for (State &other : states)
        if (other.array == name)
          return initialValue(*self, instance, other);
      return step::ElementOp::create(builder, loc, type, name);
    });
    self = &emitter;
    emitter.beforeRun = true;
    Value value = initialValue(emitter, instance, state);
    if (!value)
      return failure();
    emitter.build(op.getLoc()).yield(value);
  }
  return success();
}

Value Flattener::initialValue(Emitter &emitter, Instance &instance, State &state) {
  Region *region = startOf(instance, state.declaration);
  auto type = cast<bd::QuantityType>(cast<bd::StateType>(state.declaration.getType()).getValue());
  if (!region)
    return emitter.build(state.declaration.getLoc()).constant(0, type.getDimension());
  if (!beingInitialized.insert(state.array).second) {
    state.declaration.emitOpError() << "the initial value of " << state.declaration.getSymName() << " depends on itself";
    return Value();
  }
  // What the model draws is drawn for this use of it, which its arrays are named by; `start` names its own draws.
  const bool isOwn = region == &state.declaration.getInitial();
  const size_t own = state.declaration.getSymName().size();
  std::string outer = std::exchange(emitter.stream, isOwn ? state.array.getValue().drop_back(own).str() : std::string());
  Value value = emitter.value(*region, &instance);
  emitter.stream = std::move(outer);
  beingInitialized.erase(state.array);
  return value;
}

/// One counter per state that a handler holds.
LogicalResult Flattener::declareHolds(Population &population) {
  for (auto on : population.instance.model.getBody().getOps<bd::OnOp>()) {
    if (on.getCondition().empty())
      return on.emitOpError() << "a neuron has no events of its own to handle; events arrive at synapses";
    for (auto hold : on.getActions().getOps<bd::HoldOp>()) {
      State *state = population.findState(hold.getStateAttr().getAttr());
      if (!state)
        return hold.emitOpError() << "holds " << hold.getStateAttr() << ", which is not a state of " << population.instance.model.getSymName();
      if (state->counter)
        continue;
      state->counter = array((state->array.getValue() + ".hold").str(), builder.getI32Type(), population.space, bd::StateKind::ShortTerm,
                             hold.getLoc());
      population.counters.push_back(state->counter);
    }
  }
  return success();
}

/// What another condition's actions make true fires one step later. Whether it was true before them, states that have been set do not tell.
void Flattener::declareFlags(Population &population) {
  Block &body = population.instance.model.getBody().front();
  llvm::StringMap<bd::LetOp> lets;
  for (auto let : body.getOps<bd::LetOp>())
    lets[let.getSymName()] = let;
  for (auto on : body.getOps<bd::OnOp>()) {
    llvm::SetVector<StringAttr> reads; // and what is read by plain values among them
    auto readIn = [&](Region &region) { region.walk([&](bd::GetOp get) { reads.insert(get.getNameAttr().getAttr()); }); };
    readIn(on.getCondition());
    for (size_t i = 0; i < reads.size(); ++i)
      if (auto let = lets.lookup(reads[i].getValue()))
        readIn(let.getValue());
    bool readsInput = llvm::any_of(body.getOps<bd::InputOp>(), [&](bd::InputOp input) { return reads.contains(input.getSymNameAttr()); });
    bool isMoved = llvm::any_of(body.getOps<bd::OnOp>(), [&](bd::OnOp other) {
      return other != on && llvm::any_of(other.getActions().front(), [&](Operation &action) {
               return isa<bd::SetOp, bd::IncrementOp>(action) && (readsInput || reads.contains(action.getAttrOfType<FlatSymbolRefAttr>("state").getAttr()));
             });
    });
    if (isMoved)
      population.heldBefore[on] = array(population.name().str() + ".on", builder.getI32Type(), population.space, bd::StateKind::ShortTerm,
                                        on.getLoc());
  }
}

} // namespace bdc::compiler::flatten
