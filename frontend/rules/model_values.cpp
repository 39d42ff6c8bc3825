// Values inside a definition: defaults, initial values, plain values, derivatives, outputs, steady states.
#include "frontend/rules/model_builder.h"
#include "frontend/rules/reads.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::ModelKind;

// -------------------------------------------------------------------------------------------------------- names

int ModelBuilder::find(std::string_view name) const {
  for (size_t i = 0; i < instance.model.variables.size(); ++i)
    if (const Variable &v = instance.model.variables[i]; v.name == name && v.role != VariableRole::Output)
      return int(i);
  return -1;
}

const Expr *ModelBuilder::read(int index, Range range) {
  Expr *expr = context.node(Op::Variable, range, instance.terms[index]);
  expr->index = index;
  expr->unit = variable(index).unit;
  return expr;
}

/// A variable of the model, where it may be read.
Scope::Answer ModelBuilder::declared(int index, const syntax::Name &name) {
  VariableRole role = variable(index).role;
  Place before = where;
  bool timeBefore = allowsTime, drawsBefore = allowsDraws;
  if (role == VariableRole::Let)
    checkLet(index);
  else if (role == VariableRole::Param && where == Place::Default)
    checkDefault(index);
  where = before;
  allowsTime = timeBefore;
  allowsDraws = drawsBefore;
  if (entries[index].progress == Progress::Failed)
    return {true, nullptr};
  bool forNoise = where == Place::Let || where == Place::Derivative || where == Place::Output;
  if (variable(index).noisy && !forNoise) {
    context.report(Kind::MisplacedNoise, name.range, fmt::format("`{}` is noise, which has no value at one time", name.text))
        .also(variable(index).range, "it reads `white`")
        .withHelp("read a state whose derivative has the noise in it");
    return {true, nullptr};
  }
  bool early = where == Place::Default || where == Place::Initial;
  bool constant = role == VariableRole::Param || (role == VariableRole::Let && variable(index).constant);
  if (early && !(where == Place::Default ? role == VariableRole::Param : constant)) {
    context.report(Kind::NotConstant, name.range, fmt::format("`{}` is not known before the first step", name.text))
        .also(variable(index).range, "declared here")
        .withHelp(where == Place::Default ? "the default of a param may read other params"
                                          : "an initial value may read params, and plain values made of params");
    return {true, nullptr};
  }
  return {true, read(index, name.range)};
}

Scope::Answer ModelBuilder::name(const syntax::Name &name) {
  if (int index = find(name.text); index >= 0)
    return declared(index, name);
  if (isRejected(name.text))
    return {true, nullptr};
  if (name.text == "white")
    return white(name.range);
  if (decl.model == ModelKind::Coupling || decl.model == ModelKind::Observer)
    return coupled(name);
  if (name.text == "weight" && decl.model == ModelKind::Synapse) {
    if (where != Place::Action) {
      context.report(Kind::UnknownName, name.range, "`weight` is known only when an event arrives")
          .withHelp("read it inside `on spike { … }`");
      return {true, nullptr};
    }
    instance.readsWeight = true;
    return {true, context.node(Op::Weight, name.range, instance.weight)};
  }
  if (decl.model != ModelKind::Effect || name.text == "t" || name.text == "dt" || findConstant(name.text))
    return {};
  // What an effect does not know itself comes from the synapse, unless it is a misspelt name of its own.
  std::vector<std::string_view> own;
  candidates(own);
  if (name.text.size() > 2 && !diag::didYouMean(name.text, own).empty())
    return {};
  auto same = std::find_if(instance.received.begin(), instance.received.end(),
                           [&](const ModelInstance::Read &r) { return r.name == name.text; });
  if (same == instance.received.end()) {
    instance.received.push_back({std::string(name.text), context.solver.fresh(), name.range});
    same = std::prev(instance.received.end());
  }
  Expr *expr = context.node(Op::Received, name.range, same->term);
  expr->name = std::string(name.text);
  return {true, expr};
}

Scope::Answer ModelBuilder::coupled(const syntax::Name &name) {
  bool isCoupling = decl.model == ModelKind::Coupling;
  if (!isCoupling && instance.term() < 0) // which may be what is damaged
    return {name.text == "total" && context.engine.isDamaged(extent), nullptr};
  if (name.text == "weight")
    return {true, context.node(Op::Weight, name.range, instance.weight)};
  if (isCoupling && (name.text == "source" || name.text == "target")) {
    instance.readsTarget |= name.text == "target";
    return {true, context.node(name.text == "source" ? Op::Source : Op::Sink, name.range, instance.source)};
  }
  if (name.text != "total")
    return {};
  int term = instance.term();
  return {true, context.node(Op::Total, name.range, term >= 0 ? instance.terms[term] : context.solver.fresh())};
}

Scope::Answer ModelBuilder::white(Range range) {
  bool hasNoise = decl.model == ModelKind::Neuron || decl.model == ModelKind::Mass || decl.model == ModelKind::Noise;
  bool fits = where == Place::Derivative || where == Place::Let || (where == Place::Output && decl.model == ModelKind::Noise);
  if (!hasNoise || !fits) {
    context
        .report(Kind::MisplacedNoise, range,
                hasNoise ? std::string("`white` has no value at one time, and cannot be read here")
                         : fmt::format("{} has no noise of its own", syntax::aWord(decl.model)))
        .withHelp(hasNoise ? "it stands in derivatives: `x' = -x / tau + sigma * white`"
                           : "`white` stands in derivatives of a neuron, a mass or a `noise`, which `disturb` adds to an input");
    return {true, nullptr};
  }
  Expr *expr = context.node(Op::White, range, UnitTerm(units::dim::time.pow(units::Rational(-1, 2))));
  expr->index = noises++;
  return {true, expr};
}

const Expr *ModelBuilder::reads(const Expr *expr, Op op) const {
  return findRead(instance.model, expr, [&](const Expr &e) { return e.op == op; });
}

const Expr *ModelBuilder::readsRole(const Expr *expr, VariableRole role) const {
  return findRead(instance.model, expr, [&](const Expr &e) { return e.op == Op::Variable && instance.model.variables[e.index].role == role; });
}

Scope::Answer ModelBuilder::member(const syntax::MemberExpr &expr) {
  auto *base = syntax::dynAs<syntax::NameExpr>(expr.base);
  if (!base || base->name.text != "target")
    return {};
  if (decl.model != ModelKind::Effect) {
    context.report(Kind::UnknownName, expr.range,
                   fmt::format("{} has no target; only an effect reads one", syntax::aWord(decl.model)));
    return {true, nullptr};
  }
  auto same = std::find_if(instance.targets.begin(), instance.targets.end(),
                           [&](const ModelInstance::Read &r) { return r.name == expr.member.text; });
  if (same == instance.targets.end()) {
    instance.targets.push_back({std::string(expr.member.text), context.solver.fresh(), expr.range});
    same = std::prev(instance.targets.end());
  }
  Expr *result = context.node(Op::Target, expr.range, same->term);
  result->name = std::string(expr.member.text);
  return {true, result};
}

void ModelBuilder::candidates(std::vector<std::string_view> &names) const {
  for (const Variable &v : instance.model.variables)
    if (v.role != VariableRole::Output)
      names.push_back(v.name);
  if (decl.model == ModelKind::Synapse)
    names.push_back("weight");
  if (decl.model == ModelKind::Observer && instance.term() >= 0)
    names.insert(names.end(), {"weight", "total"});
  if (decl.model == ModelKind::Coupling)
    names.insert(names.end(), {"weight", "source", "target", "total"});
}

// ------------------------------------------------------------------------------------------------------- values

/// The value of a declaration, in its unit; null where it is in error.
const Expr *ModelBuilder::valueOf(int index, const syntax::Expr &expr, const std::string &place, bool drawn) {
  allowsDraws = drawn;
  allowsTime = false;
  ExprChecker checker(context, *this, place);
  const std::optional<units::Unit> &unit = instance.declared[index];
  const Expr *value = unit ? checker.declared(expr, *unit) : checker.number(expr);
  allowsDraws = false;
  if (!value || entries[index].progress == Progress::Failed)
    return nullptr;
  if (drawn && !anyNode(value, [](const Expr &e) { return e.op == Op::Random; })) {
    context.report(Kind::MissingDraw, expr.range, fmt::format("`~` draws, and there is no distribution in {}", place))
        .withHelp("write `=`, or a distribution such as `normal(…)`");
    return nullptr;
  }
  Expected expected{instance.terms[index], variable(index).unit, instance.places[index], variable(index).name};
  entries[index].isDoubted |= !context.expect(*value, expected, place);
  return entries[index].isDoubted ? nullptr : value;
}

void ModelBuilder::checkDefault(int index) {
  Entry &entry = entries[index];
  if (entry.progress == Progress::Running) {
    context.report(Kind::CyclicDefinition, variable(index).range,
                   fmt::format("the default of `{}` depends on itself", variable(index).name));
    entry.progress = Progress::Failed;
  }
  if (entry.progress != Progress::Waiting)
    return;
  variable(index).constant = true;
  if (!entry.variable->value) {
    entry.progress = Progress::Done;
    return;
  }
  entry.progress = Progress::Running;
  where = Place::Default;
  std::string place = fmt::format("the default of {}", variable(index).name);
  const Expr *value = valueOf(index, *entry.variable->value, place, entry.variable->drawn);
  if (value && anyNode(value, [&](const Expr &e) { return e.op == Op::Variable && variable(e.index).drawn; })) {
    context.report(Kind::Unsupported, entry.variable->value->range,
                   fmt::format("the default of `{}` depends on a drawn param, which is not possible yet", variable(index).name));
    value = nullptr;
  }
  variable(index).value = value;
  if (value && variable(index).unit.empty())
    variable(index).unit = value->unit;
  entry.progress = value ? Progress::Done : Progress::Failed;
}

bool ModelBuilder::isConstant(const Expr &expr) const {
  return !anyNode(&expr, [&](const Expr &e) {
    if (e.op == Op::Variable)
      return !instance.model.variables[e.index].constant;
    return e.op == Op::Time || e.op == Op::Past || e.op == Op::Target || e.op == Op::Received || e.op == Op::Weight ||
           e.op == Op::Random || e.op == Op::White || e.op == Op::Source || e.op == Op::Sink || e.op == Op::Total;
  });
}

void ModelBuilder::checkLet(int index) {
  Entry &entry = entries[index];
  if (entry.progress == Progress::Running) {
    context.report(Kind::CyclicDefinition, variable(index).range, fmt::format("`{}` depends on itself", variable(index).name))
        .withHelp("a value that changes in time by its own value is a `state` with a derivative");
    entry.progress = Progress::Failed;
  }
  if (entry.progress != Progress::Waiting)
    return;
  entry.progress = Progress::Running;
  where = Place::Let;
  allowsTime = true;
  allowsDraws = false;
  ExprChecker checker(context, *this, fmt::format("the value of {}", variable(index).name));
  const Expr *value = checker.number(*entry.let->value);
  if (entry.progress == Progress::Failed)
    return; // it was found to depend on itself
  entry.progress = value ? Progress::Done : Progress::Failed;
  if (!value)
    return;
  if (!context.solver.unify(instance.terms[index], context.term(*value))) // what has been learnt from reads of its past
    context
        .report(Kind::UnitMismatch, value->range,
                fmt::format("units do not agree between `{}` and its past", variable(index).name))
        .withLabel(fmt::format("this is {}", context.describe(*value)))
        .withNote(fmt::format("its past is read {}", context.describe(instance.terms[index], "")));
  instance.terms[index] = context.term(*value);
  variable(index).value = value;
  variable(index).unit = value->unit;
  variable(index).constant = isConstant(*value);
  // What it reads has been checked before: a chain of values is looked at once.
  variable(index).noisy = anyNode(value, [&](const Expr &e) { return e.op == Op::White || (e.op == Op::Variable && variable(e.index).noisy); });
  letOrder.push_back(index);
}

void ModelBuilder::checkInitial(int index) {
  const syntax::VariableStmt &stmt = *entries[index].variable;
  if (!stmt.value)
    return;
  where = Place::Initial;
  std::string place = fmt::format("the initial value of {}", variable(index).name);
  variable(index).value = valueOf(index, *stmt.value, place, stmt.drawn);
  if (variable(index).value && variable(index).unit.empty())
    variable(index).unit = variable(index).value->unit;
}

void ModelBuilder::checkDerivative(int index) {
  const syntax::DerivativeStmt *stmt = entries[index].derivative;
  if (!stmt)
    return;
  where = Place::Derivative;
  allowsTime = true;
  std::string place = fmt::format("the derivative of {}", variable(index).name);
  const Expr *value = ExprChecker(context, *this, place).number(*stmt->value);
  if (!value || entries[index].progress == Progress::Failed)
    return;
  std::string unit = variable(index).unit.empty() ? "" : (units::unit(variable(index).unit) / units::unit("ms")).text;
  Expected expected{instance.terms[index] / UnitTerm(units::dim::time), unit, stmt->name.range,
                    fmt::format("{}'", variable(index).name)};
  if (!context.expect(*value, expected, place))
    return;
  variable(index).derivative = value;
  if (decl.model == ModelKind::Observer && instance.term() >= 0)
    checkParts(false, value);
}

void ModelBuilder::checkOutput(int index) {
  const syntax::VariableStmt &stmt = *entries[index].variable;
  if (!stmt.value)
    return;
  where = stmt.role == syntax::Role::Term ? Place::Term : Place::Output;
  allowsTime = true;
  bool isTerm = where == Place::Term;
  std::string place = isTerm ? "the term" : variable(index).name.empty() ? "the output" : fmt::format("the output {}", variable(index).name);
  ExprChecker checker(context, *this, place);
  const Expr *value = checker.number(*stmt.value);
  if (!value || entries[index].progress == Progress::Failed)
    return;
  Expected expected{instance.terms[index], variable(index).unit, instance.places[index], "the output"};
  entries[index].isDoubted |= !context.expect(*value, expected, place);
  if (entries[index].isDoubted)
    return;
  variable(index).value = value;
  if (variable(index).unit.empty())
    variable(index).unit = value->unit;
  if (instance.term() >= 0)
    checkParts(index == instance.term(), value);
}

/// A term is of one connection; the output, and an observer's equations, are of all of them together.
void ModelBuilder::checkParts(bool isTerm, const Expr *value) {
  if (const Expr *total = isTerm ? reads(value, Op::Total) : nullptr)
    context.report(Kind::MisplacedExpression, total->range, "`total` is the sum of the terms, and cannot be read in `term`")
        .withHelp("read it in `output`");
  for (Op op : {Op::Weight, Op::Source, Op::Sink})
    if (const Expr *read = isTerm ? nullptr : reads(value, op))
      context.report(Kind::MisplacedExpression, read->range, fmt::format("{} is read where no single connection is known", context.quote(read->range)))
          .withHelp("read it in `term`; `total` is the sum of the terms");
  if (decl.model != ModelKind::Observer)
    return;
  for (VariableRole role : {VariableRole::Input, VariableRole::State}) {
    const Expr *read = (role == VariableRole::Input) == isTerm ? nullptr : readsRole(value, role);
    if (read && isTerm)
      context.report(Kind::MisplacedExpression, read->range, fmt::format("{} belongs to a sensor, and a term to one connection", context.quote(read->range)))
          .withHelp("states follow `total`, the sum of the terms");
    else if (read)
      context.report(Kind::MisplacedExpression, read->range, fmt::format("{} belongs to what is observed, and this to a sensor", context.quote(read->range)))
          .withHelp("read it in `term`; `total` is the sum of the terms");
  }
}

} // namespace bdc::rules
