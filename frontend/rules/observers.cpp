// Checking `observe`: models that follow what is simulated, on a step of their own.
#include "frontend/rules/quantity_scope.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;
using syntax::ModelKind;

int NetworkBuilder::findObserver(std::string_view name) const {
  for (size_t i = 0; i < program.observers.size(); ++i)
    if (program.observers[i].name == name)
      return int(i);
  return -1;
}

void NetworkBuilder::observe(const syntax::ObserveStmt &stmt) {
  if (!stmt.name || !claim(stmt.name) || !stmt.use)
    return; // reported by the parser
  Observer observer;
  observer.name = std::string(stmt.name.text);
  observer.doc = stmt.doc;
  observer.range = stmt.name.range;
  observer.use.model = newInstance(stmt.use.model, ModelKind::Observer);
  bool fits = stmt.source && observed(stmt, observer);
  if (observer.use.model < 0) {
    checkAlone(stmt.use);
    intervalOf(stmt);
    return;
  }
  fits &= weighObserver(stmt, observer);
  ModelInstance &instance = instances[observer.use.model];
  UseSpec spec{&stmt.use, observer.name, {"size"}, "param", "", nullptr, nullptr};
  if (stmt.source)
    spec.through = fmt::format(", which observes {},", context.quote(stmt.source->range));
  observer.use.bindings = bind(instance, spec);
  timesOf(stmt, instance, observer);
  // Four stages: the step may be long beside the processes that are observed, and costs little beside them.
  observer.method = "rk4";
  for (const syntax::Setting &setting : stmt.use.settings)
    if (setting.name.text == "method" && setting.value)
      observer.method = method(*setting.value).value_or(observer.method);
  if (fits)
    program.observers.push_back(std::move(observer));
}

/// What is observed, and its unit as the source's.
bool NetworkBuilder::observed(const syntax::ObserveStmt &stmt, Observer &observer) {
  if (auto *name = dynAs<syntax::NameExpr>(stmt.source); name && findPopulation(name->name.text) >= 0) {
    std::vector<std::string_view> states = instanceOf(findPopulation(name->name.text)).names({VariableRole::State});
    context.report(Kind::MisplacedExpression, stmt.source->range, fmt::format("what of `{}` is to be observed?", name->name.text))
        .withHelp(states.empty() ? "" : fmt::format("`{}({}.{})`", stmt.use.model.text, name->name.text, states[0]));
    return false;
  }
  QuantityScope source(context, *this, "observe", {VariableRole::State, VariableRole::Let, VariableRole::Input, VariableRole::Param});
  size_t errorsBefore = context.engine.errorCount();
  source.allowsTime = true;
  observer.value = ExprChecker(context, source, "what is observed").number(*stmt.source);
  observer.population = source.population;
  if (observer.value && observer.population < 0 && context.engine.errorCount() == errorsBefore)
    context.report(Kind::MisplacedExpression, stmt.source->range, fmt::format("{} is no quantity of nodes", context.quote(stmt.source->range)))
        .withHelp(fmt::format("`{}(area.x)`", stmt.use.model.text));
  if (!observer.value || observer.population < 0 || observer.use.model < 0)
    return false;
  ModelInstance &instance = instances[observer.use.model];
  int at = instance.observed();
  if (at < 0 || !instance.knows(at) || !instanceOf(observer.population).knowsAll(observer.value))
    return !instance.broken;
  const Variable &variable = instance.model.variables[at];
  Expected expected{instance.terms[at], variable.unit, instance.places[at], fmt::format("the source {} of {}", variable.name, instance.model.definition)};
  return context.expect(*observer.value, expected, "what is observed");
}

/// The weights with which sensors see the elements, where the observer sums.
bool NetworkBuilder::weighObserver(const syntax::ObserveStmt &stmt, Observer &observer) {
  ModelInstance &instance = instances[observer.use.model];
  bool sums = instance.term() >= 0;
  if (!stmt.weight && !sums)
    return true;
  const std::string &name = instance.model.definition;
  if (!instance.broken && !(stmt.weight && sums)) {
    context
        .report(Kind::WrongArgumentCount, stmt.weight ? stmt.weight->range : stmt.head,
                sums ? fmt::format("{} sums over a matrix, and needs to know which", name)
                     : fmt::format("{} sees each element by itself, and takes no weights", name))
        .also(instance.model.range, sums ? "its `term` has a weight" : "it has no `term`")
        .withHelp(sums ? fmt::format("`{}({}, L.values)` with `matrix L = load(\"eeg.csv\")`", name, stmt.source ? context.text(stmt.source->range) : "…") : "");
    return false;
  }
  if (!stmt.weight)
    return false;
  if (observer.value && isPoint(*observer.value)) {
    reportPoint(context, *observer.value, stmt.source->range, "what is summed over connections cannot be a temperature in degC",
                fmt::format("the source of {}", name));
    return false;
  }
  observer.weight = edgeValue(*stmt.weight, "the weights of an observer", observer.matrix);
  if (observer.weight && observer.matrix < 0) {
    context.report(Kind::MissingClause, stmt.weight->range, "the weights of an observer are those of a matrix")
        .withHelp("`matrix L = load(\"eeg.csv\")`, then `L.values`");
    return false;
  }
  if (!observer.weight || instance.broken)
    return false;
  if (!context.solver.unify(instance.weight, context.term(*observer.weight))) {
    context.report(Kind::UnitMismatch, stmt.weight->range, "units do not agree in the weights of an observer")
        .withLabel(fmt::format("this is {}", context.describe(*observer.weight)))
        .withNote(fmt::format("the weight of {} is {}", name, context.describe(instance.weight, "")));
    return false;
  }
  return true;
}

/// How often the observer is recorded; null where nothing is said, or what is said is in error.
const Expr *NetworkBuilder::intervalOf(const syntax::ObserveStmt &stmt) {
  if (!stmt.every)
    return nullptr;
  const Expr *every = ExprChecker(context, *this, "the interval of an observer").number(*stmt.every);
  if (!every || !context.expect(*every, {units::dim::time, "ms", {}, "an interval"}, "the interval of an observer"))
    return nullptr;
  if (evaluate(*every) <= 0)
    context.report(Kind::InvalidTime, stmt.every->range, "the interval of an observer must be longer than nothing");
  return every;
}

/// The step, and the interval at which the observer is recorded.
void NetworkBuilder::timesOf(const syntax::ObserveStmt &stmt, const ModelInstance &instance, Observer &observer) {
  const Expr *every = intervalOf(stmt);
  auto scalar = [&](const char *member, const char *doc, const Expr *value) {
    return addScalar(fmt::format("{}.{}", observer.name, member), doc, units::dim::time, "ms", value, value->range);
  };
  constexpr const char *everyDoc = "how often it is recorded", *stepDoc = "its own step";
  if (every)
    observer.every = scalar("every", everyDoc, every);
  observer.step = stepOf(stmt, instance, observer);
  if (!every)
    observer.every = scalar("every", everyDoc, wholeSteps(observer.step, stmt.name.range));
  program.scalars[observer.step].doc = stepDoc;
}

/// The step that is set here; else the model's own; else, of a model without states, the interval: it shows the mean over that; else 1 ms.
int NetworkBuilder::stepOf(const syntax::ObserveStmt &stmt, const ModelInstance &instance, const Observer &observer) {
  const Expr *step = nullptr;
  Range range = stmt.name.range;
  for (const syntax::Setting &setting : stmt.use.settings) {
    if (setting.name.text != "step" || !setting.value || setting.drawn)
      continue;
    step = ExprChecker(context, *this, "the step of an observer").number(*setting.value);
    if (step && !context.expect(*step, {units::dim::time, "ms", {}, "a step"}, "the step of an observer"))
      step = nullptr;
  }
  bool hasStates = !instance.names({VariableRole::State}).empty();
  if (!step && instance.step) {
    const Binding *drawn = nullptr;
    step = context.rewrite(instance.step, [&](const Expr &e) -> const Expr * {
      if (e.op != Op::Variable)
        return nullptr;
      for (const Binding &binding : observer.use.bindings) {
        if (binding.param != e.index)
          continue;
        if (binding.value.scalar >= 0)
          return readScalar(binding.value.scalar, e.range);
        drawn = &binding;
      }
      return nullptr;
    });
    if (drawn && drawn->value.isDrawn())
      context.report(Kind::MisplacedDraw, range, fmt::format("the step is one for all elements, and depends on `{}`, which is drawn", drawn->path))
          .also(instance.step->range, "the step of the model")
          .withHelp(fmt::format("`{} {{ step = 1 ms }}`", instance.model.definition));
    if (drawn)
      step = nullptr; // a param without a value has been reported
  }
  if (!step && !hasStates && observer.every >= 0)
    step = readScalar(observer.every, range);
  if (!step) {
    Expr *one = context.number(1, units::dim::time, range);
    one->unit = "ms";
    step = one;
  }
  return addScalar(fmt::format("{}.step", observer.name), "", units::dim::time, "ms", step, step->range);
}

/// A time rounded to steps of the run, at least one: max(1, round(time / dt)) * dt.
const Expr *NetworkBuilder::wholeSteps(int scalar, Range range) {
  auto make = [&](Op op, UnitTerm term, const Expr *a, const Expr *b) { return context.node(op, range, std::move(term), {a, b}); };
  UnitTerm pure, time = units::dim::time;
  const Expr *dt = context.node(Op::Step, range, time);
  Expr *rounded = context.node(Op::Call, range, pure, {make(Op::Div, pure, readScalar(scalar, range), dt)});
  rounded->function = Function::Round;
  Expr *steps = make(Op::Call, pure, context.number(1, {}, range), rounded);
  steps->function = Function::Max;
  Expr *result = make(Op::Mul, time, steps, dt);
  result->unit = "ms";
  return result;
}

} // namespace bdc::rules
