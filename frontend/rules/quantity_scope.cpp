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
  std::optional<PlaceName> place = placeName(expr);
  if (!place)
    return {};
  if (network.reportPast(expr))
    return {true, nullptr};
  if (!takesParts || !place->member)
    return part(expr.range);
  int at = network.population(place->population);
  return at < 0 || !sameElements(at, place->slice, expr.range) ? Answer{true, nullptr}
                                                               : element(instead < 0 ? at : instead, place->member, expr.range);
}

Scope::Answer QuantityScope::part(Range range) {
  context.report(Kind::Unsupported, range, fmt::format("a part of the nodes cannot be {}d alone yet", verb));
  return {true, nullptr};
}

Scope::Answer QuantityScope::member(const syntax::MemberExpr &expr) {
  std::optional<PlaceName> place = placeName(expr);
  if (place && place->member && place->slice && !takesParts)
    return part(expr.range);
  if (place && place->member && place->slice && takesParts) {
    int at = network.population(place->population);
    if (at < 0 || !sameElements(at, place->slice, expr.range))
      return {true, nullptr};
    return element(instead < 0 ? at : instead, place->member, expr.range);
  }
  if (!place || !place->member || place->slice || network.findConnectome(place->population.text) >= 0)
    return network.member(expr);
  int at = network.population(place->population);
  if (at < 0)
    return {true, nullptr};
  if (place->member.text == "size")
    return network.member(expr);
  if (!sameElements(at, nullptr, expr.range))
    return {true, nullptr};
  return element(instead < 0 ? at : instead, place->member, expr.range);
}

/// `rate(E, window = 2 ms)`.
Scope::Answer QuantityScope::call(const syntax::CallExpr &expr) {
  auto *callee = syntax::dynAs<syntax::NameExpr>(expr.callee);
  if (!callee || callee->name.text != "rate")
    return network.call(expr);
  if (!takesParts) {
    context.report(Kind::MisplacedExpression, expr.range, fmt::format("a rate cannot be {}d", verb))
        .withHelp("`couple rate(E, window = 2 ms) -> …`, `plot rate(E)`");
    return {true, nullptr};
  }
  const syntax::Expr *of = nullptr;
  const Expr *time = nullptr;
  bool fine = true;
  for (const syntax::Argument &argument : expr.arguments)
    if (!argument.name && !of) {
      of = argument.value.get();
    } else if (argument.name.text == "window") {
      time = ExprChecker(context, network, "the window of a rate").number(*argument.value);
      fine &= time && context.expect(*time, {units::dim::time, "ms", {}, "a window"}, "the window of a rate");
    } else {
      context.report(argument.name ? Kind::UnknownOption : Kind::WrongArgumentCount, argument.name ? argument.name.range : argument.range,
                     argument.name ? fmt::format("`rate` has no option `{}`", argument.name.text) : "`rate` is of one population")
          .withHelp("`rate(E, window = 2 ms)`");
      return {true, nullptr};
    }
  std::optional<PlaceName> place = of ? placeName(*of) : std::nullopt;
  if (!place || place->member || place->slice) {
    context.report(Kind::MisplacedExpression, of ? of->range : expr.range, "what is coupled is the rate of a whole population")
        .withHelp("`rate(E, window = 2 ms)`");
    return {true, nullptr};
  }
  int at = network.population(place->population);
  if (at < 0 || !fine)
    return {true, nullptr};
  if (!time) {
    context.report(Kind::MissingClause, expr.range, "a rate is counted in a window").withHelp(fmt::format("`rate({}, window = 2 ms)`", place->population.text));
    return {true, nullptr};
  }
  if (double known = evaluate(*time); known <= 0) {
    context.report(Kind::InvalidTime, time->range, "the window of a rate must be longer than nothing");
    return {true, nullptr};
  }
  if (!network.emitsSpikes(at, of->range) || !sameElements(at, nullptr, expr.range))
    return {true, nullptr};
  if (window) {
    context.report(Kind::MixedElements, expr.range, "one coupling reads one rate").withHelp("two statements add up");
    return {true, nullptr};
  }
  window = time;
  Expr *rate = context.node(Op::Rate, expr.range, units::dim::none / units::dim::time);
  rate->unit = "kHz";
  return {true, rate};
}

/// Notes which elements the quantity is made of; false, and reported, where it was made of others before.
bool QuantityScope::sameElements(int at, const syntax::IndexExpr *part, Range range) {
  auto written = [&](const syntax::IndexExpr *index) { return index && !index->subscripts.empty() ? context.text(index->subscripts[0].range) : ""; };
  if (population >= 0 && (population != at || written(part) != written(slice))) {
    context.report(Kind::MixedElements, range,
                   population != at ? fmt::format("what is {}d is made of one population", verb)
                                    : fmt::format("what is {}d is made of the same elements", verb))
        .withHelp(population != at ? "" : "`area.x[0:10] - area.y[0:10]`");
    return false;
  }
  population = at;
  slice = part;
  return true;
}

Scope::Answer QuantityScope::element(int at, const syntax::Name &member, Range range) {
  const ModelInstance &instance = network.instanceOf(at);
  int index = instance.model.indexOf(member.text);
  if (instead >= 0 && index < 0) {
    if (!network.mayHave(instance, member.text))
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
