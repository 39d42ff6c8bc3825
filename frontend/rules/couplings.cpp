// Checking `couple` and `disturb`: what continuous quantities and noise add to inputs.
#include "frontend/rules/quantity_scope.h"
#include "frontend/rules/reads.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bdc::rules {

using syntax::dynAs;
using syntax::ModelKind;

namespace {

/// The letters and digits of a quantity, as a name: "area.y1 - area.y2" is area_y1_area_y2.
std::string asName(std::string_view text) {
  std::string result;
  for (char c : text) {
    bool keeps = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (keeps || (!result.empty() && result.back() != '_'))
      result += keeps ? c : '_';
  }
  while (!result.empty() && result.back() == '_')
    result.pop_back();
  return result;
}

} // namespace

// -------------------------------------------------------------------------------------------------------- couple

/// The label, or `area_r_to_area_I`, made unique by a number.
std::string NetworkBuilder::coupleName(const syntax::CoupleStmt &stmt, const Coupling &coupling) const {
  if (stmt.label)
    return std::string(stmt.label.text);
  const Population &target = program.populations[coupling.target];
  std::string input = instances[target.use.model].model.variables[coupling.input].name;
  bool isRate = coupling.value && coupling.value->op == Op::Rate; // whose window need not be in the name
  std::string from = isRate ? fmt::format("rate_{}", program.populations[coupling.source].name) : asName(context.text(stmt.source->range));
  std::string base = fmt::format("{}_to_{}_{}", from, target.name, input), name = base;
  auto isTaken = [&](const std::string &wanted) {
    auto named = [&](const auto &each) { return each.name == wanted; };
    return std::any_of(claimed.begin(), claimed.end(), [&](const auto &c) { return c.first == wanted; }) ||
           std::any_of(program.couplings.begin(), program.couplings.end(), named) ||
           std::any_of(program.projections.begin(), program.projections.end(),
                       [&](const Projection &p) { return p.statement == wanted; });
  };
  for (int number = 2; isTaken(name); ++number)
    name = fmt::format("{}_{}", base, number);
  return name;
}

void NetworkBuilder::couple(const syntax::CoupleStmt &stmt) {
  if (stmt.label)
    claim(stmt.label);
  Coupling coupling;
  coupling.range = stmt.head;
  const Expr *counted = nullptr;
  bool aimed = coupleEnds(stmt, coupling, counted);
  if (!stmt.rule)
    return; // reported by the parser
  bool weighed = weighCoupling(stmt, coupling);
  coupling.rule.model = newInstance(stmt.rule.model, ModelKind::Coupling);
  if (coupling.rule.model < 0)
    return checkAlone(stmt.rule);
  bool fits = weighed && aimed;
  if (aimed) {
    fits &= coupling.weight && sameConnectome(stmt, coupling);
    fits &= fitCoupling(stmt, coupling) && onlyLinear(stmt, coupling);
  }
  coupling.name = aimed ? coupleName(stmt, coupling) : std::string(stmt.label.text);
  if (counted)
    coupling.window = addScalar(coupling.name + ".window", "in which events are counted", units::dim::time, counted->unit, counted, counted->range);
  ModelInstance &instance = instances[coupling.rule.model];
  UseSpec spec{&stmt.rule, coupling.name, {}, "coupling", "", nullptr, nullptr};
  if (aimed) {
    const Variable &input = instanceOf(coupling.target).model.variables[coupling.input];
    spec.through = fmt::format(", through which {} acts on {}.{} ({}),", context.quote(stmt.source->range),
                               program.populations[coupling.target].name, input.name, shownUnit(coupling.target, coupling.input));
    spec.unit = input.unit;
  }
  coupling.rule.bindings = bind(instance, spec);
  for (const Binding &binding : coupling.rule.bindings)
    if (binding.value.isDrawn())
      context.report(Kind::MisplacedDraw, stmt.rule.range,
                     fmt::format("`{}` of {} is one number for all connections and cannot be drawn",
                                 instance.model.variables[binding.param].name, instance.model.definition));
  if (fits)
    program.couplings.push_back(std::move(coupling));
}

/// What is coupled, and the input that it drives.
bool NetworkBuilder::coupleEnds(const syntax::CoupleStmt &stmt, Coupling &coupling, const Expr *&window) {
  std::optional<PlaceName> target = placeName(*stmt.target);
  auto *name = dynAs<syntax::NameExpr>(stmt.source);
  if (int whole = name ? findPopulation(name->name.text) : -1; whole >= 0) {
    std::vector<std::string_view> states = instanceOf(whole).names({VariableRole::State});
    context.report(Kind::MisplacedExpression, stmt.source->range, fmt::format("what of `{}` is to be coupled?", name->name.text))
        .withHelp(states.empty() ? "" : fmt::format("`couple {}.{} -> …`", name->name.text, states[0]));
    return false;
  }
  QuantityScope source(context, *this, "couple", {VariableRole::State, VariableRole::Let});
  source.takesParts = true;
  size_t errorsBefore = context.engine.errorCount();
  coupling.value = ExprChecker(context, source, "what is coupled").number(*stmt.source);
  coupling.source = source.population;
  window = source.window;
  if (source.slice)
    coupling.sourceSlice = slice(source.slice, source.population);
  if (coupling.value && coupling.source < 0 && context.engine.errorCount() == errorsBefore)
    context
        .report(Kind::MisplacedExpression, stmt.source->range,
                fmt::format("{} is no quantity of nodes", context.quote(stmt.source->range)))
        .withHelp("`couple area.x -> area.I by …`");
  if (stmt.target->kind == syntax::ExprKind::Error)
    return false;
  if (!target || !target->member) {
    context.report(Kind::MisplacedExpression, stmt.target->range, "`couple` names the input that is driven")
        .withHelp("`couple area.x -> area.I by …`");
    return false;
  }
  coupling.target = population(target->population);
  if (coupling.target < 0)
    return false;
  coupling.targetSlice = slice(target->slice, coupling.target);
  coupling.input = memberOf(coupling.target, target->member, {VariableRole::Input}, "input");
  return coupling.value && coupling.source >= 0 && coupling.input >= 0;
}

/// An expression over the connectome's weights and lengths and scalars.
const Expr *NetworkBuilder::edgeValue(const syntax::Expr &expr, const std::string &place, int &connectome) {
  edges = &connectome;
  const Expr *value = ExprChecker(context, *this, place).number(expr);
  edges = nullptr;
  return value;
}

/// Weights, delays and how these are rounded.
bool NetworkBuilder::weighCoupling(const syntax::CoupleStmt &stmt, Coupling &coupling) {
  bool fine = edgesOf(stmt, coupling);
  if (!fine) {
    coupling.weight = nullptr;
    coupling.connectome = -1; // delays are not held against what it is not
  }
  fine &= delayCoupling(stmt, coupling);
  fine &= pastOf(stmt, coupling);
  return roundCoupling(stmt, coupling) && fine;
}

bool NetworkBuilder::edgesOf(const syntax::CoupleStmt &stmt, Coupling &coupling) {
  if (!stmt.weight) {
    context.report(Kind::MissingClause, stmt.rule.range, "a coupling needs the weights of its connections")
        .withHelp(fmt::format("`{}(SC.weights, …)` with `connectome SC = load(\"brain.h5\")`", stmt.rule.model.text));
    return false;
  }
  coupling.weight = edgeValue(*stmt.weight, "the weights of a coupling", coupling.connectome);
  if (coupling.weight && coupling.connectome < 0) {
    context.report(Kind::MissingClause, stmt.weight->range, "the weights of a coupling are those of a connectome")
        .withHelp(program.connectomes.empty() ? "`connectome SC = load(\"brain.h5\")`, then `SC.weights`"
                                              : fmt::format("`{}.weights`", program.connectomes[0].name));
    return false;
  }
  if (coupling.weight && program.connectomes[coupling.connectome].isMatrix()) {
    context
        .report(Kind::MixedConnectomes, stmt.weight->range,
                fmt::format("{} is a matrix to sensors, and nodes are coupled through a connectome",
                            program.connectomes[coupling.connectome].name))
        .withHelp("`connectome SC = load(\"brain.h5\")`, then `SC.weights`");
    return false;
  }
  return coupling.weight != nullptr;
}

bool NetworkBuilder::delayCoupling(const syntax::CoupleStmt &stmt, Coupling &coupling) {
  if (!stmt.delay)
    return true;
  coupling.delay = edgeValue(*stmt.delay, "the delay of a coupling", coupling.connectome);
  if (!coupling.delay)
    return false;
  UnitTerm length = context.solver.resolve(context.term(*coupling.delay));
  if (length.isKnown() && length.known == units::dim::length) {
    context.report(Kind::UnitMismatch, stmt.delay->range, "units do not agree in the delay of a coupling")
        .withLabel(fmt::format("{} is {}", context.quote(stmt.delay->range), context.describe(*coupling.delay)))
        .withNote("a delay is in ms (time)")
        .withHelp("a length becomes a time by a speed: `SC.lengths / 4 mm/ms`");
    return false;
  }
  if (!context.expect(*coupling.delay, {units::dim::time, "ms", {}, "a delay"}, "the delay of a coupling"))
    return false;
  bool isNegative = evaluate(*coupling.delay) < 0;
  if (isNegative)
    context.report(Kind::InvalidTime, stmt.delay->range, "the delay is negative");
  return !isNegative;
}

bool NetworkBuilder::roundCoupling(const syntax::CoupleStmt &stmt, Coupling &coupling) {
  static const std::vector<std::string_view> words = {"interpolated", "nearest", "ceil"};
  if (!stmt.steps)
    return true;
  auto *word = dynAs<syntax::NameExpr>(stmt.steps);
  auto found = std::find(words.begin(), words.end(), word ? word->name.text : "");
  if (found == words.end()) {
    std::string help = word ? diag::didYouMeanHelp(word->name.text, words) : "";
    context
        .report(Kind::UnknownOption, stmt.steps->range,
                fmt::format("{} is no way to take a delay in steps", context.quote(stmt.steps->range)))
        .withHelp(help.empty() ? "there are interpolated (the default), nearest and ceil" : help);
    return false;
  }
  coupling.steps = DelaySteps(found - words.begin());
  return true;
}

/// What the source was before the run.
bool NetworkBuilder::pastOf(const syntax::CoupleStmt &stmt, Coupling &coupling) {
  if (!stmt.history)
    return true;
  auto isMeant = [](const syntax::Setting &setting) { return !diag::didYouMean(setting.name.text, {"delay"}).empty(); };
  if (!stmt.delay && std::ranges::any_of(stmt.rule.settings, isMeant))
    return false; // reported as a setting
  if (!stmt.delay) {
    context.report(Kind::MissingClause, stmt.history->range, "a history is felt through delays alone")
        .withHelp("give the coupling a `delay`, or leave `history` out");
    return false;
  }
  allowsIndex = true;
  coupling.history = ExprChecker(context, *this, "the history of a coupling").number(*stmt.history);
  allowsIndex = false;
  if (!coupling.history || !coupling.value || coupling.source < 0 || !instanceOf(coupling.source).knowsAll(coupling.value))
    return false;
  Expected source{context.term(*coupling.value), coupling.value->unit, stmt.source->range,
                  std::string(context.quote(stmt.source->range))};
  return context.expect(*coupling.history, source, "the history of a coupling");
}

/// Both ends must stand for regions of the connectome whose connections join them.
bool NetworkBuilder::sameConnectome(const syntax::CoupleStmt &stmt, const Coupling &coupling) {
  const std::string &wanted = program.connectomes[coupling.connectome].name;
  bool isRate = coupling.value && anyNode(coupling.value, [](const Expr &e) { return e.op == Op::Rate; });
  for (auto [at, expr] : {std::pair(coupling.source, stmt.source.get()), std::pair(coupling.target, stmt.target.get())}) {
    const Population &end = program.populations[at];
    const std::string &definition = instances[end.use.model].model.definition;
    if (end.regions.connectome != coupling.connectome) {
      if (context.engine.isDamaged(end.range) || end.size < 0)
        return false; // what is wrong with its size or its place has been reported
      std::string has = !end.regions ? "has a size of its own" : fmt::format("has regions of {}", program.connectomes[end.regions.connectome].name);
      bool spikes = instances[end.use.model].model.kind == ModelKind::Neuron;
      context.report(Kind::MixedConnectomes, expr->range, fmt::format("`{}` stands for no region of {}", end.name, wanted))
          .withLabel(fmt::format("`{}` {}", end.name, has))
          .also(stmt.weight->range, "the connections")
          .withHelp(spikes ? fmt::format("`population {} = {}[…] at {}[\"lV1\"]` stands in for one", end.name, definition, wanted)
                           : fmt::format("`nodes {} = {}[{}]`", end.name, definition, wanted));
      return false;
    }
    bool isSource = expr == stmt.source.get();
    if (isSource && end.standsIn && !isRate) {
      context.report(Kind::MixedConnectomes, expr->range, fmt::format("`{}` has many elements, and its region one value", end.name))
          .withHelp(fmt::format("`rate({}, window = 2 ms)`", end.name));
      return false;
    }
    if (isSource && isRate && !end.standsIn) {
      context.report(Kind::MixedConnectomes, expr->range, fmt::format("`{}` has a node for each region, and its rate is that of all", end.name))
          .withHelp(fmt::format("`population {} = {}[…] at {}[\"lV1\"]` stands in for one region", end.name, definition, wanted));
      return false;
    }
    const Slice &part = isSource ? coupling.sourceSlice : coupling.targetSlice;
    if (end.standsIn && !part.all) {
      context.report(Kind::Unsupported, expr->range, fmt::format("a part of `{}` cannot be coupled alone yet", end.name))
          .withHelp("all of it stands in for its region");
      return false;
    }
  }
  return true;
}

/// The power in which an expression has its target's quantity: 0, 1, or 2 for whatever is no line.
static int degreeOf(const Expr &expr, const Model &model) {
  auto of = [&](size_t i) { return degreeOf(*expr.operands[i], model); };
  int most = 0;
  for (size_t i = 0; i < expr.operands.size(); ++i)
    most = std::max(most, of(i));
  switch (expr.op) {
  case Op::Sink: return 1;
  case Op::Variable: {
    const Variable &variable = model.variables[expr.index];
    return variable.role == VariableRole::Let && variable.value ? degreeOf(*variable.value, model) : 0;
  }
  case Op::Negate:
  case Op::Add:
  case Op::Sub: return most;
  case Op::Mul: return std::min(2, of(0) + of(1));
  case Op::Div: return of(1) == 0 ? of(0) : 2;
  default: return most == 0 ? 0 : 2;
  }
}

/// A population that stands in for a region has many values of what the coupling reads of its target: sums are made for the region, and so the
/// term has to be a line in each of them.
bool NetworkBuilder::onlyLinear(const syntax::CoupleStmt &stmt, const Coupling &coupling) {
  const ModelInstance &rule = instances[coupling.rule.model];
  if (!coupling.own)
    return true;
  if (!program.populations[coupling.target].standsIn)
    return true;
  for (const Variable &variable : rule.model.variables)
    if (variable.role == VariableRole::Output && variable.value && degreeOf(*variable.value, rule.model) > 1) {
      context
          .report(Kind::Unsupported, stmt.rule.range,
                  fmt::format("{} reads each element of `{}` in a way that is no sum yet", rule.model.definition, program.populations[coupling.target].name))
          .withHelp("`additive` reads the source alone, and `diffusive` the target as a line");
      return false;
    }
  return true;
}

/// Units from the source and the weights through the coupling to the target's input.
bool NetworkBuilder::fitCoupling(const syntax::CoupleStmt &stmt, Coupling &coupling) {
  ModelInstance &rule = instances[coupling.rule.model], &target = instanceOf(coupling.target);
  const std::string &name = rule.model.definition;
  if (rule.readsTarget && anyNode(coupling.value, [](const Expr &e) { return e.op == Op::Rate; })) {
    context.report(Kind::MisplacedExpression, stmt.rule.range, fmt::format("{} reads its target too, which has no rate", name))
        .withHelp("`additive` and `sigmoidal` read the source alone");
    return false;
  }
  if (rule.readsTarget) {
    QuantityScope own(context, *this, "couple", {VariableRole::State, VariableRole::Let}, coupling.target);
    own.takesParts = true;
    coupling.own = ExprChecker(context, own, "what is coupled").number(*stmt.source);
    if (!coupling.own)
      return false;
  }
  if (!coupling.own && isPoint(*coupling.value)) {
    reportPoint(context, *coupling.value, stmt.source->range, "what is summed over connections cannot be a temperature in degC",
                fmt::format("the coupling by {}", name));
    return false;
  }
  if (rule.broken)
    return false;
  auto disagree = [&](Range range, std::string label, std::string note) {
    context
        .report(Kind::UnitMismatch, range,
                fmt::format("units do not agree in the coupling to {}.{}", program.populations[coupling.target].name,
                            target.model.variables[coupling.input].name))
        .withLabel(std::move(label))
        .withNote(std::move(note));
    return false;
  };
  bool isKnown = instanceOf(coupling.source).knowsAll(coupling.value) && target.knowsAll(coupling.own);
  UnitTerm wanted = rule.source;
  if (isKnown && !context.solver.unify(wanted, context.term(*coupling.value)))
    return disagree(stmt.source->range, fmt::format("this is {}", context.describe(*coupling.value)),
                    fmt::format("the source of {} is {}", name, context.describe(wanted, "")));
  if (isKnown && coupling.own && !context.solver.unify(rule.source, context.term(*coupling.own)))
    return disagree(stmt.source->range, fmt::format("at the source this is {}", context.describe(*coupling.value)),
                    fmt::format("and at the target, which {} reads too, {}", name, context.describe(*coupling.own)));
  wanted = rule.weight;
  if (coupling.weight && !context.solver.unify(wanted, context.term(*coupling.weight)))
    return disagree(stmt.weight->range, fmt::format("this is {}", context.describe(*coupling.weight)),
                    fmt::format("the weight of {} is {}", name, context.describe(wanted, "")));
  int output = rule.output();
  const Variable &input = target.model.variables[coupling.input];
  isKnown &= target.knows(coupling.input);
  if (output >= 0 && isKnown && !context.solver.unify(rule.terms[output], target.terms[coupling.input]))
    return disagree(
        stmt.rule.range,
        fmt::format("what {} adds is {}", name, context.describe(rule.terms[output], rule.model.variables[output].unit)),
        fmt::format("the input {} of {} is {}", input.name, target.model.definition,
                    context.describe(target.terms[coupling.input], input.unit)));
  return isKnown;
}

// ------------------------------------------------------------------------------------------------------- disturb

/// An event of a model whose condition or actions read an input; null where there is none.
static const Handler *handlerOf(const Model &model, int input) {
  for (const Handler &handler : model.handlers) {
    if (readsInput(model, handler.condition, input))
      return &handler;
    for (const Action &action : handler.actions)
      if (readsInput(model, action.value, input))
        return &handler;
  }
  return nullptr;
}

void NetworkBuilder::disturb(const syntax::DisturbStmt &stmt) {
  for (const syntax::ExprPtr &place : stmt.places)
    if (stmt.noise)
      disturbOne(stmt, *place);
}

void NetworkBuilder::disturbOne(const syntax::DisturbStmt &stmt, const syntax::Expr &expr) {
  std::optional<PlaceName> place = placeName(expr);
  bool isSlice = place && place->slice;
  if (!place || !place->member || isSlice) {
    context
        .report(isSlice ? Kind::Unsupported : Kind::MisplacedExpression, expr.range,
                isSlice ? "a part of a population cannot be disturbed alone yet" : "`disturb` names an input of a population")
        .withHelp(isSlice ? "populations of their own can be: `population part = …[10] like …`" : "`disturb area.I by White { sigma = … }`");
    place.reset();
  }
  Disturbance disturbance;
  disturbance.range = expr.range;
  if (place)
    disturbance.population = population(place->population);
  if (disturbance.population >= 0)
    disturbance.input = memberOf(disturbance.population, place->member, {VariableRole::Input}, "input");
  disturbance.noise.model = newInstance(stmt.noise.model, ModelKind::Noise);
  if (disturbance.noise.model < 0)
    return checkAlone(stmt.noise);
  std::string path = place ? fmt::format("{}.{}", place->population.text, place->member.text) : "";
  disturbance.name = path;
  auto isTaken = [&](const Disturbance &each) { return each.name == disturbance.name; };
  for (int number = 2; std::any_of(program.disturbances.begin(), program.disturbances.end(), isTaken); ++number)
    disturbance.name = fmt::format("{}_{}", path, number);
  bool isAimed = disturbance.input >= 0;
  bool fits = isAimed && fitNoise(stmt, disturbance, path);
  UseSpec spec{&stmt.noise, disturbance.name, {}, "noise", "", nullptr, nullptr};
  if (isAimed) {
    spec.unit = instanceOf(disturbance.population).model.variables[disturbance.input].unit;
    spec.through = fmt::format(", which disturbs {} ({}),", path, shownUnit(disturbance.population, disturbance.input));
  }
  disturbance.noise.bindings = bind(instances[disturbance.noise.model], spec);
  if (fits)
    program.disturbances.push_back(std::move(disturbance));
}

/// The unit of what is added, and whether it has a value where an event needs one.
bool NetworkBuilder::fitNoise(const syntax::DisturbStmt &stmt, const Disturbance &disturbance, const std::string &path) {
  ModelInstance &noise = instances[disturbance.noise.model], &target = instanceOf(disturbance.population);
  const Variable &input = target.model.variables[disturbance.input];
  int output = noise.output();
  bool isKnown = output >= 0 && noise.knows(output) && target.knows(disturbance.input);
  if (isKnown && !context.solver.unify(noise.terms[output], target.terms[disturbance.input])) {
    context.report(Kind::UnitMismatch, stmt.noise.range, fmt::format("units do not agree in the noise on {}", path))
        .withLabel(fmt::format("what {} adds is {}", noise.model.definition,
                               context.describe(noise.terms[output], noise.model.variables[output].unit)))
        .withNote(fmt::format("the input {} of {} is {}", input.name, target.model.definition,
                              context.describe(target.terms[disturbance.input], input.unit)));
    return false;
  }
  if (const Handler *handler = !noise.broken && isWhite(noise.model) ? handlerOf(target.model, disturbance.input) : nullptr) {
    context
        .report(Kind::MisplacedNoise, stmt.noise.range,
                fmt::format("{} has no value at one time, but {} acts on what {} is", noise.model.definition,
                            target.model.definition, input.name))
        .also(handler->range, fmt::format("this reads the input {}", input.name))
        .withHelp("noise with a memory has a value: `OrnsteinUhlenbeck { sigma = …, tau = … }`");
    return false;
  }
  return isKnown;
}

} // namespace bdc::rules
