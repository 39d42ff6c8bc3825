// Checking `project`: who is connected to whom, through which synapse and effect, with which weight and delay.
#include "frontend/rules/network.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;

struct NetworkBuilder::Statement {
  std::string name;
  ConnectRule rule = ConnectRule::AllToAll;
  int argument = -1;
  bool allowSelf = true;
  bool bound = false; ///< the first pair has made the scalars that the others share
  std::vector<Binding> synapse, effect;
  Value weight, delay;
};

/// The label, or `<Source>_to_<Target>[_<Target2>…]`, made unique by a number.
std::string NetworkBuilder::statementName(const syntax::ProjectStmt &stmt) {
  if (stmt.label)
    return std::string(stmt.label.text);
  auto joined = [](const std::vector<syntax::ExprPtr> &places) {
    std::string result;
    for (const syntax::ExprPtr &expr : places)
      if (std::optional<PlaceName> place = placeName(*expr))
        result += fmt::format("{}{}", result.empty() ? "" : "_", place->population.text);
    return result;
  };
  std::string base = fmt::format("{}_to_{}", joined(stmt.sources), joined(stmt.targets)), name = base;
  auto isTaken = [&](const std::string &wanted) {
    bool claimedByUser = std::any_of(claimed.begin(), claimed.end(), [&](const auto &c) { return c.first == wanted; });
    return claimedByUser || std::any_of(program.projections.begin(), program.projections.end(),
                                        [&](const Projection &p) { return p.statement == wanted; });
  };
  for (int number = 2; isTaken(name); ++number)
    name = fmt::format("{}_{}", base, number);
  return name;
}

void NetworkBuilder::project(const syntax::ProjectStmt &stmt) {
  if (stmt.label)
    claim(stmt.label);
  if (stmt.plasticity)
    context.report(Kind::Unsupported, stmt.plasticity.range, "plasticity cannot be simulated yet");
  Statement shared;
  shared.name = statementName(stmt);
  if (stmt.connect)
    connect(stmt, shared);
  if (context.engine.isDamaged(stmt.range) && !(stmt.synapse && stmt.effect && stmt.weight))
    return; // what is missing may be what the parser could not read
  bool isWhole = bool(stmt.synapse) == bool(stmt.effect);
  if (!isWhole) {
    bool noEffect = bool(stmt.synapse);
    const syntax::ModelUse &use = noEffect ? stmt.synapse : stmt.effect;
    context
        .report(Kind::MissingClause, use.range,
                noEffect ? "a synapse needs an effect: how it acts on its target" : "an effect needs a synapse: what it acts for")
        .withHelp(noEffect ? "`effect Current` adds the synapse's output as it is, `effect Conductance { E_rev = 0 mV }` drives "
                             "towards E_rev"
                           : "`synapse Exponential { tau = 5 ms }`");
  }
  for (const syntax::ExprPtr &sourceExpr : stmt.sources)
    for (const syntax::ExprPtr &targetExpr : stmt.targets) {
      std::optional<PlaceName> source = placeName(*sourceExpr), target = placeName(*targetExpr);
      if (!source || source->member || !target) {
        const syntax::Expr &wrong = !target ? *targetExpr : *sourceExpr;
        context.report(Kind::MisplacedExpression, wrong.range, "`project` names populations")
            .withHelp("`project E -> I`, `project E[0:100] -> I.I2`");
      } else if (isWhole)
        pair(stmt, shared, *source, *target);
    }
  if (shared.bound)
    return;
  // No pair could be made: mistakes that do not depend on one.
  for (const syntax::ModelUse *use : {&stmt.synapse, &stmt.effect})
    checkAlone(*use);
  Projection none;
  weigh(stmt, shared, none, /*fits=*/false);
}

// --------------------------------------------------------------------------------------------------- connect

/// `self = no` in a rule's arguments; true where it was one.
static std::optional<bool> yesOrNo(const syntax::Expr &expr) {
  auto *name = dynAs<syntax::NameExpr>(&expr);
  if (name && (name->name.text == "yes" || name->name.text == "no"))
    return name->name.text == "yes";
  return std::nullopt;
}

void NetworkBuilder::connect(const syntax::ProjectStmt &stmt, Statement &shared) {
  auto *call = dynAs<syntax::CallExpr>(stmt.connect);
  auto *name = dynAs<syntax::NameExpr>(call ? call->callee : stmt.connect);
  static const std::vector<std::string_view> rules = {"all", "one_to_one", "random"};
  std::string_view rule = name ? name->name.text : "";
  if (rule == "ring") {
    context.report(Kind::Unsupported, stmt.connect->range, "connecting in a ring is not available yet")
        .withHelp("there are all, one_to_one and random(p = …), random(in_degree = …), random(out_degree = …)");
    return;
  }
  if (std::find(rules.begin(), rules.end(), rule) == rules.end()) {
    std::string help = name ? diag::didYouMeanHelp(rule, rules) : "";
    context
        .report(Kind::UnknownRule, stmt.connect->range,
                fmt::format("{} is not a way to connect", context.quote(stmt.connect->range)))
        .withHelp(help.empty() ? "there are all, one_to_one and random(p = …), random(in_degree = …), random(out_degree = …)"
                               : help);
    return;
  }
  bool isRandom = rule == "random";
  shared.rule = rule == "all" ? ConnectRule::AllToAll : rule == "one_to_one" ? ConnectRule::OneToOne : ConnectRule::Random;
  std::vector<std::string_view> options = {"self"};
  if (isRandom)
    options.insert(options.end(), {"p", "in_degree", "out_degree"});
  for (size_t i = 0; call && i < call->arguments.size(); ++i) {
    const syntax::Argument &argument = call->arguments[i];
    std::string_view option = argument.name.text;
    if (std::find(options.begin(), options.end(), option) == options.end()) {
      std::string help = isRandom ? "random takes one of p, in_degree, out_degree, and self = no"
                                  : fmt::format("{} takes self = no alone", rule);
      if (argument.name)
        context.reportUnknown(Kind::UnknownOption, argument.name, fmt::format("`{}` has no option `{}`", rule, option), options,
                              help);
      else
        context.report(Kind::UnknownOption, argument.range, fmt::format("the arguments of `{}` have names", rule)).withHelp(help);
      return;
    }
    if (option == "self") {
      std::optional<bool> allow = yesOrNo(*argument.value);
      if (!allow)
        context.report(Kind::UnknownOption, argument.value->range, "`self` is `yes` or `no`");
      shared.allowSelf = allow.value_or(true);
      continue;
    }
    if (shared.argument >= 0) {
      context.report(Kind::DuplicateSetting, argument.name.range, "`random` takes one of p, in_degree and out_degree");
      return;
    }
    if (option != "p")
      shared.rule = option == "in_degree" ? ConnectRule::FixedInDegree : ConnectRule::FixedOutDegree;
    Value number = value(*argument.value, false, {UnitTerm(), "1", {}, std::string(option)}, fmt::format("`{}`", option),
                         fmt::format("{}.{}", shared.name, option), "");
    shared.argument = number.scalar;
    if (shared.argument >= 0)
      program.scalars[shared.argument].whole = option != "p";
  }
  bool given =
      call && std::any_of(call->arguments.begin(), call->arguments.end(), [](const auto &a) { return a.name.text != "self"; });
  if (isRandom && !given)
    context.report(Kind::MissingSetting, stmt.connect->range, "`random` needs to know how many")
        .withHelp("`random(p = 0.02)`, `random(in_degree = 80)` or `random(out_degree = 80)`");
}

// ------------------------------------------------------------------------------------------------------ pairs

static bool emitsSpikes(const Model &model) {
  for (const Handler &handler : model.handlers)
    for (const Action &action : handler.actions)
      if (action.kind == ActionKind::Emit)
        return true;
  return false;
}

/// Whether a definition emits spikes, or is meant to: what is in error counts as it is written.
bool NetworkBuilder::mayEmit(const ModelInstance &instance) const {
  auto emits = [](const syntax::StmtPtr &stmt) {
    auto *on = dynAs<syntax::OnStmt>(stmt);
    auto isEmit = [](const syntax::StmtPtr &action) { return action->kind == syntax::StmtKind::Emit; };
    return stmt->kind == syntax::StmtKind::Unsupported || (on && std::ranges::any_of(on->body, isEmit));
  };
  const syntax::ModelDecl &decl = *instance.decl;
  return bdc::rules::emitsSpikes(instance.model) ||
         (instance.broken && (context.engine.isDamaged(decl.range) || std::ranges::any_of(decl.body, emits)));
}

/// Reports a population that never does.
bool NetworkBuilder::emitsSpikes(int population, Range range) {
  const ModelInstance &instance = instanceOf(population);
  if (mayEmit(instance))
    return true;
  context.report(Kind::NoSpikes, range, fmt::format("{} never emits a spike", instance.model.definition))
      .also(instance.model.range, "no `emit spike` in here");
  return false;
}

/// The statement's name, or `<statement>__<Source>_<Target>` where it has several pairs; two slices of one population make two
/// pairs of the same populations, and a number tells them apart.
std::string NetworkBuilder::pairName(const syntax::ProjectStmt &stmt, const Statement &shared, const PlaceName &source,
                                     const PlaceName &target) const {
  if (stmt.sources.size() * stmt.targets.size() == 1)
    return shared.name;
  std::string base = fmt::format("{}__{}_{}", shared.name, source.population.text, target.population.text), name = base;
  auto isTaken = [&](const std::string &wanted) {
    return std::any_of(claimed.begin(), claimed.end(), [&](const auto &c) { return c.first == wanted; }) ||
           std::any_of(program.projections.begin(), program.projections.end(),
                       [&](const Projection &p) { return p.name == wanted; });
  };
  for (int number = 2; isTaken(name); ++number)
    name = fmt::format("{}_{}", base, number);
  return name;
}

void NetworkBuilder::pair(const syntax::ProjectStmt &stmt, Statement &shared, const PlaceName &source, const PlaceName &target) {
  Projection projection;
  projection.source = population(source.population);
  projection.target = population(target.population);
  projection.statement = shared.name;
  projection.name = pairName(stmt, shared, source, target);
  projection.range = stmt.head;
  projection.rule = shared.rule;
  projection.argument = shared.argument;
  projection.allowSelf = shared.allowSelf;
  projection.sourceSlice = slice(source.slice, projection.source);
  projection.targetSlice = slice(target.slice, projection.target);
  bool isDriven = projection.target >= 0 && aim(stmt, target, projection);
  bool isDriving = projection.source >= 0;
  if (isDriving && !mayEmit(instanceOf(projection.source))) {
    const Model &from = instanceOf(projection.source).model;
    context
        .report(Kind::NoSpikes, source.population.range, fmt::format("{} never emits a spike, so nothing would arrive", from.definition))
        .also(from.range, "no `emit spike` in here");
    isDriving = false;
  }
  bool fits = (!stmt.synapse || act(stmt, shared, projection)) && isDriven;
  weigh(stmt, shared, projection, fits);
  shared.bound = true;
  if (fits && isDriving)
    program.projections.push_back(std::move(projection));
}

/// Whether a definition is meant to have an input: one that is in error counts.
bool NetworkBuilder::mayHaveInput(const ModelInstance &instance) const {
  auto isInput = [](const syntax::StmtPtr &stmt) {
    auto *variable = dynAs<syntax::VariableStmt>(stmt);
    return variable && variable->role == syntax::Role::Input;
  };
  const syntax::ModelDecl &decl = *instance.decl;
  return context.engine.isIncomplete(decl.range) || std::ranges::any_of(decl.body, isInput);
}

/// Finds what is driven: an input through a synapse, or a state that events are added to.
bool NetworkBuilder::aim(const syntax::ProjectStmt &stmt, const PlaceName &target, Projection &projection) {
  const ModelInstance &to = instanceOf(projection.target);
  if (stmt.synapse && target.member) {
    projection.input = memberOf(projection.target, target.member, {VariableRole::Input}, "input");
    return projection.input >= 0;
  }
  if (stmt.synapse) {
    for (size_t i = 0; i < to.model.variables.size() && projection.input < 0; ++i)
      if (to.model.variables[i].role == VariableRole::Input)
        projection.input = int(i);
    if (projection.input < 0 && !mayHaveInput(to))
      context
          .report(Kind::NoInput, target.population.range,
                  fmt::format("{} has no input that could be driven", to.model.definition))
          .also(to.model.range, "defined here")
          .withHelp("declare one (`input I : pA`) and let a derivative read it");
    return projection.input >= 0;
  }
  if (!target.member) {
    context.report(Kind::MissingClause, stmt.head, "without a synapse an event is added to a state, and none is named")
        .withHelp(fmt::format("`project … -> {}.v`, or give a synapse and an effect", target.population.text));
    return false;
  }
  projection.input = memberOf(projection.target, target.member, {VariableRole::State}, "state");
  return projection.input >= 0;
}

/// Makes the instances of synapse and effect, fits their units to the target and binds their params.
bool NetworkBuilder::act(const syntax::ProjectStmt &stmt, Statement &shared, Projection &projection) {
  int synapse = newInstance(stmt.synapse.model, syntax::ModelKind::Synapse);
  int effect = newInstance(stmt.effect.model, syntax::ModelKind::Effect);
  projection.synapse.model = synapse;
  projection.effect.model = effect;
  bool fits = synapse >= 0 && effect >= 0 && (projection.input < 0 || fit(stmt, projection));
  auto bindOne = [&](ModelUse &mine, int other, const syntax::ModelUse &use, const char *qualifier, std::vector<Binding> &bound) {
    if (!mine)
      return checkAlone(use);
    UseSpec spec{&use,      shared.name, {"weight", "delay", "p", "in_degree", "out_degree", "self"},
                 qualifier, "",          nullptr, shared.bound ? &bound : nullptr};
    if (other >= 0)
      for (std::string_view name : instances[other].names({VariableRole::Param}))
        spec.taken.emplace_back(name);
    mine.bindings = bind(instances[mine.model], spec);
    if (!shared.bound)
      bound = mine.bindings;
  };
  bindOne(projection.synapse, effect, stmt.synapse, "synapse", shared.synapse);
  bindOne(projection.effect, synapse, stmt.effect, "effect", shared.effect);
  return fits;
}

/// Units from the synapse's outputs through the effect to the target's input. False where they do not agree, which is reported, or where a
/// mistake in a definition leaves open what they are.
bool NetworkBuilder::fit(const syntax::ProjectStmt &stmt, const Projection &projection) {
  ModelInstance &effect = instances[projection.effect.model];
  ModelInstance &target = instanceOf(projection.target);
  bool isKnown = true;
  if (!fitReceived(stmt, projection, isKnown) || !fitTarget(stmt, projection, isKnown))
    return false;
  int output = effect.output();
  if (output < 0 || effect.broken || !target.knows(projection.input))
    return false;
  if (!context.solver.unify(effect.terms[output], target.terms[projection.input])) {
    const Variable &input = target.model.variables[projection.input];
    context
        .report(Kind::UnitMismatch, stmt.effect.range,
                fmt::format("units do not agree in the effect on {}.{}", program.populations[projection.target].name, input.name))
        .withLabel(fmt::format("what {} adds is {}", effect.model.definition,
                               context.describe(effect.terms[output], effect.model.variables[output].unit)))
        .withNote(fmt::format("the input {} of {} is {}", input.name, target.model.definition,
                              context.describe(target.terms[projection.input], input.unit)));
    return false;
  }
  return isKnown;
}

/// What the effect reads of the synapse.
bool NetworkBuilder::fitReceived(const syntax::ProjectStmt &stmt, const Projection &projection, bool &isKnown) {
  ModelInstance &synapse = instances[projection.synapse.model], &effect = instances[projection.effect.model];
  for (const ModelInstance::Read &read : effect.received) {
    int output = -1;
    std::vector<std::string_view> names = synapse.names({VariableRole::Output});
    for (size_t i = 0; i < synapse.model.variables.size(); ++i)
      if (const Variable &v = synapse.model.variables[i]; v.role == VariableRole::Output && v.name == read.name)
        output = int(i);
    auto isSet = [&](const syntax::Setting &setting) { return setting.name.text == read.name; };
    if (output < 0 && std::any_of(stmt.effect.settings.begin(), stmt.effect.settings.end(), isSet))
      continue; // a param that is not declared: reported at the setting
    if (output < 0 && !effect.broken && !mayHave(synapse, read.name)) {
      if (!context.isFirst(Kind::UnknownOutput, synapse.model.definition, read.range))
        return false;
      const bool isOfTarget = projection.target >= 0 && instanceOf(projection.target).model.find(read.name);
      context
          .report(Kind::UnknownOutput, stmt.effect.range,
                  fmt::format("{} reads `{}`, which {} does not hand on", effect.model.definition, read.name,
                              synapse.model.definition))
          .also(read.range, "read here")
          .withHelp(isOfTarget      ? fmt::format("`target.{}` is that of the target", read.name)
                    : names.empty() ? ""
                                    : fmt::format("{} hands on {}", synapse.model.definition, fmt::join(names, ", ")));
      return false;
    }
    if (output < 0 || effect.broken || !synapse.knows(output)) {
      isKnown = false;
      continue;
    }
    if (!context.solver.unify(read.term, synapse.terms[output])) {
      context.report(Kind::UnitMismatch, stmt.effect.range, fmt::format("units do not agree between synapse and effect"))
          .withLabel(fmt::format("{} reads `{}` {}", effect.model.definition, read.name, context.describe(read.term, "")))
          .also(stmt.synapse.range, fmt::format("`{}` of {} is {}", read.name, synapse.model.definition,
                                                context.describe(synapse.terms[output], synapse.model.variables[output].unit)));
      return false;
    }
  }
  return true;
}

/// What the effect reads of its target.
bool NetworkBuilder::fitTarget(const syntax::ProjectStmt &stmt, const Projection &projection, bool &isKnown) {
  ModelInstance &effect = instances[projection.effect.model], &target = instanceOf(projection.target);
  for (const ModelInstance::Read &read : effect.targets) {
    int index = target.model.indexOf(read.name);
    std::string population = program.populations[projection.target].name;
    if (index < 0 && !mayHave(target, read.name)) {
      if (!context.isFirst(Kind::UnknownMember, target.model.definition, read.range))
        return false;
      context
          .report(Kind::UnknownMember, stmt.effect.range,
                  fmt::format("{} reads `target.{}`, which {} does not have", effect.model.definition, read.name,
                              target.model.definition))
          .also(read.range, "read here")
          .withHelp(diag::didYouMeanHelp(read.name, target.names({VariableRole::State, VariableRole::Let})));
      return false;
    }
    if (index < 0 || effect.broken || !target.knows(index)) {
      isKnown = false;
      continue;
    }
    if (!context.solver.unify(read.term, target.terms[index])) {
      if (!context.isFirst(Kind::UnitMismatch, context.describe(target.terms[index], ""), read.range))
        return false;
      context
          .report(Kind::UnitMismatch, stmt.effect.range,
                  fmt::format("units do not agree between {} and its target {}", effect.model.definition, population))
          .withLabel(fmt::format("{} reads `target.{}` {}", effect.model.definition, read.name, context.describe(read.term, "")))
          .withNote(fmt::format("`{}` of {} is {}", read.name, target.model.definition,
                                context.describe(target.terms[index], target.model.variables[index].unit)));
      return false;
    }
  }
  return true;
}

/// What a weight must be; of any unit where that cannot be known for a mistake elsewhere.
Expected NetworkBuilder::weightOf(const Projection &projection, bool fits) {
  const ModelInstance *synapse = projection.synapse ? &instances[projection.synapse.model] : nullptr;
  const ModelInstance *target = projection.input >= 0 ? &instanceOf(projection.target) : nullptr;
  const Variable *input = target ? &target->model.variables[projection.input] : nullptr;
  if (!synapse) {
    bool isKnown = fits && target->knows(projection.input);
    return {isKnown ? target->terms[projection.input] : context.solver.fresh(), input ? input->unit : "", {}, input ? input->name : ""};
  }
  bool isKnown = synapse->knowsWeight() && (fits || context.solver.resolve(synapse->weight).isKnown());
  Expected result{isKnown ? synapse->weight : context.solver.fresh(), "", {}, fmt::format("the weight of {}", synapse->model.definition)};
  if (fits)
    result.what += fmt::format(
        ", through {} onto the input {} ({}),", instances[projection.effect.model].model.definition, input->name,
        shownUnit(projection.target, projection.input));
  return result;
}

void NetworkBuilder::weigh(const syntax::ProjectStmt &stmt, Statement &shared, Projection &projection, bool fits) {
  const ModelInstance *synapse = projection.synapse ? &instances[projection.synapse.model] : nullptr;
  bool needed = synapse ? synapse->readsWeight : !stmt.synapse && !stmt.effect;
  std::string driven = projection.input < 0 ? "a state"
                                            : fmt::format("{}.{}", program.populations[projection.target].name,
                                                          instanceOf(projection.target).model.variables[projection.input].name);
  if (needed && !stmt.weight)
    context.report(Kind::MissingClause, stmt.head, "a projection needs a weight")
        .withHelp(synapse ? fmt::format("one event of weight w acts on {} as `weight w`", synapse->model.definition)
                          : fmt::format("`weight` is what one event adds to {}", driven));
  Expected expected = weightOf(projection, fits);
  if (stmt.weight && !shared.bound) {
    shared.weight = value(*stmt.weight.expr, stmt.weight.drawn, expected, "the weight", shared.name + ".weight", "");
    if (shared.weight.scalar >= 0)
      program.scalars[shared.weight.scalar].isIncrement = true;
    const Expr *given = shared.weight.scalar >= 0 ? program.scalars[shared.weight.scalar].value : shared.weight.drawn;
    if (given && isPoint(*given))
      reportPoint(context, *given, given->range, "what an event adds cannot be a temperature in degC", "the weight");
  } else if (stmt.weight && shared.weight) {
    UnitTerm given = shared.weight.isDrawn() ? context.term(*shared.weight.drawn) : scalarTerms[shared.weight.scalar];
    if (!context.solver.unify(given, expected.term))
      context.report(Kind::UnitMismatch, stmt.weight.range, fmt::format("one weight does not fit both targets"))
          .withLabel(fmt::format("the weight is {}", context.describe(given, "")))
          .withNote(fmt::format("for {} it would be {}", program.populations[projection.target].name, context.describe(expected.term, "")))
          .withHelp("write a `project` statement for each target");
  }
  if (stmt.delay && !shared.bound)
    shared.delay = value(*stmt.delay.expr, stmt.delay.drawn, {units::dim::time, "ms", {}, "a delay"}, "the delay",
                         shared.name + ".delay", "");
  projection.weight = shared.weight;
  projection.delay = shared.delay;
}

} // namespace bdc::rules
