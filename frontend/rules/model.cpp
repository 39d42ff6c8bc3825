#include "frontend/rules/model.h"

#include "frontend/rules/model_builder.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;
using syntax::ModelKind;

int ModelInstance::observed() const {
  for (size_t i = 0; i < model.variables.size(); ++i)
    if (model.variables[i].role == VariableRole::Input)
      return int(i);
  return -1;
}

int ModelInstance::term() const {
  bool hasTerms = model.kind == ModelKind::Coupling || model.kind == ModelKind::Observer;
  for (size_t i = 0; hasTerms && i < model.variables.size(); ++i)
    if (model.variables[i].role == VariableRole::Output && model.variables[i].name == "term")
      return int(i);
  return -1;
}

int ModelInstance::output() const {
  const int inner = term();
  for (size_t i = 0; i < model.variables.size(); ++i)
    if (model.variables[i].role == VariableRole::Output && int(i) != inner)
      return int(i);
  return -1;
}

bool ModelInstance::knowsAll(const Expr *expr) const {
  return !anyNode(expr, [&](const Expr &e) { return e.op == Op::Element && !knows(e.index); });
}

std::vector<std::string_view> ModelInstance::names(const std::vector<VariableRole> &roles) const {
  std::vector<std::string_view> result;
  for (const Variable &variable : model.variables)
    if (!variable.name.empty() && std::find(roles.begin(), roles.end(), variable.role) != roles.end())
      result.push_back(variable.name);
  return result;
}

ModelInstance instantiate(Context &context, const Definition &definition, const std::set<std::string> *recorded) {
  return ModelBuilder(context, definition).run(recorded);
}

void finishModel(const Context &context, ModelInstance &instance) {
  for (size_t i = 0; i < instance.terms.size(); ++i) {
    Variable &variable = instance.model.variables[i];
    variable.dimension = context.solver.dimension(instance.terms[i]);
    if (variable.unit.empty())
      variable.unit = units::usualUnit(variable.dimension);
  }
  instance.model.weight = context.solver.dimension(instance.weight);
  instance.model.weightUnit = units::usualUnit(instance.model.weight);
}

const Variable *Model::find(std::string_view name) const {
  int index = indexOf(name);
  return index < 0 ? nullptr : &variables[index];
}

int Model::indexOf(std::string_view name) const {
  for (size_t i = 0; i < variables.size(); ++i)
    if (variables[i].name == name)
      return int(i);
  return -1;
}

// ------------------------------------------------------------------------------------------------- the builder

ModelBuilder::ModelBuilder(Context &context, const Definition &definition)
    : context(context),
      decl(syntax::as<syntax::ModelDecl>(*definition.decl)) {
  file = definition.scope;
  extent = decl.range;
  knowsValuesAlone = true;
  firstNode = uint32_t(context.program.nodes.size());
  instance.decl = &decl;
  instance.weight = context.solver.fresh();
  instance.source = context.solver.fresh();
  Model &model = instance.model;
  model.kind = decl.model;
  model.definition = model.name = std::string(decl.name.text);
  model.doc = decl.doc;
  model.range = decl.name.range;
}

ModelInstance ModelBuilder::run(const std::set<std::string> *recorded) {
  size_t errorsBefore = context.engine.errorCount();
  declareAll();
  int count = int(instance.model.variables.size());
  for (int i = 0; i < count; ++i)
    if (variable(i).role == VariableRole::Param)
      checkDefault(i);
  for (int i = 0; i < count; ++i)
    if (variable(i).role == VariableRole::State)
      checkInitial(i);
  fixDeclared();
  for (int i = 0; i < count; ++i)
    if (variable(i).role == VariableRole::Let)
      checkLet(i);
  for (int i = 0; i < count; ++i)
    if (variable(i).role == VariableRole::State)
      checkDerivative(i);
  size_t errorsInOthers = context.engine.errorCount();
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *on = dynAs<syntax::OnStmt>(stmt))
      checkHandler(*on);
  isWeightDoubted = context.engine.errorCount() > errorsInOthers;
  for (int i = 0; i < count; ++i)
    if (variable(i).role == VariableRole::Output)
      checkOutput(i);
  fixDerived();
  checkPasts();
  for (int i = 0; i < count; ++i)
    if (entries[i].variable && entries[i].variable->steady)
      solveSteady(i);
  for (int i = 0; i < count; ++i)
    if (variable(i).role == VariableRole::State) // steady values that read them see the same draws
      context.nameDraws(variable(i).value, variable(i).name);
  for (int i = 0; i < count; ++i)
    startSteady(i);
  if (decl.model == ModelKind::Observer) {
    checkSource();
    for (const syntax::StmtPtr &stmt : decl.body)
      if (auto *step = dynAs<syntax::StepStmt>(stmt))
        checkStep(*step);
  }
  checkShape();
  instance.broken =
      context.engine.errorCount() > errorsBefore || context.engine.isDamaged(decl.range) || context.hasMissed(extent);
  if (recorded && !instance.broken)
    warnUnused(*recorded);
  order();
  return std::move(instance);
}

// ------------------------------------------------------------------------------------------------ declarations

void ModelBuilder::declareAll() {
  for (const syntax::StmtPtr &stmt : decl.body) {
    if (auto *variable = dynAs<syntax::VariableStmt>(stmt))
      declare(*variable);
    else if (auto *let = dynAs<syntax::DefinitionStmt>(stmt)) {
      int index = add(VariableRole::Let, let->name, *let, let->name.range);
      if (index >= 0) {
        entries[index].let = let;
        entries[index].progress = context.engine.isDamaged(let->range) ? Progress::Failed : Progress::Waiting;
        if (auto *word = dynAs<syntax::NameExpr>(let->value); word && word->name.text == "steady") {
          context.report(Kind::UnknownName, word->range, "`steady` is the initial value of a state")
              .withHelp(fmt::format("`state {} = steady`", let->name.text));
          entries[index].progress = Progress::Failed;
        }
      }
    } else if (auto *current = dynAs<syntax::CurrentStmt>(stmt); current && decl.model != ModelKind::Mechanism)
      misplaced(current->range, "`current`");
    else if (auto *step = dynAs<syntax::StepStmt>(stmt); step && decl.model != ModelKind::Observer)
      misplaced(step->range, "`step`");
    else if (auto *unsupported = dynAs<syntax::UnsupportedStmt>(stmt))
      context.report(Kind::Unsupported, unsupported->keyword.range,
                     fmt::format("`{}` cannot be simulated yet", unsupported->keyword.text));
  }
  for (const syntax::StmtPtr &stmt : decl.body) {
    auto *derivative = dynAs<syntax::DerivativeStmt>(stmt);
    if (!derivative)
      continue;
    int index = stateNamed(derivative->name, "has a derivative");
    if (index < 0)
      continue;
    if (entries[index].derivative)
      context
          .report(Kind::DuplicateDerivative, derivative->name.range,
                  fmt::format("the derivative of `{}` is given twice", derivative->name.text))
          .also(entries[index].derivative->name.range, "first here");
    else
      entries[index].derivative = derivative;
  }
}

static VariableRole roleOf(syntax::Role role) {
  switch (role) {
  case syntax::Role::Param: return VariableRole::Param;
  case syntax::Role::State: return VariableRole::State;
  case syntax::Role::Output:
  case syntax::Role::Term: return VariableRole::Output;
  case syntax::Role::Input:
  case syntax::Role::Source: return VariableRole::Input;
  }
  return VariableRole::Param;
}

bool ModelBuilder::allowedHere(const syntax::VariableStmt &stmt) {
  bool allowed = stmt.role == syntax::Role::Param;
  if (decl.model == ModelKind::Neuron || decl.model == ModelKind::Mass)
    allowed |= stmt.role == syntax::Role::State || stmt.role == syntax::Role::Input;
  if (decl.model == ModelKind::Synapse || decl.model == ModelKind::Noise)
    allowed |= stmt.role == syntax::Role::State || stmt.role == syntax::Role::Output;
  if (decl.model == ModelKind::Effect || decl.model == ModelKind::Coupling)
    allowed |= stmt.role == syntax::Role::Output;
  if (decl.model == ModelKind::Observer)
    allowed |= stmt.role == syntax::Role::State || stmt.role == syntax::Role::Source || stmt.role == syntax::Role::Output;
  if (decl.model == ModelKind::Coupling || decl.model == ModelKind::Observer)
    allowed |= stmt.role == syntax::Role::Term;
  if (allowed && stmt.side == syntax::Side::Own)
    return true;
  static constexpr std::string_view words[] = {"param", "state", "input", "output", "source", "term"};
  std::string what(stmt.side != syntax::Side::Own ? "a state of one side" : fmt::format("`{}`", words[int(stmt.role)]));
  bool massOutput = decl.model == ModelKind::Mass && stmt.role == syntax::Role::Output;
  misplaced(stmt.range, what)
      .withHelp(massOutput ? "states and plain values of a mass can be coupled and recorded by their names: `v = E - I`" : "");
  return false;
}

diag::Diagnostic &ModelBuilder::misplaced(Range range, std::string_view what) {
  return context.report(Kind::MisplacedDeclaration, range,
                        fmt::format("{} has no place in a definition of kind `{}`", what, syntax::word(decl.model)));
}

void ModelBuilder::declare(const syntax::VariableStmt &stmt) {
  if (!allowedHere(stmt)) {
    rejected.push_back(stmt.name.text);
    return;
  }
  VariableRole role = roleOf(stmt.role);
  // `output g` hands on what is called g; `output g = …` and `output …` compute it.
  syntax::Name name = stmt.name;
  if (stmt.role == syntax::Role::Term)
    name = {"term", stmt.range};
  if (decl.model == ModelKind::Observer && stmt.role == syntax::Role::Output)
    name = {"output", stmt.range};
  if (role == VariableRole::Output && !name && decl.model == ModelKind::Synapse)
    if (auto *bare = dynAs<syntax::NameExpr>(stmt.value))
      name = bare->name;
  int index = add(role, name, stmt, name ? name.range : stmt.range);
  if (index < 0)
    return;
  entries[index].variable = &stmt;
  bool isDamaged = context.engine.isDamaged(stmt.range);
  entries[index].progress = isDamaged ? Progress::Failed : role == VariableRole::Param ? Progress::Waiting : Progress::Done;
  variable(index).drawn = stmt.drawn;
  if (!stmt.unit)
    return;
  std::optional<units::Unit> unit = context.unit(stmt.unit);
  if (!unit)
    entries[index].progress = Progress::Failed;
  else {
    if (role == VariableRole::Input && unit->isAffine())
      context.report(Kind::AffineUnit, stmt.unit.range, fmt::format("an input is a sum, and cannot be in {}", unit->text))
          .withHelp("declare it in K: what drives it may be given in degC");
    if (role == VariableRole::State && unit->isAffine() && !stmt.value && !stmt.steady)
      context.report(Kind::AffineUnit, stmt.range, fmt::format("{} has no initial value, and 0 K is none in {}", name.text, unit->text))
          .withHelp(fmt::format("`state {} : {} = 20`", name.text, unit->text));
    instance.terms[index] = unit->dimension;
    instance.places[index] = stmt.name.range.merge(stmt.unit.range);
    variable(index).unit = unit->text;
    instance.declared[index] = std::move(unit);
  }
}

bool ModelBuilder::isRejected(std::string_view name) const {
  return std::find(rejected.begin(), rejected.end(), name) != rejected.end();
}

bool ModelBuilder::checkName(const syntax::Name &name) {
  bool reserved = name.text == "t" || name.text == "dt" || name.text == "white" || name.text == "target" ||
                  name.text == "spike" || (name.text == "weight" && decl.model == ModelKind::Synapse);
  if (decl.model == ModelKind::Coupling)
    for (std::string_view word : {"weight", "source", "total", "delay", "steps", "history"})
      reserved |= name.text == word;
  if (decl.model == ModelKind::Observer)
    for (std::string_view word : {"every", "method", "output", "step", "total", "weight"})
      reserved |= name.text == word;
  if (reserved)
    context
        .report(Kind::ReservedName, name.range,
                fmt::format("`{}` already means something in {}", name.text, syntax::aWord(decl.model)))
        .withHelp("choose another name");
  return !reserved;
}

int ModelBuilder::add(VariableRole role, const syntax::Name &name, const syntax::Stmt &stmt, Range range) {
  bool isOwn = decl.model == ModelKind::Observer && role == VariableRole::Output; // "output" itself
  if (name && !isOwn && !checkName(name)) {
    rejected.push_back(name.text);
    return -1;
  }
  for (size_t i = 0; name && i < entries.size(); ++i) {
    const Variable &other = variable(int(i));
    // An output may bear the name of the state that it hands on.
    if (other.name != name.text || (role == VariableRole::Output) != (other.role == VariableRole::Output))
      continue;
    bool isDerivative = role == VariableRole::Let && other.role == VariableRole::State;
    context.report(Kind::DuplicateName, name.range, fmt::format("`{}` is declared twice", name.text))
        .also(other.range, "first here")
        .withHelp(isDerivative ? fmt::format("the derivative of a state is written with a prime: `{}' = …`", name.text) : "");
    entries[i].progress = Progress::Failed; // which of the two is meant is not known
    entries[i].isDoubted = true;
    return -1;
  }
  Variable variable;
  variable.role = role;
  variable.name = std::string(name.text);
  variable.doc = stmt.doc;
  variable.range = range;
  instance.model.variables.push_back(std::move(variable));
  instance.terms.push_back(context.solver.fresh());
  instance.declared.emplace_back();
  instance.fixed.push_back(false);
  instance.places.push_back(range);
  entries.emplace_back();
  return int(entries.size()) - 1;
}

// ------------------------------------------------------------------------------------- what mistakes leave untouched

/// Params, inputs and states with a unit of their own, or of a value that agrees with it. To be asked before equations add what they say.
void ModelBuilder::fixDeclared() {
  for (size_t i = 0; i < entries.size(); ++i)
    instance.fixed[i] = entries[i].variable && variable(int(i)).role != VariableRole::Output && !entries[i].isDoubted &&
                        !context.engine.isDamaged(entries[i].variable->range) && context.solver.resolve(instance.terms[i]).isKnown();
}

/// What has the unit of something outside of the definition.
static bool isFromOutside(Op op) {
  return op == Op::Weight || op == Op::Received || op == Op::Target || op == Op::Source || op == Op::Sink || op == Op::Total;
}

/// Plain values and outputs that are made of such, and the weight of events that are without mistakes.
void ModelBuilder::fixDerived() {
  auto isFixed = [&](const Expr *value) {
    return value && !anyNode(value, [&](const Expr &e) {
      bool isRead = e.op == Op::Variable || e.op == Op::Past;
      return isRead ? !instance.fixed[e.index] : isFromOutside(e.op);
    });
  };
  for (int let : letOrder)
    instance.fixed[let] = isFixed(variable(let).value);
  for (size_t i = 0; i < entries.size(); ++i)
    if (variable(int(i)).role == VariableRole::Output && !entries[i].isDoubted)
      instance.fixed[i] = instance.declared[i] || isFixed(variable(int(i)).value);
  instance.fixesWeight = !isWeightDoubted && context.solver.resolve(instance.weight).isKnown();
}

// ------------------------------------------------------------------------------------------------ closing checks

void ModelBuilder::checkShape() {
  if (context.engine.isDamaged(decl.range))
    return;
  Range head = decl.name.range;
  std::vector<int> outputs;
  for (size_t i = 0; i < entries.size(); ++i)
    if (variable(int(i)).role == VariableRole::Output)
      outputs.push_back(int(i));
  auto isOf = [&](std::initializer_list<ModelKind> kinds) { return std::find(kinds.begin(), kinds.end(), decl.model) != kinds.end(); };
  bool isCoupling = decl.model == ModelKind::Coupling;
  bool hasTerm = instance.term() >= 0;
  if (isOf({ModelKind::Synapse, ModelKind::Effect, ModelKind::Noise, ModelKind::Coupling, ModelKind::Observer}) &&
      outputs.size() == size_t(hasTerm))
    context.report(Kind::MissingOutput, head, fmt::format("`{}` has no output", decl.name.text))
        .withHelp(isCoupling                         ? "a coupling says what is added to the target's input: `output strength * total`"
                  : decl.model == ModelKind::Effect ? "an effect says what is added to the target's input: `output g * (E_rev - target.v)`"
                  : decl.model == ModelKind::Noise  ? "a noise says what is added to the input: `output sigma * white`"
                  : decl.model == ModelKind::Observer ? "an observer says what is recorded of it: `output V_0 * (1 - q)`"
                                                    : "a synapse says what its effect receives: `output g`");
  if (isCoupling && !hasTerm)
    context.report(Kind::MissingOutput, head, fmt::format("`{}` has no term", decl.name.text))
        .withHelp("a coupling says what is summed over the connections: `term weight * source`");
  for (size_t i = 1 + hasTerm; i < outputs.size() && !isOf({ModelKind::Synapse}); ++i)
    context.report(Kind::DuplicateName, variable(outputs[i]).range, fmt::format("{} has one output", syntax::aWord(decl.model)))
        .also(variable(outputs[hasTerm]).range, "first here");
}

/// An observer has one source.
void ModelBuilder::checkSource() {
  int first = -1;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (variable(int(i)).role != VariableRole::Input)
      continue;
    if (first >= 0)
      context.report(Kind::DuplicateName, variable(int(i)).range, "an observer has one source").also(variable(first).range, "first here");
    first = first < 0 ? int(i) : first;
  }
  if (first < 0 && !context.engine.isDamaged(extent))
    context.report(Kind::MissingClause, decl.name.range, fmt::format("`{}` has no source", decl.name.text))
        .withHelp("an observer names what it is applied to: `source z`");
}

/// `step 1 ms`.
void ModelBuilder::checkStep(const syntax::StepStmt &stmt) {
  where = Place::Default;
  allowsTime = allowsDraws = false;
  const Expr *step = ExprChecker(context, *this, "the step of an observer").number(*stmt.value);
  if (!step || !context.expect(*step, {units::dim::time, "ms", {}, "a step"}, "the step of an observer"))
    return;
  if (instance.step)
    context.report(Kind::DuplicateClause, stmt.range, "an observer has one step").also(instance.step->range, "first here");
  instance.step = step;
}

void ModelBuilder::warnUnused(const std::set<std::string> &recorded) {
  std::vector<bool> used(entries.size());
  for (uint32_t i = firstNode; i < context.program.nodes.size(); ++i)
    if (const Expr &expr = context.program.nodes[i]; expr.op == Op::Variable || expr.op == Op::Past)
      used[expr.index] = true;
  for (size_t i = 0; i < entries.size(); ++i) {
    const Variable &v = variable(int(i));
    if (used[i] || recorded.count(fmt::format("{}.{}", decl.name.text, v.name)) || (v.role != VariableRole::Param && v.role != VariableRole::Input))
      continue;
    std::string_view what = v.role == VariableRole::Param ? "param" : decl.model == ModelKind::Observer ? "source" : "input";
    context.report(Kind::UnusedVariable, v.range, fmt::format("the {} `{}` is never used", what, v.name));
  }
}

/// Puts lets behind what they read, outputs last, and renumbers the reads.
void ModelBuilder::order() {
  std::vector<int> sequence;
  int count = int(entries.size());
  for (int i = 0; i < count; ++i)
    if (variable(i).role != VariableRole::Let && variable(i).role != VariableRole::Output)
      sequence.push_back(i);
  sequence.insert(sequence.end(), letOrder.begin(), letOrder.end());
  for (int i = 0; i < count; ++i)
    if (variable(i).role == VariableRole::Output)
      sequence.push_back(i);
  std::vector<int> newIndex(count, -1);
  ModelInstance old = instance;
  size_t kept = sequence.size();
  instance.model.variables.resize(kept);
  instance.terms.resize(kept);
  instance.declared.resize(kept);
  instance.fixed.resize(kept);
  instance.places.resize(kept);
  for (size_t i = 0; i < kept; ++i) {
    newIndex[sequence[i]] = int(i);
    instance.model.variables[i] = old.model.variables[sequence[i]];
    instance.terms[i] = old.terms[sequence[i]];
    instance.declared[i] = old.declared[sequence[i]];
    instance.fixed[i] = old.fixed[sequence[i]];
    instance.places[i] = old.places[sequence[i]];
  }
  for (ModelInstance::Steady &steady : instance.steady)
    steady.state = newIndex[steady.state];
  for (Handler &handler : instance.model.handlers)
    for (Action &action : handler.actions)
      if (action.variable >= 0)
        action.variable = newIndex[action.variable];
  for (uint32_t i = firstNode; i < context.program.nodes.size(); ++i)
    if (Expr &expr = context.program.nodes[i]; expr.op == Op::Variable || expr.op == Op::Past)
      expr.index = newIndex[expr.index];
}

} // namespace bdc::rules
