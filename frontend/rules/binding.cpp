// The values of the params of one use of a model, slices, and the end of checking a network.
#include "frontend/rules/network.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace bdc::rules {

using syntax::dynAs;

/// Whether uses of such a model are populations, or follow one: params may be drawn for each element, and `method` may be set.
static bool hasElements(syntax::ModelKind kind) {
  return kind == syntax::ModelKind::Neuron || kind == syntax::ModelKind::Mass || kind == syntax::ModelKind::Observer;
}

int NetworkBuilder::memberOf(const ModelInstance &instance, const std::string &owner, const syntax::Name &member,
                             const std::vector<VariableRole> &roles, std::string_view what) {
  int index = instance.model.indexOf(member.text);
  if (index >= 0 && std::find(roles.begin(), roles.end(), instance.model.variables[index].role) != roles.end())
    return index;
  if (index < 0 && mayHave(instance, member.text))
    return -1;
  std::vector<std::string_view> names = instance.names(roles);
  std::string all;
  for (auto at = names.begin(); at != names.end(); ++at)
    if (const std::string_view name = *at; std::find(names.begin(), at, name) == at) // an output may have the name of the state that it is
      all += fmt::format("{}{}", all.empty() ? "" : ", ", name);
  std::string otherwise = all.empty() ? fmt::format("{} has none", instance.model.definition)
                                      : fmt::format("{} has {}", instance.model.definition, all);
  if (member.text == "spikes")
    otherwise = fmt::format("`spikes({})`", owner);
  context.reportUnknown(Kind::UnknownMember, member,
                        fmt::format("`{}` has no {} `{}`", owner, what, member.text), names, otherwise, instance.decl->range);
  return -1;
}

/// Whether what a definition does not have is in it with a mistake, which has been reported there.
bool NetworkBuilder::mayHave(const ModelInstance &instance, std::string_view name) const {
  auto declares = [&](const syntax::StmtPtr &stmt) {
    auto *let = dynAs<syntax::DefinitionStmt>(stmt);
    auto *variable = dynAs<syntax::VariableStmt>(stmt);
    return (let && let->name.text == name) || (variable && variable->name.text == name);
  };
  const syntax::ModelDecl &decl = *instance.decl;
  return instance.broken && (std::ranges::any_of(decl.body, declares) || context.isMissed(name, decl.range) || context.engine.isIncomplete(decl.range));
}

static bool isUnitOf(const std::string &unit, units::Dimension dimension) {
  return !unit.empty() && !units::isAffine(unit) && units::unit(unit).dimension == dimension;
}

Value NetworkBuilder::setting(ModelInstance &instance, int param, const syntax::Setting &setting, const std::string &path,
                              const UseSpec &spec) {
  const Variable &variable = instance.model.variables[param];
  std::string what = fmt::format("{} of {}", variable.name, instance.model.definition);
  Expected expected{instance.knows(param) ? instance.terms[param] : context.solver.fresh(), variable.unit, instance.places[param], what + spec.through};
  if (expected.unit.empty() && isUnitOf(spec.unit, context.solver.dimension(expected.term)))
    expected.unit = spec.unit;
  allowsIndex = instance.model.kind != syntax::ModelKind::Coupling;
  Value result = value(*setting.value, setting.drawn, expected, fmt::format("the value of {}", what), path, variable.doc);
  allowsIndex = false;
  const bool isNoise = instance.model.kind == syntax::ModelKind::Noise;
  if (result.scalar >= 0)
    program.scalars[result.scalar].isIncrement = isNoise;
  const Expr *given = result.scalar >= 0 ? program.scalars[result.scalar].value : result.drawn;
  if (given && isPoint(*given) && isNoise)
    reportPoint(context, *given, given->range, "what a noise adds cannot be a temperature in degC",
                fmt::format("the value of {}", what));
  return result;
}

/// The same distribution, but draws of one's own.
const Expr *NetworkBuilder::drawnAnew(const Expr *drawn) {
  return context.rewrite(drawn, [&](const Expr &e) -> const Expr * {
    if (e.op != Op::Random)
      return nullptr;
    Expr *copy = context.node(Op::Random, e.range, context.term(e), e.operands);
    copy->distribution = e.distribution;
    copy->unit = e.unit;
    return copy;
  });
}

/// Whether a default is written, be it in error.
bool NetworkBuilder::mayHaveDefault(const ModelInstance &instance, std::string_view param) const {
  return std::ranges::any_of(instance.decl->body, [&](const syntax::StmtPtr &stmt) {
    auto *variable = dynAs<syntax::VariableStmt>(stmt);
    return variable && variable->name.text == param && (variable->value || context.engine.isDamaged(stmt->range));
  });
}

/// Whether the default of a param is made of what this use sets.
bool NetworkBuilder::followsOwn(const ModelInstance &instance, int param, const UseSpec &spec) const {
  return !instance.broken && anyNode(instance.model.variables[param].value, [&](const Expr &e) {
    if (e.op != Op::Variable || e.index == param)
      return false;
    const std::string &read = instance.model.variables[e.index].name;
    const bool isSet = std::ranges::any_of(spec.use->settings, [&](const syntax::Setting &setting) { return setting.name.text == read; });
    return isSet || followsOwn(instance, e.index, spec);
  });
}

/// The value of a param that the use does not set: that of the population it is like, or the default.
Value NetworkBuilder::inherited(const ModelInstance &instance, int param, const std::string &path, const UseSpec &spec,
                                const std::vector<Binding> &before) {
  const Variable &variable = instance.model.variables[param];
  auto bindingOf = [&](const std::vector<Binding> &bindings, int wanted) -> const Binding * {
    for (const Binding &binding : bindings)
      if (binding.param == wanted)
        return &binding;
    return nullptr;
  };
  Range range = spec.use->range;
  const Binding *like = spec.like ? bindingOf(*spec.like, param) : nullptr;
  const bool isDefault = !like || defaulted.contains(like->path);
  if (isDefault)
    defaulted.insert(path);
  if (like && !(isDefault && followsOwn(instance, param, spec))) {
    if (like->value.isDrawn()) {
      const Expr *own = drawnAnew(like->value.drawn);
      context.solver.unify(instance.terms[param], context.term(*own));
      return {-1, own};
    }
    if (like->value.scalar < 0)
      return {};
    const Expr *other = readScalar(like->value.scalar, range);
    context.solver.unify(instance.terms[param], context.term(*other));
    return {addScalar(path, variable.doc, instance.terms[param], variable.unit, other, range), nullptr};
  }
  if (!variable.value) {
    if (!mayHaveDefault(instance, variable.name))
      context
          .report(Kind::MissingSetting, range, fmt::format("`{}` of {} has no value", variable.name, instance.model.definition))
          .also(variable.range, "and no default")
          .withHelp(instance.model.kind == syntax::ModelKind::Coupling
                        ? fmt::format("`{}(…, {} = …)`", instance.model.definition, variable.name)
                        : fmt::format("`{} {{ {} = … }}`", instance.model.definition, variable.name));
    return {};
  }
  // A default that reads other params reads their values in this use.
  bool readsDrawn = false;
  const Expr *value = context.rewrite(variable.value, [&](const Expr &e) -> const Expr * {
    if (e.op != Op::Variable)
      return nullptr;
    const Binding *other = bindingOf(before, e.index);
    readsDrawn |= other && other->value.isDrawn();
    return other && other->value.scalar >= 0 ? readScalar(other->value.scalar, e.range) : nullptr;
  });
  if (readsDrawn) {
    context
        .report(Kind::Unsupported, range,
                fmt::format("the default of `{}` depends on a drawn param, which is not possible yet", variable.name))
        .withHelp(fmt::format("give `{}` a value here", variable.name));
    return {};
  }
  if (variable.drawn)
    return {-1, value};
  return {addScalar(path, variable.doc, instance.terms[param], variable.unit, value, range), nullptr};
}

/// Params in an order in which defaults come after what they read.
static void visitParam(const Model &model, int param, std::vector<int> &order) {
  if (std::find(order.begin(), order.end(), param) != order.end())
    return;
  anyNode(model.variables[param].value, [&](const Expr &e) {
    if (e.op == Op::Variable && e.index != param)
      visitParam(model, e.index, order);
    return false;
  });
  order.push_back(param);
}

/// Settings of a use that are no params of its model, and are read elsewhere.
static bool isOfUse(std::string_view name, bool isParam, syntax::ModelKind kind) {
  if (name == "step")
    return kind == syntax::ModelKind::Observer;
  if (isParam)
    return false;
  return (name == "method" && hasElements(kind)) || (name == "surrogate" && kind == syntax::ModelKind::Neuron);
}

void NetworkBuilder::checkOfUse(const syntax::Setting &setting, const syntax::ModelUse &use) {
  auto first = std::ranges::find_if(use.settings, [&](const syntax::Setting &each) { return each.name.text == setting.name.text; });
  if (&*first != &setting)
    context.report(Kind::DuplicateSetting, setting.name.range, fmt::format("`{}` is set twice", setting.name.text)).also(first->name.range, "first here");
  else if (setting.drawn)
    context.report(Kind::MisplacedDraw, setting.range, fmt::format("the {} is one for all elements and cannot be drawn", setting.name.text));
}

/// A setting of a use whose model has no such param.
void NetworkBuilder::reportSetting(const ModelInstance &instance, const syntax::Setting &setting) {
  const Model &model = instance.model;
  std::vector<std::string_view> known = instance.names({VariableRole::Param});
  std::string otherwise = known.empty() ? "it has no params" : fmt::format("its params are {}", fmt::join(known, ", "));
  if (const Variable *other = model.find(setting.name.text); other && other->role == VariableRole::State)
    otherwise = fmt::format("`{}` is a state; `start` gives its initial value", setting.name.text);
  auto isRead = [&](const ModelInstance::Read &read) { return read.name == setting.name.text; };
  if (std::any_of(instance.received.begin(), instance.received.end(), isRead))
    otherwise = fmt::format("{} reads it: declare it there, `param {} = …`", model.definition, setting.name.text);
  if (model.kind == syntax::ModelKind::Coupling)
    known.insert(known.end(), {"delay", "steps", "history"}); // stand among them
  context.reportUnknown(Kind::UnknownSetting, setting.name, fmt::format("{} has no param `{}`", model.definition, setting.name.text), known, otherwise,
                        instance.decl->range);
}

/// The unit of a variable as the user wrote it, or the usual one of what it is.
std::string NetworkBuilder::shownUnit(int population, int variable) {
  const ModelInstance &instance = instanceOf(population);
  const std::string &written = instance.model.variables[variable].unit;
  return written.empty() ? units::usualUnit(context.solver.dimension(instance.terms[variable])) : written;
}

/// Reports where the value that an earlier target of the statement has does not fit this one.
void NetworkBuilder::fitToo(const ModelInstance &instance, const Binding &binding, const syntax::ModelUse &use) {
  const UnitTerm given = binding.value.isDrawn() ? context.term(*binding.value.drawn) : scalarTerms[binding.value.scalar];
  if (context.solver.unify(instance.terms[binding.param], given))
    return;
  const std::string &name = instance.model.variables[binding.param].name;
  auto setting = std::ranges::find_if(use.settings, [&](const syntax::Setting &each) { return each.name.text == name; });
  context
      .report(Kind::UnitMismatch, setting != use.settings.end() ? setting->range : use.range,
              fmt::format("one value of {} does not fit all targets", name))
      .withLabel(fmt::format("this is {}", context.describe(given, "")))
      .withNote(fmt::format("for another target {} of {} would be {}", name, instance.model.definition,
                            context.describe(instance.terms[binding.param], "")))
      .withHelp("write a `project` statement for each target");
}

std::vector<Binding> NetworkBuilder::bind(ModelInstance &instance, const UseSpec &spec) {
  const Model &model = instance.model;
  std::vector<const syntax::Setting *> given(model.variables.size());
  std::vector<std::string_view> meant; // by misspelt settings: not missing
  for (const syntax::Setting &setting : spec.use->settings) {
    int index = model.indexOf(setting.name.text);
    bool isParam = index >= 0 && model.variables[index].role == VariableRole::Param;
    if (isOfUse(setting.name.text, isParam, model.kind)) {
      checkOfUse(setting, *spec.use);
      continue;
    }
    if (!isParam) {
      meant.push_back(diag::didYouMean(setting.name.text, instance.names({VariableRole::Param})));
      // What is missed is said already: at another use, or where its definition reads it without declaring it.
      if (!context.isMissed(setting.name.text, instance.decl->range))
        reportSetting(instance, setting);
    } else if (!setting.value)
      context.report(Kind::MissingSetting, setting.name.range, fmt::format("`{}` needs a value", setting.name.text));
    else if (given[index])
      context.report(Kind::DuplicateSetting, setting.name.range, fmt::format("`{}` is set twice", setting.name.text))
          .also(given[index]->name.range, "first here");
    else
      given[index] = &setting;
  }
  std::vector<Binding> bindings;
  if (spec.shared) {
    bindings = *spec.shared;
    for (Binding &binding : bindings) {
      Value &value = binding.value;
      if (value.isDrawn())
        value.drawn = drawnAnew(value.drawn);
      if (value && instance.knows(binding.param))
        fitToo(instance, binding, *spec.use);
    }
    return bindings;
  }
  std::vector<int> order;
  for (size_t i = 0; i < model.variables.size(); ++i)
    if (model.variables[i].role == VariableRole::Param)
      visitParam(model, int(i), order);
  for (int param : order) {
    const std::string &name = model.variables[param].name;
    bool hidden = std::find(spec.taken.begin(), spec.taken.end(), name) != spec.taken.end();
    std::string path =
        hidden ? fmt::format("{}.{}.{}", spec.prefix, spec.qualifier, name) : fmt::format("{}.{}", spec.prefix, name);
    if (!given[param] && std::find(meant.begin(), meant.end(), name) != meant.end()) {
      bindings.push_back({param, {}, path});
      continue;
    }
    Value value = given[param] ? setting(instance, param, *given[param], path, spec) : inherited(instance, param, path, spec, bindings);
    bindings.push_back({param, value, path});
  }
  std::sort(bindings.begin(), bindings.end(), [](const Binding &a, const Binding &b) { return a.param < b.param; });
  return bindings;
}

/// The settings of a use whose model is not known: mistakes that do not need it.
void NetworkBuilder::checkAlone(const syntax::ModelUse &use) {
  for (const syntax::Setting &setting : use.settings) {
    if (!setting.value || setting.name.text == "method" || setting.name.text == "surrogate")
      continue;
    allowsDraws = setting.drawn;
    allowsIndex = true;
    ExprChecker(context, *this, fmt::format("the value of {}", setting.name.text)).number(*setting.value);
    allowsDraws = allowsIndex = false;
  }
}

void NetworkBuilder::nameStreams() {
  auto ofUse = [&](const ModelUse &use) {
    for (const Binding &binding : use.bindings)
      context.nameDraws(binding.value.drawn, binding.path);
  };
  for (const Population &population : program.populations)
    ofUse(population.use);
  // The elements of each target have values of their own, which projections of one statement onto them share.
  for (const Projection &projection : program.projections)
    for (const ModelUse *use : {&projection.synapse, &projection.effect})
      for (const Binding &binding : use->bindings)
        context.nameDraws(binding.value.drawn, fmt::format("{} on {}", binding.path, program.populations[projection.target].name));
  for (const Disturbance &disturbance : program.disturbances)
    ofUse(disturbance.noise);
  for (const Observer &observer : program.observers)
    ofUse(observer.use);
  for (const Start &start : program.starts) {
    const Population &population = program.populations[start.population];
    std::string state = instanceOf(start.population).model.variables[start.state].name;
    context.nameDraws(start.value, population.name + "." + state);
  }
}

bool NetworkBuilder::reportPast(const syntax::IndexExpr &expr) {
  bool isOne = expr.subscripts.size() == 1 && !expr.subscripts[0].isSlice;
  auto *ago = isOne ? dynAs<syntax::BinaryExpr>(expr.subscripts[0].index) : nullptr;
  auto *time = ago ? dynAs<syntax::NameExpr>(ago->left) : nullptr;
  if (!time || time->name.text != "t")
    return false;
  context.report(Kind::MisplacedExpression, expr.range, "the past is read inside of models alone")
      .withHelp("give it a name there, `before = x[t - 5 ms]`, and read that; a coupling has a `delay`");
  return true;
}

Slice NetworkBuilder::slice(const syntax::IndexExpr *expr, int population, int observer) {
  Slice result;
  if (!expr || reportPast(*expr))
    return result;
  if (expr->subscripts.size() != 1 || expr->subscripts[0].except) {
    context.report(expr->subscripts.empty() ? Kind::MisplacedExpression : Kind::Unsupported, expr->range,
                   "a population is cut by one slice or index");
    return result;
  }
  const syntax::Subscript &subscript = expr->subscripts[0];
  auto bound = [&](const syntax::ExprPtr &part) -> const Expr * {
    if (!part)
      return nullptr;
    const Expr *value = ExprChecker(context, *this, "a slice").number(*part);
    return value && context.expect(*value, {UnitTerm(), "1", {}, "an index"}, "a slice") ? value : nullptr;
  };
  result.all = false;
  result.single = !subscript.isSlice;
  if (auto *label = dynAs<syntax::StringExpr>(subscript.index)) {
    result.start = labelled(*label, population, observer);
    return result;
  }
  result.start = bound(subscript.isSlice ? subscript.start : subscript.index);
  result.stop = bound(subscript.stop);
  result.step = bound(subscript.step);
  if (double step = result.step ? evaluate(*result.step) : 1; step <= 0)
    context.report(Kind::Unsupported, subscript.step->range, "the step of a slice must be at least 1");
  return result;
}

// ------------------------------------------------------------------------------------------------------ the end

/// Two instances are one model where all their units agree.
static std::string signature(const ModelInstance &instance, const units::Dimension &source) {
  std::string result = fmt::format("{}", static_cast<const void *>(instance.decl));
  for (const Variable &variable : instance.model.variables)
    result += fmt::format("|{}", units::format(variable.dimension));
  return result + "|" + units::format(instance.model.weight) + "|" + units::format(source);
}

void NetworkBuilder::finish() {
  nameStreams();
  context.finish();
  for (size_t i = 0; i < program.scalars.size(); ++i) {
    Scalar &scalar = program.scalars[i];
    scalar.dimension = context.solver.dimension(scalarTerms[i]);
    if (scalar.unit.empty())
      scalar.unit = units::usualUnit(scalar.dimension);
  }
  std::map<std::string, int> known;
  std::map<std::string, int> names;
  std::vector<int> modelOf;
  for (ModelInstance &instance : instances) {
    finishModel(context, instance);
    auto [at, isNew] = known.try_emplace(signature(instance, context.solver.dimension(instance.source)), int(program.models.size()));
    modelOf.push_back(at->second);
    if (!isNew)
      continue;
    if (int count = ++names[instance.model.definition]; count > 1)
      instance.model.name = fmt::format("{}_{}", instance.model.definition, count);
    program.models.push_back(std::move(instance.model));
  }
  auto renumber = [&](ModelUse &use) {
    if (use.model >= 0)
      use.model = modelOf[use.model];
  };
  for (Population &population : program.populations)
    renumber(population.use);
  for (Projection &projection : program.projections) {
    renumber(projection.synapse);
    renumber(projection.effect);
  }
  for (Coupling &coupling : program.couplings)
    renumber(coupling.rule);
  for (Disturbance &disturbance : program.disturbances)
    renumber(disturbance.noise);
  for (Observer &observer : program.observers)
    renumber(observer.use);
}

} // namespace bdc::rules
