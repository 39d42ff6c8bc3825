// `start`: initial values of whole populations and of parts of them, and of states that rest where these are.
#include "frontend/rules/network.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>

namespace bdc::rules {

void NetworkBuilder::start(const syntax::StartStmt &stmt) {
  for (const syntax::ExprPtr &expr : stmt.places) {
    std::optional<PlaceName> place = placeName(*expr);
    if (!place || !place->member) {
      context.report(Kind::MisplacedExpression, expr->range, "`start` names a state of a population")
          .withHelp("`start E.v = -60 mV`");
      continue;
    }
    int at = population(place->population);
    Slice cut = slice(place->slice, at);
    int state = at < 0 ? -1 : memberOf(at, place->member, {VariableRole::State}, "state");
    if (!stmt.value)
      continue;
    std::string what = fmt::format("the initial value of {}.{}", place->population.text, place->member.text);
    allowsDraws = stmt.drawn;
    allowsIndex = true;
    const Expr *value = ExprChecker(context, *this, what).number(*stmt.value);
    allowsDraws = allowsIndex = false;
    if (!value || state < 0)
      continue;
    if (isStartedTwice(at, state, place->slice, *expr, what))
      continue;
    ModelInstance &instance = instanceOf(at);
    Expected expected{instance.terms[state], instance.model.variables[state].unit, expr->range,
                      fmt::format("{}.{}", place->population.text, place->member.text)};
    if (instance.knows(state) && !context.expect(*value, expected, what))
      continue;
    if (stmt.drawn && !anyNode(value, [](const Expr &e) { return e.op == Op::Random; })) {
      context.report(Kind::MissingDraw, stmt.value->range, fmt::format("`~` draws, and there is no distribution in {}", what))
          .withHelp("write `=`, or a distribution such as `normal(…)`");
      continue;
    }
    if (place->slice)
      partStarts.push_back({at, state, cut, place->slice, value, expr->range});
    else
      program.starts.push_back({at, state, value, isPerElement(value), expr->range});
  }
}

/// A state is started once as a whole, then each of its slices once.
bool NetworkBuilder::isStartedTwice(int at, int state, const syntax::IndexExpr *slice, const syntax::Expr &expr,
                                    const std::string &what) {
  auto isSame = [&](const auto &start) { return start.population == at && start.state == state; };
  auto written = [&](const syntax::IndexExpr *index) { return context.text(index->subscripts[0].range); };
  auto whole = std::find_if(program.starts.begin(), program.starts.end(), isSame);
  auto part = std::find_if(partStarts.begin(), partStarts.end(), [&](const PartStart &start) {
    return isSame(start) && (!slice || (!slice->subscripts.empty() && written(start.written) == written(slice)));
  });
  bool isTwice = part != partStarts.end() || (!slice && whole != program.starts.end());
  if (isTwice)
    context
        .report(Kind::DuplicateSetting, expr.range,
                !slice && part != partStarts.end() ? fmt::format("{} is given after that of a part of it", what)
                                                   : fmt::format("{} is given twice", what))
        .also(part != partStarts.end() ? part->range : whole->range, "first here")
        .withHelp(!slice && part != partStarts.end() ? "what holds for all comes first" : "");
  return isTwice;
}

/// Puts the starts of slices into those of whole states: of the states that rest where others are (`steady`), or of the others.
void NetworkBuilder::startParts(bool steady) {
  for (const PartStart &part : partStarts) {
    const ModelInstance &instance = instanceOf(part.population);
    bool isSteady =
        std::any_of(instance.steady.begin(), instance.steady.end(), [&](const auto &s) { return s.state == part.state; });
    if (isSteady != steady || instance.broken || program.populations[part.population].size < 0)
      continue;
    auto whole = std::find_if(program.starts.begin(), program.starts.end(), [&](const Start &start) {
      return start.population == part.population && start.state == part.state;
    });
    if (whole == program.starts.end()) {
      const Expr *own = startOf(part.population, part.state, part.range);
      whole = program.starts.insert(whole, {part.population, part.state, own, isPerElement(own), part.range});
    }
    // The draws of what was there keep their numbers: they come first.
    Expr *both = context.node(Op::Select, part.range, instance.terms[part.state], {outside(part), whole->value, part.value});
    both->unit = whole->value->unit;
    whole->value = both;
    whole->drawn = true;
    whole->parts.push_back({part.slice, part.range});
  }
}

/// Whether an element lies outside of a slice.
const Expr *NetworkBuilder::outside(const PartStart &part) {
  Range range = part.range;
  auto binary = [&](Op op, const Expr *left, const Expr *right, bool isCondition) -> const Expr * {
    Expr *result = context.node(op, range, UnitTerm(), {left, right});
    result->isCondition = isCondition;
    return result;
  };
  auto number = [&](double value) { return context.number(value, {}, range); };
  const Expr *index = context.node(Op::Index, range, UnitTerm());
  auto fromStart = [&](const Expr *bound) -> const Expr * { // a negative one counts from the end
    const Expr *size = readScalar(program.populations[part.population].size, range);
    return context.node(Op::Select, range, UnitTerm(),
                        {binary(Op::Less, bound, number(0), true), binary(Op::Add, size, bound, false), bound});
  };
  const Slice &cut = part.slice;
  const Expr *first = cut.start ? fromStart(cut.start) : number(0);
  if (cut.single)
    return binary(Op::NotEqual, index, first, true);
  const Expr *result = binary(Op::Less, index, first, true);
  if (cut.stop)
    result = binary(Op::Or, result, binary(Op::GreaterEqual, index, fromStart(cut.stop), true), true);
  if (!cut.step)
    return result;
  Expr *rest = context.node(Op::Call, range, UnitTerm(), {binary(Op::Sub, index, first, false), cut.step});
  rest->function = Function::Mod;
  return binary(Op::Or, result, binary(Op::NotEqual, rest, number(0), true), true);
}

// ------------------------------------------------------------------------------------------------ steady states

/// The initial value of a state at network level: that of its `start`, or the model's own over the params of this
/// population. Draws keep the stream that they have where they are made, so that both places see one value.
const Expr *NetworkBuilder::startOf(int at, int state, Range range) {
  for (size_t i = program.starts.size(); i-- > 0;)
    if (program.starts[i].population == at && program.starts[i].state == state)
      return program.starts[i].value;
  const Population &population = program.populations[at];
  const ModelInstance &instance = instances[population.use.model];
  const Expr *value = instance.model.variables[state].value;
  for (const ModelInstance::Steady &steady : instance.steady)
    if (steady.state == state)
      value = steady.value;
  if (!value)
    return context.node(Op::Number, range, instance.terms[state]); // zero
  std::function<const Expr *(const Expr &)> inPopulation = [&](const Expr &e) -> const Expr * {
    if (e.op == Op::Random) { // the model's own: as this population draws it
      std::vector<const Expr *> operands;
      for (const Expr *operand : e.operands)
        operands.push_back(context.rewrite(operand, inPopulation));
      Expr *own = context.node(Op::Random, e.range, context.term(e), std::move(operands));
      own->distribution = e.distribution;
      own->unit = e.unit;
      own->name = fmt::format("{}.{}", population.name, e.name);
      own->index = e.index;
      return own;
    }
    if (e.op != Op::Variable)
      return nullptr;
    const Variable &variable = instance.model.variables[e.index];
    if (variable.role == VariableRole::State)
      return startOf(at, e.index, range);
    if (variable.role == VariableRole::Let) // an initial value reads only what is made of params
      return context.rewrite(variable.value, inPopulation);
    for (const Binding &binding : population.use.bindings)
      if (binding.param == e.index && binding.value)
        return binding.value.isDrawn() ? binding.value.drawn : readScalar(binding.value.scalar, range);
    return nullptr;
  };
  return context.rewrite(value, inPopulation);
}

/// A `steady` state starts from the initial values that the others have in this network.
void NetworkBuilder::startSteady(int at) {
  const Population &population = program.populations[at];
  const ModelInstance &instance = instances[population.use.model];
  auto isStarted = [&](int state) {
    return std::any_of(program.starts.begin(), program.starts.end(),
                       [&](const Start &start) { return start.population == at && start.state == state; });
  };
  std::vector<Start> added;
  for (const ModelInstance::Steady &steady : instance.steady) {
    bool dependsOnStart = anyNode(steady.value, [&](const Expr &e) {
      return e.op == Op::Variable && instance.model.variables[e.index].role == VariableRole::State && isStarted(e.index);
    });
    if (isStarted(steady.state) || !dependsOnStart || instance.broken)
      continue;
    Range range = instance.model.variables[steady.state].range;
    const Expr *value = startOf(at, steady.state, range);
    bool drawn = isPerElement(value);
    added.push_back({at, steady.state, value, drawn, range});
  }
  program.starts.insert(program.starts.end(), added.begin(), added.end());
}

} // namespace bdc::rules
