// `x[t - d]`: what a state or a plain value of the same element was a while ago.
#include "frontend/rules/model_builder.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;
using syntax::ModelKind;

/// The `d` of `x[t - d]`, checked; null where it is in error.
const Expr *ModelBuilder::delayOf(const syntax::IndexExpr &expr, std::string_view name) {
  const syntax::Subscript *subscript = expr.subscripts.size() == 1 ? &expr.subscripts[0] : nullptr;
  bool isOne = subscript && !subscript->isSlice && !subscript->except && subscript->index;
  auto *ago = isOne ? dynAs<syntax::BinaryExpr>(subscript->index) : nullptr;
  auto isTime = [](const syntax::ExprPtr &part) {
    auto *word = dynAs<syntax::NameExpr>(part);
    return word && word->name.text == "t";
  };
  if (!ago || ago->op != syntax::BinaryOp::Sub || !isTime(ago->left)) {
    bool isPresent = isOne && isTime(subscript->index);
    bool isFuture = ago && ago->op == syntax::BinaryOp::Add && isTime(ago->left);
    context
        .report(Kind::MisplacedExpression, expr.range,
                isFuture ? fmt::format("the future of `{}` is not known", name)
                         : fmt::format("in brackets behind `{}` stands a time that has passed", name))
        .withHelp(isPresent ? fmt::format("`{}` alone is its present value", name) : fmt::format("`{}[t - 5 ms]`", name));
    return nullptr;
  }
  static constexpr const char *place = "a delay";
  const Expr *delay = ExprChecker(context, *this, place).number(*ago->right);
  if (!delay || !context.expect(*delay, {units::dim::time, "ms", {}, "a delay"}, place))
    return nullptr;
  if (!isConstant(*delay)) {
    context.report(Kind::NotConstant, delay->range, fmt::format("the delay of `{}` changes during the run", name))
        .withHelp("a delay is made of params and numbers");
    return nullptr;
  }
  if (evaluate(*delay) < 0) {
    context.report(Kind::InvalidTime, delay->range, "the delay is negative").withHelp("the shortest is `0 ms`");
    return nullptr;
  }
  return delay;
}

Scope::Answer ModelBuilder::index(const syntax::IndexExpr &expr) {
  auto *base = dynAs<syntax::NameExpr>(expr.base);
  int index = base ? find(base->name.text) : -1;
  if (index < 0)
    return {base && isRejected(base->name.text), nullptr};
  const std::string &name = variable(index).name;
  VariableRole role = variable(index).role;
  Place before = where;
  const Expr *delay = delayOf(expr, name);
  where = before;
  if (!delay || entries[index].progress == Progress::Failed)
    return {true, nullptr};
  if (where == Place::Default || where == Place::Initial) {
    context.report(Kind::NotConstant, expr.range, fmt::format("the past of `{}` is not known before the first step", name));
    return {true, nullptr};
  }
  if (decl.model == ModelKind::Observer) {
    context.report(Kind::MisplacedExpression, expr.range, fmt::format("the past of `{}` is not kept in an observer", name))
        .withHelp("name it in the model that is observed, `u = x[t - 5 ms]`, and observe `u`; or let a state follow it");
    return {true, nullptr};
  }
  if (decl.model == ModelKind::Coupling || (role != VariableRole::State && role != VariableRole::Let)) {
    bool isInput = role == VariableRole::Input;
    context
        .report(Kind::MisplacedExpression, expr.range,
                role == VariableRole::Param ? fmt::format("`{}` is a param: it was what it is", name)
                                            : fmt::format("the past of `{}` is not kept", name))
        .also(variable(index).range, "declared here")
        .withHelp(isInput ? fmt::format("give it a name: `u = {}`, then `u[t - …]`", name) : "");
    return {true, nullptr};
  }
  // A plain value may well read its own past: it is not asked for here, and its unit is learnt when it is checked.
  Expr *past = context.node(Op::Past, expr.range, instance.terms[index], {delay});
  past->index = index;
  past->unit = variable(index).unit;
  return {true, past};
}

/// What can only be said when all plain values are known.
void ModelBuilder::checkPasts() {
  for (uint32_t i = firstNode; i < context.program.nodes.size(); ++i) {
    const Expr &past = context.program.nodes[i];
    if (past.op != Op::Past || variable(past.index).role != VariableRole::Let)
      continue;
    const Variable &let = variable(past.index);
    if (let.noisy)
      context.report(Kind::MisplacedNoise, past.range, fmt::format("`{}` is noise, which has no value at one time", let.name))
          .also(let.range, "it reads `white`")
          .withHelp("read a state whose derivative has the noise in it");
    if (reads(let.value, Op::Time))
      context.report(Kind::Unsupported, past.range, fmt::format("the past of `{}`, which reads the time, is not available yet", let.name))
          .also(let.range, "it reads `t`")
          .withHelp("write it out with the earlier time, `sin((t - 5 ms) / 1 ms)`, or let a state follow it");
    std::vector<int> path;
    if (dependsOnItself(past.index, path) && context.isFirst(Kind::CyclicDefinition, let.name, extent))
      context.report(Kind::CyclicDefinition, past.range, fmt::format("what `{}` was before the run depends on itself", let.name))
          .also(let.range, "it is made of its own past")
          .withHelp("what has a memory is a `state`, with an initial value");
  }
}

/// Before the first step the past of a plain value is what it is then; so its past must not lead back to it.
bool ModelBuilder::dependsOnItself(int let, std::vector<int> &path) {
  if (std::find(path.begin(), path.end(), let) != path.end())
    return let == path.front();
  path.push_back(let);
  return anyNode(variable(let).value, [&](const Expr &e) {
    bool reads = e.op == Op::Variable || e.op == Op::Past;
    return reads && variable(e.index).role == VariableRole::Let && dependsOnItself(e.index, path);
  });
}

} // namespace bdc::rules
