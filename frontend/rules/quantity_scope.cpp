#include "frontend/rules/quantity_scope.h"

#include <fmt/format.h>

namespace bdc::rules {

QuantityScope::QuantityScope(Context &context, NetworkBuilder &network, std::string verb, std::vector<VariableRole> roles, int instead)
    : context(context),
      network(network),
      verb(std::move(verb)),
      roles(std::move(roles)),
      instead(instead) {
  file = network.file;
}

Scope::Answer QuantityScope::index(const syntax::IndexExpr &expr) {
  if (!placeName(expr))
    return {};
  context.report(Kind::Unsupported, expr.range, fmt::format("a part of the nodes cannot be {}d alone yet", verb));
  return {true, nullptr};
}

Scope::Answer QuantityScope::member(const syntax::MemberExpr &expr) {
  std::optional<PlaceName> place = placeName(expr);
  if (!place || !place->member || place->slice || network.findConnectome(place->population.text) >= 0)
    return network.member(expr);
  int at = network.population(place->population);
  if (at < 0)
    return {true, nullptr};
  if (population >= 0 && population != at) {
    context.report(Kind::MixedElements, expr.range, fmt::format("what is {}d is made of one population", verb));
    return {true, nullptr};
  }
  population = at;
  if (place->member.text == "size")
    return network.member(expr);
  return element(instead < 0 ? at : instead, place->member, expr.range);
}

Scope::Answer QuantityScope::element(int at, const syntax::Name &member, Range range) {
  const ModelInstance &instance = network.instanceOf(at);
  int index = instance.model.indexOf(member.text);
  if (instead >= 0 && index < 0) {
    if (!instance.broken)
      context
          .report(Kind::UnknownMember, range,
                  fmt::format("the coupling reads its target too, and {} has no `{}`", instance.model.definition, member.text))
          .also(instance.model.range, "defined here")
          .withHelp("`additive` and `sigmoidal` read the source alone");
    return {true, nullptr};
  }
  index = network.memberOf(at, member, roles, "state or plain value");
  if (index < 0)
    return {true, nullptr};
  const Variable &variable = instance.model.variables[index];
  if (variable.noisy) {
    context.report(Kind::MisplacedNoise, range, fmt::format("{} is noise, which has no value at one time", context.quote(range)))
        .also(variable.range, "it reads `white`")
        .withHelp(fmt::format("{} a state whose derivative has the noise in it", verb));
    return {true, nullptr};
  }
  Expr *expr = context.node(Op::Element, range, instance.terms[index]);
  expr->index = index;
  expr->unit = variable.unit;
  return {true, expr};
}

} // namespace bdc::rules
