// The network and the experiment.
#include "frontend/rules/superposition.h"
#include "frontend/translate/translator.h"

namespace bdc::translate {

void Translator::network() {
  auto op = bd::NetworkOp::create(builder, builder.getUnknownLoc(), program.network);
  inside(op.getBody(), [&] {
    for (const rules::Scalar &each : program.scalars)
      scalar(each);
    for (const rules::Population &each : program.populations)
      population(each);
    for (const rules::Projection &each : program.projections)
      projection(each);
    for (const rules::Connectome &each : program.connectomes)
      connectome(each);
    for (const rules::Coupling &each : program.couplings)
      coupling(each);
    for (const rules::Disturbance &each : program.disturbances)
      disturbance(each);
    for (const rules::Observer &each : program.observers)
      observer(each);
    for (const rules::Start &each : program.starts)
      start(each);
    for (const rules::Label &each : program.labels)
      bd::LabelOp::create(builder, location(each.range), program.scalars[each.scalar].path, each.label,
                          each.observer >= 0 ? program.observers[each.observer].name : program.populations[each.population].name);
  });
}

void Translator::scalar(const rules::Scalar &s) {
  StringAttr doc = s.doc.empty() ? StringAttr() : builder.getStringAttr(s.doc);
  auto op = bd::ParamOp::create(builder, location(s.range), s.path, quantity(s.dimension, s.unit), /*per_element=*/false, s.whole, doc);
  showPoint(op, s.unit);
  if (s.given) // the data set it before anything reads it
    fill(op.getValue(), op.getLoc(), [&] { return SmallVector<Value>{constant(0, s.dimension, s.unit, op.getLoc())}; });
  else
    fillExpression(op.getValue(), s.value);
}

void Translator::bindings(const rules::ModelUse &use, StringRef role) {
  if (!use)
    return;
  const rules::Model &model = program.models[use.model];
  for (const rules::Binding &each : use.bindings) {
    Location loc = each.value.isDrawn() ? location(each.value.drawn->range) : location(program.scalars[each.value.scalar].range);
    StringAttr roleAttr = role.empty() ? StringAttr() : builder.getStringAttr(role);
    auto op = bd::BindOp::create(builder, loc, StringRef(model.variables[each.param].name), roleAttr, each.value.isDrawn() || each.each, each.path);
    showPoint(op, model.variables[each.param].unit);
    fillValue(op.getValue(), each.value, each.path, loc);
  }
}

void Translator::population(const rules::Population &p) {
  Location loc = location(p.range);
  StringAttr method = p.method.empty() ? StringAttr() : builder.getStringAttr(p.method);
  FlatSymbolRefAttr table = p.regions ? symbol(program.connectomes[p.regions.connectome].name) : FlatSymbolRefAttr();
  SmallVector<StringRef> picks(p.regions.picks.begin(), p.regions.picks.end());
  auto op = bd::PopulationOp::create(builder, loc, p.name, program.models[p.use.model].name, method, table,
                                     picks.empty() ? ArrayAttr() : builder.getStrArrayAttr(picks), p.regions.except, p.standsIn);
  fill(op.getSize(), loc, [&] { return SmallVector<Value>{readScalar(p.size, loc)}; });
  if (!p.use.bindings.empty())
    inside(op.getBindings(), [&] { bindings(p.use, ""); });
  if (p.surrogate)
    fill(op.getSurrogate(), loc, [&] {
      surrogateOf = builder.getInsertionBlock()->addArgument(quantity({}, "1"), loc);
      Value value = expression(*p.surrogate);
      surrogateOf = Value();
      return SmallVector<Value>{value};
    });
}

static StringRef word(rules::ConnectRule rule) {
  switch (rule) {
  case rules::ConnectRule::OneToOne: return "one_to_one";
  case rules::ConnectRule::AllToAll: return "all_to_all";
  case rules::ConnectRule::Random: return "random";
  case rules::ConnectRule::FixedInDegree: return "fixed_in_degree";
  case rules::ConnectRule::FixedOutDegree: return "fixed_out_degree";
  }
  llvm_unreachable("every rule has its word");
}

void Translator::projection(const rules::Projection &p) {
  Location loc = location(p.range);
  const rules::Population &target = program.populations[p.target];
  auto modelOf = [&](const rules::ModelUse &use) { return use ? symbol(program.models[use.model].name) : FlatSymbolRefAttr(); };
  StringRef input = program.models[target.use.model].variables[p.input].name;
  auto op = bd::ProjectOp::create(builder, loc, p.name, p.statement, program.populations[p.source].name, target.name, input, word(p.rule),
                                  !p.allowSelf, modelOf(p.synapse), modelOf(p.effect), p.weight.isDrawn(), p.delay.isDrawn());
  op.setSuperposes(rules::superposes(program, p));
  if (p.argument >= 0)
    fill(op.getRuleArguments(), loc, [&] { return SmallVector<Value>{readScalar(p.argument, loc)}; });
  slice(op.getSourceSlice(), p.sourceSlice, program.populations[p.source].size);
  slice(op.getTargetSlice(), p.targetSlice, program.populations[p.target].size);
  fillValue(op.getWeight(), p.weight, p.name + ".weight", loc);
  fillValue(op.getDelay(), p.delay, p.name + ".delay", loc);
  if (!p.synapse.bindings.empty() || !p.effect.bindings.empty())
    inside(op.getBindings(), [&] {
      bindings(p.synapse, "synapse");
      bindings(p.effect, "effect");
    });
}

void Translator::start(const rules::Start &s) {
  const rules::Population &p = program.populations[s.population];
  StringRef state = program.models[p.use.model].variables[s.state].name;
  auto op = bd::StartOp::create(builder, location(s.range), symbol(p.name), symbol(state));
  purpose = p.name + "." + state.str();
  fillExpression(op.getValue(), s.value);
}

/// First, last (exclusive) and stride as Python counts them: negative bounds from the end, everything within the population.
SmallVector<Value> Translator::sliceBounds(const rules::Slice &s, int sizeScalar, Location loc) {
  Value size = readScalar(sizeScalar, loc);
  Type type = size.getType();
  auto below = [&](Value a, Value b) { return bd::CmpOp::create(builder, loc, builder.getI1Type(), bd::Comparison::LT, a, b); };
  auto fromStart = [&](const Expr &expr) -> Value {
    Value given = expression(expr);
    Value fromEnd = bd::AddOp::create(builder, loc, type, size, given);
    return bd::SelectOp::create(builder, loc, type, below(given, pure(0, loc)), fromEnd, given);
  };
  auto bound = [&](const Expr *expr, Value absent) -> Value {
    if (!expr)
      return absent;
    Value low = bd::FnOp::create(builder, loc, type, bd::Fn::Max, ValueRange{fromStart(*expr), pure(0, loc)});
    return bd::FnOp::create(builder, loc, type, bd::Fn::Min, ValueRange{low, size});
  };
  if (s.single) { // an element before the first is as far outside as one behind the last
    Value index = fromStart(*s.start);
    Value first = bd::SelectOp::create(builder, loc, type, below(index, pure(0, loc)), size, index);
    return {first, bd::AddOp::create(builder, loc, type, first, pure(1, loc)), pure(1, loc)};
  }
  Value first = bound(s.start, pure(0, loc));
  return {first, bound(s.stop, size), s.step ? expression(*s.step) : pure(1, loc)};
}

void Translator::slice(Region &region, const rules::Slice &s, int size) {
  if (s.all)
    return;
  Location loc = s.start ? location(s.start->range) : s.stop ? location(s.stop->range) : builder.getUnknownLoc();
  fill(region, loc, [&] { return sliceBounds(s, size, loc); });
}

void Translator::experiment() {
  const rules::Experiment &e = program.experiment;
  Location loc = location(e.methodRange);
  auto op = bd::ExperimentOp::create(builder, loc, e.name, program.network, e.method);
  auto read = [&](Region &region, int scalar) { fill(region, loc, [&] { return SmallVector<Value>{readScalar(scalar, loc)}; }); };
  read(op.getDuration(), e.duration);
  read(op.getStep(), e.step);
  if (e.discard >= 0)
    read(op.getDiscard(), e.discard);
  inside(op.getBody(), [&] {
    for (const rules::Drive &each : e.drives)
      drive(each);
    for (const rules::Record &each : e.records)
      record(each.what, each.every, /*saved=*/true, /*observed=*/false, each.range);
    int next = int(e.records.size());
    for (const rules::Request &each : e.requests)
      request(each, next);
    if (e.objective)
      objective(*e.objective, next);
    if (e.fit)
      fit(*e.fit);
    if (withSensitivities)
      sensitivities(e, next);
  });
}

void Translator::drive(const rules::Drive &d) {
  const rules::Population &p = program.populations[d.population];
  StringRef input = program.models[p.use.model].variables[d.input].name;
  bool drawn = rules::anyNode(d.value, [](const Expr &e) { return e.op == rules::Op::Random; });
  auto op = bd::DriveOp::create(builder, location(d.range), p.name, input, drawn);
  purpose = "drive." + p.name + "." + input.str();
  fillExpression(op.getValue(), d.value);
  fillExpression(op.getFrom(), d.from);
  fillExpression(op.getTo(), d.to);
  slice(op.getSlice(), d.slice, program.populations[d.population].size);
}

void Translator::record(const rules::Quantity &what, const Expr *every, bool saved, bool observed, diag::Range range) {
  const std::string &owner = program.nameOf(what);
  TypeAttr type = what.value ? TypeAttr::get(quantity(what.value->dimension, what.value->unit)) : TypeAttr();
  auto op = bd::RecordOp::create(builder, location(range), what.text, owner, !saved, observed, type);
  if (what.value)
    showPoint(op, what.value->unit);
  current = &program.modelOf(what);
  fillExpression(op.getValue(), what.value);
  slice(op.getSlice(), what.slice, program.sizeOf(what));
  fillExpression(op.getEvery(), every);
  current = nullptr;
}

void Translator::request(const rules::Request &r, int &nextRecord) {
  SmallVector<Attribute> arguments;
  auto entry = [&](StringRef name, Attribute value) { return builder.getNamedAttr(name, value); };
  for (auto [index, quantity] : llvm::enumerate(r.quantities)) {
    int number = r.records[index];
    if (number < 0) {
      record(quantity, quantity.every, /*saved=*/false, /*observed=*/false, r.range);
      number = nextRecord++;
    }
    arguments.push_back(builder.getDictionaryAttr(
        {entry("record", builder.getI64IntegerAttr(number)), entry("text", builder.getStringAttr(quantity.text))}));
  }
  for (const rules::Option &option : r.options) {
    // Options are numbers known now: they choose how something is shown, not what is computed.
    double value = rules::evaluate(*option.value);
    std::string unit = units::format(option.value->dimension);
    arguments.push_back(builder.getDictionaryAttr({entry("option", builder.getStringAttr(option.name)),
                                                   entry("unit", builder.getStringAttr(unit)), entry("value", builder.getF64FloatAttr(value))}));
  }
  if (r.summary >= 0)
    arguments.push_back(builder.getDictionaryAttr({entry("summary", builder.getI64IntegerAttr(r.summary))}));
  if (r.functional >= 0)
    arguments.push_back(builder.getDictionaryAttr({entry("functional", builder.getI64IntegerAttr(r.functional))}));
  if (r.connectome >= 0)
    arguments.push_back(builder.getDictionaryAttr({entry("data", SymbolRefAttr::get(builder.getContext(), program.connectomes[r.connectome].name)),
                                                   entry("part", builder.getStringAttr(r.part))}));
  for (const std::string &parameter : r.parameters)
    arguments.push_back(builder.getDictionaryAttr({entry("parameter", builder.getStringAttr(parameter))}));
  bd::RequestOp::create(builder, location(r.range), r.kind == rules::RequestKind::Summary ? "summary" : "plot", r.function, r.text,
                        builder.getArrayAttr(arguments));
}

} // namespace bdc::translate
