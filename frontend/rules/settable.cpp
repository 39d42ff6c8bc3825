#include "frontend/rules/settable.h"

#include "frontend/rules/network.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;

namespace {

/// Calls with each path that has many values, how it comes to them, and for each of what.
template <typename Found> void eachDrawn(const Program &program, const Found &found) {
  auto one = [&](std::string_view path, const Value &value, std::string_view what) {
    if (value.isDrawn())
      found(path, anyNode(value.drawn, [](const Expr &e) { return e.op == Op::Random; }) ? "is drawn" : "has a value", what);
  };
  auto of = [&](const ModelUse &use, std::string_view what) {
    for (const Binding &binding : use.bindings)
      one(binding.path, binding.value, what);
  };
  for (const Population &population : program.populations)
    of(population.use, "element");
  for (const Observer &observer : program.observers)
    of(observer.use, "element");
  for (const Disturbance &disturbance : program.disturbances)
    of(disturbance.noise, "element");
  for (const Projection &projection : program.projections) {
    of(projection.synapse, "element of the target");
    of(projection.effect, "element of the target");
    one(projection.statement + ".weight", projection.weight, "connection");
    one(projection.statement + ".delay", projection.delay, "connection");
  }
}

/// What a variable of a model is where it is no parameter.
std::string whatElse(VariableRole role, std::string_view path) {
  switch (role) {
  case VariableRole::State: return fmt::format("it is a state; `start {} = …` in the network is its first value", path);
  case VariableRole::Input: return fmt::format("it is an input; `drive {} = …` in the experiment is added to it", path);
  case VariableRole::Let:
  case VariableRole::Output: return "the model computes it";
  case VariableRole::Param: break;
  }
  return "";
}

/// Why a path that is no scalar cannot be set, or an empty text where it is unknown.
std::string whyNot(const Program &program, std::string_view path) {
  std::string reason;
  for (const Population &population : program.populations) {
    const auto model = static_cast<size_t>(population.use.model);
    if (model >= program.models.size())
      continue; // the program is being made
    for (const Variable &variable : program.models[model].variables)
      if (path == fmt::format("{}.{}", population.name, variable.name))
        reason = whatElse(variable.role, path);
  }
  eachDrawn(program, [&](std::string_view drawn, std::string_view has, std::string_view what) {
    if (drawn == path)
      reason = fmt::format("it {} for each {}", has, what);
  });
  for (const Connectome &each : program.connectomes)
    for (std::string_view member : each.membersWithEntries())
      if (path == fmt::format("{}.{}", each.name, member))
        reason = fmt::format("it has a value for each {}", each.isMatrix() ? "entry" : "connection");
  return reason;
}

/// The nearest name, the names that end like it, or some that there are.
std::string nearest(const Program &program, std::string_view path) {
  std::vector<std::string_view> names = {"seed"};
  for (const Scalar &scalar : program.scalars)
    names.push_back(scalar.path);
  std::vector<std::string> drawn;
  eachDrawn(program, [&](std::string_view name, auto...) { drawn.emplace_back(name); });
  std::vector<std::string_view> candidates = names;
  candidates.insert(candidates.end(), drawn.begin(), drawn.end());
  if (std::string help = diag::didYouMeanHelp(path, candidates); !help.empty())
    return help;
  std::string help;
  // The right member with a population missing in front of it.
  for (std::string_view name : names)
    if (name.ends_with(fmt::format(".{}", path)))
      help += fmt::format("{}`{}`", help.empty() ? "there is " : ", ", name);
  if (!help.empty())
    return help;
  constexpr size_t most = 12; // as many as one reads
  for (size_t i = 0; i < std::min(names.size(), most); ++i)
    help += fmt::format("{}`{}`", i == 0 ? "there is " : ", ", names[i]);
  return names.size() > most ? help + fmt::format(" and {} more", names.size() - most) : help;
}

/// Whether something that is counted depends on a scalar.
bool countsThings(const Program &program, int scalar) {
  std::vector<bool> depends(program.scalars.size());
  depends[scalar] = true;
  for (size_t i = 0; i < depends.size(); ++i) { // each reads only earlier ones
    const Scalar &each = program.scalars[i];
    if (anyNode(each.value, [&](const Expr &e) { return e.op == Op::Scalar && depends[e.index]; }))
      depends[i] = true;
    if (depends[i] && each.whole)
      return true;
  }
  auto reads = [&](const Expr *expr) { return anyNode(expr, [&](const Expr &e) { return e.op == Op::Scalar && depends[e.index]; }); };
  auto takes = [&](const Slice &slice) { return reads(slice.start) || reads(slice.stop) || reads(slice.step); };
  auto ends = [&](const auto &each) { return takes(each.sourceSlice) || takes(each.targetSlice); };
  return std::ranges::any_of(program.projections, ends) || std::ranges::any_of(program.couplings, ends) ||
         std::ranges::any_of(program.experiment.drives, [&](const Drive &each) { return takes(each.slice); }) ||
         std::ranges::any_of(program.starts, [&](const Start &each) {
           return std::ranges::any_of(each.parts, [&](const Start::Part &part) { return takes(part.slice); });
         });
}

} // namespace

std::string pathOf(const syntax::Expr &expr) {
  if (auto *name = dynAs<syntax::NameExpr>(&expr))
    return std::string(name->name.text);
  auto *member = dynAs<syntax::MemberExpr>(&expr);
  std::string base = member ? pathOf(*member->base) : "";
  return base.empty() ? "" : fmt::format("{}.{}", base, member->member.text);
}

bool isOfRun(std::string_view path) {
  constexpr std::string_view names[] = {"dt", "duration", "discard", "seed"};
  return std::ranges::find(names, path) != std::end(names);
}

int findSettable(const Program &program, std::string_view path) {
  for (size_t i = 0; i < program.scalars.size(); ++i)
    if (program.scalars[i].path == path)
      return int(i);
  for (std::string_view part : {".synapse.", ".effect.", ".param."})
    if (size_t at = path.find(part); at != std::string_view::npos)
      return findSettable(program, fmt::format("{}.{}", path.substr(0, at), path.substr(at + part.size())));
  return -1;
}

int settable(const Program &program, std::string_view path, const ParameterUse &use, Range range, diag::Engine &engine) {
  const int index = findSettable(program, path);
  if (index >= 0 && program.scalars[index].fixedBy.empty())
    return index;
  std::string reason = index >= 0 ? "it is " + program.scalars[index].fixedBy : whyNot(program, path);
  if (!reason.empty())
    engine.report(Kind::NotSettable, range, fmt::format("`{}` cannot be {}: {}", path, use.done, reason));
  else
    engine.report(Kind::UnknownParameter, range, fmt::format("there is no parameter `{}` to {}", path, use.verb)).withHelp(nearest(program, path));
  return -1;
}

/// What a variable of a population is where it is no parameter; empty for anything else.
std::string NetworkBuilder::whyNoParam(std::string_view path) const {
  const size_t dot = std::min(path.find('.'), path.size());
  const int at = findPopulation(path.substr(0, dot));
  if (at < 0 || dot == path.size())
    return "";
  const Variable *variable = instances[program.populations[at].use.model].model.find(path.substr(dot + 1));
  return variable ? whatElse(variable->role, path) : "";
}

int NetworkBuilder::movable(const syntax::Expr &expr, const ParameterUse &use) {
  if (expr.kind == syntax::ExprKind::Error)
    return -1;
  const std::string path = pathOf(expr);
  if (path.empty()) {
    context.report(Kind::MisplacedExpression, expr.range, std::string(use.form)).withHelp(std::string(use.usage));
    return -1;
  }
  if (!use.notOfRun.empty() && isOfRun(path)) {
    context.report(Kind::NotSettable, expr.range, fmt::format(fmt::runtime(use.notOfRun), path));
    return -1;
  }
  if (findSettable(program, path) < 0) {
    if (std::string reason = whyNoParam(path); !reason.empty()) {
      context.report(Kind::NotSettable, expr.range, fmt::format("`{}` cannot be {}: {}", path, use.done, reason))
          .withHelp(fmt::format("a `param` of the network that stands there can be {}", use.done));
      return -1;
    }
    if (mayHave(path))
      return -1; // what is wrong with it has been reported
  }
  const int scalar = settable(program, path, use, expr.range, context.engine);
  if (scalar < 0 || use.notCounted.empty() || !countsThings(program, scalar))
    return scalar;
  context.report(Kind::NotSettable, expr.range, fmt::format("`{}` sets a number of things; {}", path, use.notCounted));
  return -1;
}

std::string objectionTo(const Scalar &scalar, double number) {
  bool whole = std::fabs(number - std::round(number)) <= 1e-6 * std::fabs(number);
  bool mustBePositive = scalar.path == "dt" || scalar.path == "duration";
  if (scalar.whole && (!std::isfinite(number) || !whole || number < 1))
    return fmt::format("`{}` must be a whole number of at least 1", scalar.path);
  if (!std::isfinite(number) || (mustBePositive && number <= 0))
    return fmt::format("`{}` must be a {}number", scalar.path, mustBePositive ? "positive " : "finite ");
  return scalar.path == "discard" && number < 0 ? "`discard` must be 0 or later" : "";
}

} // namespace bdc::rules
