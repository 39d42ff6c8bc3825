#include "frontend/rules/network.h"

#include "frontend/rules/methods.h"
#include "frontend/rules/settable.h"
#include "frontend/rules/unknown_model.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bdc::rules {

using syntax::dynAs;

std::optional<PlaceName> placeName(const syntax::Expr &expr) {
  PlaceName result;
  const syntax::Expr *at = &expr;
  if (auto *index = dynAs<syntax::IndexExpr>(at)) {
    result.slice = index;
    at = index->base.get();
  }
  if (auto *member = dynAs<syntax::MemberExpr>(at)) {
    result.member = member->member;
    at = member->base.get();
    if (auto *index = dynAs<syntax::IndexExpr>(at); index && !result.slice) {
      result.slice = index;
      at = index->base.get();
    }
  }
  auto *name = dynAs<syntax::NameExpr>(at);
  if (!name)
    return std::nullopt;
  result.population = name->name;
  return result;
}

NetworkBuilder::NetworkBuilder(Context &context, const FileScope &scope, const syntax::NetworkDecl &decl)
    : context(context),
      program(context.program),
      decl(decl) {
  file = &scope;
  extent = decl.range;
  program.network = std::string(decl.name.text);
  program.doc = decl.doc;
}

void NetworkBuilder::run() {
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *param = dynAs<syntax::VariableStmt>(stmt); param && claim(param->name))
      params.push_back(param);
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *data = dynAs<syntax::ConnectomeStmt>(stmt))
      connectome(*data);
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *table = dynAs<syntax::MatrixStmt>(stmt))
      matrix(*table);
  while (!params.empty())
    addParam(*params.front());
  for (const syntax::StmtPtr &stmt : decl.body) {
    if (auto *population = dynAs<syntax::PopulationStmt>(stmt))
      populate(*population);
    else if (auto *projection = dynAs<syntax::ProjectStmt>(stmt))
      project(*projection);
    else if (auto *coupling = dynAs<syntax::CoupleStmt>(stmt))
      couple(*coupling);
    else if (auto *disturbance = dynAs<syntax::DisturbStmt>(stmt))
      disturb(*disturbance);
    else if (auto *observation = dynAs<syntax::ObserveStmt>(stmt))
      observe(*observation);
    else if (auto *initial = dynAs<syntax::StartStmt>(stmt))
      start(*initial);
    else if (auto *unsupported = dynAs<syntax::UnsupportedStmt>(stmt))
      context.report(Kind::Unsupported, unsupported->keyword.range,
                     fmt::format("`{}` in a network cannot be simulated yet", unsupported->keyword.text));
  }
  startParts(/*steady=*/false);
  for (size_t i = 0; i < program.populations.size(); ++i)
    startSteady(int(i));
  startParts(/*steady=*/true);
}

/// Whether a name of the network is free; it is taken then.
bool NetworkBuilder::claim(const syntax::Name &name) {
  if (name.text == "t" || isOfRun(name.text)) {
    context.report(Kind::ReservedName, name.range, fmt::format("`{}` is the name of a setting of the run", name.text))
        .withHelp("choose another name");
    return false;
  }
  for (const auto &[taken, range] : claimed)
    if (taken == name.text) {
      context.report(Kind::DuplicateName, name.range, fmt::format("`{}` is declared twice", name.text)).also(range, "first here");
      return false;
    }
  claimed.emplace_back(name.text, name.range);
  return true;
}

// ---------------------------------------------------------------------------------------------------- scalars

int NetworkBuilder::addScalar(std::string path, std::string doc, UnitTerm term, std::string unit, const Expr *value,
                              Range range) {
  Scalar scalar;
  scalar.path = std::move(path);
  scalar.doc = std::move(doc);
  scalar.unit = std::move(unit);
  scalar.value = value;
  scalar.range = range;
  program.scalars.push_back(std::move(scalar));
  scalarTerms.push_back(std::move(term));
  return int(program.scalars.size()) - 1;
}

bool NetworkBuilder::declares(std::string_view name) const {
  return std::any_of(decl.body.begin(), decl.body.end(), [&](const syntax::StmtPtr &stmt) {
    auto *population = dynAs<syntax::PopulationStmt>(stmt);
    auto *observer = dynAs<syntax::ObserveStmt>(stmt);
    auto *param = dynAs<syntax::VariableStmt>(stmt);
    return (param && param->name.text == name) || (population && population->name.text == name) || (observer && observer->name.text == name);
  });
}

int NetworkBuilder::findScalar(std::string_view path) const {
  for (size_t i = 0; i < program.scalars.size(); ++i)
    if (program.scalars[i].path == path)
      return int(i);
  return -1;
}

bool NetworkBuilder::mayHave(std::string_view path) const {
  const std::string_view owner = path.substr(0, path.find('.'));
  if (context.engine.isIncomplete(extent) || context.isMissed(owner, extent))
    return true;
  if (owner == path) {
    auto isThis = [&](const syntax::StmtPtr &stmt) {
      auto *param = dynAs<syntax::VariableStmt>(stmt);
      return param && param->name.text == path;
    };
    return std::any_of(decl.body.begin(), decl.body.end(), isThis);
  }
  if (int data = findConnectome(owner); data >= 0)
    return program.connectomes[data].broken;
  int at = findPopulation(owner);
  bool isNoise = std::count(path.begin(), path.end(), '.') > 1;
  if (at >= 0 && !isNoise) {
    const ModelInstance &instance = instances[program.populations[at].use.model];
    const std::string_view member = path.substr(owner.size() + 1);
    return mayHave(instance, member) || (context.engine.hasErrors() && instance.model.find(member));
  }
  // A statement may have had this name: one with a mistake, or of a model or a function that has one. No experiment makes names, but may
  // have missed this one.
  auto isOfExperiment = [&](const diag::Diagnostic &d) {
    const std::string missed = context.text(d.range);
    return missed != owner && !missed.starts_with(fmt::format("{}.", owner)) && std::ranges::any_of(file->file->declarations, [&](const syntax::DeclPtr &decl) {
      return decl->kind == syntax::DeclKind::Experiment && decl->range.source == d.range.source && decl->range.begin <= d.range.begin && d.range.end <= decl->range.end;
    });
  };
  return context.engine.hasErrors() && std::ranges::any_of(context.engine.sorted(), [&](const diag::Diagnostic &d) { return d.severity == diag::Severity::Error && !isOfExperiment(d); });
}

const Expr *NetworkBuilder::readScalar(int scalar, Range range) {
  Expr *expr = context.node(Op::Scalar, range, scalarTerms[scalar]);
  expr->index = scalar;
  expr->unit = program.scalars[scalar].unit;
  return expr;
}

void NetworkBuilder::addParam(const syntax::VariableStmt &stmt) {
  params.erase(std::remove(params.begin(), params.end(), &stmt), params.end());
  std::optional<units::Unit> unit;
  if (!stmt.name || (stmt.unit && !(unit = context.unit(stmt.unit))))
    return; // a missing name has been reported
  if (!stmt.value || stmt.drawn) {
    context
        .report(stmt.drawn ? Kind::MisplacedDraw : Kind::MissingSetting, stmt.name.range,
                stmt.drawn ? fmt::format("`{}` is one number for the whole network and cannot be drawn", stmt.name.text)
                           : fmt::format("`{}` needs a value", stmt.name.text))
        .withHelp(fmt::format("`param {} = …`", stmt.name.text));
    return;
  }
  checking.push_back(&stmt);
  std::string place = fmt::format("the value of {}", stmt.name.text);
  ExprChecker checker(context, *this, place);
  const Expr *value = unit ? checker.declared(*stmt.value, *unit) : checker.number(*stmt.value);
  checking.pop_back();
  if (!value)
    return;
  if (unit &&
      !context.expect(*value, {unit->dimension, unit->text, stmt.name.range.merge(stmt.unit.range), std::string(stmt.name.text)},
                      place))
    return;
  addScalar(std::string(stmt.name.text), stmt.doc, context.term(*value), unit ? unit->text : value->unit, value, stmt.name.range);
}

Scope::Answer NetworkBuilder::name(const syntax::Name &name) {
  for (const syntax::VariableStmt *param : checking)
    if (param->name.text == name.text) {
      context.report(Kind::CyclicDefinition, name.range, fmt::format("`{}` depends on itself", name.text));
      return {true, nullptr};
    }
  for (const syntax::VariableStmt *param : params)
    if (param->name.text == name.text) {
      addParam(*param);
      break;
    }
  if (int scalar = findScalar(name.text); scalar >= 0 && name.text != "dt")
    return {true, readScalar(scalar, name.range)};
  for (const syntax::StmtPtr &stmt : decl.body) {
    // What cannot be simulated yet may have made the name; a param in error has been reported where it stands.
    auto *param = dynAs<syntax::VariableStmt>(stmt);
    if (stmt->kind == syntax::StmtKind::Unsupported || (param && param->name.text == name.text))
      return {true, nullptr};
    auto *population = dynAs<syntax::PopulationStmt>(stmt);
    auto *projection = dynAs<syntax::ProjectStmt>(stmt);
    auto *coupling = dynAs<syntax::CoupleStmt>(stmt);
    auto *data = dynAs<syntax::ConnectomeStmt>(stmt);
    auto *observation = dynAs<syntax::ObserveStmt>(stmt);
    auto *table = dynAs<syntax::MatrixStmt>(stmt);
    bool isPopulation = population && population->name.text == name.text, isConnectome = data && data->name.text == name.text;
    bool isMatrix = table && table->name.text == name.text;
    bool isProjection = projection && projection->label.text == name.text;
    bool isObserver = observation && observation->name.text == name.text;
    if (isObserver && findObserver(name.text) < 0 && context.engine.hasErrors())
      return {true, nullptr}; // its own mistake has been reported
    if (!isPopulation && !isConnectome && !isMatrix && !isProjection && !isObserver && !(coupling && coupling->label.text == name.text))
      continue;
    std::string_view what = isPopulation   ? "a population"
                            : isConnectome ? "a connectome"
                            : isMatrix     ? "a matrix"
                            : isProjection ? "a projection"
                            : isObserver   ? "an observer"
                                           : "a coupling";
    context.report(Kind::MisplacedExpression, name.range, fmt::format("`{}` is {}, not a number", name.text, what))
        .withHelp(isPopulation ? fmt::format("`{}.size` is the number of its elements", name.text)
                  : isConnectome
                      ? fmt::format("`nodes area = …[{}]` has one node for each of its regions, `{}.size` is their number", name.text, name.text)
                  : isMatrix   ? howEntriesAreRead(name.text)
                  : isObserver ? "it is read in `record`, `summarise` and `plot`"
                               : "");
    return {true, nullptr};
  }
  return {context.engine.isIncomplete(extent), nullptr};
}

Scope::Answer NetworkBuilder::member(const syntax::MemberExpr &expr) {
  auto *base = dynAs<syntax::NameExpr>(expr.base);
  if (int data = base ? findConnectome(base->name.text) : -1; data >= 0)
    return connectomeMember(data, expr);
  if (!base || findPopulation(base->name.text) < 0)
    return {};
  int scalar = findScalar(fmt::format("{}.{}", base->name.text, expr.member.text));
  if (scalar >= 0)
    return {true, readScalar(scalar, expr.range)};
  const int owner = findPopulation(base->name.text);
  const ModelInstance &instance = instanceOf(owner);
  for (const Binding &binding : program.populations[owner].use.bindings)
    if (!binding.value && instance.model.variables[binding.param].name == expr.member.text)
      return {true, nullptr}; // reported where it is set
  if (const Variable *variable = instance.model.find(expr.member.text)) {
    context
        .report(Kind::NotConstant, expr.range,
                fmt::format("`{}.{}` is not one number for the whole population", base->name.text, expr.member.text))
        .also(variable->range, "declared here");
    return {true, nullptr};
  }
  std::vector<std::string_view> names = instance.names({VariableRole::Param});
  names.push_back("size");
  context.reportUnknown(Kind::UnknownMember, expr.member,
                        fmt::format("`{}` has no param `{}`", base->name.text, expr.member.text), names, "",
                        instance.decl->range);
  return {true, nullptr};
}

void NetworkBuilder::candidates(std::vector<std::string_view> &names) const {
  for (const auto &[name, range] : claimed)
    names.push_back(name);
}

std::string NetworkBuilder::inPopulations(std::string_view variable) const {
  std::vector<std::string> places;
  for (const Population &population : program.populations)
    if (instances[population.use.model].model.find(variable))
      places.push_back(fmt::format("`{}.{}`", population.name, variable));
  if (places.empty())
    return "";
  places.resize(std::min<size_t>(places.size(), 3));
  return fmt::format("what belongs to elements is read with their population: {}", fmt::join(places, ", "));
}

Value NetworkBuilder::value(const syntax::Expr &expr, bool drawn, const Expected &expected, const std::string &place,
                            const std::string &path, std::string doc) {
  allowsDraws = drawn;
  const Expr *value = ExprChecker(context, *this, place).number(expr);
  allowsDraws = false;
  if (!value || !context.expect(*value, expected, place))
    return {};
  if (!drawn && !isPerElement(value))
    return {
        addScalar(path, std::move(doc), expected.term, expected.unit.empty() ? value->unit : expected.unit, value, expr.range),
        nullptr};
  if (drawn && !anyNode(value, [](const Expr &e) { return e.op == Op::Random; })) {
    context.report(Kind::MissingDraw, expr.range, fmt::format("`~` draws, and there is no distribution in {}", place))
        .withHelp("write `=`, or a distribution such as `normal(…)`");
    return {};
  }
  return {-1, value};
}

// ------------------------------------------------------------------------------------------------- populations

int NetworkBuilder::findPopulation(std::string_view name) const {
  for (size_t i = 0; i < program.populations.size(); ++i)
    if (program.populations[i].name == name)
      return int(i);
  return -1;
}

int NetworkBuilder::population(const syntax::Name &name) {
  int index = findPopulation(name.text);
  if (index >= 0)
    return index;
  std::vector<std::string_view> names;
  for (const Population &population : program.populations)
    names.push_back(population.name);
  if (findObserver(name.text) >= 0) {
    context.report(Kind::WrongKind, name.range, fmt::format("`{}` is an observer, not a population", name.text))
        .withHelp("it follows what is simulated, and can be recorded, summarised and plotted");
    return -1;
  }
  // A population whose definition is in error has been reported there; what cannot be simulated yet may have made it.
  for (const syntax::StmtPtr &stmt : decl.body) {
    auto *population = dynAs<syntax::PopulationStmt>(stmt);
    auto *observation = dynAs<syntax::ObserveStmt>(stmt);
    if (observation && observation->name.text == name.text && context.engine.hasErrors())
      return -1;
    bool named = population && population->name.text == name.text;
    if (bool inside = name.range.source == decl.range.source && name.range.begin < decl.range.end;
        named && inside && name.range.begin >= decl.range.begin && name.range.begin < population->name.range.begin) {
      context
          .report(Kind::UnknownPopulation, name.range, fmt::format("`{}` is declared further down; put it before", name.text))
          .also(population->name.range, "declared here");
      return -1;
    }
    bool inError = named && context.engine.hasErrors();
    if (inError || stmt->kind == syntax::StmtKind::Unsupported)
      return -1;
  }
  context.reportUnknown(Kind::UnknownPopulation, name, fmt::format("there is no population `{}`", name.text), names,
                        names.empty() ? "" : fmt::format("there {} {}", names.size() == 1 ? "is" : "are", fmt::join(names, ", ")), extent);
  return -1;
}

/// An instance of the model that is named, or -1: reported.
int NetworkBuilder::newInstance(const syntax::Name &name, syntax::ModelKind kind, std::optional<syntax::ModelKind> other) {
  const Definition *definition = file->find(name.text);
  const FileScope *standard = kind == syntax::ModelKind::Coupling ? &context.definitions.standard() : nullptr;
  if (!definition && !file->isMissing(name.text))
    definition = context.definitions.standard().find(name.text);
  std::string word(syntax::word(kind));
  bool isLost =
      file->isMissing(name.text) || context.engine.isDoubtful(name.text) || context.engine.isIncomplete(file->file->source);
  if (!definition && (isLost || context.definitions.firstUse(name, {file->file->source, 0, 0}) != name.range))
    return -1;
  if (!definition) {
    std::vector<std::string_view> candidates = file->models(kind);
    if (standard)
      for (std::string_view each : standard->models(kind))
        candidates.push_back(each);
    if (other)
      for (std::string_view each : file->models(*other))
        candidates.push_back(each);
    std::string help = unknownModelHelp(name.text, candidates, kind, other);
    if (help.empty() && standard)
      help = fmt::format("there are {}", fmt::join(candidates, ", "));
    if (help.empty())
      help = fmt::format("define it: `{} {} {{ … }}`", word, name.text);
    context.report(Kind::UnknownModel, name.range, fmt::format("there is no {} `{}`", word, name.text)).withHelp(help);
    return -1;
  }
  auto *model = dynAs<syntax::ModelDecl>(definition->decl);
  if (!model || (model->model != kind && model->model != other)) {
    std::string is = model ? syntax::aWord(model->model) : "a definition of another kind";
    context.report(Kind::WrongKind, name.range, fmt::format("`{}` is {}, and {} is needed here", name.text, is, syntax::aWord(kind)))
        .also(definition->decl->name.range, "defined here");
    return -1;
  }
  instances.push_back(instantiate(context, *definition));
  return int(instances.size()) - 1;
}

int NetworkBuilder::populationSize(const syntax::PopulationStmt &stmt, const Regions &regions) {
  if (!stmt.size)
    return -1; // reported by the parser
  std::string place = fmt::format("the size of {}", stmt.name.text);
  if (regions && !regions.areAll())
    return given(fmt::format("{}.size", stmt.name.text), "number of nodes",
                 fmt::format("the number of regions that are chosen of {}", program.connectomes[regions.connectome].name), stmt.size->range);
  if (regions) {
    const Connectome &connectome = program.connectomes[regions.connectome];
    int scalar = addScalar(fmt::format("{}.size", stmt.name.text), "number of nodes", UnitTerm(), "1",
                           readScalar(connectome.size, stmt.size->range), program.scalars[connectome.size].range);
    program.scalars[scalar].whole = true;
    program.scalars[scalar].fixedBy = fmt::format("the number of regions of {}", connectome.name);
    return scalar;
  }
  const Expr *size = ExprChecker(context, *this, place).number(*stmt.size);
  if (!size || !context.expect(*size, {UnitTerm(), "1", {}, "a size"}, place))
    return -1;
  double known = evaluate(*size);
  if (known < 1 || (known == known && std::fabs(known - std::round(known)) > 1e-6 * known)) {
    context.report(Kind::InvalidSize, stmt.size->range,
                   known < 1
                       ? fmt::format("population `{}` is empty", stmt.name.text)
                       : fmt::format("population `{}` has {} elements, which is not a whole number", stmt.name.text, known));
    return -1;
  }
  int scalar = addScalar(fmt::format("{}.size", stmt.name.text), "number of elements", UnitTerm(), "1", size, stmt.size->range);
  program.scalars[scalar].whole = true;
  return scalar;
}

/// The population that this one is like, or -1.
int NetworkBuilder::likeOf(const syntax::PopulationStmt &stmt, const ModelInstance &instance) {
  if (!stmt.like)
    return -1;
  int like = population(stmt.like);
  if (like >= 0 && instanceOf(like).decl != instance.decl) {
    context.report(Kind::WrongKind, stmt.like.range,
                   fmt::format("`{}` is a population of {}, not of {}", stmt.like.text, instanceOf(like).model.definition,
                               instance.model.definition));
    return -1;
  }
  return like;
}

void NetworkBuilder::populate(const syntax::PopulationStmt &stmt) {
  if (!stmt.name || !stmt.use)
    return;
  bool isNew = claim(stmt.name);
  size_t errorsBefore = context.engine.errorCount();
  Regions regions = regionsOf(stmt);
  bool chosen = context.engine.errorCount() == errorsBefore;
  int size = chosen ? populationSize(stmt, regions) : -1;
  syntax::ModelKind usual = stmt.nodes ? syntax::ModelKind::Mass : syntax::ModelKind::Neuron;
  int index = newInstance(stmt.use.model, usual, stmt.nodes ? syntax::ModelKind::Neuron : syntax::ModelKind::Mass);
  if (index < 0)
    return checkAlone(stmt.use);
  ModelInstance &instance = instances[index];
  Population population;
  population.name = std::string(stmt.name.text);
  population.doc = stmt.doc;
  population.range = stmt.name.range;
  population.size = size;
  population.regions = stmt.at ? place(stmt) : std::move(regions);
  population.standsIn = stmt.at && population.regions;
  if (stmt.at && !population.regions)
    population.size = -1; // what it stands for is not known
  UseSpec spec{&stmt.use, population.name, {"size"}, "param", "", nullptr, nullptr};
  if (int like = likeOf(stmt, instance); like >= 0) {
    const Population &other = program.populations[like];
    spec.like = &other.use.bindings;
    population.method = other.method;
    population.methodRange = other.methodRange;
    population.surrogate = other.surrogate;
  }
  population.use = {index, bind(instance, spec)};
  for (const syntax::Setting &setting : stmt.use.settings)
    if (setting.name.text == "method" && setting.value && instance.model.indexOf("method") < 0) {
      population.method = method(*setting.value).value_or("");
      population.methodRange = setting.value->range;
    }
  if (const Expr *own = surrogateOf(stmt, instance))
    population.surrogate = own;
  if (isNew)
    program.populations.push_back(std::move(population));
}

std::optional<std::string> NetworkBuilder::method(const syntax::Expr &expr) {
  std::vector<std::string_view> known;
  for (const Integrator &integrator : integrators())
    known.push_back(integrator.name);
  static const std::vector<std::string_view> later = {"adaptive", "backward_euler", "crank_nicolson", "staggered"};
  static const char *all = "there are exponential_euler (the default), euler, midpoint, heun and rk4, and with noise exponential_euler, heun, "
                           "euler_maruyama and milstein";
  auto *name = dynAs<syntax::NameExpr>(&expr);
  std::string_view text = name ? name->name.text : "";
  if (std::find(known.begin(), known.end(), text) != known.end())
    return std::string(text);
  if (std::find(later.begin(), later.end(), text) != later.end()) {
    context.report(Kind::Unsupported, expr.range, fmt::format("the integrator `{}` is not available yet", text))
        .withHelp(all);
    return std::nullopt;
  }
  std::string help = name ? diag::didYouMeanHelp(text, known) : "";
  context.report(Kind::UnknownMethod, expr.range, fmt::format("{} is not an integrator", context.quote(expr.range)))
      .withHelp(help.empty() ? all : help);
  return std::nullopt;
}

} // namespace bdc::rules
