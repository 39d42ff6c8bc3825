// Events of a definition: what happens when a condition becomes true, or when a spike arrives.
#include "frontend/rules/model_builder.h"

#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;
using syntax::ModelKind;
using syntax::Trigger;

bool ModelBuilder::triggerFits(const syntax::OnStmt &stmt) {
  if (decl.model == ModelKind::Neuron && stmt.trigger == Trigger::Condition)
    return true;
  if (decl.model == ModelKind::Synapse && stmt.trigger == Trigger::Spike)
    return true;
  if (decl.model == ModelKind::Synapse && stmt.trigger == Trigger::Condition) {
    context.report(Kind::Unsupported, stmt.head, "a synapse that acts on a condition cannot be simulated yet")
        .withHelp("what an arriving event does stands in `on spike { … }`");
    return false;
  }
  std::string help;
  if (decl.model == ModelKind::Neuron)
    help = "a neuron acts on a condition (`on v > v_th { … }`); what an arriving spike does belongs into a `synapse`";
  else if (decl.model == ModelKind::Synapse)
    help = "a synapse acts on `on spike { … }`; `pre` and `post` belong to a `plasticity`";
  else if (decl.model == ModelKind::Mass)
    help = "a mass has no events: use `neuron`";
  else if (decl.model == ModelKind::Noise || decl.model == ModelKind::Coupling || decl.model == ModelKind::Observer)
    help = "events belong into a `neuron` or a `synapse`";
  else
    help = "an effect has no events of its own; they belong into the `synapse`";
  context.report(Kind::MisplacedEvent, stmt.head, fmt::format("this event does not happen in {}", syntax::aWord(decl.model)))
      .withHelp(std::move(help));
  return false;
}

void ModelBuilder::checkHandler(const syntax::OnStmt &stmt) {
  if (!triggerFits(stmt))
    return;
  Handler handler;
  handler.range = stmt.head;
  allowsTime = true;
  if (stmt.trigger == Trigger::Condition) {
    where = Place::Condition;
    handler.condition = ExprChecker(context, *this, "a condition of an event").condition(*stmt.condition);
  }
  for (const syntax::StmtPtr &action : stmt.body) {
    where = Place::Action;
    if (auto *update = dynAs<syntax::UpdateStmt>(action))
      checkUpdate(*update, handler);
    else if (auto *hold = dynAs<syntax::HoldStmt>(action))
      checkHold(*hold, handler);
    else if (auto *emit = dynAs<syntax::EmitStmt>(action))
      checkEmit(*emit, handler);
    else if (action->kind == syntax::StmtKind::Definition)
      context.report(Kind::MisplacedDeclaration, action->range, "nothing can be declared inside an event");
  }
  instance.model.handlers.push_back(std::move(handler));
}

/// The state that is meant, or -1: reported.
int ModelBuilder::stateNamed(const syntax::Name &name, std::string_view verb) {
  int index = find(name.text);
  if (index < 0 && isRejected(name.text))
    return -1;
  if (index >= 0 && variable(index).role == VariableRole::State)
    return index;
  if (index >= 0 && (context.engine.isDamaged(variable(index).range) || entries[index].progress == Progress::Failed))
    return -1;
  if (index < 0) {
    bool isWeight = name.text == "weight" && decl.model == ModelKind::Synapse;
    if (isWeight) {
      context.report(Kind::NotAState, name.range, "a synapse cannot change its weight")
          .withHelp("weights change by a `plasticity`");
      return -1;
    }
    context.reportUnknown(Kind::UnknownName, name, fmt::format("there is no state `{}`", name.text),
                          instance.names({VariableRole::State}), fmt::format("declare it: `state {} = 0`", name.text), extent);
    return -1;
  }
  static constexpr std::string_view words[] = {"a param, which is constant during a run", "a state",
                                               "an input, which is the sum of what drives it",
                                               "a plain value, which is computed anew each step", "an output"};
  if (!context.isFirst(Kind::NotAState, name.text, extent))
    return -1;
  context
      .report(Kind::NotAState, name.range,
              fmt::format("only a state {}; `{}` is {}", verb, name.text, words[int(variable(index).role)]))
      .also(variable(index).range, "declared here")
      .withHelp(fmt::format("make it a state: `state {} = …`", name.text));
  return -1;
}

void ModelBuilder::checkUpdate(const syntax::UpdateStmt &stmt, Handler &handler) {
  int index = stateNamed(stmt.name, "can be set");
  std::string place = fmt::format("the assignment to {}", stmt.name.text);
  bool adds = stmt.op == syntax::UpdateOp::Add || stmt.op == syntax::UpdateOp::Sub;
  ExprChecker checker(context, *this, place);
  const Expr *value = adds ? checker.increment(*stmt.value, "what is added") : checker.number(*stmt.value);
  if (index < 0 || !value || entries[index].progress == Progress::Failed)
    return;
  bool scales = stmt.op == syntax::UpdateOp::Mul || stmt.op == syntax::UpdateOp::Div;
  std::string unit = adds && units::isAffine(variable(index).unit) ? "K" : variable(index).unit;
  Expected expected{scales ? UnitTerm() : instance.terms[index], scales ? "1" : unit, scales ? stmt.opRange : stmt.name.range,
                    scales ? std::string("a factor") : std::string(stmt.name.text)};
  if (!context.expect(*value, expected, place))
    return;
  Action action{ActionKind::Set, index, value, nullptr, stmt.range};
  static constexpr Op ops[] = {Op::Number, Op::Add, Op::Sub, Op::Mul, Op::Div};
  if (stmt.op != syntax::UpdateOp::Set)
    action.value = context.node(ops[int(stmt.op)], stmt.range, instance.terms[index], {read(index, stmt.name.range), value});
  if (stmt.op == syntax::UpdateOp::Add)
    action.increment = value;
  if (stmt.op == syntax::UpdateOp::Sub)
    action.increment = context.node(Op::Negate, value->range, instance.terms[index], {value});
  if (decl.model == ModelKind::Synapse) {
    // Events that meet in one step are summed, so an event may only add, and by the same amount whenever it comes.
    bool readsState = anyNode(value, [&](const Expr &e) { return e.op == Op::Variable && !variable(e.index).constant; });
    if (!action.increment || readsState) {
      context
          .report(Kind::NonAdditiveEvent, stmt.range, "an arriving event must add something that does not depend on the states")
          .withHelp(fmt::format("`{} += weight`: events that arrive together are summed", stmt.name.text));
      return;
    }
  }
  handler.actions.push_back(action);
}

void ModelBuilder::checkHold(const syntax::HoldStmt &stmt, Handler &handler) {
  if (decl.model != ModelKind::Neuron) {
    context.report(Kind::MisplacedEvent, stmt.range, fmt::format("{} holds nothing", syntax::aWord(decl.model)))
        .withHelp("`hold` belongs into the events of a neuron");
    return;
  }
  const Expr *duration = ExprChecker(context, *this, "the duration of a hold").number(*stmt.duration);
  if (duration && !context.expect(*duration, {units::dim::time, "ms", {}, "a duration"}, "the duration of a hold"))
    duration = nullptr;
  for (const syntax::Name &name : stmt.names) {
    int index = stateNamed(name, "can be held");
    if (index >= 0 && duration)
      handler.actions.push_back({ActionKind::Hold, index, duration, nullptr, stmt.range});
  }
}

void ModelBuilder::checkEmit(const syntax::EmitStmt &stmt, Handler &handler) {
  if (decl.model != ModelKind::Neuron) {
    context.report(Kind::MisplacedEvent, stmt.range, fmt::format("{} emits nothing", syntax::aWord(decl.model)))
        .withHelp("`emit spike` belongs into the events of a neuron");
    return;
  }
  if (!stmt.event)
    return; // reported by the parser
  if (stmt.event.text != "spike") {
    context.report(Kind::UnknownName, stmt.event.range, fmt::format("there is no event `{}`", stmt.event.text))
        .withHelp("a neuron emits a `spike`");
    return;
  }
  handler.actions.push_back({ActionKind::Emit, -1, nullptr, nullptr, stmt.range});
}

} // namespace bdc::rules
