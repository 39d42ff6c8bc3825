// Models: declarations, derivatives, handlers.
#include "frontend/translate/translator.h"

namespace bdc::translate {

void Translator::model(const rules::Model &m) {
  current = &m;
  StringRef word(syntax::word(m.kind).data(), syntax::word(m.kind).size());
  auto op = bd::ModelOp::create(builder, location(m.range), m.name, *bd::symbolizeModelKind(word));
  inside(op.getBody(), [&] {
    for (const rules::Variable &each : m.variables)
      variable(each);
    for (const rules::Variable &each : m.variables)
      if (each.derivative) {
        auto ode = bd::OdeOp::create(builder, location(each.derivative->range), symbol(each.name));
        fillExpression(ode.getDerivative(), each.derivative);
      }
    for (const rules::Handler &each : m.handlers)
      handler(each);
  });
  current = nullptr;
}

void Translator::variable(const rules::Variable &v) {
  using rules::VariableRole;
  Location loc = location(v.range);
  bd::QuantityType type = quantity(v.dimension, v.unit);
  purpose = v.name;
  switch (v.role) {
  case VariableRole::Param: {
    StringAttr doc = v.doc.empty() ? StringAttr() : builder.getStringAttr(v.doc);
    auto op = bd::ParamOp::create(builder, loc, v.name, type, v.drawn, /*whole=*/false, doc);
    showPoint(op, v.unit);
    fillExpression(op.getValue(), v.value);
    break;
  }
  case VariableRole::State: {
    // A state without a derivative changes by events alone.
    bd::StateKind kind = v.derivative ? bd::StateKind::Hidden : bd::StateKind::ShortTerm;
    auto op = bd::StateOp::create(builder, loc, v.name, bd::StateType::get(builder.getContext(), type, kind));
    showPoint(op, v.unit);
    fillExpression(op.getInitial(), v.value);
    break;
  }
  case VariableRole::Input: bd::InputOp::create(builder, loc, v.name, type); break;
  case VariableRole::Let: {
    auto op = bd::LetOp::create(builder, loc, v.name, type);
    showPoint(op, v.unit);
    fillExpression(op.getValue(), v.value);
    break;
  }
  case VariableRole::Output: {
    StringAttr name = v.name.empty() ? StringAttr() : builder.getStringAttr(v.name);
    fillExpression(bd::OutputOp::create(builder, loc, name, type).getValue(), v.value);
    break;
  }
  }
}

void Translator::handler(const rules::Handler &h) {
  auto op = bd::OnOp::create(builder, location(h.range));
  fillExpression(op.getCondition(), h.condition);
  inside(op.getActions(), [&] {
    for (const rules::Action &each : h.actions) {
      // An action reads what the ones before it have set, so nothing computed before may be used again.
      done.clear();
      action(each);
    }
    bd::YieldOp::create(builder, op.getLoc(), ValueRange());
  });
}

void Translator::action(const rules::Action &a) {
  Location loc = location(a.range);
  switch (a.kind) {
  case rules::ActionKind::Emit: bd::EmitOp::create(builder, loc); break;
  case rules::ActionKind::Hold: bd::HoldOp::create(builder, loc, symbol(variableName(a.variable)), expression(*a.value)); break;
  case rules::ActionKind::Set:
    if (a.increment)
      bd::IncrementOp::create(builder, loc, symbol(variableName(a.variable)), expression(*a.increment));
    else
      bd::SetOp::create(builder, loc, symbol(variableName(a.variable)), expression(*a.value));
    break;
  }
}

} // namespace bdc::translate
